"""Rows of the ready ledgers, within scope and masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, Q

from commongrid.accounts import sealed
from commongrid.journal.dated import in_force
from commongrid.kernel import masking
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotAllowed, NotFound
from commongrid.registry.models import (
    Flag,
    FlagType,
    HardshipFlag,
    Household,
    Membership,
    Organisation,
    Person,
    Site,
    Stay,
    Thing,
)
from commongrid.registry.queries.holdings import due
from commongrid.registry.queries.homes import sizes_of
from commongrid.registry.rules.freshness import years
from commongrid.registry.rules.ledgers import LEDGERS, MOST, Ledger, born_between

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

TABLE: Final = "registry_person"
PEOPLE: Final = ("person", "flag", "stay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a ledger: at which place, of which population, on or until which day, in a period since a day."""

    place: int
    population: str
    on: date
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One row: values by column (codes as codes), the record it opens, and what it is."""

    of: str
    subject: UUID
    values: Mapping[str, Any]


def offered(scope: Scope) -> list[Ledger]:
    """The ledgers that this reader is offered: those of hardship only with its power."""
    return [one for one in LEDGERS.values() if not one.sealed or scope.may("people.hardship")]


def ledger(scope: Scope, code: str) -> Ledger:
    """One ready ledger. Refuses: NotFound for an unknown one, NotAllowed for one of hardship without its power."""
    found = LEDGERS.get(code)
    if found is None:
        raise NotFound
    if found.sealed and not scope.may("people.hardship"):
        raise NotAllowed
    return found


def ledger_rows(scope: Scope, of: Ledger, wanted: Wanted, most: int = MOST) -> list[LedgerRow]:
    """The rows of a ledger in its order, at most one more than so many."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return _stays(of, wanted, within)[: most + 1]
    named, order, told = _READ[of.of]
    rows = _RECORDS[of.of](of, wanted, within).annotate(**{name: F(path) for name, path in named.items()})
    return list(told(of, wanted, list(rows.order_by(*order)[: most + 1])))


def ledger_size(scope: Scope, of: Ledger, wanted: Wanted) -> int:
    """How many rows a ledger has, at most one more than may be shown at once; no record is opened for it."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return len(_stays(of, wanted, within))
    return int(_RECORDS[of.of](of, wanted, within)[: MOST + 1].count())


def _within(scope: Scope, wanted: Wanted) -> Within:
    lo, hi = interval(wanted.place)
    return max(lo, scope.lo), min(hi, scope.hi)


Within = tuple[int, int]


def of_population(wanted: Wanted, within: Within, path: str = "") -> Q:
    """The people of the population asked for: registered there, or living in a household there."""
    if wanted.population == "registered":
        return Q(**{f"{path}registered_place__range": within})
    return Q(**{f"{path}household__isnull": False, f"{path}place__range": within})


def _people(of: Ledger, wanted: Wanted, within: Within) -> Any:
    rows = Person.objects.filter(of_population(wanted, within), state__in=of.states or ("here", "away"))
    return rows if of.ages == (0, 200) else rows.filter(born_on__range=born_between(of.ages, wanted.on))


def _flags(of: Ledger, wanted: Wanted) -> tuple[Any, Any]:
    """The flags of a ledger that are in force: those of people, those of whole households."""
    flags = (HardshipFlag if of.sealed else Flag).objects.filter(in_force(wanted.on), type_code__in=of.flags)
    return flags.filter(person__isnull=False), flags.filter(person=None)


def _flagged(of: Ledger, wanted: Wanted, within: Within) -> Any:
    of_people, of_homes = _flags(of, wanted)
    return Person.objects.filter(
        Q(id__in=of_people.values("person_id")) | Q(household_id__in=of_homes.values("household_id"), as_in_home="02"),
        of_population(wanted, within), state__in=("here", "away"),
    )  # fmt: skip


def _people_told(_of: Ledger, wanted: Wanted, people: list[Any]) -> Iterator[LedgerRow]:
    return (_person(one, wanted, one.works_at) for one in people)


def _flagged_told(of: Ledger, wanted: Wanted, people: list[Any]) -> Iterator[LedgerRow]:
    names = {row.code: row for row in FlagType.objects.filter(valid_to=None, code__in=of.flags)}
    of_people, of_homes = _flags(of, wanted)
    own = {one.person_id: one for one in of_people.filter(person_id__in={one.id for one in people})}
    heads = {one.household_id: one for one in of_homes.filter(household_id__in={one.household_id for one in people})}
    for one in people:
        flag = own.get(one.id) or heads[one.household_id]
        named = names.get(flag.type_code)
        detail = f"{named.zh if named else flag.type_code} {flag.from_on.isoformat()} {flag.body}".strip()
        yield _person(one, wanted, detail)


def _stays(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    """What happened in the period: stays that began or ended for one of the reasons."""
    sort = "registered" if wanted.population == "registered" else "living"
    period = (wanted.since, wanted.on)
    began = Q(why_began__in=of.why, from_on__range=period)
    ended = Q(why_ended__in=of.why, to_on__range=period)
    stays = list(
        Stay.objects.filter(began | ended, sort=sort, place__range=within).order_by("from_on", "id")[: MOST + 1]
    )
    named = {name: F(path) for name, path in HOME.items()}
    people = {one.id: one for one in Person.objects.filter(id__in={one.person_id for one in stays}).annotate(**named)}
    lines = []
    for stay in stays:
        for why, day in ((stay.why_began, stay.from_on), (stay.why_ended, stay.to_on)):
            if why in of.why and day is not None and period[0] <= day <= period[1]:
                lines.append(_happened(stay, people.get(stay.person_id), (why, day), wanted))
    return lines


def _happened(stay: Stay, who: Any, what: tuple[str, date], wanted: Wanted) -> LedgerRow:
    """A row from a stay; the person's own record is read only where it is in sight."""
    row = _person(who, wanted, "") if who else None
    values = dict(row.values) if row else {}
    values |= {
        "place": stay.place, "name": stay.name, "relation": stay.as_to_head, "detail": f"why:{what[0]}", "day": what[1],
    }  # fmt: skip
    return LedgerRow(of="person" if row else "", subject=stay.person_id, values=values)


