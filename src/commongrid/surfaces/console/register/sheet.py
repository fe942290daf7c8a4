"""The household's own sheet: what it needs to know, on A4, with a code that leads to the public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.places import village_of
from commongrid.outreach.queries.notices import always
from commongrid.registry import queries
from commongrid.roster import queries as roster
from commongrid.surfaces.console.register.words import home_name, read_aloud
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door("people.read")
def sheet(request: Asked, household_id: UUID) -> HttpResponse:
    """Who lives here, whom to call, how to report: nothing that is sealed, nothing that tells who needs help."""
    home = queries.home_card(request.scope, household_id)
    words = read_aloud(request.scope, "relation")
    members = [
        (one.name, words["relation"].get(one.as_to_head, ""))
        for one in queries.members_on(request.scope, home.id, localdate())
    ]
    lang = language()
    seats = roster.answering(request.scope, place=home.place, power="matters.settle")
    heads = roster.faces(request.scope, {one.post for one in seats})
    contact = roster.linked_members(request.scope, [home.id]).get(home.id)
    about = Access(event="printed", about="record", subject_kind="household", subject=home.id, place=home.place)
    accounts.log_access(request.scope, Act.new(), access=about)
    address = request.build_absolute_uri(reverse("report"))
    context = {
        "home": home, "name": home_name(home), "members": members, "address": address, "picture": qr.svg(address),
        "call": [(one.name, one.label(lang), one.office_phone) for one in list(heads.values())[:3]],
        "village": village_of(home.place) or home.place, "today": localdate(), "contact": contact,
        "always": always(localdate()),
    }  # fmt: skip
    return render(request, "console/register/sheet.html", context)
