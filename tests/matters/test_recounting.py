"""Open deadlines counted anew: after a notice and new office hours, in duty hours, under a rule that is to apply."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.clock import Calendar, Due, due_at
from commongrid.kernel.dated import Change
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Application, LeaderNote, Recheck, Recount
from commongrid.matters.queries import dated, previewing
from commongrid.matters.queries.recounting import recounts
from commongrid.matters.rules.limits import LimitRow, Pace
from commongrid.matters.rules.recounting import Running, on_calendar, under_rule
from commongrid.territory import actions as places
from commongrid.territory import queries as territory
from commongrid.territory.rules.holidays import NoticeDay
from tests.kernel.oracle import clock as oracle
from tests.matters.test_loop import row
from tests.matters.test_rechecks import closed
from tests.matters.waits import wanted
from tests.readers import readers_see
from tests.sizes import size

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = ((time(9), time(12)), (time(14), time(18)))
LIMITS = {"visit": LimitRow(amount=Decimal(3), measure="days", calendar="W")}


def acts(matter: UUID) -> list[tuple[str, str]]:
    """The recounts of a matter as the journal has them."""
    return [(one.name, one.facts["moved"]) for one in history(TICK, matter) if one.name == "matters.recounted"]


def publish(scene: Scene, year: int, *days: NoticeDay) -> None:
    """A year's notice put in force by the county centre."""
    places.publish_year(scene.as_post("county_dispatcher"), Act.new(), year=year, days=days, source="国务院办公厅通知")
    readers_see()


def off(*days: date) -> list[NoticeDay]:
    """Days off."""
    return [NoticeDay(day, False, "国庆节", 1) for day in days]


def weekdays_after(day: date, count: int) -> list[date]:
    """The next days from Monday to Friday, the day itself left out."""
    found = (day + timedelta(days=step) for step in range(1, 30))
    return [one for one in found if one.weekday() < 5][:count]


def test_a_published_year_moves_open_deadlines_later_each_with_an_act(scene: Scene) -> None:
    matter = scene.in_hand("路面塌陷")
    before = row(matter)
    assert before.due_at is not None
    first = before.due_at.astimezone(SHANGHAI).date()
    publish(scene, first.year, *off(first))
    assert jobs.recount() >= 1
    after = row(matter)
    assert after.due_at is not None
    cal = territory.calendar(TICK)
    assert not cal.works(first)
    assert after.due_at == due_at(cal, before.due_from, Decimal(str(_days(scene, matter))), "W").at  # type: ignore[arg-type]
    assert after.due_at > before.due_at
    assert after.finish_due_at == after.due_at
    assert after.deadline_no == before.deadline_no + 1
    assert acts(matter) == [("matters.recounted", "later")]
    jobs.recount()
    assert acts(matter) == [("matters.recounted", "later")]
    with acting(TICK):
        done = Recount.objects.get(sort="calendar")
    assert done.done_at is not None
    assert done.later >= 1
    assert done.sooner == 0


def test_what_else_is_owed_moves_with_the_calendar_too(scene: Scene) -> None:
    """A deputy's decision, an answer to a leader who named no day, a recheck of what is over."""
    limits = queries.limits(TICK)
    assert {limits[code].calendar for code in ("application", "leader_note", "recheck")} == {"W"}
    asked, noted, over = scene.in_hand("路面塌陷"), scene.in_hand("护栏松了"), closed(scene, satisfied=True)
    scene.do("station", actions.apply, asked, sort="pause", wanted=wanted(20, reason="parts"))
    named = timezone.localdate() + timedelta(days=20)
    for on in (None, named):
        note = actions.Instruction(words="请核实", reply_on=on)
        scene.do("county_leader", actions.instruct, noted, instruction=note)
    scene.do("county_dispatcher", actions.ask_recheck, over, reason="再看看")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_recheck_cause SET order_at = now()")
    jobs.rechecks()

    def owed() -> list[datetime]:
        with acting(TICK):
            notes = list(LeaderNote.objects.filter(matter=noted).order_by("due_at").values_list("due_at", flat=True))
            first, last = notes
            return [Application.objects.get(matter=asked).due_at, first, Recheck.objects.get().due_at, last]  # type: ignore[list-item]

    before = owed()
    today = timezone.localdate()
    publish(scene, today.year, *off(*weekdays_after(today, 2)))
    jobs.recount()
    after = owed()
    assert all(new > old for new, old in zip(after[:3], before[:3], strict=True))
    assert after[3] == before[3], "the day that a leader named stays"
    assert row(noted).leader_due_at == after[1]
    assert (row(over).recheck_due_at, row(over).state) == (after[2], "closed")
    assert acts(over) == [("matters.recounted", "later")]


