"""The draw of return visits and rechecks, for anybody to check by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.matters import queries
from commongrid.matters.queries.drawing import draws
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door(None, kinds=("public",))
def draw(request: Asked) -> HttpResponse:
    """Seeds and fingerprints by month, the shares, and how to check a draw by hand."""
    limits = queries.limits(request.scope)
    shares = {name: round(limits[name].amount * 100) for name in ("sample_share", "recheck_share")}
    found = draws(request.scope, timezone.now())
    example = next((one.seed for one in found if one.seed), "0" * 64)
    command = f"printf '%s' '{example}:{_('NUMBER')}' | sha256sum"
    return render(request, "public/draw.html", {"draws": found, "shares": shares, "command": command})


urlpatterns = [path("draw", draw, name="draw")]
