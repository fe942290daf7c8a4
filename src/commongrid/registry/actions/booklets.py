"""Registered households: booklets opened; people entered into one, and struck off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.places import county_of, interval
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.registry.actions.desk import Desk, change, desk, entered, person
from commongrid.registry.actions.people import refuse_codes, refuse_place
from commongrid.registry.actions.stays import Turn, begin_in_booklet, close_stays, end_stay, headless_from, turn_stay
from commongrid.registry.models import Person, RegisteredHousehold, Stay
from commongrid.registry.models.homes import SORTS
from commongrid.registry.rules.facts import HEADS, SELF, Told, number_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


REGISTERED_AT: Final = ("village", "natural_village", "villager_group")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooklet:
    """A booklet as somebody writes it down: where it is registered, its number, family or collective."""

    place: int
    number: str
    sort: str = "family"


@action("registry.booklet_opened", power="people.edit", kinds=("post", "clock"))
def open_booklet(scope: Scope, act: Act, *, new: NewBooklet, told: Told) -> Line:
    """Enter a registered household: its place and the number of its booklet (立户).

    Refuses: NotYours for a place out of scope; BadInput without a number, with one that is taken there, for a place
    that is none today or wider than a village, or an unknown sort.
    """
    at = desk(scope, act, told)
    refuse_place(scope, new.place, REGISTERED_AT)
    if new.sort not in SORTS:
        raise BadInput(fields={"sort": N_("Choose one of the list.")})
    made = RegisteredHousehold(
        id=act.id, place=new.place, number=number_of(new.number), sort=new.sort, began_on=told.on
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise BadInput(fields={"number": N_("There is a booklet of this number here already.")}) from None
    entered(at, made)
    return Line(place=made.place, subject=made.id, subject_kind="booklet", answer={"booklet": made.id})


@action("registry.person_enrolled", power="people.edit", facts=("booklet",), kinds=("post", "clock"))
def enrol(
    scope: Scope, act: Act, *, person_id: UUID, booklet_id: UUID, as_to_head: str, told: Told
) -> Line:  # fmt: skip
    """Somebody is entered into a booklet, out of the one they stood in before (落户). The first becomes its head.

    The one before may be of another village: a move leaves the registration where it was.

    Refuses: NotYours where either is out of scope; WrongState where either has ended; BadInput for the booklet they
    stand in already, for a second head, a code no list has, or a day before they left the one before.
    """
    at = desk(scope, act, told)
    who, into = person(at, person_id), _booklet(booklet_id)
    if who.booklet_id == into.id:
        raise BadInput(N_("The person stands in this booklet already."))
    refuse_codes({"as_to_head": as_to_head})
    if who.booklet_id is None and Stay.objects.after(at.on).filter(person_id=who.id, sort="registered").exists():
        raise BadInput(fields={"on": N_("They stood in another booklet until after this day. Please check the day.")})
    why = "enrolled" if who.booklet_id is None else "moved"
    leave_booklet(at, who, "moved")
    first = into.head_id is None
    if not first and as_to_head in HEADS:
        raise BadInput(fields={"as_to_head": N_("This booklet has a head. Choose what the person is to them.")})
    code = SELF if first else as_to_head
    change(at, who, booklet_id=into.id, as_in_booklet=code, registered_place=into.place)
    begin_in_booklet(at, who, into, as_to_head=code, head=first, why=why)
    if first:
        change(at, into, head_id=who.id)
    return _of(who, into)


@action("registry.person_struck", power="people.edit", facts=("booklet",), kinds=("post", "clock"))
def strike(scope: Scope, act: Act, *, person_id: UUID, told: Told) -> Line:
    """Somebody's registration is moved out of the county, wherever they live (户口迁出).

    Whoever keeps the person's record may say so, or the booklet that they stand in; the other may be another village's.

    Refuses: NotYours where both are out of scope; WrongState where they stand in no booklet here.
    """
    at = desk(scope, act, told)
    kept_at = [
        *Person.objects.filter(id=person_id).values_list("place", flat=True),
        *Stay.objects.filter(person_id=person_id, sort="registered", to_on=None).values_list("place", flat=True),
    ]
    if not any(scope.covers(place) for place in kept_at):
        raise NotYours
    with _anywhere(scope, kept_at[0]):
        who = person(at, person_id)
        if who.booklet_id is None:
            raise WrongState(N_("The register has this person in no booklet."))
        of = _booklet(who.booklet_id)
        leave_booklet(at, who, "struck")
        change(at, who, booklet_id=None, as_in_booklet="", registered_place=None)
    line = _of(who, of)
    return line if scope.covers(line.place) else replace(line, place=of.place)


def _anywhere(scope: Scope, near: int) -> AbstractContextManager[None]:
    """Within the whole county: a booklet may be of one village and those who stand in it live in others."""
    return handing_over(scope, *interval(county_of(near) or near))


def leave_booklet(at: Desk, who: Person, why: str, *, ends: bool = False) -> None:
    """Out of the booklet they stand in: another becomes its head, one without anybody ends. ``ends``: so does who.

    Wherever in the county it is registered, and wherever those live who stand in it.
    """
    if who.booklet_id is None:
        return
    with _anywhere(at.scope, who.place):
        old = _locked(who.booklet_id)
        (close_stays if ends else end_stay)(at, who, why=why, sort="registered")
        if old.ended_on is not None or old.head_id != who.id:
            return
        staying = [one for one in standing_in(old.id) if one.id != who.id]
        if not staying:
            change(at, old, head_id=None, ended_on=at.on)
            return
        _seat(at, old, staying[0], staying)


def _seat(at: Desk, of: RegisteredHousehold, head: Person, people: list[Person]) -> None:
    change(at, head, as_in_booklet=SELF)
    turn_stay(at, head, of, Turn(as_to_head=SELF, why="head", head=True, on=headless_from(at, of, people)))
    change(at, of, head_id=head.id)


def standing_in(booklet_id: UUID) -> list[Person]:
    """Who stands in a booklet now, locked, the eldest first."""
    people = Person.objects.select_for_update(of=("self",)).filter(booklet_id=booklet_id).order_by("id")
    return sorted(people, key=lambda one: one.born_on or date.max)


def _locked(booklet_id: UUID) -> RegisteredHousehold:
    found = RegisteredHousehold.objects.select_for_update(of=("self",)).filter(id=booklet_id).first()
    if found is None:
        raise NotYours
    return found


def _booklet(booklet_id: UUID) -> RegisteredHousehold:
    found = _locked(booklet_id)
    if found.ended_on is not None:
        raise WrongState(N_("This booklet has ended; it can only be read."))
    return found


def _of(who: Person, booklet: RegisteredHousehold) -> Line:
    return Line(
        place=who.place, subject=who.id, subject_kind="person", facts={"booklet": str(booklet.id)},
        answer={"person": who.id, "booklet": booklet.id},
    )  # fmt: skip
