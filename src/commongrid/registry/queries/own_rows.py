"""Rows of a ledger that somebody made: what its columns ask for, within scope and masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.dated import in_force, valid
from commongrid.kernel import masking
from commongrid.kernel.pinyin import sort_key
from commongrid.kernel.places import interval
from commongrid.registry.models import Flag, FlagType, HardshipFlag, Household, Stay
from commongrid.registry.queries.ledger_lines import LedgerRow, Left, Wanted, Within, left_of, left_rows, of_those
from commongrid.registry.queries.of_the_day import holdings_on, homes_on, names
from commongrid.registry.queries.then import LIVING, at_home, led, people_on, were
from commongrid.registry.queries.wordlists import CodeRow
from commongrid.registry.rules.fields import FURTHER
from commongrid.registry.rules.freshness import years
from commongrid.registry.rules.ledgers import MOST, born_between
from commongrid.registry.rules.own_ledgers import HARDSHIP, Spec, checked, range_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

TABLE: Final = "registry_person"
HEAD: Final = "02"
FLAGS: Final[Mapping[str, Any]] = {"flags": Flag, HARDSHIP: HardshipFlag}
"""The tables behind the columns and filters by flag."""
OwnKey = UUID | Left
"""What a row is read by: its record, or the stay of somebody whose record is elsewhere now."""


def own_rows(scope: Scope, spec: Spec, wanted: Wanted) -> list[LedgerRow]:
    """The rows of a ledger, at most one more than may be shown at once.

    ``~household`` beside the columns is the household of a row, for what is known of it elsewhere. Which households
    belong to the member that a ledger is filtered by is known above the register: they are the ``homes`` asked for.

    Refuses: NotAllowed where the ledger tells hardship and the reader may not see that.
    """
    spec = checked(spec, hardship=scope.may("people.hardship"))
    records, told = _ROWS[spec.of]
    within = _within(scope, wanted)
    found: list[LedgerRow] = told(list(records(spec, wanted, within)[: MOST + 1]), spec, wanted)
    return found if len(found) > MOST else found + left_rows(_left(spec, wanted, within))


def own_keys(scope: Scope, spec: Spec, wanted: Wanted) -> list[OwnKey]:
    """What a ledger of any length holds, as it is found; ``own_batch`` reads the rows of a part of it.

    Refuses: NotAllowed, as ``own_rows``.
    """
    spec = checked(spec, hardship=scope.may("people.hardship"))
    within = _within(scope, wanted)
    left = map(Left, _left(spec, wanted, within).values_list("id", flat=True))
    return [*_ROWS[spec.of][0](spec, wanted, within).values_list("id", flat=True), *left]


def own_batch(scope: Scope, spec: Spec, wanted: Wanted, keys: Sequence[OwnKey]) -> list[tuple[OwnKey, LedgerRow]]:
    """The rows of some keys, in the order of the keys, without those that are out of sight by now.

    Refuses: NotAllowed, as ``own_rows``.
    """
    spec = checked(spec, hardship=scope.may("people.hardship"))
    records, told = _ROWS[spec.of]
    within, of_records = _within(scope, wanted), [one for one in keys if isinstance(one, UUID)]
    rows: dict[OwnKey, LedgerRow] = {
        row.subject: row for row in told(list(records(spec, wanted, within).filter(id__in=of_records)), spec, wanted)
    }
    if left := [one.stay for one in keys if isinstance(one, Left)]:
        stays = list(_left(spec, wanted, within).filter(id__in=left))
        rows |= {Left(stay.id): row for stay, row in zip(stays, left_rows(stays), strict=True)}
    return [(one, rows[one]) for one in keys if one in rows]


def _within(scope: Scope, wanted: Wanted) -> Within:
    lo, hi = interval(wanted.place)
    return max(lo, scope.lo), min(hi, scope.hi)


def _left(spec: Spec, wanted: Wanted, within: Within) -> QuerySet[Stay]:
    """Beside everybody of a day those whose record is elsewhere now."""
    everybody = spec.of == "person" and not spec.filters.keys() - {"population"}
    return left_of(wanted, within) if everybody else Stay.objects.none()


def _place(spec: Spec, key: str) -> Within | None:
    return interval(int(spec.filters[key])) if key in spec.filters else None


def _at_homes(spec: Spec, wanted: Wanted, then: str = "") -> Q:
    """The households that the filters by grid, villager group and linked member let through."""
    if "linked" in spec.filters and wanted.homes is None:
        raise LookupError("Nobody said which households the member has that the ledger is filtered by.")
    asked = Q()
    for key, column in (("grid", "place"), ("villager_group", "villager_group")):
        if inside := _place(spec, key):
            asked &= Q(**{f"{column}{then}__range": inside})
    return asked if wanted.homes is None else asked & Q(id__in=wanted.homes)


def flag_names(scope: Scope, *, hardship: bool) -> dict[str, CodeRow]:
    """The types of flags that a column or filter may name: those of hardship, or the others."""
    rows = FlagType.objects.filter(valid(localdate()), sensitive=hardship).order_by("position")
    return {one.code: CodeRow(code=one.code, zh=one.zh, en=one.en) for one in rows}


CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "relation": "as_in_home", "sex": "sex", "education": "education", "occupation": "occupation",
        "political": "political", "marital": "marital", "inflow": "inflow", "domicile": "domicile",
    },
    "household": {"state": "state_then"},
    "site": {"kind": "kind_then", "use": "use_then", "hazard": "hazard_then"},
    "thing": {"kind": "kind_then", "condition": "condition_then"},
    "organisation": {"kind": "kind_then"},
}  # fmt: skip
"""Columns whose filter is one code, by subject, with the field that holds it."""


def _coded(rows: Any, spec: Spec) -> Any:
    """The rows that the filters by code let through."""
    return rows.filter(**{field: spec.filters[key] for key, field in CODED[spec.of].items() if key in spec.filters})


def _ranged(rows: Any, spec: Spec, key: str, column: str) -> Any:
    between = range_of(spec, key)
    return rows if between is None else rows.filter(**{f"{column}__range": between})


def _people(spec: Spec, wanted: Wanted, within: Within) -> Any:
    rows = people_on(wanted.on, wanted.population, within).filter(of_those(wanted))
    asked = {key: spec.filters[key] for key in CODED["person"] if key in spec.filters}
    if "relation" in asked:
        rows = rows.filter(relation_then=asked.pop("relation"))
    rows = rows.filter(**{CODED["person"][key]: code for key, code in asked.items()})
    if spec.filters.get("state") in LIVING:
        rows = rows.filter(were(wanted.on, (spec.filters["state"],)))
    if ages := range_of(spec, "age"):
        rows = rows.filter(born_on__range=born_between(ages, wanted.on))
    for key in ("registered_place", "collective"):
        if inside := _place(spec, key):
            rows = rows.filter(**{f"{key}__range": inside})
    if homes_asked := _at_homes(spec, wanted):
        rows = rows.filter(home_then__in=Household.objects.filter(homes_asked).values("id"))
    for key, table in _flag_tables(spec):
        of = table.objects.filter(in_force(wanted.on), type_code=spec.filters[key])
        rows = rows.filter(
            Q(id__in=of.filter(person__isnull=False).values("person_id"))
            | led(wanted.on, of.filter(person=None).values("household_id"))
        )
    return at_home(rows, wanted.on).order_by("place", "home_number", "id")


def _people_told(found: list[Any], spec: Spec, wanted: Wanted) -> list[LedgerRow]:
    homes = {one.home_then for one in found} - {None}
    beside = _Beside(
        homes={one.id: one for one in Household.objects.filter(id__in=homes)},
        flags=_flags_shown(spec, wanted, homes, {one.id for one in found}),
    )  # fmt: skip
    return [LedgerRow(of="person", subject=one.id, values=_person(one, spec, wanted, beside)) for one in found]


Flags = Mapping[str, tuple[Mapping[UUID, list[str]], Mapping[UUID, list[str]]]]
"""By column: codes of flags by person, and those of whole households."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What stands beside the people of a ledger: their households and flags."""

    homes: Mapping[UUID, Household]
    flags: Flags


