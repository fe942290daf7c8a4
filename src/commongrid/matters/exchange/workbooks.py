"""Workbooks that are handed out: templates to be filled in, and replies in the layout of a system."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter

from commongrid.matters.exchange import layout

if TYPE_CHECKING:
    from commongrid.matters.exchange.queries import ReplyRow

ROWS: Final = 1000
"""Rows of a template that carry drop-downs."""
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The same rows make the same bytes, whenever the workbook is asked for."""
HEADED: Final = {"bold": True, "bg_color": "#E3EFEA", "border": 1, "text_wrap": True, "valign": "vcenter"}
NEEDED: Final = {**HEADED, "bg_color": "#CFE5DB"}
_CHOICES: Final = "名录 Lists"


def template(sort: str, *, places: Sequence[str], kinds: Sequence[str], remembered: Mapping[str, str]) -> bytes:
    """An empty sheet with headings in both languages (or as mapped for the system) and drop-downs."""
    out = io.BytesIO()
    with _book(out) as book:
        page, lists = book.add_worksheet("工单 Orders"), book.add_worksheet(_CHOICES)
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        offered = _offered(sort, places, kinds)
        for at, column in enumerate(layout.fields(sort)):
            page.set_column(at, at, column.width, text)
            heading = remembered.get(column.field, column.heading)
            page.write_string(0, at, heading, book.add_format(NEEDED if column.needed else HEADED))
            if choices := offered.get(column.field):
                _list(lists, at, heading, choices)
                letter = xlsxwriter.utility.xl_col_to_name(at)
                source = f"='{_CHOICES}'!${letter}$2:${letter}${len(choices) + 1}"
                page.data_validation(
                    1, at, ROWS, at, {"validate": "list", "source": source, "error_type": "information"}
                )
        page.set_row(0, 34)
        page.freeze_panes(1, 0)
        lists.set_column(0, len(layout.fields(sort)), 28)
    return out.getvalue()


def replies(rows: Sequence[ReplyRow], *, columns: Sequence[layout.Placed], zone: ZoneInfo) -> bytes:
    """Replies as a sheet: one row per order, columns in the system's order and under its headings."""
    out = io.BytesIO()
    with _book(out) as book:
        page = book.add_worksheet("回复 Replies")
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width, text)
            page.write_string(0, at, column.heading, book.add_format(HEADED))
        for number, row in enumerate(rows, 1):
            answered = row.answered_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if row.answered_at else ""
            values = {
                "number": row.number, "own": row.own, "reply": row.text, "who": row.who, "answered": answered,
            }  # fmt: skip
            for at, column in enumerate(columns):
                page.write_string(number, at, values.get(column.field, ""), text)
        page.freeze_panes(1, 0)
    return out.getvalue()


def _book(out: io.BytesIO) -> Any:
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE})
    return book


def _offered(sort: str, places: Sequence[str], kinds: Sequence[str]) -> dict[str, Sequence[str]]:
    if sort == "results":
        return {"result": layout.RESULT_NAMES, "satisfied": layout.YES_NO}
    return {
        "place": places, "kind": kinds, "urgency": layout.URGENCY_NAMES, "about": layout.ABOUT_NAMES,
        "confidential": layout.YES_NO,
    }  # fmt: skip


def _list(page: Any, at: int, heading: str, choices: Sequence[str]) -> None:
    page.write_string(0, at, heading)
    for row, choice in enumerate(choices, 1):
        page.write_string(row, at, choice)
