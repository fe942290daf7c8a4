"""Which of four series a matter counts in: asked by people, found by patrol, from other systems, register changes."""

from __future__ import annotations

from typing import Final

from commongrid.matters.rules.named import REGISTER

_OF_SOURCE: Final = {"patrol": "patrol", "hotline": "systems", "petition": "systems"}


def series_of(parent: str, source: str) -> str:
    """The series of a fresh report, by the class of its kind and the channel; everything else is asked by people."""
    return "register" if parent == REGISTER else _OF_SOURCE.get(source, "asked")


def series_sorted(before: str, parent: str, source: str, *, exchanged: bool) -> str:
    """The series once a matter has its kind: only a change to the register, or one no longer, changes it.

    An order of another system stays one, and what was taken over from an older system keeps what it counted in there.
    """
    if exchanged or (before == "register") == (parent == REGISTER):
        return before
    return series_of(parent, source)
