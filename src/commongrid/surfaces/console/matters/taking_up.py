"""Which leader has taken a matter up: the card on its page, the question who does, and a leader's own cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import Refusal
from commongrid.matters import actions, queries
from commongrid.matters.queries import taking_up
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail

POWER = "matters.supervise"


class CaseForm(Form):
    """Which leader answers for it."""

    leader = forms.ChoiceField(
        label=_("Leader"),
        help_text=_("Leaders over its place, whom it is not about. They find it on their Today."),
        error_messages={"required": _("Choose a leader."), "invalid_choice": _("Choose a leader.")},
    )


@door(POWER, methods=("GET", "POST"))
def case(request: Asked, matter_id: UUID) -> HttpResponse:
    """Say which leader takes a matter up; the matter keeps its owner and its limits."""
    scope, m = request.scope, queries.matter(request.scope, matter_id)
    form = CaseForm(request.POST if request.method == "POST" else None)
    offered = _leaders(scope, matter_id)
    cast("forms.ChoiceField", form.fields["leader"]).choices = [("", gettext("Choose a leader")), *offered]
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            leader = UUID(form.cleaned_data["leader"])
            actions.take_up(scope, request.act, matter_id=matter_id, leader=leader)
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, gettext("The case was taken up; the leader finds it on Today."))
            return HttpResponseRedirect(reverse("matter", kwargs={"matter_id": matter_id}))
    status = 422 if form.errors and status == 200 else status  # noqa: PLR2004 - OK
    context = {"m": m, "form": form, "offered": offered}
    return render(request, "console/matters/take_up.html", context, status=status)


@door(POWER, methods=("POST",))
def let_go(request: Asked, matter_id: UUID, assignment_id: UUID) -> HttpResponse:
    """A leader no longer has the case, from today on."""
    actions.let_go(request.scope, request.act, matter_id=matter_id, assignment_id=assignment_id)
    messages.success(request, gettext("The leader no longer has the case."))
    return HttpResponseRedirect(reverse("matter", kwargs={"matter_id": matter_id}))


def card(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """Who has or had the matter as a case; whether this post says who takes it up."""
    ever = any(line.name == "matters.taken_up" for line in m.history)
    takers = taking_up.takers_of(scope, m.row.id) if ever else []
    faces = roster.faces(scope, {one.post for one in takers}) if takers else {}
    says, today = scope.may(POWER) and scope.level in ("township", "county"), localdate()
    return {
        "takers": [
            (one, faces[one.post].label(language()), one.holds(today) and says and scope.covers(one.place))
            for one in takers
            if one.post in faces
        ],
        "may_take_up": says and m.row.open and not m.row.sealed,
    }


def own(scope: Scope, on: date) -> list[tuple[date, present.Shown]]:
    """The open matters that this leader has taken up, each since when."""
    return [(since, present.shown(scope, row)) for since, row in taking_up.taken_up_by(scope, on)]


def _leaders(scope: Scope, matter_id: UUID) -> list[tuple[str, str]]:
    found = taking_up.leaders_over(scope, matter_id, localdate())
    faces = roster.faces(scope, {post for post, _place, _name in found}) if found else {}
    lang = language()
    return [
        (str(post), f"{name} · {faces[post].place_label(lang)} {faces[post].label(lang)}")
        for post, _place, name in found
        if post in faces
    ]


urlpatterns = [
    path("<uuid:matter_id>/case", case, name="matter_case"),
    path("<uuid:matter_id>/case/<uuid:assignment_id>/end", let_go, name="matter_case_end"),
]
