"""The county sheet tells nobody more than the pages of the matters behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from commongrid.insight.queries.county_sheet import county_sheet, rows_behind
from commongrid.journal.acting import acting
from tests.factories import desk
from tests.matters.conftest import scene
from tests.matters.test_loop import row
from tests.matters.test_rechecks import closed
from tests.matters.test_sight import FAMILY, tell

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.factories.scenes import Scene

__all__ = ["scene"]


def helped(scope: Scope) -> tuple[int, list[str]]:
    """How many matters were helped with this year, and what is listed behind the number."""
    with acting(scope):
        number = next(one for one in county_sheet(scope, desk.COUNTY, localdate()) if one.code == "helped")
        return number.count, [one.name for one in rows_behind(scope, desk.COUNTY, localdate(), "helped")[1]]


def test_the_handler_does_not_count_what_it_is_not_to_see_closed_yet(scene: Scene) -> None:
    matter = closed(scene, satisfied=False)
    assert row(matter).held
    assert helped(scene.as_post("dispatcher")) == (1, ["涵洞塌了"])
    assert helped(scene.as_post("station")) == (0, [])


def test_words_that_are_hidden_from_a_reader_are_not_listed_behind_a_number(scene: Scene) -> None:
    matter = tell(FAMILY)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET state = 'closed', outcome = 'done', step = '', clock = '', due_at = NULL,"
            " warn_at = NULL, alarm_at = NULL, owner_level = '', owner_place = NULL, closed_at = now() WHERE id = %s",
            [matter],
        )
        owner.execute(
            "UPDATE roster_post SET role_id = 'township_team' WHERE id = %s", [desk.id_of("township_principal")]
        )
    assert helped(scene.as_post("county_dispatcher"))[0] == 1
    assert helped(scene.as_post("township_principal")) == (1, [scene.number(matter)])
