"""A list as a spreadsheet: what it says of itself on top, then headings and rows, all of it text."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from commongrid.kernel.delimited import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commongrid.surfaces.console.handing.tables import Handed, Row, Table

WIDEST: Final = 44
NARROWEST: Final = 9
LOOKED_AT: Final = 200
"""So many rows decide how wide a column is."""
A4: Final = 9


def sheet(of: Handed) -> bytes:
    """The tables, each on a sheet of its own, ready to be printed on A4."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        names: set[str] = set()
        for table in of.tables:
            _page(book, sheet_name(table.name, names), of, table)
    return out.getvalue()


def _page(book: Any, name: str, of: Handed, table: Table) -> None:
    page = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#E3EFEA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = book.add_format({"num_format": "@", "valign": "top"})
    group = book.add_format({"num_format": "@", "bold": True, "bg_color": "#F3F5F4"})
    page.write_string(0, 0, harmless(of.told))
    for at, width in enumerate(widths(table.heads, table.rows[:LOOKED_AT])):
        page.set_column(at, at, width, text)
        page.write_string(1, at, harmless(table.heads[at]), head)
    for number, row in enumerate(table.rows, 2):
        for at, value in enumerate(row.cells):
            page.write_string(number, at, harmless(value), group if row.head else text)
    page.freeze_panes(2, 0)
    page.repeat_rows(0, 1)
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")


def widths(heads: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """How wide each column is by its heading and these rows: a Chinese character counts for two."""
    lines = [heads, *(row.cells for row in rows if not row.head)]
    found = []
    for at in range(len(heads)):
        longest = max(sum(1 + (sign > "\u2e7f") for sign in cells[at]) for cells in lines if at < len(cells))
        found.append(min(max(longest + 2, NARROWEST), WIDEST))
    return found


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may have, and none has yet."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")[:28] or "1"
    found = next(one for one in (plain, *(f"{plain} {n}" for n in range(2, 99))) if one.casefold() not in taken)
    taken.add(found.casefold())
    return found
