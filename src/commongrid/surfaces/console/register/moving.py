"""A whole household moves: within one's own scope at once, else offered to the village that takes it over as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import code_read, village_of
from commongrid.kernel.refusals import N_, BadInput
from commongrid.registry import actions, queries
from commongrid.surfaces.console.register import entering, where
from commongrid.surfaces.console.register.answering import answered, asked
from commongrid.surfaces.console.register.forms import HomeForm, OfferForm
from commongrid.surfaces.console.register.homes import new_home
from commongrid.surfaces.console.register.where import near, where_in
from commongrid.surfaces.console.register.words import home_name, trail
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import HandoverLine
    from commongrid.surfaces.shared.doors import Asked


def _registered() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Their registration moves too"), required=False,
        help_text=_("Whoever is registered in the village they leave is registered in the other, with the booklet."),
    )  # fmt: skip


class HomeOfferForm(OfferForm):
    """To which village a whole household moves."""

    registered = _registered()
    field_order = ("to_place", "registered", "note")


class MoveForm(HomeForm):
    """The home that a whole household moves into."""

    registered = _registered()


@door("people.edit", methods=("GET", "POST"))
def offer(request: Asked, household_id: UUID) -> HttpResponse:
    """To which village the household moves: one of one's own asks for the new home, another is made an offer."""
    home = queries.home_card(request.scope, household_id)
    form = HomeOfferForm(request.POST or None, initial={"seen": home.version})

    def do() -> str:
        given = form.cleaned_data
        to_place = where.meant(request.scope, given["to_place"], "to_place")
        made = actions.offer_household(
            request.scope, request.act, household_id=home.id, told=form.told,
            to=actions.Offer(place=to_place, note=given["note"], registered=given["registered"]),
        )  # fmt: skip
        return reverse("handover", args=[made["handover"]])

    if request.method == "POST" and form.is_valid() and (own := _own(request.scope, form)):
        return HttpResponseRedirect(f"{reverse('household_move', args=[home.id])}?{urlencode(own)}")
    title = gettext("The household moves")
    context = {
        "title": title, "back": reverse("household", args=[home.id]), "name": home_name(home),
        "trail": trail(home, (title, "")),
    }  # fmt: skip
    return answered(
        request, form, do, context, done=N_("The household is on offer. Until it is accepted it stays here.")
    )


def _own(scope: Scope, form: HomeOfferForm) -> dict[str, Any]:
    """What was said so far, where the village is the clerk's own."""
    given = form.cleaned_data
    try:
        village = where.meant(scope, given["to_place"], "to_place")
    except BadInput:
        return {}  # the act says so at the form
    if not scope.covers(village):
        return {}
    said = {"village": village, "on": given["on"].isoformat(), "source": given["source"]}
    return {**said, **({"registered": "on"} if given["registered"] else {})}


@door("people.edit", methods=("GET", "POST"))
def move(request: Asked, household_id: UUID) -> HttpResponse:
    """Into which new home of one's own villages the whole household moves."""
    home = queries.home_card(request.scope, household_id)
    village = code_read(request.GET.get("village", ""))
    if village is None or village_of(village) != village or not request.scope.covers(village):
        return HttpResponseRedirect(reverse("household_hand_over", args=[home.id]))
    begun = {name: request.GET[name] for name in ("on", "source", "registered") if name in request.GET}
    form = MoveForm(request.POST or None, initial=entering.begun(request, {"seen": home.version, **begun}))
    form.offer(where_in(request.scope, village))

    def do() -> str:
        made = actions.move_household(
            request.scope, request.act, household_id=home.id, new=new_home(request.scope, form, village),
            told=form.told, registered=form.cleaned_data["registered"],
        )  # fmt: skip
        return reverse("household", args=[made["household"]])

    words = (N_("The household moves"), N_("The household has moved."), home)
    return asked(request, form, do, words, shows=True, **near(village))


def taking(request: Asked, row: HandoverLine, *, accepts: bool) -> tuple[MoveForm, Callable[[], str]]:
    """The form by which a whole household is taken over, as of the day of the offer, and how."""
    form = MoveForm(request.POST if accepts else None, initial={"registered": row.registered})
    form.offer(where_in(request.scope, row.to_place))
    for name in ("on", "source", "seen"):
        del form.fields[name]

    def do() -> str:
        new = new_home(request.scope, form, row.to_place)
        made = actions.accept_household(
            request.scope, request.act, handover_id=row.id, new=new, registered=form.cleaned_data["registered"]
        )
        return reverse("household", args=[made["household"]])

    return form, do
