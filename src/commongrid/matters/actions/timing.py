"""The deadline after a move: which limit runs from when, and what changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.kernel.clock import Due
from commongrid.matters.queries.recounting import lead_of
from commongrid.matters.queries.vocabulary import limits, pace
from commongrid.matters.rules.limits import (
    earlier,
    finish_calendar,
    finish_due,
    next_alarm,
    respond_due,
    set_due,
    step_due,
    until_due,
)

if TYPE_CHECKING:
    from datetime import datetime

    from commongrid.matters.actions.moving import Case
    from commongrid.matters.models import Matter
    from commongrid.matters.queries.vocabulary import LeadRow
    from commongrid.matters.rules.limits import Pace
    from commongrid.matters.rules.moves import Move


def time_after(case: Case, move: Move, lead: LeadRow | None) -> None:
    """The deadline after this move: none when ended, the same when the move keeps it, else a fresh one."""
    m = case.matter
    if move.state != "paused":
        m.clock_left = None
    if move.ended:
        m.clock, m.due_at, m.warn_at, m.alarm_at, m.provisional, m.raised_level = "", None, None, None, False, ""
        m.due_from = None
        return
    untimed = case.read.get("state") == "asked" and m.finish_due_at is None
    taken_back = untimed and move.state in ("accepted", "diverted")
    m.finish_moved = m.finish_moved and not move.restart
    if move.restart or ((lead is not None or taken_back) and not m.finish_moved):
        m.finish_from = case.act.at if move.restart or m.finish_from is None else m.finish_from
        m.finish_due_at = finish_due(case.calendar, m.finish_from, _pace(case, lead), limits(case.scope)).at
        theirs(m)
    if move.state == "asked" or m.sealed:  # a body that is only asked has a date; what is sealed ends by its receipt
        m.finish_due_at = None
    if move.clock:
        start(case, move.clock, lead)


def theirs(m: Matter) -> None:
    """The finishing deadline of another system's order is that system's, whatever the kind says; sealed has none."""
    if m.external_due_at is not None and not m.sealed:
        m.finish_due_at = m.external_due_at


def start(case: Case, clock: str, lead: LeadRow | None = None) -> None:
    """Start the deadline of a clock from now."""
    m, now = case.matter, case.act.at
    due = case.due or _due(case, clock, now, lead)
    m.clock, m.due_at, m.warn_at, m.provisional = clock, due.at, due.warn_at, due.provisional
    m.due_from = m.finish_from if clock == "finish" and m.finish_from and not m.finish_moved else now
    m.alarm_at = next_alarm(now, warn_at=due.warn_at, due=due.at)
    m.deadline_no += 1
    m.raised_level = ""


def _pace(case: Case, lead: LeadRow | None = None) -> Pace:
    """How fast it has to go: by the row it is given by, else by the one by which a unit has it."""
    m = case.matter
    return pace(case.scope, case.kind, m.urgency, lead or lead_of(case.scope, m))


def _due(case: Case, clock: str, now: datetime, lead: LeadRow | None) -> Due:
    m = case.matter
    fast = _pace(case, lead)
    if clock in ("respond", "receipt"):
        due = respond_due(case.calendar, now, fast, limits(case.scope))
        if m.finish_due_at is None or m.finish_due_at <= now:
            return due
        return earlier(due, Due(m.finish_due_at, due.warn_at, due.provisional))
    if clock == "finish" and m.external_due_at is not None:
        return set_due(m.finish_from or m.opened_at, m.external_due_at)
    if clock == "finish" and m.finish_moved and m.finish_due_at is not None:
        return until_due(case.calendar, now, m.finish_due_at, finish_calendar(fast, limits(case.scope)))
    if clock == "finish":
        return finish_due(case.calendar, m.finish_from or m.opened_at, fast, limits(case.scope))
    return step_due(case.calendar, now, clock, limits(case.scope))


def count_anew(case: Case) -> None:
    """The limits by the pace there is now, counted from where they began.

    What would thereby have passed already counts from now instead, though never
    to a later day than before. What another system or the deputy set stays.
    """
    m, now = case.matter, case.act.at
    m.deadline_no += 1
    fast, rules = _pace(case), limits(case.scope)
    if m.finish_due_at is not None and not m.finish_moved:
        since, old = m.finish_from or m.opened_at, case.read["finish_due_at"] or m.finish_due_at
        m.finish_due_at = finish_due(case.calendar, since, fast, rules).at
        if m.finish_due_at <= now < old:
            m.finish_due_at = min(old, finish_due(case.calendar, now, fast, rules).at)
        theirs(m)
    if m.due_at is None or m.clock not in ("respond", "finish") or (m.exchanged and m.state == "reported"):
        return
    before = Due(m.due_at, m.warn_at or m.due_at, m.provisional)
    due = _due(case, m.clock, m.due_from or now, None)
    if due.at <= now < before.at:
        again = _due(case, m.clock, now, None)
        if m.clock == "finish" and m.finish_due_at is not None:
            again = until_due(case.calendar, now, m.finish_due_at, finish_calendar(fast, rules))
        due = earlier(before, again)
    m.due_at, m.warn_at, m.provisional = due.at, due.warn_at, due.provisional
    m.alarm_at = next_alarm(now, warn_at=due.warn_at, due=due.at)
    m.raised_level = ""
