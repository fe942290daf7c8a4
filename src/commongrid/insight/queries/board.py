"""Counts by place: the county's from the tallies, smaller ones from the matters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection

from commongrid.insight.queries.chosen import Values, days_of, of_whom, opened_within
from commongrid.insight.rules import SERIES
from commongrid.journal.acting import acting
from commongrid.kernel.clock import localise
from commongrid.kernel.places import interval, level_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.insight.rules import Question
    from commongrid.kernel.scope import Scope

READER = "insight.tally"
_ROWS = """
SELECT p.code, p.level, p.name, p.name_en, COALESCE(t.opened, 0)::int, COALESCE(t.closed, 0)::int,
  COALESCE(t.with_deadline, 0)::int, COALESCE(t.on_time, 0)::int, COALESCE(t.reopened, 0)::int,
  COALESCE(b.open, 0)::int, COALESCE(o.late, 0)::int
FROM territory_place p LEFT JOIN ({counted}) t ON t.place = p.code LEFT JOIN ({backlog}) b ON b.place = p.code
LEFT JOIN ({late}) o ON o.place = p.code
WHERE (p.parent = %(code)s AND p.level = ANY(%(levels)s) OR p.code = %(code)s)
  AND (p.valid_to IS NULL OR t.opened > 0 OR b.open > 0)
ORDER BY p.code <> %(code)s, p.sort_key, p.code
"""
_TALLIES = """
SELECT t.place, sum(t.opened) AS opened, sum(t.closed) AS closed, sum(t.with_deadline) AS with_deadline,
  sum(t.on_time) AS on_time, sum(t.reopened) AS reopened
FROM insight_tally t WHERE (t.level = %(below)s AND t.place BETWEEN %(lo)s AND %(hi)s AND t.place <> %(code)s
  OR t.level = 'place' AND t.place = %(code)s) AND {days} AND {series} GROUP BY t.place
"""
_BACKLOG = """
SELECT t.place, sum(t.open) AS open
FROM insight_backlog t WHERE (t.level = %(below)s AND t.place BETWEEN %(lo)s AND %(hi)s AND t.place <> %(code)s
  OR t.level = 'place' AND t.place = %(code)s) AND {series} GROUP BY t.place
"""
_LIVE = """
SELECT m.place_then / {unit} * {unit} AS place,
  count(*) AS opened, count(*) FILTER (WHERE m.closed_at <= %(at)s) AS closed,
  count(*) FILTER (WHERE m.closed_at <= %(at)s AND m.finish_due_at IS NOT NULL) AS with_deadline,
  count(*) FILTER (WHERE m.closed_at <= %(at)s AND COALESCE(m.finished_at, m.closed_at) <= m.finish_due_at) AS on_time,
  count(*) FILTER (WHERE m.reopened > 0 OR o.reopened) AS reopened
FROM matters_matter m LEFT JOIN matters_origin o ON m.batch IS NOT NULL AND o.matter_id = m.id AND o.reopened
WHERE {whom} AND NOT m.sealed AND {period} GROUP BY 1
"""
_OPEN = """
SELECT m.place_then / {unit} * {unit} AS place, count(*) AS {name} FROM matters_matter m
WHERE {whom} AND NOT m.sealed AND m.closed_at IS NULL AND {more} GROUP BY 1
"""
_WAITING = """
SELECT w.place, count(*) AS open FROM (
  SELECT {place} AS place FROM matters_matter m
  WHERE {whom} AND NOT m.sealed AND m.closed_at IS NULL AND m.opened_at <= %(at)s
  UNION ALL SELECT {place} FROM matters_matter m
  WHERE {whom} AND NOT m.sealed AND m.merged_into_id IS NOT NULL AND m.closed_at > %(at)s AND m.opened_at <= %(at)s
) w GROUP BY 1
"""
"""What waits now; a merged matter waits until its lead is over."""

_READY = """
SELECT c.at, s.* FROM insight_counted c LEFT JOIN LATERAL (
SELECT series, sum(opened)::int, sum(closed)::int, sum(with_deadline)::int, sum(on_time)::int, sum(reopened)::int,
  COALESCE((SELECT b.open FROM insight_backlog b
    WHERE b.level = %(level)s AND b.place = %(code)s AND b.series = t.series), 0)::int
FROM insight_tally t WHERE level = %(level)s AND place = %(code)s AND {days} GROUP BY series
) s ON true WHERE c.reader = %(reader)s
"""
UNITS = {"county": 1_000_000, "township": 1_000, "village": 1}
BELOW = {
    "county": ("township",),
    "township": ("village",),
    "village": ("grid", "natural_village", "villager_group"),
}


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One place's counts: opened in the period, what became of those, and what waits now whenever it was opened."""

    code: int
    level: str
    name: str
    name_en: str
    opened: int
    closed: int
    with_deadline: int
    on_time: int
    reopened: int
    backlog: int
    late: int

    def label(self, language: str) -> str:
        """The name in a language ("zh" or "en")."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Total:
    """One series' counts of a whole place, from the tallies."""

    opened: int = 0
    closed: int = 0
    with_deadline: int = 0
    on_time: int = 0
    reopened: int = 0
    backlog: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """Counts of a place's parts, without sealed matters. ``own``: matters at the place itself, not in any part."""

    own: BoardRow | None
    parts: tuple[BoardRow, ...]
    counted_at: datetime
    tallied: bool

    @property
    def opened(self) -> int:
        """All that were opened in the period."""
        return sum(row.opened for row in self.parts) + (self.own.opened if self.own else 0)

    @property
    def backlog(self) -> int:
        """All that are open now."""
        return sum(row.backlog for row in self.parts) + (self.own.backlog if self.own else 0)


