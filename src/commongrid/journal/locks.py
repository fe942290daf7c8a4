"""Work that only one does at a time in a county: advisory locks, with the county's schema beside each number."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


def taken(number: int) -> bool:
    """Take a lock until the transaction ends, or say that somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(current_schema()))", [number])
        return bool(cursor.fetchone()[0])


@contextmanager
def held(number: int) -> Iterator[bool]:
    """Hold a lock across transactions, or say that another process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(current_schema()))", [number])
        (got,) = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(current_schema()))", [number])
