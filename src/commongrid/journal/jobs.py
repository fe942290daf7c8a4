"""Journal readers: follow the lines behind a bookmark, and seal them.

A reader handles a batch and moves its bookmark in one transaction, so what it
writes in this database happens exactly once per line.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import connection

from commongrid.journal import attachments, queries
from commongrid.journal.acting import acting
from commongrid.journal.rules import chained
from commongrid.kernel.scope import Scope, clock
from commongrid.kernel.timetable import every

if TYPE_CHECKING:
    from collections.abc import Callable

    from commongrid.journal.queries import LineRow, Position, SealRow

SEALER = clock("journal.seal")
AUDITOR = clock("journal.verify")
_READ = "SELECT timeline, xid::text::bigint, seq FROM journal_bookmark WHERE reader = %s FOR UPDATE"
_BEGIN = """
INSERT INTO journal_bookmark (reader, timeline, xid, seq, at) VALUES (%s, 0, '0', 0, now()) ON CONFLICT DO NOTHING
"""
_MOVE = "UPDATE journal_bookmark SET timeline = %s, xid = %s::text::xid8, seq = %s, at = now() WHERE reader = %s"
_SEAL = """
INSERT INTO journal_seal (n, timeline, xid, seq, lines, head, at)
VALUES (%s, %s, %s::text::xid8, %s, %s, %s, now())
"""


def bookmark(reader: str) -> Position:
    """The reader's bookmark, locked until the transaction ends; made on first use."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [reader])
        cursor.execute(_READ, [reader])
        return queries.Position(*cursor.fetchone())


def move_bookmark(reader: str, position: Position) -> None:
    """Move the reader's bookmark, in the transaction that did the reader's work."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [position.timeline, str(position.xid), position.seq, reader])


def follow(
    reader: str, handle: Callable[[list[LineRow]], None], *, scope: Scope | None = None, batch: int = 1000
) -> int:
    """Hand the next lines to ``handle`` and move the bookmark, in one transaction; returns how many."""
    with acting(scope or clock(reader)):
        rows = queries.lines_after(scope or clock(reader), bookmark(reader), batch)
        if rows:
            handle(rows)
            move_bookmark(reader, rows[-1].position)
        return len(rows)


@every(seconds=3600, name="journal.sweep_files")
def sweep_files() -> int:
    """Delete the bytes of attachments that no row uses any more, or never did; answers how many."""
    return attachments.sweep()


def canonical_line(row: LineRow) -> dict[str, object]:
    """What the seal covers of a line: all but where it belongs now."""
    body = asdict(row)
    del body["place_now"]
    return body


def seal(batch: int = 5000) -> int:
    """Seal the lines since the last seal; returns how many. Takes no lock on the write path."""
    with acting(SEALER):
        position = bookmark("journal.seal")
        rows = queries.lines_after(SEALER, position, batch)
        if not rows:
            return 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT n, head FROM journal_seal ORDER BY n DESC LIMIT 1")
            n, head = cursor.fetchone() or (0, b"")
            head = chained(bytes(head), map(canonical_line, rows))
            last = rows[-1].position
            cursor.execute(_SEAL, [n + 1, last.timeline, str(last.xid), last.seq, len(rows), head])
        move_bookmark("journal.seal", last)
        return len(rows)


@every(seconds=60, name="journal.seal")
def seal_what_is_new() -> int:
    """Seal the lines since the last seal, minute by minute; answers how many."""
    return seal()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of ``verify``: how far the chain holds and where it first breaks."""

    sound: bool
    seals: int
    lines: int
    unsealed: int
    head: str
    broken_at_seal: int | None = None
    reason: str = ""


def verify(expected_head: str = "") -> Verdict:
    """Check every seal against the lines: edit, deletion, insertion, reordering and, with a posted head, a cut."""
    state = _Check()
    marks = queries.seals(AUDITOR)
    for mark in marks:
        if problem := state.check(mark):
            return Verdict(
                sound=False,
                seals=len(marks),
                lines=state.lines,
                unsealed=0,
                head=state.head.hex(),
                broken_at_seal=mark.n,
                reason=problem,
            )
        state.note(mark)
    unsealed = state.unsealed()
    known = {mark.head.hex() for mark in marks}
    cut = bool(expected_head) and expected_head.lower() not in known
    return Verdict(
        sound=not cut,
        seals=len(marks),
        lines=state.lines,
        unsealed=unsealed,
        head=state.head.hex(),
        reason="cut" if cut else "",
    )


class _Check:
    """Walks the chain seal by seal."""

    def __init__(self) -> None:
        self.position = queries.Position()
        self.head = b""
        self.lines = 0
        self.n = 0

    def check(self, mark: SealRow) -> str:
        """Why this seal does not fit, or nothing."""
        if mark.n != self.n + 1:
            return "seal_missing"
        rows = queries.lines_after(AUDITOR, self.position, mark.lines)
        if len(rows) < mark.lines:
            return "lines_missing"
        if rows[-1].position != mark.position:
            return "lines_other"
        if chained(self.head, map(canonical_line, rows)) != mark.head:
            return "content_other"
        return ""

    def note(self, mark: SealRow) -> None:
        """Go on behind this seal."""
        self.position, self.head, self.n = mark.position, mark.head, mark.n
        self.lines += mark.lines

    def unsealed(self) -> int:
        """How many committed lines stand behind the last seal."""
        count, position = 0, self.position
        while rows := queries.lines_after(AUDITOR, position, 5000):
            count, position = count + len(rows), rows[-1].position
        return count
