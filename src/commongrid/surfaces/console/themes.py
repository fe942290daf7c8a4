"""Themes: what is appealed about again and again, each with its story; and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import Refusal
from commongrid.matters import actions
from commongrid.matters.queries import themes as queries
from commongrid.surfaces.console import history
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form


class Open(Form):
    """A new theme."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("The thing and the place, never a person: the culvert at the school in Baisha."),
        error_messages={"required": _("Name the thing and the place.")},
    )
    numbers = forms.CharField(
        label=_("Matters"),
        max_length=1000,
        help_text=_("Their numbers, one after the other."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Type the numbers of at least two matters.")},
    )
    story = forms.CharField(
        label=_("Why they belong together"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class Add(Form):
    """One more matter."""

    number = forms.CharField(
        label=_("Number"), max_length=32, error_messages={"required": _("Type the matter's number.")}
    )


class Close(Form):
    """What was found."""

    found = forms.CharField(
        label=_("What was found and done"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what was found and done.")},
    )


@door("matters.divert", methods=("GET", "POST"))
def listed(request: Asked) -> HttpResponse:
    """The themes of the area, what looks like one, and a form for a new one."""
    form = Open(
        request.POST if request.method == "POST" else None, initial={"numbers": request.GET.get("of", "")[:500]}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        numbers = tuple(dict.fromkeys(one for one in re.split(r"[\s,，、;；]+", given["numbers"]) if one))
        try:
            done = actions.open_theme(
                request.scope, request.act, name=given["name"], numbers=numbers, story=given["story"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, gettext("The theme is open."))
            return redirect("theme", theme_id=done["theme"])
    status = 422 if form.errors and status == 200 else status  # noqa: PLR2004 - OK
    proposed = [present.rows(request.scope, one.matters) for one in queries.proposals(request.scope, timezone.now())]
    themes = queries.themes(request.scope)
    know_places(request, (one.place for one in themes))
    context = {
        "themes": themes, "form": form,
        "proposed": [(rows, " ".join(one.row.number for one in rows)) for rows in proposed],
    }  # fmt: skip
    return render(request, "console/themes/list.html", context, status=status)


@door("matters.divert")
def theme(request: Asked, theme_id: UUID) -> HttpResponse:
    """One theme: why, its matters with where each stands, what was found."""
    return _shown(request, theme_id)


def _shown(request: Asked, theme_id: UUID, form: Form | None = None, status: int = 200) -> HttpResponse:
    row, found = queries.theme(request.scope, theme_id)
    context = {
        "theme": row, "rows": present.rows(request.scope, found),
        "add": form if isinstance(form, Add) else Add(auto_id="add_%s"),
        "close": form if isinstance(form, Close) else Close(auto_id="close_%s"),
        "history": history.acts(request.scope, theme_id),
    }  # fmt: skip
    return render(request, "console/themes/theme.html", context, status=status)


@door("matters.divert", methods=("POST",))
def add(request: Asked, theme_id: UUID) -> HttpResponse:
    """Add a matter."""
    return _do(request, theme_id, Add(request.POST, auto_id="add_%s"), actions.add_to_theme)


@door("matters.divert", methods=("POST",))
def close(request: Asked, theme_id: UUID) -> HttpResponse:
    """Close it with what was found."""
    return _do(request, theme_id, Close(request.POST, auto_id="close_%s"), actions.close_theme)


def _do(request: Asked, theme_id: UUID, form: Form, act: Callable[..., Any]) -> HttpResponse:
    """Carry it out with what the form says; where it is refused, show the theme with the form as it was."""
    status = 422
    if form.is_valid():
        try:
            act(request.scope, request.act, theme_id=theme_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return redirect("theme", theme_id=theme_id)
    return _shown(request, theme_id, form, status)


urlpatterns = [
    path("", listed, name="themes"),
    path("<uuid:theme_id>/", theme, name="theme"),
    path("<uuid:theme_id>/add", add, name="theme_add"),
    path("<uuid:theme_id>/close", close, name="theme_close"),
]
