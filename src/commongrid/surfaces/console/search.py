"""The search box in the header: a matter by number or title, a person, a household's door, a place."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from commongrid.kernel.codes import read_matter_number
from commongrid.kernel.refusals import BadInput
from commongrid.matters import queries
from commongrid.registry import queries as registry
from commongrid.surfaces.console.holdings.pages import title_of
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.console.register.picking import told_apart
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

LONGEST: Final = 60
MOST_PLACES: Final = 12
FEW: Final = 5
"""So many of each sort while somebody types."""


@door("places.read")
def search(request: Asked) -> HttpResponse:
    """What fits, as a page or, while somebody types, a few lines; a whole number of a matter opens it."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    if getattr(request, "htmx", None):
        return render(request, "console/search/now.html", {"q": text, "lines": _now(request, text) if text else []})
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
    know_places(request, {one.place for one in homes} | {one.place for one in held})
    parents = territory.places(request.scope, {one.parent for one in places if one.parent}) if places else {}
    return render(
        request,
        "console/search/search.html",
        {
            "q": text,
            "rows": present.rows(request.scope, rows),
            "people": told_apart(request.scope, people),
            "homes": homes,
            "held": [(one, title_of(one)) for one in held],
            "places": [(one, parents[one.parent].label(lang) if one.parent in parents else "") for one in places],
        },
    )


def _now(request: Asked, text: str) -> list[tuple[str, str, str]]:
    """A few of each sort: where it is, what it is called, where it lies or what its number is."""
    scope, lang = request.scope, language()
    lines = []
    if scope.may("matters.read"):
        lines = [(reverse("matter", args=[one.id]), one.title, one.number) for one in queries.search(scope, text)[:FEW]]
    if scope.may("people.read"):
        people = registry.find_people(scope, text, FEW)
        homes = registry.find_homes(scope, text, FEW)
        held = registry.find_holdings(scope, text, FEW)
        names = territory.places(scope, {one.place for some in (homes, held) for one in some})
        where = {code: place.label(lang) for code, place in names.items()}
        lines += [(reverse("person", args=[one.id]), one.name, known) for one, known in told_apart(scope, people)]
        lines += [(reverse("household", args=[one.id]), one.door, where.get(one.place, "")) for one in homes]
        lines += [
            (reverse("holding", args=[one.of, one.id]), title_of(one), where.get(one.place, "")) for one in held
        ]  # fmt: skip
    found = territory.search_places(scope, text, limit=FEW)
    return lines + [(reverse("place", args=[one.code]), one.label(lang), one.shown) for one in found]


def _number(text: str) -> str:
    """A whole matter number, or nothing."""
    try:
        return read_matter_number(text)
    except BadInput:
        return ""


urlpatterns = [path("search/", search, name="search")]
