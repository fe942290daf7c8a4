"""One plan: who to whom, how far and why; edited, locked, worked out anew, approved, adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.outreach import actions
from commongrid.outreach.queries import plans
from commongrid.outreach.queries.stale import stale_since
from commongrid.outreach.rules.words import STATE_WORDS, may
from commongrid.surfaces.console.network import forms
from commongrid.surfaces.console.network.reasons import fault, people_in, sentence, shortages
from commongrid.surfaces.console.network.village import worked_out
from commongrid.surfaces.console.network.words import TONES, trail
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.outreach.queries.plans import PlannedRow, PlanRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.surfaces.shared.forms import Form

SHOWN: Final = {
    "changes": N_("Who gets another contact"), "first": N_("Who gets a first contact"),
    "hand": N_("Chosen by hand or locked"),
    "unlinked": N_("Without a contact"), "all": N_("All households"),
}  # fmt: skip


@door("links.edit")
def page(request: Asked, plan_id: UUID) -> HttpResponse:
    """A plan: what it costs, the slider, who has how many, and each household with its reason."""
    return _shown(request, plans.plan(request.scope, plan_id))


def _shown(request: Asked, plan: PlanRow, asked: Form | None = None) -> HttpResponse:
    changes = bool(plan.figures.get("changes")) or not plan.figures.get("first")
    show, number = request.GET.get("show", "changes" if changes else "first"), request.GET.get("page", "0")
    if show not in SHOWN or not number.isdecimal() or len(number) > 4:  # noqa: PLR2004 - a page's number
        raise NotFound
    page_no = int(number)
    rows, more = plans.planned(request.scope, plan.id, show, page_no)
    stale = stale_since(request.scope, plan)
    know_places(request, [*(one.natural_village for one in rows), *(hamlet for hamlet, _number in stale.homes)])
    address = reverse("plan", args=[plan.id]) + f"?show={show}&page="
    title = gettext("Plan of links")
    context = {
        "plan": plan, "title": title, "trail": trail(request.scope, plan.place, (title, "")),
        "state": (gettext(STATE_WORDS[plan.state]), TONES[plan.state]), "fault": fault(plan.fault, plan.figures),
        "shortages": shortages(plan.figures), "came": plans.came_since(request.scope, plan),
        "rows": _reasoned(request, rows), "loads": plans.planned_loads(request.scope, plan.id),
        "show": show, "tabs": [(code, gettext(text)) for code, text in SHOWN.items()],
        "previous": address + str(page_no - 1) if page_no else "", "next": address + str(page_no + 1) if more else "",
        "curve": _curve(plan), "drawn": "curve" in plan.figures,
        "certified": plan.state not in ("asked", "failed") and not stale, "stale": stale,
        "may": {name: may(plan.state, name.replace("_", " ")) for name in _MOVES},
        "to_come": plan.adopts_on is not None and plan.adopts_on > localdate(),
        **_forms(plan, asked),
    }  # fmt: skip
    return render(request, "console/network/plan.html", context, status=422 if asked and asked.errors else 200)


_MOVES: Final = ("edit", "work_out", "approve", "adopt", "reopen", "drop")


def _forms(plan: PlanRow, asked: Form | None) -> dict[str, Form]:
    """The forms beside the plan; the one that was refused as it was typed."""
    fresh: dict[str, Form] = {
        "terms": forms.TermsForm(auto_id="terms_%s", initial={
            "keep": plan.keep, "target": plan.target, "most": plan.most, "least": plan.least, "leaving": plan.leaving,
            "unlinked": plan.unlinked,
        }),
        "meeting": forms.MeetingForm(auto_id="meeting_%s"), "adopting": forms.AdoptForm(auto_id="adopt_%s"),
    }  # fmt: skip
    return {name: asked if asked is not None and type(asked) is type(form) else form for name, form in fresh.items()}


def _reasoned(request: Asked, rows: list[PlannedRow]) -> list[tuple[PlannedRow, str]]:
    names = plans.names_of(request.scope, {one for row in rows for one in people_in(row.facts)})
    return [(row, sentence(row, names)) for row in rows]


def _curve(plan: PlanRow) -> list[dict[str, Any]]:
    """The values of the slider: how many people get a new contact, how many metres that saves."""
    return [
        {"keep": keep, "changes": changes, "saved": saved, "on": keep == plan.keep}
        for keep, changes, saved in plan.figures.get("curve", [])
    ]


@door("links.edit", methods=("GET", "POST"))
def set_one(request: Asked, plan_id: UUID, household_id: UUID) -> HttpResponse:
    """Give a household of the plan another contact, or lock the one it has."""
    plan = plans.plan(request.scope, plan_id)
    row = plans.planned_of(request.scope, plan_id, household_id)
    start = {"member": str(row.member) if row.member else "", "locked": True}
    form = forms.SetForm(request.POST or None, initial=start)
    form.offer([(str(one.person), f"{one.name} · {one.planned}/{one.room}") for one in plans.able(request.scope, plan)])

    def do() -> str:
        actions.set_link(
            request.scope, request.act, plan_id=plan_id, household_id=household_id, member_id=form.whom,
            locked=form.cleaned_data["locked"],
        )  # fmt: skip
        return reverse("plan", args=[plan_id]) + "?show=hand"

    title = gettext("Contact of %(door)s") % {"door": row.door or row.number}
    context = {
        "title": title, "name": f"{row.now_name or '—'} → {row.member_name or gettext('nobody')}",
        "why": sentence(row, plans.names_of(request.scope, people_in(row.facts))),
        "back": reverse("plan", args=[plan_id]), "press": gettext("Save"),
        "trail": trail(request.scope, plan.place, (gettext("Plan of links"), reverse("plan", args=[plan_id])),
                       (title, "")),
    }  # fmt: skip
    return answered(request, form, do, context, done=N_("The plan was changed by hand."))


@door("links.edit", methods=("POST",))
def again(request: Asked, plan_id: UUID) -> HttpResponse:
    """Work the plan out anew with other limits; locked households stay."""
    form = forms.TermsForm(request.POST, auto_id="terms_%s")

    def do() -> str:
        actions.work_out_anew(request.scope, request.act, plan_id=plan_id, terms=form.terms)
        return worked_out(request, plan_id)

    done = N_("The plan was asked for with these limits.")
    if plans.small(request.scope, plan_id):
        done = N_("The plan was worked out with these limits.")
    return _do(request, plan_id, form, do, done)


@door("links.edit", methods=("POST",))
def approve(request: Asked, plan_id: UUID) -> HttpResponse:
    """Enter the branch meeting's decision."""
    form = forms.MeetingForm(request.POST, auto_id="meeting_%s")

    def do() -> str:
        actions.approve(request.scope, request.act, plan_id=plan_id, meeting=actions.Meeting(**form.cleaned_data))
        return reverse("plan", args=[plan_id])

    return _do(request, plan_id, form, do, N_("The meeting's decision was entered."))