def _days(scene: Scene, matter: UUID) -> Decimal:
    from commongrid.matters.queries.vocabulary import kind_version

    days = kind_version(TICK, row(matter).kind_id).finish_days
    assert days is not None
    return days


def test_no_deadline_moves_earlier_with_the_calendar(scene: Scene) -> None:
    matter = scene.in_hand("路面塌陷")
    before = row(matter)
    assert before.due_at is not None
    cal = territory.calendar(TICK)
    weekend = next(
        day for step in range(1, 30) if (day := timezone.localdate() + timedelta(days=step)).weekday() == 5
        and not cal.works(day) and day < before.due_at.astimezone(SHANGHAI).date()
    )  # fmt: skip
    publish(scene, weekend.year, NoticeDay(weekend, True, "", 1), *off(date(weekend.year, 1, 1)))
    jobs.recount()
    after = row(matter).due_at
    assert after is not None
    assert after >= before.due_at
    assert "sooner" not in [moved for _name, moved in acts(matter)]


def test_a_recount_that_was_cut_off_goes_on_where_it_was(scene: Scene, monkeypatch: Any) -> None:
    matters = [scene.in_hand(f"路面塌陷 {n}") for n in range(3)]
    first = row(matters[0]).due_at.astimezone(SHANGHAI).date()  # type: ignore[union-attr]
    publish(scene, first.year, *off(first))
    seen: list[UUID] = []
    real = actions.recount

    def stops(scope: Any, act: Act, *, matter_id: UUID, cause: UUID) -> Any:
        if len(seen) == 1:
            raise KeyboardInterrupt
        seen.append(matter_id)
        return real(scope, act, matter_id=matter_id, cause=cause)

    monkeypatch.setattr(jobs, "BATCH", 1)
    monkeypatch.setattr(actions, "recount", stops)
    with contextlib.suppress(KeyboardInterrupt):
        jobs.recount()
    (half,) = recounts(TICK)
    assert (half.done_at, half.seen) == (None, 1)
    monkeypatch.setattr(actions, "recount", real)
    jobs.recount()
    (whole,) = recounts(TICK)
    assert whole.done_at is not None
    assert whole.seen == len(dict.fromkeys([*matters, *seen]))
    assert [len(acts(matter)) for matter in matters] == [1, 1, 1]


def test_two_changes_one_after_the_other_count_each_day_once(scene: Scene) -> None:
    matter = scene.in_hand("路面塌陷")
    day = row(matter).due_at.astimezone(SHANGHAI).date()  # type: ignore[union-attr]
    hours = ((time(8, 30), time(12)), (time(14, 30), time(18, 30)))
    publish(scene, day.year, *off(day))
    places.set_office_hours(
        scene.as_post("county_dispatcher"), Act.new(), hours=hours, on=timezone.localdate() + timedelta(days=1)
    )
    readers_see()
    jobs.recount()
    cal = territory.calendar(TICK)
    after = row(matter)
    assert after.due_at == due_at(cal, after.due_from, _days(scene, matter), "W").at  # type: ignore[arg-type]
    assert after.due_at.astimezone(SHANGHAI).time() == time(18, 30)


def test_duty_hours_run_day_and_night_and_leave_a_working_day(scene: Scene) -> None:
    county = scene.as_post("county_dispatcher")
    waiting = scene.in_hand("河堤渗水")
    kind, before = row(waiting).kind_code, row(waiting).due_at
    act = Act.new()
    actions.begin_duty(county, act, kinds=(kind,), reason="特大暴雨", apply_open=True)
    jobs.recount()
    moved = row(waiting).due_at
    assert moved is not None
    assert before is not None
    assert moved < before
    assert moved >= due_at(territory.calendar(TICK), act.at, 1, "W").at or moved == before
    fresh = row(scene.in_hand("河堤渗水二"))
    assert fresh.due_at == due_at(territory.calendar(TICK), fresh.due_from, _days(scene, fresh.id), "C").at  # type: ignore[arg-type]
    actions.end_duty(county, Act.new(), duty_id=act.id)
    later = row(scene.in_hand("河堤渗水三"))
    assert later.due_at == due_at(territory.calendar(TICK), later.due_from, _days(scene, later.id), "W").at  # type: ignore[arg-type]


