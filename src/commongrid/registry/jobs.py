"""What the clock does with the register: counts how complete it is, lets offers lapse that nobody answered."""

from __future__ import annotations

from typing import Final
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.registry.actions import count_records, lapse_record
from commongrid.registry.queries import handovers_lapsing
from commongrid.territory import queries as territory

COUNTER: Final = clock("registry.count", "people.count")
CHANGES: Final = clock("registry.changes", "people.changes")


@every(seconds=6 * 3600, name="registry.count")
def count() -> int:
    """Count how complete the records are, four times a day; answers how many lines there are."""
    at = timezone.now()
    total = 0
    with acting(COUNTER):
        counties = [one.code for one in territory.counties(COUNTER)]
    for county in counties:
        act = Act(uuid5(NAMESPACE_OID, f"commongrid records counted {county} {at:%Y-%m-%dT%H}"), at)
        total += int(count_records(COUNTER, act, county=county)["rows"])
    return total


@every(seconds=600, name="registry.changes")
def lapse() -> int:
    """Let offers lapse whose time has passed; answers how many."""
    at = timezone.now()
    with acting(CHANGES):
        due = handovers_lapsing(CHANGES, at)
    done = 0
    for handover in due:
        try:
            lapse_record(CHANGES, Act(uuid5(handover, "lapsed"), at), handover_id=handover)
        except WrongState:  # answered in the same minute
            continue
        done += 1
    return done
