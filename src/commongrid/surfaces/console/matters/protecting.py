"""Routing a matter round whoever it turns out to be about: a page of its own, because it takes the matter away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import Refusal
from commongrid.matters import actions, queries
from commongrid.matters.actions import About
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.console.matters.forms import SAY_WHY, Step, words
from commongrid.surfaces.shared.about import CHOICES, AboutSomebody
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.surfaces.shared.doors import Asked


class RouteRound(AboutSomebody, Form):
    """Whom it is about, by post where that is known, and why."""

    about_post = forms.CharField(
        label=gettext_lazy("The office-holder, where you know who it is"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("All posts this person holds count, not only this one."),
        widget=forms.Select,
    )
    reason = words(
        gettext_lazy("Reason"),
        gettext_lazy("Read by those who have it from now on, never by whom it is about."),
        missing=SAY_WHY,
        rows=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The question without its "no", which nobody comes here for; what is not sure is said of somebody else."""
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["about"]).choices = [
            (code, gettext_lazy("Yes, but whom isn't known") if code == "unsure" else label)
            for code, label in CHOICES[1:]
        ]

    def offer_posts(self, scope: Scope, place: int, unit: UUID | None) -> None:
        """Offer the posts of the village, of the unit that has it, and of the township."""
        village, township = enclosing(place, "village"), enclosing(place, "township")
        lines = [*roster.posts(scope, roster.Wanted(within=village))[0]] if village else []
        if township:
            above = roster.posts(scope, roster.Wanted(within=township))[0]
            lines += [one for one in above if one.place == township or one.unit == unit is not None]
        lang = language()
        seen = {str(one.id): f"{one.place_label(lang)} · {one.label(lang)} · {one.name}" for one in lines}
        cast("forms.Select", self.fields["about_post"].widget).choices = [("", "—"), *seen.items()]

    def clean_about_post(self) -> UUID | None:
        """A post's id, or nothing."""
        try:
            return UUID(self.cleaned_data["about_post"])
        except ValueError:
            return None

    def about_whom(self) -> About:
        """What the action takes: the post rules where one is named."""
        post = self.cleaned_data.get("about_post")
        return About(post=post, words=self.cleaned_data.get("about_words", "")) if post else self.whom()


class Retell(Step):
    """What those below read of a confidential report."""

    text = words(
        gettext_lazy("What those below read"),
        gettext_lazy(
            "What is to be done, and roughly where. No name, no house, nothing that only one person could know."
        ),
        missing=gettext_lazy("Say in your own words what is to be done."),
        rows=5,
    )


@door("matters.divert", methods=("GET", "POST"))
def route_round(request: Asked, matter_id: UUID) -> HttpResponse:
    """Say whom it is about; from then on it is out of their sight."""
    m = queries.matter(request.scope, matter_id)
    if request.method != "POST":
        if "route_round" not in m.may:
            return redirect("matter", matter_id=matter_id)
        return _page(request, m, RouteRound())
    form = RouteRound(request.POST)
    status = 422
    if form.is_valid():
        try:
            answer = actions.route_round(
                request.scope, request.act, matter_id=matter_id, about=form.about_whom(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            number = str(answer["number"])
            if queries.numbered(request.scope, number) is None:
                messages.success(
                    request, _("%(number)s was routed round and is no longer with you.") % {"number": number}
                )
                return redirect("matters")
            messages.success(request, _("%(number)s was routed round.") % {"number": number})
            return redirect("matter", matter_id=matter_id)
    return _page(request, m, form, status)


def _page(request: Asked, m: MatterDetail, form: RouteRound, status: int = 200) -> HttpResponse:
    form.offer(request.scope, m.row.place)
    form.offer_posts(request.scope, m.row.place, m.row.unit)
    context = {"m": m, "form": form, "shown": present.shown(request.scope, m.row)}
    return render(request, "console/matters/route_round.html", context, status=status)


urlpatterns = [path("<uuid:matter_id>/route-round", route_round, name="matter_route_round")]
