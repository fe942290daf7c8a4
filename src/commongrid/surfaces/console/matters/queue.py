"""The queue: what is open in this post's reach, narrowed, the nearest deadline first."""

from __future__ import annotations

import time
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.actions.viewing import has_office
from commongrid.matters.queries import vocabulary
from commongrid.matters.rules.table import STATES
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import (
    correcting,
    detail,
    export,
    filtering,
    parked,
    present,
    protecting,
    record,
    renewing,
    saving,
    steps,
    taking_up,
    unsealing,
    words,
)
from commongrid.surfaces.console.matters.filtering import filters_of
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

VIEWS: Final = (
    ("", N_("All open")),
    ("mine", N_("With me")),
    ("overdue", N_("Overdue")),
    ("urgent", N_("Urgent and immediate")),
    ("leaders", N_("Leaders' notes")),
    ("unplaced", N_("Place not known yet")),
    ("outside", N_("Asked outside")),
    ("closed", N_("Closed")),
)
"""Tabs over the queue: the saved views everybody needs."""


@door("matters.read")
def queue(request: Asked) -> HttpResponse:
    """One page of the queue; a number that fits one matter opens it."""
    filters, given = filters_of(request.GET)
    try:
        page = queries.queue(request.scope, filters, after=request.GET.get("after", "")[:80])
    except BadInput:
        return redirect("matters")
    if filters.text and len(page.rows) == 1 and page.rows[0].number == filters.text:
        return redirect("matter", matter_id=page.rows[0].id)
    narrowed = {name: value for name, value in given.items() if value and name not in ("view", "order")}
    saved = saving.tabs(request.scope, given)
    return render(
        request,
        "console/matters/queue.html",
        {
            "rows": present.rows(request.scope, page.rows),
            "next": page.next,
            "first": not request.GET.get("after"),
            "given": given,
            "narrowed": len(narrowed),
            "may_report": request.scope.may("matters.report"),
            "views": [(code, _(text)) for code, text in VIEWS],
            "saved": saved,
            "saved_now": next((one for one in saved if one.current), None),
            "rename": saving.Rename(),
            "save": saving.Save() if filtering.kept(given).keys() - {"view"} else None,
            "kept_query": urlencode(filtering.kept(given)),
            "may_share": has_office(request.scope),
            "orders": words.choices(filtering.ORDERS),
            **choices(request.scope, filters),
        },
    )


def choices(scope: Scope, filters: queries.Filters) -> dict[str, Any]:
    """What the filters offer: classes and kinds, places below this post, units, states, sources, series, urgencies."""
    lang = language()
    kinds = vocabulary.kinds(scope)
    place = territory.places(scope, [filters.place]).get(filters.place) if filters.place else None
    return {
        "classes": [(row.code, row.label(lang)) for row in kinds if not row.parent],
        "states": [(code, words.state(code)) for code, row in STATES.items() if row.live],
        "sources": words.choices(words.SOURCES),
        "series": words.choices(words.SERIES),
        "urgencies": words.choices(words.URGENCIES),
        "units": units_offered(scope) if scope.narrow != "unit" else [],
        "place_chosen": place.label(lang) if place else "",
    }


def units_offered(scope: Scope) -> list[tuple[str, str]]:
    """Units at this post's own place; from elsewhere a unit comes by link only."""
    if scope.place is None or scope.level not in ("township", "county"):
        return []
    key, now = (str(connection.settings_dict["NAME"]), scope.place), time.monotonic()
    if key not in _UNITS or _UNITS[key][0] < now:
        _UNITS[key] = (now + KEPT, roster.units(scope, place=scope.place))
    lang = language()
    return [(str(one.id), one.label(lang)) for one in _UNITS[key][1]]


KEPT: Final = 60.0
"""Seconds for which this process remembers what the filter offers; units change a few times a year."""

_UNITS: dict[tuple[str, int], tuple[float, list[roster.UnitRow]]] = {}


urlpatterns = [
    path("", queue, name="matters"),
    *saving.urlpatterns,
    *parked.urlpatterns,
    *record.urlpatterns,
    *correcting.urlpatterns,
    *unsealing.urlpatterns,
    *protecting.urlpatterns,
    *renewing.urlpatterns,
    *taking_up.urlpatterns,
    *export.urlpatterns,
    *detail.urlpatterns,
    *steps.urlpatterns,
]
