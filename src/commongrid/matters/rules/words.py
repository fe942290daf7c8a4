"""The closed sets of values the loop is told in; tables check them, surfaces name them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

LEVELS: Final = ("grid", "village", "township", "county")
"""Levels that may own a matter, lowest first."""

OWNERS: Final = (*LEVELS, "unit")
SERIES: Final = ("asked", "patrol", "systems", "register")
SOURCES: Final = ("villager", "patrol", "department", "hotline", "petition", "leader", "anonymous")
URGENCIES: Final = ("normal", "urgent", "immediate")
CLOCKS: Final = (
    "respond", "finish", "decide", "visit", "rate", "file", "review", "receipt", "resume", "pass", "courtesy", "woken",
)  # fmt: skip
"""Which limit a deadline comes from."""

OUTCOMES: Final = (
    "rated", "not_rated", "checked", "done", "disagrees", "handed_over", "rejected", "withdrawn", "merged", "referred",
    "given_up",
)  # fmt: skip
"""How a matter ended; whether the reporter was satisfied is only in its ratings."""

OWN_OFFICE: Final = "office"
"""The type of a unit of its place's own; a station there is a department's."""
MODES: Final = ("in_person", "phone", "handed", "counter", "paper")
"""How somebody was asked: in person, by phone, on a phone handed to them, at the counter, on a signed sheet."""

VIAS: Final = ("slip", "visit", "call", "handed", "counter", "paper", "system")
"""How a rating came in."""

OPEN: Final = (
    "reported", "accepted", "diverted", "in_hand", "returned", "answered", "to_rate", "to_file", "reopened", "review",
    "paused", "parked", "woken", "referred", "to_pass", "split", "asked",
)  # fmt: skip
ENDED: Final = ("closed", "rejected", "withdrawn", "merged")
STATES: Final = (*OPEN, *ENDED)
APPROVED: Final = ("extend", "pause", "park", "refer", "end")
"""What needs the unit's deputy."""
REASONED: Final = ("reject", "park", "pause", "extend", "end")
"""What is given with a reason of the county's list."""
TOLD: Final = ("visit", "call", "paper", "slip")
"""How the person was told: in person, by phone, on paper, by their slip's page."""

LEAST_TOGETHER: Final = 5
"""At least so many ratings are shown to a handler at once, so that none can be told from the others."""
LEAST_RECHECKED: Final = Decimal("0.1")
"""At least this share of the good ratings is looked at once more."""
