"""How far the network reaches: each part of a place with its households, what is missing, the rows behind."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Final

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import level_of, village_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.outreach.queries import coverage as reach
from commongrid.outreach.queries import declaring, links, plans
from commongrid.outreach.queries.coverage import Coverage
from commongrid.outreach.rules.words import STATE_WORDS
from commongrid.surfaces.console.network.words import TONES, area, page_named
from commongrid.surfaces.console.register.homes import day_asked
from commongrid.surfaces.console.register.words import HOME_STATES, chip
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

PARTS: Final = {"county": 10**6, "township": 1000}
SORTS: Final = {
    "all": N_("Number of households"),
    "linked": N_("At home, with a contact"), "without": N_("At home, without a contact"),
    "away_linked": N_("Wholly away, by phone"), "away": N_("Wholly away, without a contact"),
}  # fmt: skip


@door("links.read")
def network(request: Asked) -> HttpResponse:
    """The coverage of a place on a day, by part; in a village also who is laden how."""
    code = area(request)
    row = territory.place(request.scope, code)
    on = day_asked(request.GET.get("on", ""), localdate())
    parts = _parts(request.scope, row, on)
    whole = reduce(add, parts, Coverage(part=code))
    waiting = plans.open_plans(request.scope, code)
    names = territory.places(request.scope, [*(one.part for one in parts), *(one.place for one in waiting.values())])
    inner = level_of(code) in PARTS
    context: dict[str, Any] = {
        "place": row, "on": on, "today": on == localdate(), "whole": whole,
        "parts": [(one, names[one.part].label(language()) if one.part in names else str(one.part),
                   reverse("network") + f"?place={one.part}&on={on}" if inner else "") for one in parts],
        "lanes": _lanes(request, whole, code, on), "wide": inner,
        "waiting": [(one, names.get(one.place), gettext(STATE_WORDS[one.state]), TONES[one.state])
                    for one in waiting.values()],
        "may_edit": request.scope.may("links.edit") and request.scope.covers(code),
        "may_divide": request.scope.may("grids.divide") and territory.covers_whole(request.scope, code),
        "village": village_of(code) if not inner else None, "narrowed": request.scope.narrow != "",
        "may_talents": request.scope.may("talents.read"), "may_hardship": request.scope.may("people.hardship"),
    }  # fmt: skip
    if not inner and row.level == "village" and request.scope.covers(code):
        context |= _laden(request.scope, code, on)
    return render(request, "console/network/network.html", context)


@door("people.read")
def homes(request: Asked) -> HttpResponse:
    """The households behind a number of the coverage."""
    code = area(request)
    row = territory.place(request.scope, code)
    on = day_asked(request.GET.get("on", ""), localdate())
    sort, page = request.GET.get("sort", "without"), page_named(request)
    if sort not in SORTS:
        raise NotFound
    found, more = reach.homes_behind(request.scope, code, on, sort, page)
    know_places(request, (at for one in found for at in (one.natural_village, one.place)))
    address = reverse("network_homes") + f"?place={code}&on={on}&sort={sort}&page="
    context = {
        "place": row, "on": on, "title": gettext(SORTS[sort]),
        "rows": [(one, chip(HOME_STATES, one.state)) for one in found],
        "previous": address + str(page - 1) if page else "", "next": address + str(page + 1) if more else "",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}&on={on}"), (gettext(SORTS[sort]), "")],
    }  # fmt: skip
    return render(request, "console/network/homes.html", context)


def _parts(scope: Scope, row: PlaceRow, on: date) -> list[Coverage]:
    """By township, village or natural village."""
    size = PARTS.get(level_of(row.code))
    return reach.coverage(scope, row.code, on, size) if size else reach.of_hamlets(scope, row.code, on)


def _lanes(request: Asked, whole: Coverage, code: int, on: date) -> list[dict[str, Any]]:
    counts = {
        "all": whole.homes, "linked": whole.linked, "without": whole.without, "away_linked": whole.away_linked,
        "away": whole.away,
    }  # fmt: skip
    behind = reverse("network_homes") + f"?place={code}&on={on}&sort="
    opens = request.scope.may("people.read")
    tone = {"without": "late"}
    return [
        {"text": gettext(SORTS[sort]), "count": f"{count:,}" if count else 0, "tone": tone.get(sort, ""),
         "url": behind + sort if opens else "#parts"}
        for sort, count in counts.items()
    ]  # fmt: skip


def _laden(scope: Scope, code: int, on: date) -> dict[str, Any]:
    """Members of a village with how many they look after; those over what they said, those not asked yet."""
    found = declaring.candidates(scope, code, on)
    posts = links.members_of(scope, [one.person for one in found], code, on)
    return {
        "members": [(one, posts.get(one.person)) for one in sorted(found, key=lambda one: (-one.load, one.name))],
        "over": sum(one.over for one in found), "unasked": sum(not one.answer for one in found),
        "double": [one for one in found if one.over],
    }  # fmt: skip
