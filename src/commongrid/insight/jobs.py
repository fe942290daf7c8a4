"""Keeping the tallies: a reader of the journal that counts again the days on which anything changed.

A line of the journal says which matter or which import it is about; the days on
which those were opened are counted again from the matters themselves and the
difference is written. So a line read twice is harmless, and what a line means
needs no second understanding here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from commongrid.journal.acting import acting
from commongrid.journal.jobs import bookmark, follow
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from commongrid.journal.queries import LineRow

READER = "insight.tally"
SCOPE = clock(READER, "figures.read")
RIPENING = "insight.ripen"
ROUNDS = 50
"""Batches in one go; what is left comes in the next."""

SILENT = frozenset(
    f"matters.{name}"
    for name in (
        "warned", "overdue", "fell", "supervised", "replied", "ratings_released", "reply_awaited", "reply_missed",
        "recounted", "check_awaited", "check_overdue", "left_without_body", "note_overdue", "added", "added_for",
        "grid_ended",
    )
)  # fmt: skip
"""Acts that change nothing a tally counts; the clock may leave thousands of them at once."""

MONTH = timedelta(days=31)
Days = tuple[date, date]

_OPENED_ON = """
SELECT DISTINCT (opened_at AT TIME ZONE %(zone)s)::date FROM matters_matter
WHERE id = ANY(%(ids)s) OR merged_into_id = ANY(%(ids)s)
"""
_RIPE = """
SELECT DISTINCT (opened_at AT TIME ZONE %(zone)s)::date FROM matters_matter
WHERE batch IS NOT NULL AND closed_at <= now()
  AND closed_at > COALESCE((SELECT at FROM insight_counted WHERE reader = %(reader)s), now() - interval '31 days')
"""
_RECOUNT = """
WITH counted AS MATERIALIZED (
  SELECT m.place_then / 1000 * 1000 AS place, (m.opened_at AT TIME ZONE %(zone)s)::date AS day, m.series,
    count(*) AS opened, count(*) FILTER (WHERE m.closed_at <= now()) AS closed,
    count(*) FILTER (WHERE m.closed_at <= now() AND m.finish_due_at IS NOT NULL) AS with_deadline,
    count(*) FILTER (WHERE m.closed_at <= now() AND COALESCE(m.finished_at, m.closed_at) <= m.finish_due_at) AS on_time,
    count(*) FILTER (WHERE m.reopened > 0 OR o.reopened) AS reopened
  FROM matters_matter m LEFT JOIN matters_origin o ON m.batch IS NOT NULL AND o.matter_id = m.id AND o.reopened
  WHERE m.opened_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
    AND m.opened_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s AND m.doubt = ''
    AND NOT m.sealed AND m.parent_id IS NULL
  GROUP BY 1, 2, 3
), fresh AS MATERIALIZED (
  SELECT l.level, l.place, c.day, c.series, sum(opened)::int AS opened, sum(closed)::int AS closed,
    sum(with_deadline)::int AS with_deadline, sum(on_time)::int AS on_time, sum(reopened)::int AS reopened
  FROM counted c CROSS JOIN LATERAL (VALUES
    ('place', c.place), ('township', c.place / 1000000 * 1000000), ('county', c.place / 1000000000 * 1000000000)
  ) AS l(level, place)
  WHERE l.level <> 'township' OR l.place %% 1000000000 <> 0
  GROUP BY 1, 2, 3, 4
), old AS MATERIALIZED (SELECT * FROM insight_tally WHERE day BETWEEN %(first)s AND %(last)s
), gone AS (
  DELETE FROM insight_tally t WHERE t.day BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT 1 FROM fresh f WHERE (f.level, f.place, f.day, f.series) = (t.level, t.place, t.day, t.series))
), written AS (
  INSERT INTO insight_tally AS t (level, place, day, series, opened, closed, with_deadline, on_time, reopened)
  SELECT f.* FROM fresh f LEFT JOIN old o USING (level, place, day, series)
  WHERE (f.opened, f.closed, f.with_deadline, f.on_time, f.reopened)
    IS DISTINCT FROM (o.opened, o.closed, o.with_deadline, o.on_time, o.reopened)
  ON CONFLICT (level, place, day, series) DO UPDATE SET opened = excluded.opened, closed = excluded.closed,
    with_deadline = excluded.with_deadline, on_time = excluded.on_time, reopened = excluded.reopened
)
INSERT INTO insight_backlog AS b (level, place, series, open)
SELECT level, place, series, sum(open) FROM (
  SELECT level, place, series, opened - closed AS open FROM fresh
  UNION ALL SELECT level, place, series, closed - opened FROM old
) AS change GROUP BY 1, 2, 3 HAVING sum(open) <> 0
ON CONFLICT (level, place, series) DO UPDATE SET open = b.open + excluded.open
"""
_UNREAD = """
SELECT COALESCE((SELECT min(at) FROM journal_line
  WHERE (timeline, xid, seq) > (%s::smallint, %s::text::xid8, %s::bigint)), now())
