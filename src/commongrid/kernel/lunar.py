"""The day of the lunar month (农历日), for markets held on days such as "every first and sixth" (逢一逢六).

Months of the Chinese calendar from 2020 to 2049, one number a lunar year: bits
16 to 5 say which of the twelve months has 30 days (else 29), bits 4 to 1 which
month is followed by a leap month, bit 17 whether that one has 30. The months
follow from the published astronomical tables; tests compare every day with
dates known from elsewhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

FIRST: Final = date(2020, 1, 25)
"""The first day of the first lunar year in the table."""

_YEARS: Final = (
    0x07954, 0x06AA0, 0x0AD50, 0x05B52, 0x04B60, 0x0A6E6, 0x0A4E0, 0x0D260, 0x0EA65, 0x0D530,
    0x05AA0, 0x076A3, 0x096D0, 0x04AFB, 0x04AD0, 0x0A4D0, 0x1D0B6, 0x0D250, 0x0D520, 0x0DD45,
    0x0B5A0, 0x056D0, 0x055B2, 0x049B0, 0x0A577, 0x0A4B0, 0x0AA50, 0x1B255, 0x06D20, 0x0ADA0,
)  # fmt: skip


@lru_cache(maxsize=1)
def _months() -> tuple[tuple[date, int], ...]:
    """Every month's first day and length, in order."""
    begin, found = FIRST, []
    for coded in _YEARS:
        leap = coded & 0xF
        for month in range(1, 13):
            lengths = [30 if coded >> (16 - month) & 1 else 29]
            if month == leap:
                lengths.append(30 if coded >> 16 & 1 else 29)
            for length in lengths:
                found.append((begin, length))
                begin += timedelta(days=length)
    return tuple(found)


def lunar_day(day: date) -> int | None:
    """The day of the lunar month, 1 to 30; nothing outside 2020 to 2049."""
    from bisect import bisect_right

    months = _months()
    place = bisect_right(months, (day, 99)) - 1
    if place < 0:
        return None
    begin, length = months[place]
    within = (day - begin).days + 1
    return within if within <= length else None
