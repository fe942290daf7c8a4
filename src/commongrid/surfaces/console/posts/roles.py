"""Roles and what each may do: read here, changed by whoever keeps the database (``commongrid powers``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext

from commongrid.roster import queries
from commongrid.surfaces.console.posts.words import trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door("posts.read")
def roles(request: Asked) -> HttpResponse:
    """Every role in force with its powers, and what the county changed of them."""
    scope, lang = request.scope, language()
    names, found = queries.powers(scope), queries.roles(scope)
    called = {one.code: one.label(lang) for one in found}
    changes = [(one, called.get(one.role, one.role)) for one in queries.power_changes(scope)]
    rows = [(one, sorted(names[code].label(lang) for code in one.powers)) for one in found]
    return render(
        request,
        "console/posts/roles.html",
        {"rows": rows, "changes": changes, "mine": scope.role, "trail": trail(None, gettext("Roles and powers"))},
    )
