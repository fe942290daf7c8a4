"""Several at once: split into parts, called to a joint meeting, who came, parts dropped; outside bodies reminded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.handling import listed
from commongrid.matters.actions.moving import (
    FACTS,
    LONGEST_NOTE,
    Case,
    Target,
    is_barred,
    moved,
    noted,
    opened,
    place_for,
)
from commongrid.matters.actions.timing import start
from commongrid.matters.models import Attendance, Matter, Meeting, Note, Order
from commongrid.matters.queries import calling
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_at, level_of_actor
from commongrid.roster import queries as roster

MOST_PARTS: Final = 12
FEWEST: Final = 2
LONGEST_VENUE: Final = 120
_CHOOSE: Final = N_("Choose the units that shall work on it, at least two.")
_OUTSIDE: Final = N_("%(unit)s is outside the county's command: divert it there as a request, or invite it by phone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summons:
    """When and where those who are called meet, and why units that the work list does not name are among them."""

    at: datetime
    venue: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What each shall do, and why units that the work list does not name are among them."""

    note: str
    reason: str = ""


@action("matters.split", power="matters.divert", facts=(*FACTS, "count"))
def split(scope: Scope, act: Act, *, matter_id: UUID, unit_ids: tuple[UUID, ...], note: str, reason: str = "") -> Line:
    """Give a matter to several units at once, each with its part; the centre gives the person one answer.

    The whole's finishing limit covers its parts. Later units may be added.

    Refuses: BadInput without two units (one where there are parts already),
    without words, off the work list without a reason, or to a body outside the
    county's command; WrongState for a part, a sealed kind or below the township.
    """
    case = opened(scope, act, matter_id=matter_id, event="split")
    return _given(case, "split", unit_ids, Said(note, reason), None)


@action("matters.meeting_called", power="matters.divert", facts=(*FACTS, "count"))
def call_meeting(
    scope: Scope, act: Act, *, matter_id: UUID, unit_ids: tuple[UUID, ...], note: str, summons: Summons
) -> Line:
    """Call several units to one joint meeting; each owes an answer of its own afterwards.

    Refuses: as ``split``; BadInput without a place or with a time that has passed.
    """
    case = opened(scope, act, matter_id=matter_id, event="call_meeting")
    fields = {}
    if summons.at <= act.at:
        fields["at"] = N_("Choose a time that is still to come.")
    if not summons.venue.strip() or len(summons.venue) > LONGEST_VENUE:
        fields["venue"] = N_("Say where you meet, in a few words.")
    if fields:
        raise BadInput(fields=fields)
    meeting = Meeting(
        id=act.child("meeting").id, matter_id=matter_id, level=level_of_actor(scope), place=scope.place or 0,
        at=summons.at, venue=summons.venue.strip(), called_at=act.at, post=scope.post,
    )  # fmt: skip
    meeting.save(force_insert=True)
    return _given(case, "call_meeting", unit_ids, Said(note, summons.reason), meeting)


@action("matters.attended", power="matters.divert", facts=(*FACTS, "count"))
def attend(scope: Scope, act: Act, *, matter_id: UUID, came: tuple[UUID, ...]) -> Line:
    """Record which of those called came, by their parts; the others did not. Recorded again, it is corrected.

    Refuses: WrongState where no meeting was called; BadInput before its time, or for a part of another matter.
    """
    case = opened(scope, act, matter_id=matter_id, event="attend")
    rows = list(Attendance.objects.filter(meeting__matter_id=matter_id, meeting__at__lte=act.at))
    done = moved(case, replace(Call(event="attend"), **calling.facts(matter_id)))
    if not rows:
        raise BadInput(N_("The meeting is still to come. Record who came once it has begun."))
    if not {row.matter_id for row in rows} >= set(came):
        raise BadInput(
            N_("Choose among those who were called."), fields={"came": N_("Choose among those who were called.")}
        )
    for row in rows:
        row.attended, row.at = row.matter_id in came, act.at
        row.save(update_fields=["attended", "at"])
    return replace(done, facts={**done.facts, "count": len(came)} if done.facts else {})