def _person(one: Any, spec: Spec, wanted: Wanted, beside: _Beside) -> dict[str, Any]:
    home, head = beside.homes.get(one.home_then), one.heads_name or ""
    values: dict[str, Any] = {
        "place": one.hamlet or one.place, "villager_group": home and home.villager_group, "grid": home and home.place,
        "number": one.home_number or "", "door": home.door if home else "", "head": head,
        "name": one.display_name, "relation": one.relation_then, "sex": one.sex, "born_on": one.born_on,
        "age": years(one.born_on, wanted.on) if one.born_on else None, "education": one.education,
        "occupation": one.occupation, "political": one.political, "marital": one.marital, "state": one.state_then,
        "works_at": one.works_then, "registered_place": one.registered_place,
        "collective": one.collective, **{name: getattr(one, name) for name in FURTHER},
        "~name": one.sort_key, "~head": sort_key(head), "~household": one.home_then,
    }  # fmt: skip
    if "id_number" in spec.columns:
        values["id_number"] = masking.id_number(sealed.unseal(one.id_sealed, TABLE, "id_sealed", one.id))
    if "phone" in spec.columns:
        values["phone"] = masking.phone(sealed.unseal(one.phone_sealed, TABLE, "phone_sealed", one.id))
    for key, (own, whole) in beside.flags.items():
        of_home = whole.get(one.home_then, []) if one.relation_then == HEAD else []
        values[key] = tuple(dict.fromkeys([*own.get(one.id, []), *of_home]))
    return values


