"""Acts after which somebody else owes the next step of a matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

GIVEN: Final = frozenset(
    f"matters.{name}"
    for name in (
        "reported", "diverted", "decided", "raised", "called_up", "fell", "given_back", "routed_round", "handed_on",
        "woken", "came_back", "recheck_ordered", "split", "sent_back", "answered", "settled", "passed_on", "reviewed",
        "unmerged", "unit_dissolved", "asked_again", "asked_again_for", "meeting_called", "answered_on_paper",
        "mediation_agreed", "mediation_failed",
    )
)  # fmt: skip
"""Acts after which somebody else owes the next step."""
SORTED: Final = ("matters.accepted", "matters.mediation_begun", "matters.put_right")
"""Acts after which somebody else owes it where it became a kind that another level or a competent body has."""
JUDGED: Final = frozenset(
    f"matters.{name}"
    for name in (
        "visited", "rated", "units_rated", "rated_on_paper", "timed_out", "mediation_checked", "rechecked",
        "result_taken",
    )
)  # fmt: skip
"""Acts after which somebody else owes it where they led to one of these states."""
JUDGED_TO: Final = ("to_file", "reopened", "review")
ANEW: Final = ("reported", "reopened")
"""States in which what was put right begins with whoever has it where it belongs now."""


def gives(name: str, was: Mapping[str, Any]) -> bool:
    """Whether somebody else owes the next step after this act; of what is closed off it says nothing, so it may."""
    if name in SORTED:
        return not was or was.get("had") != was.get("has") or ("was_place" in was and was.get("to") in ANEW)
    if name in JUDGED:
        return not was or (was.get("from") != was.get("to") and was.get("to") in JUDGED_TO)
    return name in GIVEN or (name == "matters.grid_ended" and was.get("had") == "grid")
