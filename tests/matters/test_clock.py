"""The clock of the loop on real rows: warned once, overdue once per level, waits that end, empty posts that fall."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.clock import seeded_calendar
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Escalation, Matter
from commongrid.matters.rules.draw import drawn
from commongrid.matters.rules.limits import LimitRow, Pace, finish_due, hours, respond_due
from tests.factories import desk
from tests.factories.scenes import Scene
from tests.matters.test_loop import assert_owed, rate, row

CAL = seeded_calendar()
LIMITS = {
    code: LimitRow(amount=Decimal(amount), measure=measure, calendar=calendar)
    for code, amount, measure, calendar in (
        ("immediate_respond", "0.5", "hours", "C"), ("immediate_finish", "1", "days", "C"),
        ("respond_default", "24", "hours", "W"), ("finish_default", "30", "days", "C"),
    )
}  # fmt: skip


def told(matter: UUID) -> list[tuple[str, str]]:
    """What was told of a matter, in order."""
    with acting(TICK):
        found = Escalation.objects.filter(matter_id=matter).order_by("at", "level")
        return list(found.values_list("sort", "level"))


def test_warned_at_three_quarters_then_overdue_once_per_level(scene: Scene) -> None:
    matter = scene.in_hand("便道护栏被撞坏")
    start = row(matter)
    assert start.warn_at is not None
    assert start.due_at is not None
    assert jobs.tick(start.warn_at - timedelta(seconds=1)) == 0
    assert jobs.tick(start.warn_at) == 1
    assert jobs.tick(start.warn_at) == 0
    assert jobs.tick(start.due_at + timedelta(seconds=1)) == 1
    assert told(matter) == [("warned", "unit"), ("overdue", "township")]
    for later in range(1, 20):
        jobs.tick(start.due_at + timedelta(days=later))
    assert told(matter) == [("warned", "unit"), ("overdue", "township"), ("overdue", "county")]
    assert assert_owed(matter).raised_level == "county"
    assert {lane.code: lane.count for lane in queries.lanes(scene.as_post("county_dispatcher"))}["below"] == 1


def test_a_late_tick_after_a_crash_does_each_thing_once(scene: Scene) -> None:
    matters = [scene.report(f"第 {n} 处塌方", kind="G01") for n in range(4)]
    far = timezone.now() + timedelta(days=60)
    workers = [threading.Thread(target=_tick_apart, args=(far,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.tick(far)
    assert [told(matter) for matter in matters] == [[("overdue", "township")]] * 4
    with acting(TICK):
        assert Escalation.objects.count() == 4


@pytest.mark.parametrize("batch", [500, 1])
def test_one_broken_matter_does_not_stop_the_clocks_of_the_others(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(jobs, "BATCH", batch)
    broken, sound = scene.report("一处塌方", kind="G01"), scene.report("另一处塌方", kind="G01")
    real = actions.raise_overdue

    def overdue(*args: Any, **kwargs: Any) -> Any:
        if kwargs["matter_id"] == broken:
            raise ZeroDivisionError
        return real(*args, **kwargs)

    monkeypatch.setattr(actions, "raise_overdue", overdue)
    with pytest.raises(ZeroDivisionError):
        jobs.tick(timezone.now() + timedelta(days=60))
    assert (told(broken), told(sound)) == ([], [("overdue", "township")])


def _tick_apart(at: datetime) -> None:
    try:
        jobs.tick(at)
    finally:
        connection.close()


def test_no_rating_in_time_is_not_rated(scene: Scene) -> None:
    matter = scene.answered("斑马线看不清")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET state='to_rate', step='rate', clock='rate' WHERE id=%s", [matter])
    due = row(matter).due_at
    assert due is not None
    for _ in range(2):
        jobs.tick(due + timedelta(seconds=1))
    found = assert_owed(matter)
    assert (found.state, found.rating) == ("to_file", "not_rated")


def test_a_matter_of_an_emptied_post_falls_to_the_level_above(scene: Scene) -> None:
    matter = scene.report("路灯不亮", kind="G03")
    assert row(matter).owner_level == "village"
    assert jobs.fall() == 0
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET to_on = %s WHERE place = %s", [timezone.localdate(), desk.VILLAGE])
    assert jobs.fall() == 1
    found = assert_owed(matter)
    assert (found.owner_level, found.owner_place) == ("township", desk.TOWNSHIP)


def test_the_seed_of_a_month_is_published_once_and_stays(scene: Scene) -> None:
    middle = timezone.localtime().replace(day=10)
    assert jobs.draw(middle) == 1
    month = timezone.localdate().replace(day=1)
    seed = queries.draw_seed(TICK, month)
    assert len(seed) == 64
    assert jobs.draw(middle) == 0
    assert jobs.draw(middle.replace(day=28)) == 1  # the next month's, days before it begins
    assert queries.draw_seed(scene.as_post("clerk"), month) == seed


def test_urgent_is_told_to_the_dispatcher_at_once_and_halves_the_limits(scene: Scene) -> None:
    plain, urgent = scene.report("停水", kind="B01"), scene.report("停水三天", kind="B01", urgency="urgent")
    immediate = scene.report("水管爆裂淹进屋", kind="B01", urgency="immediate")
    assert told(urgent) == [("told", "township")]
    due = [row(one).due_at for one in (immediate, urgent, plain)]
    assert due == sorted(due, key=lambda at: at or datetime.max.replace(tzinfo=UTC))
    assert row(immediate).owner_level == "township"
    late = row(immediate).due_at
    assert late is not None
    assert late - row(immediate).opened_at <= timedelta(minutes=30)


def test_the_same_deadline_warns_an_ended_matter_never(scene: Scene) -> None:
    matter = scene.answered("学校门口")
    rate(matter, solved=True, satisfied=True)
    scene.do("dispatcher", actions.close, matter)
    assert jobs.tick(timezone.now() + timedelta(days=90)) == 0
    with acting(TICK):
        assert Matter.objects.filter(id=matter, alarm_at=None).exists()
    assert Act.new().id != matter


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made UTC here
AMOUNTS = st.sampled_from(["0.25", "0.5", "4", "8", "12", "24", "36", "48", "72"]).map(Decimal)


@given(MOMENTS, AMOUNTS, st.sampled_from(["W", "C"]))
def test_a_limit_warns_before_it_ends_and_never_ends_before_it_began(
    at: datetime, amount: Decimal, calendar: str
) -> None:
    due = hours(CAL, at, amount, calendar)
    minute = at.replace(second=0, microsecond=0)
    assert minute <= due.warn_at <= due.at
    if calendar == "C":
        assert due.at - minute == timedelta(hours=float(amount))


@given(MOMENTS, AMOUNTS, st.sampled_from(["W", "C"]))
def test_urgent_is_never_later_than_normal(at: datetime, amount: Decimal, calendar: str) -> None:
    def pace(factor: str) -> Pace:
        return Pace(
            respond_hours=amount, finish_days=amount, calendar=calendar, urgency="normal", factor=Decimal(factor)
        )

    assert respond_due(CAL, at, pace("0.5"), LIMITS).at <= respond_due(CAL, at, pace("1"), LIMITS).at
    assert finish_due(CAL, at, pace("0.5"), LIMITS).at <= finish_due(CAL, at, pace("1"), LIMITS).at
    assert respond_due(CAL, at, pace("0"), LIMITS).at == respond_due(CAL, at, pace("0"), LIMITS).at


@pytest.mark.parametrize("share", ["0.1", "0.2", "0.5"])
def test_the_draw_takes_about_its_share_and_anyone_can_check_it(share: str) -> None:
    seed = "5" * 64
    taken = [drawn(seed, UUID(int=n), Decimal(share)) for n in range(4000)]
    assert abs(sum(taken) / 4000 - float(share)) < 0.03
    assert taken == [drawn(seed, UUID(int=n), Decimal(share)) for n in range(4000)]
