"""Codes of grid division with their words, and what may be done to a proposal when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.roster.dividing.rules.planning import Terms

WEIGHTS: Final = ("homes", "people")
STATES: Final = ("asked", "ready", "failed", "adopted", "done", "dropped")
OPEN: Final = ("asked", "ready", "failed")
KEPT_OPEN: Final = 8
"""So many proposals of a village may lie side by side."""
MOST: Final = 15_000
"""Households of a village that are divided at once: with these it takes minutes."""
SMALLEST, LARGEST, FARTHEST = 1, 5000, 10_000
"""Sizes of a grid, and metres of a price, that anybody may ask for."""

STATE_WORDS: Final = {
    "asked": N_("being worked out"), "ready": N_("ready to read"), "failed": N_("could not be worked out"),
    "adopted": N_("adopted"), "done": N_("carried out"), "dropped": N_("dropped"),
}  # fmt: skip
_MOVES: Final = {
    "edit": ("ready",),
    "work out": ("ready", "failed"),
    "copy": ("ready", "adopted", "done", "dropped"),
    "adopt": ("ready",),
    "call off": ("adopted",),
    "drop": OPEN,
    "staff": ("ready", "adopted"),
}
_SAYS: Final = {
    "asked": N_("The proposal is being worked out. Wait until it is ready."),
    "ready": N_("The proposal is ready and not adopted."),
    "failed": N_("The proposal could not be worked out. Change what its page says, then have it worked out anew."),
    "adopted": N_("This proposal is adopted. Call it off first to change it."),
    "done": N_("This division was carried out. Propose another to change grids."),
    "dropped": N_("This proposal was dropped. Propose another."),
}


def may(state: str, move: str) -> bool:
    """Whether a proposal in this state may be edited, worked out, copied, adopted, called off, dropped or staffed."""
    return state in _MOVES[move]


def refuse_move(state: str, move: str) -> None:
    """Refuse with WrongState what a proposal in this state does not allow, saying what to do instead."""
    if not may(state, move):
        raise WrongState(_SAYS[state])


def refuse_terms(terms: Terms) -> None:
    """Refuse with BadInput limits that are none."""
    faults: dict[str, str] = {}
    if terms.weigh not in WEIGHTS:
        faults["weigh"] = N_("Choose one of the list.")
    if not SMALLEST <= terms.lower < terms.upper <= LARGEST:
        faults["upper"] = N_("The largest size is above the smallest, and at most 5,000.")
    elif not terms.lower <= terms.target <= terms.upper:
        faults["target"] = N_("The size aimed at lies between the smallest and the largest.")
    if terms.grids is not None and not 1 <= terms.grids <= 500:  # noqa: PLR2004 - as its sentence says
        faults["grids"] = N_("A number from 1 to 500, or nothing.")
    for name in ("change", "split", "uneven", "headless", "short"):
        if not 0 <= getattr(terms, name) <= FARTHEST:
            faults[name] = N_("A number of metres from 0 to 10,000.")
    if faults:
        raise BadInput(fields=faults)


FAULT_WORDS: Final[Mapping[str, str]] = {
    "none": N_("There are no households here to divide."),
    "nowhere": N_("Not one dwelling of this village has a point on the map, so no grids can be proposed."),
    "too_many": N_(
        "So many grids (%(grids)s) can't be made of so few households (%(households)s). Ask for fewer grids."
    ),
    "too_few": N_(
        "These households need at least %(needed)s grids: natural villages that are kept whole, locked grids and parts "
        "cut off by barriers each take one. You asked for %(grids)s."
    ),
    "broken": N_("The planner broke off. Whoever runs the system finds the reason in its log."),
    "not_done": N_(
        "It was adopted and could not be carried out on its day: a grid ended meanwhile, or the village has no numbers "
        "left for new grids. Have it worked out anew."
    ),
    "too_big": N_(
        "This village has more than 15,000 households, too many to divide at once. Its grids stay as they are."
    ),
}
"""Why nothing could be worked out."""
LEFT_WORDS: Final[Mapping[str, str]] = {
    "gone": N_("No longer here: died, moved away, or joined with another record."),
    "there": N_("Holds this post in this grid already."),
    "planner": N_("Whoever planned it may no longer fill this post."),
    "no_grid": N_("The grid did not begin: no household was left in it."),
    "refused": N_("Could not be appointed. Appoint them by hand; the page says then what stands against it."),
}
"""Why somebody who was planned for a grid was left out on its day."""
