"""Who may handle a complaint: the first level whose people don't answer to whom it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from commongrid.matters.rules import words

OUTSIDE: Final = "outside"
"""Above the county: only the discipline inspection, which hands it on (12388)."""

DISCIPLINE: Final = "discipline"
"""The field of work of whoever takes those, and complaints about conduct."""

UNSURE: Final = "unsure"
"""The person does not know, or will not say: then the county centre looks first."""

WHOM: Final = ("village", "township", "unit", "county", UNSURE)
"""Whom a complaint may be about, as the person chooses it."""

LEADING: Final = ("centre", "committee")
"""Types of unit that lead their place: a complaint about them is not handled there."""

_LEVEL_OF_ROLE: Final = {"county": "county", "township": "township", "assigned_village": "township", "unit": "unit"}


def handled_at(about: str, *, unit_level: str = "", unit_type: str = "") -> str:
    """The level that handles a complaint about office-holders of a level, or about a unit at a level; or OUTSIDE.

    Village and grid: the township. A township's leadership and centre, and
    where nobody knows: the county. A station or office: its own township's
    centre, which does not answer to it; a bureau: the county centre. The
    county's leadership: nobody here.
    """
    if about == "unit" and unit_type not in LEADING and unit_level in ("township", "county"):
        return unit_level
    return {"county": OUTSIDE, "township": "county", UNSURE: "county"}.get(
        unit_level if about == "unit" else about, "township"
    )


def level_of_role(scope_level: str) -> str:
    """How somebody's role counts here: county, township, unit, else village."""
    return _LEVEL_OF_ROLE.get(scope_level, "village")


def highest(levels: Iterable[str]) -> str:
    """The highest of some handling levels."""
    order = (*words.LEVELS, OUTSIDE)
    return max(levels, key=order.index)


def at_least(level: str, handled: str) -> str:
    """The level a kind starts at, but never below the one that may handle it."""
    return highest((level, handled)) if handled else level
