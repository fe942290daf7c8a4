"""A long list read in parts: kinds by their class, reasons by what they are for, one part at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from commongrid.matters.queries import vocabulary
from commongrid.surfaces.console.editing.areas import lang, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commongrid.kernel.dated import Vocabulary
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.console.editing.areas import Choices
    from commongrid.surfaces.console.editing.pages import Shown

SHORT: Final = 30
"""A list of so many rows is shown whole."""
ALL: Final = "all"
BY_CLASS: Final = ("parent", "kind_code")
"""Columns that name a class, or a kind of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A part of a list: its code for the address, its name, its rows; whether it is the one shown."""

    code: str
    name: str
    rows: tuple[Shown, ...]
    chosen: bool = False


def groups(scope: Scope, of: Vocabulary, rows: Sequence[Shown], found: Choices, chosen: str) -> list[Group]:
    """The parts of a list with their rows; the first is chosen where the address names none. Nothing to part: none."""
    if not of.group or not rows:
        return []
    classes = _classes(scope) if of.group in BY_CLASS else {}
    parts: dict[str, list[Shown]] = {}
    for row in rows:
        parts.setdefault(group_of(of, row.version.values, classes), []).append(row)
    if chosen != ALL and chosen not in parts:
        chosen = next(iter(parts)) if len(rows) > SHORT else ALL
    return [
        Group(code=code, name=_name(of, code, classes, found), rows=tuple(inside), chosen=code == chosen)
        for code, inside in parts.items()
    ]


def part_of(scope: Scope, of: Vocabulary, values: Mapping[str, object]) -> str:
    """The query of the address that shows the part in which a row stands."""
    if not of.group:
        return ""
    return f"?group={group_of(of, values, _classes(scope) if of.group in BY_CLASS else {})}"


def group_of(of: Vocabulary, values: Mapping[str, object], classes: Mapping[str, tuple[str, str]]) -> str:
    """The part a row belongs to: of a kind its class, of a class itself."""
    value = str(values[of.group] or "")
    if of.group == "parent":
        return value or str(values["code"])
    return classes.get(value, (value, ""))[0] if of.group in BY_CLASS else value


def _classes(scope: Scope) -> dict[str, tuple[str, str]]:
    """Of every kind its class and the class's name; of a class itself."""
    rows = vocabulary.kinds(scope)
    names = {one.code: one.label(lang()) for one in rows if not one.parent}
    return {one.code: (one.parent or one.code, names.get(one.parent or one.code, "")) for one in rows}


def _name(of: Vocabulary, code: str, classes: Mapping[str, tuple[str, str]], found: Choices) -> str:
    if of.group in BY_CLASS:
        return classes.get(code, ("", code))[1] or _("for every kind")
    return said(of.column(of.group), code, found)
