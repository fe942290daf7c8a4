"""Changes that the field reports and the village decides; records handed over to another place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import N_
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import NAME_LENGTH, NUMBER_LENGTH, Into
from commongrid.registry.rules.requests import FIELDS as TOLD_FIELDS
from commongrid.registry.rules.requests import MAY_NAME, SORTS
from commongrid.roster import queries as roster
from commongrid.surfaces.console import journal_words
from commongrid.surfaces.console.matters.history import who_of
from commongrid.surfaces.console.register import entering, moving, where
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.console.register.forms import HOW_KNOWN, OfferForm, ToldForm
from commongrid.surfaces.console.register.where import where_in
from commongrid.surfaces.console.register.words import choices, home_name, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.paging import page_asked
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.journal.queries import LineRow
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import HandoverLine, RequestLine
    from commongrid.surfaces.shared.doors import Asked

CODED: Final = ("sex", "education", "occupation", "political", "marital")
STATES: Final = {
    "open": (N_("Waits for the village"), "warn"), "done": (N_("Done"), "ok"), "refused": (N_("Not taken over"), ""),
    "withdrawn": (N_("Withdrawn"), ""), "offered": (N_("On offer"), "warn"), "accepted": (N_("Accepted"), "ok"),
    "lapsed": (N_("Lapsed: nobody answered in time"), "late"),
}  # fmt: skip


class ReportForm(ToldForm):
    """What happened in a household, as the field tells it."""

    sections: ClassVar = {"phone": _("What is right where the record is wrong"), "words": HOW_KNOWN}

    sort = forms.ChoiceField(
        label=pgettext_lazy("change", "What happened"), error_messages={"required": _("Choose what happened.")}
    )
    person = forms.ChoiceField(label=_("Who it concerns"), required=False)
    name = forms.CharField(
        label=_("Name of who was born, moves in or is married"), required=False, max_length=NAME_LENGTH
    )
    sex = forms.ChoiceField(label=_("Sex of who was born or moves in"), required=False)
    as_to_head = forms.ChoiceField(label=_("Who was born or moves in is to the head"), required=False)
    to = forms.CharField(label=_("Where to, or the new door"), required=False, max_length=60)
    phone = forms.CharField(label=_("Corrected phone number"), required=False, max_length=30)
    works_at = forms.CharField(label=_("Works or studies at"), required=False, max_length=60)
    education = forms.ChoiceField(label=_("Education"), required=False)
    occupation = forms.ChoiceField(label=_("Occupation"), required=False)
    political = forms.ChoiceField(label=_("Political status"), required=False)
    marital = forms.ChoiceField(label=_("Marital status"), required=False)
    words = forms.CharField(
        label=_("In words"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(Form):
    """Why something is not taken over."""

    reason = forms.CharField(
        label=_("Why"), max_length=200, error_messages={"required": _("Please say why, in a sentence.")}
    )


class AcceptForm(Form):
    """Into which household."""

    natural_village = forms.ChoiceField(label=_("Natural village"))
    number = forms.CharField(
        label=_("Number of the household they go to"),
        max_length=NUMBER_LENGTH,
        error_messages={"required": _("Enter the household's number.")},
    )
    as_to_head = forms.ChoiceField(label=_("To the head of the household"), required=False)


@door("people.read")
def listed(request: Asked) -> HttpResponse:
    """Changes that wait for the village, those decided, and records on offer."""
    scope = request.scope
    names = _sorts(scope)
    page, offered = (page_asked(request.GET.get(name, "")) for name in ("page", "offers"))
    waiting, more = queries.requests(scope, page=page)
    offers, more_offers = queries.handovers(scope, page=offered)
    decided = queries.decided(scope)
    know_places(request, [*(one.place for one in waiting), *(at for one in offers for at in (one.place, one.to_place))])
    faces = roster.faces(scope, {one.asked_by for one in (*waiting, *decided) if one.asked_by})
    context = {
        "rows": [(one, names.get(one.sort, one.sort), _who(one, faces), one.due_at <= timezone.now())
                 for one in waiting],
        "decided": [(one, names.get(one.sort, one.sort), _chip(one.state)) for one in decided],
        "offers": [(one, _chip(one.state)) for one in offers],
        "page": page, "more": more, "offered": offered, "more_offers": more_offers,
        "may_edit": scope.may("people.edit"), "trail": trail(),
    }  # fmt: skip
    return render(request, "console/register/changes.html", context)


def _sorts(scope: Scope) -> dict[str, str]:
    zh = language() == "zh"
    return {code: row.zh if zh else row.en for code, row in queries.sorts(scope, localdate()).items()}


def _who(one: RequestLine, faces: dict[UUID, Any]) -> str:
    if one.matter:
        return gettext("a matter of class L")
    return f"{faces[one.asked_by].label(language())} · {faces[one.asked_by].name}" if one.asked_by in faces else ""


def _chip(state: str) -> tuple[str, str]:
    text, tone = STATES.get(state, ("", ""))
    return gettext(text) if text else "", tone


def of_matter(scope: Scope, matter: UUID, kind: str) -> tuple[UUID, tuple[str, str]] | None:
    """The change of the register that a matter asked for, with what came of it as a chip."""
    found = queries.asked_by_matter(scope, matter, kind)
    return (found[0], _chip(found[1])) if found else None


@door("people.read")
def page(request: Asked, request_id: UUID) -> HttpResponse:
    """One change asked for: what was told, and the decision."""
    return _page(request, queries.request(request.scope, request_id), ReasonForm())


def _page(request: Asked, one: RequestLine, form: ReasonForm, status: int = 200) -> HttpResponse:
    scope = request.scope
    faces = roster.faces(scope, {one.asked_by} if one.asked_by else set())
    title = _sorts(scope).get(one.sort, one.sort)
    may_decide = one.state == "open" and scope.may("people.edit")
    context = {
        "row": one, "title": title, "said": entering.told(scope, one), "who": _who(one, faces),
        "chip": _chip(one.state), "form": form, "may_decide": may_decide,
        "history": _history(scope, one),
        **(entering.ways(request, one) if may_decide else {}),
        "may_undo": scope.may("people.edit"),
        "may_withdraw": one.state == "open" and one.asked_by is not None and one.asked_by == scope.post,
        "trail": [*trail(), (gettext("Changes"), reverse("changes"))],
    }  # fmt: skip
    return render(request, "console/register/change.html", context, status=status)


def _history(scope: Scope, one: RequestLine) -> list[tuple[LineRow, str, str]]:
    """What was done with it, the newest first: the line, what it is called, who did it."""
    lines = queries.history(scope, one)
    faces = roster.faces(scope, {line.post for line in lines if line.post})
    return [(line, journal_words.act(line.name), who_of(line, faces)) for line in reversed(lines)]


@door("people.edit", methods=("POST",))
def decide(request: Asked, request_id: UUID) -> HttpResponse:
    """Approve what was reported, or refuse it with a reason."""
    one = queries.request(request.scope, request_id)
    form = ReasonForm(request.POST)
    refuses = request.POST.get("do") == "refuse"
    if refuses and not form.is_valid():
        return _page(request, one, form, 422)
    if refuses:
        reason = form.cleaned_data["reason"]
        actions.refuse_change(request.scope, request.act, request_id=one.id, reason=reason)
    else:
        actions.approve_change(request.scope, request.act, request_id=one.id)
    return HttpResponseRedirect(reverse("change", args=[one.id]))


@door("people.confirm", methods=("POST",))
def withdraw(request: Asked, request_id: UUID) -> HttpResponse:
    """Whoever reported it takes it back."""
    actions.withdraw_change(request.scope, request.act, request_id=request_id)
    return HttpResponseRedirect(reverse("change", args=[request_id]))


@door("people.confirm", methods=("GET", "POST"))
def report(request: Asked, household_id: UUID) -> HttpResponse:
    """Report what happened in a household, from the field."""
    home = queries.home_card(request.scope, household_id)
    form = ReportForm(request.POST or None)
    members = queries.members_on(request.scope, home.id, localdate())
    names = _sorts(request.scope)
    form.offer(
        {
            "sort": [("", gettext("Choose one")), *((code, names[code]) for code in SORTS if code in names)],
            "person": [("", gettext("Nobody in particular")), *((str(one.person), one.name) for one in members)],
            **{name: choices(request.scope, name) for name in CODED},
            "as_to_head": choices(request.scope, "relation"),
        }
    )

    def do() -> str:
        given = form.cleaned_data
        sort = given["sort"]
        said = {name: given.get(name, "") for name in (*TOLD_FIELDS.get(sort, ()), "words")}
        who = UUID(given["person"]) if given["person"] and sort in MAY_NAME else None
        change = actions.Change(sort=sort, household=home.id, person=who, said=said)
        made = actions.report_change(request.scope, request.act, change=change, told=form.told)
        return reverse("change", args=[made["request"]])

    title = gettext("Report a change")
    context = {
        "title": title, "back": reverse("household", args=[home.id]), "name": home_name(home),
        "trail": trail(home, (title, "")),
    }  # fmt: skip
    return answered(request, form, do, context, done=N_("Reported."))


@door("people.edit", methods=("GET", "POST"))
def offer(request: Asked, person_id: UUID) -> HttpResponse:
    """Offer the record to a village outside one's own scope."""
    card = queries.person_card(request.scope, person_id)
    form = OfferForm(request.POST or None)

    def do() -> str:
        given = form.cleaned_data
        to_place = where.meant(request.scope, given["to_place"], "to_place")
        made = actions.offer_record(
            request.scope, request.act, person_id=card.id, to_place=to_place, note=given["note"], told=form.told
        )
        return reverse("handover", args=[made["handover"]])

    title = gettext("Hand the record over")
    context = {
        "title": title, "back": reverse("person", args=[card.id]), "name": card.name,
        "trail": trail(None, (card.name, reverse("person", args=[card.id])), (title, "")),
    }  # fmt: skip
    return answered(request, form, do, context, done=N_("The record is on offer. Until it is accepted it stays here."))


