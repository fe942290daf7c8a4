"""Figures of the loop: per series and per place, each opening the matters it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from commongrid.insight.queries import behind as lists
from commongrid.insight.queries import board as boards
from commongrid.insight.queries.loop import loop_by_series
from commongrid.insight.rules import Question
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, BadInput, NotFound, Unavailable
from commongrid.matters.queries import vocabulary
from commongrid.surfaces.console.figures import dispatching
from commongrid.surfaces.console.figures.chosen import Chosen, chosen_of, periods, question_of
from commongrid.surfaces.console.figures.lines import FIGURES, Cell, counted, line, parts
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.errors import sentence
from commongrid.surfaces.shared.times import language, lasting

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.insight.queries.board import Ready
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterRow
    from commongrid.surfaces.shared.doors import Asked

LIVE_AT_MOST: Final = 50_000
"""More matters than this are read one by one only where the reader asks for it, one reader at a time."""


@door("figures.read")
def figures(request: Asked) -> HttpResponse:
    """The loop per series over a period, and the chosen series by place.

    A county's counts come ready from the tallies; what needs every matter is
    fetched by the page afterwards, or by a link where scripts don't run.
    """
    chosen = chosen_of(request)
    tallies = _tallies(request, chosen)
    asked = question_of(request.scope, chosen, chosen.series, tallied=tallies is not None)
    board = boards.board(request.scope, chosen.place.code, asked, tallies)
    full = bool(request.GET.get("full"))
    shown = _ready(chosen, tallies) if tallies and not full else _live(request, chosen, tallies, asked_for=full)
    return render(
        request,
        "console/figures/figures.html",
        {
            "chosen": chosen,
            "place": chosen.place,
            "trail": _trail(request, chosen),
            "parts": parts(chosen, board),
            "board": board,
            "kinds": [(row.code, row.label(language()), not row.parent) for row in vocabulary.kinds(request.scope)],
            "series": words.choices(words.SERIES),
            "series_name": words.say(words.SERIES, chosen.series),
            "periods": periods(chosen),
            **shown,
        },
    )


@door("figures.read")
def by_series(request: Asked) -> HttpResponse:
    """The table of the series alone, counted from the matters."""
    chosen = chosen_of(request)
    return render(request, "console/figures/series.html", _live(request, chosen, _tallies(request, chosen)))


def _tallies(request: Asked, chosen: Chosen) -> Ready | None:
    return None if chosen.kind else boards.ready(request.scope, chosen.place.code, *chosen.days)


def _ready(chosen: Chosen, tallies: Ready) -> dict[str, Any]:
    """The table of the series from the tallies."""
    shown: dict[str, Any] = {
        "lines": [counted(chosen, series, one) for series, one in tallies.totals.items()],
        "at": tallies.at,
    }
    if sum(total.opened for total in tallies.totals.values()) > LIVE_AT_MOST:
        return shown | {"heavy": True, "full": chosen.address(full=1)}
    return shown | {"more": f"{reverse('figures_series')}?{chosen.query()}", "full": chosen.address(full=1)}


def _live(request: Asked, chosen: Chosen, tallies: Ready | None, *, asked_for: bool = False) -> dict[str, Any]:
    """The table of the series from the matters themselves; where they are many, only if it was ``asked_for``."""
    shown = _ready(chosen, tallies) if tallies else {}
    heavy = bool(shown.get("heavy"))
    if heavy and not asked_for:
        return shown
    question = question_of(request.scope, chosen)
    try:
        found = loop_by_series(request.scope, question, heavy=heavy)
    except (Unavailable, BadInput) as refusal:
        return shown | {"refused": sentence(refusal)}
    flagged = sum(one.flagged for one in found.values())
    return {
        "lines": [line(chosen, series, one) for series, one in found.items()],
        "flagged": Cell("", f"{flagged:,}", chosen.address("flagged", series="")) if flagged and chosen.opens else None,
        "at": question.at,
    }


def _trail(request: Asked, chosen: Chosen, *more: tuple[str, str]) -> list[tuple[str, str]]:
    seen = [row for row in chosen.way if not (interval(row.code).hi < request.scope.lo or request.scope.hi < row.code)]
    home = [(_("Figures"), reverse("figures"))]
    return [*home, *((row.label(language()), chosen.address(place=row.code)) for row in seen), *more]


@door("matters.read")
def behind(request: Asked, which: str) -> HttpResponse:
    """The matters that a figure counts."""
    if which not in FIGURES:
        raise NotFound
    chosen = chosen_of(request)
    series = chosen.series if request.GET.get("series") else ""
    if which in lists.SLOWER and (tallies := _tallies(request, chosen)) and "heavy" in _ready(chosen, tallies):
        raise NotFound(N_("Too many matters for this list. Choose a shorter period or a smaller place."))
    question = question_of(request.scope, chosen, series)
    if request.GET.get("own"):
        question = _own(question, chosen)
    page = lists.rows_behind(request.scope, question, which, request.GET.get("after", "")[:80])
    following = chosen.address(which, series=series, own=request.GET.get("own", "")[:1], after=page.next)
    title = _(FIGURES[which])
    return render(
        request,
        "console/figures/behind.html",
        {
            "chosen": chosen,
            "place": chosen.place,
            "title": title,
            "series_name": words.say(words.SERIES, series) if series else "",
            "any_time": which in lists.ANY_TIME,
            "kind_name": _kind_name(request.scope, chosen.kind),
            "trail": _trail(request, chosen, (title, "")),
            "rows": [(one, _took(one.row)) for one in present.rows(request.scope, page.rows)],
            "next": following if page.next else "",
        },
    )


def _took(row: MatterRow) -> str:
    """How long a closed matter took."""
    return lasting(row.ended_at - row.opened_at) if row.ended_at else ""


def _own(question: Question, chosen: Chosen) -> Question:
    """Only the matters at the place itself, not those of its parts."""
    code = chosen.place.code
    return Question(
        at=question.at, begin=question.begin, end=question.end, lo=code, hi=code, kinds=question.kinds,
        series=question.series,
    )  # fmt: skip


def _kind_name(scope: Scope, code: str) -> str:
    if not code:
        return ""
    try:
        return vocabulary.kind(scope, code).label(language())
    except (NotFound, BadInput):
        return code


urlpatterns = [
    path("", figures, name="figures"),
    path("series/", by_series, name="figures_series"),
    path("behind/<slug:which>/", behind, name="figures_behind"),
    *dispatching.urlpatterns,
]
