"""Market days (赶集日): on which days a township's people are in town, so that they can be met there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from commongrid.kernel.lunar import lunar_day
from commongrid.kernel.refusals import N_, BadInput

SORTS: Final = ("lunar", "cycle", "week")
_LONGEST: Final = 60
_DIGITS, _WEEK, _CYCLE = range(10), range(1, 8), range(2, 31)


def market_on(sort: str, numbers: Sequence[int], anchor: date | None, day: date) -> bool:
    """Whether the market is held on a day."""
    if sort == "lunar":
        found = lunar_day(day)
        return found is not None and found % 10 in {number % 10 for number in numbers}
    if sort == "week":
        return day.isoweekday() in numbers
    return anchor is not None and (day - anchor).days % numbers[0] == 0


def next_markets(sort: str, numbers: Sequence[int], anchor: date | None, after: date) -> Iterator[date]:
    """The market days from a day on, in order, for the next sixty days."""
    for step in range(_LONGEST):
        if market_on(sort, numbers, anchor, day := after + timedelta(days=step)):
            yield day


def check_market(sort: str, numbers: Sequence[int], anchor: date | None) -> None:
    """Refuse with BadInput a rhythm that can't be followed."""
    if sort not in SORTS:
        raise BadInput(fields={"sort": N_("Choose how the days are counted.")})
    if sort == "lunar" and not (numbers and set(numbers) <= set(_DIGITS)):
        raise BadInput(fields={"numbers": N_("Give the last digits of the lunar days, such as 1, 6.")})
    if sort == "week" and not (numbers and set(numbers) <= set(_WEEK)):
        raise BadInput(fields={"numbers": N_("Give days of the week from 1 (Monday) to 7 (Sunday).")})
    if sort == "cycle":
        if len(numbers) != 1 or numbers[0] not in _CYCLE:
            raise BadInput(fields={"numbers": N_("Give one number: every how many days, from 2 to 30.")})
        if anchor is None:
            raise BadInput(fields={"anchor": N_("Give one day on which the market is held.")})
