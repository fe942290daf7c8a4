"""How matters were given out, unit by unit, and what rechecks found; figures open the matters behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from commongrid.insight.queries import dispatching as given
from commongrid.insight.queries.rechecks import Rechecked, reads_causes, rechecked
from commongrid.kernel.places import code_read
from commongrid.kernel.refusals import N_
from commongrid.roster import queries as roster
from commongrid.surfaces.console.figures.chosen import Chosen, chosen_of, period_of, periods
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import chinese, language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked

CAUSES: Final = {
    "drawn": N_("Drawn among good ratings: worse than rated where it does not hold"),
    "low": N_("A low rating"),
    "centre": N_("The centre asked for it"),
}
IDENTITY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@door("figures.read")
def dispatching(request: Asked) -> HttpResponse:
    """Orders off the work list, calls of the townships, bodies that were asked."""
    chosen = chosen_of(request)
    period = period_of(request.scope, chosen)
    off, asked = given.off_list(request.scope, period), given.asked(request.scope, period)
    called = given.called(request.scope, period)
    units = (
        {one.unit for one in off if one.unit}
        | {unit for unit, _count, _answered in asked}
        | {one.unit for one in called}
    )
    names = _names(request.scope, units)
    places = _places(request.scope, [one.place for one in off if one.place])
    behind = reverse("figures_off_list")
    return render(
        request,
        "console/figures/dispatching.html",
        {
            "chosen": chosen,
            "place": chosen.place,
            "periods": periods(chosen),
            "trail": _trail(chosen),
            "series": words.choices(words.SERIES),
            "series_name": words.say(words.SERIES, chosen.series),
            "off_list": [
                (
                    names.get(one.unit, "") if one.unit else places.get(one.place or 0, ""),
                    one.count,
                    f"{behind}?{chosen.query(unit=one.unit, given=one.place)}" if chosen.opens else "",
                )
                for one in off
            ],
            "called": [(names.get(one.unit, ""), one) for one in called],
            "asked": [(names.get(unit, ""), count, answered) for unit, count, answered in asked],
            "rechecks": _rechecks(request.scope, chosen),
        },
    )


def _rechecks(scope: Scope, chosen: Chosen) -> list[tuple[str, Rechecked]]:
    """What looking once more found, for a centre; nothing for anybody else."""
    if not reads_causes(scope):
        return []
    return [(_(CAUSES[one.cause]), one) for one in rechecked(scope, period_of(scope, chosen))]


@door("matters.read")
def off_list(request: Asked) -> HttpResponse:
    """The matters behind orders off the work list to a unit, or to the level at a place."""
    chosen = chosen_of(request)
    asked = request.GET.get("unit", "")
    unit, place = UUID(asked) if IDENTITY.fullmatch(asked) else None, code_read(request.GET.get("given", ""))
    rows, names = [], list[str]()
    if unit or place:
        rows = given.off_list_matters(request.scope, period_of(request.scope, chosen), unit, place)
        found = _names(request.scope, {unit}) if unit else _places(request.scope, [place or 0])
        names = [*found.values()]
    title = _("Orders off the work list")
    return render(
        request,
        "console/figures/off_list.html",
        {
            "title": title,
            "unit": next(iter(names), ""),
            "series_name": words.say(words.SERIES, chosen.series),
            "rows": present.rows(request.scope, rows),
            "back": f"{reverse('figures_dispatching')}?{chosen.query()}",
            "trail": [*_trail(chosen)[:-1], (_("Dispatching"), f"{reverse('figures_dispatching')}?{chosen.query()}"),
                      (title, "")],
        },
    )  # fmt: skip


def _names(scope: Scope, units: set[UUID]) -> dict[UUID, str]:
    return {one: row.label(language()) for one, row in roster.units_by_id(scope, units).items()}


def _places(scope: Scope, codes: list[int]) -> dict[int, str]:
    lang = "zh" if chinese() else "en"
    return {code: row.label(lang) for code, row in territory.places(scope, codes).items()}


def _trail(chosen: Chosen) -> list[tuple[str, Any]]:
    return [(_("Figures"), chosen.address()), (_("Dispatching"), "")]


urlpatterns = [
    path("dispatching/", dispatching, name="figures_dispatching"),
    path("dispatching/off-list/", off_list, name="figures_off_list"),
]
