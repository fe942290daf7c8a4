"""A barrier and a proposal of grids for the desk's village: for tests of each page."""

from __future__ import annotations

from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.outreach.jobs import work_out_divisions
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.queries.divisions import grids_of
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.territory.actions import Line, draw_barrier
from tests.factories.desk import VILLAGE
from tests.roster.dividing.conftest import SECRETARY

RIVER = '{"type": "LineString", "coordinates": [[107.0035, 25.99], [107.0035, 26.01]]}'


def division_rows() -> dict[str, UUID]:
    """A river, and a proposal that is ready; the village's households have been laid."""
    draw_barrier(SECRETARY, Act.new(), village=VILLAGE, drawn=Line(sort="barrier", shape=RIVER, name="凯峡河"))
    terms = Terms(target=4, lower=2, upper=8, shares=True)
    made = UUID(actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=terms)["division"])
    assert work_out_divisions() == 1
    with acting(SECRETARY):
        grid = grids_of(SECRETARY, made)[0].id
    seat = actions.Seat(
        grid=grid, role="grid_head", name="某人", title_zh="网格长", title_en="Head", office_phone="0990-1"
    )
    actions.plan_seat(SECRETARY, Act.new(), division_id=made, seat=seat)
    return {"division": made}
