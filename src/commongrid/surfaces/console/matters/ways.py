"""How each step looks on the page and which action carries it out."""

from __future__ import annotations

from typing import Final

from commongrid.kernel.refusals import N_
from commongrid.matters import actions
from commongrid.matters.exchange import actions as exchange
from commongrid.surfaces.console.matters import (
    calling_forms,
    deciding,
    exchange_forms,
    forms,
    leaders,
    merging_forms,
    sealed_forms,
    waiting_ways,
)
from commongrid.surfaces.console.matters import protecting as protecting_forms
from commongrid.surfaces.console.matters.way import Way

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
        form=deciding.Decide,
        do=actions.decide_returned,
        button=N_("Decide"),
        done=N_("Decided."),
        tone="go",
        preview=deciding.preview,
    ),
    "answer": Way(
        form=forms.Answer,
        do=actions.answer,
        button=N_("Answer"),
        done=N_("Answered. It goes on to the person."),
        tone="go",
        photos=True,
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
    "take_result": Way(
        form=exchange_forms.TakeResult,
        do=exchange.take_result,
        button=N_("Record their result"),
        done=N_("Their result is recorded."),
        lead=N_("Solved closes it; not solved or back for rework opens it again; after the end the county decides."),
    ),
    "extend_theirs": Way(
        form=exchange_forms.ExtendTheirs,
        do=exchange.extend_theirs,
        button=N_("Record the extension"),
        done=N_("Their deadline is later now."),
        lead=N_("Once, by the days that the other system's rules give."),
    ),
    "supervise": Way(
        form=forms.Supervise,
        do=actions.supervise,
        button=N_("Supervise"),
        done=N_("Your words are with whoever has it."),
        lead=N_("Supervising does not take it over."),
    ),
    "instruct": Way(
        form=leaders.Instruct,
        do=actions.instruct,
        button=N_("Keep the note"),
        done=N_("The note is kept; its leader gets an answer through the centre."),
        lead=N_("Whoever has the matter keeps it and reads the note. The centre owes the leader an answer."),
    ),
    "report_back": Way(
        form=leaders.ReportBack,
        do=actions.report_back,
        button=N_("Answer the leader"),
        done=N_("The leader reads your answer on their Today."),
        tone="go",
    ),
    "reply": Way(
        form=forms.Reply,
        do=actions.reply,
        button=N_("Send the interim answer"),
        done=N_("The interim answer is sent."),
        tone="go",
    ),
    "pass_on": Way(
        form=calling_forms.PassOn,
        do=actions.pass_on,
        button=N_("Pass it on"),
        done=N_("The answer is passed on."),
        tone="go",
        lead=N_("Read what was answered. Of a part, it is taken in for your one answer to the person."),
    ),
    "send_back": Way(
        form=calling_forms.SendBack,
        do=actions.send_back,
        button=N_("Send it back"),
        done=N_("Sent back to be completed."),
    ),
    "split": Way(
        form=calling_forms.Split,
        do=actions.split,
        button=N_("Split it"),
        done=N_("Each has its part; you give the person one answer."),
        lead=N_("Several units at once, without a meeting. Its finishing limit covers every part."),
    ),
    "merge": Way(
        form=merging_forms.Merge,
        do=actions.merge,
        button=N_("Merge it"),
        done=N_("Merged; its reporter follows and rates the one that leads."),
        lead=N_("The same thing reported again is handled once. Everybody who reported it keeps their slip."),
    ),
    "unmerge": Way(
        form=merging_forms.Unmerge,
        do=actions.unmerge,
        button=N_("Give it back its own way"),
        done=N_("It goes its own way again."),
    ),
    "ask_recheck": Way(
        form=merging_forms.AskRecheck,
        do=actions.ask_recheck,
        button=N_("Ask for a recheck"),
        done=N_("Asked; it is ordered like every other recheck, a week or two after the end."),
        lead=N_("Your reason is kept with the centre. Every order looks the same: nobody below can tell its cause."),
    ),
    "recheck": Way(
        form=merging_forms.Recheck,
        do=actions.recheck,
        button=N_("Record what you found"),
        done=N_("The recheck is recorded."),
        tone="go",
        lead=N_("Look yourself whether the work is there. If it is not, it goes on once more by somebody else."),
    ),
    "retell": Way(
        form=protecting_forms.Retell,
        do=actions.retell,
        button=N_("Let them read this"),
        done=N_("Those below now read these words."),
        lead=N_(
            "The person's own words stay with the centre. Until you retell them, those below see kind and village."
        ),
    ),
    "hand_on": Way(
        form=sealed_forms.HandOn,
        do=actions.hand_on,
        button=N_("Hand it on"),
        done=N_("Handed on with its receipt."),
        lead=N_("For a matter that another body is competent for. It leaves your sight; they receipt it in turn."),
    ),
    "call_meeting": Way(
        form=calling_forms.CallMeeting,
        do=actions.call_meeting,
        button=N_("Call the meeting"),
        done=N_("They are called; each owes an answer."),
        lead=N_("The township calls, departments report: one meeting, and an answer from each."),
    ),
    "attend": Way(
        form=calling_forms.Attend,
        do=actions.attend,
        button=N_("Record who came"),
        done=N_("Recorded who came."),
    ),
    "drop": Way(
        form=calling_forms.Drop,
        do=actions.drop,
        button=N_("Drop this part"),
        done=N_("The part is dropped."),
        tone="stop",
    ),
    "remind": Way(
        form=calling_forms.Remind,
        do=actions.remind,
        button=N_("Remind them"),
        done=N_("The letter is ready to print; a new date is set."),
        lead=N_("They are outside the county's command: a letter, no escalation. You stay the owner."),
    ),
    **waiting_ways.WAYS,
}
"""Every event that a post may cause on a page, in no order of its own."""
