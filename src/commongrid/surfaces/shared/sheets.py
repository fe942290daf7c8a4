"""Sheets of paper that lead back to their step: what their QR code carries, signed and short.

A printed sheet names the step, the matter and the sheet; ``console.sheets``
is where the code leads, and where a kind of sheet joins by a line in ``STEPS``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from commongrid.kernel.refusals import NotFound

if TYPE_CHECKING:
    from django.http import HttpRequest

SIGNED: Final = 8
"""Bytes of the signature: nobody guesses one, and the address stays short."""
BODY: Final = 33
"""A letter for the step, and two ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page says of a sheet: number, title, who it is about (masked), whether a photo is there already."""

    number: str
    title: str
    about: str
    done: bool
    back: str
    ended: str = ""
    """Why nothing is entered from this sheet any more."""
    units: tuple[tuple[UUID, str], ...] = ()
    """The offices that the person was asked about one by one, by name."""


@dataclass(frozen=True, slots=True)
class Named:
    """What an address names."""

    step: str
    matter: UUID
    sheet: UUID


def token(step: str, matter: UUID, sheet: UUID) -> str:
    """The short signed end of a sheet's address."""
    body = step.encode("ascii") + matter.bytes + sheet.bytes
    return base64.urlsafe_b64encode(body + _signature(body)).decode("ascii").rstrip("=")


def named(given: str) -> Named:
    """What a token names. Refuses: NotFound where it was not made here."""
    try:
        whole = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except ValueError:
        raise NotFound from None
    body, signature = whole[:-SIGNED], whole[-SIGNED:]
    if len(body) != BODY or not hmac.compare_digest(signature, _signature(body)):
        raise NotFound
    return Named(body[:1].decode("ascii", errors="replace"), UUID(bytes=body[1:17]), UUID(bytes=body[17:]))


def address(request: HttpRequest, step: str, matter: UUID, sheet: UUID) -> str:
    """The whole address, for a QR code on paper."""
    return request.build_absolute_uri(reverse("sheet", kwargs={"token": token(step, matter, sheet)}))


def _signature(body: bytes) -> bytes:
    return hmac.new(settings.KEYS.address, b"sheet:" + body, hashlib.sha256).digest()[:SIGNED]