"""
_COUNTED = """
INSERT INTO insight_counted (reader, at) VALUES (%s, %s) ON CONFLICT (reader) DO UPDATE SET at = excluded.at
"""
_SPAN = """
SELECT (min(opened_at) AT TIME ZONE %(zone)s)::date, (max(opened_at) AT TIME ZONE %(zone)s)::date FROM matters_matter
"""
_TALLIED = "SELECT min(day), max(day) FROM insight_tally"


@every(seconds=5, name=READER)
def tally() -> int:
    """Bring the tallies up to the last committed act; answers how many lines were read."""
    zone, read = str(territory.calendar(SCOPE).zone), 0
    for _ in range(ROUNDS):
        lines = follow(READER, lambda rows: _handle(rows, zone), scope=SCOPE)
        read += lines
        if not lines:
            break
    with acting(SCOPE), connection.cursor() as cursor:
        position = bookmark(READER)
        cursor.execute(_UNREAD, [position.timeline, str(position.xid), position.seq])
        cursor.execute(_COUNTED, [READER, *cursor.fetchone()])
    return read


@every(seconds=3600, name=RIPENING)
def ripen() -> int:
    """Count again the days of matters whose end, given beforehand by an older system, has come since; answers how many.

    Nothing happens in the journal when such an end comes, so it is looked for by time.
    """
    zone = str(territory.calendar(SCOPE).zone)
    with acting(SCOPE), connection.cursor() as cursor:
        bookmark(READER)  # one counter at a time
        cursor.execute(_RIPE, {"zone": zone, "reader": RIPENING})
        days = [row[0] for row in cursor]
        for first, last in joined((day, day) for day in days):
            for begin, end in months(first, last):
                _count(begin, end, zone)
        cursor.execute("SELECT now()")  # the transaction's own, by which the days were chosen
        cursor.execute(_COUNTED, [RIPENING, *cursor.fetchone()])
    return len(days)


def recount() -> None:
    """Count every day again, month by month: after a restore, another zone, or matters made by SQL."""
    zone = str(territory.calendar(SCOPE).zone)
    with acting(SCOPE), connection.cursor() as cursor:
        cursor.execute(_SPAN, {"zone": zone})
        spans = [cursor.fetchone()]
        cursor.execute(_TALLIED)
        spans.append(cursor.fetchone())
    days = [day for span in spans for day in span if day is not None]
    begun = datetime.now(UTC)
    for first, last in months(min(days), max(days)) if days else ():
        with acting(SCOPE):
            bookmark(READER)  # one counter at a time
            _count(first, last, zone)
    with acting(SCOPE), connection.cursor() as cursor:
        bookmark(READER)
        cursor.execute(_COUNTED, [READER, begun])


def _handle(rows: list[LineRow], zone: str) -> None:
    """Count again the days that these lines are about."""
    telling = [row for row in rows if row.subject_kind == "matter" and row.name not in SILENT]
    matters = list({row.subject for row in telling if row.subject})
    with connection.cursor() as cursor:
        cursor.execute(_OPENED_ON, {"ids": matters, "zone": zone})
        days = {row[0] for row in cursor} if matters else set()
    spans = [(day, day) for day in days]
    spans += [_span(row.facts) for row in rows if row.subject_kind == "import" and "opened_from" in row.facts]
    for first, last in joined(spans):
        for begin, end in months(first, last):
            _count(begin, end, zone)


def _span(facts: dict[str, Any]) -> Days:
    """The days of an import, a day more on each side for any zone."""
    begin, end = (datetime.fromisoformat(facts[name]).date() for name in ("opened_from", "opened_to"))
    return begin - timedelta(days=1), end + timedelta(days=1)


def _count(first: date, last: date, zone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"first": first, "last": last, "zone": zone})


def joined(spans: Iterable[Days]) -> list[Days]:
    """Spans of days without overlaps, neighbours made one."""
    result: list[Days] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1] + timedelta(days=1):
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result


def months(first: date, last: date) -> Iterator[Days]:
    """A span in pieces of a month, so that no statement grows with the years."""
    while first <= last:
        end = min(first + MONTH - timedelta(days=1), last)
        yield first, end
        first = end + timedelta(days=1)
