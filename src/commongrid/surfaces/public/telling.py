"""A matter's way in a villager's words: where it stands, what happened, who has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from commongrid.accounts.queries import AccessRow
    from commongrid.journal.queries import LineRow
    from commongrid.roster.queries import PostLine

ADDED: Final = ("matters.added", "matters.added_for")
ONE_OF_THEM: Final = N_("Somebody who reported it added something")
"""Where several reported the same, and it was not said by whoever reads, or need not have been."""
REOPENED: Final = N_("Not solved: another office does it once more")
HAPPENED: Final = {
    "matters.reported": N_("Reported"),
    "matters.accepted": N_("Taken up"),
    "matters.rejected": N_("Not taken up"),
    "matters.settled": N_("Settled on the spot"),
    "matters.raised": N_("Passed up to the next level"),
    "matters.called_up": N_("Taken over by the level above"),
    "matters.diverted": N_("Given to the office in charge"),
    "matters.split": N_("Several offices work on it together"),
    "matters.meeting_called": N_("Several offices were called to one meeting"),
    "matters.reminded": N_("The office that was asked was reminded"),
    "matters.started": N_("Work began"),
    "matters.put_right": N_("Place, kind or urgency was put right"),
    "matters.handed_on": N_("Taken over by another competent body"),
    "matters.routed_round": N_("Taken up by a level above whom it is about"),
    "matters.given_back": N_("Given back by the office"),
    "matters.decided": N_("It was decided who does it"),
    "matters.answered": N_("Answered"),
    "matters.answered_on_paper": N_("Answered"),
    "matters.mediation_begun": N_("Mediation began"),
    "matters.mediation_agreed": N_("Settled by agreement"),
    "matters.mediation_failed": N_("Mediation ended without agreement"),
    "matters.passed_on": N_("The answer was passed on to you"),
    "matters.sent_back": N_("The answer was sent back to be completed"),
    "matters.result_taken": N_("The system it came from has said what came of it"),
    "matters.visited": N_("Return visit"),
    "matters.rated_on_paper": N_("Rated"),
    "matters.rated": N_("Rated"),
    "matters.closed": N_("Closed"),
    "matters.reviewed": N_("Looked at by the county"),
    "matters.receipted": N_("Taken over by the competent body"),
    "matters.added": N_("You added something"),
    "matters.added_for": N_("You added something"),
    "matters.withdrawn": N_("Withdrawn"),
    "matters.withdrawn_for": N_("Withdrawn for you, at the counter or by phone"),
    "matters.extended": N_("More time given"),
    "matters.paused": N_("Paused"),
    "matters.parked": N_("Parked until a day of review"),
    "matters.referred": N_("Handed to another body"),
    "matters.given_up": N_("Ended with reasons"),
    "matters.resumed": N_("Work goes on"),
    "matters.woken": N_("The day of review has come"),
    "matters.receipt_taken": N_("The other body has taken it"),
    "matters.came_back": N_("The other body did not take it"),
    "matters.asked_again": N_("The level above was asked once more"),
    "matters.asked_again_for": N_("The level above was asked once more"),
    "matters.unit_dissolved": N_("The office in charge has changed"),
    "matters.supervised": N_("Urged by the level above"),
    "matters.overdue": N_("The deadline passed; the level above was told"),
    "matters.timed_out": N_("Nobody rated it in time"),
    "matters.units_rated": N_("Rated"),
    "matters.merged": N_("Others reported the same; it is handled together with theirs"),
    "matters.unmerged": N_("It goes its own way again"),
    "matters.recheck_ordered": N_("It is looked at once more"),
    "matters.rechecked": N_("Looked at once more"),
    "registry.change_approved": N_("Entered in the register"),
    "registry.change_reopened": N_("What was entered in the register was taken back; it will be entered anew"),
    "matters.slip_renewed": N_("A new slip was given; the old code no longer works"),
}
"""Act -> what happened, in a word or two; acts that are not here mean nothing to a villager."""

STEPS: Final = (
    (("received",), N_("Received")),
    (("accepted", "reopened"), N_("Being assigned")),
    (("in_hand", "paused", "parked", "review", "referred"), N_("Being worked on")),
    (("answered",), N_("Is it solved?")),
    (("closed", "rejected", "withdrawn"), N_("Over")),
)
"""The way as a rail: phases that belong to a step, and its name."""


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


def steps(phase: str) -> list[Step]:
    """The rail with this phase's step marked; an ended matter has done them all."""
    at = next((n for n, (phases, _text) in enumerate(STEPS) if phase in phases), 0)
    last = len(STEPS) - 1
    return [
        Step(gettext(text), "done" if n < at or at == last else "now" if n == at else "")
        for n, (_phases, text) in enumerate(STEPS)
    ]


def happenings(lines: Sequence[LineRow], hands: Mapping[datetime, str], own: UUID) -> list[Happening]:
    """The history, newest first; ``hands`` name the office that was given it or answered at a time.

    ``own`` is the matter of whoever reads: of a merged one the lines of its lead are among them.
    """
    return [
        Happening(line.at, title, who=hands.get(line.at, ""))
        for line in reversed(lines)
        if (title := gettext(ONE_OF_THEM) if _of_several(line, own) else _title(line))
    ]


def _of_several(line: LineRow, own: UUID) -> bool:
    return line.name in ADDED and (line.subject != own or bool(line.facts.get("follower")))


LOOKED_AT: Final = {
    "reporter.name": N_("Your name"), "reporter.phone": N_("Your phone number"),
    "concerned.name": N_("The name of the person concerned"),
    "concerned.phone": N_("The phone number of the person concerned"),
    "accused.name": N_("Whom it is about"),
}  # fmt: skip
"""Hidden values of a matter as whoever reported it would call them."""


def looked(line: AccessRow, face: PostLine | None, lang: str) -> Happening:
    """That somebody had a hidden value shown: which, who it was, and why they needed it."""
    title = gettext(LOOKED_AT.get(line.about, N_("Where it happened")))
    who = f"{face.label(lang)} · {face.name}" if face else line.login_name
    return Happening(line.at, title, who=who, text=line.reason)


def _title(line: LineRow) -> str:
    """What happened, in a word or two; a grant by what was granted."""
    name = GRANTED.get(str(line.facts.get("sort", "")), "") if line.name == "matters.granted" else line.name
    if name in HAPPENED and line.facts.get("to") == "reopened" != line.facts.get("from"):
        return gettext(REOPENED)
    return gettext(HAPPENED[name]) if name in HAPPENED else ""


GRANTED: Final = {
    "extend": "matters.extended", "pause": "matters.paused", "park": "matters.parked", "refer": "matters.referred",
    "end": "matters.given_up",
}  # fmt: skip
"""What a granted application means to the person."""
