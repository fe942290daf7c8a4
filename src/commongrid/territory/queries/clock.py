"""Reads of the county's own settings: zone, office hours, working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from commongrid.journal.acting import acting
from commongrid.journal.fixed import Fixed
from commongrid.kernel.clock import OFFICE_CHINA, Calendar
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, NotFound
from commongrid.territory.models import CalendarDay, County, OfficeHours, Place

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


_COUNTIES: Final = Fixed(
    lambda: County.objects.order_by("demo", "code").values_list("code", "zone", "calendar_version"), planned=True
)


def _made(zone: str) -> Calendar:
    today = datetime.now(ZoneInfo(zone)).date()
    hours = tuple((row.opens, row.closes) for row in _hours_on(today))
    days = dict(CalendarDay.objects.values_list("day", "working"))
    return Calendar(ZoneInfo(zone), hours or OFFICE_CHINA, days, _published_until())


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


def office_hours(scope: Scope, day: date) -> list[HoursRow]:
    """The office hours in force on a day, in order."""
    with acting(scope):
        return _hours_on(day)


def calendar_days(scope: Scope, year: int) -> dict[date, DayRow]:
    """The days of a year that differ from Monday to Friday."""
    with acting(scope):
        found = CalendarDay.objects.filter(day__year=year).order_by("day")
        return {
            row[0]: DayRow(*row) for row in found.values_list("day", "working", "zh", "en", "source", "provisional")
        }
