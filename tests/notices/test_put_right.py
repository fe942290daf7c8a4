"""Whoever has a matter where it was put right hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.matters import actions as matters
from tests.factories.desk import FAR_VILLAGE, id_of
from tests.notices.test_jobs import posts_told, reads

if TYPE_CHECKING:
    from tests.factories.scenes import Scene


def test_whoever_has_it_where_it_was_put_right_hears_of_it_at_the_same_level_too(scene: Scene) -> None:
    matter = scene.report("涵洞塌了", kind="G02")
    reads()
    assert id_of("far_dispatcher") not in posts_told("given", matter)
    right = matters.Right(place=FAR_VILLAGE)
    scene.do("county_dispatcher", matters.put_right, matter, right=right, reason="村报错了")
    reads()
    assert id_of("far_dispatcher") in posts_told("given", matter)
