"""`commongrid figures loop`: the figures of the loop, counted from the matters."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from commongrid.commands.opening import county_open

if TYPE_CHECKING:
    from commongrid.insight.rules import LoopFigures, Question
    from commongrid.kernel.scope import Scope

HELP = "Figures of the loop: how many matters, how many closed, how long it took."
WHEN = "a date (00:00 in the county's zone) or a time such as 2024-04-16T03:05:00+08:00"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which matters, and as of when."""
    add = parser.add_argument
    add("--from", dest="begin", default="", metavar="WHEN", help=f"opened at or after; {WHEN}")
    add("--to", dest="end", default="", metavar="WHEN", help="opened before")
    add("--at", default="", metavar="WHEN", help="closed or open as of this moment (default: now)")
    add("--kind", default="", metavar="CODE", help="a kind of the work list, or a group for all of its kinds")
    where = "a place of any level, with all within, as it was on that day (default: the county, no demo beside it)"
    add("--place", default="", metavar="CODE", help=where)
    add("--series", default="", choices=("", "asked", "patrol", "systems", "register"), help="one of the four series")
    add("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the figures."""
    with county_open():
        from commongrid.insight.queries.loop import loop_by_series, loop_figures
        from commongrid.kernel.scope import clock

        scope = clock("figures.loop", "figures.read")
        question = _question(scope, args)
        figures = loop_figures(scope, question)
        apart = {} if args.series else loop_by_series(scope, question)
        if args.json:
            told = _as_json(figures, question, args) | ({"by_series": _plain(apart)} if apart else {})
            print(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            _show({**apart, args.series or "all": figures})
    return 0


def _plain(apart: dict[str, LoopFigures]) -> dict[str, dict[str, Any]]:
    return {series: asdict(one) for series, one in apart.items()}


def _question(scope: Scope, args: argparse.Namespace) -> Question:
    from commongrid.insight.queries.chosen import kinds_meant
    from commongrid.insight.rules import Question, checked_period, instant
    from commongrid.kernel.places import interval, parse
    from commongrid.territory import queries as territory

    zone = territory.calendar(scope).zone
    begin, end, at = (instant(text, zone) if text else None for text in (args.begin, args.end, args.at))
    checked_period(begin, end)
    within = territory.place(scope, parse(args.place)).code if args.place else _county(scope)
    lo, hi = interval(within) if within else (None, None)
    kinds = kinds_meant(scope, args.kind) if args.kind else ()
    return Question(at=at or datetime.now(UTC), begin=begin, end=end, lo=lo, hi=hi, kinds=kinds, series=args.series)


def _county(scope: Scope) -> int | None:
    """The county that is meant where no place is named: the only real one, never a demo beside it; None: all there is.

    Refuses: BadInput where several real ones were set up.
    """
    from commongrid.kernel.refusals import N_, BadInput
    from commongrid.territory import queries as territory

    counties = territory.set_up(scope)
    real = [one.code for one in counties if not one.demo]
    if len(real) > 1:
        raise BadInput(N_("Several counties are set up here. Say which with --place CODE."))
    return real[0] if real and len(counties) > 1 else None


def _as_json(figures: LoopFigures, question: Question, args: argparse.Namespace) -> dict[str, Any]:
    asked = {
        "from": question.begin.isoformat() if question.begin else None,
        "to": question.end.isoformat() if question.end else None,
        "at": question.at.isoformat(),
        "kind": args.kind or None,
        "place": args.place or None,
        "series": args.series or None,
    }
    return {**asdict(figures), "asked": asked}


def _show(figures: dict[str, LoopFigures]) -> None:
    """A line for each figure; the four series stand beside each other, and what they come to behind them."""
    from rich.console import Console
    from rich.table import Table

    table = Table("", *figures, box=None)
    columns = [asdict(one) for one in figures.values()]
    for name in columns[0]:
        table.add_row(name, *("-" if one[name] is None else f"{one[name]:,}" for one in columns))
    Console().print(table)
