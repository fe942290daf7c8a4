"""Every statement on every row, by every seat and scope: read in several ways, add, change, remove.

The matrix of ``probes`` asks for rows by their id. Here the same rows are asked
for as the product's channels do (by number, by slip, by place, by unit, counted,
exported, through a join, locked for writing), every row beside a matter is
written to, and the scopes that are no post are tried: each slip at every matter,
each account at every person, the public, the clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from commongrid.journal.acting import settings_of
from commongrid.kernel.scope import clock, public, slip
from tests.factories.copies import filled_by_itself
from tests.proof import expectation
from tests.proof.probes import _changed, _exists, become, scope_of_seat
from tests.proof.world import PLACES, Seat, World, named

if TYPE_CHECKING:
    from uuid import UUID

    import psycopg

Probe = tuple[object, ...]
Facts = dict[str, Any]
May = Callable[[Seat, Facts], bool]


def always(_seat: Seat, _facts: Facts) -> bool:
    """Whatever the matter is."""
    return True


def never(_seat: Seat, _facts: Facts) -> bool:
    """What no app may do to it."""
    return False


sees = expectation.sees_matter


def rating(*, released: bool) -> May:
    """Read by the county, and once released by whoever did the work."""
    return partial(expectation.sees_rating, released=released)


def result(*, released: bool) -> May:
    """Read as a rating is, and by the centre that takes it in."""
    return partial(expectation.sees_result, released=released)


def cause(seat: Seat, facts: Facts) -> bool:
    """Why a recheck was ordered: the county's centre alone, where it sees the matter."""
    return seat.role == "county_dispatcher" and sees(seat, facts)


def party(seat: Seat, facts: Facts) -> bool:
    """Written where its place is covered and the matter seen."""
    return expectation.changes_party(seat, facts["place"], facts)


@dataclass(frozen=True, slots=True)
class Beside:
    """A row that hangs on a matter: how the world names it, and who may do what to it."""

    table: str
    name: str
    reads: May = sees
    adds: May | None = sees
    changes: May = never
    removes: May = never
    fresh: tuple[tuple[str, object], ...] = ()
    """Columns that an added row needs other values in, so that no uniqueness stands in its way."""


BESIDE = (
    Beside("matters_note", "note"),
    Beside("matters_order", "order", changes=sees, removes=sees),
    Beside("matters_former_end", "former end"),
    Beside("matters_meeting", "meeting", adds=None, changes=sees, removes=sees),
    Beside("matters_attendance", "attendance", adds=None, changes=sees, removes=sees),
    Beside("matters_application", "application", adds=None, changes=sees, removes=sees),
    Beside("matters_referral", "referral", adds=None, changes=sees, removes=sees),
    Beside("matters_external_case", "case", adds=None, changes=sees, removes=sees),
    Beside("matters_visit", "visit"),
    Beside("matters_supervision", "supervision", changes=sees, removes=sees),
    Beside("matters_leader_note", "leader note", changes=sees, removes=sees),
    Beside("matters_escalation", "escalation", fresh=(("deadline_no", 2),)),
    Beside("journal_file", "file", changes=sees, removes=sees),
    Beside("journal_line", "line", reads=expectation.sees_line, adds=always),
    Beside("matters_party", "concerned", adds=never, changes=party, removes=party, fresh=(("matter_id", None),)),
    Beside(
        "matters_party", "party", reads=expectation.sees_original, adds=never, changes=expectation.sees_original,
        removes=expectation.sees_original, fresh=(("matter_id", None),),
    ),
    Beside("matters_rating", "held rating", reads=rating(released=False), fresh=(("round", 3),)),
    Beside("matters_rating", "released rating", reads=rating(released=True), fresh=(("round", 3),)),
    Beside("matters_external_result", "held result", reads=result(released=False)),
    Beside("matters_external_result", "released result", reads=result(released=True)),
    Beside("matters_recheck", "recheck", changes=sees, removes=sees),
    Beside("matters_recheck_cause", "recheck cause", reads=cause, adds=cause, changes=cause, removes=cause),
    Beside(
        "matters_publication", "publication", reads=expectation.publishes, adds=expectation.publishes,
        changes=expectation.publishes, removes=expectation.publishes, fresh=(("state", "refused"),),
    ),
    Beside("matters_signed_sheet", "order sheet"),
    Beside("matters_signed_sheet", "answer sheet"),
    Beside(
        "matters_theme_matter", "in theme", reads=rating(released=False), adds=None,
        changes=rating(released=False), removes=rating(released=False),
    ),
)  # fmt: skip