def _homes(of: Ledger, _wanted: Wanted, within: Within) -> Any:
    return Household.objects.filter(place__range=within, state__in=of.states)


def _homes_told(_of: Ledger, _wanted: Wanted, homes: list[Any]) -> Iterator[LedgerRow]:
    sizes = sizes_of([one.id for one in homes])
    for one in homes:
        values = {"place": one.natural_village, "number": one.number, "door": one.door, "name": one.heads_name or "",
                  "people": sizes.get(one.id, (0, 0))[0], "detail": f"state:{one.state}"}  # fmt: skip
        yield LedgerRow(of="household", subject=one.id, values=values)


def _sites(of: Ledger, _wanted: Wanted, within: Within) -> Any:
    rows = Site.objects.filter(place__range=within, ended_on=None)
    return rows.exclude(hazard="") if of.special == "hazard" else rows.filter(self_built=True)


def _sites_told(_of: Ledger, _wanted: Wanted, sites: list[Any]) -> Iterator[LedgerRow]:
    for one in sites:
        detail = f"hazard:{one.hazard}" if one.hazard else one.door
        yield _holding("site", one, one.heads_name, detail, one.built_on)


def _things(of: Ledger, wanted: Wanted, within: Within) -> Any:
    rows = Thing.objects.filter(place__range=within, ended_on=None)
    return rows.filter(due(wanted.on)) if of.special == "due" else rows.filter(kind__in=of.kinds)


def _things_told(_of: Ledger, _wanted: Wanted, things: list[Any]) -> Iterator[LedgerRow]:
    return (_holding("thing", one, one.heads_name, one.mark, one.next_check_on) for one in things)


def _organisations(_of: Ledger, _wanted: Wanted, within: Within) -> Any:
    return Organisation.objects.filter(place__range=within, ended_on=None)


def _organisations_told(_of: Ledger, _wanted: Wanted, found: list[Any]) -> Iterator[LedgerRow]:
    leads = Membership.objects.filter(organisation__in=[one.id for one in found], duty="leader", to_on=None)
    names = dict(leads.values_list("organisation", "name"))
    return (_holding("organisation", one, names.get(one.id, ""), one.credit_code, one.founded_on) for one in found)


def _holding(of: str, one: Any, person: str | None, detail: str, day: date | None) -> LedgerRow:
    values = {"place": one.place, "kind": one.kind, "name": one.name, "person": person or "", "detail": detail,
              "day": day}  # fmt: skip
    return LedgerRow(of=of, subject=one.id, values=values)


def _person(one: Any, wanted: Wanted, detail: str) -> LedgerRow:
    number = masking.id_number(sealed.unseal(one.id_sealed, TABLE, "id_sealed", one.id))
    phone = masking.phone(sealed.unseal(one.phone_sealed, TABLE, "phone_sealed", one.id))
    values = {
        "place": one.hamlet or one.place, "number": one.home_number or "", "name": one.display_name,
        "relation": one.as_in_home, "sex": one.sex, "born_on": one.born_on,
        "age": years(one.born_on, wanted.on) if one.born_on else None, "id_number": number, "phone": phone,
        "detail": detail,
    }  # fmt: skip
    return LedgerRow(of="person", subject=one.id, values=values)


_RECORDS: Final[Mapping[str, Any]] = {
    "person": _people, "flag": _flagged, "household": _homes, "site": _sites, "thing": _things,
    "organisation": _organisations,
}  # fmt: skip
"""Which records a ledger has, by what its rows are."""
HOME: Final = {"home_number": "household__number", "hamlet": "household__natural_village"}
_BY_HOME: Final = ("place", "home_number", "id")
_READ: Final[Mapping[str, tuple[dict[str, str], tuple[str, ...], Any]]] = {
    "person": (HOME, _BY_HOME, _people_told), "flag": (HOME, _BY_HOME, _flagged_told),
    "household": ({"heads_name": "head__display_name"}, ("natural_village", "number", "id"), _homes_told),
    "site": ({"heads_name": "owner__display_name"}, ("place", "kind", "id"), _sites_told),
    "thing": ({"heads_name": "keeper__display_name"}, ("place", "next_check_on", "id"), _things_told),
    "organisation": ({}, ("place", "kind", "id"), _organisations_told),
}  # fmt: skip
"""What else is read with each record, in which order, and how it becomes a row."""