@door("links.edit", methods=("POST",))
def adopt(request: Asked, plan_id: UUID) -> HttpResponse:
    """Adopt the plan from a day on."""
    form = forms.AdoptForm(request.POST, auto_id="adopt_%s")

    def do() -> str:
        actions.adopt(request.scope, request.act, plan_id=plan_id, on=form.cleaned_data["on"])
        return reverse("plan", args=[plan_id])

    return _do(request, plan_id, form, do, N_("The plan is adopted. Post the notice and hand out the slips."))


@door("links.edit", methods=("POST",))
def reopen(request: Asked, plan_id: UUID) -> HttpResponse:
    """Take the approval back."""
    actions.reopen(request.scope, request.act, plan_id=plan_id)
    messages.success(request, gettext("The approval was taken back; the plan can be edited."))
    return HttpResponseRedirect(reverse("plan", args=[plan_id]))


@door("links.edit", methods=("POST",))
def call_off(request: Asked, plan_id: UUID) -> HttpResponse:
    """Take an adoption back before its day."""
    actions.call_off(request.scope, request.act, plan_id=plan_id)
    messages.success(request, gettext("The adoption was called off. Every link stays as it is today."))
    return HttpResponseRedirect(reverse("plan", args=[plan_id]))


@door("links.edit", methods=("POST",))
def drop(request: Asked, plan_id: UUID) -> HttpResponse:
    """Drop the plan."""
    place = plans.plan(request.scope, plan_id).place
    actions.drop(request.scope, request.act, plan_id=plan_id)
    messages.success(request, gettext("The plan was dropped. No link was changed."))
    return HttpResponseRedirect(reverse("linking", args=[place]))


def _do(request: Asked, plan_id: UUID, form: Form, do: Callable[[], str], done: str) -> HttpResponse:
    """Carry it out; where it is refused, show the plan with the form as it was typed."""
    plan = plans.plan(request.scope, plan_id)
    if form.is_valid():
        try:
            address = do()
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext(done))
            return HttpResponseRedirect(address)
    return _shown(request, plan, form)
