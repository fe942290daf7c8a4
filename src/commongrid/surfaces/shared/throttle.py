"""Brakes on what anybody may send or guess: counted per sender and hour, generous because a village shares an address.

Counting happens outside the request's transaction, so that a refused try counts too.
Senders are known only by a keyed hash that lives as long as the count.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connection

from commongrid.kernel.refusals import TooMany
from commongrid.surfaces.shared import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

View = "Callable[..., HttpResponse]"
HOUR = 3600
OK = 400
"""The first status that is not a success."""


def _hidden(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:24]


def sender(request: HttpRequest) -> str:
    """The sender's address as a keyed hash; behind N trusted proxies the N-th address from the right."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    chain = [part.strip() for part in str(request.headers.get("X-Forwarded-For", "")).split(",") if part.strip()]
    if settings.PROXIES and len(chain) >= settings.PROXIES:
        address = chain[-settings.PROXIES]
    return _hidden(address)


def _key(name: str, who: str, seconds: int) -> str:
    return f"throttle:{name}:{who}:{int(time.time() // seconds)}"


_TRIES: Final = "SELECT value::int FROM cache_entries WHERE cache_key = %s AND expires > now()"
_COUNT: Final = """
INSERT INTO cache_entries (cache_key, value, expires) VALUES (%s, '1', now() + %s * interval '1 second')
ON CONFLICT (cache_key) DO UPDATE SET value = (cache_entries.value::int + 1)::text RETURNING value::int
"""
_SWEEP: Final = "DELETE FROM cache_entries WHERE expires < now()"
SWEPT_EVERY: Final = 500
"""One count in so many takes away what has expired."""


def tries(name: str, request: HttpRequest, seconds: int = HOUR) -> int:
    """How often this sender did it in the current period."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIES, [_key(name, sender(request), seconds)])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def count(name: str, request: HttpRequest, seconds: int = HOUR, *, about: str = "") -> int:
    """Count one more try and answer how many there are: one statement, so that tries at once are all counted.

    With ``about`` it counts what was tried, whoever sent it; that too is known only by its keyed hash.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(name, _hidden(about) if about else sender(request), seconds), seconds])
        made = int((cursor.fetchone() or (1,))[0])
        if secrets.randbelow(SWEPT_EVERY) == 0:
            cursor.execute(_SWEEP)
    return made


def throttled(
    name: str, limit: int, *, seconds: int = HOUR, failures_only: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Refuse with TooMany after ``limit`` tries in a period; stands outside the door.

    Posts count; with ``failures_only`` every request that ended in a refusal counts instead.
    """

    def brake(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def run(request: HttpRequest, **captured: Any) -> HttpResponse:
            if not failures_only and request.method == "POST" and count(name, request, seconds) > limit:
                return errors.refused(request, TooMany())
            if failures_only and tries(name, request, seconds) >= limit:
                return errors.refused(request, TooMany())
            response = view(request, **captured)
            if failures_only and response.status_code >= OK:
                count(name, request, seconds)
            return response

        return run

    return brake
