"""A household's contact through time, a member with the households looked after, and slips that tell households."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.places import village_of
from commongrid.outreach.queries import coverage as reach
from commongrid.outreach.queries import declaring, links, notices, plans
from commongrid.outreach.rules.words import CHOICE_WORDS
from commongrid.registry import queries as registry
from commongrid.surfaces.console.network import printing
from commongrid.surfaces.console.network.reasons import people_in, sentence
from commongrid.surfaces.console.network.words import natural_village, trail
from commongrid.surfaces.console.register.homes import day_asked
from commongrid.surfaces.console.register.words import HOME_STATES, chip, home_name
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import paper
from commongrid.surfaces.shared.fields import county_name, know_places
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.outreach.queries.coverage import Home
    from commongrid.outreach.queries.links import LinkRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow


@door("people.read")
def of_household(request: Asked, household_id: UUID) -> HttpResponse:
    """A household's contact now and before, and what it said; for those who keep the plans, all of it."""
    home = registry.home_card(request.scope, household_id)
    village = village_of(home.place) or home.place
    said = declaring.choices(request.scope, village, localdate(), household_id)
    can = {code: en if language() == "en" else zh for code, zh, en in declaring.abilities(request.scope, localdate())}
    title = home_name(home)
    context = {
        "home": home, "title": title, "chip": chip(HOME_STATES, home.state), "today": localdate(),
        "links": links.links_of(request.scope, household_id), "why": _why(request, household_id),
        "said": [(one, gettext(CHOICE_WORDS[one.sort]), can.get(one.ability, "")) for one in said],
        "trail": trail(request.scope, village, (title, "")) if request.scope.covers(village) else [(title, "")],
    }  # fmt: skip
    return render(request, "console/network/household.html", context)


def _why(request: Asked, household: UUID) -> str:
    """Why the household has the contact it has, as the plan said that gave it; for those who keep the plans."""
    row = plans.adopted_of(request.scope, household) if request.scope.may("links.edit") else None
    return sentence(row, plans.names_of(request.scope, people_in(row.facts))) if row else ""


@door("links.read")
def of_member(request: Asked, post_id: UUID) -> HttpResponse:
    """What a linked member looks after on a day, and the duties."""
    on = day_asked(request.GET.get("on", ""), localdate())
    card = links.member(request.scope, post_id, on)
    village = village_of(card.place) or card.place
    know_places(request, (one.natural_village for one in card.homes))
    context = {
        "card": card, "on": on, "today": on == localdate(), "duties": notices.duties(request.scope, on),
        "may_read": request.scope.may("people.read"),
        "rows": [(one, chip(HOME_STATES, one.state)) for one in card.homes],
        "trail": trail(request.scope, village, (card.name, "")) if request.scope.covers(village) else [(card.name, "")],
    }  # fmt: skip
    return render(request, "console/network/member.html", context)


@door("links.edit")
def slips(request: Asked, code: int) -> HttpResponse:
    """Slips of a natural village, one for each household: who its contact is, whom to call; logged as a print."""
    row, found, address = _slips(request, code)
    context = {
        "place": row, "slips": found, "always": notices.always(localdate()), "address": address,
        "picture": qr.svg(address), "today": localdate(), "back": reverse("linking", args=[village_of(code) or code]),
    }  # fmt: skip
    return render(request, "console/network/slips.html", context)


@door("links.edit")
def slips_pdf(request: Asked, code: int) -> HttpResponse:
    """The same slips as PDF, three on a page."""
    row, found, address = _slips(request, code)
    issuer = " · ".join(filter(None, (county_name(request), row.label(language()))))
    return paper(printing.slips(issuer, found, notices.always(localdate()), address), f"slips-{code}.pdf")


def _slips(request: Asked, code: int) -> tuple[PlaceRow, list[tuple[Home, LinkRow]], str]:
    row = natural_village(request.scope, code)
    village = village_of(code) or code
    held = {one.household: one for one in links.links_on(request.scope, village, localdate())}
    homes = reach.all_homes(request.scope, village, code, localdate())
    about = Access(event="printed", about="slips", subject_kind="place", place=code)
    accounts.log_access(request.scope, Act.new(), access=about)
    address = request.build_absolute_uri(reverse("contacts", args=[code]))
    return row, [(one, held[one.id]) for one in homes if one.id in held], address
