"""Readers never skip a late commit; seals find what was changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from commongrid.journal import jobs, queries
from commongrid.journal.acting import acting
from commongrid.journal.actions import ACTIONS, Line, action
from commongrid.kernel.act import Act
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.bed import Database

PATIENCE = 10.0
VILLAGE = 990101001001000
SCOPE = scope_at(VILLAGE, "try.it")


def _attempt(scope: Scope, act: Act, *, n: int) -> Line:
    """Stand in for any action."""
    return Line(place=VILLAGE, subject=act.id, subject_kind="trial", facts={"n": n})


attempt = action("trial.counted", power="try.it", facts=("n",))(_attempt)
ACTIONS.pop("trial.counted")
LATE = """
INSERT INTO journal_line (id, timeline, name, author, role, place, place_now, subject_kind, at, facts, answer)
VALUES (gen_random_uuid(), 1, 'trial.counted', 'post:x', '', 990101001001000, 990101001001000, '', now(), %s, '{}')
"""


def _read(reader: str, count: int = 0) -> list[int]:
    """What the reader sees; waits for ``count`` lines, because any open write in the cluster holds readers back."""
    seen: list[int] = []
    until = time.monotonic() + PATIENCE
    while True:
        while jobs.follow(reader, lambda rows: seen.extend(row.facts["n"] for row in rows), batch=2):
            pass
        if len(seen) >= count or time.monotonic() > until:
            return seen
        time.sleep(0.05)


def _stumble() -> None:
    """Fail at the first line that comes."""
    while True:
        jobs.follow("r", lambda rows: rows[0].facts["n"] / 0)


def _wait(count: int) -> None:
    """Until the cluster's other writers let so many lines be seen that no seal has taken in."""
    until = time.monotonic() + PATIENCE
    while len(_unsealed()) < count and time.monotonic() < until:
        time.sleep(0.02)


def _seal(count: int) -> None:
    """Seal exactly this many lines."""
    _wait(count)
    assert jobs.seal() == count


def _unsealed() -> list[queries.LineRow]:
    """What a seal would take in at this moment."""
    with acting(jobs.SEALER):
        return queries.lines_after(jobs.SEALER, jobs.bookmark("journal.seal"), 100)


def test_reader_takes_each_line_once(database: Database) -> None:
    for n in range(5):
        attempt(SCOPE, Act.new(), n=n)
    assert _read("r", 5) == [0, 1, 2, 3, 4]
    assert _read("r") == []
    attempt(SCOPE, Act.new(), n=5)
    assert _read("r", 1) == [5]


def test_reader_never_skips_a_line_that_commits_late(database: Database) -> None:
    attempt(SCOPE, Act.new(), n=0)
    with psycopg.connect(database.url("owner")) as late:
        late.execute(LATE, ['{"n": 1}'])
        attempt(SCOPE, Act.new(), n=2)
        assert _read("r", 1) == [0]
        assert _read("r") == []
        late.commit()
    assert _read("r", 2) == [1, 2]


def test_reader_that_fails_reads_again(database: Database) -> None:
    attempt(SCOPE, Act.new(), n=7)
    with pytest.raises(ZeroDivisionError):
        _stumble()
    assert _read("r", 1) == [7]


def test_lines_of_earlier_timelines_count_as_committed(database: Database) -> None:
    attempt(SCOPE, Act.new(), n=1)
    with database.as_role("owner") as owner:
        owner.execute("INSERT INTO journal_timeline VALUES (2, now(), 'restore')")
        with psycopg.connect(database.url("owner")) as open_one:
            open_one.execute(LATE, ['{"n": 9}'])
            assert _read("r", 1) == [1]
            open_one.rollback()
    attempt(SCOPE, Act.new(), n=2)
    assert _read("r", 1) == [2]


@pytest.fixture
def sealed(database: Database) -> Database:
    """Six lines under three seals."""
    for n in range(6):
        attempt(SCOPE, Act.new(), n=n)
        if n % 2:
            _seal(2)
    return database


def test_verify_is_sound_and_counts(sealed: Database) -> None:
    attempt(SCOPE, Act.new(), n=6)
    _wait(1)
    verdict = jobs.verify()
    assert (verdict.sound, verdict.seals, verdict.lines, verdict.unsealed) == (True, 3, 6, 1)
    assert jobs.verify(verdict.head).sound
    _seal(1)
    assert jobs.seal() == 0


def test_verify_stays_sound_after_a_recode(sealed: Database) -> None:
    with sealed.as_role("owner") as owner:
        owner.execute("UPDATE journal_line SET place_now = place_now + 1000")
    assert jobs.verify().sound


TAMPER = {
    "edit": "UPDATE journal_line SET facts = '{\"n\": 99}' WHERE facts->>'n' = '2'",
    "delete": "DELETE FROM journal_line WHERE facts->>'n' = '2'",
    "insert": "INSERT INTO journal_line"
    " (id, timeline, xid, seq, name, author, role, place, place_now, subject_kind, at, facts, answer)"
    " OVERRIDING SYSTEM VALUE SELECT gen_random_uuid(), timeline, xid, -1, name, author, role,"
    " place, place_now, subject_kind, at, facts, answer FROM journal_line WHERE facts->>'n' = '2'",
    "reorder": "UPDATE journal_line SET xid = (SELECT (max(xid::text::bigint))::text::xid8 FROM journal_line)"
    " WHERE facts->>'n' = '0'",
    "drop a seal": "DELETE FROM journal_seal WHERE n = 2",
    "cut the end": "DELETE FROM journal_seal WHERE n = 3",
    "cut lines and seals": "DELETE FROM journal_seal WHERE n = 3;"
    " DELETE FROM journal_line WHERE facts->>'n' IN ('4', '5')",
    "change a head": "UPDATE journal_seal SET head = sha256('x') WHERE n = 1",
}


@pytest.mark.parametrize("how", list(TAMPER))
def test_verify_finds(sealed: Database, how: str) -> None:
    head = jobs.verify().head
    with sealed.as_admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(TAMPER[how])
    verdict = jobs.verify(head)
    assert not verdict.sound
    assert verdict.reason


def test_all_lines_pages_through(database: Database) -> None:
    for n in range(5):
        attempt(SCOPE, Act.new(), n=n)
    assert _read("r", 5) == [0, 1, 2, 3, 4]  # the cluster's other writers let it
    assert [row.facts["n"] for row in queries.all_lines(jobs.AUDITOR, batch=2)] == [0, 1, 2, 3, 4]
