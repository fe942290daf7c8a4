"""Lists of people as a clerk fills them in: identity numbers that check, workbooks with whatever is wrong with them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl

from commongrid.kernel.identity import check_sign
from commongrid.registry.importing.rules.layout import HOMES, PEOPLE

HEAD = tuple(column.heading for column in PEOPLE)
HOMES_HEAD = tuple(column.heading for column in HOMES)
TODAY = date(2026, 11, 24)


def number(order: int, born: date = date(1980, 1, 1), sex: str = "1") -> str:
    """An identity number that agrees with itself."""
    first = f"990101{born:%Y%m%d}{order * 2 + (sex == '1'):03}"
    return first + check_sign(first)


def person(**cells: object) -> dict[str, object]:
    """A row by fields; a head of household 1 unless said otherwise."""
    return {"natural_village": "上河", "number": "1", "relation": "户主", "name": "周大山", **cells}


def row(cells: dict[str, object], columns: Sequence[Any] = PEOPLE) -> list[object]:
    """A row's cells in the template's order."""
    return [cells.get(column.field, "") for column in columns]


def workbook(
    *rows: dict[str, object],
    head: Sequence[str] = HEAD,
    columns: Sequence[Any] = PEOPLE,
    fill: Callable[[Any], None] | None = None,
) -> bytes:
    """A workbook with these rows below the headings; ``fill`` does something more to its sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(head))
    for one in rows:
        page.append(row(one, columns))
    if fill is not None:
        fill(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def family(n: int, order: int) -> list[dict[str, object]]:
    """A couple and their son in household ``n``."""
    wife, son = number(order, date(1982, 5, 6), "2"), number(order, date(2008, 3, 4))
    return [
        person(number=str(n), name=f"周{_sign(order)}山", id_number=number(order)),
        person(number=str(n), relation="妻子", name=f"吴{_sign(order)}花", id_number=wife),
        person(number=str(n), relation="长子", name=f"周{_sign(order)}川", id_number=son),
    ]


def _sign(n: int) -> str:
    return chr(0x4E00 + n)
