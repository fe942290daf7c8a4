"""Short-lived addresses: what is handed out for a file works for one reader and a few minutes.

A token is the time it ends (seconds since 1970, base 36) and 128 bits of
HMAC-SHA256 over file, reader and that time. Guessing one is hopeless, and a
copied one is of no use to anybody else. It only ever adds to the scope, which
must see the file as well.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final
from uuid import UUID

LIVES: Final = 900
"""Seconds that an address lives at most; at least two thirds of it, so that a page's addresses agree."""

_STEP: Final = LIVES // 3
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAC_BYTES: Final = 16
_LONGEST: Final = 12


def token(key: bytes, file: UUID, reader: str, now: datetime) -> str:
    """The last part of the file's address for this reader (a scope's author), from now on."""
    until = (int(now.timestamp()) // _STEP) * _STEP + LIVES
    return f"{_base36(until)}-{_mac(key, file, reader, until).hex()}"


def valid(key: bytes, file: UUID, reader: str, given: str, now: datetime) -> bool:
    """Whether the token was made for this file and reader, and its time has not passed."""
    ends, _, mac = given.partition("-")
    if not (ends.isascii() and ends.isalnum() and len(ends) <= _LONGEST and len(mac) == 2 * _MAC_BYTES):
        return False
    until = int(ends, 36)
    expected = _mac(key, file, reader, until).hex()
    return hmac.compare_digest(expected.encode(), mac.encode()) and now.timestamp() <= until <= now.timestamp() + LIVES


def _mac(key: bytes, file: UUID, reader: str, until: int) -> bytes:
    body = b"file-address:" + file.bytes + until.to_bytes(8, "big", signed=False) + reader.encode()
    return hmac.new(key, body, hashlib.sha256).digest()[:_MAC_BYTES]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
