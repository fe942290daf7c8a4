"""Spreadsheets and delimited files as rows of text, read as a stream and never trusted.

What a file is, its bytes decide, not its name. ``.xlsx`` is checked as a zip
(declared size, entries, a workbook inside) and then opened in a child process
with limits of its own; CSV and TSV, also gzipped, are decoded here. Cells come
as text, so a code is the same whichever program wrote it: a number of a
spreadsheet is written out in full. Only real dates and times keep their type.
"""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from commongrid.kernel import confined
from commongrid.kernel.delimited import Delimited
from commongrid.kernel.refusals import N_, BadInput, TooLarge
from commongrid.kernel.widths import halfwidth

Cell = str | date | datetime | time
Numbered = Iterator[tuple[int, list[Cell]]]

_HERE: Final = Path(__file__).parent
_TYPES: Final[dict[str, Callable[[str], Cell]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"\x7fELF",
    b"MZ",
)
_ENTRIES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes as sent, bytes unpacked, seconds of work and bytes of memory for a workbook."""

    sent: int = 256 << 20
    unpacked: int = 1 << 30
    seconds: int = 300
    memory: int = 3 << 30


@dataclass(frozen=True, slots=True)
class Marks:
    """What a workbook says of a row besides its cells: hidden, filled from a merged cell, columns with a formula."""

    hidden: bool = False
    merged: bool = False
    formulas: tuple[int, ...] = ()


@dataclass(slots=True)
class Sheet:
    """A table as read: its header and the rows below it.

    ``numbered`` gives each row with its number as a spreadsheet program shows
    it; rows that are blank throughout are left out, short ones filled to the
    width of the header. It can be walked once. ``done`` tells the share read.
    ``marks`` holds what was asked for besides, by row, once that row was read;
    ``sheets`` are the names of all visible sheets of a workbook.
    """

    name: str
    header: tuple[str, ...]
    numbered: Numbered
    done: Callable[[], float]
    marks: Mapping[int, Marks] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> Iterator[list[Cell]]:
        """The rows without their numbers."""
        return (cells for _, cells in self.numbered)


def read_rows(
    source: Path | bytes,
    name: str,
    *,
    sheet: str = "",
    headers: int = 1,
    marked: bool = False,
    limits: Limits | None = None,
) -> Sheet:
    """The rows of a CSV, TSV (also gzipped) or XLSX file, named ``name`` by its sender.

    ``headers`` is how many rows with content make the header (two are joined
    by a space, a cell over several columns counts for each), 0 for none.
    ``sheet`` chooses one by name, else the first visible one is read. With
    ``marked`` a merged cell counts for all it covers, and rows that are hidden,
    filled so or hold a formula are told in ``marks``.

    Refuses, naming what is wrong: BadInput for other kinds of files, damaged,
    locked or empty ones and unknown encodings; TooLarge beyond the limits. A
    fault further down is refused when the rows reach it, so nothing may be
    kept before the last row was read.
    """
    allowed = limits or Limits()
    start, size = _start_of(source)
    if size > allowed.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=allowed.sent >> 20)
    if not start.strip():
        raise BadInput(N_("This file is empty."))
    if start.startswith(b"PK"):
        demand_workbook(source, allowed.unpacked)
        reader = _Child(source, sheet, allowed, marked=marked)
        table = Sheet(reader.name, (), reader.rows(), reader.done, reader.marks, reader.sheets)
    else:
        _demand_text(start)
        table = _delimited(source, name, allowed)
    return _below_header(table, headers)


def column_names(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands, by its name made plain (half width, single spaces, no case).

    Refuses with BadInput a name that comes twice; columns without a name are left out.
    """
    found: dict[str, int] = {}
    for index, written in enumerate(header):
        plain = plain_name(written)
        if plain and found.setdefault(plain, index) != index:
            raise BadInput(N_("Two columns have the same name: %(name)s."), name=written)
    return found


def plain_name(written: str) -> str:
    """A column's name for comparing: half width, single spaces, no case."""
    return " ".join(halfwidth(written).split()).casefold()


def text_of(cell: Cell) -> str:
    """A cell as text; dates and times in ISO form."""
    return cell if isinstance(cell, str) else cell.isoformat()


def _start_of(source: Path | bytes) -> tuple[bytes, int]:
    if isinstance(source, bytes):
        return source[:64], len(source)
    try:
        with source.open("rb") as stream:
            return stream.read(64), source.stat().st_size
    except OSError:
        raise BadInput(N_("The file %(name)s can't be opened."), name=source.name) from None


def _demand_text(start: bytes) -> None:
    if start.startswith(_OLD):
        raise BadInput(N_("This is an old or password-protected workbook. Save it as .xlsx without a password."))
    if start.startswith(_OTHER):
        raise BadInput(N_("This is not a table. Send a spreadsheet (.xlsx) or a CSV file."))


def _below_header(sheet: Sheet, headers: int) -> Sheet:
    """Split the first rows with content off as the header, and fill the others to its width."""
    content = ((number, cells) for number, cells in sheet.numbered if any(map(_filled, cells)))
    above = list(islice(content, max(headers, 1)))
    if not above:
        raise BadInput(N_("This file has no rows."))
    names = _joined([list(map(text_of, cells)) for _, cells in above]) if headers else ()
    below = content if headers else chain(above, content)
    filled = ((number, [*cells, *[""] * (len(names) - len(cells))]) for number, cells in below)
    return Sheet(sheet.name, names, filled, sheet.done, sheet.marks, sheet.sheets)


def _joined(above: list[list[str]]) -> tuple[str, ...]:
    """The names of the columns from one or more header rows, blank ones at the end left out."""
    width = max(len(row) - next((n for n, cell in enumerate(reversed(row)) if cell.strip()), len(row)) for row in above)
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(above):
        carried = ""
        for column in range(width):
            cell = " ".join(row[column].split()) if column < len(row) else ""
            carried = cell or (carried if depth < len(above) - 1 else "")
            if carried and carried not in parts[column]:
                parts[column].append(carried)
    return tuple(" ".join(part) for part in parts)


def _filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _delimited(source: Path | bytes, name: str, limits: Limits) -> Sheet:
    table = Delimited(source, limits.unpacked)
    table.examine(halfwidth(name).casefold().removesuffix(".gz").rpartition(".")[2])
    return Sheet(name, (), ((number, [*cells]) for number, cells in enumerate(table.records(), 1)), table.done)


def demand_workbook(source: Path | bytes, unpacked: int) -> None:
    """Look at a zip's directory before anything is unpacked.

    Refuses: TooLarge where the declared sizes add up to more than ``unpacked``
    or there are more than 10,000 entries; BadInput where it is no zip, is
    locked, or holds no workbook of the ``.xlsx`` kind.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise BadInput(N_("This workbook is damaged. Open it, save it as .xlsx again and send that.")) from None
    if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > unpacked:
        raise TooLarge(N_("Unpacked, this file has more than %(megabytes)d MB."), megabytes=unpacked >> 20)
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadInput(N_("This is an old or password-protected workbook. Save it as .xlsx without a password."))
    names = {entry.filename.lstrip("/").casefold() for entry in entries}
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise BadInput(N_("There is no workbook in this file. Save it as .xlsx or CSV and send that."))


class _Child:
    """The process that reads one workbook; it is ended with its rows, at the latest when its time is up."""

    def __init__(self, source: Path | bytes, sheet: str, limits: Limits, *, marked: bool = False) -> None:
        arguments = (str(limits.memory), str(limits.seconds), sheet, *(("marked",) if marked else ()))
        self.process = confined.start(_HERE / "workbook.py", arguments, source)
        self.timer = threading.Timer(limits.seconds, self.process.kill)
        self.timer.daemon = True
        self.timer.start()
        self.read, self.total = 0, 0
        self.marks: dict[int, Marks] = {}
        try:
            first = self._line()
        except BaseException:
            self.close()
            raise
        self.name, self.total, self.sheets = str(first["sheet"]), int(first["rows"]), tuple(first["sheets"])

    def done(self) -> float:
        """The share of the rows given so far, 0 to 1."""
        return self.read / self.total if self.total else 1.0

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row with its number; refuses where the child ends before the last."""
        try:
            for number in range(1, self.total + 1):
                self.read = number
                told = self._line()
                if isinstance(told, dict):
                    self.marks[number] = Marks(told["hidden"], told["merged"], tuple(told["formulas"]))
                    told = told["cells"]
                yield number, [each if isinstance(each, str) else _typed(each) for each in told]
        finally:
            self.close()

    def close(self) -> None:
        """End the child."""
        self.timer.cancel()
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def _line(self) -> Any:
        line = self.process.stdout.readline() if self.process.stdout else b""
        if not line.endswith(b"\n"):
            raise TooLarge(
                N_("This workbook takes more memory or time than one file may. Split it, or save it as CSV.")
            )
        told = json.loads(line)
        if isinstance(told, dict) and "fault" in told:
            raise _faults(str(told["fault"]))
        return told


def _faults(fault: str) -> BadInput:
    match fault:
        case "sheet":
            return BadInput(N_("This workbook has no such sheet, or none that is visible."))
        case "locked":
            return BadInput(N_("This is an old or password-protected workbook. Save it as .xlsx without a password."))
        case _:
            return BadInput(N_("This workbook is damaged. Open it, save it as .xlsx again and send that."))


def _typed(cell: list[str]) -> Cell:
    return _TYPES[cell[0]](cell[1])
