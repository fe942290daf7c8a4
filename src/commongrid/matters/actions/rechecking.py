"""Rechecks: asked for by the centre, drawn, or owed to a low rating; ordered by the clock alone, all alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, line, moved, noted, opened, owner_place, standing
from commongrid.matters.actions.rating import rating_place
from commongrid.matters.models import Matter, Recheck, RecheckCause
from commongrid.matters.queries.rechecking import Owed
from commongrid.matters.queries.vocabulary import kind_version, limits
from commongrid.matters.rules.limits import step_due
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.owners import above, recheck_owner
from commongrid.matters.rules.relations import level_at, level_of_actor

LONGEST_REASON: Final = 4000


@action("matters.recheck_asked", power="matters.divert", facts=())
def ask_recheck(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """Ask for a recheck of a closed matter; the clock orders it with the others, so nobody can tell who asked.

    Not before a day that others are ordered on too: a week after the end at the soonest.

    Refuses: BadInput without a reason; WrongState unless closed, while one waits, or below the centre.
    """
    case = opened(scope, act, matter_id=matter_id, event="ask_recheck")
    decide(standing(case), Call(event="ask_recheck", level=level_of_actor(scope)))
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        text = N_("Please say why, in a sentence.") if not said else N_("This is too long: at most 4,000 characters.")
        raise BadInput(text, fields={"reason": text})
    if RecheckCause.objects.filter(matter_id=matter_id, cause="centre", recheck=None).exists():
        raise WrongState(N_("A recheck of this matter was asked for already. It is ordered like every other."))
    row = RecheckCause(
        id=act.child("cause").id, matter_id=matter_id, place=rating_place(case), cause="centre", reason=said,
        post=scope.post, at=act.at, order_at=max(act.at, _day_like_the_others(case)),
    )  # fmt: skip
    row.save(force_insert=True)
    answer = {"matter": matter_id, "number": case.matter.number}
    return Line(place=row.place, subject=row.id, subject_kind="recheck_cause", answer=answer)


def _day_like_the_others(case: Case) -> datetime:
    """When a low or drawn rating would have this looked at, as ``queries.rechecking`` spreads them: the second week."""
    return (case.matter.closed_at or case.act.at) + timedelta(days=7 + case.act.id.int % 7)


@action("matters.recheck_chosen", power="matters.tick", kinds=("clock",), facts=())
def choose_recheck(scope: Scope, act: Act, *, owed: Owed) -> Line:
    """Keep that a rating owes a recheck: a low one always, a good one where the draw says so.

    Refuses: nothing; a rating that was chosen before stays as it is.
    """
    matter = Matter.objects.get(id=owed.matter)
    case = Case(matter, kind_version(scope, matter.kind_id), scope, act)
    row = RecheckCause(
        id=act.child("cause").id, matter_id=matter.id, place=rating_place(case),
        cause="drawn" if owed.good else "low", rating=owed.rating, at=act.at,
        order_at=owed.since + timedelta(days=owed.delay_days),
    )  # fmt: skip
    row.save(force_insert=True)
    return Line(place=row.place, subject=row.id, subject_kind="recheck_cause")


@action("matters.recheck_ordered", power="matters.tick", kinds=("clock",), facts=FACTS)
def order_recheck(scope: Scope, act: Act, *, matter_id: UUID) -> Line:
    """Order what waits to be rechecked: another level than the handler owes a look by the limit.

    The order says nothing of its cause, nor does its line.

    Refuses: WrongState unless closed, or while a recheck waits.
    """
    case = opened(scope, act, matter_id=matter_id, event="ask_recheck")
    decide(standing(case), Call(event="ask_recheck"))
    m = case.matter
    m.recheck_level = recheck_owner(m.handler_level)
    m.recheck_place = owner_place(m.place, m.recheck_level)
    m.recheck_level = level_at(m.recheck_place)
    m.recheck_due_at = step_due(case.calendar, act.at, "recheck", limits(scope)).at
    row = Recheck(
        id=act.child("recheck").id, matter_id=m.id, round=m.round, level=m.recheck_level, place=m.recheck_place,
        ordered_at=act.at, due_at=m.recheck_due_at,
    )  # fmt: skip
    row.save(force_insert=True)
    m.save(update_fields=["recheck_level", "recheck_place", "recheck_due_at"])
    RecheckCause.objects.filter(matter_id=m.id, recheck=None, order_at__lte=act.at).update(recheck=row)
    return line(case, event="ask_recheck", before=(m.state, ""))


@action("matters.rechecked", power="matters.visit", facts=(*FACTS, "result"))
def recheck(scope: Scope, act: Act, *, matter_id: UUID, result: str, note: str) -> Line:
    """Say what was found: it holds and stays closed, or it fails and goes the way of "not solved".

    Refuses: NotAllowed for anyone but the level it was ordered of; BadInput
    without a result or words; WrongState where no recheck waits.
    """
    case = opened(scope, act, matter_id=matter_id, event="recheck")
    m = case.matter
    if m.recheck_level and (level_of_actor(scope), scope.place) != (m.recheck_level, m.recheck_place):
        raise NotAllowed(N_("This recheck was ordered of another level."))
    noted(case, "word", note)
    call = Call(event="recheck", result=result, level=level_of_actor(scope))
    done = moved(case, call, recheck_level="", recheck_place=None, recheck_due_at=None)
    Recheck.objects.filter(matter_id=m.id, done_at=None).update(done_at=act.at, result=result, post=scope.post)
    return replace(done, facts={**done.facts, "result": result})


@action("matters.recheck_late", power="matters.tick", kinds=("clock",), facts=(*FACTS, "result"))
def late_recheck(scope: Scope, act: Act, *, matter_id: UUID) -> Line:
    """A recheck that nobody made in time falls to the county, and there lapses: counted, never silent.

    Refuses: WrongState where none is overdue.
    """
    case = opened(scope, act, matter_id=matter_id, event="ask_recheck")
    m = case.matter
    if m.recheck_due_at is None or m.recheck_due_at > act.at:
        raise WrongState
    row = Recheck.objects.get(matter_id=m.id, done_at=None)
    if m.recheck_level == above(m.recheck_level):
        m.recheck_level, m.recheck_place, m.recheck_due_at = "", None, None
        row.done_at, row.result = act.at, "lapsed"
    else:
        m.recheck_level = row.level = above(m.recheck_level)
        m.recheck_place = row.place = owner_place(m.place, m.recheck_level)
        m.recheck_due_at = row.due_at = step_due(case.calendar, act.at, "recheck", limits(scope)).at
    row.save()
    m.save(update_fields=["recheck_level", "recheck_place", "recheck_due_at"])
    done = line(case, event="ask_recheck", before=(m.state, ""))
    return replace(done, facts={**done.facts, "result": row.result or "passed_up"})
