"""Counting open deadlines anew, an act for each; and duty hours, in which limits run day and night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F

from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, line, opened
from commongrid.matters.actions.noting import soonest
from commongrid.matters.models import Application, DutyHours, Kind, LeaderNote, Recheck, Recount
from commongrid.matters.queries.recounting import Basis, basis_for
from commongrid.matters.queries.vocabulary import forget_vocabularies
from commongrid.matters.rules.limits import next_alarm, step_due
from commongrid.matters.rules.recounting import Anew, beside
from commongrid.territory import queries as territory

LONGEST_REASON = 200


@action("matters.recounted", power="matters.tick", kinds=("clock",), facts=(*FACTS, "cause", "moved"))
def recount(scope: Scope, act: Act, *, matter_id: UUID, cause: UUID) -> Line:
    """Count one open deadline anew for the recount that asks for it; the owner hears of one that comes earlier.

    With it what else is owed on the matter, also after its end: a deputy's decision, an answer to a leader, a recheck.

    Refuses: NotFound for an unknown cause; WrongState when nothing about it changes.
    """
    by = basis_for(scope, cause)
    case = opened(scope, act, matter_id=matter_id, event="warn")
    moved = _write(case, by.anew(scope, case.matter, act.at), by) if case.matter.closed_at is None else ""
    if by.sort == "calendar" and _beside(case, by):
        moved = moved or "later"
    if not moved:
        raise WrongState
    done = line(case, event="recounted", before=(case.matter.state, case.matter.owner_level), moved=moved)
    facts = {**done.facts, "cause": cause, "moved": moved}
    return replace(done, facts=facts)


def _write(case: Case, anew: Anew, by: Basis) -> str:
    """Write what changed; answers later, sooner, kept (only no longer provisional, or another rule), or nothing."""
    m, due = case.matter, anew.due
    before = m.due_at or due.at
    names: dict[str, Any] = {}
    if due.at != before:
        names = {"due_at": due.at, "warn_at": due.warn_at, "raised_level": "", "deadline_no": m.deadline_no + 1,
                 "alarm_at": next_alarm(case.act.at, warn_at=due.warn_at, due=due.at)}  # fmt: skip
    if m.provisional != due.provisional:
        names["provisional"] = due.provisional
    if anew.finish_due_at != m.finish_due_at:
        names["finish_due_at"] = anew.finish_due_at
    if by.kind is not None and m.kind_id != by.kind.id:
        names["kind_id"] = by.kind.id
    for name, value in names.items():
        setattr(m, name, value)
    if not names:
        return ""
    m.save(update_fields=[name.removesuffix("_id") if name == "kind_id" else name for name in names])
    return "later" if due.at > before else "sooner" if due.at < before else "kept"


def _beside(case: Case, by: Basis) -> bool:
    """Count the other deadlines of a matter on the new calendar; answers whether any moved."""
    m = case.matter

    def anew(row: Any, since: datetime, code: str, name: str = "due_at") -> bool:
        was = getattr(row, name)
        now = was and beside(by.old, by.new, since, was, code, by.limits)
        if now == was:
            return False
        setattr(row, name, now)
        row.save(update_fields=[name])
        return True

    asked = Application.objects.filter(matter_id=m.id, outcome="")
    noted = LeaderNote.objects.filter(matter_id=m.id, answered_at=None)
    owed = Recheck.objects.filter(matter_id=m.id, done_at=None)
    moved = [
        *(anew(one, one.asked_at, "application") for one in asked),
        *(anew(one, one.at, "leader_note") for one in noted if one.due_at == _by_limit(one, by)),
        *(anew(one, one.at, "raise_step", "raise_at") for one in noted),
        *(anew(one, one.ordered_at, "recheck") for one in owed),
    ]
    if any(moved):
        m.leader_due_at, m.recheck_due_at = soonest(m.id), next((one.due_at for one in owed.all()), None)
        m.save(update_fields=["leader_due_at", "recheck_due_at"])
    return any(moved)


def _by_limit(note: LeaderNote, by: Basis) -> datetime:
    """When a leader's note is due by the county's limit; on any other day the leader named it, and it stays."""
    return step_due(by.old, note.at, "leader_note", by.limits).at


@action("matters.duty_begun", power="worklist.edit", facts=("kinds",))
def begin_duty(scope: Scope, act: Act, *, kinds: tuple[str, ...], reason: str, apply_open: bool = False) -> Line:
    """Declare duty hours: limits of these kinds that begin from now on run day and night until the duty ends.

    With ``apply_open`` the deadlines of open matters are counted anew, each
    with an act; none leaves less than the next working day.

    Refuses: BadInput without kinds or a reason, or for kinds on duty already.
    """
    territory.demand_rules(scope)
    wanted, said = sorted(set(kinds)), reason.strip()
    known = set(Kind.objects.filter(code__in=wanted).exclude(parent="").values_list("code", flat=True))
    if not wanted or known != set(wanted):
        raise BadInput(fields={"kinds": N_("Choose the kinds whose limits shall run day and night.")})
    if not said or len(said) > LONGEST_REASON:
        raise BadInput(fields={"reason": N_("Say what has happened, in at most 200 characters.")})
    if DutyHours.objects.filter(ended_at=None, kinds__overlap=wanted).exists():
        raise BadInput(fields={"kinds": N_("One of these kinds is on duty hours already. End those first.")})
    DutyHours.objects.create(id=act.id, kinds=wanted, reason=said, begun_at=act.at)
    if apply_open:
        since = territory.calendar(scope).day_of(act.at)
        Recount.objects.create(id=act.id, sort="duty", row=act.id, since=since, at=act.at)
    forget_vocabularies("duty")
    return Line(
        place=territory.county(scope).code, subject=act.id, subject_kind="duty", facts={"kinds": wanted},
        answer={"duty": act.id},
    )  # fmt: skip


@action("matters.duty_ended", power="worklist.edit", facts=("kinds",))
def end_duty(scope: Scope, act: Act, *, duty_id: UUID) -> Line:
    """End duty hours; deadlines that were set meanwhile stand.

    Refuses: NotFound; WrongState when they have ended.
    """
    territory.demand_rules(scope)
    row = DutyHours.objects.select_for_update().filter(id=duty_id).first()
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        raise WrongState(N_("These duty hours have ended already."))
    DutyHours.objects.filter(id=duty_id).update(ended_at=max(act.at, row.begun_at))
    forget_vocabularies("duty")
    return Line(
        place=territory.county(scope).code, subject=duty_id, subject_kind="duty", facts={"kinds": row.kinds},
        answer={"duty": duty_id},
    )  # fmt: skip


def act_of(cause: UUID, matter_id: UUID, at: datetime) -> Act:
    """The act of counting one matter anew for one cause; the same again however often it is tried."""
    return Act(uuid5(cause, f"recount {matter_id}"), at)


def ask_for_recounts(scope: Scope, changes: list[UUID]) -> None:
    """Have every open deadline counted anew for these changes of the calendar; asked twice it is one recount."""
    with acting(scope):
        known = {one.id: one for one in territory.calendar_changes(scope, 200)}
        Recount.objects.bulk_create(
            [
                Recount(id=one, sort="calendar", since=known[one].since, at=known[one].at)
                for one in changes
                if one in known
            ],
            ignore_conflicts=True,
        )


def go_on_recount(
    scope: Scope,
    cause: UUID,
    reached: UUID | None,
    seen: int,
    moved: Mapping[str, int],
    *,
    done_at: datetime | None = None,
) -> None:
    """Note how far a recount has come, or that it is done."""
    with acting(scope):
        found = Recount.objects.filter(id=cause)
        if done_at is not None:
            found.update(done_at=done_at)
            return
        found.update(
            reached=reached, seen=F("seen") + seen, later=F("later") + moved.get("later", 0),
            sooner=F("sooner") + moved.get("sooner", 0), kept=F("kept") + moved.get("kept", 0),
        )  # fmt: skip
