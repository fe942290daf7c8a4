"""The clock's part: periods each day, erasures that waited, and those that a restored backup knows nothing of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.registry.keeping import actions, listing, queries
from commongrid.territory import queries as territory

NAME: Final = "registry.retention"
CLOCK: Final = clock(NAME)


@every(seconds=6 * 3600, name=NAME)
def apply_periods(now: datetime | None = None) -> int:
    """Remove what has been kept long enough, once a day; answers how many rows went."""
    at, gone = now or timezone.now(), 0
    for county in _counties():
        scope = actions.eraser(county)
        on = territory.calendar(scope).day_of(at)
        if on not in {one.on for one in queries.reports(scope, 1)}:
            act = Act(uuid5(NAMESPACE_OID, f"commongrid periods {county} {on}"), at)
            gone += int(actions.apply_periods(scope, act, on=on)["removed"])
    return gone


@every(seconds=600, name="registry.erasures")
def look_after_erasures() -> int:
    """Do erasures that waited or that this database does not know yet; answers how many."""
    return do_again() + _go_on()


def do_again(path: Path | None = None) -> int:
    """Do each erasure again that stands on the list and not in the database, as after a restore; answers how many.

    What the database knows and the list lacks is written to the list.
    """
    done, counties = 0, set(_counties())
    listed = listing.read(path)
    known = {one.act: one for county in counties for one in queries.known(actions.eraser(county))}
    for one in listed:
        if one.act not in known and one.place in counties:
            actions.erase_again(actions.eraser(one.place), Act.new(), again=one)
            done += 1
    own = {one.act for one in listing.read()}
    listing.add(one for one in [*known.values(), *listed] if one.act not in own)
    return done


def missing(path: Path | None = None) -> int:
    """How many erasures stand on the list that the database does not know."""
    counties = set(_counties())
    known = {one.act for county in counties for one in queries.known(actions.eraser(county))}
    return sum(one.act not in known and one.place in counties for one in listing.read(path))


def _go_on() -> int:
    done = 0
    for county in _counties():
        scope = actions.eraser(county)
        for ident in queries.waiting(scope):
            done += not actions.go_on_erasing(scope, Act(new_id(), timezone.now()), erasure_id=ident)["waits"]
    return done


def _counties() -> list[int]:
    with acting(CLOCK):
        return [one.code for one in territory.counties(CLOCK)]
