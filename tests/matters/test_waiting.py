"""Waiting and other ends on real rows: asked, granted, refused, paused, parked and woken, referred out, asked again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.clock import close_of_office, office_seconds_between
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Receipt, Wanted
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Application, Note, PublicFace, Referral
from commongrid.matters.queries import waiting
from commongrid.territory.queries import calendar
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters.test_costs import STEP, at_most
from tests.matters.test_loop import assert_owed, row, slip_of


def day(days: int) -> date:
    """A day so many from today."""
    return timezone.localdate() + timedelta(days=days)


def wanted(days: int | None = 20, **more: Any) -> Wanted:
    """What a handler asks for."""
    until = None if days is None else day(days)
    return Wanted(until=until, **{"reason": "other", "told": "call", "words": "材料要等厂家发货，已电话告知", **more})


@pytest.fixture
def deputy(scene: Scene) -> Scene:
    """The transport station has a deputy of its own."""
    add_post(scene, "deputy", "unit_deputy", desk.TOWNSHIP, "transport")
    return scene


def add_post(scene: Scene, name: str, role: str, place: int, unit: str | None = None) -> None:
    """Somebody more in the county."""
    account = 9700 + len(scene.desk.accounts)
    with scene.desk.database.as_role("owner") as owner, owner.transaction():
        owner.execute(
            "INSERT INTO accounts_account (id, password, login_name, email, language, is_active, made_at)"
            " VALUES (%s, '!', %s, '', '', true, now())", [account, name],
        )  # fmt: skip
        owner.execute(
            "INSERT INTO registry_person (id, display_name, account_id, place) VALUES (%s, %s, %s, %s)",
            [id_of(name + "_person"), name, account, place],
        )
        owner.execute(
            "INSERT INTO roster_post (id, person_id, role_id, place, unit_id, from_on, display_name, title_zh,"
            " title_en, office_phone) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '')",
            [
                id_of(name),
                id_of(name + "_person"),
                role,
                place,
                id_of(unit + "_unit") if unit else None,
                desk.FROM,
                name,
            ],
        )
    scene.desk.accounts[name] = account


def end_post(scene: Scene, name: str) -> None:
    """Somebody's post ends today."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET to_on = %s WHERE id = %s", [timezone.localdate(), id_of(name)])


def end_unit(owner: Any, name: str) -> None:
    """A unit ends today, and nobody follows it."""
    owner.execute("UPDATE roster_unit SET valid_to = %s WHERE id = %s", [timezone.localdate(), id_of(name + "_unit")])


def ask(scene: Scene, sort: str, what: Wanted | None = None, **more: Any) -> UUID:
    """A matter in hand of the station, with an application."""
    matter = scene.in_hand("路面要重铺", **more)
    return scene.do("station", actions.apply, matter, sort=sort, wanted=what or wanted())


def latest(matter: UUID) -> Application:
    """The latest application."""
    with acting(TICK):
        return Application.objects.filter(matter_id=matter).latest("asked_at")


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


def waiting_of(scene: Scene, name: str) -> list[Application]:
    """What waits for somebody's decision."""
    scope = scene.as_post(name)
    with acting(scope):
        return list(waiting.waiting_for(scope))


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


def test_ended_with_reasons_the_person_asks_the_level_above_once(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.park, deputy.in_hand("路"), wanted=wanted(30, reason="no_funds"))
    jobs.tick(row(matter).due_at)
    with pytest.raises(BadInput):
        deputy.do("deputy", actions.end, matter, wanted=wanted(None, words=""))
    deputy.do("station", actions.apply, matter, sort="end", wanted=wanted(None, reason="no_funds"))
    deputy.do("deputy", actions.grant, matter)
    ended = assert_owed(matter)
    assert (ended.state, ended.outcome, ended.refused_place) == ("closed", "given_up", desk.TOWNSHIP)
    seen = queries.followed(slip_of(matter))
    assert (seen.may_ask_again, seen.may_rate) == (True, False)
    assert seen.wait is not None
    assert seen.wait.reason is not None
    assert (seen.wait.sort, seen.wait.reason.code) == ("end", "no_funds")
    actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="隔壁村都修了")
    asked = assert_owed(matter)
    assert (asked.state, asked.owner_level, asked.closed_at) == ("reported", "county", None)


def test_a_labour_dispute_goes_to_arbitration_and_ends_with_its_receipt(deputy: Scene) -> None:
    matter = ask(deputy, "refer", wanted(None, body="arbitration_labour"))
    deputy.do("deputy", actions.grant, matter)
    sent = assert_owed(matter)
    assert (sent.state, sent.step, sent.owner_level) == ("referred", "take_receipt", "unit")
    receipt = Receipt(number="石劳人仲案〔2026〕112号", on=timezone.localdate(), contact="0990-123")
    for wrong in (Receipt(number=" ", on=day(0)), Receipt(number="1", on=day(1)), Receipt(number="1", on=day(-9))):
        with pytest.raises(BadInput):
            deputy.do("station", actions.take_receipt, matter, receipt=wrong, words="已移送")
    deputy.do("station", actions.take_receipt, matter, receipt=receipt, words="仲裁委已受理，五日内通知您")
    ended = assert_owed(matter)
    assert (ended.state, ended.outcome) == ("closed", "referred")
    seen = queries.followed(slip_of(matter))
    assert seen.wait is not None
    assert seen.wait.referral is not None
    assert (seen.wait.referral.number, seen.said[-1].text) == (receipt.number, "仲裁委已受理，五日内通知您")
    assert seen.may_ask_again is False


