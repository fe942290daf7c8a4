"""What the clock does: warn, raise overdue once per level, end the wait for a rating, let empty posts' matters fall.

Each is an act whose id follows from the matter and its deadline, so a tick that
runs twice, late or after a crash does each thing once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db.models import QuerySet

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import Scope, clock
from commongrid.matters.actions.moving import FACTS, Case, line, moved, opened, owner_place, standing
from commongrid.matters.actions.rating import among
from commongrid.matters.models import Escalation, ExternalResult, Matter, Rating
from commongrid.matters.queries.vocabulary import limits
from commongrid.matters.rules import words
from commongrid.matters.rules.limits import step_due
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.owners import above
from commongrid.territory import queries as territory

TICK: Final = clock("matters.tick", "matters.tick", "matters.read")
"""The clock of the loop: sees every matter and does only what is listed here."""


def act_for(matter_id: UUID, what: str, number: int, at: datetime) -> Act:
    """The act of one thing the clock does to one deadline; the same again however often it ticks."""
    return Act(uuid5(matter_id, f"{what}:{number}"), at)


@action("matters.warned", power="matters.tick", kinds=("clock",), facts=(*FACTS, "clock", "level"))
def warn(scope: Scope, act: Act, *, matter_id: UUID, deadline_no: int) -> Line:
    """Tell the owner that three quarters of the time are gone.

    Refuses: WrongState when the deadline has moved on.
    """
    case = _current(scope, act, matter_id, deadline_no, "warn")
    m = case.matter
    _told(case, "warned", m.owner_level, m.owner_place or m.handler_place or m.place)
    m.alarm_at = m.due_at
    m.save(update_fields=["alarm_at"])
    return _line(case, "warn", m.owner_level)


@action("matters.overdue", power="matters.tick", kinds=("clock",), facts=(*FACTS, "clock", "level"))
def raise_overdue(scope: Scope, act: Act, *, matter_id: UUID, deadline_no: int, level: str) -> Line:
    """Tell one level that a matter below it is overdue: the level above its owner first, then step by step the county.

    Refuses: WrongState when the deadline has moved on or the level was told.
    """
    case = _current(scope, act, matter_id, deadline_no, "overdue")
    m = case.matter
    if next_level(m.owner_level, m.handler_level, m.raised_level, m.state) != level:
        raise WrongState
    _told(case, "overdue", level, owner_place(m.place, level))
    m.raised_level = level
    further = next_level(m.owner_level, m.handler_level, level, m.state)
    m.alarm_at = step_due(case.calendar, act.at, "raise_step", limits(scope)).at if further else None
    m.save(update_fields=["raised_level", "alarm_at"])
    return _line(case, "overdue", level)


@action("matters.timed_out", power="matters.tick", kinds=("clock",), facts=FACTS)
def time_out(scope: Scope, act: Act, *, matter_id: UUID, deadline_no: int) -> Line:
    """End the wait for a rating: not rated, and shown as such.

    Refuses: WrongState when it was rated meanwhile.
    """
    case = _current(scope, act, matter_id, deadline_no, "time_out")
    return moved(case, among(case, Call(event="time_out")))


@action("matters.fell", power="matters.tick", kinds=("clock",), facts=FACTS)
def fall(scope: Scope, act: Act, *, matter_id: UUID, deadline_no: int) -> Line:
    """Let a matter whose owner's post is empty fall to the level above.

    Refuses: WrongState when it has moved on, or at the county.
    """
    case = _current(scope, act, matter_id, deadline_no, "fall")
    if case.matter.state == "split":  # the parts go on and answer to the level above from now on
        Matter.objects.filter(parent_id=matter_id, closed_at=None).update(caller=above(case.matter.owner_level))
    return moved(case, Call(event="fall"))


@action("matters.ratings_released", power="matters.tick", kinds=("clock",), facts=("count",))
def release_ratings(scope: Scope, act: Act, *, ratings: tuple[UUID, ...]) -> Line:
    """Let a unit see a batch of its ratings: five, or what a quarter left.

    With each it sees what another system said beside it; what came without a rating is among them by its own id.

    Refuses: nothing; those already seen stay as they are.
    """
    held: tuple[QuerySet[Rating] | QuerySet[ExternalResult], ...] = (
        Rating.objects.filter(id__in=ratings, released_at=None),
        ExternalResult.objects.filter(id__in=ratings, released_at=None),
        ExternalResult.objects.filter(rating__in=ratings, released_at=None),
    )
    of = {matter: place for found in held for matter, place in found.values_list("matter_id", "place")}
    places = sorted(of.values())
    count = sum([found.update(released_at=act.at) for found in held][:2])
    still = [
        matter
        for table in (Rating, ExternalResult)
        for matter in table.objects.filter(matter_id__in=of, released_at=None).values_list("matter_id", flat=True)
    ]
    Matter.objects.filter(id__in=of, held=True).exclude(id__in=still).update(held=False)
    return Line(
        place=places[0] if places else territory.county(scope).code, facts={"count": count}, answer={"count": count}
    )


def next_level(owner_level: str, handler_level: str, told: str, state: str = "") -> str:
    """Which level is told next of an overdue matter, nothing once the county was.

    Of a body outside the county's command only the centre that asked it is told, to remind it by letter.
    """
    if state == "asked":
        return "" if told else owner_level
    if told == words.LEVELS[-1]:
        return ""
    if told:
        return above(told)
    return handler_level_above(owner_level, handler_level)


def handler_level_above(owner_level: str, handler_level: str) -> str:
    """The level above the owner: over a unit its own centre, over the county itself."""
    return handler_level if owner_level == "unit" else above(owner_level)


def _current(scope: Scope, act: Act, matter_id: UUID, deadline_no: int, event: str) -> Case:
    """The matter if this very deadline still runs and the table knows the event."""
    case = opened(scope, act, matter_id=matter_id, event=event)
    if case.matter.closed_at is not None or case.matter.deadline_no != deadline_no:
        raise WrongState
    if event in ("warn", "overdue"):
        decide(standing(case), Call(event=event))
    return case


def _told(case: Case, sort: str, level: str, place: int) -> None:
    m = case.matter
    Escalation(
        id=case.act.child("told").id, matter_id=m.id, deadline_no=m.deadline_no, sort=sort, level=level, place=place,
        due_at=m.due_at or case.act.at, at=case.act.at,
    ).save(force_insert=True)  # fmt: skip


def _line(case: Case, event: str, level: str) -> Line:
    m = case.matter
    done = line(case, event=event, before=(m.state, m.owner_level))
    facts = {} if m.sealed else {**done.facts, "clock": m.clock, "level": level}
    return Line(
        place=done.place, subject=done.subject, subject_kind=done.subject_kind, unit=done.unit, facts=facts,
        answer=done.answer,
    )  # fmt: skip
