"""What the clock does for grid division: works out what was asked for, carries out what was adopted on its day.

A village takes seconds, a large one or the planner's first one on a machine a minute: no transaction stands open
meanwhile. Whoever has it done brings what people there have declared to look after.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import NotYours, Refusal, WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import each, every
from commongrid.roster.dividing.actions import Unseated, carry_out, give_up, progressed, prove, work_out
from commongrid.roster.dividing.queries import divisions
from commongrid.roster.dividing.queries.material import task
from commongrid.roster.dividing.rules.planning import Outcome
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Callable

    from commongrid.roster.dividing.queries.material import Declared
    from commongrid.roster.dividing.rules.planning import Task

PLANNER: Final = clock("roster.divisions", "grids.divide")
MOVER: Final = clock("roster.divide", "grids.divide", "places.edit", "posts.appoint")
LOOK_SECONDS: Final = 1.0
"""How often a planner at work looks whether anybody still wants it, and tells how far it is."""


def answer(division: UUID, declared: Declared) -> int:
    """Keep what comes out. A planner that breaks off is told on the proposal's page, and doesn't hold up the others."""
    from commongrid.kernel.division.statement import Stopped  # the compiled planner, only where it is needed
    from commongrid.roster.dividing.rules.solving import worked_out

    asked_at = _asked_at(division)
    try:
        out = worked_out(_given(division, declared), _watched(division, asked_at))
    except Stopped:
        return 0
    except Exception:  # noqa: BLE001 - whatever it was, the others must not wait for it
        structlog.get_logger("worker").exception("planner broke off", division=str(division))
        out = Outcome(fault="broken")
    return _kept(partial(work_out, division_id=division, asked_at=asked_at, out=out))


def look_for_proof(division: UUID, declared: Declared) -> int:
    """Keep the proof, or that there is none."""
    from commongrid.kernel.division.statement import Stopped
    from commongrid.roster.dividing.rules.solving import proven

    asked_at = _asked_at(division)
    try:
        gap = proven(_given(division, declared), _watched(division, asked_at))
    except Stopped:
        return 0
    except Exception:  # noqa: BLE001 - without a proof, then
        structlog.get_logger("worker").exception("proof broke off", division=str(division))
        gap = None
    return _kept(partial(prove, division_id=division, asked_at=asked_at, gap=gap))


def _asked_at(division: UUID) -> datetime:
    with acting(PLANNER):
        return divisions.asked_at(PLANNER, division)


def _given(division: UUID, declared: Declared) -> Task:
    with acting(PLANNER):
        return task(PLANNER, division, territory.calendar(PLANNER).day_of(timezone.now()), declared)


def _watched(division: UUID, asked_at: datetime) -> Callable[[float], None]:
    """Tells now and then how far it is, and stops where nobody waits for it as it was asked for."""
    from commongrid.kernel.division.statement import Stopped

    last = time.monotonic()

    def look(share: float) -> None:
        nonlocal last
        if time.monotonic() - last < LOOK_SECONDS:
            return
        last = time.monotonic()
        with acting(PLANNER):
            if not divisions.still_wanted(PLANNER, division, asked_at):
                raise Stopped
        progressed(PLANNER, division_id=division, share=round(100 * share))

    return look


def _kept(do: Callable[..., object]) -> int:
    """Keep it, unless the proposal was dropped or asked for otherwise meanwhile."""
    try:
        do(PLANNER, Act(new_id(), timezone.now()))
    except (WrongState, NotYours):
        return 0
    return 1


@every(seconds=30, name="roster.divide")
def carry_out_divisions() -> int:
    """Carry out the proposals whose day has come; answers how many. One that can't be is told on its page, once."""
    at = timezone.now()
    with acting(MOVER):
        waiting = divisions.due(MOVER, territory.calendar(MOVER).day_of(at))
    return each(partial(_carried_out, one, at) for one in waiting)


def _carried_out(division: UUID, at: datetime, without: tuple[UUID, ...] = ()) -> int:
    try:
        carry_out(MOVER, Act(new_id(), at), division_id=division, without=without)
    except Unseated as left:
        structlog.get_logger("worker").exception("planned seat not filled", seat=str(left.seat))
        return _carried_out(division, at, (*without, left.seat))
    except Refusal:
        structlog.get_logger("worker").exception("division not carried out", division=str(division))
        with suppress(WrongState):  # called off in the same moment
            give_up(MOVER, Act(new_id(), at), division_id=division)
        return 0
    return 1
