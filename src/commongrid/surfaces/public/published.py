"""What is published of matters: a list to search, one text, a plan of counts, the list as open data and as a feed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from commongrid.kernel import shapes
from commongrid.kernel.counting import LEAST
from commongrid.kernel.delimited import harmless
from commongrid.kernel.places import county_of, level_of, township_of
from commongrid.kernel.widths import plain_number
from commongrid.matters import queries as matters
from commongrid.matters.queries import publishing as texts
from commongrid.surfaces.public import drawing
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import county_label
from commongrid.surfaces.shared.times import chinese
from commongrid.territory import queries as territory
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape
    from commongrid.matters.queries import KindRow
    from commongrid.matters.queries.publishing import PublicRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

YEARS: Final = 3
OPEN_DATA: Final = 2000
COLUMNS: Final = ("id", "place_code", "place", "kind_code", "kind", "title", "text", "answer", "reported_on",
                  "answered_on", "published_at", "shown_until")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for."""

    kind: str = ""
    place: int | None = None
    year: int | None = None
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """A township with its villages' counts, or a village with its natural villages'; as rows and as a plan."""

    name: str
    rows: tuple[tuple[drawing.Area, int], ...]
    plan: drawing.Plan
    map: drawing.Map | None = None


@door(None, kinds=("public",))
def published(request: Asked) -> HttpResponse:
    """The list, the newest first, by kind, place and year."""
    wanted = _wanted(request)
    found = _found(request.scope, wanted)
    rows, more = found[: texts.PAGE], len(found) > texts.PAGE
    context = {
        "rows": _shown(request.scope, rows), "wanted": wanted, "next": wanted.page + 1 if more else None,
        "before": wanted.page - 1 if wanted.page else None, **_choices(request.scope),
    }  # fmt: skip
    return render(request, "public/published/list.html", context)


@door(None, kinds=("public",))
def published_one(request: Asked, publication_id: UUID) -> HttpResponse:
    """One published text."""
    row = texts.published_one(request.scope, publication_id)
    shown = _shown(request.scope, [row])[0]
    return render(request, "public/published/one.html", {"row": row, "kind": shown[1], "place": shown[2]})


@door(None, kinds=("public",))
def published_places(request: Asked) -> HttpResponse:
    """A plan and a table of a year's counts: villages by township, or a village's natural villages."""
    wanted = _wanted(request)
    year = wanted.year or timezone.localdate().year
    village = _village(request.scope, wanted.place)
    if village is not None:
        counts = texts.counts_within(request.scope, year, village.code)
    else:
        counts = texts.counts(request.scope, year, wanted.kind)
    codes = {one.place for one in counts} | {township_of(one.place) or 0 for one in counts}
    places = territory.places(request.scope, codes)
    areas = [_within(request.scope, village, counts, places)] if village else _by_township(counts, places, request)
    context = {
        "areas": [area for area in areas if area.rows], "wanted": wanted, "year": year, "least": LEAST,
        "village": village, "shades": drawing.STEPS, **_choices(request.scope),
    }  # fmt: skip
    return render(request, "public/published/places.html", context)


def _village(scope: Scope, code: int | None) -> PlaceRow | None:
    """The village whose natural villages are asked for."""
    found = territory.places(scope, [code]).get(code) if code else None
    return found if found is not None and found.level == "village" else None


@door(None, kinds=("public",))
def published_feed(request: Asked) -> HttpResponse:
    """The newest published texts as an Atom feed, as far as the list is filtered."""
    wanted = _wanted(request)
    county = territory.county(request.scope)
    feed = Atom1Feed(
        title=_("What was done"), link=f"{settings.ADDRESS}{reverse('published')}", description="",
        feed_url=f"{settings.ADDRESS}{request.get_full_path()}", language="zh-CN" if chinese() else "en",
        author_name=places_name(request.scope, county.code), feed_guid=f"urn:commongrid:{county.code}:published",
    )  # fmt: skip
    for row, kind, place in _shown(request.scope, _found(request.scope, wanted)[: texts.PAGE]):
        feed.add_item(
            title=row.title, link=f"{settings.ADDRESS}{reverse('published_one', args=[row.id])}",
            description="\n\n".join(filter(None, (row.text, row.answer))), unique_id=row.id.urn,
            pubdate=row.published_at, updateddate=row.published_at, categories=[one for one in (kind, place) if one],
        )  # fmt: skip
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def places_name(scope: Scope, code: int) -> str:
    """The name of a place in the reader's language."""
    found = territory.places(scope, [code]).get(code)
    return found.label("zh" if chinese() else "en") if found else ""