def test_without_a_receipt_it_is_warned_and_raised_and_a_no_brings_it_back(deputy: Scene) -> None:
    matter = deputy.do("deputy", actions.refer, deputy.in_hand("欠薪"), wanted=wanted(None, body="court"))
    sent = row(matter)
    assert sent.warn_at is not None
    assert sent.due_at is not None
    assert [jobs.tick(sent.warn_at), jobs.tick(sent.due_at + timedelta(seconds=1))] == [1, 1]
    assert row(matter).raised_level == "township"
    with pytest.raises(BadInput):
        deputy.do("station", actions.come_back, matter, reason="")
    deputy.do("station", actions.come_back, matter, reason="法院要求先仲裁")
    back = assert_owed(matter)
    assert (back.state, back.step, back.raised_level) == ("in_hand", "answer", "")
    with acting(TICK):
        assert Referral.objects.get(matter_id=matter).outcome == "refused"


def test_the_centre_refers_before_diverting_and_it_comes_back_there(scene: Scene) -> None:
    matter = scene.at_township("外县的路")
    scene.do("dispatcher", actions.refer, matter, wanted=wanted(12, body="other_county"))
    assert (assert_owed(matter).state, row(matter).owner_level) == ("referred", "township")
    scene.do("dispatcher", actions.come_back, matter, reason="界桩在我县一侧")
    assert (assert_owed(matter).state, row(matter).step) == ("accepted", "divert")


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


def test_a_no_names_its_reason_and_is_objected_to_once_by_slip(scene: Scene) -> None:
    matter = scene.report("要求迁坟")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.reject, matter, reason="请到民政办", why="nothing such")
    scene.do("dispatcher", actions.reject, matter, reason="请到民政办咨询", why="not_ours")
    seen = queries.followed(slip_of(matter))
    assert seen.wait is not None
    assert seen.wait.reason is not None
    assert (seen.wait.reason.code, seen.may_ask_again) == ("not_ours", True)
    with pytest.raises(BadInput):
        actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="  ")
    actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="民政办让我来这里")
    asked = assert_owed(matter)
    assert (asked.state, asked.owner_level, asked.outcome) == ("reported", "county", "")
    with acting(TICK):
        assert PublicFace.objects.filter(id=matter, state="open").exists()
        assert Note.objects.filter(matter_id=matter, sort="appeal").count() == 1
    scene.do("county_dispatcher", actions.reject, matter, reason="按政策办不了", why="rule")
    assert queries.followed(slip_of(matter)).may_ask_again is False
    with pytest.raises(WrongState, match="asked once more already"):
        actions.ask_again(slip_of(matter), Act.new(), matter_id=matter, words="再问一次")


def test_asked_again_and_withdrawn_at_the_counter(scene: Scene) -> None:
    matter = scene.do("dispatcher", actions.reject, scene.report("迁坟"), reason="请到民政办咨询")
    with pytest.raises(NotFound):
        scene.do("far_clerk", actions.ask_again_for, matter, came="counter", words="再看看")
    with pytest.raises(BadInput):
        scene.do("clerk", actions.ask_again_for, matter, came="", words="再看看")
    scene.do("clerk", actions.ask_again_for, matter, came="call", words="民政办让我来这里")
    assert (assert_owed(matter).state, row(matter).owner_level) == ("reported", "county")
    scene.do("clerk", actions.withdraw_for, matter, came="counter", words="已经自己解决了")
    assert assert_owed(matter).state == "withdrawn"
    names = [line.name for line in queries.matter(scene.as_post("dispatcher"), matter).history]
    assert names[-2:] == ["matters.asked_again_for", "matters.withdrawn_for"]


def test_what_a_dissolved_unit_holds_goes_to_who_follows_or_to_the_centre(deputy: Scene) -> None:
    held = [deputy.in_hand("路"), deputy.do("deputy", actions.pause, deputy.in_hand("沟"), wanted=wanted(20))]
    assert jobs.dissolve() == 0
    with deputy.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s, successor_id = %s WHERE id = %s",
            [timezone.localdate(), id_of("roads_unit"), id_of("transport_unit")],
        )
    assert jobs.dissolve() == 2
    assert jobs.dissolve() == 0
    moved = [assert_owed(one) for one in held]
    assert [(one.state, one.owner_level, one.unit_id) for one in moved] == [
        ("diverted", "unit", id_of("roads_unit")), ("paused", "unit", id_of("roads_unit")),
    ]  # fmt: skip
    with deputy.desk.database.as_role("owner") as owner:
        end_unit(owner, "roads")
    assert jobs.dissolve() == 2
    back = [assert_owed(one) for one in held]
    assert [(one.state, one.owner_level, one.unit_id) for one in back] == [
        ("accepted", "township", None), ("paused", "township", None),
    ]  # fmt: skip


def test_a_sealed_matter_of_a_dissolved_unit_goes_to_who_is_competent_now(scene: Scene) -> None:
    from tests.matters.test_sight import VIOLENCE, tell

    matter = tell(VIOLENCE)
    assert row(matter).unit_id == id_of("police_unit")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s WHERE id = %s", [timezone.localdate(), id_of("police_unit")]
        )
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, outside_command, office_phone,"
            " valid_from) VALUES (%s, %s, 'department', '县公安局', '', 'public_security', false, '', %s)",
            [id_of("bureau_unit"), desk.COUNTY, desk.FROM],
        )
    assert jobs.dissolve() == 1
    assert (assert_owed(matter).unit_id, row(matter).state, row(matter).sealed) == (
        id_of("bureau_unit"),
        "reported",
        True,
    )


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
