"""The county sheet tells nobody more than the pages of the matters behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate

from commongrid.insight.queries.county_sheet import county_sheet, rows_behind
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import clock
from commongrid.registry.actions import NewHolding, add_holding
from commongrid.registry.rules.facts import Told
from commongrid.roster.actions import NewUnit, add_unit
from tests.factories import desk
from tests.factories.network import SETTING_UP, fill, tie
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


def test_only_what_people_asked_for_counts_and_by_the_end_it_had_then(scene: Scene) -> None:
    for text, column in (
        ("路灯", "series = 'patrol'"),
        ("桥", "series = 'register'"),
        ("沟", "doubt = 'opened_missing'"),
    ):
        with scene.desk.database.as_role("owner") as owner:
            own = closed(scene, satisfied=False, text=text)
            owner.execute(f"UPDATE matters_matter SET {column} WHERE id = %s".encode(), [own])
    assert helped(scene.as_post("county_dispatcher")) == (0, [])
    asked = closed(scene, satisfied=False)
    assert helped(scene.as_post("county_dispatcher"))[0] == 1
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO matters_former_end (id, matter_id, closed_at, until, rating, outcome)"
            " SELECT gen_random_uuid(), id, closed_at, now() + interval '40 days', 'rated', 'rated' FROM matters_matter"
            " WHERE id = %s",
            [asked],
        )  # fmt: skip
        owner.execute(
            "UPDATE matters_matter SET state = 'accepted', closed_at = NULL, outcome = '', owner_level = 'township',"
            " owner_place = %s, clock = 'respond', due_at = now(), step = 'divert' WHERE id = %s",
            [desk.TOWNSHIP, asked],
        )  # fmt: skip
    assert helped(scene.as_post("county_dispatcher"))[0] == 1, "on that day it was over"


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


def many(scope: Scope) -> dict[str, int]:
    """The numbers of those who take part, and of the centres."""
    with acting(scope):
        return {one.code: one.count for one in county_sheet(scope, desk.COUNTY, localdate())}


def test_a_centre_is_in_use_once_it_gives_out_work(scene: Scene) -> None:
    centre = NewUnit(
        place=desk.TOWNSHIP, type="centre", name_zh="青石镇网格中心", name_en="Qingshi Centre", valid_from=desk.FROM
    )
    add_unit(SETTING_UP, Act.new(), unit=centre)
    eye = scene.as_post("county_dispatcher")
    assert (many(eye)["centres"], many(eye)["centres_in_use"]) == (1, 0)
    closed(scene, satisfied=True)
    assert (many(eye)["centres"], many(eye)["centres_in_use"]) == (1, 1)
    with acting(eye):
        assert rows_behind(eye, desk.COUNTY, localdate(), "centres_in_use")[1][0].name == "青石镇网格中心"
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_order SET ordered_at = ordered_at - interval '31 days'")
    assert many(eye)["centres_in_use"] == 0


def test_organisations_are_counted_by_kind_and_a_village_with_all_three_is_covered(scene: Scene) -> None:
    clerk, eye = clock("a test", "people.edit"), scene.as_post("county_dispatcher")
    for kind, place in (("41", desk.VILLAGE), ("42", desk.GRID), ("42", desk.OTHER_VILLAGE), ("11", desk.VILLAGE)):
        new = NewHolding(of="organisation", place=place, written={"kind": kind, "name": f"组织{kind}"})
        add_holding(clerk, Act.new(), new=new, told=Told(on=localdate()))
    found = many(eye)
    assert {one: count for one, count in found.items() if one.startswith("organisations")} == {
        "organisations": 4, "organisations-41": 1, "organisations-42": 2, "organisations-43": 0, "organisations-11": 1,
    }  # fmt: skip
    assert found["covered"] == 0
    new = NewHolding(of="organisation", place=desk.VILLAGE, written={"kind": "43", "name": "志愿服务队"})
    add_holding(clerk, Act.new(), new=new, told=Told(on=localdate()))
    assert many(eye)["covered"] == 1
    with acting(eye):
        assert [one.place for one in rows_behind(eye, desk.COUNTY, localdate(), "covered")[1]] == [desk.VILLAGE]
        assert len(rows_behind(eye, desk.COUNTY, localdate(), "organisations-42")[1]) == 2
        for wrong in ("organisations-", "organisations-77", "42"):
            with pytest.raises(NotFound):
                rows_behind(eye, desk.COUNTY, localdate(), wrong)


def test_a_village_with_two_cadres_is_one_village(scene: Scene) -> None:
    for name in ("包村甲", "包村乙"):
        tie(fill("township_cadre", desk.TOWNSHIP, name), "assigned_village", place=desk.VILLAGE)
    eye = scene.as_post("county_dispatcher")
    assert many(eye)["cadres"] == 1
    with acting(eye):
        assert [one.place for one in rows_behind(eye, desk.COUNTY, localdate(), "cadres")[1]] == [desk.VILLAGE]
