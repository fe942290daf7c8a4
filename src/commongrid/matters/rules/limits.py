"""Limits: when a response, an answer or a step of the loop is due, by the kind's clock and the urgency.

A limit in whole days on the working calendar ends at close of office on the
n-th working day after the day of filing. Response limits are in hours: whole
days of them count as days on the kind's calendar; less than a day counts
office hours on the working calendar (never later than one working day) and
elapsed hours on the natural one. Urgent halves both (``vocab/urgency.csv``);
immediate leaves the kind's limits aside for the county's own minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, cast

from commongrid.kernel.clock import (
    WARN_SHARE,
    Calendar,
    Due,
    after_hours,
    carried_on,
    due_at,
    reaches_unpublished,
    seconds_left,
)

DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """A limit that no kind sets."""

    amount: Decimal
    measure: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a matter has to go: its kind's limits (perhaps replaced by the work list's) and its urgency."""

    respond_hours: Decimal | None
    finish_days: Decimal | None
    calendar: str
    urgency: str
    factor: Decimal


def _kind(calendar: str) -> Literal["W", "C"]:
    return cast("Literal['W', 'C']", calendar)


def hours(cal: Calendar, at: datetime, amount: Decimal, calendar: str) -> Due:
    """A limit in hours from an instant."""
    if calendar == "C":
        return after_hours(cal, at, amount, "C")
    if amount >= DAY and amount % DAY == 0:
        return due_at(cal, at, amount / DAY, "W")
    return min(after_hours(cal, at, amount, "W"), due_at(cal, at, max(Decimal(1), amount / DAY), "W"))


def respond_due(cal: Calendar, at: datetime, pace: Pace, limits: Mapping[str, LimitRow]) -> Due:
    """When somebody must have responded to what came at ``at``."""
    if pace.factor == 0:
        return step_due(cal, at, "immediate_respond", limits)
    if pace.respond_hours is None:
        return step_due(cal, at, "respond_default", limits)
    return hours(cal, at, pace.respond_hours * pace.factor, pace.calendar)


def finish_due(cal: Calendar, at: datetime, pace: Pace, limits: Mapping[str, LimitRow]) -> Due:
    """When the work must be answered, counted from ``at``."""
    if pace.factor == 0:
        return step_due(cal, at, "immediate_finish", limits)
    if pace.finish_days is None:
        return step_due(cal, at, "finish_default", limits)
    return due_at(cal, at, pace.finish_days * pace.factor, _kind(pace.calendar))


def step_due(cal: Calendar, at: datetime, code: str, limits: Mapping[str, LimitRow]) -> Due:
    """When a step with a limit of the county's own is due."""
    row = limits[code]
    if row.measure == "hours":
        return hours(cal, at, row.amount, row.calendar)
    return due_at(cal, at, row.amount, _kind(row.calendar))


def finish_calendar(pace: Pace, limits: Mapping[str, LimitRow]) -> str:
    """The calendar on which the finishing limit of this pace runs."""
    if pace.factor == 0:
        return limits["immediate_finish"].calendar
    return limits["finish_default"].calendar if pace.finish_days is None else pace.calendar


def until_due(cal: Calendar, now: datetime, at: datetime, calendar: str) -> Due:
    """A deadline at an instant that somebody named, warned when three quarters of its own clock have passed."""
    left = seconds_left(cal, now, at, _kind(calendar))
    warn = carried_on(cal, now, left * float(WARN_SHARE), _kind(calendar)) if left > 0 else at
    return Due(at, warn, calendar == "W" and reaches_unpublished(cal, at))


def set_due(since: datetime, at: datetime) -> Due:
    """A deadline that somebody else set: warned at three quarters of the time there was."""
    warn = since + (at - since) * 3 / 4 if at > since else at
    return Due(at, warn, provisional=False)


def earlier(one: Due, other: Due) -> Due:
    """The earlier of two deadlines."""
    return min(one, other)


def next_alarm(now: datetime, *, warn_at: datetime | None, due: datetime) -> datetime:
    """When the clock looks next at a fresh deadline: at the warning, else when it is due."""
    return warn_at if warn_at is not None and now < warn_at < due else due
