"""What a reporter reads of a wait, a referral or a no, and the form to ask the level above once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.codes import normalise
from commongrid.kernel.refusals import N_, BadInput, Refusal
from commongrid.matters import actions
from commongrid.matters import queries as matters
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.throttle import throttled
from commongrid.surfaces.shared.times import chinese, when

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from commongrid.matters.queries import Followed
    from commongrid.surfaces.shared.doors import Asked

GUESSES, WINDOW = 60, 600

DATED: Final = {
    "extend": N_("It takes longer than planned. There will be an answer by %(day)s."),
    "pause": N_("It waits and goes on by itself on %(day)s."),
    "park": N_("It can't be done now. It is looked at again on %(day)s, and you will read here what comes of it."),
}
WOKEN: Final = N_("The day on which it is looked at again has come. It is decided now whether it goes on.")
SENT: Final = N_("It was handed to %(body)s. We wait for their receipt until %(day)s.")
TAKEN: Final = N_("%(body)s has taken it over, receipt %(number)s. Ask there how it goes.")
GIVEN_UP: Final = N_("It can't be done in the foreseeable time. The reason is below.")


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says of it: in one sentence, the reason, what the person can do, whom they can ask."""

    sentence: str
    reason: str = ""
    advice: str = ""
    contact: str = ""
    words: str = ""


class AskAgain(Form):
    """Why the person does not agree, or what is new."""

    words = forms.CharField(
        label=_("What was not seen, or what is new?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off"}),
        error_messages={
            "required": _("Write a sentence: what was not seen, or what is new."),
            "max_length": _("This is too long: at most 2,000 characters."),
        },
    )


def told(matter: Followed) -> Told | None:
    """The wait, referral or no of a matter, in the reader's language."""
    wait = matter.wait
    if wait is None:
        return None
    lang = "zh" if chinese() else "en"
    return Told(
        sentence=_sentence(matter),
        reason=wait.reason.label(lang) if wait.reason else "",
        advice=wait.reason.advice(lang) if wait.reason else "",
        contact=(wait.referral.contact or wait.referral.body.contact) if wait.referral else "",
        words=wait.words,
    )


def _sentence(matter: Followed) -> str:
    wait = matter.wait
    if wait is None or wait.sort == "reject":
        return ""
    if wait.sort == "end":
        return gettext(GIVEN_UP)
    if wait.referral is not None:
        body = wait.referral.body.label("zh" if chinese() else "en")
        if wait.referral.outcome == "received":
            return gettext(TAKEN) % {"body": body, "number": wait.referral.number}
        return gettext(SENT) % {"body": body, "day": when(wait.referral.receipt_due_at, "date")}
    if matter.woken:
        return gettext(WOKEN)
    return gettext(DATED[wait.sort]) % {"day": _day(wait.until)}


def _day(day: date | None) -> str:
    return when(day, "date") if day else ""


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@door("matters.rate", kinds=("slip",), methods=("GET", "POST"))
def ask_again(request: Asked, code: str) -> HttpResponse:
    """Ask the level above once more."""
    matter = matters.followed(request.scope)
    form = AskAgain(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_again(request.scope, request.act, matter_id=matter.id, words=form.cleaned_data["words"])
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return HttpResponseRedirect(f"{reverse('slip', args=[normalise(code)])}?done=asked")
    elif request.method == "POST":
        status = BadInput.status
    context = {"matter": matter, "code": normalise(code), "form": form, "told": told(matter), "answers": matter.said}
    return render(request, "public/slip/ask_again.html", context, status=status)


urlpatterns = [path("s/<str:code>/ask-again", ask_again, name="slip_ask_again")]
