"""Records handed over to a place outside the clerk's scope: offered, accepted by the other side, or lapsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.clock import due_at
from commongrid.kernel.places import interval, level_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotFound, WrongState
from commongrid.registry.actions.desk import desk, home, living, person
from commongrid.registry.actions.life import settle_in
from commongrid.registry.actions.moving import NOBODY, go_whole
from commongrid.registry.actions.requests import rule_of
from commongrid.registry.actions.stays import still_there
from commongrid.registry.models import Correction, Handover
from commongrid.registry.rules.facts import Into, NewHome, Told
from commongrid.registry.rules.requests import HANDOVER
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

ANSWER = ("state", "answered_at", "answered_by", "reason")
"""What an answer writes; whose record it is stands for good."""
SOURCE = "移交"
DAYS = 10
"""Working days that the other side may take where no rule says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """To which village something is offered, a word along, and whether the registration moves too.

    On the last the other side has the last word.
    """

    place: int
    note: str = ""
    registered: bool = False


@action("registry.handover_offered", power="people.edit", facts=("to",), kinds=("post",))
def offer_record(scope: Scope, act: Act, *, person_id: UUID, to_place: int, note: str, told: Told) -> Line:
    """Somebody moves to a village outside this clerk's scope: the record is offered to those who keep it there (移交).

    Until they accept, it stays here and counts here.

    Refuses: NotYours out of scope; WrongState where the record has ended or is on offer already; BadInput for a
    place that is no village, or one the clerk keeps too (move them there instead), and for a day before they came to
    where they live.
    """
    at = desk(scope, act, told)
    who = person(at, person_id)
    _refuse_place(scope, to_place)
    still_there(at, who)
    to = Offer(place=to_place, note=note)
    row = _offer(scope, act, Handover(person_id=who.id, name=who.display_name, place=who.place), to, told)
    return Line(
        place=who.place, subject=who.id, subject_kind="person", facts={"to": to_place}, answer={"handover": row.id}
    )


@action("registry.household_offered", power="people.edit", facts=("to",), kinds=("post",))
def offer_household(scope: Scope, act: Act, *, household_id: UUID, to: Offer, told: Told) -> Line:
    """A whole household moves to a village outside this clerk's scope: it is offered as one (举家移交).

    Refuses: as ``offer_record``; WrongState where nobody lives there.
    """
    at = desk(scope, act, told)
    of = home(at, household_id, seen=told.seen)
    people = living(of)
    if not people:
        raise WrongState(NOBODY)
    _refuse_place(scope, to.place)
    for one in people:
        still_there(at, one)
    first = people[0]
    row = Handover(
        person_id=first.id, name=first.display_name, place=of.place, household_id=of.id, people=len(people),
        registered=to.registered,
    )  # fmt: skip
    row = _offer(scope, act, row, to, told)
    return Line(
        place=of.place, subject=of.id, subject_kind="household", facts={"to": to.place}, answer={"handover": row.id}
    )


@action("registry.handover_accepted", power="people.edit", facts=("from_place",), kinds=("post",))
def accept_record(scope: Scope, act: Act, *, handover_id: UUID, into: Into) -> Line:
    """The other side takes the record over into one of its households, as of the day told (接收).

    The household left behind gets another head or dies out, as with any move.

    Refuses: NotFound to anybody but the other side; WrongState once answered, lapsed, or where a record has ended;
    or lies in another village than when it was offered; NotYours for a household out of scope.
    """
    row = _offered(scope, handover_id)
    if row.household_id is not None:
        raise NotFound
    at = desk(scope, act, Told(on=row.on, source=SOURCE))
    where = home(at, into.household)
    _refuse_elsewhere(row, where.place)
    with handing_over(scope, *interval(village_of(row.place) or row.place)):  # they may have moved within it meanwhile
        who = person(at, row.person_id)
        before = who.place
        _refuse_moved(row, before)
        settle_in(at, who, where, into.as_to_head)
        row.reason = ""
        _answer(row, act, scope, "accepted")
    return Line(
        place=where.place, subject=who.id, subject_kind="person", facts={"from_place": before},
        answer={"person": who.id, "household": where.id},
    )  # fmt: skip


