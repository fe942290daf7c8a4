"""What the clock does with the register: counts how complete it is, lets offers lapse, calls late what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.jobs import follow
from commongrid.journal.queries import LineRow
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import Scope, clock
from commongrid.kernel.timetable import every
from commongrid.registry.actions import call_change_late, close_change, count_records, lapse_record, open_change
from commongrid.registry.importing import jobs as _files  # noqa: F401 - its jobs are on the timetable too
from commongrid.registry.joining import jobs as _suspects  # noqa: F401 - its jobs are on the timetable too
from commongrid.registry.keeping import jobs as _keeping  # noqa: F401 - its jobs are on the timetable too
from commongrid.registry.queries import change_of_matter, changes_running_late, handovers_lapsing, points
from commongrid.registry.rules.requests import OF_KIND
from commongrid.territory import queries as territory
from commongrid.territory.actions import Spots
from commongrid.territory.actions import derive_cells as derive
from commongrid.territory.queries import cells

COUNTER: Final = clock("registry.count", "people.count")
CELLS: Final = clock("registry.cells", "places.edit")
CHANGES: Final = clock("registry.changes", "people.changes")
READER: Final = "registry.open_changes"
ENDED: Final = {"withdrawn": "事项已撤回", "rejected": "事项不予受理"}
"""Where a matter ends without anything to enter, and the reason that is kept."""
REPORTED: Final = "matters.reported"
"""The act that opens a request: every later step of the matter names its kind too, and opens none."""


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


@every(seconds=6 * 3600, name="registry.cells")
def derive_cells() -> int:
    """Lay cells around homes where places have no boundary and homes have changed, from townships down to grids."""
    made = 0
    with acting(CELLS):
        counties = [one.code for one in territory.counties(CELLS)]
    for county in counties:
        townships = [one.code for one in territory.children(CELLS, county, level="township")]
        made += _cells(county, points.dwellings(CELLS, county))
        for township in townships:
            homes = points.dwellings(CELLS, township)
            made += _cells(township, homes)
            for village in territory.children(CELLS, township, level="village"):
                made += _cells(village.code, [one for one in homes if village.code in one[2]])
    return made


def _cells(parent: int, homes: list[points.Dwelling]) -> int:
    """Cells within one place, where they would be others than they are."""
    if not cells.stale(CELLS, parent, homes):
        return 0
    return int(derive(CELLS, Act.new(), parent=parent, spots=Spots(at=tuple(homes)))["cells"])


@every(seconds=30, name=READER)
def open_changes() -> int:
    """Open a request for each matter of class L, behind a bookmark of its own; answers how many lines were read."""
    return follow(READER, _read, scope=CHANGES)


def _read(rows: list[LineRow]) -> None:
    _open(rows)
    _close(rows)


def _open(rows: list[LineRow]) -> None:
    calendar = territory.calendar(CHANGES)
    for row in rows:
        sort = OF_KIND.get(str(row.facts.get("kind", ""))) if row.name == REPORTED else None
        if sort and row.subject is not None:
            act = Act(uuid5(row.id, "change request"), row.at)
            open_change(CHANGES, act, sort=sort, matter=row.subject, place=row.place_now, on=calendar.day_of(row.at))


def _close(rows: list[LineRow]) -> None:
    """A matter that was withdrawn or not accepted asks for nothing any more."""
    for row in rows:
        reason = ENDED.get(str(row.facts.get("to", ""))) if str(row.facts.get("kind", "")) in OF_KIND else None
        found = change_of_matter(CHANGES, row.subject) if reason and row.subject is not None else None
        if reason and found:
            close_change(CHANGES, Act(uuid5(row.id, "change closed"), row.at), request_id=found, reason=reason)


@every(seconds=600, name="registry.late_changes")
def call_late() -> int:
    """Say of changes whose time has passed that nobody decided them; answers of how many."""
    return _each(changes_running_late, "late", lambda act, one: call_change_late(CHANGES, act, request_id=one))


@every(seconds=600, name="registry.changes")
def lapse() -> int:
    """Let offers lapse whose time has passed; answers how many."""
    return _each(handovers_lapsing, "lapsed", lambda act, one: lapse_record(CHANGES, act, handover_id=one))


def _each(due: Callable[[Scope, datetime], list[UUID]], what: str, do: Callable[[Act, UUID], object]) -> int:
    """Do it once for each whose time has passed; answers how many there were."""
    at = timezone.now()
    with acting(CHANGES):
        found = due(CHANGES, at)
    done = 0
    for one in found:
        try:
            do(Act(uuid5(one, what), at), one)
        except WrongState:  # answered in the same minute
            continue
        done += 1
    return done
