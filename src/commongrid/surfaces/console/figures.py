"""Figures of the loop: per series and per place, each opening the matters it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.insight.queries import behind as lists
from commongrid.insight.queries import board as boards
from commongrid.insight.queries.chosen import kinds_meant
from commongrid.insight.queries.loop import loop_by_series
from commongrid.insight.rules import Question
from commongrid.kernel.places import interval, is_code
from commongrid.kernel.refusals import N_, BadInput, NotFound
from commongrid.matters.queries import vocabulary
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import lasting
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.insight.queries.board import Board, BoardRow, Total
    from commongrid.insight.rules import LoopFigures
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

PERIOD: Final = 30
"""Days of the period shown first, today included."""

LIVE_AT_MOST: Final = 50_000
"""More matters than this are not read one by one in a request; their lasting times are left to the command line."""

FIGURES: Final = {
    "count": N_("Reported"),
    "closed": N_("Closed"),
    "open": N_("Open"),
    "within_7d": N_("Closed within 7 days"),
    "within_15d": N_("Closed within 15 days"),
    "within_30d": N_("Closed within 30 days"),
    "on_time": N_("On time"),
    "not_on_time": N_("Not on time"),
    "reopened": N_("Reopened"),
    "backlog": N_("Waiting now"),
    "late": N_("Overdue now"),
    "flagged": N_("Doubtful dates"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the address asks for: a place, whole days, a kind or group, a series; and what could not be read."""

    place: PlaceRow
    first: date
    last: date
    kind: str
    series: str
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, date]:
        """The period as tallies want it: the end is not included."""
        return self.first, self.last + timedelta(days=1)

    def address(self, which: str = "", /, **other: object) -> str:
        """This choice as an address, of the page or of the rows behind a figure."""
        values = {
            "place": self.place.code,
            "from": self.first,
            "to": self.last,
            "kind": self.kind,
            "series": self.series,
        }
        kept = {name: value for name, value in (values | other).items() if value}
        return f"{reverse('figures_behind', args=[which]) if which else reverse('figures')}?{urlencode(kept)}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as shown, with the address of its rows; ``share`` draws a bar."""

    label: str
    text: str
    url: str = ""
    share: int | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of figures."""

    name: str
    cells: tuple[Cell, ...]
    url: str = ""


def chosen_of(request: Asked) -> Chosen:
    """What the address asks for; what can't be read is said and replaced by the usual.

    Refuses: NotFound for a place outside the post's reach.
    """
    today, wrong = timezone.localdate(), dict[str, str]()
    last = _day(request, "to", today, wrong)
    first = _day(request, "from", last - timedelta(days=PERIOD - 1), wrong)
    if last < first:
        wrong["to"] = _("The period ends before it begins.")
        first = last - timedelta(days=PERIOD - 1)
    series, kind = request.GET.get("series", "asked"), request.GET.get("kind", "")[:8]
    if kind and not any(row.code == kind for row in vocabulary.kinds(request.scope)):
        wrong["kind"] = _("The work list has no such kind.")
        kind = ""
    return Chosen(
        place=_place(request),
        first=first,
        last=last,
        kind=kind,
        series=series if series in words.SERIES else "asked",
        wrong=wrong,
    )


def _day(request: Asked, name: str, usual: date, wrong: dict[str, str]) -> date:
    text = request.GET.get(name, "").strip()
    if not text:
        return usual
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2100:  # noqa: PLR2004 - no register reaches further
        wrong[name] = _('"%(text)s" is not a date. Write it like 2026-11-24.') % {"text": text[:40]}
        return usual
    return day


def _place(request: Asked) -> PlaceRow:
    scope, text = request.scope, request.GET.get("place", "")
    if not text:
        home = territory.home(scope)
        if home is None:
            home = territory.county(scope).code
        return territory.place(scope, home)
    if not (text.isascii() and text.isdigit() and is_code(int(text))):
        raise NotFound
    row = territory.place(scope, int(text))
    lo, hi = interval(row.code)
    if hi < scope.lo or scope.hi < lo:
        raise NotFound
    return row


def question_of(scope: Scope, chosen: Chosen, series: str = "") -> Question:
    """The same as a question about matters."""
    zone = territory.calendar(scope).zone
    lo, hi = interval(chosen.place.code)
    begin, end = (boards.midnight(day, zone) for day in chosen.days)
    kinds = kinds_meant(scope, chosen.kind) if chosen.kind else ()
    return Question(at=timezone.now(), begin=begin, end=end, lo=lo, hi=hi, kinds=kinds, series=series)


# the page


@door("figures.read")
def figures(request: Asked) -> HttpResponse:
    """The loop per series over a period, and the chosen series by place."""
    chosen = chosen_of(request)
    question = question_of(request.scope, chosen)
    totals = boards.totals(request.scope, chosen.place.code, chosen.days) if not chosen.kind else None
    heavy = totals is not None and sum(total.opened for total in totals.values()) > LIVE_AT_MOST
    if heavy and totals:
        lines, flagged = [_counted(chosen, series, total) for series, total in totals.items()], 0
    else:
        live = loop_by_series(request.scope, question)
        lines = [_line(chosen, series, one) for series, one in live.items()]
        flagged = sum(one.flagged for one in live.values())
    board = boards.board(
        request.scope, chosen.place.code, question_of(request.scope, chosen, chosen.series), chosen.days
    )
    return render(
        request,
        "console/figures/figures.html",
        {
            "chosen": chosen,
            "place": chosen.place,
            "trail": _trail(request, chosen),
            "lines": lines,
            "heavy": heavy,
            "flagged": Cell("", f"{flagged:,}", chosen.address("flagged", series="")) if flagged else None,
            "parts": _parts(chosen, board),
            "board": board,
            "at": question.at,
            "kinds": [
                (row.code, row.label(present.language()), not row.parent) for row in vocabulary.kinds(request.scope)
            ],
            "series": words.choices(words.SERIES),
            "series_name": words.say(words.SERIES, chosen.series),
            "periods": _periods(chosen),
        },
    )


def _trail(request: Asked, chosen: Chosen, *more: tuple[str, str]) -> list[tuple[str, str]]:
    way = territory.path(request.scope, chosen.place.code)
    seen = [row for row in way if not (interval(row.code).hi < request.scope.lo or request.scope.hi < row.code)]
    home = [(_("Figures"), reverse("figures"))]
    return [*home, *((row.label(present.language()), chosen.address(place=row.code)) for row in seen), *more]


def _line(chosen: Chosen, series: str, one: LoopFigures) -> Line:
    """A series' figures, counted one by one."""
    counts = [
        _cell(chosen, series, which, getattr(one, which), one.closed if which.startswith("within") else None)
        for which in ("count", "closed", "open", "within_7d", "within_15d", "within_30d")
    ]
    times = [
        Cell(_("Median"), lasting(one.median_seconds) or "—"),
        Cell(_("Nine in ten within"), lasting(one.p90_seconds) or "—"),
    ]
    rest = [
        _cell(chosen, series, "on_time", one.on_time, one.with_deadline),
        _cell(chosen, series, "reopened", one.reopened),
        Cell(_("Satisfied"), _share_of(one.satisfied, one.rated)),
        _cell(chosen, series, "backlog", one.backlog),
    ]
    return Line(words.say(words.SERIES, series), (*counts[:3], *times, *counts[3:], *rest))


