"""What the clock does for grid division: works out what was asked for, carries out what was adopted on its day."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import NotYours, WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import each, every
from commongrid.roster.dividing.actions import carry_out, work_out
from commongrid.roster.dividing.queries.divisions import due, next_asked
from commongrid.roster.dividing.queries.material import task
from commongrid.roster.dividing.rules.planning import Outcome, Task
from commongrid.territory import queries as territory

PLANNER: Final = clock("roster.divisions", "grids.divide")
MOVER: Final = clock("roster.divide", "grids.divide")


@dataclass(slots=True)
class UnderWay:
    """The proposal that is being worked out beside the clock's other work, by a thread that touches no table."""

    division: UUID
    given: Task
    outcome: Future[Outcome]


_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="planner")
_under_way: list[UnderWay] = []


@every(seconds=1, name="roster.divisions")
def work_out_divisions(*, wait: bool = False) -> int:
    """Begin with the proposal that was asked for last, and take what came out of the one begun before.

    A village takes seconds, the planner's first one on a machine a minute: the clock goes on meanwhile. With ``wait``
    the round ends with the proposal worked out. Answers how many were.
    """
    done = _taken(wait=False)
    if not _under_way:
        with acting(PLANNER):
            one = next_asked(PLANNER)
            given = task(PLANNER, one, territory.calendar(PLANNER).day_of(timezone.now())) if one else None
        if one is not None and given is not None:
            _under_way.append(UnderWay(one, given, _THREAD.submit(_planned, given)))
    return done + (_taken(wait=True) if wait else 0)


def _planned(given: Task) -> Outcome:
    from commongrid.roster.dividing.rules.solving import worked_out  # the compiled planner, only where it is needed

    return worked_out(given)


def _outcome(one: UnderWay) -> Outcome:
    """What came out. A planner that broke off is told on the proposal's page, and doesn't hold up the others."""
    try:
        return one.outcome.result()
    except Exception:  # noqa: BLE001 - whatever it was, the others must not wait for it
        structlog.get_logger("worker").exception("planner broke off", division=str(one.division))
        return Outcome(fault="broken")


def _taken(*, wait: bool) -> int:
    """Keep what came out, unless the proposal was dropped or asked for otherwise meanwhile."""
    if not _under_way or not (wait or _under_way[0].outcome.done()):
        return 0
    one = _under_way.pop()
    out, at = _outcome(one), timezone.now()
    try:
        work_out(PLANNER, Act(new_id(), at), division_id=one.division, asked_at=one.given.asked_at, out=out)
    except (WrongState, NotYours):
        return 0
    return 1


@every(seconds=30, name="roster.divide")
def carry_out_divisions() -> int:
    """Carry out the proposals whose day has come; answers how many."""
    at = timezone.now()
    with acting(MOVER):
        waiting = due(MOVER, territory.calendar(MOVER).day_of(at))
    return each(partial(_carried_out, one, at) for one in waiting)


def _carried_out(division: UUID, at: datetime) -> int:
    try:
        carry_out(MOVER, Act(new_id(), at), division_id=division)
    except WrongState:  # called off in the same moment
        return 0
    return 1
