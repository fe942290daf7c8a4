"""How matters were given out: off the list, called, asked; by unit, within a place and a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commongrid.insight.queries import dispatching as given
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import BadInput
from commongrid.matters import actions
from commongrid.matters.queries import suggestions
from commongrid.matters.queries.vocabulary import work_list
from commongrid.surfaces.console.matters.reasons import sentence
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
    assert given.off_list(reader, period()) == [given.OffList(water, None, 1)]
    assert [row.id for row in given.off_list_matters(reader, period(), water)] == [matter]
    found = scene.at_township("巡查发现水沟堵了", source="patrol")
    scene.do("dispatcher", actions.divert, found, unit_id=water, reason="水沟归水务站")
    assert given.off_list(reader, period()) == [given.OffList(water, None, 1)], "series are never added up"
    patrol = period(series="patrol")
    assert given.off_list(reader, patrol) == [given.OffList(water, None, 1)]
    assert [row.id for row in given.off_list_matters(reader, patrol, water)] == [found]
    assert (given.called(reader, patrol), given.asked(reader, patrol)) == ([], [])
    page = scene.desk.sign_in(Client(), "county_dispatcher").get("/console/figures/dispatching/?series=patrol").text
    assert "series=patrol" in page
    assert "Found by patrol" in page or "巡查" in page
    assert given.off_list_matters(scene.as_post("far_dispatcher"), period(), water) == []


@pytest.mark.parametrize("low", [False, True])
def test_a_level_is_given_what_was_recalled_only_with_a_reason_that_is_counted(scene: Scene, *, low: bool) -> None:
    matter = scene.do(
        "county_dispatcher", actions.call_up, scene.at_township("小店卖过期糖果", kind="D05"), reason="县里看"
    )
    county = scene.as_post("county_dispatcher")
    to = desk.VILLAGE if low else desk.TOWNSHIP
    offered = {one.place: one for one in suggestions(county, matter) if one.unit is None}
    assert offered[to].list == "recalled"
    assert "needs a reason" in sentence(offered[to]) or "须说明理由" in sentence(offered[to])
    with pytest.raises(BadInput) as refused:
        scene.do("county_dispatcher", actions.divert, matter, place=to)
    assert set(refused.value.fields) == {"reason"}
    scene.do("county_dispatcher", actions.divert, matter, place=to, reason="镇里已在现场")
    assert given.off_list(county, period()) == [given.OffList(None, to, 1)]
    assert [row.id for row in given.off_list_matters(county, period(), None, to)] == [matter]
    page = scene.desk.sign_in(Client(), "county_dispatcher")
    address = page.get("/console/figures/dispatching/").context["off_list"][0][2]
    assert "过期糖果" in page.get(address).text
    ordinary = scene.do(
        "county_dispatcher", actions.call_up, scene.at_township("路面塌陷", kind="G01"), reason="县里看"
    )
    scene.do("county_dispatcher", actions.divert, ordinary, place=desk.TOWNSHIP)
    assert len(given.off_list(county, period())) == 1


def test_a_recalled_kind_goes_to_the_townships_own_unit_only_with_a_reason(scene: Scene) -> None:
    matter = scene.at_township("小店卖过期糖果", kind="D05")
    listed = list(work_list(scene.as_post("dispatcher"), kind_code="D05", level="township"))
    assert [(row.function, row.list) for row in listed] == [("market", "recalled")]
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_unit SET function_id = 'market' WHERE id = %s", [id_of("water_unit")])
    with pytest.raises(BadInput) as refused:
        scene.do("dispatcher", actions.divert, matter, unit_id=id_of("water_unit"))
    assert set(refused.value.fields) == {"reason"}


def test_what_a_township_only_helps_with_goes_to_its_own_office_only_with_a_reason(scene: Scene) -> None:
    own, theirs = scene.at_township("路面塌陷", kind="G01"), scene.at_township("护栏松了", kind="G01")
    listed = list(work_list(scene.as_post("dispatcher"), kind_code="G01", level="township"))
    assert [(row.function, row.list) for row in listed] == [("transport", "support")]
    unit = id_of("transport_unit")
    scene.do("dispatcher", actions.divert, theirs, unit_id=unit)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_unit SET type = 'office' WHERE id = %s", [unit])
    (offered,) = (one for one in suggestions(scene.as_post("dispatcher"), own) if one.unit == unit)
    assert offered.helps
    with pytest.raises(BadInput) as refused:
        scene.do("dispatcher", actions.divert, own, unit_id=unit)
    assert set(refused.value.fields) == {"reason"}
    scene.do("dispatcher", actions.divert, own, unit_id=unit, reason="站里没人")
    assert given.off_list(scene.as_post("county_dispatcher"), period()) == [given.OffList(unit, None, 1)]


def test_bodies_outside_the_countys_command_are_counted_apart(scene: Scene) -> None:
    matter = outside(scene)
    reader = scene.as_post("county_dispatcher")
    assert given.asked(reader, period()) == [(id_of("power_unit"), 1, 0)]
    scene.do("dispatcher", actions.answer, matter, answer="已换")
    assert given.asked(reader, period()) == [(id_of("power_unit"), 1, 1)]
