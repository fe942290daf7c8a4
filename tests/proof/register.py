"""Walls of the register: a row of every table at every relation of place, and who may do what to it.

People and households are probed with the rest; here are the tables beside them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from tests.proof import expectation
from tests.proof.probes import _changed, become, scope_of_seat
from tests.proof.world import COUNTY, GRID1, GRID2, NOW, PLACES, V11, insert, named

if TYPE_CHECKING:
    import psycopg

    from tests.proof.world import Seat

Probe = tuple[object, ...]
DAY = NOW.date()
TO = V11
"""The village that every record of the world is offered to."""
WATCHES_OVER_HARDSHIP = frozenset({"county_admin", "township_principal", "township_team", "helper"})

TELL_LOOKS = frozenset(
    {"township_principal", "township_team", "village_secretary", "village_committee", "village_clerk"}
)
FORMER = {
    "came along": (named("household"), GRID1, "door"), "stays": (named("household", "sibling grid"), GRID2, "door"),
    "hardship came along": (named("household"), GRID1, "hardship"),
}  # fmt: skip
"""Former values that lie in the sibling grid: whose household, which grid serves it now, of what."""
LOOKED = {"look": "phone", "look-basis": "basis"}
"""Lines of the log of reads about a record, by what was looked at."""


def by_place(seat: Seat, place: int) -> bool:
    """In scope."""
    return expectation.covers(seat, place)


def never(_seat: Seat, _place: int) -> bool:
    """What no app may do to it."""
    return False


def hardship(seat: Seat, place: int) -> bool:
    """In scope, and with the power that linked members and grid heads never have."""
    return seat.role in WATCHES_OVER_HARDSHIP and by_place(seat, place)


def either_side(seat: Seat, place: int) -> bool:
    """Whoever keeps the record, and whoever keeps the village it is offered to whole."""
    whole = seat.level in ("county", "township", "village", "assigned_village")
    return by_place(seat, place) or (whole and by_place(seat, TO))


@dataclass(frozen=True, slots=True)
class Row:
    """A table of the register, how the world names its rows, and who may do what to one.

    Who removes one is who writes it, unless said; ``column`` is one that is written, as it is or as it ``becomes``;
    ``fresh`` is what a row that is added says otherwise.
    """

    table: str
    name: str
    reads: Callable[[Seat, int], bool] = by_place
    writes: Callable[[Seat, int], bool] = by_place
    adds: Callable[[Seat, int], bool] | None = by_place
    removes: Callable[[Seat, int], bool] | None = None
    column: str = "id"
    fresh: tuple[tuple[str, object], ...] = ()
    becomes: str = ""


ROWS = (
    Row("registry_stay", "stay", adds=None),
    Row("registry_correction", "correction", writes=never),
    Row("registry_correction", "correction", writes=never, adds=None, column="before", becomes="''"),
    Row("registry_correction", "correction", writes=never, adds=None, column="after_sealed", becomes="'x'::bytea"),
    Row("registry_flag", "flag", adds=None),
    Row("registry_flag", "flag", by_place, never, never, by_place, "type_code", (("type_code", "dibao"),), "'dibao'"),
    Row("registry_hardship_flag", "hardship", hardship, hardship, None),
    Row("registry_site", "site"),
    Row("registry_thing", "thing"),
    Row("registry_organisation", "organisation", adds=None),
    Row("registry_membership", "membership", adds=None),
    Row("registry_registered_household", "booklet", adds=None),
    Row("registry_change_request", "request"),
    Row(
        "registry_handover",
        "handover",
        either_side,
        either_side,
        by_place,
        by_place,
        "note",
        (("state", "lapsed"), ("answered_at", NOW.isoformat())),
    ),
    Row("registry_subject_file", "subject file"),
    Row("registry_erasure", "erasure"),
    Row("registry_retention_report", "retention report", writes=never, adds=None),
)


def lay(owner: psycopg.Connection[Any]) -> None:
    """A row of each at every relation of place."""
    for relation, place in PLACES.items():
        who, home = named("someone", relation), named("household", relation)
        a_day = {"place": place, "from_on": DAY}
        insert(owner, "Stay", id=named("stay", relation), person=who, household=home, sort="living", name="某", **a_day)
        insert(
            owner, "Correction", id=named("correction", relation), act=who, no=1, of="person", subject=who, place=place,
            field="phone_sealed", since_on=DAY, at=NOW, before="旧",
        )  # fmt: skip
        insert(owner, "Flag", id=named("flag", relation), type_code="veteran", person=who, **a_day)
        insert(owner, "HardshipFlag", id=named("hardship", relation), type_code="disabled", person=who, **a_day)
        insert(owner, "Site", id=named("site", relation), place=place, kind="11", name="屋")
        insert(owner, "Thing", id=named("thing", relation), place=place, kind="11")
        insert(owner, "Organisation", id=named("organisation", relation), place=place, kind="11", name="社")
        insert(
            owner, "Membership", id=named("membership", relation), organisation=named("organisation", relation),
            person=who, duty="leader", name="某", **a_day,
        )  # fmt: skip
        insert(owner, "RegisteredHousehold", id=named("booklet", relation), place=place, number=relation[:24])
        insert(
            owner, "ChangeRequest", id=named("request", relation), sort="died", place=place, on=DAY, asked_at=NOW,
            due_at=NOW,
        )  # fmt: skip
        insert(
            owner, "Handover", id=named("handover", relation), person=who, name="某", place=place, to_place=TO, on=DAY,
            offered_at=NOW, due_at=NOW,
        )  # fmt: skip
        insert(
            owner, "SubjectFile", id=named("subject file", relation), person=who, place=place, at=NOW, shown_by="card"
        )
        insert(
            owner, "Erasure", id=named("erasure", relation), place=place, people=[], at=NOW, basis="law", reason="x",
            done_at=NOW,
        )  # fmt: skip
        insert(owner, "RetentionReport", id=named("retention report", relation), place=place, on=DAY, at=NOW)
        insert(
            owner, "RecordTally", place=place, of="person", field="phone", who="all", weight=1, asked=1, missing=0,
            stale=0, at=NOW,
        )  # fmt: skip
        for name, about in LOOKED.items():
            insert(
                owner, "AccessLine", id=named(name, relation), at=NOW, event="revealed", about=about, place=COUNTY,
                subject_kind="person", subject=who,
            )  # fmt: skip
    for name, (home, _, field) in FORMER.items():
        insert(
            owner, "Correction", id=named("correction", name), act=home, no=1, of="household", subject=home,
            place=V11 + GRID2, household=home, field=field, since_on=DAY, at=NOW, before="旧",
        )  # fmt: skip


HELD = (
    "registry_site", "registry_organisation", "registry_registered_household", "outreach_plan", "roster_division",
    "roster_division_grid",
)  # fmt: skip
"""Tables whose rows others hang on, so that no row of the world can be removed."""


def probes(app: psycopg.Connection[Any], owner: psycopg.Connection[Any], seats: list[Seat]) -> Iterator[Probe]:
    """Read, change, remove and add a row of every table, by every seat at every relation; who looked at a record."""
    rows = {(one, relation): row_of(owner, one, relation) for one in ROWS for relation in PLACES}
    for seat in seats:
        with app.transaction():
            become(app, scope_of_seat(seat))
            for (one, relation), row in rows.items():
                yield from of_row(app, one, row, (seat, relation))
            for relation, place in PLACES.items():
                yield from _counts(app, seat, relation, place)
            yield from _former(app, seat)
            named_so = _changed(app, "UPDATE registry_code SET zh = zh WHERE list = 'sex' AND code = %s", ["1"])
            yield False, named_so, seat.role, "changes what a standard says"


def of_row(app: psycopg.Connection[Any], one: Row, row: dict[str, Any], whom: tuple[Seat, str]) -> Iterator[Probe]:
    """Read, change, remove and, where it may be told, add a row as a seat."""
    seat, relation = whom
    place = PLACES[relation]
    found = app.execute(f"SELECT 1 FROM {one.table} WHERE id = %s".encode(), [row["id"]]).fetchone() is not None
    yield one.reads(seat, place), found, seat.role, "reads", one.table, relation
    done = _changed(
        app, f"UPDATE {one.table} SET {one.column} = {one.becomes or one.column} WHERE id = %s", [row["id"]]
    )
    yield one.writes(seat, place), done, seat.role, "changes", one.table, relation
    if one.table not in HELD:
        done = _changed(app, f"DELETE FROM {one.table} WHERE id = %s", [row["id"]])
        yield (one.removes or one.writes)(seat, place), done, seat.role, "removes", one.table, relation
    if one.adds is not None:
        add = f"INSERT INTO {one.table} SELECT (jsonb_populate_record(NULL::{one.table}, %s::jsonb)).*"
        done = _changed(app, add, [json.dumps({**row, "id": str(uuid4()), **dict(one.fresh)})])
        yield one.adds(seat, place), done, seat.role, "adds", one.table, relation


def _former(app: psycopg.Connection[Any], seat: Seat) -> Iterator[Probe]:
    """What was said of a home is read where it lies and by whoever sees the home now; of hardship by who reads that."""
    for name, (home, grid, field) in FORMER.items():
        ident = named("correction", name)
        found = app.execute("SELECT 1 FROM registry_correction WHERE id = %s", [ident]).fetchone() is not None
        linked = seat.role == "linked_member" and home == named("household")
        sees = expectation.sees_household(seat, V11 + grid, linked=linked)
        reads = (by_place(seat, V11 + GRID2) or sees) and (field != "hardship" or seat.role in WATCHES_OVER_HARDSHIP)
        yield reads, found, seat.role, "reads former values", name


def _counts(app: psycopg.Connection[Any], seat: Seat, relation: str, place: int) -> Iterator[Probe]:
    tally = "SELECT 1 FROM registry_record_tally WHERE place = %s"
    found = app.execute(tally.encode(), [place]).fetchone() is not None
    yield expectation.covers(seat, place), found, seat.role, "reads how complete", relation
    line = app.execute("SELECT 1 FROM accounts_access_line WHERE id = %s", [named("list", relation)]).fetchone()
    yield told_of_list(seat, place), line is not None, seat.role, "reads what was exported", relation
    for name, about in LOOKED.items():
        look = app.execute("SELECT 1 FROM accounts_access_line WHERE id = %s", [named(name, relation)]).fetchone()
        yield _told(seat, place, about), look is not None, seat.role, "reads who looked", name, relation


def told_of_list(seat: Seat, place: int) -> bool:
    """Whoever covers the place that a list went out of; and around their own place whoever tells people of looks."""
    around = seat.role in TELL_LOOKS and seat.place is not None and place in (COUNTY, seat.place // 10**6 * 10**6)
    return expectation.covers(seat, place) or around


def _told(seat: Seat, place: int, about: str) -> bool:
    """Whoever keeps the record and shows people who looked at it; of hardship those who read it; and the auditor."""
    if seat.role == "auditor":
        return expectation.covers(seat, COUNTY)
    readers = TELL_LOOKS & WATCHES_OVER_HARDSHIP if about == "basis" else TELL_LOOKS
    return seat.role in readers and expectation.covers(seat, place)


def row_of(owner: psycopg.Connection[Any], one: Row, relation: str) -> dict[str, Any]:
    """A row of the world at a relation of place, as the owner sees it."""
    ident: UUID = named(one.name, relation)
    found = owner.execute(f"SELECT to_jsonb(t) FROM {one.table} t WHERE id = %s".encode(), [ident]).fetchone()
    assert found is not None, f"the world has no {one.name}"
    row: dict[str, Any] = found[0]
    return row
