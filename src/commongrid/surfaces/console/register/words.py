"""What the Households pages call things, and how a record's codes are read aloud."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from commongrid.journal import queries as journal
from commongrid.kernel.places import show
from commongrid.kernel.refusals import N_
from commongrid.registry import queries
from commongrid.registry.importing.rules.layout import SAID
from commongrid.registry.rules.facts import HEADS
from commongrid.registry.rules.fields import FIELDS
from commongrid.surfaces.console import journal_words
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import ChangeLine, FlagLine, HomeCard

HOME_STATES: Final = {
    "lived": (N_("Lived in"), "ok"),
    "away": (N_("All away"), "info"),
    "empty": (N_("Empty"), ""),
    "ended": (N_("Household ended"), ""),
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
    "divorced": N_("divorced"),
    "split": N_("household split"),
    "merged": N_("households merged"),
    "head": N_("another head"),
    "corrected": N_("corrected"),
    "died": N_("died"),
    "moved_out": N_("moved out"),
    "imported": N_("taken over from a list"),
    "enrolled": N_("registered here"),
    "struck": N_("registration moved away"),
    "joined": N_("records of one person joined"),
}
IDENT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PLACE: Final = re.compile(r"[0-9]{15}")
UNREADABLE: Final = re.compile(f"{IDENT.pattern}|{PLACE.pattern}")
DEMO: Final = "demo"
SOURCES: Final = {SAID: N_("Came in by file"), DEMO: N_("Demo county")}
"""Sources that are no words of somebody."""
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
    """A code list as a form offers it, with nothing said first; ``now`` is on it though its entry has ended.

    Of relations to the head none that says "head": who comes first into an empty home is it, nobody else becomes it so.
    """
    rows = [
        row
        for row in queries.codes(scope, name, also=(now,))[name].values()
        if row.code == now or name != "relation" or row.code not in HEADS
    ]
    return [("", gettext("Not said")), *((row.code, row.zh if language() == "zh" else row.en) for row in rows)]


def read_aloud(scope: Scope, *lists: str) -> dict[str, dict[str, str]]:
    """The words of some code lists in the reader's language; after those in force what ended ones were called."""
    zh = language() == "zh"
    found = queries.code_words(scope, *lists)
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
    return home.door or numbered(home.number)


def numbered(number: str) -> str:
    """How a household without a door is called."""
    return gettext("Household %(number)s") % {"number": number}


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


LISTS: Final = {
    **{(of, field.kept_in): field.codes for of, fields in FIELDS.items() for field in fields.values() if field.codes},
    ("person", "as_in_booklet"): "relation",
}  # fmt: skip
"""From which code list each column of a kind of record takes its values."""


class _Aloud:
    """Former and new values as a person reads them: codes by their words, places, households and people by name."""

    def __init__(self, scope: Scope, rows: Sequence[ChangeLine], flags: Mapping[str, str]) -> None:
        """Fetch what these changes name, once."""
        values = {value for one in rows for value in (one.before, one.after)}
        lists = {LISTS[one.of, one.field] for one in rows if (one.of, one.field) in LISTS}
        self.codes = read_aloud(scope, *lists) if lists else {}
        places = {int(value) for value in values if PLACE.fullmatch(value)}
        found = territory.places(scope, places) if places else {}
        self.names = {str(code): row.label(language()) for code, row in found.items()}
        if ids := {UUID(value) for value in values if IDENT.fullmatch(value)}:
            self.names |= {str(ident): name for ident, name in queries.called(scope, ids).items()}
            for ident, door, number in queries.homes_called(scope, ids):
                self.names[str(ident)] = door or numbered(number)
        self.flags = flags

    def read(self, one: ChangeLine, value: str) -> str:
        """A value of a change; ids and codes of which nothing is known say nothing."""
        if one.field in FLAGGED and value in self.flags:
            return self.flags[value]
        if one.field == "state":
            return _states(one.of).get(value, value)
        if (one.of, one.field) in LISTS:
            return self.codes[LISTS[one.of, one.field]].get(value, value)
        return self.names.get(value, "" if UNREADABLE.fullmatch(value) else value)


def told(
    scope: Scope, changes: Iterable[ChangeLine], names: dict[Any, str], flags: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Changes by act, newest first, as ``history.html`` wants them; ``file`` and ``last`` can't be undone from there.

    ``names`` says whose change it is, ``flags`` what flags are called.
    """
    rows = list(changes)
    undoings = {one.undone_by for one in rows}
    aloud, acts_called = _Aloud(scope, rows, flags), journal.called(scope, {one.act for one in rows})
    acts: dict[Any, dict[str, Any]] = {}
    for one in rows:
        event = acts.setdefault(
            one.act,
            {
                "at": one.at,
                "act": one.act,
                "undone": one.undone_by is not None,
                "last": one.undone_by is not None or one.act in undoings or one.source == DEMO,
                "title": journal_words.act(acts_called[one.act]) if one.act in acts_called else "",
                "who": gettext(SOURCES[one.source]) if one.source in SOURCES else one.source,
                "lines": [],
                "on": one.since_on,
                "file": one.source == SAID,
            },
        )
        label = field_name(one.of, one.field)
        if label:
            before, after = (aloud.read(one, value) for value in (one.before, one.after))
            event["lines"].append((names.get(one.subject, ""), label, before, after))
    return list(acts.values())
