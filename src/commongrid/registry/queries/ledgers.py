"""Rows of the ready ledgers, within scope and masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Length
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.dated import in_force
from commongrid.kernel import masking
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import NotAllowed, NotFound
from commongrid.registry.models import Flag, HardshipFlag, Person, Stay
from commongrid.registry.queries import of_the_day, then
from commongrid.registry.queries.payments import paying
from commongrid.registry.rules.freshness import years
from commongrid.registry.rules.ledgers import LEDGERS, MOST, Ledger, Totals, born_between, totals

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

TABLE: Final = "registry_person"


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
        found = _stays(of, wanted, within)[: most + 1]
    else:
        order, told = _READ[of.of]
        rows = _RECORDS[of.of](of, wanted, within)
        rows = then.at_home(rows, wanted.on) if of.of_people else rows
        if of.of_people and wanted.on < localdate():
            order = _BY_HOME_THEN
        found = list(told(of, wanted, list(rows.order_by(*order)[: most + 1])))
        if len(found) <= most:
            found = [*found, *_left(of, wanted, within)][: most + 1]
    return [replace(row, values={**row.values, "no": n}) for n, row in enumerate(found, 1)]


def ledger_size(scope: Scope, of: Ledger, wanted: Wanted) -> int:
    """How many rows a ledger has, at most one more than may be shown at once; no record is opened for it."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return len(_stays(of, wanted, within))
    found = int(_RECORDS[of.of](of, wanted, within)[: MOST + 1].count())
    return found if found > MOST else min(found + len(_left(of, wanted, within)), MOST + 1)


