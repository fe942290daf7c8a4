"""How matters were given out: off the list, called, asked; by unit, within a place and a time."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from commongrid.insight.queries import dispatching as given
from commongrid.kernel.places import interval
from commongrid.matters import actions
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.conftest import scene
from tests.matters.test_calling import COUNTY_ROADS, ROADS, TRANSPORT, answer_part, called, outside, parts

__all__ = ["scene"]


def period(place: int = desk.COUNTY, series: str = "asked") -> given.Period:
    """The last day and the next, somewhere, of one series."""
    now = timezone.now()
    return given.Period(area=interval(place), begin=now - timedelta(days=1), end=now + timedelta(days=1), series=series)


def test_calls_are_counted_by_unit_with_who_came_and_answered_in_time(scene: Scene) -> None:
    its = parts(matter := called(scene))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_meeting SET at = now() - interval '1 hour' WHERE matter_id = %s", [matter])
    scene.do("dispatcher", actions.attend, matter, came=(its[TRANSPORT], its[COUNTY_ROADS]))
    answer_part(scene, "station", its[TRANSPORT])
    answer_part(scene, "department", its[COUNTY_ROADS])
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET finished_at = finish_due_at + interval '1 day' WHERE id = %s", [its[TRANSPORT]]
        )
    found = {one.unit: one for one in given.called(scene.as_post("county_dispatcher"), period())}
    assert found == {
        TRANSPORT: given.Called(TRANSPORT, 1, 1, 1, 1, 0),
        ROADS: given.Called(ROADS, 1, 1, 0, 0, 0),
        COUNTY_ROADS: given.Called(COUNTY_ROADS, 1, 1, 1, 1, 1),
    }
    assert given.called(scene.as_post("far_dispatcher"), period()) == []
    assert given.called(scene.as_post("county_dispatcher"), period(desk.OTHER_VILLAGE)) == []


def test_orders_off_the_list_open_the_matters_behind_them(scene: Scene) -> None:
    reader, water = scene.as_post("county_dispatcher"), id_of("water_unit")
    scene.with_station("路面塌陷", kind="G01")
    assert given.off_list(reader, period()) == []
    matter = scene.at_township("路边水沟")
    scene.do("dispatcher", actions.divert, matter, unit_id=water, reason="水沟归水务站")
    assert given.off_list(reader, period()) == [(water, 1)]
    assert [row.id for row in given.off_list_matters(reader, period(), water)] == [matter]
    found = scene.at_township("巡查发现水沟堵了", source="patrol")
    scene.do("dispatcher", actions.divert, found, unit_id=water, reason="水沟归水务站")
    assert given.off_list(reader, period()) == [(water, 1)], "series are never added up"
    patrol = period(series="patrol")
    assert given.off_list(reader, patrol) == [(water, 1)]
    assert [row.id for row in given.off_list_matters(reader, patrol, water)] == [found]
    assert (given.called(reader, patrol), given.asked(reader, patrol)) == ([], [])
    page = scene.desk.sign_in(Client(), "county_dispatcher").get("/console/figures/dispatching/?series=patrol").text
    assert "series=patrol" in page
    assert "Found by patrol" in page or "巡查" in page
    assert given.off_list_matters(scene.as_post("far_dispatcher"), period(), water) == []


def test_bodies_outside_the_countys_command_are_counted_apart(scene: Scene) -> None:
    matter = outside(scene)
    reader = scene.as_post("county_dispatcher")
    assert given.asked(reader, period()) == [(id_of("power_unit"), 1, 0)]
    scene.do("dispatcher", actions.answer, matter, answer="已换")
    assert given.asked(reader, period()) == [(id_of("power_unit"), 1, 1)]
