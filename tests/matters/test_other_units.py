"""A complaint keeps away from every unit of whom it is about, and from lists that everybody reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput
from commongrid.kernel.scope import public
from commongrid.matters import actions, queries
from commongrid.matters.actions import About
from commongrid.matters.models import Note, WorkListRow
from commongrid.matters.queries.deciding import decision_effect
from commongrid.roster.actions import Appointment, appoint
from tests.factories import desk
from tests.factories.network import SETTING_UP
from tests.matters.test_protection import ROAD, sees, tell

if TYPE_CHECKING:
    from tests.factories.scenes import Scene


def test_refuses_a_complaint_to_every_unit_of_whom_it_is_about(scene: Scene) -> None:
    """The head of the station becomes a deputy of the planning office too; the complaint names the one post alone."""
    office, person = desk.id_of("roads_unit"), desk.id_of("station_person")
    matter, second = (tell(ROAD, about=About(post=desk.id_of("station"))) for _ in range(2))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET unit_id = %s, title = '涵洞' WHERE id = %s", [office, matter])
    assert sees(scene, "roads", matter)
    to = Appointment(role="unit_deputy", place=desk.TOWNSHIP, person=person, unit=office, from_on=date(2020, 1, 1))
    appoint(SETTING_UP, Act.new(), to=to)
    assert not sees(scene, "roads", matter)
    with acting(scene.as_post("roads")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM find_matters('涵洞', 0, 1000000000000000, 100)")
        assert cursor.fetchone() == (0,)
    assert sees(scene, "dispatcher", matter)
    scene.do("dispatcher", actions.accept, second)
    with pytest.raises(BadInput, match="complaint is about"):
        scene.do("dispatcher", actions.divert, second, unit_id=office, reason="规划办办")
    offered = {one.unit for one in queries.suggestions(scene.as_post("dispatcher"), second)}
    assert offered.isdisjoint({office, desk.id_of("transport_unit")})


def test_a_decision_on_a_complaint_leaves_no_words_in_the_open_work_list(scene: Scene) -> None:
    bureau, body = desk.id_of("transport_county_unit"), desk.id_of("discipline_unit")
    matter = tell(ROAD, about=About(whom="unit", unit=bureau))
    scene.do("county_dispatcher", actions.accept, matter)
    scene.do("county_dispatcher", actions.divert, matter, unit_id=body, reason="纪委办")
    scene.do("discipline", actions.give_back, matter, basis="不属于")
    assert decision_effect(scene.as_post("county_dispatcher"), matter, body) is None
    scene.do("county_dispatcher", actions.decide_returned, matter, unit_id=body, basis="反映交通局王局长收钱,由纪委办")
    with acting(public()):
        assert not WorkListRow.objects.filter(basis__contains="王局长").exists()
    with acting(scene.as_post("county_dispatcher")):
        assert Note.objects.filter(matter_id=matter, text__contains="王局长").exists()
