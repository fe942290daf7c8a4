"""Publishing: a public text beside the original, a second person where the kind needs one, down by a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import N_, Refusal
from commongrid.matters import actions, queries
from commongrid.matters.actions.publishing import NEVER, TWICE, look
from commongrid.matters.queries import publishing as texts
from commongrid.matters.rules.publishing import LONGEST, LONGEST_TITLE
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.matters.queries.publishing import PublicationRow
    from commongrid.surfaces.shared.doors import Asked

STATES: Final = {
    "proposed": (N_("Waits for a second person"), "warn"),
    "published": (N_("Public now"), "ok"),
    "refused": (N_("Not approved"), "late"),
    "down": (N_("Taken down"), ""),
}


class Text(Form):
    """The public text."""

    title = forms.CharField(
        label=_("Title"), max_length=LONGEST_TITLE, error_messages={"required": _("Give it a title.")}
    )
    text = forms.CharField(
        label=_("What it is about"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say in a sentence or two what it is about.")},
    )
    answer = forms.CharField(
        label=_("What was done"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    until = forms.DateField(
        label=_("Last day it is shown"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("It goes down by itself after this day."),
        error_messages={"required": _("Choose the last day."), "invalid": _("Choose a day.")},
    )


class Why(Form):
    """A reason."""

    why = forms.CharField(
        label=_("Reason"), max_length=400, error_messages={"required": _("Please say why, in a sentence.")}
    )


@door("matters.publish")
def listed(request: Asked) -> HttpResponse:
    """What waits for a second person, what is published, what is down again."""
    groups = [
        (title, texts.publications(request.scope, *states), none)
        for title, states, none in (
            (gettext("To approve"), ("proposed",), gettext("Nothing waits.")),
            (gettext("Published now"), ("published",), gettext("Nothing is published.")),
            (gettext("Not approved, or down again"), ("refused", "down"), gettext("There is none yet.")),
        )
    ]
    know_places(request, (one.place for _title, rows, _none in groups for one in rows))
    return render(request, "console/publishing/list.html", {"groups": groups})


@door("matters.publish", methods=("GET", "POST"))
def new(request: Asked, matter_id: UUID) -> HttpResponse:
    """The masked words to start from, beside the original."""
    m = queries.matter(request.scope, matter_id)
    status, looked = 200, False
    if request.method == "POST":
        form = Text(request.POST)
        status = 422
        if form.is_valid():
            wording, asked = actions.Wording(**form.cleaned_data), request.POST.get("do")
            try:
                if asked == "look":
                    look(request.scope, matter_id=matter_id, wording=wording)
                elif asked != "change":
                    return _published(request, matter_id, wording)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                status, looked = 200, asked == "look"
    else:
        if why := _never(request.scope, m):
            return render(request, "console/publishing/never.html", {"m": m, "why": gettext(why)})
        draft = texts.draft(request.scope, matter_id, m.row.title, m.text)
        form = Text(initial={"title": draft.title, "text": draft.text, "answer": draft.answer, "until": draft.until})
    code = texts.public_place(request.scope, m.row.place)
    place = territory.places(request.scope, [code]).get(code)
    context = {
        **_original(request.scope, m), "form": form, "people": m.row.kind.publishers,
        "place": place.label(language()) if place else "", "looked": looked,
    }  # fmt: skip
    return render(request, "console/publishing/new.html", context, status=status)


def _never(scope: Scope, m: MatterDetail) -> str:
    """Why no text is written of this matter now, or nothing."""
    if not m.row.kind.publishers or not m.readable or m.row.confidential or m.row.sealed:
        return NEVER
    free = all(one.state not in ("proposed", "published") for one in texts.publications_of(scope, m.row.id))
    return "" if free else TWICE


def _published(request: Asked, matter_id: UUID, wording: actions.Wording) -> HttpResponse:
    done = actions.publish(request.scope, request.act, matter_id=matter_id, wording=wording)
    alone = done["state"] == "published"
    messages.success(request, gettext("It is published.") if alone else gettext("A second person looks at it now."))
    return redirect("publication", publication_id=done["publication"])


@door("matters.publish")
def page(request: Asked, publication_id: UUID) -> HttpResponse:
    """One text beside its original, with what can be done to it."""
    return _page(request, publication_id)


@door("matters.publish", methods=("POST",))
def approve(request: Asked, publication_id: UUID) -> HttpResponse:
    """Approve and publish."""
    return _do(request, publication_id, "approve", actions.approve, gettext("It is published."))


@door("matters.publish", methods=("POST",))
def refuse(request: Asked, publication_id: UUID) -> HttpResponse:
    """Don't approve it, with a reason."""
    return _do(request, publication_id, "refuse", actions.refuse_publication, gettext("It is not approved."))


