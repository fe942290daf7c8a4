"""What happened in a period: stays that began or ended, as rows of a ledger."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import F

from commongrid.registry.models import Person, Stay
from commongrid.registry.queries import then
from commongrid.registry.queries.ledger_lines import LedgerRow, Wanted, Within, of_those, person_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commongrid.registry.rules.ledgers import Ledger


class Happening(NamedTuple):
    """That a stay began or ended: on which day, why, whether in, out or within the place."""

    day: date
    why: str
    way: str
    stay: UUID
    person: UUID


def happenings(of: Ledger, wanted: Wanted, within: Within, most: int | None = None) -> list[Happening]:
    """Stays that began or ended in the period for one of the reasons, by day; at most so many of either.

    Whoever left and came on one day moved within the place: once, as they are afterwards.
    """
    both = then.registrations(within) if wanted.population == "registered" else then.lives(within)
    period = (wanted.since, wanted.on)
    starts, ends = (rows.filter(of_those(wanted, "person__")) for rows in both)
    begun = starts.filter(why_began__in=of.why, from_on__range=period).order_by("from_on", "id")
    ended = ends.filter(why_ended__in=of.why, to_on__range=period).order_by("to_on", "id")
    starting = list(begun.values_list("from_on", "why_began", "id", "person_id")[:most])
    ending = list(ended.values_list("to_on", "why_ended", "id", "person_id")[:most])
    came = {(person, day) for day, why, _stay, person in starting if why not in then.CAME}
    left = {(person, day) for day, why, _stay, person in ending if why not in then.GONE}
    found = [
        Happening(day, why, "within" if (person, day) in came & left else "in", stay, person)
        for day, why, stay, person in starting
        if day
    ]
    found += [
        Happening(day, why, "out", stay, person)
        for day, why, stay, person in ending
        if day and (why in then.GONE or (person, day) not in came)
    ]
    return sorted((one for one in found if one.way in of.ways), key=lambda one: (one.day, str(one.person)))


def happened(wanted: Wanted, found: Sequence[Happening]) -> list[LedgerRow]:
    """Rows of what happened, with the household as it was; a person's own record is read only where it is in sight."""
    stays = {one.id: one for one in _at(Stay.objects.filter(id__in={one.stay for one in found}))}
    who = then.as_now(Person.objects.filter(id__in={one.person for one in found}))
    people = {one.id: one for one in who}
    return [_row(stays[one.stay], people.get(one.person), one, wanted) for one in found if one.stay in stays]


def _at(rows: Any) -> Any:
    """Stays with the household or booklet that they are in."""
    return rows.annotate(
        home_number=F("household__number"), hamlet=F("household__natural_village"),
        group=F("household__villager_group"), booklet_number=F("booklet__number"),
    )  # fmt: skip


def _row(stay: Any, who: Any, what: Happening, wanted: Wanted) -> LedgerRow:
    row = person_line(who, wanted) if who else None
    values = {**row.values, "head": ""} if row else {"sex": ""}
    values |= {
        "place": stay.hamlet or stay.place, "villager_group": stay.group,
        "number": stay.home_number or stay.booklet_number or "", "name": stay.name, "relation": stay.as_to_head,
        "why": what.why, "way": what.way, "day": what.day,
    }  # fmt: skip
    return LedgerRow(of="person" if row else "", subject=stay.person_id, values=values)
