"""When a notice may be sent, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

TRIES: Final = (60, 300, 1800, 7200, 43200)
"""Seconds until the next try after each failure; after the last it is given up and shown to an administrator."""


def after_failure(tries: int, now: datetime) -> datetime | None:
    """When to try again after so many failures; nothing once it is given up."""
    return now + timedelta(seconds=TRIES[tries - 1]) if tries <= len(TRIES) else None


def out_of_quiet(at: datetime, zone: ZoneInfo, quiet_from: int, quiet_until: int) -> datetime:
    """The first moment from ``at`` on that is not in the quiet hours; equal hours mean that there are none."""
    local = at.astimezone(zone)
    if quiet_from == quiet_until:
        return at
    over_night = quiet_from > quiet_until
    quiet = (
        local.hour >= quiet_from or local.hour < quiet_until if over_night else quiet_from <= local.hour < quiet_until
    )
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if over_night and local.hour >= quiet_from else 0)
    return datetime.combine(day, time(quiet_until), zone).astimezone(at.tzinfo)
