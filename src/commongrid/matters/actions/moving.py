"""One move of one matter: fetched and locked, decided by the rules, written with its owner, deadline and next step.

Every action of the loop goes through here, so that none can leave a matter without one of the three.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line
from commongrid.journal.fixed import lay_row
from commongrid.journal.sending import remember
from commongrid.kernel.act import Act
from commongrid.kernel.clock import Calendar, Due
from commongrid.kernel.places import enclosing, inside, interval
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.ending import (
    demands_answered,
    end_kept,
    end_parts,
    face_turned,
    files_over,
    follow_whole,
    keep_end,
    lapse,
    recheck_over,
    referral_over,
)
from commongrid.matters.actions.leaving import still_seen, way_out
from commongrid.matters.actions.timing import time_after
from commongrid.matters.models import Matter, Note, Order
from commongrid.matters.queries.bodies import accused_units
from commongrid.matters.queries.vocabulary import KindRow, LeadRow, kind_version
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding.merging import NOT_YET
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call, Move, Standing
from commongrid.matters.rules.owners import step_of
from commongrid.matters.rules.relations import Whereabouts, level_at, level_of_actor, relations
from commongrid.matters.rules.table import EVENTS
from commongrid.roster import queries as roster
from commongrid.territory import queries as territory

LONGEST_NOTE = 4000
NOT_THERE = N_("That place is not responsible for where this matter is.")
ENDS_ORDER = {"answer": "answered", "answer_for": "answered", "settle": "settled", "give_back": "given_back"}
"""How an order ends with an event; with every other it is taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a matter goes to: a unit, or the level at a place. ``own``: an office of the place itself, no station."""

    place: int
    unit: UUID | None = None
    function: str = ""
    outside: bool = False
    own: bool = False

    @property
    def owner(self) -> str:
        """The owner's level, "unit" for a unit."""
        return "unit" if self.unit else self.level

    @property
    def level(self) -> str:
        """The level of the place."""
        return level_at(self.place)


@dataclass(slots=True)
class Case:
    """A matter on the table: its row, its kind as decided then, and what the calendar is."""

    matter: Matter
    kind: KindRow
    scope: Scope
    act: Act
    _calendar: Calendar | None = None
    read: dict[str, Any] = field(default_factory=dict)
    """The columns as they were read, so that only what changed is written."""
    due: Due | None = None
    """A deadline that the action sets itself, where the limit of the new state does not."""

    @property
    def calendar(self) -> Calendar:
        """The county's calendar, fetched when first needed."""
        if self._calendar is None:
            self._calendar = territory.calendar(self.scope)
        return self._calendar


def opened(scope: Scope, act: Act, *, matter_id: UUID, event: str) -> Case:
    """The matter, locked, if this actor stands to it as the event asks. Called by every action of the loop.

    Refuses: NotFound outside the scope; NotAllowed without the relation.
    """
    matter = Matter.objects.select_for_update().filter(id=matter_id).first()
    if matter is None:
        raise NotFound(N_("There is no such matter, or it is not yours to see."))
    case = Case(matter, kind_version(scope, matter.kind_id), scope, act, read=columns(matter))
    if not set(EVENTS[event].who) & relations(scope, whereabouts(matter)):
        if matter.closed_at is not None and not EVENTS[event].leads(matter.state):
            raise WrongState(N_("This matter has ended meanwhile; nothing more is done to it."))
        raise NotAllowed(N_("This step belongs to whoever has the matter now, not to your post."))
    return case


def columns(matter: Matter) -> dict[str, Any]:
    """The columns as they stand, so that only what changes is written."""
    kept = (one for one in Matter._meta.concrete_fields if not one.primary_key and not one.generated)
    return {one.attname: getattr(matter, one.attname) for one in kept}


