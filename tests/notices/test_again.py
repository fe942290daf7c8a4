"""Who hears that a change that was done was undone, and waits again."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.matters.queries.telling import told_of
from commongrid.notices import jobs
from tests.factories.desk import GRID, VILLAGE, id_of

if TYPE_CHECKING:
    import pytest

    from commongrid.journal.queries import LineRow
    from tests.factories.scenes import Scene


def test_who_asked_for_a_change_hears_that_it_waits_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = id_of("grid_head")
    monkeypatch.setattr(jobs, "asked_again", lambda _scope, _line: (None, VILLAGE))
    line = cast("LineRow", SimpleNamespace(
        name="registry.change_reopened", place_now=GRID, at=timezone.now(), post=id_of("clerk"), facts={}))  # fmt: skip
    matter = scene.in_hand("新生儿")
    with acting(jobs.SCOPE):
        told = replace(told_of(jobs.SCOPE, [matter])[matter], reported_by=asked)
        posts = list(jobs._to_posts(line, told, jobs._Desk(timezone.localdate())))
    assert asked in {one.post for one in posts}
    assert id_of("clerk") not in {one.post for one in posts}, "whoever undid it knows"
    assert {one.sort for one in posts} == {"change_reopened"}
    assert jobs._to_person(line, told) == "", "nobody told the person yet that it was done"
    assert jobs._to_person(line, replace(told, state="closed")) == "change_undone"
