"""Workbooks that are sent to a browser: saved as a file, kept by nobody on the way."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(data: bytes, name: str) -> HttpResponse:
    """The answer that saves a workbook under a name of plain letters."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
