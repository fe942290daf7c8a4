"""The county sheet: one page of numbers for a place and a day, and the rows behind each."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.insight.queries import county_sheet as figures
from commongrid.kernel.places import level_of
from commongrid.surfaces.console.network.words import area, page_named
from commongrid.surfaces.console.register.homes import day_asked
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.insight.queries.county_sheet import Behind, Measure, Number
    from commongrid.surfaces.shared.doors import Asked


@door("links.read")
def sheet(request: Asked) -> HttpResponse:
    """Every number of a place on a day; beside them, where asked for, what they were on another day."""
    code = area(request)
    row = territory.place(request.scope, code)
    on = day_asked(request.GET.get("on", ""), localdate())
    before = _day(request.GET.get("before", ""), on)
    numbers = figures.county_sheet(request.scope, code, on, before)
    wide = level_of(code) in ("county", "township")
    context = {
        "place": row, "on": on,
        "ahead": on == localdate() and request.GET.get("on", "") not in ("", on.isoformat()),
        "before": before, "narrowed": request.scope.narrow != "",
        "parts": [(gettext(figures.PARTS[part]), [(one, _called(one), _opens(request, one)) for one in inside])
                  for part, inside in groupby(numbers, key=lambda one: one.part)],
        "share": _share(numbers), "inside": _inside(request, code) if wide else [], "query": f"?place={code}&on={on}",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}"), (gettext("County sheet"), "")],
    }  # fmt: skip
    return render(request, "console/network/county_sheet.html", context)


@door("links.read")
def behind(request: Asked, which: str) -> HttpResponse:
    """The rows behind a number."""
    code = area(request)
    row = territory.place(request.scope, code)
    on = day_asked(request.GET.get("on", ""), localdate())
    page = page_named(request)
    measure, rows, more = figures.rows_behind(request.scope, code, on, which, page)
    know_places(request, (one.place for one in rows))
    address = reverse("county_sheet_rows", args=[which]) + f"?place={code}&on={on}&page="
    back = reverse("county_sheet") + f"?place={code}&on={on}"
    context = {
        "place": row, "on": on, "title": _called(measure), "rows": [(one, _leads(one)) for one in rows],
        "previous": address + str(page - 1) if page else "", "next": address + str(page + 1) if more else "",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}"), (gettext("County sheet"), back),
                  (_called(measure), "")],
    }  # fmt: skip
    return render(request, "console/network/county_sheet_rows.html", context)


def _called(one: Measure | Number) -> str:
    """The name of a number; a kind of organisations has its own in both languages."""
    if one.kind:
        return one.kind.en if language() == "en" else one.kind.zh
    return gettext(one.text)


def _opens(request: Asked, one: Number) -> bool:
    """Whether the rows may be read by this post."""
    return not one.by_name or request.scope.may("people.read")


def _share(numbers: list[Number]) -> int | None:
    """Per cent of the households at home that have a contact; never 100 while one is without."""
    counts = {one.code: one.count for one in numbers}
    linked, without = counts["linked"], counts["without"]
    if not linked + without:
        return None
    return 100 if not without else min(99, 100 * linked // (linked + without))


def _inside(request: Asked, code: int) -> list[object]:
    return [one for one in territory.children(request.scope, code) if not one.ended]


def _day(text: str, until: date) -> date | None:
    """The other day that an address names, or none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found < until else None


ROUTES = {"post": "post", "unit": "unit", "matter": "matter", "household": "household_contact"}


def _leads(one: Behind) -> str:
    """The address of a row's own page."""
    ident: UUID | None = one.id
    if one.sort == "place":
        return reverse("place", args=[one.place])
    if one.sort == "organisation":
        return reverse("holding", args=["organisation", ident])
    return reverse(ROUTES[one.sort], args=[ident])
