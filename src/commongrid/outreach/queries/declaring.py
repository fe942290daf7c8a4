"""Reads of who said what: the members of a village with their declarations, households' choices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import F, Q

from commongrid.journal.acting import acting
from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import interval
from commongrid.outreach.models import Ability, Choice, Declaration
from commongrid.outreach.queries.links import loads
from commongrid.outreach.rules.words import FOR_PLANS, PARTY
from commongrid.registry.models import Person
from commongrid.roster.models import Unit

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

LIVING: Final = ("here", "away")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may link households: what they declared (nothing yet: empty), and how many they link now."""

    person: UUID
    name: str
    place: int
    home: UUID | None
    state: str
    answer: str
    as_what: str
    capacity: int
    group: UUID | None
    phone: str
    can: tuple[str, ...]
    since: date | None
    load: int

    @property
    def over(self) -> bool:
        """Whether they look after more than they said they could, or although they can't."""
        return self.load > (self.capacity if self.answer in ("", "able") else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """What a household said: about whom, since when."""

    id: UUID
    household: UUID
    number: str
    natural_village: int
    sort: str
    member: UUID | None
    member_name: str
    ability: str
    from_on: date


def candidates(scope: Scope, village: int, on: date) -> list[Candidate]:
    """Party members who live in a village, everybody else who declared there, and whoever links households now."""
    said = {one.person_id: one for one in Declaration.objects.filter(in_force(on), place=village)}
    carried = loads(scope, village, on)
    found = Person.objects.filter(state__in=LIVING).filter(
        Q(place__range=interval(village), political__in=PARTY) | Q(id__in=[*said, *carried])
    )
    rows = [_candidate(one, said.get(one.id), carried.get(one.id, 0)) for one in found]
    return sorted(rows, key=lambda one: (one.answer != "", one.answer, one.name, str(one.person)))


def _candidate(one: Person, said: Declaration | None, load: int) -> Candidate:
    return Candidate(
        person=one.id, name=one.display_name, place=one.place, home=one.household_id, state=one.state,
        answer=said.answer if said else "", as_what=said.as_what if said else PARTY.get(one.political, "member"),
        capacity=said.capacity if said else 10, group=said.group_id if said else None,
        phone=said.phone if said else "", can=tuple(said.can) if said else (),
        since=said.from_on if said else None, load=load,
    )  # fmt: skip


def choices(scope: Scope, village: int, on: date, household: UUID | None = None) -> list[ChoiceRow]:
    """What households of a village said, in force on a day; of one household where it is named.

    Whom somebody would rather not have, and what they wish for, is told to those who keep the plans alone.
    """
    found = Choice.objects.filter(in_force(on), place=village)
    if not scope.may("links.edit"):
        found = found.exclude(sort__in=FOR_PLANS)
    if household is not None:
        found = found.filter(household=household)
    rows = found.annotate(
        number=F("household__number"), hamlet=F("household__natural_village"), whom=F("member__display_name")
    )
    return [
        ChoiceRow(
            id=one.id, household=one.household_id, number=one.number, natural_village=one.hamlet, sort=one.sort,
            member=one.member_id, member_name=one.whom or "", ability=one.ability, from_on=one.from_on,
        )
        for one in rows.order_by("household__natural_village", "household__number", "sort", "id")
    ]  # fmt: skip


def groups(scope: Scope, village: int, on: date) -> list[tuple[UUID, str, str]]:
    """The Party groups of a village: id and names."""
    found = Unit.objects.filter(in_force(on, "valid_from", "valid_to"), place=village, type="party_group")
    return list(found.order_by("name_zh", "id").values_list("id", "name_zh", "name_en"))


def declared_room(scope: Scope, village: int, on: date) -> dict[UUID, int]:
    """How many households those who declared in a village can look after: none where they decline or are away."""
    with acting(scope):
        said = Declaration.objects.filter(in_force(on), place=village).values_list("person", "answer", "capacity")
        return {person: capacity if answer == "able" else 0 for person, answer, capacity in said}


def ability_words(scope: Scope) -> dict[str, tuple[str, str]]:
    """What every ability is or was called, in both languages, by code."""
    return {code: (zh, en) for code, zh, en in Ability.objects.order_by("valid_from").values_list("code", "zh", "en")}


def abilities(scope: Scope, on: date) -> list[tuple[str, str, str]]:
    """What members can and households may wish for, in force on a day: code and names."""
    return list(Ability.objects.filter(valid(on)).order_by("position", "code").values_list("code", "zh", "en"))