@action("matters.dropped", power="matters.divert", facts=FACTS)
def drop(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """End a part that is not needed, with a reason its unit reads; the whole goes on without it.

    Refuses: WrongState for what is no part; NotAllowed for others than the centre that gave it out.
    """
    case = opened(scope, act, matter_id=matter_id, event="drop")
    noted(case, "reason", reason, field="reason")
    return moved(case, Call(event="drop", level=level_of_actor(scope)))


@action("matters.reminded", power="matters.divert", facts=FACTS)
def remind(scope: Scope, act: Act, *, matter_id: UUID, note: str = "") -> Line:
    """Remind a body outside the county's command by letter: it prints, and a new date is hoped for.

    Refuses: WrongState unless such a body was asked.
    """
    case = opened(scope, act, matter_id=matter_id, event="remind")
    noted(case, "word", note, needed=False)
    return moved(case, Call(event="remind", level=level_of_actor(scope)))


def _given(case: Case, event: str, unit_ids: tuple[UUID, ...], said: Said, meeting: Meeting | None) -> Line:
    """The parts, one for each unit, and the whole waiting for them with its finishing limit."""
    m = case.matter
    earlier = Matter.objects.filter(parent_id=m.id)
    has = set(earlier.filter(closed_at=None, unit__isnull=False).values_list("unit_id", flat=True))
    wanted = [one for one in dict.fromkeys(unit_ids) if one not in has]
    if not wanted or len(wanted) + len(has) < FEWEST or len(wanted) + earlier.count() > MOST_PARTS:
        raise BadInput(_CHOOSE, fields={"units": _CHOOSE})
    noted(case, "word", said.note)
    units = _units(case, wanted)
    off = {one.id for one in units if listed(case, Target(place=one.place, unit=one.id, function=one.function))[1]}
    noted(case, "reason", said.reason, field="reason", needed=bool(off), name="reason")
    barred = any(is_barred(m, Target(place=one.place, unit=one.id)) for one in units)
    first = earlier.count()
    done = moved(case, Call(event=event, level=level_of_actor(case.scope), to_barred=barred))
    for n, unit in enumerate(units, first + 1):
        _part(case, unit, n, said.note.strip()[:LONGEST_NOTE], meeting, off_list=unit.id in off)
    return replace(done, facts={**done.facts, "count": len(units)} if done.facts else {})


def _units(case: Case, wanted: list[UUID]) -> list[roster.UnitRow]:
    """The units, each in force, able to see where the matter is, and within the county's command."""
    named, today = roster.units_by_id(case.scope, wanted), localdate(case.act.at)
    if set(named) != set(wanted):
        raise BadInput(_CHOOSE, fields={"units": _CHOOSE})
    in_force = {one.id for one in roster.units(case.scope, within=None, on=today) if one.id in named}
    for one in named.values():
        if one.outside_command:
            raise BadInput(_OUTSIDE, fields={"units": _OUTSIDE}, unit=one.zh)
        if one.id not in in_force:
            raise BadInput(_CHOOSE, fields={"units": _CHOOSE})
        place_for(case, Target(place=one.place, unit=one.id))
    return [named[one] for one in wanted]


def _part(case: Case, unit: roster.UnitRow, n: int, note: str, meeting: Meeting | None, *, off_list: bool) -> None:
    """One part: what the unit shall do and the whole's words, given to it by an order of its own."""
    whole, act = case.matter, case.act.child(f"part {n}")
    part = Matter(
        id=act.id, number=f"{whole.number}-{n}", place=whole.place, place_then=whole.place, kind_id=whole.kind_id,
        kind_code=whole.kind_code, series=whole.series, source=whole.source, urgency=whole.urgency, title=whole.title,
        text=whole.text, parent_id=whole.id, caller=level_of_actor(case.scope), confidential=whole.confidential,
        anonymous=whole.anonymous, state="diverted", step="start", owner_level="unit", unit_id=unit.id,
        handler_level=level_at(unit.place), handler_place=unit.place, ordered=True, opened_at=act.at,
        accepted_at=act.at, finish_from=whole.finish_from or whole.opened_at, finish_due_at=whole.finish_due_at,
        finish_moved=whole.finish_moved or whole.external_due_at is not None, round=whole.round,
        to_visit=False, accused_person_id=whole.accused_person_id, accused_unit_id=whole.accused_unit_id,
        barred_unit=whole.barred_unit, barred_parts=whole.barred_parts,
    )  # fmt: skip
    its = Case(part, case.kind, case.scope, act, case.calendar)
    start(its, "respond")
    part.save(force_insert=True)
    Note(
        id=act.child("note").id, matter_id=part.id, act=case.act.id, sort="word", text=note, at=act.at,
        post=case.scope.post,
    ).save(force_insert=True)  # fmt: skip
    Order(
        id=act.child("order").id, matter_id=part.id, round=part.round, unit_id=unit.id, level=level_at(unit.place),
        place=unit.place, by_level=level_of_actor(case.scope), ordered_at=act.at, kind_code=part.kind_code,
        due_at=part.finish_due_at or part.due_at or act.at, off_list=off_list,
    ).save(force_insert=True)  # fmt: skip
    if meeting is not None:
        Attendance(id=act.child("attendance").id, meeting_id=meeting.id, matter_id=part.id, unit=unit.id).save(
            force_insert=True
        )
