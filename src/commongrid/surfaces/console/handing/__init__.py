"""Lists that leave the system as Excel or Word: each with its purpose and expiry, each logged, none with a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from commongrid.surfaces.console.handing.logged import log, said
from commongrid.surfaces.console.handing.preparing import (
    AT_ONCE,
    MOST,
    Eyes,
    Maker,
    Wish,
    demand_room,
    power_of,
    prepare,
    prepared,
    sight,
)
from commongrid.surfaces.console.handing.sheets import sheet
from commongrid.surfaces.console.handing.tables import (
    KEPT_DAYS,
    Handed,
    LongTable,
    Purpose,
    Row,
    Table,
    handed,
    name_of,
    rows_of,
)
from commongrid.surfaces.console.handing.words import document
from commongrid.surfaces.shared.downloads import document as word_file
from commongrid.surfaces.shared.downloads import workbook

if TYPE_CHECKING:
    from django.http import HttpResponse

__all__ = (
    "AT_ONCE",
    "KEPT_DAYS",
    "MOST",
    "Eyes",
    "Handed",
    "LongTable",
    "Maker",
    "Purpose",
    "Row",
    "Table",
    "Wish",
    "answer",
    "demand_room",
    "document",
    "handed",
    "log",
    "name_of",
    "power_of",
    "prepare",
    "prepared",
    "rows_of",
    "said",
    "sheet",
    "sight",
)


def answer(of: Handed, stem: str, into: str) -> HttpResponse:
    """The file itself: Word where that was asked for, else Excel."""
    name = f"{stem}-{timezone.localtime(of.at):%Y%m%d-%H%M}"
    return word_file(document(of), f"{name}.docx") if into == "docx" else workbook(sheet(of), f"{name}.xlsx")
