"""The competent body alone hears of a sealed matter: that it came, that it is late, never what it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.matters import actions as matters
from commongrid.matters import jobs as clock
from commongrid.matters.actions import mediating
from tests.factories.desk import id_of
from tests.notices.test_jobs import posts_told, reads, rows

if TYPE_CHECKING:
    from tests.factories.scenes import Scene


def test_the_competent_body_hears_of_what_is_sorted_to_it(scene: Scene) -> None:
    sorted_in = scene.report("门口总有人吵", kind="Z00")
    scene.do("dispatcher", matters.accept, sorted_in, kind_code="A12")
    quarrel = scene.do("clerk", matters.accept, scene.report("两家为地界争执", kind="A03"))
    mediating.begin(scene.as_post("mediator"), Act.new(), matter_id=quarrel, violence=True)
    reads()
    assert posts_told("closed_off", sorted_in) == posts_told("closed_off", quarrel) == {id_of("police")}


def test_the_competent_body_hears_that_a_sealed_matter_is_late(scene: Scene) -> None:
    matter, late = scene.report("他打我", kind="A12"), timezone.now() + timedelta(days=3)
    reads()
    assert [(one.sort, one.post) for one in rows(matter=matter)] == [("closed_off", id_of("police"))]
    clock.tick(late)
    reads(late)
    assert [(one.sort, one.post) for one in rows(matter=matter)] == [("closed_off", id_of("police"))] * 2
