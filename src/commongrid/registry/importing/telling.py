"""The account of a dry run as plain values: counts, faults, doubts, notes, and the first rows of each kind."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from commongrid.registry.importing.rules.held import PlacedHeld
from commongrid.registry.importing.rules.homes import PlacedHome
from commongrid.registry.importing.rules.layout import LAYOUTS

if TYPE_CHECKING:
    from commongrid.registry.importing.looking import Look, Planned
    from commongrid.registry.importing.rules.matching import Placed

FAULTS_SHOWN: Final = 200
DOUBTS_SHOWN: Final = 200
ROWS_SHOWN: Final = 200
NEW_SHOWN: Final = 10
"""Rows of each kind that a page shows; the workbook that comes back has all with faults."""
STANDS_AS: Final = {"relation": "as_in_home", "grid": "place"}
"""Fields that the register's record calls otherwise than a sheet."""
HIDDEN: Final = ("bank", "id_number", "phone")
"""Fields of which only that they change is told: their numbers are sealed."""


def account(look: Look) -> dict[str, Any]:
    """What the page of a file shows, without asking again."""
    headings = headings_of(look)
    faults = look.faults
    return {
        "rows": len(look.file.rows),
        "counts": look.counts,
        "faulty": len({fault.row for fault in faults}),
        "homes": look.fresh_homes,
        "faults": [
            [fault.row, fault.code, headings.get(fault.field, ""), fault.value] for fault in faults[:FAULTS_SHOWN]
        ],
        "more_faults": max(0, len(faults) - FAULTS_SHOWN),
        "more_doubts": max(0, look.counts.get("doubt", 0) - DOUBTS_SHOWN),
        "doubts": list(islice(map(_doubt, (one for one in look.placed if one.status == "doubt")), DOUBTS_SHOWN)),
        "changed": list(islice(map(_changed, (one for one in look.each if one.status == "changed")), ROWS_SHOWN)),
        "more_changed": max(0, look.counts.get("changed", 0) - ROWS_SHOWN),
        "new": list(islice(map(_new, (one for one in look.each if one.status == "new")), NEW_SHOWN)),
        "notes": _notes(look),
    }


def headings_of(look: Look) -> dict[str, str]:
    """What each field's column is called: as in the file, else as in the template."""
    return {column.field: column.heading for column in LAYOUTS[look.file.sort]} | dict(look.file.headed.headings)


def _doubt(one: Placed) -> dict[str, Any]:
    known = one.known
    return {
        "row": one.read.row, "name": one.read.name, "home": one.read.home, "why": one.why, "answers": one.answers,
        "person": str(known.id) if known else "", "known": known.name if known else "",
        "known_home": known.home[1] if known and known.home else "",
    }  # fmt: skip


def _changed(one: Planned) -> dict[str, Any]:
    who = getattr(one.read, "name", "") or one.read.number
    return {
        "row": one.read.row, "name": who, "joins": getattr(one, "joins", False),
        "fields": [[name, *_both_sides(one, name)] for name in one.changed],
    }  # fmt: skip


def _both_sides(one: Planned, name: str) -> tuple[str, str]:
    """What the register says and what the row says: codes as codes, days as 2026-03-01; nothing of what is sealed."""
    if name in HIDDEN or one.known is None:
        return "", ""
    was: Any
    now: Any
    if isinstance(one, PlacedHeld):
        was, now = one.known.values.get(name), one.values.get(name)
    else:
        was, now = getattr(one.known, STANDS_AS.get(name, name)), getattr(one.read, name)
    if isinstance(was, UUID) or isinstance(now, UUID):
        return "", ""
    return "" if was is None else str(was), "" if now is None else str(now)


def _new(one: Planned) -> dict[str, Any]:
    return {
        "row": one.read.row, "name": getattr(one.read, "name", ""), "village": one.read.natural_village,
        "number": one.read.number, "relation": getattr(one.read, "relation", ""),
        "new_home": getattr(one, "new_home", isinstance(one, PlacedHome)),
    }  # fmt: skip


def _notes(look: Look) -> dict[str, list[int]]:
    """Notes with their rows, the first twenty of each and then how many more."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, codes in sorted(look.file.reader.notes.items()):
        for code in dict.fromkeys(codes):
            found[code].append(row)
    for one in look.placed:
        for code in one.kept if one.status in ("new", "changed", "same") else ():
            found[code].append(one.read.row)
    for code, rows in look.astray.items():
        found[code] += rows
    for held in look.held:
        for code in held.notes:
            found[code].append(held.read.row)
    return {code: [*rows[:20], *([-len(rows) + 20] if len(rows) > 20 else [])] for code, rows in found.items()}  # noqa: PLR2004
