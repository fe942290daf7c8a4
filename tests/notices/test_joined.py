"""Both townships hear that the county joined their records."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.notices import jobs
from commongrid.registry.joining import queries as joining
from tests.factories.desk import FAR_VILLAGE, GRID, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, id_of
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from commongrid.journal.queries import LineRow
    from tests.factories.scenes import Scene


@pytest.mark.parametrize("undone", [False, True])
def test_a_join_across_townships_and_its_undoing_are_told_to_both(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, *, undone: bool
) -> None:
    for name, township in (("here", TOWNSHIP), ("there", OTHER_TOWNSHIP)):
        add_post(scene, name, "township_team", township)

    def told(name: str, from_place: int) -> set[tuple[str, UUID]]:
        line = SimpleNamespace(
            id=UUID(int=1), name=name, place=GRID, post=id_of("county_admin"), facts={"from_place": from_place},
            at=timezone.now(),
        )  # fmt: skip
        if undone:
            monkeypatch.setattr(joining, "line", lambda _scope, act, of=line: of if act == of.id else None)
            facts = {"act": str(line.id)}
            line = SimpleNamespace(name="registry.undone", place=GRID, post=line.post, facts=facts, at=line.at)
        with acting(jobs.SCOPE):
            made = jobs._to_posts(cast("LineRow", line), None, jobs._Desk(timezone.localdate()))
            return {(one.sort, one.post) for one in made}

    sort = "join_undone" if undone else "records_joined"
    both = {(sort, id_of(who)) for who in ("here", "there", "township_principal")}
    assert told("registry.people_joined", FAR_VILLAGE) == both
    assert told("registry.people_joined", VILLAGE) == set()
    assert not undone or told("registry.person_moved", FAR_VILLAGE) == set()


def test_a_line_is_read_by_its_act(scene: Scene) -> None:
    matter = scene.report("路灯不亮")
    scope = scene.as_post("dispatcher")
    (reported,) = journal.history(scope, matter)
    assert journal.line(scope, reported.id) == reported
    assert journal.line(scope, UUID(int=1)) is None
