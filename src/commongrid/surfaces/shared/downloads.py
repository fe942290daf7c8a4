"""Files that are sent to a browser: saved as a file, kept by nobody on the way."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP: Final = "application/zip"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"


def workbook(data: bytes, name: str) -> HttpResponse:
    """The answer that saves a workbook under a name of plain letters."""
    return saved(data, name, XLSX)


def document(data: bytes, name: str) -> HttpResponse:
    """The answer that saves a Word document under a name of plain letters."""
    return saved(data, name, DOCX)


def paper(data: bytes, name: str) -> HttpResponse:
    """The answer that saves a PDF under a name of plain letters."""
    return saved(data, name, PDF)


def archive(data: bytes, name: str) -> HttpResponse:
    """The answer that saves a zip under a name of plain letters."""
    return saved(data, name, ZIP)


def saved(data: bytes, name: str, kind: str) -> HttpResponse:
    """The answer that saves a file of any kind."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
