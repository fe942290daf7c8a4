"""Walls of outreach: a row of every table at every relation of place, and who may do what to it.

What members declared and households chose stands at the village, so that nobody below it reads it; here such rows
stand at every place, and the wall must go by that place alone. Links themselves are assignments of the roster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.proof import expectation
from tests.proof.probes import become, scope_of_seat
from tests.proof.register import Row, never, of_row, row_of
from tests.proof.world import NOW, PLACES, insert, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from tests.proof.world import Seat

Probe = tuple[object, ...]
DAY = NOW.date()
CONTENT = {
    "village": "村", "village_en": "", "natural_village": "寨", "natural_village_en": "",
    "members": [], "duties": [], "heads": [], "always": "12345", "everybody": False,
    "from_on": "2026-11-02",
}  # fmt: skip


def posted(_seat: Seat, _place: int) -> bool:
    """What is posted is read by everybody."""
    return True


ROWS = (
    Row("outreach_declaration", "declaration", adds=None),
    Row("roster_talent", "talent", adds=None),
    Row("roster_duty_turn", "turn", posted, adds=None),
    Row("roster_unit_former", "former unit", posted, never),
    Row("outreach_choice", "choice", adds=None),
    Row("outreach_plan", "plan", adds=None),
    Row("outreach_planned_link", "planned", adds=None),
    Row("outreach_notice", "posted", posted, adds=None),
    Row("outreach_notice", "taken down", adds=None),
)


def lay(owner: psycopg.Connection[Any]) -> None:
    """A row of each at every relation of place."""
    for relation, place in PLACES.items():
        who, home = named("someone", relation), named("household", relation)
        insert(
            owner, "Declaration", id=named("declaration", relation), person=who, place=place, answer="declines",
            from_on=DAY,
        )  # fmt: skip
        insert(
            owner, "FormerUnit", id=named("former unit", relation), unit=named("unit", "station"), place=place,
            name_zh="原站", at=NOW,
        )  # fmt: skip
        insert(
            owner, "Talent", id=named("talent", relation), person=who, place=place, sort="craft", by="visit",
            skill="石匠", from_on=DAY,
        )  # fmt: skip
        insert(
            owner,
            "DutyTurn",
            id=named("turn", relation),
            place=place,
            on=DAY,
            part="day",
            post=named("post", "dispatcher"),
        )
        insert(
            owner, "Choice", id=named("choice", relation), household=home, place=place, sort="not", member=who,
            from_on=DAY,
        )  # fmt: skip
        insert(owner, "Plan", id=named("plan", relation), place=place, state="failed", fault="none", asked_at=NOW)
        insert(
            owner, "PlannedLink", id=named("planned", relation), plan=named("plan", relation), place=place,
            household=home, member=who,
        )  # fmt: skip
        insert(owner, "LinkNotice", id=named("posted", relation), place=place, content=CONTENT, at=NOW)
        insert(
            owner, "LinkNotice", id=named("taken down", relation), place=place, content=CONTENT, at=NOW, ended_at=NOW
        )  # fmt: skip


def probes(app: psycopg.Connection[Any], owner: psycopg.Connection[Any], seats: list[Seat]) -> Iterator[Probe]:
    """Read, change and remove a row of every table, by every seat at every relation."""
    rows = {(one, relation): row_of(owner, one, relation) for one in ROWS for relation in PLACES}
    for seat in seats:
        with app.transaction():
            become(app, scope_of_seat(seat))
            for (one, relation), row in rows.items():
                yield from of_row(app, one, row, (seat, relation))
            duty = app.execute("SELECT 1 FROM outreach_duty WHERE code = 'policy'").fetchone()
            yield True, duty is not None, seat.role, "reads duties"


def whole(seat: Seat, place: int) -> bool:
    """Whether the seat keeps a place with everything in it."""
    return seat.level in ("county", "township", "village", "assigned_village") and expectation.covers(seat, place)
