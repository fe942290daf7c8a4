"""Counting an open deadline anew: after the calendar changed, or under a new version of a rule that was to apply.

A deadline that follows from its rule is counted from its beginning by the same
rule on the new calendar. One that somebody set otherwise (carried on after a
pause, given its own limit by the work list) keeps the office time it had left:
as much of it as lay before it on the old calendar lies before it on the new.

On a change of the calendar no deadline moves earlier: the later of the two
stands. Under a new rule it may, but then the owner is told and at least the
whole next working day is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from commongrid.kernel.clock import (
    Calendar,
    Due,
    after_office_seconds,
    due_at,
    office_seconds_between,
    reaches_unpublished,
)
from commongrid.matters.rules.limits import LimitRow, Pace, earlier, finish_due, respond_due, step_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An open deadline: which clock, from when, and the finishing limit beside it.

    ``fixed``: the deadline that runs is another system's, which no calendar and
    no rule of the county moves; ``by_hand``: somebody named its day, which a
    new rule leaves as it is. ``finish_fixed`` and ``finish_by_hand`` say so of
    the finishing limit.
    """

    clock: str
    due: Due
    due_from: datetime | None
    opened_at: datetime
    finish_from: datetime | None
    finish_due_at: datetime | None
    fixed: bool = False
    by_hand: bool = False
    finish_fixed: bool = False
    finish_by_hand: bool = False

    @property
    def since(self) -> datetime:
        """From when it is counted; where that was not kept, the earliest it can have been."""
        if self.clock == "finish" and self.finish_from:
            return self.finish_from
        return self.due_from or self.opened_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """A deadline counted anew with its finishing limit."""

    due: Due
    finish_due_at: datetime | None


def by_rule(cal: Calendar, running: Running, pace: Pace, limits: Mapping[str, LimitRow]) -> Due | None:
    """The deadline as its rule alone sets it; nothing where the rule is not known here, or none set it."""
    if running.fixed or running.by_hand:
        return None
    if running.clock in ("respond", "receipt"):
        due = respond_due(cal, running.since, pace, limits)
        until = running.finish_due_at
        return (
            due if until is None or until <= running.since else earlier(due, Due(until, due.warn_at, due.provisional))
        )
    if running.clock == "finish":
        return finish_due(cal, running.since, pace, limits)
    return step_due(cal, running.since, running.clock, limits) if running.clock in limits else None


def on_calendar(old: Calendar, new: Calendar, running: Running, pace: Pace, limits: Mapping[str, LimitRow]) -> Anew:
    """The deadline after the calendar changed: never earlier than it was."""
    finish = _finish(old, new, running, pace, limits)
    then, now = by_rule(old, running, pace, limits), by_rule(new, _with_finish(running, finish), pace, limits)
    if then is not None and now is not None and running.due.at in (then.at, now.at):
        due = now
    elif not running.fixed and _on_working_days(running, pace, limits):
        due = _carried(old, new, running.since, running.due)
    else:
        due = running.due
    if due.at < running.due.at:
        due = Due(running.due.at, running.due.warn_at, reaches_unpublished(new, running.due.at))
    return Anew(due=due, finish_due_at=finish)


def under_rule(cal: Calendar, now: datetime, running: Running, pace: Pace, limits: Mapping[str, LimitRow]) -> Anew:
    """The deadline under a new rule: an earlier one still leaves the whole next working day."""
    finish = running.finish_due_at
    counted = not running.finish_fixed and not running.finish_by_hand
    if counted and finish is not None and running.finish_from is not None:
        finish = _fair(cal, now, finish, finish_due(cal, running.finish_from, pace, limits)).at
    due = by_rule(cal, _with_finish(running, finish), pace, limits)
    return Anew(due=running.due if due is None else _fair(cal, now, running.due.at, due), finish_due_at=finish)


def beside(
    old: Calendar, new: Calendar, since: datetime, at: datetime, code: str, limits: Mapping[str, LimitRow]
) -> datetime:
    """A deadline of its own beside the matter's, of a limit of the county, after the calendar changed.

    Never earlier than it was. What went on to a level above keeps the office time that it had left.
    """
    if at == step_due(old, since, code, limits).at:
        return max(at, step_due(new, since, code, limits).at)
    return max(at, _moved(old, new, since, at)) if limits[code].calendar == "W" else at


def _fair(cal: Calendar, now: datetime, before: datetime, due: Due) -> Due:
    """A deadline that comes earlier than it was ends no sooner than the next working day."""
    if due.at >= before:
        return due
    floor = due_at(cal, now, 1, "W")
    return due if due.at >= floor.at else floor if floor.at < before else Due(before, floor.warn_at, due.provisional)


def _finish(
    old: Calendar, new: Calendar, running: Running, pace: Pace, limits: Mapping[str, LimitRow]
) -> datetime | None:
    at, begun = running.finish_due_at, running.finish_from
    if at is None or begun is None or running.finish_fixed:
        return at
    then, now = finish_due(old, begun, pace, limits).at, finish_due(new, begun, pace, limits).at
    if at in (then, now):
        return max(at, now)
    if pace.calendar == "W" and pace.factor != 0:
        return max(at, _moved(old, new, begun, at))
    return at


def _with_finish(running: Running, finish: datetime | None) -> Running:
    return replace(running, finish_due_at=finish)


def _on_working_days(running: Running, pace: Pace, limits: Mapping[str, LimitRow]) -> bool:
    if running.clock in ("respond", "receipt", "finish"):
        return pace.calendar == "W" and pace.factor != 0
    return running.clock in limits and limits[running.clock].calendar == "W"


def _carried(old: Calendar, new: Calendar, since: datetime, due: Due) -> Due:
    at = _moved(old, new, since, due.at)
    return Due(at, _moved(old, new, since, due.warn_at), reaches_unpublished(new, at))


def _moved(old: Calendar, new: Calendar, since: datetime, at: datetime) -> datetime:
    """The instant with as much office time before it on the new calendar as it had on the old."""
    return after_office_seconds(new, since, office_seconds_between(old, since, at)) if at > since else at
