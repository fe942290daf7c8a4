"""What the Households pages call things, and how a record's codes are read aloud."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel.places import show
from commongrid.kernel.refusals import N_
from commongrid.registry import queries
from commongrid.registry.importing.rules.layout import SAID
from commongrid.registry.rules.fields import FIELDS
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import ChangeLine, FlagLine, HomeCard

HOME_STATES: Final = {
    "lived": (N_("Lived in"), "ok"),
    "away": (N_("All away"), "info"),
    "empty": (N_("Empty"), ""),
    "ended": (N_("Ended"), ""),
}
PERSON_STATES: Final = {
    "here": (N_("Is at home"), "ok"),
    "away": (N_("Away"), "info"),
    "gone": (N_("Moved out"), ""),
    "dead": (N_("Died"), ""),
    "merged": (N_("Merged into another record"), ""),
}
WHY: Final = {
    "born": N_("born"),
    "moved_in": N_("moved in"),
    "moved": N_("moved"),
    "married": N_("married"),
    "split": N_("household split"),
    "merged": N_("households merged"),
    "head": N_("another head"),
    "corrected": N_("corrected"),
    "died": N_("died"),
    "moved_out": N_("moved out"),
    "imported": N_("taken over from a list"),
    "joined": N_("records of one person joined"),
}
UNREADABLE: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{15}")
COLUMNS: Final = {
    "state": N_("State"),
    "ended_on": N_("Ended on"),
    "household_id": N_("Household"),
    "booklet_id": N_("Booklet"),
    "place": N_("Place"),
    "as_in_home": N_("To the head"),
    "head_id": N_("Head"),
    "became": N_("Went on in"),
    "point": N_("Point"),
    "as_in_booklet": N_("To the head in the booklet"),
    "last_check_on": N_("Last check"),
    "condition": N_("How it was found"),
    "sort_key": "",
    "initials": "",
    "merged_into": N_("Merged into another record"),
    "member": N_("Member"),
    "flag": N_("Recognised"),
    "hardship": N_("Hardship recognised"),
    "*": N_("Entered"),
}
"""What columns are called that no form writes; an empty name is not shown."""
FLAGGED: Final = ("flag", "hardship")
"""Of these, the ones whose values are read aloud as flags."""


def chip(states: dict[str, tuple[str, str]], state: str) -> tuple[str, str]:
    """A state's word and tone."""
    text, tone = states.get(state, ("", ""))
    return gettext(text) if text else "", tone


def choices(scope: Scope, name: str, now: str = "") -> list[tuple[str, str]]:
    """A code list as a form offers it, with nothing said first; ``now`` is on it though its entry has ended."""
    rows = queries.codes(scope, name, also=(now,))[name].values()
    return [("", gettext("Not said")), *((row.code, row.zh if language() == "zh" else row.en) for row in rows)]


def read_aloud(scope: Scope, *lists: str, also: Collection[str] = ()) -> dict[str, dict[str, str]]:
    """The words of some code lists in the reader's language; of ``also`` those of entries that have ended too."""
    zh = language() == "zh"
    found = queries.codes(scope, *lists, also=also)
    return {name: {code: row.zh if zh else row.en for code, row in rows.items()} for name, rows in found.items()}


def place_label(scope: Scope, code: int | None) -> str:
    """A place's name in the reader's language, else its code; nothing for none."""
    if code is None:
        return ""
    row = territory.places(scope, [code]).get(code)
    return row.label(language()) if row else show(code)


def trail(home: HomeCard | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Where this page is."""
    way = [(gettext("Households"), reverse("households"))]
    if home is not None:
        way.append((home_name(home), reverse("household", args=[home.id])))
    return [*way, *more]


def home_name(home: HomeCard) -> str:
    """How a household is called: its door, else its number."""
    return home.door or gettext("Household %(number)s") % {"number": home.number}


def field_name(of: str, column: str) -> str:
    """What a changed column is called; empty for those that only follow from others."""
    if column in COLUMNS:
        return gettext(COLUMNS[column]) if COLUMNS[column] else ""
    for field in FIELDS.get(of, {}).values():
        if field.kept_in == column:
            return field.zh if language() == "zh" else field.en
    return column


MORE_FIELDS: Final = {
    "head": N_("Head"), "point": N_("Point"),
    "people": N_("Who lives here"), "leader": N_("Leader"), "owner": N_("Owner"), "keeper": N_("Looked after by"),
}  # fmt: skip
"""What fields are called that no form corrects."""


def field_label(of: str, field: str) -> str:
    """What a field of a record is called in the reader's language."""
    known = FIELDS.get(of, {}).get(field)
    if known is not None:
        return known.zh if language() == "zh" else known.en
    return gettext(MORE_FIELDS[field]) if field in MORE_FIELDS else field


def flag_words(scope: Scope, flags: Iterable[FlagLine] = ()) -> dict[str, str]:
    """What flags are called in the reader's language: types by their code, single ones by their id."""
    zh = language() == "zh"
    kinds = {code: row.zh if zh else row.en for code, row in queries.flag_words(scope).items()}
    return kinds | {str(one.id): one.zh if zh else one.en for one in flags}


def _states(of: str) -> dict[str, str]:
    known = {"person": PERSON_STATES, "household": HOME_STATES}.get(of, {})
    return {code: gettext(text) for code, (text, _tone) in known.items()}


def _readable(value: str) -> str:
    """A former value as a person reads it; ids and codes of places say nothing and are left out."""
    return "" if UNREADABLE.fullmatch(value) else value


def told(
    changes: Iterable[ChangeLine], names: dict[Any, str], flags: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Changes by act, newest first, as ``history.html`` wants them; ``file`` and ``last`` can't be undone from there.

    ``names`` says whose change it is, ``flags`` what flags are called.
    """
    rows = list(changes)
    undoings = {one.undone_by for one in rows}
    acts: dict[Any, dict[str, Any]] = {}
    for one in rows:
        event = acts.setdefault(
            one.act,
            {
                "at": one.at,
                "act": one.act,
                "undone": one.undone_by is not None,
                "last": one.undone_by is not None or one.act in undoings,
                "who": one.source,
                "lines": [],
                "on": one.since_on,
                "file": one.source == SAID,
            },
        )
        label = field_name(one.of, one.field)
        if label:
            words = flags if one.field in FLAGGED else _states(one.of) if one.field == "state" else {}
            before, after = (words.get(value) or _readable(value) for value in (one.before, one.after))
            event["lines"].append((names.get(one.subject, ""), label, before, after))
    return list(acts.values())