def whereabouts(matter: Matter) -> Whereabouts:
    """Where it is and who has it, as relations need it."""
    return Whereabouts(
        place=matter.place,
        owner_level=matter.owner_level,
        owner_place=matter.owner_place,
        unit=matter.unit_id,
        handler_level=matter.handler_level,
        handler_place=matter.handler_place,
        sealed=matter.sealed,
        caller=matter.caller,
        answered_by=matter.answered_by,
    )


def standing(case: Case, *, to_visit: bool | None = None) -> Standing:
    """Where the matter stands, for the rules."""
    m = case.matter
    return Standing(
        state=m.state,
        owner=m.owner_level,
        handler=m.handler_level,
        by_unit=m.unit_id is not None,
        ordered=m.ordered,
        given_back=m.given_back,
        reopened=m.reopened,
        tries=m.tries,
        to_visit=bool(m.to_visit) if to_visit is None else to_visit,
        to_rate=m.to_rate,
        rating=m.rating,
        closes=case.kind.closes,
        sealed=m.sealed,
        grid_may=case.kind.grid_may,
        interim=m.interim_due_at is not None,
        barred=level_at(m.barred_place) if m.barred_place else "",
        caller=m.caller,
        applied=m.applied,
        extended=m.extended,
        refused=level_at(m.refused_place) if m.refused_place else "",
        asked_again=m.asked_again,
        sent_back=m.sent_back,
        leads=m.leads > 0,
        outcome=m.outcome,
        recheck=m.recheck_level != "",
        exchanged=m.exchanged,
        dispute=case.kind.dispute,
    )


def is_barred(matter: Matter, target: Target) -> bool:
    """Whether the target is the former handler of a reopened matter, or answered a part of it then."""
    if target.unit is not None:
        return target.unit in (matter.barred_unit, *matter.barred_parts)
    return bool(matter.barred_place == target.place)


def moved(case: Case, call: Call, *, target: Target | None = None, lead: LeadRow | None = None, **more: Any) -> Line:
    """Decide, write, and return the line for the journal.

    ``more`` are further columns of the matter that the action sets itself.
    """
    m = case.matter
    before = (m.state, m.owner_level)
    move = decide(standing(case, to_visit=more.get("to_visit")), call)
    handler_unit = m.unit_id
    _hand(case, move, call, target)
    _own(case, move, target)
    for name, value in more.items():
        setattr(m, name, value)
    _set(case, move, call)
    time_after(case, move, lead)
    _orders(case, move, call, target, handler_unit)
    if case.read["applied"] and not m.applied and call.event not in ("grant", "refuse"):
        lapse(case)
    if before[0] == "referred" != m.state and call.event not in ("take_receipt", "come_back"):
        referral_over(case)
    if m.recheck_level and m.state != "closed":
        recheck_over(case)
    if before[0] == "split" != m.state:
        end_parts(case)
    files_over(case)
    demands_answered(case, call.event)
    follow_whole(case)
    _write(case)
    if m.leads:
        _take_along(case, before[0])
    if case.kind.visibility == "public" and not m.caller:
        face_turned(case, before[0])
    return line(case, event=call.event, before=before)


def line(case: Case, *, event: str, before: tuple[str, str], **answer: Any) -> Line:
    """What every step of a matter leaves: codes only, and nothing at all about a sealed one."""
    m = case.matter
    facts = {} if m.sealed else {
        "kind": m.kind_code, "from": before[0], "to": m.state, "had": before[1], "has": m.owner_level,
        "outcome": m.outcome, "round": m.round,
    }  # fmt: skip
    answered = {"matter": m.id, "number": m.number, "state": m.state, **answer}
    return Line(place=m.place, subject=m.id, subject_kind="matter", unit=m.unit_id, facts=facts, answer=answered)


FACTS = ("kind", "from", "to", "had", "has", "outcome", "round")
"""The payload of every step."""


