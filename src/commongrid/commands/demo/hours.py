"""When people of the demo county do what they do: officials at work, everybody else by day.

A demo is loaded at any hour; what is told of it ends when people were at work last.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from commongrid.kernel.act import Act, new_id

ZONE: Final = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = 8, 18
"""Hours between which people of the county work and report."""
WEEKEND: Final = 5
"""The first weekday on which nobody is at the office."""
LAST: Final = (17, 40)
"""When somebody does the last thing of a day."""


def _open(local: datetime, *, office: bool) -> bool:
    return OPENS <= local.hour < CLOSES and not (office and local.weekday() >= WEEKEND)


def soon(at: datetime, chance: Random, *, office: bool = True) -> datetime:
    """The same moment where people are about, else in the next morning; at weekends no office is open."""
    local = at.astimezone(ZONE)
    if _open(local, office=office):
        return at
    morning = local.replace(hour=OPENS, minute=chance.randrange(10, 59)) + timedelta(days=local.hour >= OPENS)
    while not _open(morning, office=office):
        morning += timedelta(days=1)
    return morning.astimezone(at.tzinfo)


def before(at: datetime, *, office: bool = True) -> datetime:
    """The same moment where people are about, else when they were last."""
    local = at.astimezone(ZONE)
    if _open(local, office=office):
        return at
    evening = local.replace(hour=LAST[0], minute=LAST[1]) - timedelta(days=local.hour < OPENS)
    while not _open(evening, office=office):
        evening -= timedelta(days=1)
    return evening.astimezone(at.tzinfo)


def act_on(day: date) -> Act:
    """An act of the morning of a day; where no office was open that day, of the last one before."""
    return Act(new_id(), before(datetime.combine(day, time(9), ZONE)))


def act(days: float = 0) -> Act:
    """An act of so many days ago, done at work."""
    return Act(new_id(), before(timezone.now() - timedelta(days=days)))