def test_a_new_limit_reaches_open_matters_only_when_asked(scene: Scene) -> None:
    county = scene.as_post("county_dispatcher")
    matter = scene.in_hand("路面塌陷")
    before = row(matter)
    of = dated.vocabulary("kinds")
    (version,) = [one for one in dated.versions(county, of) if one.key == before.kind_code]
    longer = {**version.values, "finish_days": Decimal(90)}
    actions.change_rules(
        county, Act.new(), vocabulary="kinds", changes=(Change(row=version.id, values=longer, on=timezone.localdate()),)
    )
    jobs.recount()
    assert (row(matter).due_at, row(matter).kind_id) == (before.due_at, before.kind_id)
    (now,) = [one for one in dated.versions(county, of) if one.key == before.kind_code]
    actions.change_rules(
        county, Act.new(), vocabulary="kinds", apply_open=True,
        changes=(Change(row=now.id, values={**longer, "finish_days": Decimal(91)}, on=timezone.localdate()),),
    )  # fmt: skip
    jobs.recount()
    after = row(matter)
    assert after.due_at == due_at(territory.calendar(TICK), before.finish_from, 91, "W").at  # type: ignore[arg-type]
    assert after.kind_id != before.kind_id
    assert acts(matter) == [("matters.recounted", "later")]


@pytest.mark.parametrize(
    ("code", "kind", "urgency", "amount"),
    [
        ("respond_default", "L02", "normal", 48), ("finish_default", "E99", "normal", 60),
        ("immediate_respond", "G02", "immediate", 9), ("immediate_finish", "G02", "immediate", 3),
    ],
)  # fmt: skip
def test_a_limit_that_kinds_leave_to_the_county_reaches_the_open_ones_under_it(
    scene: Scene, code: str, kind: str, urgency: str, amount: int
) -> None:
    county, of = scene.as_post("county_dispatcher"), dated.vocabulary("limits")
    matter = scene.report("等着处理", kind=kind, urgency=urgency)
    others = [scene.report("按类别的时限", kind="G02"), scene.report("另一件", kind="F01", urgency="urgent")]
    before, untouched = row(matter), [row(one).due_at for one in others]
    (version,) = [one for one in dated.versions(county, of) if one.key == code]
    values = {**version.values, "amount": Decimal(amount)}
    total, rows = dated.touched(county, dated.open_under(of, values))
    assert (total, [one.id for one in rows]) == (1, [matter])
    change = Change(row=version.id, values=values, on=timezone.localdate())
    actions.change_rules(county, Act.new(), vocabulary="limits", apply_open=True, changes=(change,))
    jobs.recount()
    after = row(matter)
    moved = "finish_due_at" if "finish" in code else "due_at"
    assert getattr(after, moved) > getattr(before, moved)
    assert len(acts(matter)) == 1
    assert [row(one).due_at for one in others] == untouched


@pytest.mark.parametrize(("days", "moved"), [(Decimal(90), "later"), (Decimal("0.5"), "sooner")])
def test_own_limits_of_the_work_list_reach_the_open_ones_of_their_units(
    scene: Scene, days: Decimal, moved: str
) -> None:
    county, of, today = scene.as_post("county_dispatcher"), dated.vocabulary("work_list"), timezone.localdate()
    given = scene.in_hand("站所在办", kind="G02")
    others = [scene.report("还没有交办", kind="G02"), scene.in_hand("另一类", kind="G03")]
    before, untouched = row(given), [row(one).due_at for one in others]
    (version,) = [
        one for one in dated.versions(county, of)
        if (one.values["kind_code"], one.values["level"], one.values["function"]) == ("G02", "township", "transport")
    ]  # fmt: skip
    values = {**version.values, "finish_days": days}
    told = previewing.under_leads(county, of, version.id, values)
    assert ([one.id for one in told.rows], told.sooner + told.later) == ([given], 1)
    change = Change(row=version.id, values=values, on=today)
    done = actions.change_rules(county, Act.new(), vocabulary="work_list", apply_open=True, changes=(change,))
    jobs.recount()
    after = row(given)
    assert acts(given) == [("matters.recounted", moved)]
    assert after.due_at is not None
    assert abs(after.due_at - told.rows[0].becomes) < timedelta(minutes=1)
    assert [row(one).due_at for one in others] == untouched
    if moved == "sooner":
        assert after.due_at >= due_at(territory.calendar(county), timezone.now() - timedelta(minutes=1), 1, "W").at
    kept = dated.version(county, of, UUID(done["rows"][0]))
    follows = Change(row=kept.id, values={**values, "finish_days": None}, on=today)
    actions.change_rules(county, Act.new(), vocabulary="work_list", apply_open=True, changes=(follows,))
    jobs.recount()
    assert len(acts(given)) == 2
    assert row(given).finish_due_at == before.finish_due_at or moved == "sooner"


DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]


@st.composite
def calendars(draw: Any) -> tuple[dict[date, bool], dict[date, bool]]:
    """Days as they were and as a notice makes them."""
    old = draw(st.dictionaries(st.sampled_from(DAYS), st.booleans(), max_size=8))
    new = draw(st.dictionaries(st.sampled_from(DAYS), st.booleans(), max_size=8))
    return old, new


@settings(max_examples=size(15, 2000), deadline=None)
@given(both=calendars(), minutes=st.integers(0, 15 * 24 * 60), days=st.integers(1, 12))
def test_the_oracle_agrees_on_every_recount(both: Any, minutes: int, days: int) -> None:
    """A deadline counted anew is what looking at every minute of the new calendar gives, or the later old one."""
    filed = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    old, new = (Calendar(SHANGHAI, OFFICE, known, date(2026, 12, 31)) for known in both)
    due = due_at(old, filed, days, "W")
    pace = Pace(respond_hours=None, finish_days=Decimal(days), calendar="W", urgency="normal", factor=Decimal(1))
    running = Running(clock="finish", due=due, due_from=filed, opened_at=filed, finish_from=filed, finish_due_at=due.at)
    anew = on_calendar(old, new, running, pace, LIMITS)
    minutely = oracle.look(SHANGHAI, OFFICE, new.works, (date(2026, 1, 1), date(2026, 3, 20)))
    expected, _warned = minutely.due(filed, Fraction(days))
    assert anew.due.at == max(due.at, expected)
    assert anew.finish_due_at == anew.due.at


@settings(max_examples=size(60, 4000), deadline=None)
@given(
    minutes=st.integers(0, 20 * 24 * 60), was=st.integers(1, 20), becomes=st.integers(1, 20), later=st.integers(0, 99)
)
def test_a_shorter_rule_always_leaves_a_working_day(minutes: int, was: int, becomes: int, later: int) -> None:
    cal = Calendar(SHANGHAI, OFFICE, {}, date(2026, 12, 31))
    filed = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = due_at(cal, filed, was, "W")
    now = filed + (due.at - filed) * later / 100
    pace = Pace(respond_hours=None, finish_days=Decimal(becomes), calendar="W", urgency="normal", factor=Decimal(1))
    running = Running(clock="finish", due=due, due_from=filed, opened_at=filed, finish_from=filed, finish_due_at=due.at)
    anew = under_rule(cal, now, running, pace, LIMITS).due
    plain = due_at(cal, filed, becomes, "W").at
    assert anew.at >= min(due.at, max(plain, due_at(cal, now, 1, "W").at))
    assert anew.at in (plain, due.at, due_at(cal, now, 1, "W").at)
    assert isinstance(anew, Due)


def test_office_hours_set_anew_hold_from_their_day() -> None:
    short = ((time(9), time(12)),)
    cal = Calendar(SHANGHAI, OFFICE, {}, date(2026, 12, 31), ((date(2026, 2, 2), short),))
    assert cal.office_on(date(2026, 2, 1)) == OFFICE
    assert cal.office_on(date(2026, 2, 2)) == short
    ends = [
        due_at(cal, datetime(2026, 1, 29, 2, tzinfo=UTC), n, "W").at.astimezone(SHANGHAI).time() for n in range(1, 5)
    ]
    assert ends == [time(18), time(12), time(12), time(12)]
    assert all(one <= other for one, other in pairwise(
        due_at(cal, datetime(2026, 1, 29, 2, tzinfo=UTC), n, "W").at for n in range(1, 9)
    ))  # fmt: skip
