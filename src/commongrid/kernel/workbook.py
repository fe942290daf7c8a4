"""The child process that opens a spreadsheet: ``python -I workbook.py MEMORY SECONDS [SHEET [marked]] < file.xlsx``.

It shares nothing with the process that asked: no keys, no database, no
environment. It limits its own memory (bytes) and processor time (seconds), may
write no file, and prints one JSON line first (``{"sheet": …, "rows": …,
"sheets": […]}`` or ``{"fault": …}``), then one per row. Text stands for itself, dates and times are
``["date", "2024-01-02"]``, ``["datetime", …]``, ``["time", …]``. Macros are
never looked at: only cell values are read. With ``marked`` merged cells are
filled down and across, and a row that is hidden, was filled so or holds a
formula is ``{"cells": […], "hidden": …, "merged": …, "formulas": [columns]}``.

Started by ``sheets.py`` and imported by nobody.
"""

from __future__ import annotations

import json
import posixpath
import re
import resource
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain, islice, repeat
from xml.etree import ElementTree as ET

Range = tuple[tuple[int, int], tuple[int, int]]
PIECE = 1 << 20
LAST_ROW = 1_048_576
WIDEST = 100
"""A merged range over more columns than this is a decoration."""
ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
NUMBER = re.compile(rb'\br="([0-9]{1,7})"')
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})[0-9]+"[^>]*>\s*<f[\s/>]')
EXACT = 2**53
"""Up to here a spreadsheet's numbers are whole without loss; an 18-digit number typed as one is already damaged."""


def limit(memory: int, seconds: int) -> None:
    """Bound what this process may use; the kernel ends it otherwise."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cell(value: object) -> str | list[str]:
    """One cell as JSON: whole numbers in all their digits, so that codes stay codes."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) <= EXACT:
            return str(int(value))
        case datetime():
            return ["datetime", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case time():
            return ["time", value.isoformat()]
        case timedelta():
            return str(value)
        case _:
            return repr(value)


def say(told: object) -> None:
    """Print one line."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")


def part_of(packed: zipfile.ZipFile, name: str) -> str:
    """Which file of the zip holds a sheet, by the workbook's own list; empty where it doesn't say."""
    ids = {
        value
        for each in ET.fromstring(packed.read("xl/workbook.xml")).iter()  # noqa: S314 - the limits are set
        if each.tag.endswith("}sheet") and each.get("name") == name
        for key, value in each.items()
        if key.endswith("}id")
    }
    for each in ET.fromstring(packed.read("xl/_rels/workbook.xml.rels")):  # noqa: S314 - the limits are set
        if each.get("Id") in ids:
            return posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
    return ""


def marked_rows(name: str) -> Iterator[tuple[bool, list[int]]]:
    """For each row of a sheet whether it is hidden, and its columns with formulas; read as bytes, piece by piece.

    Ends without a word where the file's parts aren't where they should be.
    """
    sys.stdin.buffer.seek(0)
    with zipfile.ZipFile(sys.stdin.buffer) as packed:
        part = part_of(packed, name)
        if part not in packed.namelist():
            return
        with packed.open(part) as stream:
            kept, before = b"", 0
            while piece := stream.read(PIECE):
                kept += piece
                whole, end, rest = kept.rpartition(b"</row>")
                for number, told in rows_in(whole + end, before):
                    yield from repeat((False, []), number - before - 1)
                    yield told
                    before = number
                kept = rest


def rows_in(text: bytes, before: int) -> Iterator[tuple[int, tuple[bool, list[int]]]]:
    """Rows of a piece of a sheet, each with its number: as it says, else the next."""
    for row in ROW.finditer(text):
        said = NUMBER.search(row[1])
        number = max(int(said[1]) if said else before + 1, before + 1)
        cells = row[2] or b""
        formulas = [column_of(cell[1]) for cell in FORMULA.finditer(cells)] if b"<f" in cells else []
        if number <= LAST_ROW:
            yield number, (HIDDEN.search(row[1]) is not None, formulas)
            before = number


def column_of(letters: bytes) -> int:
    """The place of a column by its letters: A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def filled(rows: Iterator[list[str | list[str]]], ranges: list[Range]) -> Iterator[tuple[bool, list[str | list[str]]]]:
    """Each row, and whether a merged cell was filled into it; the first cell of a range counts for all of it."""
    begin: dict[int, list[Range]] = defaultdict(list)
    for (top, left), (bottom, right) in ranges:
        if (bottom, right) != (top, left) and right - left < WIDEST:
            begin[top].append(((top, left), (bottom, right)))
    open_now: list[tuple[Range, str | list[str]]] = []
    for number, cells in enumerate(rows):
        open_now = [one for one in open_now if one[0][1][0] >= number]
        for one in begin.get(number, ()):
            left = one[0][1]
            open_now.append((one, cells[left] if left < len(cells) else ""))
        for ((top, left), (_, right)), value in open_now:
            for column in range(left, min(right + 1, len(cells))):
                if (number, column) != (top, left):
                    cells[column] = value
        yield bool(open_now), cells


def say_marked(name: str, rows: Iterator[list[str | list[str]]], ranges: list[Range], count: int) -> None:
    """Print the rows with what the workbook says of them besides."""
    marks = chain(marked_rows(name), repeat((False, [])))
    for (merged, cells), (hidden, formulas) in islice(zip(filled(rows, ranges), marks, strict=False), count):
        if merged or hidden or formulas:
            say({"cells": cells, "hidden": hidden, "merged": merged, "formulas": formulas})
        else:
            say(cells)


def main(memory: str, seconds: str, name: str = "", marked: str = "") -> None:
    """Print the chosen sheet, or the first visible one."""
    from python_calamine import (  # type: ignore[attr-defined,unused-ignore]
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    limit(int(memory), int(seconds))
    book = CalamineWorkbook.from_filelike(sys.stdin.buffer)
    shown = [
        each.name
        for each in book.sheets_metadata
        if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
    ]
    if not shown or (name and name not in book.sheet_names):
        say({"fault": "sheet"})
        return
    sheet = book.get_sheet_by_name(name or shown[0])
    before: list[str | list[str]] = [""] * (sheet.start[1] if sheet.start else 0)
    count = sheet.end[0] + 1 if sheet.end else 0
    say({"sheet": sheet.name, "rows": count, "sheets": shown})
    rows = (before + [cell(value) for value in row] for row in sheet.iter_rows())
    if marked:
        say_marked(sheet.name, rows, sheet.merged_cell_ranges or [], count)
        return
    for row in rows:
        say(row)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        main(*sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
    except BaseException as fault:  # noqa: BLE001 - also a panic of the reader; whatever it is, the file can't be read
        say({"fault": "locked" if type(fault).__name__ == "PasswordError" else "broken"})
