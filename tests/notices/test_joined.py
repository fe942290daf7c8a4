"""Both townships hear that the county joined their records."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.notices import jobs
from tests.factories.desk import FAR_VILLAGE, GRID, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, id_of
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.journal.queries import LineRow
    from tests.factories.scenes import Scene


def test_a_join_across_townships_is_told_to_both(scene: Scene) -> None:
    for name, township in (("here", TOWNSHIP), ("there", OTHER_TOWNSHIP)):
        add_post(scene, name, "township_team", township)

    def told(from_place: int) -> set[UUID]:
        line = SimpleNamespace(
            name="registry.people_joined",
            place=GRID,
            post=id_of("county_admin"),
            facts={"from_place": from_place},
            at=timezone.now(),
        )
        with acting(jobs.SCOPE):
            return {one.post for one in jobs._to_posts(cast("LineRow", line), None, jobs._Desk(timezone.localdate()))}

    assert told(FAR_VILLAGE) == {id_of("here"), id_of("there"), id_of("township_principal")}
    assert told(VILLAGE) == set()
