"""How each step looks on the page and which action carries it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from commongrid.kernel.refusals import N_
from commongrid.matters import actions
from commongrid.surfaces.console.matters import forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a step looks on the page and what carries it out."""

    form: type[forms.Step]
    do: Callable[..., Any]
    button: str
    done: str
    lead: str = ""
    tone: str = ""


WAYS: Final[dict[str, Way]] = {
    "accept": Way(
        form=forms.Accept,
        do=actions.accept,
        button=N_("Accept"),
        done=N_("Accepted."),
        tone="go",
    ),
    "reject": Way(
        form=forms.Reject,
        do=actions.reject,
        button=N_("Don't accept it"),
        done=N_("Not accepted; the reason is on the slip."),
        tone="stop",
    ),
    "settle": Way(
        form=forms.Settle,
        do=actions.settle,
        button=N_("Settled on the spot"),
        done=N_("Settled on the spot."),
        tone="go",
        lead=N_("Small things stay where they are: say what was done and it goes on to the return visit or the file."),
    ),
    "raise": Way(
        form=forms.Reason,
        do=actions.raise_level,
        button=N_("Pass it up"),
        done=N_("Passed up to the next level."),
        lead=N_("The level above gets it, with your reason."),
    ),
    "call_up": Way(
        form=forms.Reason,
        do=actions.call_up,
        button=N_("Take it over"),
        done=N_("Taken over at this level."),
        lead=N_("This level has it from now on; those below read your reason."),
    ),
    "divert": Way(form=forms.Divert, do=actions.divert, button=N_("Divert"), done=N_("Diverted."), tone="go"),
    "start": Way(
        form=forms.Start,
        do=actions.start,
        button=N_("Take it on"),
        done=N_("Taken on; the finishing limit runs."),
        tone="go",
    ),
    "give_back": Way(
        form=forms.GiveBack,
        do=actions.give_back,
        button=N_("Give it back"),
        done=N_("Given back; the centre above decides."),
    ),
    "decide": Way(
        form=forms.Decide,
        do=actions.decide_returned,
        button=N_("Decide"),
        done=N_("Decided."),
        tone="go",
    ),
    "answer": Way(
        form=forms.Answer,
        do=actions.answer,
        button=N_("Answer"),
        done=N_("Answered. Somebody of another level asks the person."),
        tone="go",
    ),
    "visit": Way(
        form=forms.Visit,
        do=actions.visit,
        button=N_("Record the visit"),
        done=N_("The visit is recorded."),
        tone="go",
        lead=N_("Ask the person themselves; their answers are not shown to whoever did the work."),
    ),
    "close": Way(
        form=forms.Close,
        do=actions.close,
        button=N_("File and close"),
        done=N_("Filed and closed."),
        tone="go",
        lead=N_("Read the answer, the visit and the rating first. This ends the matter."),
    ),
    "review": Way(
        form=forms.Review,
        do=actions.review,
        button=N_("Decide"),
        done=N_("Reviewed."),
        tone="go",
        lead=N_("The person said twice that it is not solved. Give it to somebody once more, or end it with reasons."),
    ),
    "receipt": Way(
        form=forms.Receipt,
        do=actions.receipt,
        button=N_("Confirm the receipt"),
        done=N_("Handed over with a receipt."),
        tone="go",
    ),
    "supervise": Way(
        form=forms.Supervise,
        do=actions.supervise,
        button=N_("Supervise"),
        done=N_("Your words are with whoever has it."),
        lead=N_("Supervising does not take it over."),
    ),
    "reply": Way(
        form=forms.Reply,
        do=actions.reply,
        button=N_("Send the interim answer"),
        done=N_("The interim answer is sent."),
        tone="go",
    ),
}
"""Every event that a post may cause on a page, in no order of its own."""
