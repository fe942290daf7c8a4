"""Waiting and other ends on real rows: asked, granted, refused, paused, parked and woken, referred out, asked again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.clock import close_of_office, office_seconds_between
from commongrid.kernel.refusals import BadInput, NotAllowed, OtherContent, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Wanted
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Application
from commongrid.matters.queries import waiting
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call, Standing
from commongrid.territory.queries import calendar
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_costs import STEP, at_most
from tests.matters.test_loop import assert_owed, row, slip_of
from tests.matters.waits import add_post, ask, day, end_post, latest, waiting_of, wanted


def test_the_deputy_gives_more_time_in_one_tap_and_the_person_sees_the_new_date(deputy: Scene) -> None:
    matter = ask(deputy, "extend", wanted(40))
    before = assert_owed(matter)
    assert (before.state, before.applied, latest(matter).to_unit_id) == ("in_hand", "extend", id_of("transport_unit"))
    with pytest.raises(WrongState, match="waiting for the deputy"):
        deputy.do("station", actions.apply, matter, sort="park", wanted=wanted())
    with pytest.raises(NotAllowed):
        deputy.do("dispatcher", actions.grant, matter)
    assert [one.matter_id for one in waiting_of(deputy, "deputy")] == [matter]
    deputy.do("deputy", actions.grant, matter)
    after = assert_owed(matter)
    cal = calendar(TICK)
    assert after.finish_due_at == after.due_at == close_of_office(cal, day(40))
    assert (after.applied, after.extended, after.deadline_no) == ("", 1, before.deadline_no + 1)
    seen = queries.followed(slip_of(matter)).wait
    assert seen is not None
    assert (seen.sort, seen.until, seen.words) == ("extend", day(40), wanted().words)
    assert waiting_of(deputy, "deputy") == []


def test_more_time_is_given_twice_at_most_and_only_in_time(deputy: Scene) -> None:
    matter = deputy.in_hand("路面要重铺")
    for days in (40, 60):
        deputy.do("deputy", actions.extend, matter, wanted=wanted(days))
    for by, action, more in (("deputy", actions.extend, {}), ("station", actions.apply, {"sort": "extend"})):
        with pytest.raises(WrongState, match="as often as is allowed"):
            deputy.do(by, action, matter, wanted=wanted(80), **more)
    late = deputy.age(deputy.in_hand("护栏"), 24 * 90)
    with deputy.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET finish_due_at = now() - interval '1 day' WHERE id = %s", [late])
    for sort in ("extend", "pause"):
        with pytest.raises(WrongState, match="before it ends"):
            deputy.do("station", actions.apply, late, sort=sort, wanted=wanted())
    deputy.do("station", actions.apply, late, sort="park", wanted=wanted())


@pytest.mark.parametrize(
    ("sort", "what", "field"),
    [
        ("extend", wanted(-1), "until"), ("extend", wanted(2), "until"), ("extend", wanted(200), "until"),
        ("pause", wanted(0), "until"), ("pause", wanted(61), "until"), ("pause", wanted(None), "until"),
        ("park", wanted(-3), "until"), ("park", wanted(184), "until"), ("park", wanted(30, told=""), "told"),
        ("park", wanted(30, reason="nothing such"), "reason"), ("park", wanted(30, words=" "), "words"),
        ("refer", wanted(None, body="nobody"), "body"), ("refer", wanted(None, body="court", told=""), "told"),
        ("refer", wanted(90, body="court"), "until"), ("extend", wanted(40, told="by pigeon"), "told"),
    ],
)  # fmt: skip
def test_what_the_deputy_has_to_know_is_asked_for(deputy: Scene, sort: str, what: Wanted, field: str) -> None:
    matter = deputy.in_hand("路面要重铺")
    before = row(matter)
    with pytest.raises(BadInput) as refused:
        deputy.do("station", actions.apply, matter, sort=sort, wanted=what)
    assert field in refused.value.fields
    assert row(matter).applied == before.applied == ""
    with acting(TICK):
        assert not Application.objects.exists()


def test_a_pause_gives_back_what_was_left_and_ends_by_itself(deputy: Scene) -> None:
    matter = deputy.in_hand("路面要重铺")
    cal = calendar(TICK)
    due = row(matter).finish_due_at
    assert due is not None
    asked_at = timezone.now()
    actions.pause(deputy.as_post("deputy"), Act(Act.new().id, asked_at), matter_id=matter, wanted=wanted(20))
    paused = assert_owed(matter)
    assert (paused.state, paused.owner_level, paused.clock) == ("paused", "unit", "resume")
    left = office_seconds_between(cal, asked_at, due)
    assert paused.clock_left == timedelta(seconds=left)
    begins = paused.due_at
    assert begins is not None
    assert cal.day_of(begins) == day(20)
    assert jobs.tick(begins - timedelta(seconds=1)) == 0
    assert jobs.tick(begins + timedelta(minutes=3)) == 1
    on = assert_owed(matter)
    assert (on.state, on.step, on.clock, on.clock_left) == ("in_hand", "answer", "finish", None)
    assert on.finish_due_at is not None
    assert office_seconds_between(cal, begins + timedelta(minutes=3), on.finish_due_at) == pytest.approx(left, abs=1e-5)
    assert jobs.tick(begins + timedelta(minutes=4)) == 0


def test_it_goes_on_earlier_by_hand_and_never_after_its_end(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.pause, deputy.in_hand("路面"), wanted=wanted(20))
    deputy.do("station", actions.resume, matter, note="材料提前到了")
    assert assert_owed(matter).state == "in_hand"
    other = deputy.do("deputy", actions.pause, deputy.in_hand("水沟"), wanted=wanted(20))
    due = row(other).due_at
    assert due is not None
    actions.withdraw(slip_of(other), Act.new(), matter_id=other)
    with pytest.raises(WrongState, match="ended meanwhile"):
        deputy.do("station", actions.resume, other)
    assert jobs.tick(due + timedelta(days=1)) == 0
    assert assert_owed(other).state == "withdrawn"


def test_parked_is_woken_on_its_day_and_whoever_has_it_decides(deputy: Scene) -> None:
    matter = ask(deputy, "park", wanted(100, reason="no_funds"))
    deputy.do("deputy", actions.grant, matter, words="同意，列入明年计划")
    parked = assert_owed(matter)
    assert (parked.state, parked.owner_level) == ("parked", "unit")
    listed = waiting.parked(deputy.as_post("county_dispatcher"))
    assert [(one.row.id, one.review, one.reason.code if one.reason else "", one.told, one.times) for one in listed] == [
        (matter, day(100), "no_funds", "call", 1)
    ]
    assert parked.due_at is not None
    assert jobs.tick(parked.due_at + timedelta(seconds=1)) == 1
    woken = assert_owed(matter)
    assert (woken.state, woken.step, woken.clock) == ("woken", "resume", "woken")
    deputy.do("deputy", actions.park, matter, wanted=wanted(150, reason="no_funds"))
    assert (assert_owed(matter).state, waiting.parked(deputy.as_post("dispatcher"))[0].times) == ("parked", 2)
    again = row(matter).due_at
    assert again is not None
    jobs.tick(again)
    deputy.do("station", actions.resume, matter, note="资金到位")
    on = assert_owed(matter)
    assert (on.state, on.finish_moved) == ("in_hand", False)
    assert on.finish_from == on.due_from


def test_what_nobody_decides_after_waking_is_raised_level_by_level(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.park, deputy.in_hand("路"), wanted=wanted(30, reason="season"))
    due = row(matter).due_at
    assert due is not None
    jobs.tick(due)
    woken = row(matter).due_at
    assert woken is not None
    jobs.tick(woken + timedelta(seconds=1))
    assert row(matter).raised_level == "township"


def test_a_refused_application_leaves_everything_as_it_was(deputy: Scene) -> None:
    matter = ask(deputy, "pause")
    before = row(matter)
    with pytest.raises(BadInput):
        deputy.do("deputy", actions.refuse, matter, reason="")
    deputy.do("deputy", actions.refuse, matter, reason="先用现有材料")
    after = assert_owed(matter)
    assert (after.state, after.applied, after.due_at) == ("in_hand", "", before.due_at)
    assert latest(matter).outcome == "refused"
    assert queries.followed(slip_of(matter)).wait is None


def test_two_decide_the_same_application_and_the_second_is_told(deputy: Scene) -> None:
    add_post(deputy, "second", "unit_deputy", desk.TOWNSHIP, "transport")
    matter = ask(deputy, "extend", wanted(40))
    deputy.do("deputy", actions.grant, matter)
    for action, more in ((actions.grant, {}), (actions.refuse, {"reason": "不同意"})):
        with pytest.raises(WrongState, match="No application is waiting"):
            deputy.do("second", action, matter, **more)
    assert row(matter).extended == 1


def test_an_application_lapses_when_the_matter_moves_on(deputy: Scene) -> None:
    matter = ask(deputy, "park")
    deputy.do("station", actions.give_back, matter, basis="归县局")
    assert (row(matter).applied, latest(matter).outcome) == ("", "lapsed")
    assert waiting_of(deputy, "deputy") == []


def test_without_a_deputy_the_centre_decides_and_late_ones_go_up(scene: Scene) -> None:
    matter = ask(scene, "extend", wanted(40))
    assert (latest(matter).to_level, latest(matter).to_place) == ("township", desk.TOWNSHIP)
    assert [one.matter_id for one in waiting_of(scene, "dispatcher")] == [matter]
    due = latest(matter).due_at
    assert due is not None
    assert jobs.applications(due - timedelta(minutes=1)) == 0
    assert jobs.applications(due) == 1
    assert jobs.applications(due) == 0
    assert latest(matter).to_level == "county"
    scene.do("county_dispatcher", actions.grant, matter)
    assert row(matter).extended == 1


def test_a_deputy_who_leaves_hands_what_waits_to_the_centre(deputy: Scene) -> None:
    matter = ask(deputy, "park")
    end_post(deputy, "deputy")
    assert jobs.applications() == 1
    assert latest(matter).to_level == "township"
    deputy.do("dispatcher", actions.grant, matter)
    assert row(matter).state == "parked"


def test_a_handler_who_leaves_during_a_pause_leaves_it_to_the_level_above(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.pause, deputy.in_hand("路"), wanted=wanted(20))
    due = row(matter).due_at
    end_post(deputy, "station")
    assert jobs.fall() == 1
    fallen = assert_owed(matter)
    assert (fallen.state, fallen.owner_level, fallen.due_at) == ("paused", "township", due)
    deputy.do("dispatcher", actions.resume, matter)
    assert (assert_owed(matter).state, row(matter).handler_level) == ("in_hand", "township")


def test_each_step_costs_at_most_ten_statements(deputy: Scene) -> None:
    matter = deputy.in_hand("路")
    steps: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("station", actions.apply, {"sort": "extend", "wanted": wanted(40)}),
        ("deputy", actions.grant, {"words": "同意"}),
        ("deputy", actions.pause, {"wanted": wanted(20)}),
        ("station", actions.resume, {}),
        ("deputy", actions.refer, {"wanted": wanted(None, body="court")}),
        ("station", actions.come_back, {"reason": "不收"}),
        ("deputy", actions.park, {"wanted": wanted(30)}),
    )
    for by, action, more in steps:
        scope = deputy.as_post(by)
        with at_most(STEP):
            action(scope, Act.new(), matter_id=matter, **more)


def test_a_stale_clock_does_not_end_a_pause_that_began_later(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.pause, deputy.in_hand("路"), wanted=wanted(20))
    with pytest.raises(WrongState):
        actions.wake(TICK, Act.new(), matter_id=matter)
    assert row(matter).state == "paused"


def test_the_clock_alone_wakes_hands_on_and_dissolves(deputy: Scene) -> None:
    matter = ask(deputy, "park")
    scope = deputy.as_post("county_dispatcher")
    for action in (actions.wake, actions.dissolve):
        with pytest.raises(NotAllowed):
            action(scope, Act.new(), matter_id=matter)
    with pytest.raises(NotAllowed):
        actions.raise_application(scope, Act.new(), matter_id=matter, application_id=latest(matter).id)


def test_a_step_sent_twice_is_done_once_and_other_content_is_refused(deputy: Scene) -> None:
    matter, act = deputy.in_hand("路"), Act.new()
    first = actions.apply(deputy.as_post("station"), act, matter_id=matter, sort="park", wanted=wanted(30))
    assert actions.apply(deputy.as_post("station"), act, matter_id=matter, sort="park", wanted=wanted(30)) == first
    with pytest.raises(OtherContent):
        actions.apply(deputy.as_post("station"), act, matter_id=matter, sort="park", wanted=wanted(31))
    granting = Act.new()
    for _ in range(2):
        actions.grant(deputy.as_post("deputy"), granting, matter_id=matter)
    names = [line.name for line in queries.matter(deputy.as_post("dispatcher"), matter).history]
    assert names[-2:] == ["matters.applied", "matters.granted"]


@pytest.mark.parametrize("event", ["extend", "pause", "ask_extend", "ask_pause"])
def test_an_order_of_another_system_keeps_its_own_limit(event: str) -> None:
    theirs = Standing(state="in_hand", owner="unit", handler="township", by_unit=True, exchanged=True)
    with pytest.raises(WrongState, match="system it came from"):
        decide(theirs, Call(event=event, level="township"))
    assert decide(theirs, Call(event="park", level="township")).state == "parked"


@pytest.mark.parametrize(("state", "after"), [("paused", "paused"), ("woken", "woken"), ("in_hand", "accepted")])
def test_what_waits_falls_past_the_level_that_had_it_before(state: str, after: str) -> None:
    again = Standing(state=state, owner="village", handler="village", reopened=1, barred="township")
    move = decide(again, Call(event="fall"))
    assert (move.state, move.owner) == (after, "county")
