"""Who staffs the grids, what is missing; a post handed over with what is tied to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotYours, WrongState
from commongrid.registry.actions import died
from commongrid.registry.rules.facts import Told
from commongrid.roster import actions, queries
from commongrid.roster.actions import Appointment
from commongrid.roster.models import Assignment, Post, StandIn
from commongrid.roster.rules import FAULTS, GRID_ROLES
from tests.factories.desk import COUNTY, GRID, HAMLET, OTHER_GRID, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, id_of
from tests.factories.network import SETTING_UP, TODAY, fill, lend, scope_as, tie
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.factories.desk import Desk

HOME = UUID(int=77)
LATER = TODAY + timedelta(days=10)


def faults(desk: Desk, place: int = TOWNSHIP, who: str = "dispatcher") -> dict[int, set[str]]:
    scope = scope_as(desk, who)
    with acting(scope):
        found, more = queries.grid_staff(scope, place, TODAY)
        counted = queries.staffing(scope, place, TODAY)
        by_fault = {fault: queries.grid_staff(scope, place, TODAY, fault=fault)[0] for fault in FAULTS}
    assert not more
    assert counted.grids == len(found)
    for fault in FAULTS:
        assert counted.faults[fault] == len(by_fault[fault])
        assert {one.grid for one in by_fault[fault]} == {one.grid for one in found if fault in one.faults}
    return {one.grid: set(one.faults) for one in found}


def politics(desk: Desk, person: str, code: str) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE registry_person SET political = %s WHERE id = %s", [code, id_of(person)])


def home(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO registry_household (id, place, natural_village, number) VALUES (%s, %s, %s, '1')",
            [HOME, GRID, HAMLET],
        )


def test_a_grid_without_anybody_lacks_both(desk: Desk) -> None:
    politics(desk, "grid_head_person", "01")
    assert faults(desk) == {GRID: set(), OTHER_GRID: {"no_head", "no_member"}}
    assert faults(desk, COUNTY, "county_admin") == faults(desk)


def test_a_head_is_a_member_of_the_party_or_leads_a_group(desk: Desk) -> None:
    assert faults(desk)[GRID] == {"not_checked"}, "nothing is recorded of them"
    leading = Appointment(role="villager_group_leader", place=HAMLET, person=id_of("grid_head_person"), from_on=TODAY)
    with pytest.raises(BadInput):  # a villager group is where its leader sits
        actions.appoint(scope_as(desk, "dispatcher"), Act.new(), to=leading)
    politics(desk, "grid_head_person", "01")
    assert faults(desk)[GRID] == set()
    politics(desk, "grid_head_person", "13")
    assert faults(desk)[GRID] == {"not_eligible"}
    politics(desk, "grid_head_person", "02")
    assert faults(desk)[GRID] == {"not_eligible"}, "not on probation, as where grids are drawn"


def test_somebody_with_two_grids_is_marked_in_both(desk: Desk) -> None:
    politics(desk, "grid_head_person", "01")
    serves = Appointment(role="grid_member", place=OTHER_GRID, person=id_of("grid_head_person"), from_on=TODAY)
    made = actions.appoint(scope_as(desk, "dispatcher"), Act.new(), to=serves)
    assert faults(desk) == {GRID: {"twice"}, OTHER_GRID: {"twice", "no_head"}}, "heads one and serves another"
    actions.end_post(scope_as(desk, "dispatcher"), Act.new(), post_id=UUID(made["post"]), on=TODAY)
    second = Appointment(role="grid_head", place=OTHER_GRID, person=id_of("grid_head_person"), from_on=TODAY)
    actions.appoint(scope_as(desk, "dispatcher"), Act.new(), to=second)
    assert faults(desk) == {GRID: {"twice"}, OTHER_GRID: {"twice", "no_member"}}


def test_what_is_missing_is_what_a_recount_of_the_posts_says(desk: Desk) -> None:
    chance, people = Random(11), [id_of("grid_head_person"), id_of("grid_member_person")]
    for _step in range(10):
        person, role, grid = chance.choice(people), chance.choice(GRID_ROLES), chance.choice((GRID, OTHER_GRID))
        with suppress(WrongState, BadInput):  # who holds it already
            fill(role, grid, person=person, name="")
        people.append(_somebody(role, grid))
        assert faults(desk) == _recount(desk)


def _somebody(role: str, grid: int) -> UUID:
    post = fill(role, grid)
    with acting(SETTING_UP):
        person: UUID = Post.objects.get(id=post).person_id
    return person


def _recount(desk: Desk) -> dict[int, set[str]]:
    """Faults of both grids by hand; nothing is on record of anybody, so that each head is told as not checked."""
    with acting(scope_as(desk, "dispatcher")):
        rows = set(Post.objects.filter(role__in=GRID_ROLES, to_on=None).values_list("place", "role", "person"))
    grids = {GRID: OTHER_GRID, OTHER_GRID: GRID}
    roles = {grid: {role for at, role, _who in rows if at == grid} for grid in grids}
    both = {at for at, role, who in rows if role != "grid_force" and (grids[at], role, who) in rows}
    return {
        grid: {fault for fault, holds in (("no_head", "grid_head" not in roles[grid]),
                                          ("no_member", "grid_member" not in roles[grid]), ("twice", grid in both),
                                          ("not_checked", "grid_head" in roles[grid]))
               if holds}
        for grid in grids
    }  # fmt: skip


def test_who_is_to_come_or_gone_does_not_count(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    actions.appoint(scope, Act.new(), to=Appointment(role="grid_member", place=OTHER_GRID, name="来", from_on=LATER))
    actions.end_post(scope, Act.new(), post_id=id_of("grid_member"), on=TODAY)
    found = faults(desk)
    assert "no_member" in found[GRID]
    assert "no_member" in found[OTHER_GRID]


def test_another_township_has_no_grids_here(desk: Desk) -> None:
    assert faults(desk, OTHER_TOWNSHIP, "far_dispatcher") == {}


def test_hand_over_takes_along_what_is_tied(desk: Desk) -> None:
    home(desk)
    old = fill("linked_member", VILLAGE)
    link, ended = tie(old, "linked_household", household=HOME), tie(old, "contact_point", place=VILLAGE)
    scope = scope_as(desk, "secretary")
    actions.end_assignment(scope, Act.new(), assignment_id=ended, on=TODAY - timedelta(days=1))
    act, to = Act.new(), Appointment(role="", place=0, name="接任者", from_on=LATER)
    done = actions.hand_over(scope, act, post_id=old, to=to)
    assert actions.hand_over(scope, act, post_id=old, to=to) == done
    new = UUID(done["post"])
    with acting(scope):
        assert queries.post(scope, old).to_on == LATER
        assert (queries.post(scope, new).name, queries.post(scope, new).role) == ("接任者", "linked_member")
        assert Assignment.objects.get(id=link).to_on == LATER
        assert [one.kind for one in Assignment.objects.filter(post=new)] == ["linked_household"]
        assert queries.linked_members(scope, [HOME], LATER)[HOME].id == new
        assert queries.linked_members(scope, [HOME], LATER - timedelta(days=1))[HOME].id == old


def test_hand_over_leaves_an_end_of_its_own(desk: Desk) -> None:
    home(desk)
    old, until = fill("linked_member", VILLAGE), LATER + timedelta(days=30)
    tie(old, "linked_household", household=HOME, to_on=until)
    scope = scope_as(desk, "secretary")
    to = Appointment(role="", place=0, name="接任者", from_on=LATER)
    new = UUID(actions.hand_over(scope, Act.new(), post_id=old, to=to)["post"])
    with acting(scope):
        assert [(one.from_on, one.to_on) for one in Assignment.objects.filter(post=new)] == [(LATER, until)]


def test_hand_over_ends_the_standing_in(desk: Desk) -> None:
    lend(id_of("grid_head"), id_of("clerk"))
    scope = scope_as(desk, "dispatcher")
    to = Appointment(role="", place=0, name="新网格长", from_on=TODAY)
    actions.hand_over(scope, Act.new(), post_id=id_of("grid_head"), to=to)
    with acting(scope):
        assert [one.to_on for one in StandIn.objects.filter(post=id_of("grid_head"))] == [TODAY]
        assert [
            one.name for one in queries.posts(scope, queries.Wanted(within=GRID, role="grid_head"), on=TODAY)[0]
        ] == ["新网格长"]


def test_hand_over_refuses(desk: Desk) -> None:
    scope, to = scope_as(desk, "dispatcher"), Appointment(role="", place=0, name="新", from_on=TODAY)
    same = Appointment(role="", place=0, person=id_of("grid_head_person"), from_on=TODAY)
    with pytest.raises(BadInput):
        actions.hand_over(scope, Act.new(), post_id=id_of("grid_head"), to=same)
    with pytest.raises(NotYours):
        actions.hand_over(scope_as(desk, "far_dispatcher"), Act.new(), post_id=id_of("grid_head"), to=to)
    actions.end_post(scope, Act.new(), post_id=id_of("grid_head"), on=TODAY)
    with pytest.raises(WrongState):
        actions.hand_over(scope, Act.new(), post_id=id_of("grid_head"), to=to)


def test_who_died_in_office_is_told_to_whoever_ends_the_post(desk: Desk) -> None:
    clerk = scope_at(VILLAGE, "people.edit", "posts.appoint", level="village")
    died(clerk, Act.new(), person_id=id_of("grid_member_person"), told=Told(on=TODAY))
    died(clerk, Act.new(), person_id=id_of("clerk_person"), told=Told(on=TODAY))
    for scope, told in (
        (clerk, {"grid_member_person"}),
        (scope_at(TOWNSHIP, "posts.appoint", level="township"), {"clerk_person"}),
        (scope_at(OTHER_TOWNSHIP, "posts.appoint", level="township"), set()),
        (scope_at(GRID, "posts.appoint", level="grid"), set()),
    ):
        with acting(scope):
            found = {one.person for one in queries.posts_of_the_dead(scope, TODAY)}
        assert found == {id_of(name) for name in told}
