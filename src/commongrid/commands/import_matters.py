"""`commongrid import matters FILE`: take over matters from an older system's spreadsheet; a dry run unless `--yes`."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from commongrid.commands.opening import county_open
from commongrid.kernel.delimited import harmless
from commongrid.kernel.refusals import N_, BadInput
from commongrid.matters.importing.rules.columns import FIELDS

if TYPE_CHECKING:
    from commongrid.matters.importing.jobs import Progress, Result
    from commongrid.matters.importing.rules.faults import Fault, Sink

HELP = "Take over matters from an older system: CSV, CSV.gz or XLSX; a dry run unless --yes."
COLUMNS = "field=header,… (quote a pair whose header has a comma). Fields: " + "; ".join(
    f"{field} ({meaning})" for field, meaning in FIELDS.items()
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """File, columns, and how to read what is doubtful."""
    add = parser.add_argument
    add("file", nargs="?", type=Path, metavar="FILE", help="the spreadsheet, up to 256 MB")
    add("--columns", default="", help=COLUMNS)
    add("--default-place", default="", metavar="CODE", help="where a matter belongs whose place is missing or unknown")
    add("--tz", default="", metavar="ZONE", help="zone of times, e.g. America/New_York (default: the county's)")
    add("--kinds", type=Path, metavar="MAPFILE", help="table of two columns: the older system's kind, the code here")
    add("--dirty", choices=("keep-out", "flag"), default="keep-out",
        help="rows with missing, unreadable or contradictory dates: keep them out (default), or take them over, "
        "flagged and outside every figure")  # fmt: skip
    add(
        "--dates",
        choices=("mdy", "dmy"),
        default="",
        help="order in dates like 04/05/2024, if the file does not reveal it",
    )
    add("--system", default="older", metavar="NAME", help="name of the older system; a number is taken once per system")
    add("--sheet", default="", metavar="NAME", help="sheet of a workbook (default: the first)")
    add("--rejects", type=Path, metavar="FILE", help="write the rows kept out or flagged to this new CSV, with reasons")
    add("--yes", action="store_true", help="take them over; without it nothing is changed")
    add("--undo", type=UUID, metavar="BATCH", help="take a batch out again, as long as nobody has worked on it")
    add("--json", action="store_true", help="print the account as JSON")


def run(args: argparse.Namespace) -> int:
    """Dry run, takeover or undo. Rows kept out are reported and no failure: the exit code is 0."""
    with county_open():
        if args.undo:
            return _undo(args)
        if args.file is None or not args.columns:
            print("FILE and --columns are needed (or --undo BATCH).", file=sys.stderr)
            return 2
        return _take_over(args)


def _take_over(args: argparse.Namespace) -> int:
    from commongrid.matters.importing.jobs import Wish, take_over_file
    from commongrid.matters.importing.telling import as_json, lines

    wish = Wish(
        columns=args.columns, default_place=args.default_place, zone=args.tz, kinds=args.kinds, dirty=args.dirty,
        dates=args.dates, system=args.system.strip(), sheet=args.sheet, yes=args.yes,
    )  # fmt: skip
    with _rejects(args.rejects) as sink, _bar() as progress:
        result: Result = take_over_file(args.file, wish, progress=progress, sink=sink)
    if args.json:
        print(json.dumps(as_json(result), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines(result)))
    return 0


def _undo(args: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from commongrid.matters.importing.jobs import undo

    answer = undo(args.undo)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print(_("Undone: %(count)s matters were taken out again.") % {"count": answer["taken"]})
    return 0


@contextmanager
def _bar() -> Iterator[Progress]:
    """A progress bar on standard error, where somebody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    share, rows = TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[rows]:,}")
    columns = (BarColumn(), share, rows, TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as shown:
        task = shown.add_task("", total=1.0, rows=0)
        yield lambda share, rows: shown.update(task, completed=share, rows=rows)


@contextmanager
def _rejects(path: Path | None) -> Iterator[Sink | None]:
    """A file for the rows that need attention, readable by its owner only."""
    if path is None:
        yield None
        return
    from commongrid.matters.importing.telling import reason

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        sentence = N_("The file %(name)s can't be written, or is there already.")
        raise BadInput(sentence, name=path.name) from None
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["row", "code", "column", "zh", "en", "cells"])

        def sink(fault: Fault, row: Sequence[object]) -> None:
            writer.writerow([fault.row, fault.code, fault.column, *reason(fault), *map(_harmless, row)])

        yield sink


def _harmless(cell: Any) -> str:
    """A cell that a spreadsheet program will not take for a formula."""
    text = "" if cell is None else str(cell)
    return harmless(text)
