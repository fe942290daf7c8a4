"""What is refused while a village is divided, each with its own sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.kernel.act import Act
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.actions import Painted
from commongrid.territory import actions as territory
from commongrid.territory.actions import Drawn, Line, Redivision
from tests.factories.desk import FAR_VILLAGE, GRID, OTHER_GRID, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.refusing import not_so
from tests.roster.dividing.conftest import CLOCK, SECRETARY, TERMS

if TYPE_CHECKING:
    from tests.roster.dividing.conftest import Land

LIST = "Choose one of the list."


def test_a_proposal_and_lines_on_the_map(land: Land) -> None:
    today, made = localdate(), land.propose()
    of: dict[str, Any] = {"division_id": made}
    river = {"sort": "barrier", "shape": "{}"}
    file: dict[str, Any] = {"place": VILLAGE, "name": "图", "datum": "wgs84", "areas": ()}
    assert not_so(SECRETARY, [
        (actions.lock_grid, of | {"number": 99, "locked": True}, LIST),
        (actions.paint, of | {"painted": Painted(homes=(land.homes[0],), grid=99), "declared": ()}, LIST),
        (actions.paint, of | {"painted": Painted(grid=1), "declared": ()}, "Choose households of this proposal"),
        (actions.stop, {"place": VILLAGE}, "Nothing waits here any more."),
        (actions.adopt, of | {"on": today - timedelta(days=1)}, "Today or later"),
        (actions.adopt, of | {"on": today + timedelta(days=367)}, "Today or later"),
        (territory.draw_barrier, {"village": VILLAGE, "drawn": Line(**river | {"sort": "dragon"})}, LIST),
        (territory.draw_barrier, {"village": VILLAGE, "drawn": Line(**river, name="河" * 61)}, "A name has at most 60"),
        (territory.draw_barrier, {"village": FAR_VILLAGE, "drawn": Line(**river)}, "There is nothing here"),
        (territory.draw_boundary, {"place": GRID, "drawn": Drawn(shape="{")}, "The corners of this area"),
        (territory.send_boundaries, file | {"datum": "moon"}, "Say what the numbers"),
        (territory.send_boundaries, file, "There is no area in this file."),
        (territory.derive_cells, {"parent": GRID, "spots": None}, "Nothing is laid out within such a place."),
    ]) == []  # fmt: skip
    township = scope_at(TOWNSHIP, "grids.divide", level="township")
    everywhere = {"place": TOWNSHIP, "terms": TERMS}
    assert not_so(township, [(actions.propose_everywhere, everywhere, "In no village is anything left")]) == []
    line = Line(sort="barrier", shape='{"type": "LineString", "coordinates": [[107.002, 25.99], [107.002, 26.01]]}')
    gone = {"barrier_id": UUID(territory.draw_barrier(SECRETARY, Act.new(), village=VILLAGE, drawn=line)["barrier"])}
    territory.remove_barrier(SECRETARY, Act.new(), **gone)
    assert not_so(SECRETARY, [(territory.remove_barrier, gone, "This line was taken away already.")]) == []
    at, both = {"village": VILLAGE}, (GRID, OTHER_GRID)
    assert not_so(CLOCK, [
        (territory.redivide, at | {"change": Redivision(on=today, ends=both, begins=())}, "No grid would be left."),
        (territory.redivide, at | {"change": Redivision(on=today, ends=(VILLAGE + 9,), begins=())},
         "A grid of this proposal has ended meanwhile."),
    ]) == []  # fmt: skip
    copy = actions.keep_copy(SECRETARY, Act.new(), division_id=made)["division"]
    actions.adopt(SECRETARY, Act.new(), division_id=made, on=today + timedelta(days=9))
    assert not_so(SECRETARY, [
        (actions.adopt, {"division_id": UUID(copy), "on": today}, "Another proposal of this village is adopted"),
        (actions.lock_grid, of | {"number": 1, "locked": True}, "This proposal is adopted."),
    ]) == []  # fmt: skip


def test_a_village_has_eight_open_proposals_at_most(land: Land) -> None:
    for _ in range(8):
        actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=TERMS)
    ninth = {"village": VILLAGE, "terms": TERMS}
    assert not_so(SECRETARY, [(actions.propose, ninth, "This village has eight open proposals.")]) == []
