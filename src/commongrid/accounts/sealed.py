"""Sealed fields: this county's keys applied to one value of one row.

Which fields are sealed is said beside each table; every seal names table,
column and row, so that a value moved elsewhere does not open.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings

from commongrid.kernel.sealing import Sealer, blind_index, place_of

TOTP_AAD: Final = "mfa_authenticator.totp"
"""What secrets of time codes are bound to; allauth keeps them, not a row of ours."""


def sealer() -> Sealer:
    """Seals with the newest key and opens with any the county has; one that was added meanwhile is found."""
    found: Sealer = settings.SEALING.sealer()
    return found


def seal(text: str, table: str, column: str, row: UUID) -> bytes | None:
    """The value sealed for its place, or nothing for an empty one."""
    return sealer().seal(text, place_of(table, column, row)) if text else None


def unseal(sealed: bytes | memoryview | None, table: str, column: str, row: UUID) -> str:
    """The text of a sealed value; empty for none."""
    return sealer().open(bytes(sealed), place_of(table, column, row)) if sealed else ""


def seal_bytes(data: bytes, table: str, column: str, row: UUID) -> bytes:
    """A file's bytes sealed for their place."""
    return sealer().seal(data.decode("latin-1"), place_of(table, column, row))


def unseal_bytes(sealed: bytes | memoryview, table: str, column: str, row: UUID) -> bytes:
    """The bytes of a sealed file."""
    return sealer().open(bytes(sealed), place_of(table, column, row)).encode("latin-1")


def index(text: str) -> bytes | None:
    """The blind index under which the same value is found again, or nothing for an empty one."""
    return blind_index(settings.KEYS.blind, text) if text.strip() else None
