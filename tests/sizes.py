"""How large a test runs: a seeded sample in ``make test``, the full size with COMMONGRID_FULL=1 (``make nightly``)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")
FULL = os.environ.get("COMMONGRID_FULL") == "1"
TURN = int(os.environ.setdefault("COMMONGRID_TURN", str(datetime.now(UTC).date().toordinal())))
"""Whose turn it is where samples go round: the day's number, for all workers; a number given takes that turn again."""


def size(sample: int, full: int) -> int:
    """The number of cases for this run."""
    return full if FULL else sample


def in_turn(things: Sequence[T], of: int) -> list[T]:
    """The things whose turn it is: each comes once in so many days; all in the full size."""
    return list(things) if FULL else list(things[TURN % of :: of])


def shares(full: int) -> list[int]:
    """Into how many tests a suite is split, so that workers share it; a sample is one test."""
    return list(range(full if FULL else 1))
