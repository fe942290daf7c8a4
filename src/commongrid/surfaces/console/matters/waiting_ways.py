"""The steps of waiting and other ends: asked of the deputy, granted or refused, done in one step, come back."""

from __future__ import annotations

from functools import partial
from typing import Final

from commongrid.kernel.refusals import N_
from commongrid.matters import actions
from commongrid.surfaces.console.matters import waiting_forms as forms
from commongrid.surfaces.console.matters.forms import Reason
from commongrid.surfaces.console.matters.way import Way

ASKED: Final = N_("Asked. The limit runs on until the deputy decides.")
LEADS: Final = {
    "extend": N_("The deputy gives a new limit; it has to be asked for before this one ends."),
    "pause": N_("For weather, parts or the person: the clock stands still until the day and then goes on by itself."),
    "park": N_("For what can't be done now: it is looked at again on a day, and the person knows which."),
    "refer": N_("To a body that is competent by law or lies outside the county; it ends here with their receipt."),
    "end": N_("For what can't be done in sight: the person reads why and may ask the level above once."),
}
FORMS: Final = {
    "extend": forms.Extend, "pause": forms.Pause, "park": forms.Park, "refer": forms.Refer, "end": forms.End,
}  # fmt: skip
ASK: Final = {
    "extend": N_("Ask for more time"),
    "pause": N_("Ask for a pause"),
    "park": N_("Ask to park it"),
    "refer": N_("Ask to refer it out"),
    "end": N_("Ask to end it"),
}
DIRECT: Final = {
    "extend": (actions.extend, N_("Give more time"), N_("The new limit runs; the person sees it.")),
    "pause": (actions.pause, N_("Pause it"), N_("Paused; it goes on by itself on that day.")),
    "park": (actions.park, N_("Park it"), N_("Parked; it comes back on its day.")),
    "refer": (actions.refer, N_("Refer it out"), N_("Referred out; the receipt is waited for.")),
    "end": (actions.end, N_("End it with reasons"), N_("Ended; the person reads why.")),
}

WAYS: Final[dict[str, Way]] = {
    "grant": Way(
        form=forms.Grant,
        do=actions.grant,
        button=N_("Grant it"),
        done=N_("Granted."),
        tone="go",
    ),
    "refuse": Way(
        form=forms.Refuse,
        do=actions.refuse,
        button=N_("Don't grant it"),
        done=N_("Not granted; whoever asked reads why."),
    ),
    "resume": Way(
        form=forms.Resume,
        do=actions.resume,
        button=N_("Go on with it"),
        done=N_("It goes on; the finishing limit runs."),
        tone="go",
    ),
    "take_receipt": Way(
        form=forms.TakeReceipt,
        do=actions.take_receipt,
        button=N_("The receipt is here"),
        done=N_("Referred out with a receipt."),
        tone="go",
        lead=N_("Here the matter ends. The person reads who has it now."),
    ),
    "come_back": Way(
        form=Reason,
        do=actions.come_back,
        button=N_("They don't take it"),
        done=N_("It is back, and its limit counts anew."),
    ),
    "ask_again_for": Way(
        form=forms.AtCounter,
        do=actions.ask_again_for,
        button=N_("Ask again for them"),
        done=N_("The level above looks at it once more."),
        lead=N_("Whoever does not agree may ask once; the level above whoever said no looks at it."),
    ),
    "add_for": Way(
        form=forms.Adding,
        do=actions.add_for,
        button=N_("Add it for them"),
        done=N_("Added; whoever has it now is told."),
        lead=N_("What is new, or what was left out. Of what was reported in confidence only the centre reads it."),
        photos=True,
    ),
    "withdraw_for": Way(
        form=forms.Withdrawing,
        do=actions.withdraw_for,
        button=N_("Withdraw it for them"),
        done=N_("Withdrawn."),
        tone="stop",
        lead=N_(
            "Only when the person asks for it. Nobody works on it any more; the person is told and may object once."
        ),
    ),
    **{
        f"ask_{sort}": Way(
            form=FORMS[sort], do=partial(actions.apply, sort=sort), button=button, done=ASKED, lead=LEADS[sort]
        )
        for sort, button in ASK.items()
    },
    **{
        sort: Way(form=FORMS[sort], do=do, button=button, done=done, lead=LEADS[sort])
        for sort, (do, button, done) in DIRECT.items()
    },
}


def direct_first(codes: list[str]) -> list[str]:
    """Without asking for what this post may do in one step."""
    return [code for code in codes if not (code.startswith("ask_") and code[4:] in FORMS and code[4:] in codes)]


QUIET: Final = tuple(code for code in WAYS if code not in ("grant", "resume", "take_receipt"))
"""Steps that stay folded unless they are the expected one."""
