"""The form to ask the level above once more after a no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.codes import normalise
from commongrid.kernel.refusals import BadInput, Refusal
from commongrid.matters import actions
from commongrid.matters import queries as matters
from commongrid.surfaces.shared import standing
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.throttle import throttled

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked

GUESSES, WINDOW = 60, 600


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
    context = {
        "matter": matter, "code": normalise(code), "form": form, "told": standing.told(matter), "answers": matter.said,
    }  # fmt: skip
    return render(request, "public/slip/ask_again.html", context, status=status)


urlpatterns = [path("s/<str:code>/ask-again", ask_again, name="slip_ask_again")]
