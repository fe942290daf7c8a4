"""Plans decided: by a meeting, from a day on, called off, and not where something is otherwise since."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.outreach import actions
from commongrid.outreach.actions import Meeting, planning
from commongrid.outreach.jobs import PLANNER, work_out_plans
from commongrid.outreach.queries import coverage, plans
from commongrid.outreach.rules.planning import Terms
from commongrid.registry import actions as registry
from commongrid.registry.rules.facts import Into, Told
from commongrid.roster.actions import Appointment, NewAssignment, appoint, assign, end_post
from commongrid.roster.models import Post
from tests.factories.desk import VILLAGE
from tests.factories.scopes import scope_at
from tests.outreach.conftest import SECRETARY

if TYPE_CHECKING:
    from tests.outreach.conftest import Row

OFFICE = scope_at(VILLAGE, "posts.appoint", "people.read", "links.read", level="village")
MEETING = {"entitled": 11, "present": 9, "in_favour": 8}


def test_plan_goes_through_the_meeting(row: Row) -> None:
    row.able(row.west)
    plan = row.plan()
    with pytest.raises(WrongState):
        actions.adopt(SECRETARY, Act.new(), plan_id=plan, on=localdate())
    for entitled, present, in_favour in ((9, 9, 4), (8, 8, 4), (3, 3, 4), (8, 9, 9), (20, 1, 1), (20, 19, 10)):
        meeting = Meeting(on=localdate(), entitled=entitled, present=present, in_favour=in_favour)
        with pytest.raises(BadInput):
            actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=meeting)
    act = Act.new()
    meeting = Meeting(on=localdate(), **MEETING)
    assert actions.approve(SECRETARY, act, plan_id=plan, meeting=meeting) == actions.approve(
        SECRETARY, act, plan_id=plan, meeting=meeting
    )
    with pytest.raises(WrongState):
        actions.set_link(SECRETARY, Act.new(), plan_id=plan, household_id=row.homes[1], member_id=None, locked=False)
    actions.reopen(SECRETARY, Act.new(), plan_id=plan)
    actions.set_link(SECRETARY, Act.new(), plan_id=plan, household_id=row.homes[1], member_id=None, locked=True)
    actions.drop(SECRETARY, Act.new(), plan_id=plan)
    assert row.linked() == {}
    with pytest.raises(BadInput):
        actions.approve(
            SECRETARY, Act.new(), plan_id=row.plan(), meeting=Meeting(on=localdate() + timedelta(1), **MEETING)
        )


def test_a_meeting_approves_what_was_there_when_it_met(row: Row) -> None:
    began = timezone.now() - timedelta(days=5)
    for who in (row.west, row.east):
        row.able(who, on=localdate(began))
    plan = UUID(actions.propose(SECRETARY, Act(new_id(), began), village=VILLAGE, terms=Terms())["plan"])
    actions.work_out(PLANNER, Act(new_id(), began), plan_id=plan)
    other = row.east if row.planned(plan)[row.homes[1]] == row.west else row.west
    actions.set_link(
        SECRETARY, Act.new(), plan_id=plan, household_id=row.homes[1], member_id=other, locked=True
    )  # fmt: skip
    meeting = Meeting(on=localdate() - timedelta(days=3), **MEETING)
    with pytest.raises(BadInput):
        actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=meeting)
    actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=Meeting(on=localdate(), **MEETING))


def test_a_plan_takes_the_place_of_one_adopted_for_a_later_day(row: Row) -> None:
    for who in (row.west, row.east):
        row.able(who)
    later = localdate() + timedelta(days=20)
    first = row.adopted(row.plan(), on=later)
    assert row.linked() == {}
    row.adopted(row.plan())
    assert len(row.linked()) == 8
    assert row.linked(later) == row.linked()
    with acting(SECRETARY):
        assert plans.plan(SECRETARY, first).state == "dropped"
        held = Post.objects.filter(role="linked_member", to_on=None).values_list("person", "from_on")
        assert sorted(held) == sorted((who, localdate()) for who in (row.west, row.east))
    for far in (date(2926, 12, 1), localdate() - timedelta(days=1)):
        with pytest.raises(BadInput):
            row.adopted(row.plan(), on=far)
        with acting(SECRETARY):
            (still,) = plans.open_plans(SECRETARY, VILLAGE).values()
        actions.drop(SECRETARY, Act.new(), plan_id=still.id)


def test_an_adoption_is_called_off_before_its_day(row: Row) -> None:
    row.able(row.west)
    now = row.adopted(row.plan())
    before = row.linked()
    row.able(row.west, answer="declines")
    row.able(row.east)
    later = localdate() + timedelta(days=20)
    plan = row.adopted(row.plan(), on=later)
    assert set(row.linked(later).values()) == {row.east}
    actions.call_off(SECRETARY, Act.new(), plan_id=plan)
    assert row.linked() == row.linked(later) == before, "every link goes on"
    with acting(SECRETARY):
        assert [one.person_id for one in Post.objects.filter(role="linked_member", to_on=None)] == [row.west]
    for done in (plan, now):
        with pytest.raises(WrongState):
            actions.call_off(SECRETARY, Act.new(), plan_id=done)


def test_plan_made_stale_is_refused_and_nothing_lost(row: Row) -> None:
    row.able(row.west)
    plan = row.plan()
    actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=Meeting(on=localdate(), **MEETING))
    registry.died(SECRETARY, Act.new(), person_id=row.people[4], told=Told(on=localdate()))
    with pytest.raises(WrongState) as refused:
        actions.adopt(SECRETARY, Act.new(), plan_id=plan, on=localdate())
    assert refused.value.params == {"count": 1}
    assert row.linked() == {}
    assert row.planned(plan)


def test_what_was_said_after_the_plan_is_heard_at_adoption(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    plan = row.plan()
    theirs = next(n for n, home in enumerate(row.homes) if row.planned(plan)[home] == row.west and n not in (0, 3))
    actions.set_link(
        SECRETARY, Act.new(), plan_id=plan, household_id=row.homes[theirs], member_id=row.west, locked=True
    )
    actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=Meeting(on=localdate(), **MEETING))
    row.wish(theirs, "not", row.west)
    row.able(row.east, capacity=1)
    told = Told(on=localdate())
    registry.moved(
        SECRETARY, Act.new(), person_id=row.west, into=Into(household=row.homes[3], as_to_head="10"), told=told
    )
    with pytest.raises(WrongState) as refused:
        actions.adopt(SECRETARY, Act.new(), plan_id=plan, on=localdate())
    own = row.planned(plan)[row.homes[3]] == row.west
    assert refused.value.params == {"count": 3 + own}, "rather not, room for fewer, left empty, their own household"
    actions.reopen(SECRETARY, Act.new(), plan_id=plan)
    actions.work_out_anew(SECRETARY, Act.new(), plan_id=plan, terms=Terms())
    assert work_out_plans() == 1
    planned = row.planned(plan)
    assert planned[row.homes[theirs]] != row.west, "a lock lets go of two who don't go together any more"
    row.adopted(plan)
    assert row.linked() == {home: who for home, who in planned.items() if who}


def test_links_end_with_the_post(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan(most=4, target=4))
    plan, later = row.plan(most=7, target=7), localdate() + timedelta(days=20)
    other = next(home for home, who in row.planned(plan).items() if who == row.east and home != row.homes[0])
    actions.set_link(SECRETARY, Act.new(), plan_id=plan, household_id=other, member_id=row.west, locked=True)
    row.adopted(plan, on=later)
    assert row.linked(later)[other] == row.west
    with acting(OFFICE):
        post = Post.objects.get(person=row.west, role="linked_member", to_on=None)
    end_post(OFFICE, Act.new(), post_id=post.id, on=localdate())
    assert row.west not in row.linked().values()
    assert row.west not in row.linked(later).values(), "what was to begin never does"


def test_a_link_by_hand_is_a_linked_members_ends_with_the_post_and_is_never_to_ones_own_household(row: Row) -> None:
    until = localdate() + timedelta(days=10)
    seat = Appointment(role="linked_member", place=VILLAGE, from_on=localdate(), to_on=until, person=row.west)
    member = UUID(appoint(OFFICE, Act.new(), to=seat)["post"])
    seat = Appointment(role="villager", place=VILLAGE, from_on=localdate(), person=row.people[3])
    villager = UUID(appoint(OFFICE, Act.new(), to=seat)["post"])
    for post, home, on in ((villager, 4, localdate()), (member, 0, localdate()), (member, 4, until + timedelta(1))):
        with pytest.raises(BadInput):
            _tie(post, row.homes[home], on)
    _tie(member, row.homes[4], localdate())
    with acting(SECRETARY):
        assert sum(one.linked for one in coverage.of_hamlets(SECRETARY, VILLAGE, localdate())) == 1
        assert sum(one.linked for one in coverage.of_hamlets(SECRETARY, VILLAGE, until)) == 0


def _tie(post: UUID, home: UUID, on: date) -> None:
    assign(OFFICE, Act.new(), to=NewAssignment(post=post, kind="linked_household", household=home, from_on=on))


def test_a_household_wholly_away_goes_to_another_contact_when_its_own_declines(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    registry.left_for_work(SECRETARY, Act.new(), person_id=row.people[4], to="东莞", told=Told(on=localdate()))
    row.able(row.east)
    row.able(row.west, answer="declines")
    row.adopted(row.plan())
    assert row.linked()[row.homes[4]] == row.east


def test_who_comes_second_is_told_in_words(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    row.able(row.west)
    actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=Terms())
    monkeypatch.setattr(planning, "OPEN", ())  # as it was a moment before
    with pytest.raises(WrongState):
        actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=Terms())
