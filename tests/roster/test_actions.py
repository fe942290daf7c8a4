"""Appointing, ending, standing in, assigning, units, links: does it, refuses, is harmless twice, leaves its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.roster import actions, queries
from commongrid.roster.actions import Appointment, Lending, NewAssignment
from tests.factories.desk import (
    COUNTY,
    FAR_VILLAGE,
    GRID,
    HAMLET,
    OTHER_GRID,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    id_of,
)
from tests.factories.network import TODAY, fill, scope_as, tie

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.factories.desk import Desk

HOME = UUID(int=77)


def named(role: str, place: int, name: str = "新人", **more: Any) -> Appointment:
    return Appointment(role=role, place=place, name=name, from_on=more.pop("from_on", TODAY), **more)


def lines(scope: Scope, subject: object) -> list[str]:
    return [line.name for line in journal.history(scope, UUID(str(subject)))]


def home(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO registry_household (id, place, natural_village, number) VALUES (%s, %s, %s, '1')",
            [HOME, GRID, HAMLET],
        )


# appointing


def test_appoint_makes_the_post_and_its_line(desk: Desk) -> None:
    scope, act = scope_as(desk, "dispatcher"), Act.new()
    done = actions.appoint(scope, act, to=named("village_clerk", OTHER_VILLAGE, " 新 文书 ", office_phone=" 0000-1 "))
    assert done["post"] == str(act.id)
    with acting(scope):
        post = queries.post(scope, act.id)
    assert (post.name, post.office_phone, post.role, post.place) == (
        "新 文书",
        "0000-1",
        "village_clerk",
        OTHER_VILLAGE,
    )
    (line,) = journal.history(scope, act.id)
    assert (line.name, line.author, line.place) == ("roster.appointed", scope.author, OTHER_VILLAGE)
    assert line.facts == {"role": "village_clerk", "from_on": "2026-11-24", "to_on": None}


def test_appoint_twice_is_harmless(desk: Desk) -> None:
    scope, act = scope_as(desk, "dispatcher"), Act.new()
    to = named("village_clerk", OTHER_VILLAGE)
    assert actions.appoint(scope, act, to=to) == actions.appoint(scope, act, to=to)
    with acting(scope):
        assert len(queries.posts(scope, queries.Wanted(within=OTHER_VILLAGE), on=TODAY)[0]) == 1


def test_appoint_same_person_same_seat_overlapping_is_refused(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    again = Appointment(role="grid_head", place=GRID, person=id_of("grid_head_person"), from_on=TODAY)
    with pytest.raises(WrongState):
        actions.appoint(scope, Act.new(), to=again)
    actions.end_post(scope, Act.new(), post_id=id_of("grid_head"), on=TODAY)
    actions.appoint(scope, Act.new(), to=again)


@pytest.mark.parametrize(
    ("who", "role", "place", "refusal"),
    [
        ("dispatcher", "dispatcher", TOWNSHIP, NotAllowed),
        ("dispatcher", "county_dispatcher", COUNTY, NotYours),
        ("dispatcher", "village_clerk", FAR_VILLAGE, NotYours),
        ("dispatcher", "grid_head", VILLAGE, BadInput),
        ("dispatcher", "no_such_role", VILLAGE, BadInput),
        ("secretary", "village_clerk", VILLAGE, NotAllowed),
        ("secretary", "grid_head", OTHER_GRID, None),
        ("township_principal", "mediator", VILLAGE, None),
        ("county_admin", "dispatcher", OTHER_TOWNSHIP, None),
        ("county_admin", "department_handler", COUNTY, BadInput),
        ("grid_head", "grid_member", GRID, NotAllowed),
        ("county_dispatcher", "grid_member", GRID, NotAllowed),
    ],
)
def test_appoint_who_may_fill_what(
    desk: Desk, who: str, role: str, place: int, refusal: type[Exception] | None
) -> None:
    scope = scope_as(desk, who)
    if refusal is None:
        actions.appoint(scope, Act.new(), to=named(role, place))
        return
    with pytest.raises(refusal):
        actions.appoint(scope, Act.new(), to=named(role, place))


def test_appoint_oneself_is_refused(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    assert scope.person is not None
    with pytest.raises(NotAllowed):
        actions.appoint(
            scope, Act.new(), to=Appointment(role="grid_head", place=GRID, person=scope.person, from_on=TODAY)
        )


@pytest.mark.parametrize("name", ["", "  ", "某" * 61])
def test_appoint_name(desk: Desk, name: str) -> None:
    with pytest.raises(BadInput):
        actions.appoint(scope_as(desk, "dispatcher"), Act.new(), to=named("grid_head", GRID, name))


def test_appoint_person_out_of_scope(desk: Desk) -> None:
    to = Appointment(role="grid_head", place=GRID, person=id_of("far_dispatcher_person"), from_on=TODAY)
    with pytest.raises(BadInput) as refused:
        actions.appoint(scope_as(desk, "dispatcher"), Act.new(), to=to)
    assert list(refused.value.fields) == ["person"]


def test_appoint_period_backwards(desk: Desk) -> None:
    with pytest.raises(BadInput):
        actions.appoint(scope_as(desk, "dispatcher"), Act.new(), to=named("grid_head", GRID, to_on=date(2026, 1, 1)))


def test_appoint_three_administrators_are_three_persons(desk: Desk) -> None:
    scope = scope_as(desk, "county_admin")
    second = Appointment(role="system_admin", place=COUNTY, person=id_of("auditor_person"), from_on=TODAY)
    with pytest.raises(WrongState):
        actions.appoint(scope, Act.new(), to=second)
    actions.end_post(scope, Act.new(), post_id=id_of("auditor"), on=TODAY)
    actions.appoint(scope, Act.new(), to=second)


def test_three_administrators_hold_in_the_database_too(desk: Desk) -> None:
    import psycopg

    with desk.database.as_role("owner") as owner, pytest.raises(psycopg.errors.ExclusionViolation):
        owner.execute(
            "INSERT INTO roster_post (id, person_id, role_id, place, from_on, display_name, title_zh, title_en,"
            " office_phone) VALUES (%s, %s, 'system_admin', %s, %s, 'x', '', '', '')",
            [uuid4(), id_of("auditor_person"), COUNTY, TODAY],
        )


# ending and moving


def test_end_post_ends_its_assignments(desk: Desk) -> None:
    home(desk)
    first = fill("linked_member", VILLAGE)
    tie(first, "linked_household", household=HOME)
    scope = scope_as(desk, "secretary")
    actions.end_post(scope, Act.new(), post_id=first, on=TODAY)
    assert lines(scope, first) == ["roster.appointed", "roster.post_ended"]
    tie(fill("linked_member", VILLAGE, "另一人"), "linked_household", household=HOME, from_on=TODAY)


def test_end_post_still_to_come_is_called_off(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    later = TODAY + timedelta(days=30)
    post = UUID(actions.appoint(scope, Act.new(), to=named("grid_head", OTHER_GRID, from_on=later))["post"])
    actions.end_post(scope, Act.new(), post_id=post, on=TODAY)
    with acting(scope):
        assert queries.post(scope, post).to_on == later
        assert queries.posts(scope, queries.Wanted(within=OTHER_GRID), on=later)[0] == []


@pytest.mark.parametrize(
    ("who", "post", "refusal"),
    [
        ("dispatcher", "township_principal", NotAllowed),
        ("dispatcher", "far_dispatcher", NotYours),
        ("dispatcher", "nobody", NotYours),
        ("secretary", "clerk", NotAllowed),
        ("grid_head", "grid_member", NotAllowed),
    ],
)
def test_end_post_who_may_end_what(desk: Desk, who: str, post: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        actions.end_post(scope_as(desk, who), Act.new(), post_id=id_of(post), on=TODAY)


def test_end_post_twice(desk: Desk) -> None:
    scope, act = scope_as(desk, "dispatcher"), Act.new()
    first = actions.end_post(scope, act, post_id=id_of("clerk"), on=TODAY)
    assert actions.end_post(scope, act, post_id=id_of("clerk"), on=TODAY) == first
    with pytest.raises(WrongState):
        actions.end_post(scope, Act.new(), post_id=id_of("clerk"), on=TODAY)


def test_move_post(desk: Desk) -> None:
    scope, act = scope_as(desk, "dispatcher"), Act.new()
    done = actions.move_post(scope, act, post_id=id_of("grid_head"), place=OTHER_GRID, unit_id=None, on=TODAY)
    with acting(scope):
        old, new = queries.post(scope, id_of("grid_head")), queries.post(scope, UUID(done["post"]))
    assert (old.to_on, new.from_on, new.place, new.person) == (TODAY, TODAY, OTHER_GRID, old.person)
    assert actions.move_post(scope, act, post_id=id_of("grid_head"), place=OTHER_GRID, unit_id=None, on=TODAY) == done


def test_a_moved_post_is_called_after_its_new_place(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    done = actions.move_post(scope, Act.new(), post_id=id_of("grid_member"), place=OTHER_GRID, unit_id=None, on=TODAY)
    with acting(scope):
        post = queries.post(scope, UUID(done["post"]))
    assert (post.title_zh, post.title_en) == ("白沙村第2网格网格员", "Grid 2 member, Baisha")


def test_move_post_refused_leaves_the_old_one(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    with pytest.raises(BadInput):
        actions.move_post(scope, Act.new(), post_id=id_of("grid_head"), place=OTHER_VILLAGE, unit_id=None, on=TODAY)
    with acting(scope):
        assert queries.post(scope, id_of("grid_head")).to_on is None


# standing in


def test_set_stand_in_and_end_it(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    lending = Lending(post=id_of("secretary"), by=id_of("clerk"), from_on=TODAY, reason="培训")
    done = actions.set_stand_in(scope, Act.new(), lending=lending)
    with pytest.raises(WrongState):
        actions.set_stand_in(scope, Act.new(), lending=replace(lending, by=id_of("grid_head")))
    actions.end_stand_in(scope, Act.new(), stand_in_id=UUID(done["stand_in"]), on=TODAY)
    with pytest.raises(WrongState):
        actions.end_stand_in(scope, Act.new(), stand_in_id=UUID(done["stand_in"]), on=TODAY)
    assert lines(scope, id_of("secretary")) == ["roster.stand_in_set", "roster.stand_in_ended"]


@pytest.mark.parametrize(
    ("post", "by", "refusal"),
    [
        ("secretary", "secretary", BadInput),
        ("secretary", "nobody", BadInput),
        ("secretary", "dispatcher", NotAllowed),
        ("township_principal", "clerk", NotAllowed),
        ("nobody", "clerk", NotYours),
        ("far_dispatcher", "clerk", NotYours),
    ],
)
def test_set_stand_in_refusals(desk: Desk, post: str, by: str, refusal: type[Exception]) -> None:
    lending = Lending(post=id_of(post), by=id_of(by), from_on=TODAY)
    with pytest.raises(refusal):
        actions.set_stand_in(scope_as(desk, "dispatcher"), Act.new(), lending=lending)


def test_set_stand_in_three_administrators(desk: Desk) -> None:
    fill("security_admin", COUNTY, "安全员")
    lending = Lending(post=fill("system_admin", COUNTY, "系统员"), by=id_of("auditor"), from_on=TODAY)
    with pytest.raises(WrongState):
        actions.set_stand_in(scope_as(desk, "county_admin"), Act.new(), lending=lending)


# assigning


def test_assign_household_linked_once(desk: Desk) -> None:
    home(desk)
    scope = scope_as(desk, "secretary")
    first, second = fill("linked_member", VILLAGE), fill("linked_member", VILLAGE, "另一人")
    to = NewAssignment(post=first, kind="linked_household", household=HOME, from_on=TODAY)
    done = actions.assign(scope, Act.new(), to=to)
    with pytest.raises(WrongState):
        actions.assign(scope, Act.new(), to=replace(to, post=second))
    actions.end_assignment(scope, Act.new(), assignment_id=UUID(done["assignment"]), on=TODAY)
    actions.assign(scope, Act.new(), to=replace(to, post=second))
    assert lines(scope, done["assignment"]) == ["roster.assigned", "roster.assignment_ended"]


@pytest.mark.parametrize(
    "target",
    [
        {"kind": "linked_household"},
        {"kind": "linked_household", "place": VILLAGE},
        {"kind": "linked_household", "household": HOME, "place": VILLAGE},
        {"kind": "assigned_village", "place": GRID},
        {"kind": "nonsense", "place": VILLAGE},
        {"kind": "contact_point"},
        {"kind": "petition_case", "place": VILLAGE},
        {"kind": "petition_case", "household": HOME},
    ],
)
def test_assign_targets_that_do_not_fit(desk: Desk, target: dict[str, Any]) -> None:
    home(desk)
    to = NewAssignment(post=fill("linked_member", VILLAGE), from_on=TODAY, **target)
    with pytest.raises(BadInput):
        actions.assign(scope_as(desk, "secretary"), Act.new(), to=to)


def test_assign_household_only_to_roles_that_see_households(desk: Desk) -> None:
    home(desk)
    to = NewAssignment(post=id_of("grid_head"), kind="named_helper", household=HOME, from_on=TODAY)
    with pytest.raises(BadInput):
        actions.assign(scope_as(desk, "secretary"), Act.new(), to=to)


def test_assign_out_of_scope(desk: Desk) -> None:
    cadre = fill("township_cadre", TOWNSHIP)
    to = NewAssignment(post=cadre, kind="assigned_village", place=FAR_VILLAGE, from_on=TODAY)
    with pytest.raises(NotYours):
        actions.assign(scope_as(desk, "county_admin", on=TODAY), Act.new(), to=replace(to, post=uuid4()))
    with pytest.raises(NotAllowed):
        actions.assign(scope_as(desk, "dispatcher"), Act.new(), to=to)
    actions.assign(scope_as(desk, "county_admin"), Act.new(), to=to)


# units


def test_appoint_unit_of_another_place(desk: Desk) -> None:
    scope = scope_as(desk, "county_admin")
    with pytest.raises(BadInput):
        actions.appoint(scope, Act.new(), to=named("department_handler", COUNTY, unit=id_of("water_unit")))
    actions.appoint(scope, Act.new(), to=named("department_handler", COUNTY, unit=id_of("water_county_unit")))