@door(None, kinds=("public",))
def published_csv(request: Asked) -> HttpResponse:
    """The list as open data, as far as it is filtered."""
    wanted = _wanted(request)
    rows: list[PublicRow] = []
    for number in range(OPEN_DATA // texts.PAGE):
        found = _found(request.scope, Wanted(kind=wanted.kind, place=wanted.place, year=wanted.year, page=number))
        rows += found[: texts.PAGE]
        if len(found) <= texts.PAGE:
            break
    out = io.StringIO()
    out.write("﻿")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row, kind, place in _shown(request.scope, rows):
        values = (row.id, row.place, place, row.kind_code, kind, row.title, row.text, row.answer, row.opened_on,
                  row.answered_on or "", row.published_at.date(), row.until)  # fmt: skip
        writer.writerow([harmless(str(value)) for value in values])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="published.csv"'
    return response


def _found(scope: Scope, wanted: Wanted) -> list[PublicRow]:
    since, until = (date(wanted.year, 1, 1), date(wanted.year, 12, 31)) if wanted.year else (None, None)
    return texts.published(
        scope, kind=wanted.kind, place=wanted.place, since=since, until=until, after=wanted.page * texts.PAGE
    )


def _wanted(request: Asked) -> Wanted:
    """What the address asks for; what makes no sense is left out."""
    given = request.GET
    known = {row.code for row in matters.kinds(request.scope)}
    kind = given.get("kind", "") if given.get("kind", "") in known else ""
    place = plain_number(given.get("place", ""), 15)
    year = plain_number(given.get("year", ""), 4)
    this = timezone.localdate().year
    if year is not None and not this - YEARS < year <= this:
        year = None
    return Wanted(kind=kind, place=place, year=year, page=min(plain_number(given.get("page", ""), 3) or 0, 200))


def _counties(scope: Scope) -> dict[int, str]:
    """The names of the counties where there are several, the demo marked; where there is one its name says nothing."""
    found = territory.set_up(scope)
    return {one.code: county_label(one) for one in found} if len(found) > 1 else {}


def _choices(scope: Scope) -> dict[str, object]:
    counties = territory.set_up(scope)
    this = timezone.localdate().year
    return {
        "classes": [row for row in matters.kinds(scope) if not row.parent],
        "counties": [
            (one.code, county_label(one), territory.children(scope, one.code, level="township")) for one in counties
        ],
        "several": len(counties) > 1,
        "years": [this - n for n in range(YEARS)],
    }


def _shown(scope: Scope, rows: Sequence[PublicRow]) -> list[tuple[PublicRow, str, str]]:
    """Rows with their kind and place in the reader's language."""
    lang = "zh" if chinese() else "en"
    kinds: dict[str, KindRow] = {row.code: row for row in matters.kinds(scope)}
    places = territory.places(scope, {row.place for row in rows} | {township_of(row.place) or 0 for row in rows})
    counties = _counties(scope)
    return [
        (row, kinds[row.kind_code].label(lang) if row.kind_code in kinds else "",
         _name(row.place, places, counties, lang))
        for row in rows
    ]  # fmt: skip


def _name(code: int, places: Mapping[int, PlaceRow], counties: Mapping[int, str], lang: str) -> str:
    names = [places[one].label(lang) for one in (township_of(code) or code, code) if one in places]
    if (county := counties.get(county_of(code) or 0)) is not None:
        names.insert(0, county)
    return (" · " if lang == "en" else "").join(dict.fromkeys(names))


def _by_township(
    counts: Sequence[texts.VillageCount], places: Mapping[int, PlaceRow], request: Asked
) -> list[Township]:  # fmt: skip
    lang = "zh" if chinese() else "en"
    groups: dict[int, list[drawing.Area]] = {}
    for one in counts:
        if one.place in places:
            query = request.GET.copy()
            query["place"] = str(one.place)
            query.pop("kind", None)
            area = drawing.Area(
                name=places[one.place].label(lang), count=one.count, address=f"?{query.urlencode()}", place=one.place
            )
            groups.setdefault(township_of(one.place) or one.place, []).append(area)
    most = max((one.count or 0 for one in counts), default=0)
    counties, lands = _counties(request.scope), _lands(request.scope, groups, "village")
    return [_area(_name(code, places, counties, lang), rows, most, lands[code]) for code, rows in groups.items()]


def _lands(scope: Scope, codes: Iterable[int], level: str) -> dict[int, dict[int, Shape]]:
    """The shapes of the places of a level directly below each of these, where all of them have one."""
    below = {
        code: [row.code for row in rows] for code, rows in territory.children_each(scope, codes, level=level).items()
    }
    found = bounds.outlines(scope, {one for inside in below.values() for one in inside})
    return {
        code: {one: shapes.read(found[one].shape) for one in inside} if found.keys() >= set(inside) else {}
        for code, inside in below.items()
    }


def _within(
    scope: Scope, village: PlaceRow, counts: Sequence[texts.VillageCount], places: Mapping[int, PlaceRow]
) -> Township:
    lang = "zh" if chinese() else "en"
    rows = [
        drawing.Area(
            name=_("elsewhere in the village") if one.place == village.code else places[one.place].label(lang),
            count=one.count, place=one.place,
        )
        for one in counts
        if one.place in places
    ]  # fmt: skip
    most = max((one.count or 0 for one in counts), default=0)
    return _area(village.label(lang), rows, most, _lands(scope, [village.code], "natural_village")[village.code])


def _area(name: str, rows: list[drawing.Area], most: int, lands: Mapping[int, Shape]) -> Township:
    shares = tuple(round((one.count or 0) / most * 100) if most else 0 for one in rows)
    drawn = drawing.drawn([one for one in rows if level_of(one.place) != "village" or one.place in lands], lands)
    return Township(name=name, rows=tuple(zip(rows, shares, strict=True)), plan=drawing.plan(name, rows), map=drawn)


urlpatterns = [
    path("published", published, name="published"),
    path("published/places", published_places, name="published_places"),
    path("published/list.csv", published_csv, name="published_csv"),
    path("published/feed.atom", published_feed, name="published_feed"),
    path("published/<uuid:publication_id>", published_one, name="published_one"),
]
