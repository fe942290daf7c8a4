"""Codes of outreach with their words, and the transitions of a plan."""

from __future__ import annotations

import re
from typing import Final

from commongrid.kernel.refusals import N_, WrongState

MOST: Final = 30
"""Households that anybody may be linked to at the very most; a plan's own limit is lower."""
ANSWERS: Final = ("able", "declines", "away")
STANDINGS: Final = ("member", "probationary", "committee", "in_service", "leader")
CHOICES: Final = ("liked", "kin", "not", "wish", "phone")
ABOUT_NOBODY: Final = ("wish", "phone")
"""Choices that are about no person."""
FOR_PLANS: Final = ("not", "wish")
"""Choices that are for the plans alone: nobody else reads them."""
STATES: Final = ("asked", "ready", "failed", "approved", "adopted", "dropped")
PARTY: Final = {"01": "member", "02": "probationary"}
"""Political status (GB/T 4762) of those who are asked to declare, and what they count as."""

ANSWER_WORDS: Final = {"able": N_("able"), "declines": N_("declines"), "away": N_("away from home")}
STANDING_WORDS: Final = {
    "member": N_("Party member"), "probationary": N_("probationary member"), "committee": N_("of the two committees"),
    "in_service": N_("in-service member"), "leader": N_("villager group leader"),
}  # fmt: skip
CHOICE_WORDS: Final = {
    "liked": N_("would like"), "kin": N_("is kin of"), "not": N_("rather not"),
    "wish": N_("somebody who can"), "phone": N_("by phone, please"),
}  # fmt: skip
STATE_WORDS: Final = {
    "asked": N_("being worked out"), "ready": N_("ready to read"), "failed": N_("could not be worked out"),
    "approved": N_("approved by the meeting"), "adopted": N_("adopted"), "dropped": N_("dropped"),
}  # fmt: skip
OPEN: Final = ("asked", "ready", "failed", "approved")
"""States in which a village's plan stands in the way of another."""
_MOVES: Final = {
    "edit": ("ready",),
    "work out": ("ready", "failed"),
    "approve": ("ready",),
    "adopt": ("approved",),
    "reopen": ("approved",),
    "call off": ("adopted",),
    "drop": OPEN,
}
_SAYS: Final = {
    "asked": N_("The plan is being worked out. Wait until it is ready."),
    "ready": N_("The branch meeting has not approved this plan yet. Enter its decision first."),
    "failed": N_("The plan could not be worked out. Change what its page says, then have it worked out anew."),
    "approved": N_("The branch meeting has approved this plan. Take the approval back first to change it."),
    "adopted": N_("This plan was adopted. Propose another to change links."),
    "dropped": N_("This plan was dropped. Propose another."),
}


_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]{1,18}[0-9]")
LONGEST_PHONE: Final = 13
"""Digits of a telephone number with its country; an identity number has more."""


def is_phone(text: str) -> bool:
    """Whether a text may stand on a notice as a number to call: digits of a telephone and nothing else."""
    return bool(_PHONE.fullmatch(text)) and sum(sign.isdecimal() for sign in text) <= LONGEST_PHONE


def may(state: str, move: str) -> bool:
    """Whether a plan in this state may be edited, worked out anew, approved, reopened, adopted or dropped."""
    return state in _MOVES[move]


def refuse_move(state: str, move: str) -> None:
    """Refuse with WrongState what a plan in this state does not allow, saying what to do instead."""
    if not may(state, move):
        raise WrongState(_SAYS[state])


def carried(entitled: int, present: int, in_favour: int) -> bool:
    """Whether a branch meeting carries it: more than half of those with a vote came, and so many are in favour."""
    return entitled < 2 * in_favour <= 2 * present <= 2 * entitled
