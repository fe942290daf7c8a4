"""A matter's way in a villager's words: where it stands, what happened, who has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from commongrid.journal.queries import LineRow

STANDS: Final = {
    "reported": N_("Received. It is decided now whether it is taken up, and by whom."),
    "accepted": N_("Taken up. It is being given to whoever is in charge of it."),
    "diverted": N_("It was given to the office in charge, which begins with it."),
    "in_hand": N_("It is being worked on."),
    "returned": N_("The office says it is not in charge. The centre decides who does it."),
    "answered": N_("There is an answer. Somebody of another level asks whether it is solved."),
    "to_rate": N_("There is an answer. You are asked whether it is solved."),
    "to_file": N_("The answers are in. The centre reads them and closes the matter."),
    "reopened": N_("It was not solved, so another office does it once more."),
    "review": N_("It was not solved twice. The county looks at it."),
    "paused": N_("It is paused for a reason that was approved."),
    "parked": N_("It can't be done now; there is a date on which it is looked at again."),
    "referred": N_("It was handed to the body that is competent by law."),
    "closed": N_("It is closed."),
    "rejected": N_("It was not taken up. The reason is below."),
    "withdrawn": N_("It was withdrawn."),
    "merged": N_("It is dealt with together with another matter about the same thing."),
}
"""State -> where it stands, in one sentence."""

HAPPENED: Final = {
    "matters.reported": N_("Reported"),
    "matters.accepted": N_("Taken up"),
    "matters.rejected": N_("Not taken up"),
    "matters.settled": N_("Settled on the spot"),
    "matters.raised": N_("Passed up to the next level"),
    "matters.called_up": N_("Taken over by the level above"),
    "matters.diverted": N_("Given to the office in charge"),
    "matters.started": N_("Work began"),
    "matters.given_back": N_("Given back by the office"),
    "matters.decided": N_("It was decided who does it"),
    "matters.answered": N_("Answered"),
    "matters.visited": N_("Return visit"),
    "matters.rated": N_("Rated"),
    "matters.closed": N_("Closed"),
    "matters.reviewed": N_("Looked at by the county"),
    "matters.receipted": N_("Taken over by the competent body"),
    "matters.withdrawn": N_("Withdrawn"),
    "matters.supervised": N_("Urged by the level above"),
    "matters.overdue": N_("The deadline passed; the level above was told"),
    "matters.timed_out": N_("Nobody rated it in time"),
}
"""Act -> what happened, in a word or two; acts that are not here mean nothing to a villager."""

STEPS: Final = (
    (("reported",), N_("Received")),
    (("accepted", "diverted", "returned", "reopened", "referred"), N_("Being assigned")),
    (("in_hand", "paused", "parked", "review"), N_("Being worked on")),
    (("answered", "to_rate"), N_("Is it solved?")),
    (("to_file",), N_("Being closed")),
    (("closed", "rejected", "withdrawn", "merged"), N_("Ended")),
)
"""The way as a rail: states that belong to a step, and its name."""

OWNERS: Final = {
    "grid": N_("Grid head, %(place)s"),
    "village": N_("Village committee, %(place)s"),
    "township": N_("Grid centre, %(place)s"),
    "county": N_("County grid centre, %(place)s"),
}
"""Owner's level -> how villagers call it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the rail; state is "done", "now" or nothing."""

    text: str
    state: str = ""
    note: str = ""


def stands(state: str) -> str:
    """Where it stands, in the reader's language."""
    return gettext(STANDS.get(state, N_("It is being worked on.")))


def steps(state: str) -> list[Step]:
    """The rail with this state's step marked."""
    at = next((n for n, (states, _text) in enumerate(STEPS) if state in states), 0)
    last = len(STEPS) - 1
    return [
        Step(gettext(text), "done" if n < at or at == last else "now" if n == at else "")
        for n, (_states, text) in enumerate(STEPS)
    ]


def owner(level: str, place: str) -> str:
    """Who has it, where that is a level and not a unit."""
    return gettext(OWNERS.get(level, OWNERS["county"])) % {"place": place}


def happenings(lines: Sequence[LineRow], words: dict[str, str]) -> list[Happening]:
    """The history, newest first; ``words`` are what was said with an act, by the act's id."""
    found = [
        Happening(line.at, gettext(HAPPENED[line.name]), text=words.get(str(line.id), ""))
        for line in lines
        if line.name in HAPPENED
    ]
    return found[::-1]
