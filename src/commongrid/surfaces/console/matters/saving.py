"""Saved views of the queue: tabs of a post and of its office, kept and removed on the queue's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import BadInput, NotFound, Refusal
from commongrid.matters import actions
from commongrid.matters.queries.viewing import ViewRow, views
from commongrid.surfaces.console.matters.filtering import filters_of, kept
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.errors import sentence
from commongrid.surfaces.shared.forms import Form

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked


class Rename(Form):
    """Another name for a view."""

    name = forms.CharField(
        label=_("Name of the tab"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Give it a short name, at most 30 characters."),
            "max_length": _("Give it a short name, at most 30 characters."),
        },
    )  # fmt: skip


class Save(Rename):
    """The name of a view, and whether the office shares it."""

    shared = forms.BooleanField(
        label=_("Share it with my office"),
        required=False,
        help_text=_("Everybody in the same unit or centre sees the tab; each sees their own matters under it."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A saved view as a tab."""

    row: ViewRow
    url: str
    current: bool


def tabs(scope: Scope, given: dict[str, str]) -> list[Tab]:
    """The saved views, the one that the address shows marked."""
    now = kept(given)
    return [
        Tab(row=one, url=f"{reverse('matters')}?{urlencode(one.filters)}", current=dict(one.filters) == now)
        for one in views(scope)
    ]


@door("matters.read", methods=("POST",))
def save(request: Asked) -> HttpResponse:
    """Keep the filters and the order of the page under a name, and go back to it."""
    _filters, given = filters_of(QueryDict(request.POST.get("filters", "")[:2000]))
    wanted = kept(given)
    back = HttpResponseRedirect(f"{reverse('matters')}?{urlencode(wanted)}")
    form = Save(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give it a short name, at most 30 characters."))
        return back
    told = form.cleaned_data
    try:
        actions.save_view(request.scope, request.act, name=told["name"], filters=wanted, shared=told["shared"])
    except Refusal as refusal:
        text = next(iter(refusal.fields.values()), "")
        messages.error(request, gettext(text) if text else sentence(refusal))
    else:
        messages.success(request, gettext("The view is a tab now."))
    return back


@door("matters.read", methods=("POST",))
def rename(request: Asked, view_id: UUID) -> HttpResponse:
    """Give a view of one's own another name, and go back to it. Refuses: NotFound where there is none."""
    found = next((one for one in views(request.scope) if one.id == view_id and one.own), None)
    if found is None:
        raise NotFound
    back = HttpResponseRedirect(f"{reverse('matters')}?{urlencode(found.filters)}")
    form = Rename(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give it a short name, at most 30 characters."))
        return back
    try:
        actions.rename_view(request.scope, request.act, view_id=view_id, name=form.cleaned_data["name"])
    except BadInput as refusal:
        text = next(iter(refusal.fields.values()), "")
        messages.error(request, gettext(text) if text else sentence(refusal))
    else:
        messages.success(request, gettext("The tab has its new name."))
    return back


@door("matters.read", methods=("POST",))
def remove(request: Asked, view_id: UUID) -> HttpResponse:
    """Remove a view of one's own."""
    actions.remove_view(request.scope, request.act, view_id=view_id)
    messages.success(request, gettext("The tab is gone; no matter was touched."))
    return HttpResponseRedirect(reverse("matters"))


urlpatterns = [
    path("views/", save, name="matter_view_save"),
    path("views/<uuid:view_id>/rename", rename, name="matter_view_rename"),
    path("views/<uuid:view_id>/remove", remove, name="matter_view_remove"),
]
