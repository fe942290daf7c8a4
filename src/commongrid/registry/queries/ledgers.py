"""Rows of the ready ledgers, within scope and masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, F, Q

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
    Organisation,
    Person,
    Site,
    Stay,
    Thing,
)
from commongrid.registry.queries.holdings import due
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


def ledger_rows(scope: Scope, of: Ledger, wanted: Wanted) -> list[LedgerRow]:
    """The rows of a ledger, at most one more than may be shown at once."""
    lo, hi = interval(wanted.place)
    within = (max(lo, scope.lo), min(hi, scope.hi))
    found: list[LedgerRow] = _ROWS[of.of](of, wanted, within)
    return found


Within = tuple[int, int]


def of_population(wanted: Wanted, within: Within, path: str = "") -> Q:
    """The people of the population asked for: registered there, or living in a household there."""
    if wanted.population == "registered":
        return Q(**{f"{path}registered_place__range": within})
    return Q(**{f"{path}household__isnull": False, f"{path}place__range": within})


def _people(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = Person.objects.filter(of_population(wanted, within), state__in=of.states or ("here", "away"))
    if of.ages != (0, 200):
        rows = rows.filter(born_on__range=born_between(of.ages, wanted.on))
    found = _named(rows).order_by("place", "home_number", "id")[: MOST + 1]
    return [_person(one, wanted, one.works_at) for one in found]


def _flagged(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    names = {row.code: row for row in FlagType.objects.filter(valid_to=None, code__in=of.flags)}
    table = HardshipFlag if of.sealed else Flag
    flags = table.objects.filter(in_force(wanted.on), type_code__in=of.flags)
    of_people, of_homes = flags.filter(person__isnull=False), flags.filter(person=None)
    rows = Person.objects.filter(
        Q(id__in=of_people.values("person_id")) | Q(household_id__in=of_homes.values("household_id"), as_in_home="02"),
        of_population(wanted, within), state__in=("here", "away"),
    )  # fmt: skip
    people = list(_named(rows).order_by("place", "home_number", "id")[: MOST + 1])
    own = {one.person_id: one for one in of_people.filter(person_id__in={one.id for one in people})}
    heads = {one.household_id: one for one in of_homes.filter(household_id__in={one.household_id for one in people})}
    lines = []
    for one in people:
        flag = own.get(one.id) or heads[one.household_id]
        named = names.get(flag.type_code)
        detail = f"{named.zh if named else flag.type_code} {flag.from_on.isoformat()} {flag.body}".strip()
        lines.append(_person(one, wanted, detail))
    return lines


def _stays(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    """What happened in the period: stays that began or ended for one of the reasons."""
    sort = "registered" if wanted.population == "registered" else "living"
    period = (wanted.since, wanted.on)
    began = Q(why_began__in=of.why, from_on__range=period)
    ended = Q(why_ended__in=of.why, to_on__range=period)
    stays = list(
        Stay.objects.filter(began | ended, sort=sort, place__range=within).order_by("from_on", "id")[: MOST + 1]
    )
    people = {one.id: one for one in _named(Person.objects.filter(id__in={one.person_id for one in stays}))}
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


def _homes(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = Household.objects.filter(place__range=within, state__in=of.states)
    rows = rows.annotate(heads_name=F("head__display_name"), size=Count("people"))
    return [
        LedgerRow(
            of="household", subject=one.id,
            values={"place": one.natural_village, "number": one.number, "door": one.door, "name": one.heads_name or "",
                    "people": one.size, "detail": f"state:{one.state}"},
        )
        for one in rows.order_by("natural_village", "number", "id")[: MOST + 1]
    ]  # fmt: skip


def _sites(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = Site.objects.filter(place__range=within, ended_on=None)
    rows = rows.exclude(hazard="") if of.special == "hazard" else rows.filter(self_built=True)
    return [
        _holding("site", one, one.heads_name, f"hazard:{one.hazard}" if one.hazard else one.door, one.built_on)
        for one in rows.annotate(heads_name=F("owner__display_name")).order_by("place", "kind", "id")[: MOST + 1]
    ]


def _things(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = Thing.objects.filter(place__range=within, ended_on=None)
    rows = rows.filter(due(wanted.on)) if of.special == "due" else rows.filter(kind__in=of.kinds)
    found = rows.annotate(heads_name=F("keeper__display_name")).order_by("place", "next_check_on", "id")[: MOST + 1]
    return [_holding("thing", one, one.heads_name, one.mark, one.next_check_on) for one in found]


def _organisations(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = Organisation.objects.filter(place__range=within, ended_on=None)
    leader = Q(members__duty="leader", members__to_on=None)
    names = dict(rows.filter(leader).values_list("id", "members__name"))
    found = rows.order_by("place", "kind", "id")[: MOST + 1]
    return [_holding("organisation", one, names.get(one.id, ""), one.credit_code, one.founded_on) for one in found]


def _holding(of: str, one: Any, person: str | None, detail: str, day: date | None) -> LedgerRow:
    values = {"place": one.place, "kind": one.kind, "name": one.name, "person": person or "", "detail": detail,
              "day": day}  # fmt: skip
    return LedgerRow(of=of, subject=one.id, values=values)


def _named(rows: Any) -> Any:
    return rows.annotate(home_number=F("household__number"), hamlet=F("household__natural_village"))


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


_ROWS: Final[Mapping[str, Any]] = {
    "person": _people, "flag": _flagged, "stay": _stays, "household": _homes, "site": _sites, "thing": _things,
    "organisation": _organisations,
}  # fmt: skip
