"""Named helpers: whom they help, who helps one household, and households that nobody helps any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import NotFound, Refusal
from commongrid.registry import queries as registry
from commongrid.roster import actions
from commongrid.roster.queries import helping
from commongrid.roster.rules import HELPER, HELPS
from commongrid.surfaces.console.network.words import area, page_named
from commongrid.surfaces.console.posts.changing import at_form
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.console.register.words import home_name, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.registry.queries import HomeCard
    from commongrid.surfaces.shared.doors import Asked

POWER = "people.hardship"
"""Who is told of helpers on a page: whoever reads hardship. Naming one asks for the power to appoint besides."""


class HelperForm(Form):
    """Who helps the household, from when to when, and instead of whom."""

    post = forms.ChoiceField(
        label=_("Named helper"),
        error_messages={"required": _("Choose a helper."), "invalid_choice": _("Choose a helper.")},
    )
    instead = forms.ChoiceField(label=_("Instead of"), required=False)
    from_on = day_field(_("First day"), today=True)
    last_on = day_field(_("Last day"), required=False, help_text=_("Leave empty if it is not known yet."))

    def offer(self, helpers: list[tuple[UUID, str, int]], now: list[helping.Helper]) -> bool:
        """The helpers of the village with how many households they help, and those whom one may follow; whether any."""
        free = [(post, name, held) for post, name, held in helpers if post not in {one.post for one in now}]
        named = [
            (str(post), f"{name} · " + ngettext("%(n)s household", "%(n)s households", held) % {"n": held})
            for post, name, held in free
        ]
        cast("forms.ChoiceField", self.fields["post"]).choices = [("", gettext("Choose a helper")), *named]
        if now:
            theirs = [(str(one.id), one.name) for one in now]
            cast("forms.ChoiceField", self.fields["instead"]).choices = [("", gettext("Nobody, beside them")), *theirs]
        else:
            del self.fields["instead"]
        return bool(named)


@door(POWER)
def listed(request: Asked) -> HttpResponse:
    """Households with a helper and those that have none any more; of a helper, the own."""
    scope, today = request.scope, localdate()
    if scope.level == "household":
        context: dict[str, Any] = {"own": True, "rows": helping.helped_by(scope, today)}
    else:
        code, page = area(request), page_named(request)
        lo, hi = interval(code)
        rows, more = helping.helped_in(scope, code, today, page)
        without = helping.unhelped(scope, lo, hi, today) if not page else []
        address = reverse("helpers") + f"?place={code}&page="
        context = {
            "place": territory.place(scope, code), "rows": rows, "without": without,
            "previous": address + str(page - 1) if page else "", "next": address + str(page + 1) if more else "",
        }  # fmt: skip
    know_places(request, (one.natural_village for one in [*context["rows"], *context.get("without", ())]))
    context["trail"] = [(gettext("Network"), reverse("network")), (gettext("Named helpers"), "")]
    if not scope.may("links.read"):
        context["trail"] = context["trail"][1:]
    return render(request, "console/network/helpers.html", context)


@door(POWER, methods=("GET", "POST"))
def of_household(request: Asked, household_id: UUID) -> HttpResponse:
    """Who helps a household and did before; whoever may appoint names another."""
    scope, today = request.scope, localdate()
    home = registry.home_card(scope, household_id)
    helpers = helping.helpers_of(scope, home.id)
    now = [one for one in helpers if one.to_on is None or one.to_on > today]
    village = village_of(home.place) or home.place
    names = scope.may("posts.appoint") and not home.ended
    if request.method == "POST":
        scope.demand("posts.appoint")
    form, status = HelperForm(request.POST if request.method == "POST" else None), 200
    offered = form.offer(helping.may_help(scope, village, today) if names else [], now)
    if request.method == "POST" and form.is_valid():
        try:
            _name(request, home, form)
        except Refusal as refusal:
            form.refuse(at_form(refusal))
            status = refusal.status
        else:
            messages.success(request, gettext("The helper was named."))
            return HttpResponseRedirect(reverse("household_helper", args=[home.id]))
    status = 422 if form.errors and status == 200 else status  # noqa: PLR2004 - OK
    title = gettext("Named helper")
    context = {
        "home": home, "title": title, "name": home_name(home), "form": form, "names": names, "village": village,
        "rows": [(one, one in now) for one in helpers], "role": HELPS, "offered": offered,
        "trail": trail(home, (title, "")),
    }  # fmt: skip
    return render(request, "console/network/helper.html", context, status=status)


@door(POWER, methods=("POST",))
def end(request: Asked, household_id: UUID, assignment_id: UUID) -> HttpResponse:
    """A helper no longer helps a household, from today on."""
    home = registry.home_card(request.scope, household_id)
    if all(one.id != assignment_id for one in helping.helpers_of(request.scope, home.id)):
        raise NotFound
    actions.end_assignment(request.scope, request.act, assignment_id=assignment_id, on=localdate())
    messages.success(request, gettext("The helper no longer helps this household."))
    return HttpResponseRedirect(reverse("household_helper", args=[home.id]))


def _name(request: Asked, home: HomeCard, form: HelperForm) -> None:
    """Name the helper; whom they follow ends on the same day."""
    given = form.cleaned_data
    if given.get("instead"):
        actions.end_assignment(
            request.scope, request.act.child("instead"), assignment_id=UUID(given["instead"]), on=given["from_on"]
        )
    to = actions.NewAssignment(
        post=UUID(given["post"]), kind=HELPER, household=home.id, from_on=given["from_on"],
        to_on=given["last_on"] + timedelta(days=1) if given["last_on"] else None,
    )  # fmt: skip
    actions.assign(request.scope, request.act, to=to)