def _flag_tables(spec: Spec) -> list[tuple[str, Any]]:
    """The tables that the filters by flag ask."""
    return [(key, table) for key, table in FLAGS.items() if key in spec.filters]


def _flags_shown(spec: Spec, wanted: Wanted, homes: Iterable[UUID | None], people: Iterable[UUID]) -> Flags:
    """The flags in force of these people and households, for the columns that show them."""
    whose = Q(person_id__in=list(people)) | Q(household_id__in=[one for one in homes if one])
    found: dict[str, tuple[dict[UUID, list[str]], dict[UUID, list[str]]]] = {}
    for key in FLAGS.keys() & set(spec.columns):
        own, whole = found.setdefault(key, (defaultdict(list), defaultdict(list)))
        rows = FLAGS[key].objects.filter(whose, in_force(wanted.on)).order_by("type_code")
        for person, home, code in rows.values_list("person_id", "household_id", "type_code"):
            (own[person] if person else whole[home]).append(code)
    return found


def _homes(spec: Spec, wanted: Wanted, within: Within) -> Any:
    ended = spec.filters.get("state") == "ended"
    rows = homes_on(wanted.on, within, interval(wanted.place), ended=ended)
    rows = _coded(rows.filter(_at_homes(spec, wanted, "_then")), spec)
    for key, table in _flag_tables(spec):
        of = table.objects.filter(in_force(wanted.on), type_code=spec.filters[key])
        rows = rows.filter(id__in=of.filter(household__isnull=False).values("household_id"))
    rows = _ranged(_ranged(rows, spec, "people", "size"), spec, "away", "away")
    return rows.order_by("natural_village", "number", "id")


def _homes_told(found: list[Any], spec: Spec, wanted: Wanted) -> list[LedgerRow]:
    codes = _codes_of_homes(spec, wanted, [one.id for one in found])
    return [LedgerRow(of="household", subject=one.id, values=_home(one, spec, codes)) for one in found]


def _codes_of_homes(spec: Spec, wanted: Wanted, homes: list[UUID]) -> Mapping[str, Mapping[UUID, list[str]]]:
    """The flags of each household, its people's with its own."""
    found: dict[str, dict[UUID, list[str]]] = {}
    for key in FLAGS.keys() & set(spec.columns):
        codes = found.setdefault(key, defaultdict(list))
        rows = FLAGS[key].objects.filter(in_force(wanted.on), household_id__in=homes).order_by("type_code")
        for home, code in rows.values_list("household_id", "type_code"):
            codes[home].append(code)
    return found


