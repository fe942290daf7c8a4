"""Reads of people and households, always within scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.kernel.refusals import NotYours
from commongrid.registry.models import Household, Person

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

FOUND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as those in scope see them."""

    id: UUID
    name: str
    place: int
    account: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRow:
    """A household as those in scope see it."""

    id: UUID
    place: int
    number: str


def person(scope: Scope, person_id: UUID) -> PersonRow:
    """One person in scope. Refuses NotYours."""
    found = Person.objects.filter(id=person_id).first()
    if found is None:
        raise NotYours
    return _row(found)


def find_people(scope: Scope, text: str) -> list[PersonRow]:
    """The first people in scope whose name holds the text, by name."""
    wanted = " ".join(text.split())
    if not wanted:
        return []
    found = Person.objects.filter(display_name__contains=wanted, place__range=(scope.lo, scope.hi))
    return [_row(one) for one in found.order_by("display_name", "id")[:FOUND]]


def household(scope: Scope, household_id: UUID) -> HouseholdRow:
    """One household in scope. Refuses NotYours."""
    found = Household.objects.filter(id=household_id).first()
    if found is None:
        raise NotYours
    return HouseholdRow(id=found.id, place=found.place, number=found.number)


def _row(found: Person) -> PersonRow:
    return PersonRow(id=found.id, name=found.display_name, place=found.place, account=found.account_id)
