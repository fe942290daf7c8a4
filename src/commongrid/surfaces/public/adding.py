"""Adding words and photos to a matter by its slip, while it is open."""

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
from commongrid.surfaces.public import pictures, report
from commongrid.surfaces.public.forms import pictures_field
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.throttle import throttled

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked

GUESSES, WINDOW = 60, 600
ADDED_AN_HOUR = 60


class Adding(Form):
    """What is new, in words or photos."""

    words = forms.CharField(
        label=_("What is new, or what was left out?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off"}),
        error_messages={"max_length": _("This is too long: at most 4,000 characters.")},
    )
    photos = pictures_field()


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@throttled("add", ADDED_AN_HOUR)
@door("matters.rate", kinds=("slip",), methods=("GET", "POST"))
def add(request: Asked, code: str) -> HttpResponse:
    """Add to it. Whatever is refused comes back with every word and photo kept."""
    matter = matters.followed(request.scope)
    form, status = Adding(), 200
    meant: list[matters.KindRow] = []
    if request.method == "POST":
        form, status = Adding(request.POST, request.FILES), BadInput.status
        photos = pictures.gathered(request, form)
        if form.is_valid():
            words = form.cleaned_data["words"]
            meant = [kind for kind, _said in matters.danger_said(request.scope, words)]
            try:
                actions.add(request.scope, request.act, matter_id=matter.id, words=words, photos=photos)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                call = f"&call={meant[0].code}" if meant else ""
                return HttpResponseRedirect(f"{reverse('slip', args=[normalise(code)])}?done=added{call}")
    else:
        photos = ()
    context = {
        "matter": matter, "code": normalise(code), "form": form, "tickets": pictures.tickets(photos),
        "calls": report.numbers_of(meant),
    }  # fmt: skip
    return render(request, "public/slip/add.html", context, status=status)


urlpatterns = [path("s/<str:code>/add", add, name="slip_add")]