def _home(one: Any, spec: Spec, codes: Mapping[str, Mapping[UUID, list[str]]]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "place": one.natural_village, "villager_group": one.villager_group_then, "grid": one.place_then,
        "number": one.number_then, "door": one.door_then, "head": one.heads_name or "", "people": one.size,
        "away": one.away, "state": one.state_then, "~head": sort_key(one.heads_name or ""), "~household": one.id,
    }  # fmt: skip
    if "phone" in spec.columns and one.head_then:
        values["phone"] = masking.phone(sealed.unseal(one.heads_phone, TABLE, "phone_sealed", one.head_then))
    return values | {key: tuple(dict.fromkeys(by_home.get(one.id, []))) for key, by_home in codes.items()}


def _sites(spec: Spec, wanted: Wanted, within: Within) -> Any:
    rows = _ranged(_coded(holdings_on("site", wanted.on, within), spec), spec, "storeys", "storeys_then")
    if "self_built" in spec.filters:
        rows = rows.filter(self_built_then=spec.filters["self_built"] == "1")
    return rows.order_by("place", "kind", "id")


def _sites_told(found: list[Any], _spec: Spec, _wanted: Wanted) -> list[LedgerRow]:
    owners = names(found, "owner")
    return [
        LedgerRow(
            of="site", subject=one.id,
            values={"place": one.natural_village or one.place, "kind": one.kind_then, "name": one.name_then,
                    "door": one.door_then, "use": one.use_then, "hazard": one.hazard_then,
                    "owner": owners.get(one.owner_id_then, ""), "built_on": one.built_on_then,
                    "storeys": one.storeys_then, "area_m2": one.area_m2_then,
                    "self_built": "1" if one.self_built_then else "0",
                    "~owner": sort_key(owners.get(one.owner_id_then, ""))},
        )
        for one in found
    ]  # fmt: skip


def _things(spec: Spec, wanted: Wanted, within: Within) -> Any:
    rows = _coded(holdings_on("thing", wanted.on, within), spec)
    rows = _ranged(rows, spec, "every_months", "every_months_then")
    return rows.order_by("place", "kind", "id")


def _things_told(found: list[Any], _spec: Spec, _wanted: Wanted) -> list[LedgerRow]:
    keepers = names(found, "keeper")
    return [
        LedgerRow(
            of="thing", subject=one.id,
            values={"place": one.place, "kind": one.kind_then, "name": one.name_then, "mark": one.mark_then,
                    "keeper": keepers.get(one.keeper_id_then, ""), "every_months": one.every_months_then,
                    "last_check_on": one.last_check_on_then, "next_check_on": one.next_check_on_then,
                    "condition": one.condition_then, "~keeper": sort_key(keepers.get(one.keeper_id_then, ""))},
        )
        for one in found
    ]  # fmt: skip


def _organisations(spec: Spec, wanted: Wanted, within: Within) -> Any:
    rows = _ranged(_coded(holdings_on("organisation", wanted.on, within), spec), spec, "people", "size")
    return rows.order_by("place", "kind", "id")


def _organisations_told(found: list[Any], _spec: Spec, _wanted: Wanted) -> list[LedgerRow]:
    return [
        LedgerRow(
            of="organisation", subject=one.id,
            values={"place": one.place_then, "kind": one.kind_then, "name": one.name_then, "leader": one.leads or "",
                    "credit_code": one.credit_code_then, "founded_on": one.founded_on_then, "people": one.size},
        )
        for one in found
    ]  # fmt: skip


_ROWS: Final[Mapping[str, tuple[Callable[[Spec, Wanted, Within], Any], Callable[[list[Any], Spec, Wanted], Any]]]] = {
    "person": (_people, _people_told), "household": (_homes, _homes_told), "site": (_sites, _sites_told),
    "thing": (_things, _things_told), "organisation": (_organisations, _organisations_told),
}  # fmt: skip
"""Which records a ledger has, in their order, and how they become rows."""
