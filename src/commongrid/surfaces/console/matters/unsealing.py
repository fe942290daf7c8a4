"""Giving a sealed matter back into the common way: a page of its own, in the body's words."""

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
from commongrid.surfaces.console.matters import panel, present
from commongrid.surfaces.console.matters.choosing import place_asked
from commongrid.surfaces.console.matters.forms import SAY_WHY
from commongrid.surfaces.console.matters.forms import words as free_words
from commongrid.surfaces.shared.about import AboutSomebody
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.surfaces.shared.doors import Asked


class Unseal(AboutSomebody, Form):
    """What goes on, and why."""

    place = forms.CharField(required=False, max_length=15)
    kind_code = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=8, widget=forms.Select,
        error_messages={"required": gettext_lazy("Choose the kind that it really is.")},
    )  # fmt: skip
    text = free_words(
        gettext_lazy("What is to be done, in your words"),
        gettext_lazy("Only this goes on: nothing that the person wrote, no name, no phone, no photo."),
        missing=gettext_lazy("Say in your own words what is to be done."),
        rows=5,
    )
    reason = free_words(
        gettext_lazy("Why it is of no sealed kind"),
        gettext_lazy("Stays in the sealed file."),
        missing=SAY_WHY,
        rows=2,
    )

    def choices(self, scope: Scope, m: MatterDetail) -> None:
        """Offer the kinds that are not sealed and the offices over the matter; the action checks what comes back."""
        sealed = {row.code for row in queries.kinds(scope) if row.sealed}
        groups = (
            (group, [(code, label) for code, label in rows if code not in sealed])
            for group, rows in panel.kinds_offered(scope, m)
        )
        found = [("", _("Choose one")), *((group, rows) for group, rows in groups if rows)]
        cast("forms.Select", self.fields["kind_code"].widget).choices = found
        self.offer(scope, m.row.place)

    def told(self) -> actions.Report:
        """What the action takes beside the reason."""
        given = self.cleaned_data
        return actions.Report(
            kind_code=given["kind_code"], place=code_read(given["place"]) or 0, text=given["text"], about=self.whom()
        )


@door("matters.handle", methods=("GET", "POST"))
def unseal(request: Asked, matter_id: UUID) -> HttpResponse:
    """Look the place up, choose the kind, write what goes on and why; then it is no longer with this body."""
    m = queries.matter(request.scope, matter_id)
    if request.method != "POST":
        return _page(request, m, Unseal()) if "unseal" in m.may else redirect("matter", matter_id=matter_id)
    if request.POST.get("do") == "find":
        return _page(request, m, Unseal(initial=request.POST.dict()))
    form, status = Unseal(request.POST), 422
    if form.is_valid():
        try:
            answer = actions.unseal(
                request.scope, request.act, matter_id=matter_id, told=form.told(), reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            told = _("It goes on in the common way as %(number)s; the person's slip opens it there.")
            messages.success(request, told % {"number": answer["number"]})
            return redirect("matter", matter_id=matter_id)
    return _page(request, m, form, status)


def _page(request: Asked, m: MatterDetail, form: Unseal, status: int = 200) -> HttpResponse:
    form.choices(request.scope, m)
    context = {
        "m": m, "form": form, "shown": present.shown(request.scope, m.row), **place_asked(request),
    }  # fmt: skip
    return render(request, "console/matters/unseal.html", context, status=status)


urlpatterns = [path("<uuid:matter_id>/unseal", unseal, name="matter_unseal")]
