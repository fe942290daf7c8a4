"""A new slip at the counter, and the two questions on a phone that is handed to the person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import Refusal
from commongrid.matters import actions, queries
from commongrid.surfaces.console.matters.waiting_forms import told_by_them
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.rating import YES_NO, Rate, RateUnits
from commongrid.surfaces.shared.times import language


class Renew(Form):
    """What the person tells at the counter."""

    told = told_by_them()


@door("matters.accept", methods=("GET", "POST"))
def renew(request: Asked, matter_id: UUID) -> HttpResponse:
    """A new slip for somebody who lost theirs and can say the name or phone they gave."""
    m = queries.matter(request.scope, matter_id)
    form = Renew(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.renew_slip(request.scope, request.act, matter_id=matter_id, told=form.cleaned_data["told"])
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            about = Access(event="printed", about="slip", reason="slip lost", subject_kind="matter", subject=matter_id)
            accounts.log_access(request.scope, Act.new(), access=about)
            return _given(request, matter_id, m.row.number, int(str(done["slip_no"])))
    status = 422 if form.errors and status == 200 else status  # noqa: PLR2004 - OK
    return render(request, "console/matters/renew.html", {"m": m, "form": form}, status=status)


def _given(request: Asked, matter_id: UUID, number: str, slip_no: int) -> HttpResponse:
    """The new slip, shown once."""
    code = actions.code_of(matter_id, slip_no)
    address = request.build_absolute_uri(reverse("slip", kwargs={"code": code}))
    context = {
        "matter_id": matter_id, "number": number, "title": "", "visible": True, "code": code, "address": address,
        "picture": qr.svg(address),
    }  # fmt: skip
    response = render(request, "console/matters/slip.html", context)
    response["Cache-Control"] = "no-store"
    return response


@door("matters.visit", methods=("GET", "POST"))
def hand_over(request: Asked, matter_id: UUID) -> HttpResponse:
    """The two questions alone on the page, for a phone that is handed to the person; the visitor sees no answer."""
    m = queries.matter(request.scope, matter_id)
    form = (RateUnits if m.units else Rate)(request.POST if request.method == "POST" else None)
    if isinstance(form, RateUnits):
        form.ask_of(m.units, language())
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.visit(
                request.scope, request.act, matter_id=matter_id, result="asked", mode="handed", answers=_said(form)
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return render(request, "console/matters/handed.html", {"m": m, "thanks": True})
    status = 422 if form.errors and status == 200 else status  # noqa: PLR2004 - OK
    context = {"m": m, "form": form, "answers": [one for one in m.notes if one.sort == "answer"]}
    response = render(request, "console/matters/handed.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _said(form: Rate | RateUnits) -> tuple[bool, bool, str] | actions.ByUnit:
    """What the person answered, of each office by itself where several did the work."""
    told = form.cleaned_data
    if isinstance(form, RateUnits):
        units = tuple(actions.OfUnit(unit=one, solved=yes, satisfied=good) for one, yes, good in form.answers())
        return actions.ByUnit(units=units, words=told["words"])
    return YES_NO[told["solved"]], YES_NO[told["satisfied"]], told["words"]


urlpatterns = [
    path("<uuid:matter_id>/new-slip", renew, name="matter_new_slip"),
    path("<uuid:matter_id>/ask", hand_over, name="matter_ask"),
]
