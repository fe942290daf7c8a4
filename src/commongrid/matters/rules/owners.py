"""Who has a matter, level by level: where it enters and goes up to, who visits, decides, finds another handler."""

from __future__ import annotations

from commongrid.matters.rules import words
from commongrid.matters.rules.table import STATES


def step_of(state: str, owner: str, *, sealed: bool = False, grid_may: bool = True) -> str:
    """The next step expected of the owner."""
    if state == "reported":
        return "receipt" if sealed else _grid_step(owner, grid_may=grid_may)
    if state in ("accepted", "reopened") and owner == "village":
        return "start"
    return STATES[state].step


def _grid_step(owner: str, *, grid_may: bool) -> str:
    if owner != "grid":
        return "accept"
    return "settle" if grid_may else "raise"


def above(level: str) -> str:
    """The next level up; the county is its own."""
    return words.LEVELS[min(words.LEVELS.index(level) + 1, len(words.LEVELS) - 1)]


def entry(
    *, first_level: str, lowest: str, urgency: str, sealed: bool, routed_round: bool, confidential: bool = False
) -> str:
    """Who first has a new matter: the kind's level, never below where it is.

    Immediate ones the township at least, and what was said in confidence: only the centre reads it.
    """
    if sealed:
        return "unit"
    floor = max(words.LEVELS.index(lowest), words.LEVELS.index(first_level or "village"))
    if routed_round or confidential or urgency == "immediate":
        floor = max(floor, words.LEVELS.index("township"))
    return words.LEVELS[floor]


def visit_owner(handler: str) -> str:
    """Who owes the return visit: the level above the handler's; for the county's own work the township."""
    return "township" if handler == "county" else above(handler)


def recheck_owner(handler: str) -> str:
    """Who looks once more: a centre of another level than the handler."""
    return "county" if handler == "township" else "township"


def file_owner(handler: str) -> str:
    """Who reads and files: the township, through which every answer goes back to the person."""
    return "township" if handler else "county"


def decider_of(level: str) -> str:
    """The centre that decides on a returned order: the township for grid and village, else the county."""
    return "township" if level in ("grid", "village") else "county"


def reopen_owner(handler: str, *, by_unit: bool) -> str:
    """Who finds a different handler: the centre over the unit, else the level above."""
    return handler if by_unit and handler in ("township", "county") else above(handler)
