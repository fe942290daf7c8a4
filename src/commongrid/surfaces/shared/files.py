"""Files on their way out: never run, never sniffed, never kept by a proxy, only to whom the address was made for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from commongrid.journal import attachments
from commongrid.journal.attachments import FileRow
from commongrid.kernel.refusals import NotFound
from commongrid.surfaces.shared.doors import Asked, door

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as a page shows it: where it is for this reader, for some minutes."""

    url: str
    name: str
    picture: bool
    size: int


def shown(request: Asked, rows: Iterable[FileRow], code: str = "") -> list[Shown]:
    """Files with their addresses for the reader of this page; with a slip's ``code``, for its holder."""
    return [Shown(_url(request, row.id, code), row.name, row.picture, row.size) for row in rows]


@door("matters.read", kinds=("post",))
def file_for_post(request: Asked, file: UUID, token: str) -> HttpResponse:
    """A file of something that the acting post sees."""
    return _served(request, file, token)


@door("matters.follow", kinds=("slip",))
def file_for_slip(request: Asked, code: str, file: UUID, token: str) -> HttpResponse:
    """A file of the slip's matter."""
    return _served(request, file, token)


def _served(request: Asked, file: UUID, token: str) -> HttpResponse:
    """The bytes, if the address was made for this reader, still lives, and the scope sees the file."""
    if not attachments.opens(request.scope, file, token):
        raise NotFound
    row = attachments.file(request.scope, file)
    response = HttpResponse(attachments.content(row), content_type=row.media_type, headers=HEADERS)
    response["Content-Disposition"] = f'attachment; filename="{row.name}"'
    return response


def _url(request: Asked, file: UUID, code: str) -> str:
    token = attachments.address(request.scope, file)
    if code:
        return reverse("slip_file", kwargs={"code": code, "file": file, "token": token})
    return reverse("file", kwargs={"file": file, "token": token})
