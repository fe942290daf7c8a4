"""Acts after which somebody else owes the next step of a matter."""

from __future__ import annotations

from typing import Final

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
