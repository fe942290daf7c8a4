"""How large a test runs: a seeded sample in ``make test``, the full size with COMMONGRID_FULL=1 (``make nightly``)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
FULL = os.environ.get("COMMONGRID_FULL") == "1"
TURN = int(os.environ.get("COMMONGRID_TURN", "0"))
"""Which part of what is sampled by parts: the same always, so that what was green stays green; 1, 2 are the others."""


def size(sample: int, full: int) -> int:
    """The number of cases for this run."""
    return full if FULL else sample


def in_turn(things: Sequence[T], of: int) -> list[T]:
    """One part of so many, by turn; all in the full size."""
    return list(things) if FULL else list(things[TURN % of :: of])


def shares(full: int) -> list[int]:
    """Into how many tests a suite is split, so that workers share it; a sample is one test."""
    return list(range(full if FULL else 1))
