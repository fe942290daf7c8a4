"""Reads of the county's own settings: zone, office hours, working days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from commongrid.journal.acting import acting
from commongrid.journal.fixed import Fixed
from commongrid.kernel.clock import OFFICE_CHINA, Calendar
from commongrid.kernel.clock import OfficeHours as OfficeHoursOfADay
from commongrid.kernel.places import county_of, interval
from commongrid.kernel.refusals import N_, NotAllowed, NotFound
from commongrid.territory.models import CalendarChange, CalendarDay, County, MarketDays, OfficeHours, Place
from commongrid.territory.rules.markets import market_on

if TYPE_CHECKING:
    from datetime import time

    from commongrid.kernel.scope import Scope

ZONE: Final = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class CountyRow:
    """What a county sets for itself, with its name."""

    code: int
    zone: str
    demo: bool
    calendar_version: int
    name: str
    name_en: str

    def label(self, language: str) -> str:
        """The name in a language ("zh" or "en")."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day that differs from Monday to Friday."""

    day: date
    working: bool
    zh: str
    en: str
    source: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A stretch of office hours and the period in which it holds."""

    opens: time
    closes: time
    valid_from: date
    valid_to: date | None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """That the county's clock was changed: a year's notice, or office hours; ``before`` and ``after`` as kept."""

    id: UUID
    sort: str
    year: int | None
    since: date
    source: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]


DEMO_READS: Final = N_(
    "This is the demo. Rules, texts and the calendar are those of the real county beside it, and only its posts change "
    "them."
)


def set_up(scope: Scope) -> list[CountyRow]:
    """Every county that was set up here, the real ones first: mostly one, a demo beside it at the beginning."""
    with acting(scope):
        rows = list(County.objects.order_by("demo", "code").values_list("code", "zone", "demo", "calendar_version"))
        found = Place.objects.filter(code__in=[row[0] for row in rows]).values_list("code", "name", "name_en")
        names = {code: (name, name_en) for code, name, name_en in found}
    return [CountyRow(*row, *names.get(row[0], ("", ""))) for row in rows]


def county(scope: Scope) -> CountyRow:
    """The county of the scope's places; for a scope of no single county the first real one, else the demo.

    Refuses: NotFound while no county has been imported.
    """
    found = _county(scope)
    if found is None:
        raise NotFound(N_("No county has been set up yet: import its list of places."))
    return found


def _county(scope: Scope) -> CountyRow | None:
    """The county's row in one query."""
    with acting(scope):
        rows = list(County.objects.order_by("demo", "code").values_list("code", "zone", "demo", "calendar_version"))
        own = [row for row in rows if scope.lo <= scope.hi and _holds(row[0], scope)]
        if not rows:
            return None
        chosen = (own or rows)[0]
        name, name_en = Place.objects.filter(code=chosen[0]).values_list("name", "name_en").first() or ("", "")
    return CountyRow(*chosen, name, name_en)


def _holds(code: int, scope: Scope) -> bool:
    lo, hi = interval(code)
    return lo <= scope.lo and scope.hi <= hi


_calendars: dict[tuple[object, str, int], Calendar] = {}
"""Calendars of this process by database, zone and version."""


def forget_calendars() -> None:
    """Forget what this process remembers, for tests that use one database after another."""
    _calendars.clear()


def calendar(scope: Scope) -> Calendar:
    """The working calendar of the scope's county, remembered in this process until the rows change.

    One small query tells whether it changed. Before any county is set up, the
    country's zone and hours are assumed.
    """
    with acting(scope):
        found = _COUNTIES.rows()
        own = [row for row in found if scope.lo <= scope.hi and _holds(row[0], scope)] or found
        if not own:
            return _made(ZONE)
        _code, zone, version = own[0]
        key = (connection.settings_dict["NAME"], zone, version)
        if key not in _calendars:
            _calendars[key] = _made(zone)
    return _calendars[key]


def calendar_ahead(scope: Scope) -> None:
    """Ask on the next statement's way whether the calendar changed, for an action that is going to need it."""
    with acting(scope):
        _COUNTIES.ahead()


_COUNTIES: Final = Fixed(
    lambda: County.objects.order_by("demo", "code").values_list("code", "zone", "calendar_version"), planned=True
)


def _made(zone: str) -> Calendar:
    rows = [HoursRow(*row) for row in OfficeHours.objects.values_list("opens", "closes", "valid_from", "valid_to")]
    days = dict(CalendarDay.objects.values_list("day", "working"))
    return put_together(zone, days, rows, _published_until())


def put_together(zone: str, days: Mapping[date, bool], rows: Sequence[HoursRow], until: date) -> Calendar:
    """A calendar from its days and its dated office hours; days without any hours keep those before."""
    starts = sorted({row.valid_from for row in rows} | {row.valid_to for row in rows if row.valid_to})
    changes: list[tuple[date, OfficeHoursOfADay]] = []
    for day in starts:
        office = tuple((row.opens, row.closes) for row in sorted(rows, key=lambda one: one.opens) if row.holds(day))
        if office and (not changes or changes[-1][1] != office):
            changes.append((day, office))
    first = changes[0][1] if changes else OFFICE_CHINA
    return Calendar(ZoneInfo(zone), first, days, until, tuple(changes[1:]))


