"""The worker's pulse: when each job last ran, how long it took, how often it has failed in a row.

A table of single rows without place or person, written by the worker alone and
read by ``/readyz``, the metrics, ``commongrid doctor`` and the console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

WORKER = "worker"
"""The row of the worker itself, beaten on every round of its loop."""
CLOCK: Final = "matters.tick"
"""The job that watches deadlines."""
MISSED: Final = 3
_BEAT = """
INSERT INTO journal_pulse (job, at, done_at, ms, handled, fails, every)
VALUES (%(job)s, now(), now(), %(ms)s, %(n)s, 0, %(every)s)
ON CONFLICT (job) DO UPDATE SET at = now(), done_at = now(), ms = %(ms)s, handled = %(n)s, fails = 0, every = %(every)s
"""
_MISS = """
INSERT INTO journal_pulse (job, at, done_at, ms, handled, fails, every)
VALUES (%(job)s, now(), NULL, %(ms)s, 0, 1, %(every)s)
ON CONFLICT (job) DO UPDATE SET at = now(), ms = %(ms)s, fails = journal_pulse.fails + 1, every = %(every)s
"""
_READ = """
SELECT job, at, done_at, ms, handled, fails, every, EXTRACT(EPOCH FROM now() - COALESCE(done_at, at))::float
FROM journal_pulse ORDER BY job
"""


@dataclass(frozen=True, slots=True)
class PulseRow:
    """One job's last round; ``age`` is the seconds since it last ended well."""

    job: str
    at: datetime
    done_at: datetime | None
    ms: int
    handled: int
    fails: int
    every: float
    age: float

    @property
    def missed(self) -> bool:
        """Whether the job has missed three rounds."""
        return self.age > MISSED * max(self.every, 1)


def beat(job: str, *, every: float, ms: int = 0, handled: int = 0) -> None:
    """A round ended well."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, {"job": job, "ms": ms, "n": handled, "every": every})


def miss(job: str, *, every: float, ms: int = 0) -> None:
    """A round failed; the job is tried again at its next time."""
    with connection.cursor() as cursor:
        cursor.execute(_MISS, {"job": job, "ms": ms, "every": every})


def pulses() -> list[PulseRow]:
    """Every job's last round."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return [PulseRow(*row) for row in cursor.fetchall()]
