"""What lists went out of a place: which, how many rows, by whom, what for, to be deleted by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from commongrid.accounts import queries as access
from commongrid.roster import queries as roster
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.register.words import trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.paging import page_asked
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from commongrid.accounts.queries import AccessRow
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked

Line = tuple["AccessRow", str, str, str]


@door("people.looks")
def listed(request: Asked) -> HttpResponse:
    """One page of the exports of lists in sight, the latest first."""
    number = page_asked(request.GET.get("page", ""))
    lines, more = access.exports(request.scope, page=number)
    context = {
        "rows": told(request.scope, lines), "page": number, "more": more,
        "trail": [*trail(), (gettext("Ledgers"), reverse("ledgers"))],
    }  # fmt: skip
    return render(request, "console/register/exports.html", context)


def told(scope: Scope, lines: Sequence[AccessRow]) -> list[Line]:
    """Each line with what went out, of which place and by whom, in words."""
    lang = language()
    faces = roster.faces(scope, {one.post for one in lines if one.post})
    places = territory.places(scope, {one.place for one in lines if one.place})
    return [
        (
            one,
            handing.said(one.about),
            places[one.place].label(lang) if one.place in places else "",
            f"{faces[one.post].label(lang)} · {faces[one.post].name}" if one.post in faces else one.login_name,
        )
        for one in lines
    ]
