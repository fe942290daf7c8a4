"""How large a test runs: a seeded sample in ``make test``, the full size with COMMONGRID_FULL=1 (``make nightly``)."""

from __future__ import annotations

import os

FULL = os.environ.get("COMMONGRID_FULL") == "1"


def size(sample: int, full: int) -> int:
    """The number of cases for this run."""
    return full if FULL else sample


def shares(full: int) -> list[int]:
    """Into how many tests a suite is split, so that workers share it; a sample is one test."""
    return list(range(full if FULL else 1))