def noted(case: Case, sort: str, text: str, *, field: str = "note", needed: bool = True, name: str = "note") -> None:
    """Keep the words of a step in a row of their own, ``name`` where a step has several.

    Refuses: BadInput when they are needed and missing, or too long.
    """
    said = text.strip()
    if not said:
        if needed:
            raise BadInput(N_("Please say why, in a sentence."), fields={field: N_("Please say why, in a sentence.")})
        return
    if len(said) > LONGEST_NOTE:
        text = N_("This is too long: at most 4,000 characters.")
        raise BadInput(text, fields={field: text})
    row = Note(
        id=case.act.child(name).id, matter_id=case.matter.id, act=case.act.id, sort=sort, text=said, at=case.act.at,
        post=case.scope.post,
    )  # fmt: skip
    lay_row(row)


def place_for(case: Case, target: Target) -> None:
    """Refuse a target that could not see the matter, and let a grid that serves it become its place.

    Refuses: BadInput.
    """
    m = case.matter
    accused = accused_units(case.scope, m.accused_person_id, m.accused_unit_id) if target.unit else frozenset()
    if target.unit is not None and accused and not accused.isdisjoint(roster.units_over(case.scope, target.unit)):
        raise BadInput(N_("That unit is, or answers to, whom the complaint is about. Choose another."))
    if case.kind.routed_round and target.level in ("grid", "village"):
        raise BadInput(N_("A complaint about village affairs is never handled in the village."))
    if target.unit is None and target.level == "grid" and target.place != m.place:
        grid = territory.place_meant(case.scope, target.place)
        if enclosing(target.place, "village") != enclosing(m.place, "village") or grid is None or grid.ended:
            raise BadInput(NOT_THERE)
        m.place = target.place
    elif not inside(m.place, target.place):
        raise BadInput(NOT_THERE)


def _hand(case: Case, move: Move, call: Call, target: Target | None) -> None:
    """Who does or did the work after this move; on a reopening the former handler is barred."""
    m = case.matter
    if move.sets.get("bar"):
        m.barred_unit, m.barred_place = m.unit_id, None if m.unit_id else m.handler_place
        m.barred_parts = [] if m.unit_id else _answered_parts(case)
    elif "bar" in move.sets:
        m.barred_unit, m.barred_place, m.barred_parts = None, None, []
    if move.handler == "clear":
        m.unit_id, m.handler_level, m.handler_place = None, "", None
    elif move.handler == "target" and target is not None:
        m.unit_id, m.handler_level, m.handler_place = target.unit, target.level, target.place
    elif move.handler == "owner" and m.owner_level != "unit":
        level = call.level if call.event == "settle" else m.owner_level
        m.unit_id, m.handler_level = None, level
        m.handler_place = case.scope.place if call.event == "settle" else m.owner_place


def _answered_parts(case: Case) -> list[UUID]:
    """The units that answered a part in this round; the slip, which sees no part, reaches them for this."""
    m = case.matter
    with handing_over(case.scope, *around(m.place)) if case.scope.kind == "slip" else nullcontext():
        found = Matter.objects.filter(parent_id=m.id, round=m.round, outcome="done", unit__isnull=False)
        return sorted({unit for unit in found.values_list("unit_id", flat=True) if unit is not None})


def _own(case: Case, move: Move, target: Target | None) -> None:
    """Who owes the next step after this move."""
    m = case.matter
    if move.ended or move.owner == "unit":
        m.owner_level, m.owner_place = "" if move.ended else "unit", None
        return
    if target is not None and target.unit is None and target.level == move.owner:
        m.owner_level, m.owner_place = move.owner, target.place
    elif m.owner_level != move.owner:
        m.owner_place = owner_place(m.place, move.owner)
        m.owner_level = level_at(m.owner_place)


def owner_place(place: int, level: str) -> int:
    """The place of a level over (or at) a place; where there is none in between, the nearest above."""
    if level == "grid":
        return place
    order = words.LEVELS[words.LEVELS.index(level) :]
    found = next((code for one in order if (code := enclosing(place, one)) is not None), None)  # type: ignore[arg-type]
    return found if found is not None else place


