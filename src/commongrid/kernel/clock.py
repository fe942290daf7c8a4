"""The two clocks: working days (W) and the natural calendar (C), and the deadlines counted on them.

The county's rules, exactly:

* a filing counts from its minute (seconds are cut);
* ``n C`` is n x 24 hours of elapsed time from that minute;
* ``n W`` ends at close of office on the n-th working day after the day of
  filing; of a part of a day, that part of the next working day's office time
  must have passed (1.5 W: half of the second working day);
* hours run on the natural clock unless the working one is asked for, where only
  office time counts;
* the warning comes when 75 % of the limit has passed on the same clock;
* where the limit reaches a day whose calendar is not published, it is
  provisional: weekends are taken as free and the due time may still move.

All results are in UTC; the zone decides only what a local day and office time
are. Arithmetic is on elapsed seconds, so a change to summer time neither loses
nor doubles any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

ClockKind = Literal["W", "C"]
"""W: working days and office time. C: the natural calendar."""

Existence = Literal["ok", "ambiguous", "missing"]
Amount = int | float | Decimal | Fraction
OfficeHours = tuple[tuple[time, time], ...]

WARN_SHARE: Final = Fraction(3, 4)
OFFICE_CHINA: Final[OfficeHours] = ((time(9), time(12)), (time(14), time(18)))
LONGEST: Final = 3660
"""No limit is longer than this many days; a larger number is a mistake in the rule."""

_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_MICRO: Final = 1_000_000
_WEEKEND: Final = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working calendar of one county.

    ``office`` are the daily office intervals in local time, in order and
    apart. ``days`` says of single dates whether they are worked; any other
    date is worked from Monday to Friday. Dates after ``published_until`` are
    provisional. ``changes`` are (first day, office intervals) in order, for
    office hours that were or will be set anew; ``office`` holds before all of them.
    """

    zone: ZoneInfo
    office: OfficeHours
    days: Mapping[date, bool]
    published_until: date
    changes: tuple[tuple[date, OfficeHours], ...] = ()

    def __post_init__(self) -> None:
        """Refuse office hours that are empty, overlapping or out of order, with ValueError."""
        for office in (self.office, *(hours for _day, hours in self.changes)):
            marks = [mark for pair in office for mark in pair]
            if not marks or any(later <= earlier for earlier, later in pairwise(marks)):
                msg = "office hours must be intervals in order, none empty or overlapping"
                raise ValueError(msg)
        days = [day for day, _hours in self.changes]
        if days != sorted(set(days)):
            msg = "changes of office hours must be in order of their days"
            raise ValueError(msg)

    def office_on(self, day: date) -> OfficeHours:
        """The office intervals that hold on a day."""
        found = self.office
        for first, office in self.changes:
            if day < first:
                break
            found = office
        return found

    def works(self, day: date) -> bool:
        """Whether the day is worked."""
        known = self.days.get(day)
        return day.weekday() < _WEEKEND if known is None else known

    def day_of(self, at: datetime) -> date:
        """The local date of an instant."""
        return at.astimezone(self.zone).date()


class Due(NamedTuple):
    """A deadline: when it ends, when it warns (both UTC), and whether an unpublished calendar was touched."""

    at: datetime
    warn_at: datetime
    provisional: bool


class Localised(NamedTuple):
    """A local time made an instant (UTC), and whether it existed once, twice or never."""

    at: datetime
    existence: Existence


def localise(naive: datetime, zone: ZoneInfo) -> Localised:
    """The instant a wall clock meant, in UTC.

    Of a time that came twice (clocks set back) the first is taken; one that
    never came (clocks set forward) moves forward by what was skipped: both as
    RFC 5545 section 3.3.5 says and PEP 495 does with ``fold=0``.
    """
    first = naive.replace(tzinfo=zone, fold=0)
    at = first.astimezone(UTC)
    if first.utcoffset() == naive.replace(tzinfo=zone, fold=1).utcoffset():
        return Localised(at, "ok")
    came = at.astimezone(zone).replace(tzinfo=None) == naive.replace(fold=0)
    return Localised(at, "ambiguous" if came else "missing")


def filing_minute(at: datetime) -> datetime:
    """The minute a filing counts from, in UTC."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def due_at(cal: Calendar, filed_at: datetime, n: Amount, kind: ClockKind) -> Due:
    """When ``n`` working (W) or natural (C) days after filing end; ``n`` may be a fraction such as 0.25.

    Refuses a limit that is not between 0 and 3,660 days with ValueError: that
    is a fault of the rule, not of the person filing.
    """
    days = _limit(n)
    start = filing_minute(filed_at)
    if kind == "C":
        return _natural(start, days * 86_400)
    whole = -(-days.numerator // days.denominator)
    day = nth_working_day(cal, cal.day_of(start), whole)
    spans = office_spans(cal, day)
    asked = (days - (whole - 1)) * sum(_micros(opens, closes) for opens, closes in spans)
    return _office_due(cal, start, _run(spans, start, round(asked)))


def after_hours(cal: Calendar, filed_at: datetime, hours: Amount, kind: ClockKind = "C") -> Due:
    """When ``hours`` after filing end: elapsed hours, or with "W" hours of office time."""
    seconds = _limit(Fraction(hours) / 24) * 86_400
    start = filing_minute(filed_at)
    if kind == "C":
        return _natural(start, seconds)
    return _office_due(cal, start, after_office_seconds(cal, start, seconds))


def nth_working_day(cal: Calendar, after: date, n: int) -> date:
    """The n-th working day after the date, n at least 1; the date itself is never counted."""
    day, left = after, n
    while left > 0:
        day += _DAY
        left -= cal.works(day)
    return day


def close_of_office(cal: Calendar, day: date) -> datetime:
    """When the office closes on that day, in UTC, whether it is worked or not."""
    return _wall(cal.zone, day, cal.office_on(day)[-1][1])


def office_spans(cal: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The office intervals of one day as instants, none where the day is free."""
    return _spans(cal.zone, cal.office_on(day), day) if cal.works(day) else ()


