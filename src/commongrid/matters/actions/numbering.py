"""Numbers of matters: county, month, sequence of that month, given without one report waiting for another."""

from __future__ import annotations

from datetime import date

from django.db import connection

from commongrid.journal.sending import answered, asked_ahead, forget, remember, remembered, under_way
from commongrid.kernel.codes import matter_number

_NUMBERED = "SELECT nextval('matters_number') - base FROM matters_number_base, generate_series(1, %s) WHERE month = %s"
_BEGIN = """
INSERT INTO matters_number_base (month, base) SELECT %s, last_value - (NOT is_called)::int FROM matters_number
ON CONFLICT DO NOTHING
"""


def number_ahead(day: date) -> None:
    """Draw one number on the next statement's way, for ``numbers`` of the same month soon after."""
    month = day.replace(day=1)
    if under_way():
        with connection.cursor() as cursor, asked_ahead(lambda rows: remember(("number", month), rows)):
            cursor.execute(_NUMBERED, [1, month])


def numbers(place: int, day: date, count: int) -> list[str]:
    """So many fresh numbers of the month of a day, for a place's county; one query but for a month's first."""
    month = day.replace(day=1)
    rows = _drawn(month) if count == 1 else []
    if not rows and count:
        with connection.cursor() as cursor:
            cursor.execute(_NUMBERED, [count, month])
            rows = cursor.fetchall()
            if not rows:
                cursor.execute(_BEGIN, [month])
                cursor.execute(_NUMBERED, [count, month])
                rows = cursor.fetchall()
    return [matter_number(place, month, int(row[0])) for row in rows]


def _drawn(month: date) -> list[tuple[int]]:
    """The number drawn ahead, which serves once; none where nothing was, or the month has no number yet."""
    if remembered(("number", month)) is None:
        answered()
    rows: list[tuple[int]] = remembered(("number", month)) or []
    forget(("number", month))
    return rows
