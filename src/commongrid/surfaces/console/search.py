"""The search box in the header: a matter by number or title, a person, a household's door, a place."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from commongrid.kernel.codes import read_matter_number
from commongrid.kernel.refusals import BadInput
from commongrid.matters import queries
from commongrid.registry import queries as registry
from commongrid.surfaces.console.holdings.pages import title_of
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

LONGEST: Final = 60
MOST_PLACES: Final = 12


@door("places.read")
def search(request: Asked) -> HttpResponse:
    """What fits; a whole number of a matter opens it."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    reads = request.scope.may("matters.read")
    if reads and (number := _number(text)) and (found := queries.numbered(request.scope, number)):
        return redirect("matter", matter_id=found)
    rows = queries.search(request.scope, text) if reads and text else []
    knows = request.scope.may("people.read") and bool(text)
    people = registry.find_people(request.scope, text, MOST_PLACES) if knows else []
    homes = registry.find_homes(request.scope, text) if knows else []
    held = registry.find_holdings(request.scope, text) if knows else []
    places = territory.search_places(request.scope, text, limit=MOST_PLACES) if text else []
    lang = language()
    know_places(request, {one.place for one in people} | {one.place for one in homes} | {one.place for one in held})
    parents = territory.places(request.scope, {one.parent for one in places if one.parent}) if places else {}
    return render(
        request,
        "console/search/search.html",
        {
            "q": text,
            "rows": present.rows(request.scope, rows),
            "people": people,
            "homes": homes,
            "held": [(one, title_of(one)) for one in held],
            "places": [(one, parents[one.parent].label(lang) if one.parent in parents else "") for one in places],
        },
    )


def _number(text: str) -> str:
    """A whole matter number, or nothing."""
    try:
        return read_matter_number(text)
    except BadInput:
        return ""


urlpatterns = [path("search/", search, name="search")]
