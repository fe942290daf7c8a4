"""A slow clock to check the real one against: it looks at every minute and asks whether the office is open.

Nothing here adds an interval to a time or knows of summer time: each minute of
UTC is turned into local time on its own, and limits are counted by going
through the list of open minutes.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

QUARTERS = Fraction(3, 4)


@dataclass(frozen=True)
class Minutes:
    """All minutes of a stretch of time (numbered from 1970 in UTC) in which an office was open, and by local day."""

    zone: ZoneInfo
    open: Sequence[int]
    days: Sequence[date]
    minutes_of: Mapping[date, Sequence[int]]

    def due(self, filed: datetime, days: Fraction) -> tuple[datetime, datetime]:
        """End and warning of a limit of working days."""
        today = bisect.bisect_right(self.days, filed.astimezone(self.zone).date())
        whole = -int(-days // 1)
        minutes = self.minutes_of[self.days[today + whole - 1]]
        share = days - (whole - 1)
        return self._with_warning(filed, _passed(minutes, 0, share * len(minutes)))

    def due_in_hours(self, filed: datetime, hours: Fraction) -> tuple[datetime, datetime]:
        """End and warning of a limit of office hours."""
        return self._with_warning(filed, _passed(self.open, self._from(_minute(filed)), hours * 60))

    def after_pause(self, stopped: datetime, due: datetime, resumed: datetime) -> datetime:
        """The deadline after a pause: as many open minutes from going on as were left when it stopped."""
        left = self._from(_minute(due)) - self._from(_minute(stopped))
        return _instant(_passed(self.open, self._from(_minute(resumed)), Fraction(left)))

    def _with_warning(self, filed: datetime, due: Fraction) -> tuple[datetime, datetime]:
        start, end = self._from(_minute(filed)), self._from(int(due))
        counted = end - start + (due - int(due))
        return _instant(due), _instant(_passed(self.open, start, counted * QUARTERS))

    def _from(self, minute: int) -> int:
        return bisect.bisect_left(self.open, minute)


def look(
    zone: ZoneInfo, office: Sequence[tuple[time, time]], works: Callable[[date], bool], span: tuple[date, date]
) -> Minutes:
    """Go through every minute from the first day to the last."""
    found: list[int] = []
    minutes_of: dict[date, list[int]] = {}
    first, last = (_minute(datetime.combine(day, time(0), UTC)) for day in span)
    for minute in range(first, last):
        local = datetime.fromtimestamp(minute * 60, zone)
        clock = local.time()
        if any(opens <= clock < closes for opens, closes in office) and works(local.date()):
            found.append(minute)
            minutes_of.setdefault(local.date(), []).append(minute)
    return Minutes(zone, found, sorted(minutes_of), minutes_of)


def natural(filed: datetime, minutes: Fraction) -> tuple[datetime, datetime]:
    """End and warning of a limit on the natural clock: that many minutes later."""
    start = _minute(filed)
    return _instant(start + minutes), _instant(start + minutes * QUARTERS)


def _passed(minutes: Sequence[int], start: int, asked: Fraction) -> Fraction:
    """When so many of the minutes from ``start`` on have passed: the end of the last whole one, or within the next."""
    whole = int(asked)
    if whole == asked:
        return Fraction(minutes[start + whole - 1] + 1)
    return minutes[start + whole] + (asked - whole)


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60


def _instant(minute: Fraction) -> datetime:
    seconds = minute * 60
    whole = int(seconds)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=round((seconds - whole) * 1_000_000))
