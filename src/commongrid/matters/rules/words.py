"""The closed sets of values the loop is told in; tables check them, surfaces name them."""

from __future__ import annotations

from typing import Final

LEVELS: Final = ("grid", "village", "township", "county")
"""Levels that may own a matter, lowest first."""

OWNERS: Final = (*LEVELS, "unit")
SERIES: Final = ("asked", "patrol", "systems", "register")
SOURCES: Final = ("villager", "patrol", "department", "hotline", "petition", "leader", "anonymous")
URGENCIES: Final = ("normal", "urgent", "immediate")
CLOCKS: Final = ("respond", "finish", "decide", "visit", "rate", "file", "review", "receipt", "resume")
"""Which limit a deadline comes from."""

OUTCOMES: Final = (
    "rated", "not_rated", "checked", "done", "disagrees", "handed_over", "rejected", "withdrawn", "merged", "referred",
)  # fmt: skip
"""How a matter ended; whether the reporter was satisfied is only in its ratings."""

OPEN: Final = (
    "reported", "accepted", "diverted", "in_hand", "returned", "answered", "to_rate", "to_file", "reopened", "review",
    "paused", "parked", "referred",
)  # fmt: skip
ENDED: Final = ("closed", "rejected", "withdrawn", "merged")
STATES: Final = (*OPEN, *ENDED)
