"""What ledgers share: what is asked for, a row, that of a person, that of somebody whose record is elsewhere now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q

from commongrid.accounts import sealed
from commongrid.kernel import masking
from commongrid.kernel.places import interval, village_of
from commongrid.registry.models import Stay
from commongrid.registry.queries import then
from commongrid.registry.rules.freshness import years

if TYPE_CHECKING:
    from django.db.models import QuerySet

TABLE: Final = "registry_person"
Within = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a ledger: at which place, of which population, on or until which day, in a period since a day.

    ``belongs``: who of the population alone, one of ``rules.ledgers.BELONGS``; ``homes``: those of these households.
    ``payment``: the type of flag that says who has paid, ``paid`` who of them alone, one of ``rules.ledgers.PAID``.
    """

    place: int
    population: str
    on: date
    since: date
    belongs: str = ""
    homes: Collection[UUID] | None = None
    payment: str = ""
    paid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One row: values by column (codes as codes), the record it opens, and what it is."""

    of: str
    subject: UUID
    values: Mapping[str, Any]


class Left(NamedTuple):
    """The stay of somebody who lived there on an earlier day and whose record is elsewhere now."""

    stay: UUID


def of_those(wanted: Wanted, path: str = "") -> Q:
    """Those alone who are registered in the village or members of its collective, or who are not."""
    if not wanted.belongs:
        return Q()
    column = "registered_place" if "registered" in wanted.belongs else "collective"
    inside = Q(**{f"{path}{column}__range": interval(village_of(wanted.place) or wanted.place)})
    return ~inside | Q(**{f"{path}{column}": None}) if wanted.belongs.startswith("not_") else inside


def left_of(wanted: Wanted, within: Within) -> QuerySet[Stay]:
    """The stays of those who lived there on an earlier day and whose record is kept elsewhere now."""
    return Stay.objects.none() if wanted.population == "registered" else then.left_since(wanted.on, within)


def left_rows(stays: Iterable[Stay]) -> list[LedgerRow]:
    """Those whose record is kept elsewhere now, by name."""
    return [
        LedgerRow(
            of="", subject=one.person_id,
            values={"place": one.household.natural_village if one.household else one.place, "name": one.name,
                    "number": one.household.number if one.household else "", "relation": one.as_to_head, "sex": "",
                    "~household": one.household_id},
        )
        for one in stays
    ]  # fmt: skip


def phone(person: UUID | None, kept: Any) -> str:
    """A phone as it is shown: masked; nothing where nobody has one."""
    return masking.phone(sealed.unseal(kept, TABLE, "phone_sealed", person)) if person else ""


def person_line(one: Any, wanted: Wanted, more: Mapping[str, Any] | None = None) -> LedgerRow:
    """The row of a person: sealed values masked."""
    values = {
        "place": one.hamlet or one.place, "villager_group": one.group, "number": one.home_number or "",
        "head": one.heads_name or "", "name": one.display_name, "relation": one.relation_then, "sex": one.sex,
        "born_on": one.born_on, "age": years(one.born_on, wanted.on) if one.born_on else None,
        "id_number": masking.id_number(sealed.unseal(one.id_sealed, TABLE, "id_sealed", one.id)),
        "phone": phone(one.id, one.phone_sealed), "registered_place": one.registered_place,
        "collective": one.collective, "education": one.education, "political": one.political,
        "marital": one.marital, "state": one.state_then, "works_at": one.works_then, **(more or {}),
    }  # fmt: skip
    return LedgerRow(of="person", subject=one.id, values=values)