@dataclass(frozen=True, slots=True)
class Ready:
    """That the tallies can answer: for which whole days (the last not included), and up to when they are complete."""

    first: date | None
    end: date | None
    at: datetime
    totals: Mapping[str, Total]
    """Counts of the whole place by series."""


def ready(scope: Scope, code: int, first: date | None, end: date | None) -> Ready | None:
    """Whether the tallies can answer for a county or township in whole days; None where matters must be counted.

    They serve scopes that reach beyond one township, from the first count on.
    """
    if not _wide(scope) or level_of(code) not in ("county", "township"):
        return None
    period, values = days_of(first, end)
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_READY.format(days=period), values | {"level": level_of(code), "code": code, "reader": READER})
        rows = cursor.fetchall()
    found = {row[1]: Total(*row[2:]) for row in rows if row[1]}
    return Ready(first, end, rows[0][0], {one: found.get(one, Total()) for one in SERIES}) if rows else None


def board(scope: Scope, code: int, question: Question, tallies: Ready | None = None) -> Board:
    """Counts of the parts of a place: townships of a county, villages of a township, grids of a village.

    With ``tallies`` from them, at most some seconds old; without, or where a
    kind is asked for, from the matters themselves.
    """
    level = level_of(code) if level_of(code) in BELOW else "village"
    if tallies and not question.kinds:
        counted, backlog, values = _tallied(level, code, tallies, question)
    else:
        tallies = None
        counted, backlog, values = _counted(scope, level, question)
    whom, more = of_whom(question, scope)
    late = _OPEN.format(unit=UNITS[level], name="late", whom=whom, more="m.due_at < %(at)s")
    values |= more | {"code": code, "levels": list(BELOW[level])}
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_ROWS.format(counted=counted, backlog=backlog, late=late), values)
        rows = [BoardRow(*row) for row in cursor]
    own = next((row for row in rows if row.code == code), None)
    parts = tuple(row for row in rows if row.code != code)
    shown = own if own and (own.opened or own.backlog) else None
    return Board(shown, parts, tallies.at if tallies else question.at, tallied=tallies is not None)


def _wide(scope: Scope) -> bool:
    """Whether the scope reaches over more than one township, without narrowing."""
    return scope.narrow == "" and scope.hi - scope.lo >= UNITS["county"]


def _tallied(level: str, code: int, tallies: Ready, question: Question) -> tuple[str, str, Values]:
    period, values = days_of(tallies.first, tallies.end)
    lo, hi = interval(code)
    series = "t.series = %(series)s" if question.series else "true"
    values |= {"below": "township" if level == "county" else "place", "lo": lo, "hi": hi}
    return _TALLIES.format(days=period, series=series), _BACKLOG.format(series=series), values


def _counted(scope: Scope, level: str, question: Question) -> tuple[str, str, Values]:
    whom, values = of_whom(question, scope)
    period, more = opened_within(question)
    unit = UNITS[level]
    counted = _LIVE.format(unit=unit, whom=whom, period=period)
    return counted, _WAITING.format(place=f"m.place_then / {unit} * {unit}", whom=whom), values | more


def lying(scope: Scope, code: int, question: Question) -> Counter[int]:
    """How many matters wait now at each place of a village, by where they lie today and not by where they began."""
    whom, values = of_whom(replace(question, lo=None), scope)
    lo, hi = interval(code)
    asked = _WAITING.format(place="m.place", whom=f"{whom} AND m.place BETWEEN %(lo)s AND %(hi)s")
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(asked, values | {"lo": lo, "hi": hi})
        return Counter(dict(cursor.fetchall()))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in the county."""
    return localise(datetime(day.year, day.month, day.day), zone).at  # noqa: DTZ001 - local until localised
