"""Who makes the return visit: somebody else, of another level than whoever did the work."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotAllowed
from commongrid.matters import actions, queries
from commongrid.matters.actions import About
from commongrid.roster.actions import Appointment, appoint
from commongrid.roster.queries import scope_for_session
from tests.factories import desk
from tests.factories.network import SETTING_UP
from tests.factories.scenes import Scene
from tests.matters.test_loop import row, slip_of
from tests.matters.test_protection import ROAD, tell


def test_refuses_somebodys_own_work_whatever_post_they_visit_it_in(scene: Scene) -> None:
    person = desk.id_of("clerk_person")
    to = Appointment(role="dispatcher", place=desk.TOWNSHIP, person=person, from_on=date(2020, 1, 1))
    second = UUID(appoint(SETTING_UP, Act.new(), to=to)["post"])
    matter = scene.report("水管漏水", kind="B01")
    for step in (actions.accept, actions.start):
        scene.do("clerk", step, matter)
    scene.do("clerk", actions.answer, matter, answer="修好了")
    scope = scope_for_session(scene.desk.accounts["clerk"], second, timezone.localdate())
    assert scope is not None
    assert scope.person == person
    assert "visit" not in queries.may_now(scope, matter)
    assert "visit" in queries.may_now(scene.as_post("dispatcher"), matter)
    with pytest.raises(NotAllowed):
        actions.visit(scope, Act.new(), matter_id=matter, result="asked", answers=(True, True, ""))
    scene.do("dispatcher", actions.visit, matter, result="asked", answers=(True, True, ""))


def test_what_the_county_did_itself_about_a_township_is_rated_by_slip_alone(scene: Scene) -> None:
    matter = tell(ROAD, about=About(whom="township"))
    for step in (actions.accept, actions.start):
        scene.do("county_dispatcher", step, matter)
    scene.do("county_dispatcher", actions.answer, matter, answer="查过了")
    assert row(matter).state == "to_rate"
    assert "visit" not in queries.may_now(scene.as_post("county_dispatcher"), matter)
    with pytest.raises(NotAllowed):
        scene.do("county_dispatcher", actions.visit, matter, result="asked", answers=(True, True, ""))
    actions.rate(slip_of(matter), Act.new(), matter_id=matter, solved=True, satisfied=True)
    assert row(matter).rating == "rated"
