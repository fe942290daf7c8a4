"""A list of households with its people, as it goes out: within scope, sealed fields masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.accounts import sealed
from commongrid.kernel import masking
from commongrid.registry.models import Household, Person
from commongrid.registry.queries.homes import listed_homes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

TABLE = "registry_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedHome:
    """A household of the list."""

    id: UUID
    natural_village: int
    villager_group: int | None
    number: str
    door: str
    state: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPerson:
    """Somebody of such a household; identity number and phone are masked."""

    home: UUID
    name: str
    as_to_head: str
    sex: str
    born_on: date | None
    id_number: str
    phone: str
    state: str
    works_at: str


def homes_to_export(scope: Scope, place: int, *, state: str, text: str, most: int) -> list[ExportedHome]:
    """The households of a list in its order, at most so many."""
    return [_home(one) for one in _ordered(listed_homes(scope, place, state=state, text=text))[:most]]


def home_keys(scope: Scope, place: int, *, state: str, text: str) -> list[UUID]:
    """The households of a list of any length in its order; ``homes_of`` reads a part of it."""
    return list(_ordered(listed_homes(scope, place, state=state, text=text)).values_list("id", flat=True))


def homes_of(scope: Scope, keys: Sequence[UUID]) -> list[ExportedHome]:
    """These households in the list's order, without those that are out of sight by now."""
    return [_home(one) for one in _ordered(Household.objects.filter(id__in=keys))]


def _ordered(rows: QuerySet[Household]) -> QuerySet[Household]:
    return rows.select_related("head").order_by("natural_village", "number", "id")


def _home(one: Household) -> ExportedHome:
    return ExportedHome(
        id=one.id, natural_village=one.natural_village, villager_group=one.villager_group, number=one.number,
        door=one.door, state=one.state, head=one.head.display_name if one.head else "",
    )  # fmt: skip


def people_to_export(scope: Scope, homes: Iterable[ExportedHome]) -> list[ExportedPerson]:
    """Who lives in these households, in their order, the head first."""
    order = {home.id: n for n, home in enumerate(homes)}
    rows = Person.objects.filter(household_id__in=list(order), state__in=("here", "away"))
    found = [(one.household_id, one) for one in rows if one.household_id is not None]
    found.sort(key=lambda pair: (order[pair[0]], pair[1].as_in_home != "02", pair[1].born_on or date.max, pair[1].id))
    return [_masked(home, one) for home, one in found]


def _masked(home: UUID, one: Person) -> ExportedPerson:
    return ExportedPerson(
        home=home, name=one.display_name, as_to_head=one.as_in_home, sex=one.sex, born_on=one.born_on,
        id_number=masking.id_number(sealed.unseal(one.id_sealed, TABLE, "id_sealed", one.id)),
        phone=masking.phone(sealed.unseal(one.phone_sealed, TABLE, "phone_sealed", one.id)),
        state=one.state, works_at=one.works_at,
    )  # fmt: skip
