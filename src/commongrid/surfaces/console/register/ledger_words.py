"""How the values of a ledger read, and where its rows lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_
from commongrid.registry import queries
from commongrid.registry.rules.ledgers import CODES
from commongrid.roster import queries as roster
from commongrid.surfaces.console.holdings.pages import CONDITIONS
from commongrid.surfaces.console.register.words import HOME_STATES, PERSON_STATES, WHY, read_aloud
from commongrid.surfaces.shared.times import in_a_row, language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import LedgerRow, Wanted
    from commongrid.registry.rules.ledgers import Ledger, Totals

LISTS: Final = (
    "relation", "sex", "education", "occupation", "political", "marital", "use", "hazard", "site", "thing",
    "organisation", "inflow", "domicile",
)  # fmt: skip
PLACES: Final = ("place", "villager_group", "registered_place", "collective", "grid")
NOBODYS: Final = UUID(int=0)
YES_NO: Final = {"1": N_("Yes"), "0": N_("No")}
Words = Mapping[str, Callable[[Any], str]]


def address(row: LedgerRow) -> str:
    """The record that a row opens, or nothing."""
    if row.of == "person":
        return reverse("person", args=[row.subject])
    if row.of in ("household", "booklet"):
        return reverse(row.of, args=[row.subject])
    return reverse("holding", args=[row.of, row.subject]) if row.of else ""


def code_words(scope: Scope) -> dict[str, dict[str, str]]:
    """Every code list that a ledger draws on, with its words."""
    return {
        **read_aloud(scope, *LISTS),
        "person_state": {code: gettext(PERSON_STATES[code][0]) for code in ("here", "away")},
        "home_state": {code: gettext(text) for code, (text, _tone) in HOME_STATES.items()},
        "condition": {code: gettext(text) for code, (text, _tone) in CONDITIONS.items() if text},
        "yes_no": {code: gettext(text) for code, text in YES_NO.items()},
    }


def flag_words(scope: Scope) -> dict[str, dict[str, str]]:
    """The types of flags, and those of hardship for whoever may see them."""
    zh, found = language() == "zh", {}
    for key, hardship in (("flags", False), ("hardship", True)):
        rows = queries.flag_names(scope, hardship=hardship) if not hardship or scope.may("people.hardship") else {}
        found[key] = {code: row.zh if zh else row.en for code, row in rows.items()}
    return found


def words(scope: Scope, rows: Sequence[LedgerRow]) -> Words:
    """How the value of each column of a ready ledger reads."""
    codes, flags = code_words(scope), flag_words(scope)
    kinds, types = codes.get(rows[0].of, {}) if rows else {}, {**flags["flags"], **flags["hardship"]}

    def read(named: Mapping[str, str]) -> Callable[[Any], str]:
        return lambda code: named.get(code, str(code))

    return {
        **_places(scope, rows), **{key: read(codes[name]) for key, name in CODES.items()}, "kind": read(kinds),
        "why": lambda code: gettext(WHY[code]) if code in WHY else "",
        "way": lambda code: gettext(WAYS[code]),
        "flag": lambda several: in_a_row(types.get(code, code) for code in several),
    }  # fmt: skip


WAYS: Final = {"in": N_("In"), "out": N_("Out"), "within": N_("Within the place")}
"""Whether somebody came to a place, left it, or moved inside it."""
SORTS: Final = {
    "people": N_("People"), "homes": N_("Number of households"), "male": N_("Male"), "female": N_("Female"),
    "registered": N_("Of them registered here"), "booklets": N_("Number of booklets"), "paid": N_("Paid"),
    "unpaid": N_("Not paid"),
}  # fmt: skip
"""What totals count, besides what happened and kinds."""


def summed(scope: Scope, of: Ledger, found: Totals) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The totals of a ledger as a table: headings, each place (小计), all together last (合计)."""
    kinds, lang = code_words(scope).get(of.of, {}), language()
    places = territory.places(scope, [place for place, _numbers in found.places if place])

    def head(sort: str) -> str:
        what, _mark, code = sort.partition(":")
        if sort in SORTS:
            return gettext(SORTS[sort])
        if what == "way":
            return gettext(WAYS[code])
        return gettext(WHY[code]) if what == "why" and code in WHY else kinds.get(code, code)

    lines = [
        (places[place].label(lang) if place in places else "", *map(str, numbers)) for place, numbers in found.places
    ]
    return (gettext("Place"), *map(head, found.sorts)), [*lines, (gettext("Total"), *map(str, found.all))]


