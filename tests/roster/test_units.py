"""Units set up, changed and ended; what a Party group takes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.roster import actions, queries
from commongrid.roster.actions import NewUnit, UnitNow
from tests.factories.desk import (
    FROM,
    GRID,
    HAMLET,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    id_of,
)
from tests.factories.network import TODAY, scope_as

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.factories.desk import Desk

HOME = UUID(int=77)


def lines(scope: Scope, subject: object) -> list[str]:
    return [line.name for line in journal.history(scope, UUID(str(subject)))]


def test_add_unit_and_end_it(desk: Desk) -> None:
    scope, act = scope_as(desk, "dispatcher"), Act.new()
    unit = NewUnit(place=TOWNSHIP, type="station", name_zh="林业站", name_en="Forestry station", function="forestry",
                   master=id_of("transport_county_unit"), valid_from=TODAY)  # fmt: skip
    assert actions.add_unit(scope, act, unit=unit) == {"unit": str(act.id)}
    with pytest.raises(WrongState):
        actions.add_unit(scope, Act.new(), unit=unit)
    with acting(scope):
        found = queries.unit_for(scope, "forestry", TOWNSHIP, TODAY)
    assert found is not None
    assert found.master == id_of("transport_county_unit")
    actions.end_unit(scope, Act.new(), unit_id=act.id, on=TODAY + timedelta(days=1))
    assert lines(scope, act.id) == ["roster.unit_added", "roster.unit_ended"]


def test_end_unit_with_people_in_it(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    with pytest.raises(WrongState):
        actions.end_unit(scope, Act.new(), unit_id=id_of("transport_unit"), on=TODAY)
    with pytest.raises(NotYours):
        actions.end_unit(scope, Act.new(), unit_id=id_of("water_county_unit"), on=TODAY)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"type": "department"}, BadInput),
        ({"name_zh": ""}, BadInput),
        ({"function": "magic"}, BadInput),
        ({"parent": UUID(int=9)}, BadInput),
        ({"place": OTHER_TOWNSHIP}, NotYours),
    ],
)
def test_add_unit_refusals(desk: Desk, change: dict[str, Any], refusal: type[Exception]) -> None:
    unit = NewUnit(place=TOWNSHIP, type="office", name_zh="办公室", valid_from=TODAY)
    with pytest.raises(refusal):
        actions.add_unit(scope_as(desk, "dispatcher"), Act.new(), unit=replace(unit, **change))


def test_add_unit_not_by_a_village(desk: Desk) -> None:
    unit = NewUnit(place=VILLAGE, type="committee", name_zh="理事会", valid_from=TODAY)
    with pytest.raises(NotAllowed):
        actions.add_unit(scope_as(desk, "secretary"), Act.new(), unit=unit)


def party_group(desk: Desk) -> UUID:
    unit = NewUnit(place=VILLAGE, type="party_group", name_zh="第一党小组", valid_from=FROM)
    return UUID(actions.add_unit(scope_as(desk, "secretary"), Act.new(), unit=unit)["unit"])


def takes_in(desk: Desk, group: UUID, day: date) -> list[int]:
    scope = scope_as(desk, "secretary")
    with acting(scope):
        return [one.place for one in queries.covers(scope, [group]) if one.holds(day)]


def test_party_group_is_the_villages_to_set_up_cover_and_end(desk: Desk) -> None:
    secretary, today = scope_as(desk, "secretary"), localdate()
    group, later = party_group(desk), today + timedelta(days=30)
    actions.cover(secretary, Act.new(), unit_id=group, places=(HAMLET, GRID), on=today)
    assert takes_in(desk, group, today) == sorted((HAMLET, GRID))
    actions.cover(secretary, Act.new(), unit_id=group, places=(HAMLET,), on=later)
    assert takes_in(desk, group, today) == sorted((HAMLET, GRID))
    assert takes_in(desk, group, later) == [HAMLET]
    actions.cover(secretary, Act.new(), unit_id=group, places=(GRID,), on=today + timedelta(days=1))
    assert takes_in(desk, group, later) == [GRID]
    actions.end_unit(secretary, Act.new(), unit_id=group, on=later)
    assert takes_in(desk, group, later) == []
    with pytest.raises(NotYours):
        actions.end_unit(secretary, Act.new(), unit_id=id_of("transport_unit"), on=today)
    assert lines(secretary, group) == ["roster.unit_added", *["roster.unit_covers"] * 3, "roster.unit_ended"]


def test_cover_only_by_party_groups_inside_their_village(desk: Desk) -> None:
    scope, today = scope_as(desk, "dispatcher"), localdate()
    group = party_group(desk)
    for unit_id, place in ((group, OTHER_VILLAGE), (group, VILLAGE), (id_of("transport_unit"), HAMLET)):
        with pytest.raises(BadInput):
            actions.cover(scope, Act.new(), unit_id=unit_id, places=(place,), on=today)
    with pytest.raises(BadInput):
        actions.cover(scope, Act.new(), unit_id=group, places=(HAMLET,), on=today - timedelta(days=1))
    with pytest.raises(NotYours):
        actions.cover(scope_as(desk, "far_dispatcher"), Act.new(), unit_id=group, places=(HAMLET,), on=today)


def test_changed_unit_keeps_what_it_was(desk: Desk) -> None:
    scope, unit = scope_as(desk, "dispatcher"), id_of("transport_unit")
    was = queries.unit(scope, unit)
    now = UnitNow(name_zh=" 交通 站 ", function=was.function, parent=was.parent, master=was.master, office_phone="1")
    act = Act.new()
    actions.change_unit(scope, act, unit_id=unit, now=now)
    with acting(scope):
        assert queries.unit(scope, unit).zh == "交通 站"
        assert queries.former(scope, unit)[act.id].zh == was.zh
    with pytest.raises(WrongState):
        actions.change_unit(scope, Act.new(), unit_id=unit, now=now)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name_zh": " "}, BadInput),
        ({"function": "water"}, WrongState),
        ({"function": "magic"}, BadInput),
        ({"parent": id_of("transport_unit")}, BadInput),
        ({"office_phone": "1" * 41}, BadInput),
    ],
)
def test_change_unit_refusals(desk: Desk, change: dict[str, Any], refusal: type[Exception]) -> None:
    now = replace(UnitNow(name_zh="交通站", function="transport"), **change)
    with pytest.raises(refusal):
        actions.change_unit(scope_as(desk, "dispatcher"), Act.new(), unit_id=id_of("transport_unit"), now=now)
    for name in ("secretary", "far_dispatcher"):
        with pytest.raises(NotYours):
            actions.change_unit(scope_as(desk, name), Act.new(), unit_id=id_of("transport_unit"), now=now)