def _set(case: Case, move: Move, call: Call) -> None:
    m = case.matter
    if call.event in ("answer", "settle"):
        m.answered_by = case.scope.person
    for name, value in move.sets.items():
        if name != "bar":
            setattr(m, name, value)
    if (move.state == "reopened" and m.state not in ("reopened", "accepted")) or (
        case.matter.state == "review" and not move.ended
    ):
        m.round += 1
        m.to_visit = None
    m.state = move.state
    m.step = "" if move.ended else step_of(move.state, m.owner_level, sealed=m.sealed, grid_may=case.kind.grid_may)
    if move.ended:
        m.closed_at = case.read.get("closed_at") or (NOT_YET if move.state == "merged" else case.act.at)
        m.outcome = move.outcome
        m.interim_due_at = None
    else:
        m.closed_at, m.outcome = None, ""


def _orders(case: Case, move: Move, call: Call, target: Target | None, former_unit: UUID | None) -> None:
    """The assignment that this move begins, starts or ends."""
    m, at = case.matter, case.act.at
    if call.event in ("answer", "answer_for", "settle") or move.handler == "clear":
        outcome = ENDS_ORDER.get(call.event, "taken_away")
        if m.ordered or case.read.get("ordered") or former_unit or call.event in ("answer", "answer_for", "give_back"):
            Order.objects.filter(matter_id=m.id, ended_at=None).update(ended_at=at, outcome=outcome)
    begun = call.event == "start" or (call.event == "mediate" and case.read["state"] != move.state == "in_hand")
    if begun and m.ordered:
        Order.objects.filter(matter_id=m.id, ended_at=None).update(started_at=at)
    elif move.handler == "target" and target is not None:
        if case.read.get("state") == "asked" or former_unit is not None or case.read.get("ordered"):
            Order.objects.filter(matter_id=m.id, ended_at=None).update(ended_at=at, outcome="taken_away")
        _order(case, target.place, target.unit, off_list=call.off_list)
    elif call.off_list and target is not None:  # a township gets it to divert further: counted all the same
        _order(case, target.place, None, off_list=True)
    elif call.event == "send_back" or begun:
        _order(case, m.handler_place or m.place, m.unit_id, started_at=at)


def _order(case: Case, place: int, unit: UUID | None, **more: Any) -> None:
    m = case.matter
    row = Order(
        id=case.act.child("order").id, matter_id=m.id, round=m.round, unit_id=unit, level=level_at(place), place=place,
        kind_code=m.kind_code,
        by_level=level_of_actor(case.scope), ordered_at=case.act.at, due_at=m.finish_due_at or m.due_at or case.act.at,
        **more,
    )  # fmt: skip
    lay_row(row)


def _write(case: Case) -> None:
    """Write the row; where it leaves the author's sight, through the one widening there is."""
    m = case.matter
    end_kept(case)
    stays = still_seen(case)
    with nullcontext() if stays else way_out(case):
        m.save(update_fields=[name for name, value in columns(m).items() if case.read.get(name, m) != value])
    remember(("seen", m.number), m.id if stays else None)  # PostgreSQL refuses a row that leaves unseen


def written(case: Case) -> None:
    """Write what an action set on the matter itself, without a move."""
    _write(case)


def _take_along(case: Case, before: str) -> None:
    """Those merged into this one end with it, come back with it, and are asked again in a new round."""
    m = case.matter
    with handing_over(case.scope, *around(m.place)):
        merged = Matter.objects.filter(merged_into_id=m.id)
        if m.closed_at is not None:
            merged.update(closed_at=m.closed_at, finished_at=m.finished_at)
            merged.filter(to_rate=True, rating="").update(rating="not_rated")
        elif before in words.ENDED or m.round != case.read.get("round"):
            for one in merged:
                keep_end(case, one.id, columns(one))
            merged.update(closed_at=NOT_YET, finished_at=None, rating="")


def around(place: int) -> tuple[int, int]:
    """The township a place lies in, both ends: as far as one may lead another."""
    return interval(enclosing(place, "township") or place)
