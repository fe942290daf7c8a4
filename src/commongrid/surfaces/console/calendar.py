"""The working calendar, to be read: a year of days with holidays and make-up days, office hours, the county's zone."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR

from commongrid.kernel.clock import SEED_FROM
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.widths import plain_number
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import chinese
from commongrid.territory import queries

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.clock import Calendar
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import CountyRow, DayRow, HoursRow


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the grid; ``tone`` is work, rest, holiday or made_up, empty outside the month."""

    day: date
    tone: str
    row: DayRow | None = None
    today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the grid: weeks from Monday, and how many of its days are worked."""

    name: str
    number: int
    weeks: tuple[tuple[Day, ...], ...]
    worked: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that differ for the same reason."""

    first: DayRow
    last: date
    days: int


@door("calendar.read")
def year(request: Asked) -> HttpResponse:
    """One year: months as grids, the days that differ as a list, office hours and zone."""
    cal = queries.calendar(request.scope)
    today = cal.day_of(timezone.now())
    until = max(cal.published_until.year, today.year) + 1
    wanted = _wanted(request.GET.get("year", ""), today.year, until)
    special = queries.calendar_days(request.scope, wanted)
    grid = [_month(cal, special, wanted, number, today) for number in range(1, 13)]
    context = {
        "year": wanted,
        "months": grid,
        "worked": sum(month.worked for month in grid),
        "stretches": _stretches(list(special.values())),
        "sources": sorted({row.source for row in special.values() if row.source}),
        "provisional": wanted > cal.published_until.year or any(row.provisional for row in special.values()),
        "previous": wanted - 1 if wanted > SEED_FROM else None,
        "next": wanted + 1 if wanted < until else None,
        "weekdays": [(WEEKDAYS[n], _short(n)) for n in range(7)],
        "hours": queries.office_hours(request.scope, today),
        "other_hours": _other_hours(queries.all_office_hours(request.scope), today),
        "zone": cal.zone.key,
        "county": _county(request),
        "today": today,
        "published_until": cal.published_until,
    }
    return render(request, "console/calendar/year.html", context)


def _wanted(text: str, this_year: int, until: int) -> int:
    """The year asked for, this one where it can't be read, kept between the first known and the next."""
    return min(max(plain_number(text, len("2026")) or this_year, SEED_FROM), until)


def _short(weekday: int) -> str:
    """The head of a narrow column: "Mon", and in Chinese one character, as on a wall calendar."""
    return str(WEEKDAYS[weekday])[-1] if chinese() else str(WEEKDAYS_ABBR[weekday])


def _county(request: Asked) -> CountyRow | None:
    try:
        return queries.county(request.scope)
    except NotFound:
        return None


def _other_hours(rows: list[HoursRow], today: date) -> list[tuple[bool, HoursRow, list[HoursRow]]]:
    """Office hours to come and of former periods, the latest first: whether to come, the period, its stretches."""
    periods: dict[tuple[date, date | None], list[HoursRow]] = {}
    for row in rows:
        if not row.holds(today) and row.valid_to != row.valid_from:
            periods.setdefault((row.valid_from, row.valid_to), []).append(row)
    return [(found[0].valid_from > today, found[0], found) for found in periods.values()]


def _month(cal: Calendar, special: dict[date, DayRow], in_year: int, number: int, today: date) -> Month:
    weeks = []
    worked = 0
    for week in months.Calendar().monthdatescalendar(in_year, number):
        days = []
        for day in week:
            own = day.month == number
            works = cal.works(day)
            worked += own and works
            days.append(Day(day, _tone(works, special.get(day)) if own else "", special.get(day), day == today))
        weeks.append(tuple(days))
    return Month(str(MONTHS[number]), number, tuple(weeks), worked)


def _tone(works: bool, row: DayRow | None) -> str:  # noqa: FBT001 - a plain answer
    if row is None:
        return "work" if works else "rest"
    return "made_up" if works else "holiday"


def _stretches(rows: list[DayRow]) -> list[Stretch]:
    """Neighbouring days of one reason as one line."""
    found: list[Stretch] = []
    for row in rows:
        before = found[-1] if found else None
        near = before is not None and (row.day - before.last) <= timedelta(days=3)
        if (
            before is not None
            and near
            and (before.first.zh, before.first.working) == (row.zh, row.working)
            and not row.working
        ):
            found[-1] = Stretch(before.first, row.day, before.days + 1)
        else:
            found.append(Stretch(row, row.day, 1))
    return found


urlpatterns = [path("", year, name="calendar")]
