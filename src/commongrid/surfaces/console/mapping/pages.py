"""The Map page: a place with what lies in it, as a map and as a table with the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext

from commongrid.kernel.places import is_code
from commongrid.kernel.refusals import NotFound
from commongrid.surfaces.console.mapping import figures, tiles
from commongrid.surfaces.console.place_forms import LEVELS
from commongrid.surfaces.console.places import MANY
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

NEAR: Final = ("village", "natural_village", "villager_group", "grid")
"""Levels at which single homes are shown; above them only numbers are."""


def place_of(request: Asked, code: int) -> PlaceRow:
    """The place of an address. Refuses: NotFound."""
    if not is_code(code):
        raise NotFound
    return queries.place(request.scope, code)


def trail(request: Asked, code: int, *more: tuple[str, str], by: str = "") -> list[tuple[str, str]]:
    """The way to a place on the map, coloured by the same on every level."""
    asked = f"?by={by}" if by else ""
    above = queries.path(request.scope, code)
    way = [(row.label(language()), reverse("map_at", args=[row.code]) + asked) for row in above]
    return [(gettext("Map"), reverse("map")), *way, *more]


@door("places.read")
def start(request: Asked) -> HttpResponse:
    """Where the post is; its county for a post that stands nowhere."""
    home = queries.home(request.scope)
    if home is None or home not in queries.places(request.scope, [home]):
        counties = queries.counties(request.scope)
        home = counties[0].code if counties else None
    if home is None:
        return render(request, "console/map/empty.html")
    return HttpResponseRedirect(reverse("map_at", args=[home]))


@door("places.read")
def at(request: Asked, code: int) -> HttpResponse:
    """One place on the map, with the places below it coloured by what is asked for, and the same as a table."""
    place = place_of(request, code)
    level = figures.level_shown(place, request.GET.get("level", ""))
    shown = figures.shown(request.scope, place, level, request.GET.get("by", ""))
    whole = queries.covers_whole(request.scope, code)
    bounded = request.scope.may("places.edit") and whole
    editable = bounded and not place.ended
    named = figures.MEASURES | figures.BESIDE
    query = f"?level={level}&by={shown.by}"
    context: dict[str, Any] = {
        "place": place, "level": level, "shown": shown, "trail": trail(request, code, by=shown.by),
        "editable": editable, "bounded": bounded,
        "heading": gettext(MANY.get(level, LEVELS[place.level])),
        "levels": [(each, gettext(MANY[each])) for each in figures.BELOW.get(place.level, ())],
        "measures": [(each, gettext(figures.MEASURES[each])) for each in shown.measures],
        "shapes": reverse("map_shapes", args=[code]) + query,
        "columns": [(each, gettext(named[each])) for each in shown.columns],
        "none": gettext(figures.NONE[shown.by]) if shown.by in figures.NONE else "0",
        "measure": gettext(named[shown.by]) if shown.by else "", "narrowed": bool(request.scope.narrow) or not whole,
        "points": reverse("map_points", args=[code]) if _near(request, place) else "",
        "own": bounds.outlines(request.scope, [code]).get(code),
        "gaps": bounds.gaps_below(request.scope, code, level)[:20] if editable and level else [],
        "steps": list(enumerate(shown.spans, start=1)), **tiles.base(),
    }  # fmt: skip
    return render(request, "console/map/map.html", context)


def _near(request: Asked, place: PlaceRow) -> bool:
    return place.level in NEAR and request.scope.may("people.read")


@door("places.read")
def shapes(request: Asked, code: int) -> HttpResponse:
    """The boundaries of the places below one, with the numbers of the page."""
    place = place_of(request, code)
    level = figures.level_shown(place, request.GET.get("level", ""))
    shown = figures.shown(request.scope, place, level, request.GET.get("by", ""))
    own = bounds.outlines(request.scope, [code]).get(code)
    return _kept_by_nobody(figures.as_geojson(shown, own, level=level))


@door("people.read")
def points(request: Asked, code: int) -> HttpResponse:
    """Households and sites of a village or less that this post sees; nothing of how anybody lives."""
    place = place_of(request, code)
    found = figures.homes_as_geojson(request.scope, code) if place.level in NEAR else {
        "type": "FeatureCollection", "features": [],
    }  # fmt: skip
    return _kept_by_nobody(found)


def _kept_by_nobody(found: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("", start, name="map"),
    path("<int:code>/", at, name="map_at"),
    path("<int:code>/shapes.json", shapes, name="map_shapes"),
    path("<int:code>/points.json", points, name="map_points"),
    *tiles.urlpatterns,
]