def ledger_totals(scope: Scope, of: Ledger, wanted: Wanted) -> Totals:
    """What is counted of a ledger, by place and in all; no record is opened for it."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return totals(of, [row.values for row in _stays(of, wanted, within)])
    rows = _RECORDS[of.of](of, wanted, within)
    if of.of == "household":
        homes = rows.order_by("natural_village").values_list("natural_village", "size", "registered")[:MOST]
        return totals(of, [dict(zip(("place", "people", "registered"), row, strict=True)) for row in homes])
    if of.of in ("person", "flag"):
        rows = then.at_home(rows, wanted.on).annotate(at=Coalesce("hamlet", "place"))
        columns = ("at", "home_number", "sex", *(("paid",) if of.paid else ()))
        people = rows.order_by("place").values_list(*columns)[:MOST]
        lines: list[Mapping[str, Any]] = [
            dict(zip(("place", "number", "sex", "paid")[: len(row)], row, strict=True)) for row in people
        ]
        return totals(of, [*lines, *(row.values for row in _left(of, wanted, within))])
    if of.of == "booklet":
        return totals(of, [row.values for row in _booklets_told(of, wanted, list(rows[:MOST]))])
    at = {"site": Coalesce("natural_village", "place"), "organisation": F("place_then")}.get(of.of, F("place"))
    kinds = rows.annotate(at=at).order_by("at").values_list("at", "kind_then")[:MOST]
    return totals(of, [{"place": place, "kind": kind} for place, kind in kinds])


def _within(scope: Scope, wanted: Wanted) -> Within:
    lo, hi = interval(wanted.place)
    return max(lo, scope.lo), min(hi, scope.hi)


Within = tuple[int, int]


def of_those(wanted: Wanted, path: str = "") -> Q:
    """Those alone who are registered in the village or members of its collective, or who are not."""
    if not wanted.belongs:
        return Q()
    column = "registered_place" if "registered" in wanted.belongs else "collective"
    inside = Q(**{f"{path}{column}__range": interval(village_of(wanted.place) or wanted.place)})
    return ~inside | Q(**{f"{path}{column}": None}) if wanted.belongs.startswith("not_") else inside


def _of_the_day(wanted: Wanted, within: Within) -> Any:
    return then.people_on(wanted.on, wanted.population, within).filter(of_those(wanted))


def _people(of: Ledger, wanted: Wanted, within: Within) -> Any:
    rows = _of_the_day(wanted, within)
    if of.states:
        rows = rows.filter(then.were(wanted.on, of.states))
    if of.paid:
        rows = paying(rows, wanted)
    return rows if of.ages == (0, 200) else rows.filter(born_on__range=born_between(of.ages, wanted.on))


def _left(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    """Beside everybody of a day those whose record is elsewhere now; of what they were else nothing can be read."""
    everybody = of.of == "person" and of.ages == (0, 200) and not (of.states or wanted.belongs or wanted.paid)
    return left_rows(wanted, within) if everybody else []


def left_rows(wanted: Wanted, within: Within) -> list[LedgerRow]:
    """Those who lived there on an earlier day and whose record is kept elsewhere now, by name."""
    if wanted.population == "registered":
        return []
    return [
        LedgerRow(
            of="", subject=one.person_id,
            values={"place": one.household.natural_village if one.household else one.place, "name": one.name,
                    "number": one.household.number if one.household else "", "relation": one.as_to_head, "sex": "",
                    "~household": one.household_id},
        )
        for one in then.left_since(wanted.on, within)
    ]  # fmt: skip


def _flags(of: Ledger, wanted: Wanted) -> tuple[Any, Any]:
    """The flags of a ledger that are in force: those of people, those of whole households."""
    flags = (HardshipFlag if of.sealed else Flag).objects.filter(in_force(wanted.on), type_code__in=of.flags)
    return flags.filter(person__isnull=False), flags.filter(person=None)


def _flagged(of: Ledger, wanted: Wanted, within: Within) -> Any:
    of_people, of_homes = _flags(of, wanted)
    heads = then.led(wanted.on, of_homes.values("household_id"))
    return _of_the_day(wanted, within).filter(Q(id__in=of_people.values("person_id")) | heads)


def _people_told(of: Ledger, wanted: Wanted, people: list[Any]) -> Iterator[LedgerRow]:
    return (_person(one, wanted, {"paid": one.paid, "paid_on": one.paid_on} if of.paid else None) for one in people)


def _flagged_told(of: Ledger, wanted: Wanted, people: list[Any]) -> Iterator[LedgerRow]:
    of_people, of_homes = _flags(of, wanted)
    held: dict[UUID, list[Any]] = defaultdict(list)
    for one in of_people.filter(person_id__in={one.id for one in people}).order_by("from_on", "id"):
        held[one.person_id].append(one)
    whole: dict[UUID, list[Any]] = defaultdict(list)
    for one in of_homes.filter(household_id__in={one.home_then for one in people}).order_by("from_on", "id"):
        whole[one.household_id].append(one)
    for one in people:
        flags = [*held[one.id], *(whole[one.home_then] if one.relation_then == "02" else ())]
        told = {
            "flag": tuple(dict.fromkeys(flag.type_code for flag in flags)), "since": flags[0].from_on,
            "body": "、".join(dict.fromkeys(flag.body for flag in flags if flag.body)),
        }  # fmt: skip
        yield _person(one, wanted, told)


def _stays(of: Ledger, wanted: Wanted, within: Within) -> list[LedgerRow]:
    """What happened in the period: stays that began or ended for one of the reasons.

    Whoever left and came on one day moved within the place: one row, as they are afterwards.
    """
    both = then.registrations(within) if wanted.population == "registered" else then.lives(within)
    period = (wanted.since, wanted.on)
    starts, ends = (_at(rows.filter(of_those(wanted, "person__"))) for rows in both)
    begun = list(starts.filter(why_began__in=of.why, from_on__range=period).order_by("from_on", "id")[: MOST + 1])
    ended = list(ends.filter(why_ended__in=of.why, to_on__range=period).order_by("to_on", "id")[: MOST + 1])
    came = {(one.person_id, one.from_on) for one in begun if one.why_began not in then.CAME}
    left = {(one.person_id, one.to_on) for one in ended if one.why_ended not in then.GONE}
    happened = [
        (one.from_on, one.why_began, "within" if (one.person_id, one.from_on) in came & left else "in", one)
        for one in begun
    ]
    happened += [
        (one.to_on, one.why_ended, "out", one)
        for one in ended
        if one.to_on and (one.why_ended in then.GONE or (one.person_id, one.to_on) not in came)
    ]
    happened = sorted((one for one in happened if one[2] in of.ways), key=lambda one: (one[0], str(one[3].person_id)))
    who = then.as_now(Person.objects.filter(id__in={stay.person_id for *_, stay in happened}))
    people = {one.id: one for one in who}
    return [
        _happened(stay, people.get(stay.person_id), (why, way, day), wanted)
        for day, why, way, stay in happened[: MOST + 1]
    ]


def _at(rows: QuerySet[Stay]) -> Any:
    """Stays with the household or booklet that they are in."""
    return rows.annotate(
        home_number=F("household__number"), hamlet=F("household__natural_village"),
        group=F("household__villager_group"), booklet_number=F("booklet__number"),
    )  # fmt: skip


def _happened(stay: Any, who: Any, what: tuple[str, str, date], wanted: Wanted) -> LedgerRow:
    """A row from a stay, with the household as it was; the person's own record is read only where it is in sight."""
    row = _person(who, wanted) if who else None
    values = {**row.values, "head": ""} if row else {"sex": ""}
    values |= {
        "place": stay.hamlet or stay.place, "villager_group": stay.group,
        "number": stay.home_number or stay.booklet_number or "", "name": stay.name, "relation": stay.as_to_head,
        "why": what[0], "way": what[1], "day": what[2],
    }  # fmt: skip
    return LedgerRow(of="person" if row else "", subject=stay.person_id, values=values)


