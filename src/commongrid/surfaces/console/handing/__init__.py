"""Lists that leave the system as Excel or Word: each with its purpose and expiry, each logged, none with a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from commongrid.surfaces.console.handing.logged import log, said
from commongrid.surfaces.console.handing.sheets import sheet
from commongrid.surfaces.console.handing.tables import (
    KEPT_DAYS,
    Handed,
    Purpose,
    Row,
    Table,
    handed,
    rows_of,
)
from commongrid.surfaces.console.handing.words import document
from commongrid.surfaces.shared.downloads import document as word_file
from commongrid.surfaces.shared.downloads import workbook

if TYPE_CHECKING:
    from django.http import HttpResponse

__all__ = (
    "KEPT_DAYS",
    "Handed",
    "Purpose",
    "Row",
    "Table",
    "answer",
    "document",
    "handed",
    "log",
    "rows_of",
    "said",
    "sheet",
)


def answer(of: Handed, stem: str, into: str) -> HttpResponse:
    """The file itself: Word where that was asked for, else Excel."""
    name = f"{stem}-{timezone.localtime(of.at):%Y%m%d-%H%M}"
    return word_file(document(of), f"{name}.docx") if into == "docx" else workbook(sheet(of), f"{name}.xlsx")