def beside(
    app: psycopg.Connection[Any], owner: psycopg.Connection[Any], world: World, seats: list[Seat], matters: list[UUID]
) -> Iterator[Probe]:
    """Four statements on every row beside a matter, by every seat."""
    rows = {
        (one, ident): _row(owner, one, named(one.name, *world.matters[ident]["how"]))
        for one in BESIDE
        for ident in matters
    }
    for seat in seats:
        scope = scope_of_seat(seat)
        with app.transaction():
            become(app, scope)
            for (one, ident), row in rows.items():
                yield from _four(app, one, row, (seat, world.matters[ident]))


def _row(owner: psycopg.Connection[Any], one: Beside, ident: UUID) -> dict[str, Any]:
    """The row as the owner sees it, without what the database counts by itself."""
    found = owner.execute(
        f"SELECT to_jsonb(t) - 'seq' - 'xid' FROM {one.table} t WHERE id = %s".encode(), [ident]
    ).fetchone()
    assert found is not None, f"the world has no {one.name}"
    row: dict[str, Any] = found[0]
    return row


def _four(app: psycopg.Connection[Any], one: Beside, row: dict[str, Any], whom: tuple[Seat, Facts]) -> Iterator[Probe]:
    seat, facts = whom
    what = (one.name, *facts["how"])
    found = _exists(app, one.table, row["id"])
    yield one.reads(seat, facts), found, seat.role, "reads", *what
    done = _changed(app, f"UPDATE {one.table} SET id = id WHERE id = %s", [row["id"]])
    yield one.changes(seat, facts), done, seat.role, "changes", *what
    done = _changed(app, f"DELETE FROM {one.table} WHERE id = %s", [row["id"]])
    yield one.removes(seat, facts), done, seat.role, "removes", *what
    if one.adds is None:
        return
    fresh = {**row, **dict(one.fresh), "id": str(uuid4())}
    if fresh.get("matter_id", "") is None:
        fresh["matter_id"] = fresh["id"]  # as a report does, whose matter comes with it; keys are checked at the end
    names = ", ".join(f'"{name}"' for name in row if (one.table, name) not in filled_by_itself())
    add = f"INSERT INTO {one.table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{one.table}, %s::jsonb)"
    yield one.adds(seat, facts), _changed(app, add, [json.dumps(fresh)]), seat.role, "adds", *what


WAYS = {
    "by number": "SELECT 1 FROM matters_matter WHERE number = %(number)s",
    "by slip": "SELECT 1 FROM matters_matter WHERE slip_hash = %(slip)s",
    "by place": "SELECT 1 FROM matters_matter WHERE place = %(place)s AND id = %(id)s",
    "by unit": "SELECT 1 FROM matters_matter WHERE unit_id IS NOT DISTINCT FROM %(unit)s AND id = %(id)s",
    "counted": "SELECT 1 FROM matters_matter WHERE id = %(id)s HAVING count(*) > 0",
    "through its note": "SELECT 1 FROM matters_note n JOIN matters_matter m ON m.id = matter_id WHERE n.id = %(note)s",
    "through its place": "SELECT 1 FROM territory_place JOIN matters_matter ON place = code WHERE id = %(id)s",
    "exported": "SELECT 1 FROM (SELECT to_jsonb(m)::text t FROM matters_matter m) x WHERE t LIKE %(like)s",
    "in a list": "SELECT 1 FROM (SELECT id FROM matters_matter ORDER BY due_at, id LIMIT 500) x WHERE id = %(id)s",
    "by words": "SELECT 1 FROM find_matters('涵洞', 0, 999999999999999, 100000) AS found WHERE found = %(id)s",
    "locked": "SELECT 1 FROM matters_matter WHERE id = %(id)s FOR UPDATE",
}
"""How a product's channels come by a matter: each must show it to whom the policy says, and to nobody else."""


