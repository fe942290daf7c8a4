"""Putting right where a matter belongs, what it is about or how urgent it is: a page of its own, with the places."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.kernel.places import code_read
from commongrid.kernel.refusals import Refusal
from commongrid.matters import actions, queries
from commongrid.matters.queries import vocabulary
from commongrid.surfaces.console.matters import panel, present, words
from commongrid.surfaces.console.matters.choosing import place_asked
from commongrid.surfaces.console.matters.forms import SAY_WHY
from commongrid.surfaces.console.matters.forms import words as free_words
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.surfaces.shared.doors import Asked


class PutRight(Form):
    """What is put right; what is left as it is stays."""

    place = forms.CharField(required=False, max_length=15)
    kind_code = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, max_length=8,
        help_text=gettext_lazy("Its limits, return visit, rating and who may see it follow the kind."),
        widget=forms.Select,
    )  # fmt: skip
    urgency = forms.CharField(
        label=gettext_lazy("Urgency"), required=False, max_length=12,
        help_text=gettext_lazy("Its limits count anew from where they began."),
        widget=forms.Select(attrs={"class": "control middle"}),
    )  # fmt: skip
    reason = free_words(
        gettext_lazy("Reason"),
        gettext_lazy("Read by those who have it from now on."),
        missing=SAY_WHY,
        rows=3,
    )

    def offer(self, scope: Scope, m: MatterDetail) -> None:
        """Offer the kinds and urgencies in force; those of the matter are chosen already."""
        lang = language()
        urgencies = [(row.code, row.label(lang)) for row in vocabulary.urgencies(scope)]
        cast("forms.Select", self.fields["kind_code"].widget).choices = panel.kinds_offered(scope, m)
        cast("forms.Select", self.fields["urgency"].widget).choices = urgencies or words.choices(words.URGENCIES)
        self.initial = {"kind_code": m.row.kind.code, "urgency": m.row.urgency}

    def right(self) -> actions.Right:
        """What the action takes beside the reason."""
        given = self.cleaned_data
        return actions.Right(
            place=code_read(given["place"]), kind_code=given["kind_code"], urgency=given["urgency"]
        )  # fmt: skip


@door("matters.accept", methods=("GET", "POST"))
def put_right(request: Asked, matter_id: UUID) -> HttpResponse:
    """Look the place up, choose kind and urgency, say why; then it is where it belongs."""
    m = queries.matter(request.scope, matter_id)
    if request.method != "POST":
        return _page(request, m, PutRight()) if "put_right" in m.may else redirect("matter", matter_id=matter_id)
    if request.POST.get("do") == "find":
        return _page(request, m, PutRight(initial=request.POST.dict()))
    form, status = PutRight(request.POST), 422
    if form.is_valid():
        try:
            answer = actions.put_right(
                request.scope, request.act, matter_id=matter_id, right=form.right(), reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            number = str(answer["number"])
            if not queries.still_seen(request.scope, number):
                told = _("%(number)s was put right and is no longer with you.") % {"number": number}
                messages.success(request, told)
                return redirect("matters")
            messages.success(request, _("%(number)s was put right.") % {"number": number})
            return redirect("matter", matter_id=matter_id)
    return _page(request, m, form, status)


def _page(request: Asked, m: MatterDetail, form: PutRight, status: int = 200) -> HttpResponse:
    form.offer(request.scope, m)
    if request.POST.get("do") == "find":
        form.initial.update({name: request.POST.get(name, "") for name in form.fields})
    context = {
        "m": m, "form": form, "shown": present.shown(request.scope, m.row), **place_asked(request),
        "county": request.scope.level == "county",
    }  # fmt: skip
    return render(request, "console/matters/put_right.html", context, status=status)


urlpatterns = [path("<uuid:matter_id>/put-right", put_right, name="matter_put_right")]
