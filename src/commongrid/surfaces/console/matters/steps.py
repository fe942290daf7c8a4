"""The steps of a matter as doors: one address per event of the table, guarded by the event's own power.

A view parses the form, calls the one action, and goes back to the matter; a
refusal shows the page again with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import NotFound, Refusal
from commongrid.matters import queries
from commongrid.matters.rules.table import EVENTS
from commongrid.surfaces.console.matters import detail, forms, meanwhile
from commongrid.surfaces.console.matters.photos import gathered
from commongrid.surfaces.console.matters.way import Way
from commongrid.surfaces.console.matters.ways import WAYS
from commongrid.surfaces.shared.doors import Asked, door


def _door(code: str) -> Callable[..., HttpResponse]:
    """The view of one event."""

    def step(request: Asked, matter_id: UUID) -> HttpResponse:
        return take(request, matter_id, code)

    step.__name__ = step.__qualname__ = code
    step.__doc__ = f"{EVENTS[code].en}."
    return door(EVENTS[code].power, methods=("POST",))(step)


def take(request: Asked, matter_id: UUID, code: str) -> HttpResponse:
    """Carry out a step; where it is refused, show the matter with the form as it was."""
    way = WAYS[code]
    form = way.form(request.POST, auto_id=f"{code}_%s")
    status = 422
    if _complete(request, form, way):
        try:
            if way.preview is not None and request.POST.get("step") == "check":
                form.preview = way.preview(request.scope, matter_id, form)
                return detail.shown(request, matter_id, refused=(code, form))
            answer = way.do(request.scope, request.act, matter_id=matter_id, **_arguments(form, way))
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            if told := meanwhile.happened(request.scope, matter_id, refusal):
                form.add_error(None, told)
            status = refusal.status
        else:
            return _on(request, matter_id, str(answer["number"]), _(way.done))
    return detail.shown(request, matter_id, refused=(code, form), status=status)


def _complete(request: Asked, form: forms.Step, way: Way) -> bool:
    """Whether all is there; photos are put away first, so that a form shown again keeps them."""
    form.is_valid()
    try:
        form.photos = gathered(request) if way.photos else ()
    except Refusal as refusal:
        form.refuse(refusal)
    return form.is_valid()


def _arguments(form: forms.Step, way: Way) -> dict[str, Any]:
    return {**form.arguments(), "photos": form.photos} if way.photos else form.arguments()


def _on(request: Asked, matter_id: UUID, number: str, done: str) -> HttpResponse:
    """Back to the matter, or to the queue where it has left this post's sight."""
    if not queries.still_seen(request.scope, number):
        messages.success(
            request, _("%(number)s: %(done)s It is no longer with you.") % {"number": number, "done": done}
        )
        return redirect("matters")
    messages.success(request, _("%(number)s: %(done)s") % {"number": number, "done": done})
    return redirect("matter", matter_id=matter_id)


urlpatterns = [path(f"<uuid:matter_id>/{code}", _door(code), name=f"matter_{code}") for code in WAYS]