@action("registry.household_accepted", power="people.edit", facts=("from_place", "people"), kinds=("post",))
def accept_household(
    scope: Scope, act: Act, *, handover_id: UUID, new: NewHome, registered: bool = False
) -> Line:  # fmt: skip
    """The other side takes a whole household over into a new home, as of the day told (举家接收).

    Refuses: as ``accept_record`` and ``move_household``.
    """
    row = _offered(scope, handover_id)
    if row.household_id is None:
        raise NotFound
    at = desk(scope, act, Told(on=row.on, source=SOURCE))
    _refuse_elsewhere(row, new.place)
    with handing_over(scope, *interval(village_of(row.place) or row.place)):
        old = home(at, row.household_id)
        before = old.place
        _refuse_moved(row, before)
        made, people = go_whole(at, old, new, registered=registered)
        row.reason = ""
        _answer(row, act, scope, "accepted")
    return Line(
        place=made.place, subject=made.id, subject_kind="household",
        facts={"from_place": before, "people": len(people)}, answer={"household": made.id},
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
    of = row.household_id or row.person_id
    undone = Correction.objects.filter(subject=of, at__in=[row.answered_at]).exclude(undone_by=None)
    if row.state != "accepted" or not undone.exists():
        raise WrongState
    row.reason = " ".join(reason.split())[:200]
    same = Q(person=row.person_id) | Q(household=of)
    if Handover.objects.filter(same, state="offered").exists():
        row.state = "withdrawn"
    else:
        row.state, row.answered_at, row.answered_by, row.due_at = "offered", None, None, _due(scope, act.at)
    row.save(update_fields=(*ANSWER, "due_at"))
    return _line(row, {"handover": str(row.id)})


def taken_over(rows: Iterable[Correction]) -> list[UUID]:
    """The offers that were accepted by the act that changed these records."""
    moved = {row.subject: row.at for row in rows if row.of in ("person", "household")}
    of_one = Q(household=None, person__in=moved) | Q(household__in=moved)
    found = Handover.objects.filter(of_one, state="accepted").order_by("id")
    return [one.id for one in found if one.answered_at == moved[one.household_id or one.person_id]]


def _refuse_place(scope: Scope, to_place: int) -> None:
    """Refuse what is no village, and one that the clerk keeps too."""
    village = territory.places(scope, [to_place]).get(to_place)
    if village is None or village.ended or level_of(to_place) != "village":
        raise BadInput(fields={"to_place": N_("Choose the village they move to.")})
    if scope.covers(to_place):
        raise BadInput(fields={"to_place": N_("You keep the records of this village too. Move them there.")})


def _refuse_elsewhere(row: Handover, place: int) -> None:
    if not row.to_place <= place <= row.to_place + 999:
        raise BadInput(fields={"number": N_("The record was offered to another village.")})


def _refuse_moved(row: Handover, place: int) -> None:
    if village_of(place) != village_of(row.place):
        raise WrongState(N_("The record lies in another village now. Ask those who keep it there for a new offer."))


def _offer(scope: Scope, act: Act, row: Handover, to: Offer, told: Told) -> Handover:
    """Put it on offer; one record is on one offer at a time."""
    row.id, row.to_place, row.on, row.note = act.id, to.place, told.on, " ".join(to.note.split())[:200]
    row.offered_at, row.offered_by, row.due_at = act.at, scope.post, _due(scope, act.at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise WrongState(N_("This record is on offer already. Withdraw that first.")) from None
    return row


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
    return _line(row, {})


def _line(row: Handover, facts: dict[str, object]) -> Line:
    of, kind = (row.household_id, "household") if row.household_id else (row.person_id, "person")
    return Line(place=row.place, subject=of, subject_kind=kind, facts=facts, answer={"handover": row.id})


def _answer(row: Handover, act: Act, scope: Scope, state: str) -> None:
    row.state, row.answered_at, row.answered_by = state, act.at, scope.post
    row.save(update_fields=ANSWER)
