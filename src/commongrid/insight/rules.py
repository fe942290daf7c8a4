"""What the figures of the loop mean.

Over the matters *opened* in [begin, end): how many, how many of them *closed*
by the moment ``at``, and how long that took from opening to closing. Elapsed
time, every second of it, nights and holidays too. ``backlog`` looks at another
set: all that were opened by ``at`` and not closed then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from commongrid.kernel.clock import localise
from commongrid.kernel.moments import UnreadableDate, read_moment
from commongrid.kernel.refusals import N_, BadInput

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SERIES = ("asked", "patrol", "systems", "register")
WITHIN_DAYS = (7, 15, 30)
MICROSECONDS = 1_000_000
DAY = 86_400 * MICROSECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which matters are asked about, and as of when.

    ``begin`` is included, ``end`` is not; either may be open. ``lo`` to ``hi``
    is the interval of a place, compared with the place a matter had on its day.
    ``kinds`` are the codes meant, none for all; ``series`` empty for all four.
    """

    at: datetime
    begin: datetime | None = None
    end: datetime | None = None
    lo: int | None = None
    hi: int | None = None
    kinds: tuple[str, ...] = ()
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFigures:
    """The figures of the loop (闭环数据).

    ``median_seconds`` and ``p90_seconds`` (linear interpolation between
    neighbours) and ``within_*`` (at most that many times 24 hours, both ends
    included) are over the closed ones. ``on_time`` is how many of the closed
    that had a deadline were done by it; ``reopened`` how many of those where
    it is known were reopened by ``at``; ``satisfied`` how many of the closed
    whose person answered were satisfied. These three are None where no matter
    qualifies, which is something else than 0. ``not_rated`` are those closed
    though nobody said what they think, ``disagrees`` those closed over the
    reporter's word after the county's review: both always counted. A merged
    matter counts in its own series and is closed when its lead is.
    ``flagged`` matters came from an
    older system with doubtful dates; they are in no other figure.
    """

    count: int
    closed: int
    open: int
    median_seconds: float | None
    p90_seconds: float | None
    within_7d: int
    within_15d: int
    within_30d: int
    on_time: int | None
    reopened: int | None
    satisfied: int | None
    backlog: int
    with_deadline: int
    reopening_known: int
    rated: int
    flagged: int
    not_rated: int = 0
    disagrees: int = 0


def instant(text: str, zone: ZoneInfo) -> datetime:
    """A moment as a person writes it: a bare date is its first minute in the county's zone, an offset is honoured.

    Refuses: BadInput for what can't be read.
    """
    try:
        at = read_moment(text)
    except UnreadableDate:
        sentence = N_('"%(written)s" is not a date. Write 2024-04-16 or 2024-04-16T03:05:00.')
        raise BadInput(sentence, written=text[:40]) from None
    return at.astimezone(UTC) if at.tzinfo else localise(at, zone).at


def checked_period(begin: datetime | None, end: datetime | None) -> None:
    """Refuse a period that ends before it begins."""
    if begin and end and end < begin:
        raise BadInput(N_("The period ends before it begins."))


def seconds(microseconds: float | None) -> float | int | None:
    """Microseconds as seconds, a whole number where it is one."""
    if microseconds is None:
        return None
    value = round(microseconds / MICROSECONDS, 6)
    return int(value) if value == int(value) else value
