"""Sheets made as another system would send them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

HEAD = ("工单编号", "来电时间", "诉求内容", "属地", "类别", "来电人", "来电号码", "办理时限")
ROW = ("2611240001", "2026-11-23 09:10", "村口路灯坏了三天，晚上看不清路", "白沙村", "G03", "李小芳", "13812341234", "")


def sheet(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> bytes:
    """A workbook with these rows below the headings."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