def _counted(chosen: Chosen, series: str, total: Total) -> Line:
    """The same from the tallies, without what needs every matter."""
    none = [Cell(_(text), "—") for text in (N_("Median"), N_("Nine in ten within"))]
    within = [Cell(_(FIGURES[name]), "—") for name in ("within_7d", "within_15d", "within_30d")]
    counts = [("count", total.opened), ("closed", total.closed), ("open", total.opened - total.closed)]
    rest = [
        _cell(chosen, series, "on_time", total.on_time if total.with_deadline else None, total.with_deadline),
        _cell(chosen, series, "reopened", total.reopened),
        Cell(_("Satisfied"), "—"),
        _cell(chosen, series, "backlog", total.backlog),
    ]
    shown = [_cell(chosen, series, which, number) for which, number in counts]
    return Line(words.say(words.SERIES, series), (*shown, *none, *within, *rest))


def _cell(chosen: Chosen, series: str, which: str, number: int | None, of: int | None = None) -> Cell:
    """A number that opens its rows; with ``of`` also its share."""
    text = _share_of(number, of) if of is not None else "—" if number is None else f"{number:,}"
    url = chosen.address(which, series=series) if number else ""
    return Cell(_(FIGURES[which]), text, url)


def _share_of(number: int | None, of: int) -> str:
    if number is None or not of:
        return "—"
    return _("%(number)s (%(share)s %%)") % {"number": f"{number:,}", "share": round(100 * number / of)}


def _parts(chosen: Chosen, board: Board) -> list[Line]:
    """The chosen series by place; the longest bar is the place with the most reports or the most waiting."""
    rows = [*board.parts, *([board.own] if board.own else [])]
    most = max((max(row.opened, row.backlog) for row in rows), default=0) or 1
    return [
        _part(chosen, row, most, own=row is board.own)
        for row in rows
        if row.opened or row.backlog or row is not board.own
    ]


def _part(chosen: Chosen, row: BoardRow, most: int, *, own: bool) -> Line:
    shares = {"count": 100 * row.opened // most, "backlog": 100 * row.backlog // most}
    numbers = {
        "count": row.opened,
        "closed": row.closed,
        "on_time": row.on_time if row.with_deadline else None,
        "reopened": row.reopened,
        "backlog": row.backlog,
        "late": row.late,
    }
    cells = []
    for which, number in numbers.items():
        of = {"closed": row.opened, "on_time": row.with_deadline}.get(which)
        text = _share_of(number, of) if of is not None else f"{number or 0:,}"
        url = chosen.address(which, place=row.code, own="1" if own else "") if number else ""
        cells.append(
            Cell(_(FIGURES[which]), text, url, shares.get(which), "late" if which == "late" and number else "")
        )
    name = row.label(present.language())
    if own:
        return Line(_("%(place)s itself") % {"place": name}, tuple(cells))
    return Line(name, tuple(cells), chosen.address(place=row.code))


def _periods(chosen: Chosen) -> list[tuple[str, str, bool]]:
    """Periods people ask for, as addresses; the third says whether it is the one shown."""
    today = timezone.localdate()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    found = [
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("Last 30 days"), today - timedelta(days=PERIOD - 1), today),
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("This year"), today.replace(month=1, day=1), today),
    ]
    shown = (chosen.first, chosen.last)
    return [(text, chosen.address(**{"from": a, "to": b}), (a, b) == shown) for text, a, b in found]


# the rows behind


@door("figures.read")
def behind(request: Asked, which: str) -> HttpResponse:
    """The matters that a figure counts."""
    if which not in FIGURES:
        raise NotFound
    chosen = chosen_of(request)
    series = chosen.series if request.GET.get("series") else ""
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
    return lasting(row.closed_at - row.opened_at) if row.closed_at else ""


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
        return vocabulary.kind(scope, code).label(present.language())
    except (NotFound, BadInput):
        return code


urlpatterns = [
    path("", figures, name="figures"),
    path("behind/<slug:which>/", behind, name="figures_behind"),
]