def office_seconds_between(cal: Calendar, start: datetime, end: datetime) -> float:
    """Seconds of office time from ``start`` to ``end``; 0 where the end is not later."""
    return _office_between(cal, start, end) / _MICRO


def after_office_seconds(cal: Calendar, start: datetime, seconds: Amount) -> datetime:
    """The first instant by which that many seconds of office time have passed since ``start``."""
    return _run(_spans_from(cal, start), start, round(Fraction(seconds) * _MICRO))


def seconds_left(cal: Calendar, now: datetime, due: datetime, kind: ClockKind) -> float:
    """Seconds until the deadline on its own clock; below 0 once it has passed."""
    if kind == "C":
        return (due - now).total_seconds()
    return office_seconds_between(cal, now, due) or -office_seconds_between(cal, due, now)


def carried_on(cal: Calendar, now: datetime, left: float, kind: ClockKind) -> datetime:
    """A deadline going on after a pause: ``left`` seconds of its own clock from ``now``."""
    return now + timedelta(seconds=left) if kind == "C" else after_office_seconds(cal, now, left)


def reaches_unpublished(cal: Calendar, due: datetime) -> bool:
    """Whether a deadline on the working calendar lies beyond what is published."""
    return cal.day_of(due) > cal.published_until


class DayRow(NamedTuple):
    """A date that differs from Monday-to-Friday, as the State Council's yearly notice sets it."""

    on: date
    works: bool
    zh: str
    en: str


SEED_FROM: Final = 2004
SEED_UNTIL: Final = 2026

HOLIDAYS: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}
"""Holidays by their English name."""


def seeded_days() -> Iterator[DayRow]:
    """Holidays and make-up working days of 2004 to 2026, in order, from the package ``chinesecalendar``.

    Weekends and weekdays that are what they seem are left out: the rule of
    ``Calendar.works`` covers them.
    """
    from chinese_calendar import constants

    for table in (constants.holidays, constants.workdays):
        unknown = set(table.values()) - HOLIDAYS.keys()
        if unknown:
            msg = f"holidays without a Chinese name: {sorted(unknown)}"
            raise LookupError(msg)
    named = [(on, False, name) for on, name in constants.holidays.items()]
    named += [(on, True, name) for on, name in constants.workdays.items()]
    for on, works, name in sorted(named):
        if works != (on.weekday() < _WEEKEND):
            yield DayRow(on, works, HOLIDAYS[name], name)


def seeded_calendar(zone: str = "Asia/Shanghai") -> Calendar:
    """The calendar a new county starts with."""
    days = {row.on: row.works for row in seeded_days()}
    return Calendar(ZoneInfo(zone), OFFICE_CHINA, days, date(SEED_UNTIL, 12, 31))


def _limit(days: Amount) -> Fraction:
    exact = Fraction(days)
    if not 0 < exact <= LONGEST:
        msg = f"a limit of {float(exact):g} days is outside 0 to {LONGEST}"
        raise ValueError(msg)
    return exact


def _natural(start: datetime, seconds: Fraction) -> Due:
    micros = round(seconds * _MICRO)
    return Due(start + _delta(micros), start + _delta(_warned(micros)), provisional=False)


def _office_due(cal: Calendar, start: datetime, due: datetime) -> Due:
    warn = _run(_spans_from(cal, start), start, _warned(_office_between(cal, start, due)))
    return Due(due, warn, reaches_unpublished(cal, due))


def _warned(micros: int) -> int:
    return round(micros * WARN_SHARE)


def _wall(zone: ZoneInfo, day: date, at: time) -> datetime:
    return localise(datetime.combine(day, at), zone).at


@lru_cache(maxsize=4096)
def _spans(zone: ZoneInfo, office: OfficeHours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((_wall(zone, day, opens), _wall(zone, day, closes)) for opens, closes in office)


def _spans_from(cal: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = cal.day_of(start)
    while True:
        yield from office_spans(cal, day)
        day += _DAY


def _office_between(cal: Calendar, start: datetime, end: datetime) -> int:
    total = 0
    for opens, closes in _spans_from(cal, start):
        if opens >= end:
            break
        total += max(0, _micros(max(opens, start), min(closes, end)))
    return total


def _run(spans: Iterable[tuple[datetime, datetime]], start: datetime, micros: int) -> datetime:
    """The first instant from ``start`` on by which the spans have given ``micros``; they must suffice."""
    left, at = micros, start
    for opens, closes in spans:
        begins = max(opens, start)
        given = _micros(begins, closes)
        if given <= 0:
            continue
        if given >= left:
            return begins + _delta(left)
        left, at = left - given, closes
    return at


def _micros(start: datetime, end: datetime) -> int:
    return (end - start) // _MICROSECOND


def _delta(micros: int) -> timedelta:
    return timedelta(microseconds=micros)
