"""From above: supervise and demand an interim answer; the owner replies and stays the owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.clock import after_office_seconds, close_of_office, office_seconds_between
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, line, moved, noted, opened, standing
from commongrid.matters.models import Supervision
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor


@action("matters.supervised", power="matters.supervise", facts=(*FACTS, "level"))
def supervise(scope: Scope, act: Act, *, matter_id: UUID, note: str, reply_on: date | None = None) -> Line:
    """A word from above, read by the owner, who stays the owner.

    With ``reply_on`` the owner owes an interim answer by close of office that day.

    Refuses: NotAllowed from the same level or below; BadInput without words or with a day in the past.
    """
    case = opened(scope, act, matter_id=matter_id, event="supervise")
    noted(case, "supervision", note)
    due = _close_of(case, reply_on) if reply_on else None
    if due is not None and due <= act.at:
        raise BadInput(fields={"reply_on": N_("Choose a day that is still to come.")})
    row = Supervision(
        id=act.child("supervision").id, matter_id=matter_id, level=level_of_actor(scope), place=scope.place or 0,
        post=scope.post, at=act.at, reply_by=due, warn_by=_warn_by(case, due) if due else None,
    )  # fmt: skip
    row.save(force_insert=True)
    soonest = min((at for at in (case.matter.interim_due_at, due) if at is not None), default=None)
    done = moved(
        case, Call(event="supervise", level=level_of_actor(scope)), supervised_at=act.at, interim_due_at=soonest
    )
    return replace(done, facts={**done.facts, "level": level_of_actor(scope)})


@action("matters.replied", power="matters.handle", facts=FACTS)
def reply(scope: Scope, act: Act, *, matter_id: UUID, text: str) -> Line:
    """Give the interim answer that a supervisor asked for; every open demand is answered by it.

    Refuses: WrongState where nobody asked; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="reply")
    noted(case, "reply", text, field="text")
    return moved(case, Call(event="reply", level=level_of_actor(scope)))


@action("matters.reply_awaited", power="matters.tick", kinds=("clock",), facts=(*FACTS, "level"))
def warn_of_reply(scope: Scope, act: Act, *, matter_id: UUID, supervision_id: UUID) -> Line:
    """Tell the owner that three quarters of the time for the interim answer are gone. Refuses: WrongState otherwise."""
    return _reply_told(scope, act, matter_id, supervision_id, "warned_at")


@action("matters.reply_missed", power="matters.tick", kinds=("clock",), facts=(*FACTS, "level"))
def miss_reply(scope: Scope, act: Act, *, matter_id: UUID, supervision_id: UUID) -> Line:
    """Tell the supervisor that the interim answer did not come in time. Refuses: WrongState otherwise."""
    return _reply_told(scope, act, matter_id, supervision_id, "missed_at")


def _reply_told(scope: Scope, act: Act, matter_id: UUID, supervision_id: UUID, column: str) -> Line:
    case = opened(scope, act, matter_id=matter_id, event="reply_late")
    waiting = Supervision.objects.filter(id=supervision_id, matter_id=matter_id, replied_at=None, missed_at=None)
    row = waiting.filter(**{column: None}).first()
    if row is None or row.reply_by is None or case.matter.closed_at is not None:
        raise WrongState
    decide(standing(case), Call(event="reply_late"))
    Supervision.objects.filter(id=supervision_id).update(**{column: act.at})
    done = line(case, event="reply_late", before=(case.matter.state, case.matter.owner_level))
    return replace(done, facts={**done.facts, "level": row.level} if done.facts else {})


def _close_of(case: Case, day: date) -> datetime:
    return close_of_office(case.calendar, day)


def _warn_by(case: Case, due: datetime) -> datetime:
    """When three quarters of the office time until then have passed; none left in it: at once."""
    cal, now = case.calendar, case.act.at
    return min(due, after_office_seconds(cal, now, office_seconds_between(cal, now, due) * 3 / 4))
