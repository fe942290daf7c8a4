"""The child process that opens a spreadsheet: ``python -I workbook.py MEMORY SECONDS [SHEET] < file.xlsx``.

It shares nothing with the process that asked: no keys, no database, no
environment. It limits its own memory (bytes) and processor time (seconds), may
write no file, and prints one JSON line first (``{"sheet": …, "rows": …}`` or
``{"fault": …}``), then one per row. Text stands for itself, dates and times are
``["date", "2024-01-02"]``, ``["datetime", …]``, ``["time", …]``. Macros are
never looked at: only cell values are read.

Started by ``sheets.py`` and imported by nobody.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta

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


def main(memory: str, seconds: str, name: str = "") -> None:
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
    before = [""] * (sheet.start[1] if sheet.start else 0)
    say({"sheet": sheet.name, "rows": sheet.end[0] + 1 if sheet.end else 0})
    for row in sheet.iter_rows():
        say(before + [cell(value) for value in row])


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        main(*sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
    except BaseException as fault:  # noqa: BLE001 - also a panic of the reader; whatever it is, the file can't be read
        say({"fault": "locked" if type(fault).__name__ == "PasswordError" else "broken"})