def ways(app: psycopg.Connection[Any], world: World, seats: list[Seat], matters: list[UUID]) -> Iterator[Probe]:
    """Every way to every matter, by every seat; and that a matter may be removed by no more than see it."""
    numbers = {ident: f"P-{n:04}" for n, ident in enumerate(world.matters)}
    for seat in seats:
        scope = scope_of_seat(seat)
        with app.transaction():
            become(app, scope)
            for ident in matters:
                facts = world.matters[ident]
                asked = {
                    "id": ident, "number": numbers[ident], "slip": ident.bytes * 2, "place": facts["place"],
                    "unit": facts["unit"], "note": named("note", *facts["how"]),
                    "like": f"%{numbers[ident]}%",
                }  # fmt: skip
                for way, query in WAYS.items():
                    found = app.execute(query.encode(), asked).fetchone() is not None
                    yield sees(seat, facts), found, seat.role, "finds", way, facts
                done = _changed(app, "DELETE FROM matters_matter WHERE id = %s", [ident])
                yield sees(seat, facts), done, seat.role, "removes matter", facts
            yield from _counts(app, world, seat)


def _counts(app: psycopg.Connection[Any], world: World, seat: Seat) -> Iterator[Probe]:
    """How many matters a seat counts, at every relation, with every other row beside them."""
    for relation in {facts["relation"] for facts in world.matters.values()}:
        of = {ident: facts for ident, facts in world.matters.items() if facts["relation"] == relation}
        for one in BESIDE:
            ids = [named(one.name, *facts["how"]) for facts in of.values()]
            query = f"SELECT count(*) FROM {one.table} WHERE id = ANY(%s)"
            (found,) = app.execute(query.encode(), [ids]).fetchone() or (None,)
            yield sum(one.reads(seat, facts) for facts in of.values()), found, seat.role, "counts", one.name, relation


AT_PLACES = ("insight_tally", "insight_backlog", "accounts_access_line", "roster_assignment")


PLACED = ("insight_tally", "insight_backlog", "registry_import_batch", "registry_suspect", "territory_boundary_file")
"""Tables of which a row is seen and changed by place alone."""


def places(app: psycopg.Connection[Any], seats: list[Seat]) -> Iterator[Probe]:
    """Tables that know nothing but a place: figures, the log of reads, who helps which household."""
    for seat in seats:
        scope = scope_of_seat(seat)
        with app.transaction():
            become(app, scope)
            for relation, place in PLACES.items():
                covered = expectation.covers(seat, place)
                for table in PLACED:
                    found = app.execute(f"SELECT 1 FROM {table} WHERE place = %s".encode(), [place]).fetchone()
                    yield covered, found is not None, seat.role, "reads", table, relation
                    done = _changed(app, f"DELETE FROM {table} WHERE place = %s", [place])
                    yield covered, done, seat.role, "removes", table, relation
                yield (
                    True,
                    _exists(app, "territory_boundary", named("boundary", relation)),
                    seat.role,
                    "reads",
                    relation,
                )
                done = _changed(app, "DELETE FROM territory_boundary WHERE place = %s", [place])
                yield covered, done, seat.role, "removes territory_boundary", relation
                line = [named("access", relation)]
                found = app.execute("SELECT 1 FROM accounts_access_line WHERE id = %s", line).fetchone()
                yield covered, found is not None, seat.role, "reads the log of reads", relation
                for verb in ("UPDATE accounts_access_line SET id = id", "DELETE FROM accounts_access_line"):
                    yield False, _changed(app, f"{verb} WHERE id = %s", line), seat.role, verb, relation
                told = expectation.learns_of_helpers(seat, place)
                for sort in ("help", "case"):
                    tie = [named(sort, relation)]
                    found = app.execute("SELECT 1 FROM roster_assignment WHERE id = %s", tie).fetchone()
                    yield told, found is not None, seat.role, "reads whose it is", sort, relation
                    done = _changed(app, "DELETE FROM roster_assignment WHERE id = %s", tie)
                    yield told, done, seat.role, "removes whose it is", sort, relation