@door("people.edit", methods=("GET", "POST"))
def handover(request: Asked, handover_id: UUID) -> HttpResponse:
    """A record or a whole household on offer: the other side takes it over; whoever offered it may withdraw."""
    row = queries.handover(request.scope, handover_id)
    accepts = request.method == "POST" and _wish(request) == "accept"
    form, do = (moving.taking if row.household else _taking)(request, row, accepts=accepts)
    reason = ReasonForm(request.POST if _wish(request) == "refuse" else None)

    def refuse() -> str:
        text = reason.cleaned_data["reason"]
        actions.refuse_record(request.scope, request.act, handover_id=row.id, reason=text)
        return reverse("handover", args=[row.id])

    if _wish(request) == "withdraw":
        actions.withdraw_record(request.scope, request.act, handover_id=row.id)
        return HttpResponseRedirect(reverse("handover", args=[row.id]))
    context = {
        "row": row, "form": form, "reason": reason, "chip": _chip(row.state),
        "trail": [*trail(), (gettext("Changes"), reverse("changes"))],
    }  # fmt: skip
    template = "console/register/handover.html"
    if _wish(request) == "refuse":
        return answered(request, reason, refuse, context, template=template, done=N_("The record was not taken over."))
    return answered(request, form, do, context, template=template, done=N_("The record was taken over."))


def _taking(request: Asked, row: HandoverLine, *, accepts: bool) -> tuple[Form, Callable[[], str]]:
    """The form by which one record is taken over into a household, and how."""
    form = AcceptForm(request.POST if accepts else None)
    choice = {"natural_village": where_in(request.scope, row.to_place)["natural_village"],
              "as_to_head": choices(request.scope, "relation")}  # fmt: skip
    for name, offered in choice.items():
        form.fields[name].choices = offered  # type: ignore[attr-defined]

    def do() -> str:
        given = form.cleaned_data
        home = queries.home_by_number(request.scope, int(given["natural_village"] or 0), given["number"])
        into = Into(household=home, as_to_head=given["as_to_head"])
        made = actions.accept_record(request.scope, request.act, handover_id=row.id, into=into)
        return reverse("household", args=[made["household"]])

    return form, do


def _wish(request: Asked) -> str:
    return request.POST.get("do", "accept")
