"""The two clocks, by example and against an oracle that looks at every minute."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, partial
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import clock
from commongrid.kernel.clock import Calendar, ClockKind, Due
from tests.figures import Record
from tests.kernel.oracle import clock as oracle
from tests.sizes import FULL, size

CHINA = clock.seeded_calendar()
NAIVE = partial(datetime, tzinfo=None)  # hypothesis wants its bounds without a zone
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class TestSeed:
    def test_seeded_days_agree_with_the_package_on_every_day(self) -> None:
        day, last = date(clock.SEED_FROM, 1, 1), date(clock.SEED_UNTIL, 12, 31)
        while day <= last:
            assert CHINA.works(day) == chinese_calendar.is_workday(day), day
            day += timedelta(days=1)

    def test_seeded_days_are_only_those_that_differ_and_in_order(self) -> None:
        rows = list(clock.seeded_days())
        assert rows == sorted(rows)
        assert all(row.works == (row.on.weekday() >= 5) for row in rows)
        assert rows[0] == (date(2004, 1, 1), False, "元旦", "New Year's Day")

    def test_a_year_not_published_has_free_weekends_and_nothing_else(self) -> None:
        assert CHINA.works(date(2027, 10, 1))
        assert not CHINA.works(date(2027, 10, 2))

    @pytest.mark.parametrize("office", [(), ((time(9), time(9)),), ((time(9), time(12)), (time(11), time(18)))])
    def test_office_hours_out_of_order_are_no_calendar(self, office: clock.OfficeHours) -> None:
        with pytest.raises(ValueError, match="office hours"):
            Calendar(SHANGHAI, office, {}, date(2026, 12, 31))


class TestDue:
    @pytest.mark.parametrize(
        ("filed", "days", "kind", "due", "warn"),
        [
            ("2026-11-24 20:16:30", 1, "W", "2026-11-25 18:00:00", "2026-11-25 16:15:00"),
            ("2026-11-24 10:00:59", 1, "C", "2026-11-25 10:00:00", "2026-11-25 04:00:00"),
            ("2026-11-27 10:00:00", 1, "W", "2026-11-30 18:00:00", "2026-11-30 14:45:00"),  # Friday, then Monday
            ("2026-09-30 17:00:00", 2, "W", "2026-10-09 18:00:00", "2026-10-09 14:15:00"),  # over the National Day
            ("2026-10-08 09:00:00", 2, "W", "2026-10-10 18:00:00", "2026-10-10 10:45:00"),  # a Saturday worked
            ("2026-11-24 23:59:00", 0.25, "C", "2026-11-25 05:59:00", "2026-11-25 04:29:00"),
            ("2026-11-24 08:00:00", 1.5, "W", "2026-11-26 14:30:00", "2026-11-25 17:07:30"),
        ],
    )
    def test_due_at_counts_as_the_rule_says(
        self, filed: str, days: float, kind: ClockKind, due: str, warn: str
    ) -> None:
        ends = clock.due_at(CHINA, at(filed), days, kind)
        assert (local(ends.at), local(ends.warn_at), ends.provisional) == (due, warn, False)

    def test_due_at_beyond_the_published_year_is_provisional(self) -> None:
        assert not clock.due_at(CHINA, at("2026-12-30 10:00"), 1, "W").provisional
        assert clock.due_at(CHINA, at("2026-12-31 10:00"), 1, "W").provisional
        assert not clock.due_at(CHINA, at("2026-12-31 10:00"), 30, "C").provisional

    @pytest.mark.parametrize("days", [0, -1, 3661])
    def test_due_at_refuses_a_limit_that_is_none(self, days: int) -> None:
        with pytest.raises(ValueError, match="limit"):
            clock.due_at(CHINA, at("2026-11-24 10:00"), days, "C")

    @pytest.mark.parametrize(
        ("hours", "kind", "due"),
        [(0.25, "C", "2026-11-24 17:59:00"), (24, "C", "2026-11-25 17:44:00"), (2, "W", "2026-11-25 10:44:00")],
    )
    def test_after_hours_runs_on_the_natural_clock_unless_told(self, hours: float, kind: ClockKind, due: str) -> None:
        assert local(clock.after_hours(CHINA, at("2026-11-24 17:44:20"), hours, kind).at) == due

    def test_summer_time_neither_loses_nor_doubles_a_natural_hour(self) -> None:
        york = ZoneInfo("America/New_York")
        cal = Calendar(york, clock.OFFICE_CHINA, {}, date(2030, 12, 31))
        ends = clock.due_at(cal, at("2024-11-02 12:00", york), 1, "C")
        assert ends.at.astimezone(york).hour == 11


class TestPause:
    @given(
        filed=st.datetimes(NAIVE(2024, 1, 1), NAIVE(2026, 6, 1)),
        ran=st.integers(0, 60_000),
        pause=st.integers(0, 60_000),
    )
    def test_a_pause_keeps_what_was_left(self, filed: datetime, ran: int, pause: int) -> None:
        start = filed.replace(tzinfo=UTC)
        due = clock.due_at(CHINA, start, 15, "W").at
        stopped = min(start + timedelta(minutes=ran), due)
        left = clock.seconds_left(CHINA, stopped, due, "W")
        resumed = stopped + timedelta(minutes=pause)
        again = clock.carried_on(CHINA, resumed, left, "W")
        assert clock.seconds_left(CHINA, resumed, again, "W") == pytest.approx(left, abs=1e-5)
        if pause == 0 and left > 0:
            assert again == due

    def test_seconds_left_after_the_deadline_are_below_zero(self) -> None:
        due = at("2026-11-24 18:00")
        assert clock.seconds_left(CHINA, at("2026-11-25 10:00"), due, "W") == -3600
        assert clock.seconds_left(CHINA, at("2026-11-25 10:00"), due, "C") == -57_600


class TestLocalise:
    @pytest.mark.parametrize(
        ("naive", "instant", "existence"),
        [
            ("2024-07-01 12:00", "2024-07-01 16:00", "ok"),
            ("2024-11-03 01:30", "2024-11-03 05:30", "ambiguous"),  # came twice: the first
            ("2024-03-10 02:30", "2024-03-10 07:30", "missing"),  # never came: 03:30
        ],
    )
    def test_localise_takes_the_first_and_moves_forward(self, naive: str, instant: str, existence: str) -> None:
        found = clock.localise(datetime.fromisoformat(naive), ZoneInfo("America/New_York"))
        assert found == (at(instant, ZoneInfo("UTC")), existence)

    @given(st.datetimes(NAIVE(1980, 1, 1), NAIVE(2030, 1, 1)), st.sampled_from(["Asia/Shanghai", "Europe/London"]))
    def test_localise_comes_back_unless_missing(self, naive: datetime, name: str) -> None:
        zone = ZoneInfo(name)
        found = clock.localise(naive, zone)
        back = found.at.astimezone(zone).replace(tzinfo=None, fold=0)
        assert back == naive if found.existence != "missing" else back > naive


OFFICES: tuple[clock.OfficeHours, ...] = (
    clock.OFFICE_CHINA,
    ((time(8, 30), time(17)),),
    ((time(0), time(3)), (time(9, 15), time(12, 45)), (time(23), time(23, 59))),
)
SAMPLE = (
    ("Asia/Shanghai", 0, date(2024, 9, 1), date(2025, 3, 15)),
    ("Asia/Shanghai", 2, date(2026, 11, 1), date(2027, 3, 1)),
    ("Asia/Shanghai", 1, date(1991, 3, 20), date(1991, 6, 20)),  # summer time in China
    ("America/New_York", 2, date(2024, 10, 1), date(2025, 1, 15)),
    ("Australia/Lord_Howe", 1, date(2025, 3, 1), date(2025, 6, 1)),  # half an hour, office over midnight UTC
)
WHOLE = (
    ("Asia/Shanghai", 0, date(2004, 1, 1), date(2028, 1, 1)),
    ("Asia/Shanghai", 2, date(2022, 1, 1), date(2028, 1, 1)),
    ("Asia/Shanghai", 1, date(1986, 1, 1), date(1992, 12, 31)),
    ("America/New_York", 2, date(2022, 1, 1), date(2026, 12, 31)),
    ("Europe/London", 0, date(2022, 1, 1), date(2026, 12, 31)),
    ("Australia/Lord_Howe", 1, date(2022, 1, 1), date(2026, 12, 31)),
)
AMOUNTS = [Fraction(1, 4), Fraction(1, 2), Fraction(3, 2), *map(Fraction, (1, 2, 3, 5, 7, 10, 15, 20, 30))]


def works_by_the_package(day: date) -> bool:
    if clock.SEED_FROM <= day.year <= clock.SEED_UNTIL:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


@cache
def watched(stretch: tuple[str, int, date, date]) -> oracle.Minutes:
    zone, office, first, last = stretch
    return oracle.look(ZoneInfo(zone), OFFICES[office], works_by_the_package, (first, last))


def test_every_deadline_agrees_with_an_oracle_that_looks_at_every_minute(figure: Record) -> None:
    """100,000 cases in the nightly run, a seeded sample of them otherwise."""
    chance = random.Random(20261124)
    for number in range(size(1_500, 100_000)):
        stretch = chance.choice(WHOLE if FULL else SAMPLE)
        minutes = watched(stretch)
        cal = Calendar(minutes.zone, OFFICES[stretch[1]], CHINA.days, CHINA.published_until)
        days, room = chance.choice(AMOUNTS), (stretch[3] - stretch[2]).days - 60
        filed = datetime.combine(stretch[2], time(12), UTC) + timedelta(seconds=chance.randrange(room * 86_400))
        hours = days * 2
        cases: list[tuple[Due, tuple[datetime, datetime]]] = [
            (clock.due_at(cal, filed, days, "W"), minutes.due(filed, days)),
            (clock.due_at(cal, filed, days, "C"), oracle.natural(filed, days * 1440)),
            (clock.after_hours(cal, filed, hours, "W"), minutes.due_in_hours(filed, hours)),
        ]
        kind = number % 3
        found, expected = cases[kind]
        assert found[:2] == expected, (stretch, filed, days, kind)
        unpublished = kind != 1 and found.at.astimezone(minutes.zone).year > clock.SEED_UNTIL
        assert found.provisional == unpublished
    figure("deadlines against a minute-by-minute oracle", asked=size(1_500, 100_000), done=number + 1)


def test_every_pause_gives_back_what_an_oracle_counts_minute_by_minute(figure: Record) -> None:
    """20,000 pauses in the nightly run, a seeded sample of them otherwise; on the natural clock minutes are minutes."""
    chance = random.Random(20261125)
    done = 0
    for _ in range(size(400, 20_000)):
        stretch = chance.choice(WHOLE if FULL else SAMPLE)
        minutes = watched(stretch)
        cal = Calendar(minutes.zone, OFFICES[stretch[1]], CHINA.days, CHINA.published_until)
        room = (stretch[3] - stretch[2]).days - 85
        filed = datetime.combine(stretch[2], time(12), UTC) + timedelta(minutes=chance.randrange(max(room, 1) * 1440))
        days = chance.choice((1, 2, 3, 5, 7, 10))
        for kind in ("W", "C"):
            due = clock.due_at(cal, filed, days, kind).at
            span = int((due - filed).total_seconds() // 60)
            stopped = filed + timedelta(minutes=chance.randrange(span))
            resumed = stopped + timedelta(minutes=chance.randrange(30 * 1440))
            left = clock.seconds_left(cal, stopped, due, kind)
            found = clock.carried_on(cal, resumed, left, kind)
            expected = minutes.after_pause(stopped, due, resumed) if kind == "W" else resumed + (due - stopped)
            assert found == expected, (stretch, filed, days, kind, stopped, resumed)
            done += 1
    figure("pauses against a minute-by-minute oracle", asked=2 * size(400, 20_000), done=done)