def offices(app: psycopg.Connection[Any], world: World, seats: list[Seat]) -> Iterator[Probe]:
    """What offices keep for themselves: the words that no published text may hold, views of the queue, ledgers."""
    word = [named("guarded word")]
    for seat in seats:
        with app.transaction():
            become(app, scope_of_seat(seat))
            found = app.execute("SELECT 1 FROM matters_guarded_word WHERE id = %s", word).fetchone() is not None
            yield expectation.reads_guarded_words(seat), found, seat.role, "reads guarded words"
            done = _changed(app, "UPDATE matters_guarded_word SET note = 'x' WHERE id = %s", word)
            yield expectation.keeps_guarded_words(seat), done, seat.role, "changes guarded words"
            for other in world.seats.values():
                own = seat.post == other.post
                for table, name, shares in SHARED:
                    one = [named(name, other.role)]
                    query = f"SELECT 1 FROM {table} WHERE id = %s"
                    found = app.execute(query.encode(), one).fetchone() is not None
                    yield own or shares(seat, other), found, seat.role, "reads", name, other.role
                    done = _changed(app, f"UPDATE {table} SET id = id WHERE id = %s", one)
                    yield own, done, seat.role, "changes", name, other.role


def _with_nobody(_seat: Seat, _other: Seat) -> bool:
    return False


SHARED = (
    ("matters_saved_view", "own view", _with_nobody), ("matters_saved_view", "shared view", expectation.same_office),
    ("registry_saved_ledger", "own ledger", _with_nobody),
    ("registry_saved_ledger", "shared ledger", expectation.same_place),
    ("accounts_exported_list", "exported list", _with_nobody), ("accounts_export_piece", "export piece", _with_nobody),
)  # fmt: skip
"""What posts keep, and whom they share it with."""


OFFICES_ONLY = {
    "leader note",
    "held rating", "released rating", "held result", "released result", "party", "recheck cause", "publication",
    "in theme",
}  # fmt: skip
"""What hangs on a matter and is for offices alone: not even the holder of its slip reads it."""


def slips(app: psycopg.Connection[Any], world: World, matters: list[UUID]) -> Iterator[Probe]:
    """The holder of each slip at every matter and what hangs on it: their own, and no other."""
    for held in matters:
        with app.transaction():
            become(app, slip(held.bytes * 2, "matters.follow"))
            for ident, facts in world.matters.items():
                found = _exists(app, "matters_matter", ident)
                yield ident == held, found, "slip of", world.matters[held], "reads matter", facts
            for one in BESIDE:
                for ident in (held, *matters[:3]):
                    row = named(one.name, *world.matters[ident]["how"])
                    seen = ident == held and one.name not in OFFICES_ONLY
                    found = _exists(app, one.table, row)
                    yield seen, found, "slip of", world.matters[held], "reads", one.name, world.matters[ident]


def accounts(app: psycopg.Connection[Any], seats: list[Seat]) -> Iterator[Probe]:
    """A signed-in person who has not chosen a post yet: themselves alone."""
    for seat in seats:
        with app.transaction():
            become(app, public(account=seat.account))
            for other in seats:
                found = app.execute("SELECT 1 FROM registry_person WHERE id = %s", [named("person", other.role)])
                yield seat is other, found.fetchone() is not None, "account of", seat.role, "reads person", other.role


def nobody(app: psycopg.Connection[Any], world: World) -> Iterator[Probe]:
    """The public and a connection without a scope see no row beside any matter; the clock sees each."""
    for name, settings in (("public", settings_of(public())), ("unset", {}), ("clock", settings_of(clock("tick")))):
        with app.transaction():
            for key, value in settings.items():
                app.execute("SELECT set_config(%s, %s, true)", [f"cg.{key}", value])
            for facts in world.matters.values():
                for one in BESIDE:
                    row = named(one.name, *facts["how"])
                    found = _exists(app, one.table, row)
                    yield name == "clock", found, name, "reads", one.name, facts
