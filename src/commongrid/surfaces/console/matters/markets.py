"""Market days where people are met: named on a matter's page and offered where a day is chosen."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Final

from django.utils.timezone import localdate

from commongrid.kernel.places import township_of
from commongrid.kernel.scope import Scope
from commongrid.matters.queries.vocabulary import remember
from commongrid.territory import queries as territory
from commongrid.territory.rules.markets import next_markets

SHOWN: Final = 4
CHOOSES: Final = frozenset({"visit", "call_meeting", "mediate"})
"""Steps for which somebody chooses a day on which people can be met."""


def coming(scope: Scope, place: int) -> list[date]:
    """The next market days of the township that a place lies in; none where its market is not known."""
    township, today = township_of(place), localdate()
    if township is None:
        return []
    market = remember(f"market {township}", lambda: territory.market_days(scope, [township]).get(township))
    if market is None:
        return []
    return list(islice(next_markets(market.sort, market.numbers, market.anchor, today), SHOWN))
