"""The nightly look for records that may be one person."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.registry.joining import actions, queries
from commongrid.territory import queries as territory

NAME: Final = "registry.suspects"
MOST: Final = 2_000
"""So many pairs a night and county at most: more than anybody decides in a day."""


@every(seconds=24 * 3600, name=NAME)
def find_suspects(now: datetime | None = None) -> int:
    """Look for pairs that nobody has looked at, county by county; answers how many were found."""
    at, done = now or timezone.now(), 0
    with acting(clock(NAME)):
        counties = territory.counties(clock(NAME))
    for county in counties:
        scope = clock(NAME, "people.join", lo=county.code, hi=county.code + 10**9 - 1)
        if found := queries.pairs(scope, MOST):
            done += int(actions.keep_suspects(scope, Act(new_id(), at), found=tuple(found))["found"])
    return done
