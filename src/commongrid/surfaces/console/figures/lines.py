"""Tables of figures: numbers that open their rows, shares, and bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from commongrid.kernel.refusals import N_
from commongrid.surfaces.console.matters import words
from commongrid.surfaces.shared.times import language, lasting

if TYPE_CHECKING:
    from commongrid.insight.queries.board import Board, BoardRow, Total
    from commongrid.insight.rules import LoopFigures
    from commongrid.surfaces.console.figures.chosen import Chosen

FIGURES: Final = {
    "count": N_("Reported"),
    "closed": N_("Closed"),
    "open": N_("Open"),
    "within_7d": N_("Closed within 7 days"),
    "within_15d": N_("Closed within 15 days"),
    "within_30d": N_("Closed within 30 days"),
    "slower_half": N_("Took longer than the median"),
    "slowest_tenth": N_("Took longer than nine in ten"),
    "on_time": N_("On time"),
    "not_on_time": N_("Not on time"),
    "reopened": N_("Reopened"),
    "satisfied": N_("Satisfied"),
    "backlog": N_("Waiting now"),
    "late": N_("Overdue now"),
    "not_rated": N_("Not rated"),
    "disagrees": N_("Reporter disagrees"),
    "flagged": N_("Doubtful dates"),
}


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


def line(chosen: Chosen, series: str, one: LoopFigures) -> Line:
    """A series' figures, counted one by one."""
    counts = [
        _cell(chosen, series, which, getattr(one, which), one.closed if which.startswith("within") else None)
        for which in ("count", "closed", "open", "within_7d", "within_15d", "within_30d")
    ]
    times = [
        Cell(_("Median"), lasting(one.median_seconds) or "—", _address(chosen, series, "slower_half", one.closed)),
        Cell(
            _("Nine in ten within"),
            lasting(one.p90_seconds) or "—",
            _address(chosen, series, "slowest_tenth", one.closed),
        ),
    ]
    rest = [
        _cell(chosen, series, "on_time", one.on_time, one.with_deadline),
        _cell(chosen, series, "reopened", one.reopened),
        _cell(chosen, series, "satisfied", one.satisfied, one.rated),
        _cell(chosen, series, "not_rated", one.not_rated),
        _cell(chosen, series, "disagrees", one.disagrees),
        _cell(chosen, series, "backlog", one.backlog),
    ]
    return Line(words.say(words.SERIES, series), (*counts[:3], *times, *counts[3:], *rest))


def counted(chosen: Chosen, series: str, total: Total) -> Line:
    """The same from the tallies, without what needs every matter."""
    none = [Cell(_(text), "—") for text in (N_("Median"), N_("Nine in ten within"))]
    within = [Cell(_(FIGURES[name]), "—") for name in ("within_7d", "within_15d", "within_30d")]
    counts = [("count", total.opened), ("closed", total.closed), ("open", total.opened - total.closed)]
    rest = [
        _cell(chosen, series, "on_time", total.on_time if total.with_deadline else None, total.with_deadline),
        _cell(chosen, series, "reopened", total.reopened or None),
        Cell(_("Satisfied"), "—"),
        *(Cell(_(FIGURES[name]), "—") for name in ("not_rated", "disagrees")),
        _cell(chosen, series, "backlog", total.backlog),
    ]
    shown = [_cell(chosen, series, which, number) for which, number in counts]
    return Line(words.say(words.SERIES, series), (*shown, *none, *within, *rest))


def _cell(chosen: Chosen, series: str, which: str, number: int | None, of: int | None = None) -> Cell:
    """A number that opens its rows; with ``of`` also its share."""
    text = _share_of(number, of) if of is not None else "—" if number is None else f"{number:,}"
    return Cell(_(FIGURES[which]), text, _address(chosen, series, which, number))


def _address(chosen: Chosen, series: str, which: str, number: int | None) -> str:
    """Where the rows are; nowhere for none, and for whoever may not open them."""
    return chosen.address(which, series=series) if number and chosen.opens else ""


def _share_of(number: int | None, of: int) -> str:
    if number is None or not of:
        return "—"
    text = _("%(number)s (%(share)s %%)") % {"number": f"{number:,}", "share": round(100 * number / of)}
    return text.replace(" %", "\u00a0%")


def parts(chosen: Chosen, board: Board) -> list[Line]:
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
        url = chosen.address(which, place=row.code, own="1" if own else "") if number and chosen.opens else ""
        cells.append(
            Cell(_(FIGURES[which]), text, url, shares.get(which), "late" if which == "late" and number else "")
        )
    name = row.label(language())
    if own:
        return Line(_("%(place)s itself") % {"place": name}, tuple(cells))
    return Line(name, tuple(cells), chosen.address(place=row.code))