def _homes(of: Ledger, wanted: Wanted, within: Within) -> Any:
    """Households of a day; ``registered`` are those registered in the village, or wider, that is asked for."""
    here = interval(village_of(wanted.place) or wanted.place)
    rows = of_the_day.homes_on(wanted.on, within, here).filter(state_then__in=of.states)
    return rows.filter(registered__gt=0) if wanted.population == "registered" else rows


def _homes_told(_of: Ledger, _wanted: Wanted, homes: list[Any]) -> Iterator[LedgerRow]:
    for one in homes:
        values = {
            "place": one.natural_village, "villager_group": one.villager_group_then, "number": one.number_then,
            "door": one.door_then, "name": one.heads_name or "", "phone": _phone(one.head_then, one.heads_phone),
            "people": one.size, "registered": one.registered, "home_state": one.state_then,
        }  # fmt: skip
        yield LedgerRow(of="household", subject=one.id, values=values)


def _booklets(_of: Ledger, wanted: Wanted, within: Within) -> Any:
    return of_the_day.booklets_on(wanted.on, within)


def _booklets_told(_of: Ledger, _wanted: Wanted, booklets: list[Any]) -> Iterator[LedgerRow]:
    for one in booklets:
        values = {"place": one.place, "number": one.number, "name": one.heads_name or "", "people": one.size,
                  "here": one.resident}  # fmt: skip
        yield LedgerRow(of="booklet", subject=one.id, values=values)


def _sites(of: Ledger, wanted: Wanted, within: Within) -> Any:
    rows = of_the_day.holdings_on("site", wanted.on, within)
    return rows.exclude(hazard_then="") if of.special == "hazard" else rows.filter(self_built_then=True)


def _sites_told(_of: Ledger, _wanted: Wanted, sites: list[Any]) -> Iterator[LedgerRow]:
    owners = of_the_day.names(sites, "owner")
    for one in sites:
        values = {
            "place": one.natural_village or one.place, "kind": one.kind_then, "name": one.name_then,
            "door": one.door_then, "owner": owners.get(one.owner_id_then, ""), "use": one.use_then,
            "hazard": one.hazard_then, "built_on": one.built_on_then, "storeys": one.storeys_then,
            "area_m2": one.area_m2_then,
        }  # fmt: skip
        yield LedgerRow(of="site", subject=one.id, values=values)


