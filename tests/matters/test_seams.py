"""Where several of the loop's ways meet: rechecks, parts, merging, pauses, other systems' clocks, complaints."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.clock import OFFICE_CHINA, Calendar, Due, due_at
from commongrid.kernel.refusals import BadInput, NotFound, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import About, Elsewhere
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.exchange.actions import link_order, take_result
from commongrid.matters.exchange.actions.results import Told
from commongrid.matters.models import Matter, Recheck
from commongrid.matters.queries.recounting import running
from commongrid.matters.queries.systems import cases
from commongrid.matters.rules.limits import LimitRow, Pace
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call, Standing
from commongrid.matters.rules.recounting import Running, on_calendar, under_rule
from tests.factories.scenes import BRIDGE, Scene
from tests.matters.test_calling import COUNTY_ROADS, ROADS, TRANSPORT, answer_part, called, parts
from tests.matters.test_loop import assert_owed, rate, row, slip_of
from tests.matters.test_merging import number, three
from tests.matters.test_rechecks import closed
from tests.matters.waits import wanted

FAR = datetime(2099, 1, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def hotline(number: str) -> Elsewhere:
    """An order of the hotline, due there in nine days."""
    return Elsewhere(system="hotline_12345", number=number, due_at=timezone.now() + timedelta(days=9))


def given_up(scene: Scene) -> UUID:
    """Parked, woken and ended with reasons."""
    matter = scene.in_hand("通组路没有资金")
    scene.do("deputy", actions.park, matter, wanted=wanted(30))
    jobs.tick(timezone.now() + timedelta(days=31))
    return scene.do("deputy", actions.end, matter, wanted=wanted(None))


def test_asked_again_while_a_recheck_is_owed_it_opens_and_the_recheck_lapses(deputy: Scene) -> None:
    jobs.draw()
    matter = given_up(deputy)
    deputy.do("county_dispatcher", actions.ask_recheck, matter, reason="电话里说没人来看过")
    jobs.rechecks(timezone.now() + timedelta(days=14))
    assert row(matter).recheck_level != ""
    actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="隔壁村都修了")
    again = assert_owed(matter)
    assert (again.state, again.recheck_level, again.recheck_due_at) == ("reported", "", None)
    with acting(TICK):
        assert set(Recheck.objects.filter(matter=matter).values_list("result", flat=True)) == {"lapsed"}


def sees(scene: Scene, name: str, matter: UUID) -> bool:
    try:
        queries.matter(scene.as_post(name), matter)
    except NotFound:
        return False
    return True


def test_a_matter_in_parts_is_routed_round_and_its_parts_leave_with_it(scene: Scene) -> None:
    matter = called(scene)
    its = parts(matter)
    scene.do("station", actions.start, its[TRANSPORT])
    about = About(whom="unit", unit=TRANSPORT, words="许站长")
    scene.do("dispatcher", actions.route_round, matter, about=about, reason="反映的就是交通站")
    assert assert_owed(matter).state == "accepted"
    assert {row(part).state for part in its.values()} == {"withdrawn"}
    assert not any(sees(scene, "station", one) for one in (matter, *its.values()))


def test_parts_of_an_earlier_round_leave_the_accused_townships_sight_too(scene: Scene) -> None:
    matter = _split_and_reopened(scene)
    part = parts(matter)[TRANSPORT]
    assert sees(scene, "station", part)
    scene.do("county_dispatcher", actions.route_round, matter, about=About(whom="township"), reason="反映镇领导")
    assert not sees(scene, "dispatcher", part)
    assert not sees(scene, "station", part)
    assert sees(scene, "county_dispatcher", part)


def _split_and_reopened(scene: Scene) -> UUID:
    matter = scene.at_township("涵洞和水管一起坏了", kind=BRIDGE)
    scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, ROADS), note="各办各的", reason="也涉及他们")
    its = parts(matter)
    answer_part(scene, "station", its[TRANSPORT])
    answer_part(scene, "roads", its[ROADS])
    scene.do("dispatcher", actions.answer, matter, answer="都修好了")
    units = tuple(actions.OfUnit(unit=one, solved=one == ROADS, satisfied=False) for one in (TRANSPORT, ROADS))
    actions.rate_units(slip_of(matter), Act.new(), matter_id=matter, units=units)
    assert row(matter).state == "reopened"
    return matter


def test_in_the_second_round_the_person_is_asked_about_who_answered_then(scene: Scene) -> None:
    matter = _split_and_reopened(scene)
    scene.do("county_dispatcher", actions.divert, matter, unit_id=COUNTY_ROADS, reason="县局来办")
    scene.do("department", actions.start, matter)
    scene.do("department", actions.answer, matter, answer="重做了")
    scene.do("dispatcher", actions.pass_on, matter, answer="重做了")
    assert queries.followed(slip_of(matter)).units == ()
    rate(matter, solved=True, satisfied=True)


def test_a_lead_is_not_routed_round_nor_taken_back_at_the_counter_over_the_others_heads(scene: Scene) -> None:
    lead, second, third = three(scene)
    with pytest.raises(WrongState, match="merged into this one"):
        scene.do("dispatcher", actions.route_round, lead, about=About(whom="township"), reason="反映镇领导")
    with pytest.raises(WrongState, match="goes on for them"):
        scene.do("clerk", actions.withdraw_for, lead, told="李小芳", came="call", words="不用修了")
    for one in (second, third):
        scene.do("dispatcher", actions.unmerge, one, reason="各是各的")
    scene.do("clerk", actions.withdraw_for, lead, told="李小芳", came="call", words="不用修了")
    assert number(lead)


def test_a_part_of_another_systems_order_has_that_systems_limit(scene: Scene) -> None:
    matter = scene.report("热线反映河堤", kind=BRIDGE, by="dispatcher", source="hotline",
                          elsewhere=hotline("H-77"))  # fmt: skip
    if row(matter).state == "reported":
        scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, ROADS), note="各办各的", reason="也涉及他们")
    whole, part = row(matter), parts(matter)[TRANSPORT]
    assert whole.external_due_at is not None
    scene.do("station", actions.start, part)
    assert row(part).due_at == whole.external_due_at == row(part).finish_due_at


def test_what_the_person_said_to_the_other_system_reaches_the_handler_only_with_the_batch(scene: Scene) -> None:
    matter = scene.report("热线反映涵洞", kind=BRIDGE, by="dispatcher", source="hotline", elsewhere=hotline("H-81"))
    if row(matter).state == "reported":
        scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=TRANSPORT, reason="交通站负责")
    scene.do("station", actions.start, matter)
    scene.do("station", actions.answer, matter, answer="修好了")
    scene.do("dispatcher", actions.pass_on, matter, answer="修好了")
    (case,) = cases(scene.as_post("dispatcher"), matter)
    told = Told(result="solved", satisfied=False, text="等得太久")
    scene.do("dispatcher", take_result, matter, case_id=case.id, told=told)
    assert (row(matter).state, row(matter).held) == ("closed", True)
    seen = queries.matter(scene.as_post("station"), matter)
    assert [(one.result, one.satisfied, one.result_text) for one in seen.cases] == [("", None, "")]
    assert "matters.result_taken" not in {line.name for line in seen.history}
    assert queries.matter(scene.as_post("dispatcher"), matter).cases[0].satisfied is False
    jobs.ratings(timezone.now() + timedelta(days=100))
    assert queries.matter(scene.as_post("station"), matter).cases[0].satisfied is False


def test_an_order_linked_to_what_has_ended_leaves_the_limit_it_was_done_by(scene: Scene) -> None:
    jobs.draw()
    matter = closed(scene, satisfied=True)
    was = row(matter).finish_due_at
    given = Elsewhere(system="hotline_12345", number="H-78", due_at=FAR)
    link_order(scene.as_post("dispatcher"), Act.new(), matter_id=matter, elsewhere=given)
    assert (row(matter).finish_due_at, row(matter).exchanged) == (was, True)


def test_taken_over_during_a_pause_the_time_left_is_kept(deputy: Scene) -> None:
    matter = deputy.in_hand("路面塌陷")
    was = row(matter).finish_due_at
    deputy.do("deputy", actions.pause, matter, wanted=wanted(20))
    actions.call_up(
        deputy.as_post("dispatcher"), Act(Act.new().id, timezone.now() + timedelta(days=15)), matter_id=matter,
        reason="镇里自己来办",
    )  # fmt: skip
    after = assert_owed(matter)
    assert (after.state, after.clock, after.clock_left) == ("accepted", "respond", None)
    assert after.finish_due_at is not None
    assert was is not None
    assert after.finish_due_at > was
    deputy.do("dispatcher", actions.start, matter)
    assert row(matter).due_at == row(matter).finish_due_at == after.finish_due_at


def test_an_order_that_comes_during_a_pause_has_its_own_limit_afterwards(deputy: Scene) -> None:
    matter = deputy.in_hand("路面塌陷")
    deputy.do("deputy", actions.pause, matter, wanted=wanted(20))
    given = Elsewhere(system="hotline_12345", number="H-79", due_at=timezone.now() + timedelta(days=3))
    link_order(deputy.as_post("dispatcher"), Act.new(), matter_id=matter, elsewhere=given)
    deputy.do("station", actions.resume, matter)
    after = assert_owed(matter)
    assert after.due_at == after.external_due_at == given.due_at


def test_the_level_above_answers_for_parts_whose_centre_has_nobody(scene: Scene) -> None:
    matter = called(scene)
    no = row(matter).deadline_no
    actions.fall(TICK, Act.new(), matter_id=matter, deadline_no=no)
    assert row(matter).owner_level == "county"
    with acting(TICK):
        assert set(Matter.objects.filter(parent_id=matter).values_list("caller", flat=True)) == {"county"}
    scene.do("county_dispatcher", actions.drop, parts(matter)[ROADS], reason="不用了")


@pytest.mark.parametrize("event", ["decide", "review"])
def test_a_body_that_may_only_be_asked_is_not_ordered_by_a_decision(event: str) -> None:
    state = {"decide": "returned", "review": "review"}[event]
    standing = Standing(state=state, owner="county", ordered=True, given_back=True, reopened=1)
    call = Call(event=event, level="county", to="unit", to_level="county")
    assert decide(standing, call).state == "diverted"
    with pytest.raises(BadInput, match="outside the county's command"):
        decide(standing, replace(call, outside=True))


def _running(**more: bool) -> tuple[Calendar, Calendar, Running, Pace]:
    start = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
    old = Calendar(SHANGHAI, OFFICE_CHINA, {}, date(2026, 12, 31))
    new = replace(old, days={date(2026, 3, 4): False})
    due = due_at(old, start, 7, "W")
    pace = Pace(respond_hours=None, finish_days=Decimal(5), calendar="W", urgency="normal", factor=Decimal(1))
    running = Running(clock="finish", due=Due(due.at, due.warn_at, provisional=False), due_from=start,
                      opened_at=start, finish_from=start, finish_due_at=due.at, **more)  # fmt: skip
    return old, new, running, pace


def test_another_systems_limit_moves_with_no_calendar_and_no_rule_and_a_granted_day_with_no_rule() -> None:
    limits: dict[str, LimitRow] = {}
    old, new, plain, pace = _running()
    assert on_calendar(old, new, plain, pace, limits).due.at > plain.due.at
    now = datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)
    short = replace(pace, finish_days=Decimal(2))
    assert under_rule(old, now, plain, short, limits).due.at < plain.due.at
    *_, theirs, _pace = _running(fixed=True, finish_fixed=True)
    for anew in (on_calendar(old, new, theirs, pace, limits), under_rule(old, now, theirs, short, limits)):
        assert (anew.due.at, anew.finish_due_at) == (theirs.due.at, theirs.finish_due_at)
    *_, granted, _pace = _running(by_hand=True, finish_by_hand=True)
    kept = under_rule(old, now, granted, short, limits)
    assert (kept.due.at, kept.finish_due_at) == (granted.due.at, granted.finish_due_at)
    assert on_calendar(old, new, granted, pace, limits).due.at > granted.due.at


def test_a_recount_leaves_an_order_of_the_hotline_where_it_was(scene: Scene) -> None:
    matter = scene.report("热线反映路灯", kind=BRIDGE, by="dispatcher", source="hotline",
                          elsewhere=hotline("H-80"))  # fmt: skip
    found = running(row(matter))
    assert (found.finish_fixed, found.fixed) == (True, row(matter).state == "reported")
