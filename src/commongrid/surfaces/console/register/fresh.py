"""Complete and fresh: the board with its places, the households of a grid, and what to ask a household next time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.registry import queries
from commongrid.registry.rules.freshness import Score
from commongrid.surfaces.console.register.asking import asking, percent
from commongrid.surfaces.console.register.homes import place_asked
from commongrid.surfaces.console.register.words import field_label, home_name, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.paging import page_asked
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import FieldTally
    from commongrid.surfaces.shared.doors import Asked

SIZES: Final = {"county": 10**6, "township": 10**3, "village": 1}
"""How wide the parts of a place of each level are."""
OF: Final = {
    "person": N_("Person"), "household": N_("Household"), "site": N_("Site"), "thing": N_("Thing"),
    "organisation": N_("Organisation"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A place in the board: its score, how many fields are missing and stale, since when the longest."""

    code: int
    name: str
    percent: int | None
    missing: int
    stale: int
    since: date | None
    opens: bool = True


@door("people.read")
def board(request: Asked) -> HttpResponse:
    """How complete and fresh the records of a place are, by its parts and by field; down to the households."""
    code, today = place_asked(request), localdate()
    level, at = level_of(code), None
    chosen, page = request.GET.get("field", ""), page_asked(request.GET.get("page", ""))
    if chosen:
        return _lacking(request, code, chosen, page)
    if level == "county":
        tallies, at = queries.tallied(request.scope, code)
    elif level == "township":
        tallies, at = queries.tallied(request.scope, code)
        tallies = tallies or queries.counted(request.scope, code, today, by_village=True)
    else:
        tallies = queries.counted(request.scope, code, today)
    homes, more = queries.home_scores(request.scope, code, today, page) if level not in SIZES else ([], False)
    context = {
        "place": territory.place(request.scope, code), "at": at, "whole": _part(code, "", tallies),
        "parts": _parts(request.scope, tallies, SIZES[level]) if level in SIZES else [],
        "fields": _fields(tallies), "lists": level not in ("county", "township"), "today": today, "trail": trail(),
        "homes": [(one, percent(one.score)) for one in homes], "page": page, "more": more,
    }  # fmt: skip
    return render(request, "console/register/fresh.html", context)


def _lacking(request: Asked, code: int, chosen: str, page: int) -> HttpResponse:
    """The people or households of a village, or inside it, in whose records a field is missing or stale."""
    if level_of(code) in ("county", "township"):
        raise NotFound
    of, _dot, field = chosen.partition(".")
    found, more = queries.lacking(request.scope, code, of, field, localdate(), page)
    context = {
        "place": territory.place(request.scope, code), "label": field_label(of, field), "page": page, "more": more,
        "rows": [(home, one, one.gaps[0] if one.gaps else None) for home, one in found],
        "trail": [*trail(), (gettext("Complete and fresh"), f"{reverse('completeness')}?place={code}")],
    }  # fmt: skip
    return render(request, "console/register/lacking.html", context)


def _parts(scope: Scope, tallies: list[FieldTally], size: int) -> list[Part]:
    """The parts of a place, those with the least complete records first."""
    by: dict[int, list[FieldTally]] = defaultdict(list)
    for one in tallies:
        by[one.place // size * size].append(one)
    names = {code: row.label(language()) for code, row in territory.places(scope, by).items()}
    names |= {code: gettext("In none of its grids") for code in names if size == 1 and level_of(code) == "village"}
    parts = [_part(code, names.get(code, str(code)), of) for code, of in by.items()]
    return sorted(parts, key=lambda one: (one.percent is None, one.percent, one.code))


def _part(code: int, name: str, tallies: Iterable[FieldTally]) -> Part:
    found = list(tallies)
    days = [one.since for one in found if one.since]
    return Part(
        code=code, name=name, percent=percent(sum((one.score for one in found), Score())),
        missing=sum(one.missing for one in found), stale=sum(one.stale for one in found),
        since=min(days) if days else None,
    )  # fmt: skip


def _fields(tallies: list[FieldTally]) -> list[tuple[str, str, Part, str]]:
    """Each field over the whole place, the most wanting first."""
    by: dict[tuple[str, str], list[FieldTally]] = defaultdict(list)
    for one in tallies:
        by[one.of, one.field].append(one)
    lines = [
        (
            gettext(OF[of]), field_label(of, field), _part(0, "", found),
            f"{of}.{field}" if of in ("person", "household") else "",
        )
        for (of, field), found in by.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: -(line[2].missing + line[2].stale))


@door("people.read")
def ask(request: Asked, household_id: UUID) -> HttpResponse:
    """What to ask for at the next visit, on paper, with room for the answers."""
    home = queries.home_card(request.scope, household_id)
    context = {"home": home, "name": home_name(home), "today": localdate(),
               **asking(request.scope, home.id, localdate())}  # fmt: skip
    return render(request, "console/register/ask.html", context)