def _things(of: Ledger, wanted: Wanted, within: Within) -> Any:
    rows = of_the_day.holdings_on("thing", wanted.on, within)
    return rows.filter(of_the_day.due_then(wanted.on)) if of.special == "due" else rows.filter(kind_then__in=of.kinds)


def _things_told(_of: Ledger, _wanted: Wanted, things: list[Any]) -> Iterator[LedgerRow]:
    keepers, sites = of_the_day.names(things, "keeper"), of_the_day.names(things, "site")
    for one in things:
        values = {
            "place": one.place, "kind": one.kind_then, "name": one.name_then, "mark": one.mark_then,
            "keeper": keepers.get(one.keeper_id_then, ""), "site": sites.get(one.site_id_then, ""),
            "last_check_on": one.last_check_on_then, "next_check_on": one.next_check_on_then,
            "condition": one.condition_then,
        }  # fmt: skip
        yield LedgerRow(of="thing", subject=one.id, values=values)


def _organisations(_of: Ledger, wanted: Wanted, within: Within) -> Any:
    return of_the_day.holdings_on("organisation", wanted.on, within)


def _organisations_told(_of: Ledger, _wanted: Wanted, found: list[Any]) -> Iterator[LedgerRow]:
    for one in found:
        values = {
            "place": one.place_then, "kind": one.kind_then, "name": one.name_then, "leader": one.leads or "",
            "members": one.size, "credit_code": one.credit_code_then, "founded_on": one.founded_on_then,
        }  # fmt: skip
        yield LedgerRow(of="organisation", subject=one.id, values=values)


def _phone(person: UUID | None, kept: Any) -> str:
    return masking.phone(sealed.unseal(kept, TABLE, "phone_sealed", person)) if person else ""


def _person(one: Any, wanted: Wanted, more: Mapping[str, Any] | None = None) -> LedgerRow:
    values = {
        "place": one.hamlet or one.place, "villager_group": one.group, "number": one.home_number or "",
        "head": one.heads_name or "", "name": one.display_name, "relation": one.relation_then, "sex": one.sex,
        "born_on": one.born_on, "age": years(one.born_on, wanted.on) if one.born_on else None,
        "id_number": masking.id_number(sealed.unseal(one.id_sealed, TABLE, "id_sealed", one.id)),
        "phone": _phone(one.id, one.phone_sealed), "registered_place": one.registered_place,
        "collective": one.collective, "education": one.education, "political": one.political,
        "marital": one.marital, "state": one.state_then, "works_at": one.works_then, **(more or {}),
    }  # fmt: skip
    return LedgerRow(of="person", subject=one.id, values=values)


_RECORDS: Final[Mapping[str, Any]] = {
    "person": _people, "flag": _flagged, "household": _homes, "booklet": _booklets, "site": _sites, "thing": _things,
    "organisation": _organisations,
}  # fmt: skip
"""Which records a ledger has, by what its rows are."""
_BY_NUMBER: Final = ("place", Length("number"), "number", "id")
_BY_HOME: Final = ("place", "hamlet", Length("home_number"), "home_number", "relation_then", "born_on", "id")
"""By household as they are numbered (9 before 10), the head of each first."""
_BY_HOME_THEN: Final = ("place", "by_home", "born_on", "id")
"""The same of an earlier day."""
_READ: Final[Mapping[str, tuple[tuple[Any, ...], Any]]] = {
    "person": (_BY_HOME, _people_told), "flag": (_BY_HOME, _flagged_told), "booklet": (_BY_NUMBER, _booklets_told),
    "household": (("natural_village", Length("number"), "number", "id"), _homes_told),
    "site": (("place", "kind", "id"), _sites_told), "thing": (("place", "next_check_on", "id"), _things_told),
    "organisation": (("place", "kind", "name", "id"), _organisations_told),
}  # fmt: skip
"""In which order the records are read, and how each becomes a row.

Records of an earlier day stand as they would today: what they were then is read of those alone that are shown.
"""