def own_words(scope: Scope, rows: Sequence[LedgerRow], coded: Mapping[str, str]) -> Words:
    """How the value of each column of a ledger somebody made reads; ``coded`` is the code list of each that has one."""
    codes, flags = code_words(scope), flag_words(scope)

    def read(named: Mapping[str, str]) -> Callable[[Any], str]:
        return lambda code: named.get(code, str(code))

    def listed(named: Mapping[str, str]) -> Callable[[Any], str]:
        return lambda several: in_a_row(named[code] for code in several if code in named)

    return {
        **_places(scope, rows), **{key: read(codes[name]) for key, name in coded.items()},
        **{key: listed(named) for key, named in flags.items()},
    }  # fmt: skip


def _places(scope: Scope, rows: Sequence[LedgerRow]) -> Words:
    codes = {row.values[key] for row in rows for key in PLACES if row.values.get(key)}
    found, lang = territory.places(scope, codes), language()

    def named(code: int) -> str:
        return str(found[code].label(lang)) if code in found else ""

    def grid(code: int) -> str:
        return named(code) if code in found and found[code].level == "grid" else ""

    return {**dict.fromkeys(PLACES, named), "grid": grid}


def cell(key: str, value: Any, said: Words, day: Callable[[date], str] = date.isoformat) -> str:
    """The text of one value; ``day`` writes a date: a file has them as 2026-03-01, a page the reader's way."""
    if value is None or value in ("", ()):
        return ""
    if key in said:
        return said[key](value)
    return day(value) if isinstance(value, date) else str(value)


def cells(
    keys: Iterable[str], row: LedgerRow, said: Words, day: Callable[[date], str] = date.isoformat
) -> tuple[str, ...]:
    """The texts of a row."""
    return tuple(cell(key, row.values.get(key), said, day) for key in keys)


def linked(scope: Scope, rows: Sequence[LedgerRow], on: date) -> list[LedgerRow]:
    """The rows with the member that each household is linked to, and the office phone that answers."""
    homes = {row.values["~household"] for row in rows if row.values.get("~household")}
    members = roster.linked_members(scope, homes, on)
    names = {home: f"{one.name} {one.office_phone}".strip() for home, one in members.items()}
    return [
        queries.LedgerRow(
            of=row.of, subject=row.subject,
            values={**row.values, "linked": names.get(row.values["~household"] or NOBODYS, "")},
        )
        for row in rows
    ]  # fmt: skip


def kept(wanted: Wanted) -> dict[str, Any]:
    """Which rows are asked for, as it is kept with a wish for a long list; whose households they are is asked anew."""
    told = {one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name != "homes"}
    return {**told, "on": wanted.on.isoformat(), "since": wanted.since.isoformat()}


def wanted_again(rows: Mapping[str, Any]) -> Wanted:
    """Which rows were asked for, of what was kept."""
    asked = {one.name: rows[one.name] for one in fields(queries.Wanted) if one.name in rows}
    return queries.Wanted(**{**asked, "on": date.fromisoformat(rows["on"]), "since": date.fromisoformat(rows["since"])})


def places_near(scope: Scope, place: int) -> list[tuple[str, str]]:
    """Where a ledger may be asked for instead: the places above as far as the post reaches, and those just below."""
    lang, way = language(), territory.path(scope, place)
    reached = [one for one in way if scope.lo <= interval(one.code).lo and interval(one.code).hi <= scope.hi]
    below = [one for one in territory.children(scope, place) if one.level in ("township", "village")]
    if place not in {one.code for one in reached}:
        reached.append(territory.place(scope, place))
    here = [(str(one.code), one.label(lang)) for one in reached]
    return [*here, *((str(one.code), f"— {one.label(lang)}") for one in below)]
