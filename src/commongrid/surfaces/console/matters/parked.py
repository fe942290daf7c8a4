"""What is parked in this post's reach: why, since when, looked at again when, and how the person was told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from commongrid.surfaces.console.matters import waiting_page
from commongrid.surfaces.shared.doors import Asked, door


@door("matters.read")
def parked(request: Asked) -> HttpResponse:
    """Parked matters, what waits for a decision first, then the nearest day of review."""
    return render(request, "console/matters/parked.html", {"rows": waiting_page.parked(request.scope)})


urlpatterns = [path("parked/", parked, name="parked")]
