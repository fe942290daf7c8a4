"""Reads of registered households, and how many people are registered or live at a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, OuterRef, Q
from django.utils.timezone import localdate

from commongrid.kernel.places import interval, level_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotYours
from commongrid.kernel.widths import halfwidth
from commongrid.registry.models import Person, RegisteredHousehold, Stay
from commongrid.registry.queries.former import value_on
from commongrid.registry.queries.holdings import number_of
from commongrid.registry.queries.homes import Member, members
from commongrid.registry.queries.people import LISTED, meant
from commongrid.registry.queries.then import stays_on

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

PAGE: Final = 50
HERE_NOW: Final = ("here", "away")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletLine:
    """A registered household: where, its number, its head, how many stand in it and how many of them live here."""

    id: UUID
    place: int
    number: str
    sort: str
    head: str
    people: int
    resident: int
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """People of a place: who lives here, who is registered here, who is both; of the residents, how many are away."""

    resident: int
    registered: int
    both: int
    away: int


def population(scope: Scope, place: int) -> Population | None:
    """How many people live or are registered at a place and inside it, as far as the scope sees them.

    Nothing for a whole county: that is counted by the clock, not in a request.
    """
    lo, hi = interval(place)
    if level_of(place) == "county":
        return None
    lives = Q(household__isnull=False, place__range=(lo, hi))
    registered = Q(registered_place__range=(lo, hi))
    found = Person.objects.filter(lives | registered, state__in=HERE_NOW).aggregate(
        resident=Count("id", filter=lives),
        registered=Count("id", filter=registered),
        both=Count("id", filter=lives & registered),
        away=Count("id", filter=lives & Q(state="away")),
    )
    return Population(**found)


def booklets(scope: Scope, place: int, *, text: str = "", after: str = "") -> tuple[list[BookletLine], int, str]:
    """Registered households of a place in the order of place and number, how many there are, where the next begin."""
    lo, hi = interval(place)
    rows = RegisteredHousehold.objects.filter(place__range=(max(lo, scope.lo), min(hi, scope.hi)), ended_on=None)
    if text:
        who = meant(text, scope.lo, scope.hi, LISTED).exclude(booklet=None)
        fits = Q(number=text) | Q(id__in=set(who.values_list("booklet_id", flat=True)))
        if village_of(place):  # few enough to read the heads too, wherever they live
            fits |= Q(head__display_name__contains=text)
        rows = rows.filter(fits)
    total = rows.count()
    if after:
        at, number, ident = after.split("|")
        rows = rows.filter(
            Q(place__gt=int(at)) | Q(place=int(at), number__gt=number) | Q(place=int(at), number=number, id__gt=ident),
            place__gte=int(at),  # where the index begins
        )
    found = list(counted(rows).order_by("place", "number", "id")[: PAGE + 1])
    lines = [_line(one) for one in found[:PAGE]]
    last = lines[-1] if len(found) > PAGE else None
    return lines, total, f"{last.place}|{last.number}|{last.id}" if last else ""


def booklet(scope: Scope, booklet_id: UUID) -> BookletLine:
    """One registered household. Refuses: NotYours."""
    found = counted(RegisteredHousehold.objects.filter(id=booklet_id)).first()
    if found is None:
        raise NotYours
    return _line(found)


def booklet_by_number(scope: Scope, village: int, number: str) -> UUID:
    """The booklet of that number in a village. Refuses: BadInput at the field where there is none."""
    wanted = "".join(halfwidth(number).split())
    rows = RegisteredHousehold.objects.filter(place__range=interval(village), number=wanted, ended_on=None)
    found = rows.order_by("place", "id").first()
    if found is None:
        raise BadInput(fields={"booklet": N_("There is no booklet of this number in this village.")})
    return found.id


def standing_in(scope: Scope, person_id: UUID) -> str:
    """The name of somebody who stands in a booklet in sight, wherever they live. Refuses: NotYours."""
    stays = Stay.objects.filter(person_id=person_id, sort="registered", to_on=None)
    name = stays.values_list("name", flat=True).first()
    if name is None:
        raise NotYours
    return name


def registered_on(scope: Scope, booklet_id: UUID, on: date) -> list[Member]:
    """Who stood in a booklet on a day, the head first, then by age."""
    return members(stays_on(on, "registered").filter(booklet_id=booklet_id), on)


def booklets_of(
    scope: Scope, people: list[UUID], on: date | None = None
) -> dict[UUID, tuple[UUID | None, str, int | None]]:
    """Of each of these people the booklet, its number and the registered place: now, or on an earlier day."""
    if on is not None and on < localdate():
        place = value_on("person", "registered_place", on, BigIntegerField())
        placed = dict(Person.objects.filter(id__in=people).annotate(then=place).values_list("id", "then"))
        stays = stays_on(on, "registered").filter(person__in=people)
        stood = stays.values_list("person_id", "booklet_id", "booklet__number", "place")
        found: dict[UUID, tuple[UUID | None, str, int | None]]
        found = {who: (None, "", where) for who, where in placed.items()}
        return found | {who: (ident, number or "", where) for who, ident, number, where in stood}
    rows = Person.objects.filter(id__in=people).values_list("id", "booklet_id", "booklet__number", "registered_place")
    return {ident: (booklet_id, number or "", place) for ident, booklet_id, number, place in rows}


def counted(rows: Any) -> Any:
    """Booklets with the name of each one's head, how many stand in it and how many of them live here."""
    here = Person.objects.filter(booklet=OuterRef("pk"))
    return rows.annotate(
        heads_name=F("head__display_name"), size=number_of(here.filter(state__in=HERE_NOW), "booklet"),
        resident=number_of(here.filter(state="here", household__isnull=False), "booklet"),
    )  # fmt: skip


def _line(one: Any) -> BookletLine:
    return BookletLine(
        id=one.id, place=one.place, number=one.number, sort=one.sort, head=one.heads_name or "",
        people=one.size, resident=one.resident, ended_on=one.ended_on,
    )  # fmt: skip
