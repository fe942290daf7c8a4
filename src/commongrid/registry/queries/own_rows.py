"""Rows of a ledger that somebody made: what its columns ask for, within scope and masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.dated import in_force, valid
from commongrid.kernel import masking
from commongrid.kernel.pinyin import sort_key
from commongrid.kernel.places import interval
from commongrid.registry.models import (
    Flag,
    FlagType,
    HardshipFlag,
    Household,
    Membership,
    Organisation,
    Person,
    Site,
    Thing,
)
from commongrid.registry.queries.holdings import number_of
from commongrid.registry.queries.ledgers import LedgerRow, Wanted, left_rows, of_those
from commongrid.registry.queries.then import LIVING, at_home, led, people_on, were
from commongrid.registry.queries.wordlists import CodeRow
from commongrid.registry.rules.fields import FURTHER
from commongrid.registry.rules.freshness import years
from commongrid.registry.rules.ledgers import MOST, born_between
from commongrid.registry.rules.own_ledgers import HARDSHIP, Spec, checked, range_of

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

TABLE: Final = "registry_person"
HEAD: Final = "02"
FLAGS: Final[Mapping[str, Any]] = {"flags": Flag, HARDSHIP: HardshipFlag}
"""The tables behind the columns and filters by flag."""
Within = tuple[int, int]


def own_rows(scope: Scope, spec: Spec, wanted: Wanted) -> list[LedgerRow]:
    """The rows of a ledger, at most one more than may be shown at once.

    ``~household`` beside the columns is the household of a row, for what is known of it elsewhere.

    Refuses: NotAllowed where the ledger tells hardship and the reader may not see that.
    """
    spec = checked(spec, hardship=scope.may("people.hardship"))
    lo, hi = interval(wanted.place)
    within = (max(lo, scope.lo), min(hi, scope.hi))
    found: list[LedgerRow] = _ROWS[spec.of](spec, wanted, within)
    return found


def flag_names(scope: Scope, *, hardship: bool) -> dict[str, CodeRow]:
    """The types of flags that a column or filter may name: those of hardship, or the others."""
    rows = FlagType.objects.filter(valid(localdate()), sensitive=hardship).order_by("position")
    return {one.code: CodeRow(code=one.code, zh=one.zh, en=one.en) for one in rows}


CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "relation": "as_in_home", "sex": "sex", "education": "education", "occupation": "occupation",
        "political": "political", "marital": "marital", "inflow": "inflow", "domicile": "domicile",
    },
    "household": {"state": "state"},
    "site": {"kind": "kind", "use": "use", "hazard": "hazard"},
    "thing": {"kind": "kind", "condition": "condition"},
    "organisation": {"kind": "kind"},
}  # fmt: skip
"""Columns whose filter is one code, by subject, with the field that holds it."""


def _coded(rows: Any, spec: Spec) -> Any:
    """The rows that the filters by code let through."""
    return rows.filter(**{field: spec.filters[key] for key, field in CODED[spec.of].items() if key in spec.filters})


def _ranged(rows: Any, spec: Spec, key: str) -> Any:
    between = range_of(spec, key)
    return rows if between is None else rows.filter(**{f"{key}__range": between})


def _people(spec: Spec, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = people_on(wanted.on, wanted.population, within).filter(of_those(wanted))
    asked = {key: spec.filters[key] for key in CODED["person"] if key in spec.filters}
    if "relation" in asked:
        rows = rows.filter(relation_then=asked.pop("relation"))
    rows = rows.filter(**{CODED["person"][key]: code for key, code in asked.items()})
    if spec.filters.get("state") in LIVING:
        rows = rows.filter(were(wanted.on, (spec.filters["state"],)))
    if ages := range_of(spec, "age"):
        rows = rows.filter(born_on__range=born_between(ages, wanted.on))
    for key, table in _flag_tables(spec):
        of = table.objects.filter(in_force(wanted.on), type_code=spec.filters[key])
        rows = rows.filter(
            Q(id__in=of.filter(person__isnull=False).values("person_id"))
            | led(wanted.on, of.filter(person=None).values("household_id"))
        )
    found = list(at_home(rows, wanted.on).order_by("place", "home_number", "id")[: MOST + 1])
    homes = {one.home_then for one in found} - {None}
    beside = _Beside(
        homes={one.id: one for one in Household.objects.filter(id__in=homes)},
        flags=_flags_shown(spec, wanted, homes, {one.id for one in found}),
    )  # fmt: skip
    lines = [LedgerRow(of="person", subject=one.id, values=_person(one, spec, wanted, beside)) for one in found]
    alone = len(lines) > MOST or spec.filters.keys() - {"population"}
    return lines if alone else lines + left_rows(wanted, within)


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


def _homes(spec: Spec, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = _coded(Household.objects.filter(place__range=within), spec)
    if "state" not in spec.filters:
        rows = rows.exclude(state="ended")
    for key, table in _flag_tables(spec):
        of = table.objects.filter(in_force(wanted.on), type_code=spec.filters[key])
        rows = rows.filter(id__in=of.filter(household__isnull=False).values("household_id"))
    lives = Person.objects.filter(household=OuterRef("pk"))
    rows = rows.annotate(
        heads_name=F("head__display_name"), heads_key=F("head__sort_key"), heads_phone=F("head__phone_sealed"),
        size=number_of(lives, "household"), away=number_of(lives.filter(state="away"), "household"),
    )  # fmt: skip
    if between := range_of(spec, "people"):
        rows = rows.filter(size__range=between)
    found = list(_ranged(rows, spec, "away").order_by("natural_village", "number", "id")[: MOST + 1])
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
        "place": one.natural_village, "villager_group": one.villager_group, "grid": one.place, "number": one.number,
        "door": one.door, "head": one.heads_name or "", "people": one.size, "away": one.away, "state": one.state,
        "~head": one.heads_key or "", "~household": one.id,
    }  # fmt: skip
    if "phone" in spec.columns and one.head_id:
        values["phone"] = masking.phone(sealed.unseal(one.heads_phone, TABLE, "phone_sealed", one.head_id))
    return values | {key: tuple(dict.fromkeys(by_home.get(one.id, []))) for key, by_home in codes.items()}


def _sites(spec: Spec, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = _ranged(_coded(Site.objects.filter(place__range=within, ended_on=None), spec), spec, "storeys")
    if "self_built" in spec.filters:
        rows = rows.filter(self_built=spec.filters["self_built"] == "1")
    rows = rows.annotate(persons_name=F("owner__display_name"), persons_key=F("owner__sort_key"))
    return [
        LedgerRow(
            of="site", subject=one.id,
            values={"place": one.natural_village or one.place, "kind": one.kind, "name": one.name, "door": one.door,
                    "use": one.use, "hazard": one.hazard, "owner": one.persons_name or "", "built_on": one.built_on,
                    "storeys": one.storeys, "area_m2": one.area_m2,
                    "self_built": "1" if one.self_built else "0",
                    "~owner": one.persons_key or ""},
        )
        for one in rows.order_by("place", "kind", "id")[: MOST + 1]
    ]  # fmt: skip


def _things(spec: Spec, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = _ranged(_coded(Thing.objects.filter(place__range=within, ended_on=None), spec), spec, "every_months")
    rows = rows.annotate(persons_name=F("keeper__display_name"), persons_key=F("keeper__sort_key"))
    return [
        LedgerRow(
            of="thing", subject=one.id,
            values={"place": one.place, "kind": one.kind, "name": one.name, "mark": one.mark,
                    "keeper": one.persons_name or "", "every_months": one.every_months,
                    "last_check_on": one.last_check_on, "next_check_on": one.next_check_on,
                    "condition": one.condition, "~keeper": one.persons_key or ""},
        )
        for one in rows.order_by("place", "kind", "id")[: MOST + 1]
    ]  # fmt: skip


def _organisations(spec: Spec, wanted: Wanted, within: Within) -> list[LedgerRow]:
    rows = _coded(Organisation.objects.filter(place__range=within, ended_on=None), spec)
    members = Membership.objects.filter(organisation=OuterRef("pk"), to_on=None)
    rows = rows.annotate(
        size=number_of(members, "organisation", "person"),
        leads=Subquery(members.filter(duty="leader").values("name")[:1]),
    )
    if between := range_of(spec, "people"):
        rows = rows.filter(size__range=between)
    return [
        LedgerRow(
            of="organisation", subject=one.id,
            values={"place": one.place, "kind": one.kind, "name": one.name, "leader": one.leads or "",
                    "credit_code": one.credit_code, "founded_on": one.founded_on, "people": one.size},
        )
        for one in rows.order_by("place", "kind", "id")[: MOST + 1]
    ]  # fmt: skip


_ROWS: Final[Mapping[str, Callable[[Spec, Wanted, Within], list[LedgerRow]]]] = {
    "person": _people, "household": _homes, "site": _sites, "thing": _things, "organisation": _organisations,
}  # fmt: skip
