"""Reads of the journal: history of a thing, lines after a bookmark, the seals.

The order of acts is (timeline, xid, seq). A reader takes only lines whose
transaction is older than every transaction still open, so a line that commits
late is never skipped. This is solved here and nowhere else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from commongrid.journal.acting import acting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the journal as read."""

    id: UUID
    timeline: int
    xid: int
    seq: int
    name: str
    author: str
    post: UUID | None
    role: str
    place: int
    place_now: int
    unit: UUID | None
    subject_kind: str
    subject: UUID | None
    at: datetime
    device_at: datetime | None
    facts: dict[str, Any]

    @property
    def position(self) -> Position:
        """Where it stands in the order of acts."""
        return Position(self.timeline, self.xid, self.seq)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the order of acts; the default is before all."""

    timeline: int = 0
    xid: int = 0
    seq: int = 0


_COLUMNS = """id, timeline, xid::text::bigint, seq, name, author, post, role, place, place_now, unit,
 subject_kind, subject, at, device_at, facts"""
_COMMITTED = """(timeline < (SELECT max(n) FROM journal_timeline) OR xid < pg_snapshot_xmin(pg_current_snapshot()))"""
_AFTER = f"""
SELECT {_COLUMNS} FROM journal_line
WHERE {_COMMITTED} AND (timeline, xid, seq) > (%s::smallint, %s::text::xid8, %s::bigint)
ORDER BY timeline, xid, seq LIMIT %s
"""  # noqa: S608 - constants only
_HISTORY = f"SELECT {_COLUMNS} FROM journal_line WHERE subject = %s ORDER BY at, seq LIMIT %s"  # noqa: S608 - constants only
_ABOUT = f"SELECT {_COLUMNS} FROM journal_line WHERE subject = ANY(%s) ORDER BY at, seq"  # noqa: S608 - constants only
_ONE = f"SELECT {_COLUMNS} FROM journal_line WHERE id = %s"  # noqa: S608 - constants only
_OF_A_DAY = f"""
SELECT {_COLUMNS} FROM journal_line
WHERE place_now BETWEEN %(lo)s AND %(hi)s AND at >= %(begins)s AND at < %(ends)s
  AND (%(name)s = '' OR name = %(name)s) AND (%(post)s::uuid IS NULL OR post = %(post)s::uuid)
  AND (%(subject)s::uuid IS NULL OR subject = %(subject)s::uuid)
ORDER BY at DESC, seq DESC LIMIT %(limit)s OFFSET %(first)s
"""  # noqa: S608 - constants only
_OF_PLACE = f"""
SELECT {_COLUMNS} FROM journal_line
WHERE place_now BETWEEN %s AND %s ORDER BY at DESC LIMIT %s
"""  # noqa: S608 - constants only


def _rows(sql: str, parameters: list[Any] | dict[str, Any]) -> list[LineRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [
            LineRow(*row[:15], facts=json.loads(row[15]) if isinstance(row[15], str) else row[15])  # type: ignore[misc]
            for row in cursor.fetchall()
        ]


def history(scope: Scope, subject: UUID, limit: int = 500) -> list[LineRow]:
    """What was done to a thing, oldest first, as far as the scope may see it."""
    with acting(scope):
        return _rows(_HISTORY, [subject, limit])


def line(scope: Scope, act: UUID) -> LineRow | None:
    """The line of one act, if the scope may see it."""
    with acting(scope):
        return next(iter(_rows(_ONE, [act])), None)


def called(scope: Scope, acts: Collection[UUID]) -> dict[UUID, str]:
    """The names of these acts, as far as the scope may see their lines."""
    if not acts:
        return {}
    with acting(scope), connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM journal_line WHERE id = ANY(%s)", [list(acts)])
        return dict(cursor.fetchall())


def lines_about(scope: Scope, subjects: Sequence[UUID]) -> list[LineRow]:
    """What was done to several things, oldest first, as far as the scope may see it."""
    if not subjects:
        return []
    with acting(scope):
        return _rows(_ABOUT, [list(subjects)])


@dataclass(frozen=True, slots=True, kw_only=True)
class OfADay:
    """Which lines of a stretch of time are wanted; empty means all."""

    begins: datetime
    ends: datetime
    name: str = ""
    post: UUID | None = None
    subject: UUID | None = None


def lines_of_a_day(scope: Scope, wanted: OfADay, *, first: int = 0, limit: int = 100) -> list[LineRow]:
    """Lines in the scope's area, the newest first, as far as the scope may see what they are about."""
    values = {
        "lo": scope.lo, "hi": scope.hi, "begins": wanted.begins, "ends": wanted.ends, "name": wanted.name,
        "post": wanted.post, "subject": wanted.subject, "first": first, "limit": limit,
    }  # fmt: skip
    with acting(scope):
        return _rows(_OF_A_DAY, values)


def lines_of_places(scope: Scope, lo: int, hi: int, limit: int = 50) -> list[LineRow]:
    """The newest lines within an interval of places, newest first."""
    with acting(scope):
        return _rows(_OF_PLACE, [lo, hi, limit])


def lines_after(scope: Scope, position: Position, limit: int = 1000) -> list[LineRow]:
    """The next committed lines after a position, in the order of acts; never skips one that commits late."""
    with acting(scope):
        return _rows(_AFTER, [position.timeline, str(position.xid), position.seq, limit])


def all_lines(scope: Scope, batch: int = 5000) -> Iterator[LineRow]:
    """Every committed line in order, in batches of one transaction each."""
    position = Position()
    while rows := lines_after(scope, position, batch):
        yield from rows
        position = rows[-1].position


@dataclass(frozen=True, slots=True)
class SealRow:
    """One seal: the chain's head after ``lines`` lines up to ``position``."""

    n: int
    position: Position
    lines: int
    head: bytes
    at: datetime


def seals(scope: Scope) -> list[SealRow]:
    """All seals, oldest first."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute("SELECT n, timeline, xid::text::bigint, seq, lines, head, at FROM journal_seal ORDER BY n")
        return [SealRow(n, Position(t, x, s), lines, bytes(head), at) for n, t, x, s, lines, head, at in cursor]
