"""Walls of grid division: proposals stand at the village, barriers and successions are read by everybody.

A succession is written where the grid lay that ended, and never changed; rows stand at every relation of place here,
and the wall must go by that place alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.proof import expectation
from tests.proof.probes import _changed, become, scope_of_seat
from tests.proof.register import Row, never, of_row, row_of
from tests.proof.world import NOW, PLACES, insert, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from tests.proof.world import Seat

Probe = tuple[object, ...]
DAY = NOW.date()
ELSEWHERE = 10**14 + 1
LINE = {"type": "LineString", "coordinates": [[108.6, 27.2], [108.61, 27.21]]}
COUNTS = dict.fromkeys(("homes", "people", "size", "metres", "heads", "room", "hamlets", "beyond"), 1)


def everybody(_seat: Seat, _place: int) -> bool:
    """What is known to all."""
    return True


ROWS = (
    Row("roster_division_seat", "division seat", adds=None),
    Row("roster_division_home", "division home", adds=None),
    Row("roster_division_grid", "division grid", adds=None),
    Row("roster_division", "division", adds=None),
    Row("territory_barrier", "barrier", everybody),
    Row("territory_succession", "succession", everybody, never, None),
)


def lay(owner: psycopg.Connection[Any]) -> None:
    """A row of each at every relation of place."""
    for relation, place in PLACES.items():
        of, grid = named("division", relation), named("division grid", relation)
        insert(owner, "Division", id=of, place=place, number=1, state="failed", fault="none", asked_at=NOW)
        insert(owner, "DivisionGrid", id=grid, division=of, place=place, number=1, **COUNTS)
        insert(
            owner, "DivisionHome", id=named("division home", relation), division=of, place=place, grid=grid,
            household=named("household", relation),
        )  # fmt: skip
        insert(
            owner, "DivisionSeat", id=named("division seat", relation), place=place, grid=grid, role="grid_head",
            name="某人", planned_by=uuid4(),
        )  # fmt: skip
        insert(owner, "Barrier", id=named("barrier", relation), place=place, sort="barrier", line=LINE, valid_from=DAY)
        insert(owner, "Succession", id=named("succession", relation), old=place, new=ELSEWHERE, on=DAY)


def probes(app: psycopg.Connection[Any], owner: psycopg.Connection[Any], seats: list[Seat]) -> Iterator[Probe]:
    """Read, change and remove a row of every table, and add a succession, by every seat at every relation."""
    rows = {(one, relation): row_of(owner, one, relation) for one in ROWS for relation in PLACES}
    add = 'INSERT INTO territory_succession (id, old, new, "on") VALUES (%s, %s, %s, %s)'
    for seat in seats:
        with app.transaction():
            become(app, scope_of_seat(seat))
            for (one, relation), row in rows.items():
                yield from of_row(app, one, row, (seat, relation))
            for relation, place in PLACES.items():
                done = _changed(app, add, [uuid4(), place, ELSEWHERE + 1, DAY])
                yield expectation.covers(seat, place), done, seat.role, "adds a succession", relation
