"""Waiting and other ends, through the unit's deputy: more time, a pause, parked, referred out, ended with reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.clock import Due, carried_on, close_of_office, localise, seconds_left
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, columns, moved, noted, opened, whereabouts, written
from commongrid.matters.actions.timing import start
from commongrid.matters.models import Application, Matter, Referral
from commongrid.matters.queries import waiting as asked
from commongrid.matters.queries.vocabulary import limits, pace
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding.waiting import NONE_WAITS
from commongrid.matters.rules.limits import finish_calendar, set_due, step_due, until_due
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor

ASKED: Final = (*FACTS, "sort", "until")
PAST: Final = N_("Choose a day that is still to come.")
NOT_LATER: Final = N_("Choose a day after the limit that runs now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: until when, why (a code and words that the person reads), to whom, how they were told."""

    until: date | None = None
    reason: str = ""
    body: str = ""
    told: str = ""
    words: str = ""


@action("matters.applied", power="matters.handle", facts=ASKED)
def apply(scope: Scope, act: Act, *, matter_id: UUID, sort: str, wanted: Wanted) -> Line:
    """Ask the deputy for more time, a pause, parking, a referral or an end with reasons; the clock runs on meanwhile.

    Refuses: WrongState while another application waits, or where it could not
    be granted; BadInput without what the deputy has to know, or for a day in
    the past or too far off.
    """
    case = opened(scope, act, matter_id=matter_id, event=f"ask_{sort}")
    row = _prepared(case, sort, wanted)
    due, _more = _days(case, row)
    call = _call(case, f"ask_{sort}", row, due)
    seat = asked.seat(scope, whereabouts(case.matter))
    row.to_level, row.to_place, row.to_unit_id = seat.level, seat.place, seat.unit
    row.due_at = step_due(case.calendar, act.at, "application", limits(scope)).at
    done = moved(case, call)
    row.save(force_insert=True)
    noted(case, "waiting", wanted.words, field="words", needed=sort != "refer")
    return _told(done, row)


@action("matters.granted", power="matters.approve", facts=ASKED)
def grant(scope: Scope, act: Act, *, matter_id: UUID, words: str = "") -> Line:
    """Grant what is applied for, as it was asked.

    Refuses: WrongState where nothing waits any more; NotAllowed for a level
    above while the unit's own deputy is in post; BadInput where its day has come meanwhile.
    """
    case = opened(scope, act, matter_id=matter_id, event="grant")
    row = _waiting(case)
    noted(case, "decision", words, field="words", needed=False)
    return _done(case, row, "grant")


