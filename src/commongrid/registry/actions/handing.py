"""Records handed over to a place outside the clerk's scope: offered, accepted by the other side, or lapsed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.clock import due_at
from commongrid.kernel.places import interval, level_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotFound, WrongState
from commongrid.registry.actions.desk import desk, home, person
from commongrid.registry.actions.life import settle_in
from commongrid.registry.actions.requests import rule_of
from commongrid.registry.models import Correction, Handover
from commongrid.registry.rules.facts import Into, Told
from commongrid.registry.rules.requests import HANDOVER
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

ANSWER = ("state", "answered_at", "answered_by", "reason")
"""What an answer writes; whose record it is stands for good."""
DAYS = 10
"""Working days that the other side may take where no rule says otherwise."""


@action("registry.handover_offered", power="people.edit", facts=("to",), kinds=("post",))
def offer_record(scope: Scope, act: Act, *, person_id: UUID, to_place: int, note: str, told: Told) -> Line:
    """Somebody moves to a village outside this clerk's scope: the record is offered to those who keep it there (移交).

    Until they accept, it stays here and counts here.

    Refuses: NotYours out of scope; WrongState where the record has ended or is on offer already; BadInput for a
    place that is no village, or one the clerk keeps too (move them there instead).
    """
    at = desk(scope, act, told)
    who = person(at, person_id)
    village = territory.places(scope, [to_place]).get(to_place)
    if village is None or village.ended or level_of(to_place) != "village":
        raise BadInput(fields={"to_place": N_("Choose the village they move to.")})
    if scope.covers(to_place):
        raise BadInput(fields={"to_place": N_("You keep the records of this village too. Move the person there.")})
    row = Handover(
        id=act.id, person_id=who.id, name=who.display_name, place=who.place, to_place=to_place, on=told.on,
        note=" ".join(note.split())[:200], offered_at=act.at, offered_by=scope.post,
        due_at=_due(scope, act.at),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise WrongState(N_("This record is on offer already. Withdraw that first.")) from None
    return Line(
        place=who.place, subject=who.id, subject_kind="person", facts={"to": to_place}, answer={"handover": row.id}
    )


@action("registry.handover_accepted", power="people.edit", facts=("from_place",), kinds=("post",))
def accept_record(scope: Scope, act: Act, *, handover_id: UUID, into: Into) -> Line:
    """The other side takes the record over into one of its households, as of the day told (接收).

    The household left behind gets another head or dies out, as with any move.

    Refuses: NotFound to anybody but the other side; WrongState once answered, lapsed, or where a record has ended;
    or lies in another village than when it was offered; NotYours for a household out of scope.
    """
    row = _offered(scope, handover_id)
    at = desk(scope, act, Told(on=row.on, source="移交"))
    where = home(at, into.household)
    if not row.to_place <= where.place <= row.to_place + 999:
        raise BadInput(fields={"number": N_("The record was offered to another village.")})
    with handing_over(scope, *interval(village_of(row.place) or row.place)):  # they may have moved within it meanwhile
        who = person(at, row.person_id)
        before = who.place
        if village_of(before) != village_of(row.place):
            raise WrongState(N_("The record lies in another village now. Ask those who keep it there for a new offer."))
        settle_in(at, who, where, into.as_to_head)
        row.reason = ""
        _answer(row, act, scope, "accepted")
    return Line(
        place=where.place, subject=who.id, subject_kind="person", facts={"from_place": before},
        answer={"person": who.id, "household": where.id},
    )  # fmt: skip


@action("registry.handover_refused", power="people.edit", kinds=("post",))
def refuse_record(scope: Scope, act: Act, *, handover_id: UUID, reason: str) -> Line:
    """The other side doesn't take it over, and says why; the record stays where it was. Refuses: as accepting."""
    row = _offered(scope, handover_id)
    if not (why := " ".join(reason.split())[:200]):
        raise BadInput(fields={"reason": N_("Please say why, in a sentence.")})
    row.reason = why
    return _answered(row, act, scope, "refused")


@action("registry.handover_withdrawn", power="people.edit", kinds=("post",))
def withdraw_record(scope: Scope, act: Act, *, handover_id: UUID) -> Line:
    """Whoever keeps the record takes the offer back. Refuses: NotFound to anybody else; WrongState once answered."""
    row = _waiting(handover_id)
    if not scope.covers(row.place):
        raise NotFound
    return _answered(row, act, scope, "withdrawn")


@action("registry.handover_lapsed", power="people.changes", kinds=("clock",))
def lapse_record(scope: Scope, act: Act, *, handover_id: UUID) -> Line:
    """Nobody answered in time: the record stays where it was, and whoever offered it is shown so.

    Refuses: WrongState once answered, or before its time.
    """
    row = _waiting(handover_id)
    if row.due_at > act.at:
        raise WrongState
    return _answered(row, act, scope, "lapsed")


@action("registry.handover_reopened", power="people.edit", facts=("handover",), kinds=("post", "clock"))
def reopen_offer(scope: Scope, act: Act, *, handover_id: UUID, reason: str) -> Line:
    """Taking the record over was taken back: it is on offer again, with a time of its own, and says why.

    Where it was offered to somebody else since, it counts as withdrawn.

    Refuses: NotFound out of sight; WrongState unless taking it over was undone.
    """
    row = _locked(handover_id)
    undone = Correction.objects.filter(subject=row.person_id, at__in=[row.answered_at]).exclude(undone_by=None)
    if row.state != "accepted" or not undone.exists():
        raise WrongState
    row.reason = " ".join(reason.split())[:200]
    if Handover.objects.filter(person_id=row.person_id, state="offered").exists():
        row.state = "withdrawn"
    else:
        row.state, row.answered_at, row.answered_by, row.due_at = "offered", None, None, _due(scope, act.at)
    row.save(update_fields=(*ANSWER, "due_at"))
    facts = {"handover": str(row.id)}
    return Line(place=row.place, subject=row.person_id, subject_kind="person", facts=facts, answer={"handover": row.id})


def taken_over(rows: Iterable[Correction]) -> list[UUID]:
    """The offers that were accepted by the act that changed these records."""
    people = {row.subject: row.at for row in rows if row.of == "person"}
    found = Handover.objects.filter(state="accepted", person__in=people).order_by("id")
    return [one.id for one in found if one.answered_at == people[one.person_id]]


def _due(scope: Scope, at: datetime) -> datetime:
    calendar = territory.calendar(scope)
    rule = rule_of(HANDOVER, calendar.day_of(at))
    return due_at(calendar, at, rule.days if rule else DAYS, "W").at


def _locked(handover_id: UUID) -> Handover:
    row = Handover.objects.select_for_update(of=("self",)).filter(id=handover_id).first()
    if row is None:
        raise NotFound
    return row


def _waiting(handover_id: UUID) -> Handover:
    row = _locked(handover_id)
    if row.state != "offered":
        raise WrongState(N_("This offer was answered already, or has lapsed."))
    return row


def _offered(scope: Scope, handover_id: UUID) -> Handover:
    """An offer to this scope's place. Refuses: NotFound to those who only keep the record."""
    row = _waiting(handover_id)
    if not scope.covers(row.to_place):
        raise NotFound
    return row


def _answered(row: Handover, act: Act, scope: Scope, state: str) -> Line:
    _answer(row, act, scope, state)
    return Line(place=row.place, subject=row.person_id, subject_kind="person", answer={"handover": row.id})


def _answer(row: Handover, act: Act, scope: Scope, state: str) -> None:
    row.state, row.answered_at, row.answered_by = state, act.at, scope.post
    row.save(update_fields=ANSWER)
