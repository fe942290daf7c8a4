"""The first page: what anybody can do here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door(None, kinds=("public",))
def home(request: Asked) -> HttpResponse:
    """Report, follow, and where to call when it cannot wait."""
    return render(request, "public/home.html")
