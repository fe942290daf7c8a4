"""Probes by raw SQL as the app role, with the settings a request would have, against the policy's expectation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg

from commongrid.journal.acting import acting, settings_of
from commongrid.kernel.scope import public
from commongrid.roster.queries import posts_of_account, scope_of
from tests.proof import expectation
from tests.proof.world import PLACES, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from commongrid.kernel.scope import Scope
    from tests.proof.world import Seat, World

TODAY = date(2026, 11, 24)
CHILDREN = {
    "matters_external_case": "case", "matters_note": "note", "matters_order": "order", "matters_meeting": "meeting",
    "matters_attendance": "attendance", "matters_application": "application", "matters_referral": "referral",
    "journal_line": "line",
    "journal_file": "file",
}  # fmt: skip
"""Tables whose rows are seen with their matter, and how the world names the rows."""
ENDED_WITH_IT = (
    "matters_order", "matters_meeting", "matters_attendance", "matters_application", "matters_referral",
    "matters_external_case", "journal_file",
)  # fmt: skip
"""Of these, rows that whoever works on the matter may change."""


@dataclass
class Tally:
    """How many probes ran, and every one that came out otherwise than the policy says."""

    probes: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, expected: object, found: object, *what: object) -> None:
        """Count one probe."""
        self.probes += 1
        if expected != found:
            self.wrong.append(f"{' '.join(map(str, what))}: expected {expected}, found {found}")


def scope_of_seat(seat: Seat) -> Scope:
    """The scope that the product gives this seat."""
    for row in posts_of_account(seat.account, TODAY):
        if row.id == seat.post:
            return scope_of(row, TODAY)
    message = f"{seat.role} has no post"
    raise AssertionError(message)


def become(app: psycopg.Connection[Any], scope: Scope) -> None:
    """Give the connection the settings of a scope, for its transaction."""
    for name, value in settings_of(scope).items():
        app.execute("SELECT set_config(%s, %s, true)", [f"cg.{name}", value])


def _exists(app: psycopg.Connection[Any], table: str, ident: UUID) -> bool:
    return app.execute(f"SELECT 1 FROM {table} WHERE id = %s".encode(), [ident]).fetchone() is not None


def _changed(app: psycopg.Connection[Any], statement: str, parameters: list[Any]) -> bool:
    """Whether a write got through; it is undone."""
    try:
        with app.transaction(force_rollback=True):
            return app.execute(statement.encode(), parameters).rowcount == 1
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityConstraintViolation):
        return False


def files_of(ident: UUID, how: tuple[object, ...]) -> Iterator[tuple[str, UUID]]:
    """The tables of a dispute file, with the row of each."""
    yield "matters_mediation", ident
    yield "matters_mediation_party", named("party", *how)
    yield "matters_mediation_session", named("session", *how)
    yield "journal_file", named("signed", *how)


def reads(app: psycopg.Connection[Any], world: World, seats: list[Seat]) -> Iterator[tuple[object, ...]]:
    """Every row of the world read by every seat: (expected, found, what)."""
    for seat in seats:
        scope = scope_of_seat(seat)
        with app.transaction():
            become(app, scope)
            for ident, facts in world.matters.items():
                seen = expectation.sees_matter(seat, facts)
                yield seen, _exists(app, "matters_matter", ident), seat.role, "reads matter", facts
                how = facts["how"]
                yield from _in_confidence(app, seat, ident, facts)
                for table, name in CHILDREN.items():
                    reads = expectation.sees_line(seat, facts) if table == "journal_line" else seen
                    yield reads, _exists(app, table, named(name, *how)), seat.role, "reads", table, facts
            for ident, facts in world.mediations.items():
                seen = expectation.sees_mediation(seat, facts)
                for table, row in files_of(ident, facts["how"]):
                    yield seen, _exists(app, table, row), seat.role, "reads", table, facts
            for relation, place in PLACES.items():
                person = _exists(app, "registry_person", named("someone", relation))
                yield expectation.covers(seat, place), person, seat.role, "reads person", relation
                home = _exists(app, "registry_household", named("household", relation))
                yield (
                    expectation.sees_household(seat, place, linked=False),
                    home,
                    seat.role,
                    "reads household",
                    relation,
                )
                yield (
                    True,
                    app.execute("SELECT 1 FROM territory_place WHERE code = %s", [place]).fetchone() is not None,
                    seat.role,
                    "reads place",
                    relation,
                )
            linked = seat.role == "linked_member"
            expected = linked or expectation.covers(seat, PLACES["own grid"])
            yield expected, _exists(app, "registry_household", world.household), seat.role, "reads linked household"


def _in_confidence(
    app: psycopg.Connection[Any], seat: Seat, ident: UUID, facts: dict[str, Any]
) -> Iterator[tuple[object, ...]]:
    """What was said in confidence, and by whom: words, person, photos."""
    if facts["protected"] != "confidential":
        return
    seen = expectation.sees_original(seat, facts)
    yield seen, _exists(app, "matters_original", ident), seat.role, "reads the words of", facts
    yield seen, _exists(app, "matters_party", named("party", *facts["how"])), seat.role, "reads the person of", facts
    photo = _exists(app, "journal_file", named("confidential file", *facts["how"]))
    yield seen, photo, seat.role, "reads the photo of", facts


def writes(app: psycopg.Connection[Any], world: World, seats: list[Seat]) -> Iterator[tuple[object, ...]]:
    """Update, delete and insert by every seat at every relation: (expected, found, what)."""
    for seat in seats:
        scope = scope_of_seat(seat)
        with app.transaction():
            become(app, scope)
            for ident, facts in world.matters.items():
                seen = expectation.sees_matter(seat, facts)
                done = _changed(app, "UPDATE matters_matter SET title = 'x' WHERE id = %s", [ident])
                yield seen, done, seat.role, "updates matter", facts
            for ident, facts in world.mediations.items():
                seen = expectation.sees_mediation(seat, facts)
                done = _changed(app, "UPDATE matters_mediation SET facts = 'x' WHERE id = %s", [ident])
                yield seen, done, seat.role, "updates mediation", facts
            for relation, place in PLACES.items():
                covered = expectation.covers(seat, place)
                person = named("someone", relation)
                done = _changed(app, "UPDATE registry_person SET display_name = 'x' WHERE id = %s", [person])
                yield covered, done, seat.role, "updates person", relation
                done = _changed(app, "DELETE FROM registry_person WHERE id = %s", [person])
                yield covered, done, seat.role, "deletes person", relation
                done = _changed(
                    app,
                    "INSERT INTO registry_person (id, display_name, place) VALUES (gen_random_uuid(), 'x', %s)",
                    [place],
                )
                yield covered, done, seat.role, "inserts person", relation
                done = _changed(app, "UPDATE territory_place SET name = 'x' WHERE code = %s", [place])
                yield covered, done, seat.role, "updates place", relation
                for table, name in CHILDREN.items():
                    how = (relation, None, False, "")
                    gone = _changed(app, f"DELETE FROM {table} WHERE id = %s", [named(name, *how)])
                    # the rest is kept until its retention ends
                    allowed = table in ENDED_WITH_IT and expectation.sees_matter(
                        seat, world.matters[named("matter", *how)]
                    )
                    yield allowed, gone, seat.role, "deletes", table, relation


def strangers(app: psycopg.Connection[Any], world: World) -> Iterator[tuple[object, ...]]:
    """The public, an empty scope and a mistyped one: no row of any matter or person."""
    for settings in ({}, {"lo": "x"}, {"lo": "", "hi": ""}, settings_of(public("matters.report"))):
        for ident in world.matters:
            try:
                with app.transaction(force_rollback=True):
                    for name, value in settings.items():
                        app.execute("SELECT set_config(%s, %s, true)", [f"cg.{name}", value])
                    found = _exists(app, "matters_matter", ident)
            except psycopg.errors.DataError:
                found = False
            yield False, found, "stranger", settings.get("kind", "unset"), "reads matter"


def scopes_agree(seats: list[Seat]) -> Iterator[tuple[object, ...]]:
    """``Scope.covers`` decides as row-level security does."""
    with acting(public()):
        for seat in seats:
            scope = scope_of_seat(seat)
            for relation, place in PLACES.items():
                yield expectation.covers(seat, place), scope.covers(place), seat.role, "Scope.covers", relation
