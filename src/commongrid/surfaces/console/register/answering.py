"""A form asked and answered: shown with its context, done, and what followed from it said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, Refusal
from commongrid.registry import actions, queries
from commongrid.surfaces.console.register import beforehand, entering, meanwhile
from commongrid.surfaces.console.register.picking import picker
from commongrid.surfaces.console.register.where import doubt_point
from commongrid.surfaces.console.register.words import home_name, read_aloud, trail
from commongrid.surfaces.shared.times import in_a_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.registry.queries import HomeCard
    from commongrid.surfaces.shared.doors import Asked


def asked(
    request: Asked, form: Any, do: Callable[[], str], words: tuple[str, str, HomeCard | None], *, of: str = "",
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show the question, or do it and go on; a refusal is shown at the form and what was typed stays.

    The report that the form was opened from is approved with it. ``shows``: what will be is shown before it is done.
    """
    title, home = gettext(words[0]), words[2]

    def entered() -> str:
        address = do()
        followed(request)
        if entering.approve(request):
            messages.success(request, gettext("The report is approved with it."))
        return address

    context = {
        "title": title,
        "back": reverse("household", args=[home.id]) if home else reverse("households"),
        "name": of or (home_name(home) if home else ""),
        "trail": trail(home, (title, "")),
        **picker(form),
        **entering.beside(request),
        **more,
    }
    if more.get("shows") and request.method == "POST" and form.is_valid() and not beforehand.sure(request):
        return beforehand.shown(request, form, do, context)
    return answered(request, form, entered, context, done=words[1])


def followed(request: Asked) -> None:
    """Say what others became to a head by the act: some of it is a guess, and somebody is to look."""
    changed = [
        one
        for one in queries.changes_of(request.scope, acts=[request.act.id])
        if one.field == "as_in_home" and one.before
    ]
    if not changed:
        return
    names, words = (
        queries.called(request.scope, {one.subject for one in changed}),
        read_aloud(request.scope, "relation"),
    )
    told = in_a_row(
        gettext("%(name)s, who was %(before)s, is %(after)s") % {
            "name": names.get(one.subject, ""), "before": words["relation"].get(one.before, one.before),
            "after": words["relation"].get(one.after, one.after) or gettext("Not said"),
        }
        for one in changed
    )  # fmt: skip
    said = gettext("To the head of their household now: %(people)s. Correct what is wrong.")
    messages.info(request, said % {"people": told})


def answered(
    request: Asked, form: Any, do: Callable[[], str], context: dict[str, Any], *, done: str = N_("Entered."),
    template: str = "console/register/form.html",
) -> HttpResponse:  # fmt: skip
    """Show a form with its context, or do what it asks for and go on; a refusal is shown and what was typed stays.

    ``spot_in`` of the context: the place in which a point that was typed should lie.
    """
    if request.method == "POST" and form.is_valid():
        try:
            address = do()
        except actions.Meanwhile as refusal:
            meanwhile.tell(request, form, refusal)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext(done))
            doubt_point(request, form, context.get("spot_in"))
            return HttpResponseRedirect(address)
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