@action("matters.application_refused", power="matters.approve", facts=(*FACTS, "sort"))
def refuse(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """Refuse what is applied for, with a reason for whoever asked; the limit runs as it did.

    Refuses: WrongState where nothing waits any more; BadInput without a reason.
    """
    case = opened(scope, act, matter_id=matter_id, event="refuse")
    row = _waiting(case)
    noted(case, "decision", reason, field="reason")
    row.outcome, row.decided_at, row.decided_by = "refused", act.at, scope.post
    row.save(update_fields=["outcome", "decided_at", "decided_by"])
    done = moved(case, _call(case, "refuse", row))
    return replace(done, facts={**done.facts, "sort": row.sort})


@action("matters.extended", power="matters.approve", facts=ASKED)
def extend(scope: Scope, act: Act, *, matter_id: UUID, wanted: Wanted) -> Line:
    """Give more time in one step. Refuses as applying for it does; NotAllowed while the unit has its own deputy."""
    return _directly(scope, act, matter_id, "extend", wanted)


@action("matters.paused", power="matters.approve", facts=ASKED)
def pause(scope: Scope, act: Act, *, matter_id: UUID, wanted: Wanted) -> Line:
    """Stop the clock until a day. Refuses as applying for it does; NotAllowed while the unit has its own deputy."""
    return _directly(scope, act, matter_id, "pause", wanted)


@action("matters.parked", power="matters.approve", facts=ASKED)
def park(scope: Scope, act: Act, *, matter_id: UUID, wanted: Wanted) -> Line:
    """Park it until a day of review. Refuses as applying for it does; NotAllowed while the unit has its own deputy."""
    return _directly(scope, act, matter_id, "park", wanted)


@action("matters.referred", power="matters.approve", facts=ASKED)
def refer(scope: Scope, act: Act, *, matter_id: UUID, wanted: Wanted) -> Line:
    """Refer it to another body. Refuses as applying for it does; NotAllowed while the unit has its own deputy."""
    return _directly(scope, act, matter_id, "refer", wanted)


@action("matters.given_up", power="matters.approve", facts=ASKED)
def end(scope: Scope, act: Act, *, matter_id: UUID, wanted: Wanted) -> Line:
    """End what was parked, with reasons. Refuses as applying for it does; NotAllowed while the unit has its deputy."""
    return _directly(scope, act, matter_id, "end", wanted)


@action("matters.resumed", power="matters.handle", facts=FACTS)
def resume(scope: Scope, act: Act, *, matter_id: UUID, note: str = "") -> Line:
    """Go on: after a pause with the time that was left, after parking with a limit counted anew.

    Refuses: WrongState once it has ended or goes on already.
    """
    case = opened(scope, act, matter_id=matter_id, event="resume")
    noted(case, "word", note, needed=False)
    return moved(case, Call(event="resume", level=level_of_actor(scope)), **left_over(case))


def left_over(case: Case) -> dict[str, Any]:
    """What a pause gives back: the time left, from now on, of a part no longer than the whole has.

    Nothing where there was none or another system's limit runs.
    """
    m = case.matter
    if m.state != "paused" or m.clock_left is None or m.external_due_at is not None:
        return {}
    runs = _calendar(case)
    at = carried_on(case.calendar, case.act.at, m.clock_left.total_seconds(), runs)  # type: ignore[arg-type]  # "W" or "C"
    at = min(at, _of_the_whole(case) or at)
    case.due = until_due(case.calendar, case.act.at, at, runs)
    return {"finish_due_at": at, "finish_moved": True}


def _directly(scope: Scope, act: Act, matter_id: UUID, sort: str, wanted: Wanted) -> Line:
    case = opened(scope, act, matter_id=matter_id, event=sort)
    if not asked.decides(scope, whereabouts(case.matter), None):
        raise NotAllowed(_NOT_YOURS)
    row = _prepared(case, sort, wanted)
    row.to_level, row.to_place, row.to_unit_id = _own_seat(case)
    noted(case, "waiting", wanted.words, field="words", needed=sort != "refer")
    return _done(case, row, sort)


_NOT_YOURS: Final = N_(
    "The deputy of the unit that has it decides. Only while that post is empty does the level above."
)


def _waiting(case: Case) -> Application:
    """The application that waits, if this post decides on it."""
    row = asked.application(case.matter.id)
    if row is None:
        raise WrongState(NONE_WAITS)
    if not asked.decides(case.scope, whereabouts(case.matter), asked.seat_of(row)):
        raise NotAllowed(_NOT_YOURS)
    return row


def _own_seat(case: Case) -> tuple[str, int, UUID | None]:
    scope, m = case.scope, case.matter
    if scope.unit is not None and scope.unit == m.unit_id:
        return "unit", m.handler_place or m.place, scope.unit
    return scope.level, scope.place or m.place, None


def _prepared(case: Case, sort: str, wanted: Wanted) -> Application:
    """The row of what is asked, with everything that the deputy and the person have to know."""
    scope, act = case.scope, case.act
    row = Application(
        id=act.id, matter_id=case.matter.id, sort=sort, asked_at=act.at, asked_by=scope.post, until=wanted.until,
        told=wanted.told,
    )  # fmt: skip
    if sort == "refer":
        row.body_id = asked.body(scope, wanted.body).id
    else:
        row.reason_id = asked.reason(scope, sort, wanted.reason).id
    if wanted.told not in ("", *words.TOLD) or (sort in ("park", "refer", "end") and not wanted.told):
        raise BadInput(fields={"told": N_("Tell the person first, then say here how you told them.")})
    if wanted.until is None and sort in ("extend", "pause", "park"):
        raise BadInput(fields={"until": N_("Choose a day, such as 2026-11-30.")})
    return row


def _call(case: Case, event: str, row: Application, due: Due | None = None) -> Call:
    late = case.matter.finish_due_at is not None and case.matter.finish_due_at < row.asked_at
    most = int(limits(case.scope)["extensions"].amount)
    beyond = due is not None and _beyond(case, row.sort, due.at)
    return Call(event=event, level=level_of_actor(case.scope), late=late, most=most, beyond=beyond)


def _beyond(case: Case, sort: str, at: datetime) -> bool:
    """Whether a day lies past the limit of the whole, or of what is parked past another system's date."""
    if sort == "refer":
        return False
    whole, theirs = _of_the_whole(case), case.matter.external_due_at if sort == "park" else None
    return any(bound is not None and (at > bound if sort == "extend" else at >= bound) for bound in (whole, theirs))


def _of_the_whole(case: Case) -> datetime | None:
    """The finishing limit of the whole that this is a part of; whoever has the part doesn't see the whole."""
    m = case.matter
    if m.parent_id is None:
        return None
    with handing_over(case.scope, m.place, m.place):
        return Matter.objects.filter(id=m.parent_id).values_list("finish_due_at", flat=True).first()


def _done(case: Case, row: Application, event: str) -> Line:
    """Carry out what is granted, or done in one step."""
    at, more = _days(case, row)
    case.due = at
    call = _call(case, event, row, at)
    former = case.matter.finish_due_at
    row.outcome, row.decided_at, row.decided_by = "granted", case.act.at, case.scope.post
    row.save(force_insert=row.id == case.act.id)
    if row.sort == "refer" and row.body_id is not None and at is not None:
        Referral(
            id=case.act.child("referral").id, matter_id=row.matter_id, body_id=row.body_id, referred_at=case.act.at,
            receipt_due_at=at.at,
        ).save(force_insert=True)  # fmt: skip
    done = moved(case, call, **more)
    if row.sort == "extend" and case.matter.state == "split":
        _parts_follow(case, former)
    return _told(done, row)


def _parts_follow(case: Case, former: datetime | None) -> None:
    """Parts that ran to the former limit of the whole run to its new one."""
    for part in Matter.objects.select_for_update().filter(
        parent_id=case.matter.id, closed_at=None, finish_due_at=former
    ):
        its = Case(part, case.kind, case.scope, case.act, case.calendar, read=columns(part), due=case.due)
        part.finish_due_at, part.finish_moved = case.matter.finish_due_at, True
        if part.clock == "finish":
            start(its, "finish")
        written(its)


def _told(done: Line, row: Application) -> Line:
    facts = {**done.facts, "sort": row.sort, "until": row.until.isoformat() if row.until else ""}
    return replace(done, facts=facts)


def _days(case: Case, row: Application) -> tuple[Due | None, dict[str, Any]]:
    """The deadline that this sets and what else it changes; refuses days in the past or too far off."""
    return {"extend": _extended, "pause": _paused, "park": _parked, "refer": _referred, "end": _ended}[row.sort](
        case, row
    )


def _extended(case: Case, row: Application) -> tuple[Due | None, dict[str, Any]]:
    m, now = case.matter, case.act.at
    runs_to = max(m.finish_due_at or now, now)
    at = _checked(case, row, close_of_office, runs_to, "extension_longest", NOT_LATER)
    return until_due(case.calendar, now, at, _calendar(case)), {"finish_due_at": at, "finish_moved": True}


def _paused(case: Case, row: Application) -> tuple[Due | None, dict[str, Any]]:
    """What a pause has to give back is counted from when it was asked for."""
    m = case.matter
    at = _checked(case, row, _begin, case.act.at, "pause_longest", PAST)
    runs = _calendar(case)
    due = m.finish_due_at or m.due_at or case.act.at
    left = seconds_left(case.calendar, row.asked_at, due, runs)  # type: ignore[arg-type]  # "W" or "C"
    return Due(at, at, provisional=False), {"clock_left": timedelta(seconds=max(left, 0))}


def _parked(case: Case, row: Application) -> tuple[Due | None, dict[str, Any]]:
    at = _checked(case, row, _begin, case.act.at, "park_longest", PAST)
    return Due(at, at, provisional=False), {}


def _referred(case: Case, row: Application) -> tuple[Due | None, dict[str, Any]]:
    """Until when the receipt is waited for; of another system's order no longer than its date."""
    now, theirs = case.act.at, case.matter.external_due_at
    if row.until is None:
        due = step_due(case.calendar, now, "receipt", limits(case.scope))
    else:
        at = _checked(case, row, close_of_office, now, "receipt_longest", PAST)
        due = until_due(case.calendar, now, at, "W")
    return (set_due(now, theirs) if theirs is not None and now < theirs < due.at else due), {}


def _ended(case: Case, row: Application) -> tuple[Due | None, dict[str, Any]]:
    m = case.matter
    place = m.handler_place if m.owner_level == "unit" else m.owner_place
    return None, {"refused_place": place, "refused_why_id": row.reason_id}


def _checked(case: Case, row: Application, of: Any, since: datetime, longest: str, too_early: str) -> datetime:
    """The instant that a day means, if it lies after ``since`` and not too far off."""
    if row.until is None:
        raise BadInput(fields={"until": N_("Choose a day, such as 2026-11-30.")})
    at: datetime = of(case.calendar, row.until)
    days = int(limits(case.scope)[longest].amount)
    if at <= since:
        raise BadInput(fields={"until": too_early})
    if (row.until - case.calendar.day_of(since)).days > days:
        raise BadInput(N_("That is too far off: at most %(days)s days."), fields={"until": _FAR}, days=days)
    return at


_FAR: Final = N_("That day is too far off. Choose an earlier one; it can be decided again then.")


def _begin(cal: Any, day: date) -> datetime:
    """The first instant of a day."""
    return localise(datetime.combine(day, time(0)), cal.zone).at


def _calendar(case: Case) -> str:
    return finish_calendar(pace(case.scope, case.kind, case.matter.urgency), limits(case.scope))
