"""Whether somebody is in the register already, before they are entered: who in sight, elsewhere only that there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.pinyin import sound
from commongrid.registry.models import Person

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.registry.rules.facts import NewPerson

MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeRow:
    """Somebody in sight who may be the same person: name, birth, and how their household is called."""

    id: UUID
    name: str
    born_on: date | None
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Who may be the same person: those in sight, whether there is one elsewhere, whether it is by identity number."""

    seen: tuple[AlikeRow, ...] = ()
    elsewhere: bool = False
    numbered: bool = False

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.seen) or self.elsewhere


def alike(scope: Scope, said: NewPerson, home: UUID, place: int) -> Alike:
    """Who in the register may be the person that somebody is about to enter into a household.

    By identity number wherever they are; else of the same name and birth in the county, of a name that sounds the same
    and the same birth in the village, of the same name in the household where a birth is not known. Who has another
    identity number is another person.
    """
    number = sealed.index(said.id_number)
    with acting(scope):
        if number is not None:
            if Person.objects.filter(id_index=number, state="gone").exists():  # comes back: the record goes on
                return Alike()
            mine = _rows(Q(id_index=number) & ~Q(state="merged"))
            if mine or taken_elsewhere([number]):
                return Alike(seen=mine, elsewhere=not mine, numbered=True)
        found = _found(said, place, numbered=number is not None)
        inside = Q(household_id=home, display_name=said.name, state__in=("here", "away"))
        if said.born_on is not None:
            inside &= Q(born_on=None)
        if number is not None:
            inside &= Q(id_index=None)
        seen = _rows(inside | Q(id__in=[one for one in found if one]))
        return Alike(seen=seen, elsewhere=None in found)


def _found(said: NewPerson, place: int, *, numbered: bool) -> list[UUID | None]:
    if said.born_on is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_alike(%s, %s, %s, %s, %s)",
            [said.name, sound(said.name), said.born_on, place // 1000, numbered],
        )
        return [row[0] for row in cursor.fetchall()]


def _rows(which: Q) -> tuple[AlikeRow, ...]:
    rows = Person.objects.filter(which).annotate(door=F("household__door"), number=F("household__number"))
    return tuple(
        AlikeRow(id=one.id, name=one.display_name, born_on=one.born_on, home=one.door or one.number or "")
        for one in rows.order_by("place", "id")[:MOST]
    )


def taken_elsewhere(numbers: Sequence[bytes]) -> frozenset[bytes]:
    """Which of the blind indexes the county's register has at all; asked only of those that are not in sight."""
    if not numbers:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbers_taken(%s)", [list(numbers)])
        return frozenset(bytes(row[0]) for row in cursor.fetchall())
