"""Rows of the ready ledgers, within scope and masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Length
from django.utils.timezone import localdate

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import NotAllowed, NotFound
from commongrid.registry.models import Flag, HardshipFlag, Stay
from commongrid.registry.queries import of_the_day, then
from commongrid.registry.queries.happenings import Happening, happened, happenings
from commongrid.registry.queries.ledger_lines import (
    LedgerRow,
    Left,
    Wanted,
    Within,
    left_of,
    left_rows,
    of_those,
    person_line,
    phone,
)
from commongrid.registry.queries.payments import paying
from commongrid.registry.rules.ledgers import LEDGERS, MOST, Ledger, Totals, born_between, totals

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

Key = UUID | Happening | Left
"""What a row of a ledger is read by: its record, what happened, or the stay of somebody whose record is elsewhere."""


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
        found = happened(wanted, happenings(of, wanted, within, MOST + 1)[: most + 1])
    else:
        rows, told = _in_order(of, wanted, within)
        found = list(told(of, wanted, list(rows[: most + 1])))
        if len(found) <= most:
            found = [*found, *left_rows(_left(of, wanted, within))][: most + 1]
    return _numbered(found, 1)


def ledger_keys(scope: Scope, of: Ledger, wanted: Wanted) -> list[Key]:
    """What a ledger of any length holds, in its order; ``ledger_batch`` reads the rows of a part of it."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return [*happenings(of, wanted, within)]
    rows, _told = _in_order(of, wanted, within)
    left = map(Left, _left(of, wanted, within).values_list("id", flat=True))
    return [*rows.values_list("id", flat=True), *left]


def ledger_batch(scope: Scope, of: Ledger, wanted: Wanted, keys: Sequence[Key], first: int = 1) -> list[LedgerRow]:
    """The rows of some keys in their order, numbered from ``first``, without those that are out of sight by now."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return _numbered(happened(wanted, [one for one in keys if isinstance(one, Happening)]), first)
    rows, told = _in_order(of, wanted, within)
    found = list(told(of, wanted, list(rows.filter(id__in=[one for one in keys if isinstance(one, UUID)]))))
    if left := [one.stay for one in keys if isinstance(one, Left)]:
        found += left_rows(_left(of, wanted, within).filter(id__in=left))
    return _numbered(found, first)


def _numbered(rows: Iterable[LedgerRow], first: int) -> list[LedgerRow]:
    return [replace(row, values={**row.values, "no": n}) for n, row in enumerate(rows, first)]


def _in_order(of: Ledger, wanted: Wanted, within: Within) -> tuple[Any, Any]:
    """The records of a ledger in its order, and how they become rows."""
    order, told = _READ[of.of]
    rows = _RECORDS[of.of](of, wanted, within)
    if of.of_people:
        order = _BY_HOME_THEN if wanted.on < localdate() else order
        rows = then.at_home(rows, wanted.on)
    return rows.order_by(*order), told


def ledger_size(scope: Scope, of: Ledger, wanted: Wanted) -> int:
    """How many rows a ledger has, at most one more than may be shown at once; no record is opened for it."""
    within = _within(scope, wanted)
    if of.of == "stay":
        return min(len(happenings(of, wanted, within, MOST + 1)), MOST + 1)
    found = int(_RECORDS[of.of](of, wanted, within)[: MOST + 1].count())
    return found if found > MOST else min(found + _left(of, wanted, within).count(), MOST + 1)


def ledger_totals(scope: Scope, of: Ledger, wanted: Wanted) -> Totals:
    """What is counted of a ledger, by place and in all; no record is opened for it."""
    within = _within(scope, wanted)
    if of.of == "stay":
        found = happenings(of, wanted, within, MOST + 1)[: MOST + 1]
        return totals(of, [row.values for row in happened(wanted, found)])
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
        return totals(of, [*lines, *(row.values for row in left_rows(_left(of, wanted, within)))])
    if of.of == "booklet":
        return totals(of, [row.values for row in _booklets_told(of, wanted, list(rows[:MOST]))])
    at = {"site": Coalesce("natural_village", "place"), "organisation": F("place_then")}.get(of.of, F("place"))
    kinds = rows.annotate(at=at).order_by("at").values_list("at", "kind_then")[:MOST]
    return totals(of, [{"place": place, "kind": kind} for place, kind in kinds])


def _within(scope: Scope, wanted: Wanted) -> Within:
    lo, hi = interval(wanted.place)
    return max(lo, scope.lo), min(hi, scope.hi)


def _of_the_day(wanted: Wanted, within: Within) -> Any:
    return then.people_on(wanted.on, wanted.population, within).filter(of_those(wanted))


def _people(of: Ledger, wanted: Wanted, within: Within) -> Any:
    rows = _of_the_day(wanted, within)
    if of.states:
        rows = rows.filter(then.were(wanted.on, of.states))
    if of.paid:
        rows = paying(rows, wanted)
    return rows if of.ages == (0, 200) else rows.filter(born_on__range=born_between(of.ages, wanted.on))


def _left(of: Ledger, wanted: Wanted, within: Within) -> QuerySet[Stay]:
    """Beside everybody of a day those whose record is elsewhere now; of what they were else nothing can be read."""
    everybody = of.of == "person" and of.ages == (0, 200) and not (of.states or wanted.belongs or wanted.paid)
    return left_of(wanted, within) if everybody else Stay.objects.none()


def _flags(of: Ledger, wanted: Wanted) -> tuple[Any, Any]:
    """The flags of a ledger that are in force: those of people, those of whole households."""
    flags = (HardshipFlag if of.sealed else Flag).objects.filter(in_force(wanted.on), type_code__in=of.flags)
    return flags.filter(person__isnull=False), flags.filter(person=None)


def _flagged(of: Ledger, wanted: Wanted, within: Within) -> Any:
    of_people, of_homes = _flags(of, wanted)
    heads = then.led(wanted.on, of_homes.values("household_id"))
    return _of_the_day(wanted, within).filter(Q(id__in=of_people.values("person_id")) | heads)


def _people_told(of: Ledger, wanted: Wanted, people: list[Any]) -> Iterator[LedgerRow]:
    return (person_line(one, wanted, {"paid": one.paid, "paid_on": one.paid_on} if of.paid else None) for one in people)


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
        yield person_line(one, wanted, told)


def _homes(of: Ledger, wanted: Wanted, within: Within) -> Any:
    """Households of a day; ``registered`` are those registered in the village, or wider, that is asked for."""
    here = interval(village_of(wanted.place) or wanted.place)
    rows = of_the_day.homes_on(wanted.on, within, here).filter(state_then__in=of.states)
    return rows.filter(registered__gt=0) if wanted.population == "registered" else rows


def _homes_told(_of: Ledger, _wanted: Wanted, homes: list[Any]) -> Iterator[LedgerRow]:
    for one in homes:
        values = {
            "place": one.natural_village, "villager_group": one.villager_group_then, "number": one.number_then,
            "door": one.door_then, "name": one.heads_name or "", "phone": phone(one.head_then, one.heads_phone),
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
