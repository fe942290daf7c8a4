"""Rules of the journal: what a fingerprint covers, what a payload may hold, how lines are sealed."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CODE = re.compile(r"[A-Za-z0-9_.:+/\-]{0,80}")


def _plain(value: object) -> object:
    """JSON's idea of the values that actions take."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, UUID | datetime | date | time):
        return value.isoformat() if not isinstance(value, UUID) else str(value)
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, frozenset | set):
        return sorted(value)
    message = f"an act can't carry a {type(value).__name__}"
    raise TypeError(message)


def canonical(value: object) -> bytes:
    """Canonical JSON (sorted keys, no spaces, UTF-8) of plain values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode()


def fingerprint(key: bytes, name: str, arguments: Mapping[str, object]) -> bytes:
    """HMAC-SHA256 of an act's name and arguments, without any time: equal content, equal fingerprint."""
    return hmac.new(key, canonical([name, dict(arguments)]), hashlib.sha256).digest()


def checked_payload(payload: Mapping[str, object], allowed: Iterable[str] | None = None) -> dict[str, Any]:
    """The payload as JSON values, if it holds ids, codes and numbers only.

    Raises ValueError for a key outside ``allowed`` or a value that could be
    free text (anything but letters, digits and ``_ . : + / -``, at most 80 long).
    """
    if allowed is not None and (extra := set(payload) - set(allowed)):
        message = f"undeclared facts: {sorted(extra)}"
        raise ValueError(message)
    result: dict[str, Any] = json.loads(canonical(dict(payload)))
    for key, value in result.items():
        _check_value(key, value)
    return result


def _check_value(key: str, value: object) -> None:
    if isinstance(value, list):
        for item in value:
            _check_value(key, item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_value(f"{key}.{name}", item)
    elif isinstance(value, str) and not _CODE.fullmatch(value):
        message = f"fact {key} is not an id, a code or a number"
        raise ValueError(message)


def chained(head: bytes, lines: Iterable[Mapping[str, object]]) -> bytes:
    """The chain's head after these lines: SHA-256 of the former head and each line's canonical bytes, in order."""
    digest = hashlib.sha256(head)
    for line in lines:
        body = canonical(line)
        digest.update(len(body).to_bytes(8, "big"))
        digest.update(body)
    return digest.digest()