def calendar_changes(scope: Scope, limit: int = 20) -> list[ChangeRow]:
    """What was changed about the county's clock, the newest first."""
    with acting(scope):
        found = CalendarChange.objects.order_by("-at", "-id")[:limit]
        return [
            ChangeRow(
                id=row.id, sort=row.sort, year=row.year, since=row.since, source=row.source, at=row.at,
                before=row.before, after=row.after,
            )
            for row in found
        ]  # fmt: skip


def calendar_if_published(scope: Scope, year: int, days: Mapping[date, bool]) -> Calendar:
    """The calendar as it would be with the days of a year's notice."""
    zone = str(calendar(scope).zone)
    with acting(scope):
        known = dict(CalendarDay.objects.exclude(day__year=year).values_list("day", "working"))
        until = max(_published_until(), date(year, 12, 31))
    return put_together(zone, {**known, **days}, all_office_hours(scope), until)


def calendar_if_open(scope: Scope, hours: Iterable[tuple[time, time]], on: date) -> Calendar:
    """The calendar as it would be with other office hours from a day on."""
    zone = str(calendar(scope).zone)
    former = [one for one in all_office_hours(scope) if one.valid_from < on]
    rows = [replace(one, valid_to=min(one.valid_to or on, on)) for one in former]
    rows += [HoursRow(opens, closes, on, None) for opens, closes in hours]
    with acting(scope):
        days = dict(CalendarDay.objects.values_list("day", "working"))
        return put_together(zone, days, rows, _published_until())


def calendar_around(scope: Scope, change: UUID) -> tuple[Calendar, Calendar]:
    """The county's calendar just before and just after a change, by undoing what came later.

    Refuses: NotFound for a change that is not known.
    """
    zone = str(calendar(scope).zone)
    with acting(scope):
        days = dict(CalendarDay.objects.values_list("day", "working"))
        rows = [HoursRow(*row) for row in OfficeHours.objects.values_list("opens", "closes", "valid_from", "valid_to")]
        until = _published_until()
        for row in CalendarChange.objects.order_by("-at", "-id"):
            after = put_together(zone, days, rows, until)
            if row.sort == "year" and row.year is not None:
                days = {day: works for day, works in days.items() if day.year != row.year}
                days.update({date.fromisoformat(day): bool(works) for day, works in row.before["days"].items()})
                until = until if row.before["published"] else min(until, date(row.year - 1, 12, 31))
            else:
                rows = [
                    HoursRow(time.fromisoformat(opens), time.fromisoformat(closes), date.fromisoformat(begin),
                             date.fromisoformat(end) if end else None)
                    for opens, closes, begin, end in row.before["hours"]
                ]  # fmt: skip
            if row.id == change:
                return put_together(zone, days, rows, until), after
    raise NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRow:
    """A township's market days in force."""

    id: UUID
    place: int
    sort: str
    numbers: tuple[int, ...]
    anchor: date | None
    valid_from: date

    def falls_on(self, day: date) -> bool:
        """Whether the market is held on a day."""
        return market_on(self.sort, self.numbers, self.anchor, day)


def market_days(scope: Scope, places: Iterable[int] | None = None) -> dict[int, MarketRow]:
    """Market days in force by township."""
    with acting(scope):
        found = MarketDays.objects.filter(valid_to=None)
        if places is not None:
            found = found.filter(place__in=list(places))
        return {
            row.place: MarketRow(
                id=row.id, place=row.place, sort=row.sort, numbers=tuple(row.numbers), anchor=row.anchor,
                valid_from=row.valid_from,
            )
            for row in found
        }  # fmt: skip


def _hours_on(day: date) -> list[HoursRow]:
    found = OfficeHours.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    return [HoursRow(*row) for row in found.order_by("opens").values_list("opens", "closes", "valid_from", "valid_to")]


def _published_until() -> date:
    last = CalendarDay.objects.filter(provisional=False).order_by("-day").values_list("day", flat=True).first()
    return date(last.year, 12, 31) if last else date(1970, 1, 1)


def published_until(scope: Scope) -> date:
    """The last day of the last year for which the State Council's notice is in."""
    with acting(scope):
        return _published_until()


def is_demo(scope: Scope, code: int) -> bool:
    """Whether this county is a demo: fictional, and let off the second factor for one-time links."""
    return County.objects.filter(code=code, demo=True).exists()


def demand_rules(scope: Scope) -> None:
    """Rules and the calendar are one for all counties of a register: a demo beside a real one only reads them.

    Refuses: NotAllowed for posts of a demo county where a real one is set up.
    """
    if scope.kind != "post":
        return
    demo = dict(County.objects.values_list("code", "demo"))
    if not all(demo.values()) and demo.get(county_of(scope.lo) or 0, False):
        raise NotAllowed(DEMO_READS)


def office_hours(scope: Scope, day: date) -> list[HoursRow]:
    """The office hours in force on a day, in order."""
    with acting(scope):
        return _hours_on(day)


def all_office_hours(scope: Scope) -> list[HoursRow]:
    """The office hours of every period, the latest period first."""
    with acting(scope):
        found = OfficeHours.objects.order_by("-valid_from", "opens")
        return [HoursRow(*row) for row in found.values_list("opens", "closes", "valid_from", "valid_to")]


def calendar_days(scope: Scope, year: int) -> dict[date, DayRow]:
    """The days of a year that differ from Monday to Friday."""
    with acting(scope):
        found = CalendarDay.objects.filter(day__year=year).order_by("day")
        return {
            row[0]: DayRow(*row) for row in found.values_list("day", "working", "zh", "en", "source", "provisional")
        }