@door("matters.publish", methods=("POST",))
def down(request: Asked, publication_id: UUID) -> HttpResponse:
    """Take it down at once, with a reason."""
    return _do(request, publication_id, "down", actions.take_down, gettext("It is down."))


def card(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """What of this matter was published, for those who publish; one query for them, none for others."""
    if not scope.may("matters.publish") or not m.row.kind.publishers or m.row.sealed:
        return {}
    found = texts.publications_of(scope, m.row.id)
    free = not any(one.state in ("proposed", "published") for one in found)
    ready = m.readable and not m.row.confidential and m.row.parent_id is None
    fits = m.row.state not in ("reported", "rejected", "withdrawn", "merged")
    return {
        "publications": [(one, gettext(STATES[one.state][0]), STATES[one.state][1]) for one in found],
        "may_publish": free and ready and fits,
    }


def _do(request: Asked, publication_id: UUID, code: str, act: Any, done: str) -> HttpResponse:
    form = Why(request.POST, auto_id=f"{code}_%s") if code != "approve" else Form(request.POST)
    status = 422
    if form.is_valid():
        try:
            act(request.scope, request.act, publication_id=publication_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, done)
            return redirect("publication", publication_id=publication_id)
    return _page(request, publication_id, refused=code, form=form, status=status)


def _page(
    request: Asked, publication_id: UUID, *, refused: str = "", form: Form | None = None, status: int = 200
) -> HttpResponse:
    one = texts.publication(request.scope, publication_id)
    m = queries.matter(request.scope, one.matter)
    state, tone = STATES[one.state]
    forms_ = {code: form if refused == code else Why(auto_id=f"{code}_%s") for code in ("refuse", "down")}
    context = {
        **_original(request.scope, m), **_who(request.scope, one), **forms_, "one": one, "state": gettext(state),
        "tone": tone, "refused": refused, "form": form, "own": one.proposed_by == request.scope.post,
    }  # fmt: skip
    return render(request, "console/publishing/page.html", context, status=status)


def _who(scope: Scope, one: PublicationRow) -> dict[str, str]:
    faces = roster.faces(scope, {post for post in (one.proposed_by, one.decided_by) if post})
    lang = language()
    names = {post: face.label(lang) for post, face in faces.items()}
    return {
        "writer": names.get(one.proposed_by, ""),
        "decider": names.get(one.decided_by, "") if one.decided_by else "",
    }


def _original(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    answered = next((note for note in reversed(m.notes) if note.sort == "answer"), None)
    return {"m": m, "shown": present.shown(scope, m.row), "answered": answered}


urlpatterns = [
    path("", listed, name="publications"),
    path("new/<uuid:matter_id>/", new, name="publication_new"),
    path("<uuid:publication_id>/", page, name="publication"),
    path("<uuid:publication_id>/approve", approve, name="publication_approve"),
    path("<uuid:publication_id>/refuse", refuse, name="publication_refuse"),
    path("<uuid:publication_id>/down", down, name="publication_down"),
]
