"""From account to posts to scope, for every level of role; who answers, with stand-ins and levels above."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope, public
from commongrid.roster import queries
from commongrid.roster.actions import NewUnit, add_unit, cover, end_post, end_stand_in
from tests.factories.desk import (
    COUNTY,
    FAR_VILLAGE,
    FROM,
    GRID,
    HAMLET,
    OTHER_GRID,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    Desk,
    id_of,
)
from tests.factories.network import SETTING_UP, TODAY, fill, lend, scope_as, tie

if TYPE_CHECKING:
    from tests.bed import Database

HOME = UUID(int=77)
HOME_ROW = [HOME, GRID, HAMLET]


def own(desk: Desk, post: UUID, account: int = 9900, on: date = TODAY) -> Scope:
    """The scope of a newly filled post, its person given an account."""
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO accounts_account (id, password, login_name, email, language, is_active, made_at)"
            " VALUES (%s, '!', %s, '', '', true, now()) ON CONFLICT DO NOTHING", [account, f"n{account}"],
        )  # fmt: skip
        owner.execute(
            "UPDATE registry_person SET account_id = %s WHERE id = (SELECT person_id FROM roster_post WHERE id = %s)",
            [account, post],
        )
    scope = queries.scope_for_session(account, post, on)
    assert scope is not None
    return scope


@pytest.mark.parametrize(
    ("name", "lo", "hi", "narrow"),
    [
        ("county_dispatcher", COUNTY, COUNTY + 999_999_999, ""),
        ("dispatcher", TOWNSHIP, TOWNSHIP + 999_999, ""),
        ("secretary", VILLAGE, VILLAGE + 999, ""),
        ("grid_head", VILLAGE, VILLAGE + 999, "grids"),
        ("station", TOWNSHIP, TOWNSHIP + 999_999, "unit"),
        ("department", COUNTY, COUNTY + 999_999_999, "unit"),
    ],
)
def test_scope_for_session_by_level(desk: Desk, name: str, lo: int, hi: int, narrow: str) -> None:
    scope = scope_as(desk, name)
    assert (scope.kind, scope.lo, scope.hi, scope.narrow) == ("post", lo, hi, narrow)
    assert (scope.post, scope.person, scope.account) == (id_of(name), id_of(name + "_person"), desk.accounts[name])


def test_scope_for_session_carries_the_roles_powers(desk: Desk) -> None:
    scope = scope_as(desk, "auditor")
    assert scope.powers == frozenset({"places.read", "posts.read", "accounts.log", "journal.read", "journal.verify"})
    assert (scope.role, scope.level, scope.place) == ("auditor", "county", COUNTY)


def test_scope_for_session_grid_sees_its_code_and_its_sets(desk: Desk) -> None:
    assert scope_as(desk, "grid_head").grids == (HAMLET, GRID)


def test_scope_for_session_unit_names_its_unit(desk: Desk) -> None:
    assert scope_as(desk, "station").unit == id_of("transport_unit")


def test_scope_for_session_villager_group_sees_the_grids_that_serve_it(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET level = 'villager_group' WHERE code = %s", [HAMLET])
    scope = own(desk, fill("villager_group_leader", HAMLET))
    assert (scope.narrow, scope.grids) == ("grids", (HAMLET, GRID))


def test_scope_for_session_party_group_sees_what_it_takes_in(desk: Desk) -> None:
    unit = NewUnit(place=VILLAGE, type="party_group", name_zh="第一党小组", valid_from=FROM)
    group = UUID(add_unit(SETTING_UP, Act.new(), unit=unit)["unit"])
    post = fill("party_group_leader", VILLAGE, unit=group)
    assert own(desk, post).grids == ()
    cover(SETTING_UP, Act.new(), unit_id=group, places=(HAMLET,), on=localdate())
    assert own(desk, post, on=localdate()).grids == (HAMLET, GRID)


def test_scope_for_session_household_sees_linked_ones_only(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO registry_household (id, place, natural_village, number) VALUES (%s, %s, %s, '1')", HOME_ROW
        )
    post = fill("linked_member", VILLAGE)
    empty = own(desk, post)
    assert (empty.narrow, empty.households) == ("households", ())
    tie(post, "linked_household", household=HOME)
    assert own(desk, post).households == (HOME,)


def test_scope_for_session_cadre_without_village_sees_nothing(desk: Desk) -> None:
    scope = own(desk, fill("township_cadre", TOWNSHIP))
    assert (scope.lo, scope.hi) == (1, 0)


def test_scope_for_session_cadre_one_village_is_its_interval(desk: Desk) -> None:
    post = fill("township_cadre", TOWNSHIP)
    tie(post, "assigned_village", place=OTHER_VILLAGE)
    scope = own(desk, post)
    assert (scope.lo, scope.hi, scope.narrow) == (OTHER_VILLAGE, OTHER_VILLAGE + 999, "")


def test_scope_for_session_cadre_several_villages_are_all_their_codes(desk: Desk) -> None:
    post = fill("township_cadre", TOWNSHIP)
    tie(post, "assigned_village", place=OTHER_VILLAGE)
    tie(post, "assigned_village", place=VILLAGE)
    scope = own(desk, post)
    assert (scope.lo, scope.hi, scope.narrow) == (TOWNSHIP, TOWNSHIP + 999_999, "grids")
    assert scope.grids == (VILLAGE, HAMLET, GRID, OTHER_GRID, OTHER_VILLAGE)


def test_scope_for_session_not_the_accounts_post(desk: Desk) -> None:
    assert queries.scope_for_session(desk.accounts["grid_head"], id_of("dispatcher"), TODAY) is None


def test_scope_for_session_before_and_after_the_period(desk: Desk) -> None:
    post, account = id_of("dispatcher"), desk.accounts["dispatcher"]
    assert queries.scope_for_session(account, post, date(2019, 12, 31)) is None
    end_post(SETTING_UP, Act.new(), post_id=post, on=TODAY)
    assert queries.scope_for_session(account, post, TODAY) is None
    assert queries.scope_for_session(account, post, date(2026, 11, 23)) is not None


def test_scope_for_session_ended_role_or_power(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_role_power SET valid_to = '2026-01-01' WHERE power_id = 'matters.divert'")
        owner.execute("UPDATE roster_role SET valid_to = '2026-01-01' WHERE code = 'grid_head'")
    assert not scope_as(desk, "dispatcher").may("matters.divert")
    assert queries.scope_for_session(desk.accounts["grid_head"], id_of("grid_head"), TODAY) is None


def test_scope_for_session_is_one_query_at_wide_levels(desk: Desk) -> None:
    with CaptureQueriesContext(connection) as captured:
        scope_as(desk, "dispatcher")
    sent = [part for one in captured.captured_queries for part in one["sql"].split(";\n")]
    assert len([one for one in sent if one.startswith(("SELECT", "EXECUTE"))]) == 1


def test_posts_of_account_own_and_stood_in_for(desk: Desk) -> None:
    lend(id_of("secretary"), id_of("clerk"))
    rows = queries.posts_of_account(desk.accounts["clerk"], TODAY)
    assert [(row.id, row.standing_in, row.person) for row in rows] == [
        (id_of("clerk"), False, id_of("clerk_person")),
        (id_of("secretary"), True, id_of("clerk_person")),
    ]
    assert rows[1].holder == "杨书记"
    assert (rows[1].label("zh"), rows[1].label("en")) == ("白沙村党支部书记", "Baisha secretary")
    assert (rows[1].place_label("zh"), rows[1].place_label("en")) == ("白沙村", "Baisha Village")


def test_posts_of_account_without_post(desk: Desk) -> None:
    assert queries.posts_of_account(1, TODAY) == []


def test_stand_in_acts_in_the_post_as_another_person(desk: Desk) -> None:
    lend(id_of("secretary"), id_of("clerk"))
    scope = scope_as(desk, "clerk", id_of("secretary"))
    assert (scope.post, scope.person, scope.role) == (id_of("secretary"), id_of("clerk_person"), "village_secretary")


def test_stand_in_ends_with_the_post_of_whoever_stands_in(desk: Desk) -> None:
    lend(id_of("secretary"), id_of("clerk"))
    end_post(SETTING_UP, Act.new(), post_id=id_of("clerk"), on=TODAY)
    assert queries.scope_for_session(desk.accounts["clerk"], id_of("secretary"), TODAY) is None


def test_stand_in_goes_on_in_an_empty_post(desk: Desk) -> None:
    stand_in = lend(id_of("secretary"), id_of("clerk"))
    end_post(SETTING_UP, Act.new(), post_id=id_of("secretary"), on=TODAY)
    assert scope_as(desk, "clerk", id_of("secretary")).role == "village_secretary"
    end_stand_in(SETTING_UP, Act.new(), stand_in_id=stand_in, on=TODAY)
    assert queries.scope_for_session(desk.accounts["clerk"], id_of("secretary"), TODAY) is None


def answer(place: int, power: str, unit: UUID | None = None) -> list[tuple[UUID, str, int, bool]]:
    """Who answers, briefly, asked by the public: posts are readable by everybody."""
    scope = public()
    with acting(scope):
        found = queries.answering(scope, place=place, power=power, unit=unit, on=TODAY)
    return [(one.post, one.name, one.fell, one.standing_in) for one in found]


@pytest.mark.usefixtures("desk")
def test_answering_at_the_very_place() -> None:
    assert answer(TOWNSHIP, "matters.divert") == [(id_of("dispatcher"), "王调度", 0, False)]
    assert answer(VILLAGE, "matters.accept") == [
        (id_of("secretary"), "杨书记", 0, False),
        (id_of("clerk"), "朱文书", 0, False),
    ]


@pytest.mark.usefixtures("desk")
def test_answering_for_a_set_is_the_grid_that_serves_it() -> None:
    assert answer(HAMLET, "matters.settle") == [
        (id_of("grid_head"), "秦网格", 0, False),
        (id_of("grid_member"), "尤网格", 0, False),
    ]


@pytest.mark.usefixtures("desk")
def test_answering_empty_grid_falls_to_the_village() -> None:
    assert answer(OTHER_GRID, "matters.settle") == [
        (id_of("secretary"), "杨书记", 1, False),
        (id_of("mediator"), "覃调解", 1, False),
    ]


@pytest.mark.usefixtures("desk")
def test_answering_empty_village_falls_to_township_then_county() -> None:
    assert [one[0] for one in answer(OTHER_VILLAGE, "matters.divert")] == [id_of("dispatcher")]
    end_post(SETTING_UP, Act.new(), post_id=id_of("far_dispatcher"), on=TODAY)
    assert answer(FAR_VILLAGE, "matters.divert") == [(id_of("county_dispatcher"), "周县调", 2, False)]


@pytest.mark.usefixtures("desk")
def test_answering_stand_in_before_the_level_above() -> None:
    lend(id_of("dispatcher"), id_of("township_principal"))
    end_post(SETTING_UP, Act.new(), post_id=id_of("dispatcher"), on=TODAY)
    assert answer(TOWNSHIP, "matters.divert") == [(id_of("dispatcher"), "陈镇长", 0, True)]


@pytest.mark.usefixtures("desk")
def test_answering_unit_then_its_master() -> None:
    unit = id_of("transport_unit")
    assert answer(TOWNSHIP, "matters.handle", unit) == [(id_of("station"), "许站长", 0, False)]
    end_post(SETTING_UP, Act.new(), post_id=id_of("station"), on=TODAY)
    assert answer(TOWNSHIP, "matters.handle", unit) == [(id_of("department"), "何科长", 1, False)]


@pytest.mark.usefixtures("desk")
def test_answering_nobody_at_all() -> None:
    assert answer(TOWNSHIP, "no.power") == []


def test_is_answering(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    with acting(scope):
        assert queries.is_answering(scope, place=TOWNSHIP, power="matters.divert", on=TODAY)
        assert not queries.is_answering(scope, place=COUNTY, power="matters.divert", on=TODAY)


def test_unit_for_and_above(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    with acting(scope):
        station = queries.unit_for(scope, "transport", TOWNSHIP)
        assert station is not None
        assert (station.zh, station.label("en")) == ("青石镇交通管理站", "Qingshi Transport Station")
        assert queries.unit_for(scope, "transport", VILLAGE) is None
        above = queries.unit_above(scope, "transport", VILLAGE)
        assert above == station
        assert queries.unit_above(scope, "power", VILLAGE) is None
        (of_master,) = queries.stations_of(scope, id_of("transport_county_unit"))
        assert of_master == station
        assert {one.function for one in queries.units(scope, within=TOWNSHIP)} == {"water", "justice", "transport"}


def test_posts_filters(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")

    def names(**wanted: object) -> list[str]:
        with acting(scope):
            return [one.name for one in queries.posts(scope, queries.Wanted(**wanted), on=TODAY)[0]]  # type: ignore[arg-type]

    assert "周县调" not in names()
    assert names(role="grid_head") == ["秦网格"]
    assert names(within=VILLAGE, text="书") == ["杨书记", "朱文书"]
    assert names(state="ended") == []
    end_post(SETTING_UP, Act.new(), post_id=id_of("clerk"), on=TODAY)
    assert names(state="ended") == ["朱文书"]


def test_vacant_seats(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    with acting(scope):
        seats, more = queries.vacant_seats(scope, on=TODAY)
    assert not more
    assert {(one.role, one.place) for one in seats} == {
        ("village_secretary", OTHER_VILLAGE),
        ("village_clerk", OTHER_VILLAGE),
        ("grid_head", OTHER_GRID),
        ("grid_member", OTHER_GRID),
    }


def test_assignments_are_not_open(desk: Desk, database: Database) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO registry_household (id, place, natural_village, number) VALUES (%s, %s, %s, '1')", HOME_ROW
        )
    tie(fill("helper", VILLAGE), "named_helper", household=HOME)
    with acting(public()), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM roster_assignment")
        assert cursor.fetchone() == (0,)
    with acting(scope_as(desk, "secretary")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM roster_assignment")
        assert cursor.fetchone() == (1,)
