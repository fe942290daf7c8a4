"""How matters were given out: orders off the work list, calls of a township, bodies that were only asked; by unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection

from commongrid.insight.queries.chosen import Values
from commongrid.journal.acting import acting
from commongrid.matters.models import Matter
from commongrid.matters.queries.rows import MatterRow, rows_of

if TYPE_CHECKING:
    from commongrid.kernel.places import Interval
    from commongrid.kernel.scope import Scope

SHOWN: Final = 200
"""So many matters behind a figure, the latest first."""

_OFF_LIST = """
SELECT o.unit_id, CASE WHEN o.unit_id IS NULL THEN o.place END, count(*)
FROM matters_order o JOIN matters_matter m ON m.id = o.matter_id
WHERE o.off_list AND o.ordered_at >= %(begin)s AND o.ordered_at < %(end)s
  AND m.place_then BETWEEN %(lo)s AND %(hi)s AND m.series = %(series)s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_CALLED = """
SELECT a.unit, count(*), count(a.attended), count(*) FILTER (WHERE a.attended),
  count(*) FILTER (WHERE m.outcome = 'done'),
  count(*) FILTER (WHERE m.outcome = 'done' AND m.finished_at <= m.finish_due_at)
FROM matters_meeting c JOIN matters_attendance a ON a.meeting_id = c.id JOIN matters_matter m ON m.id = a.matter_id
WHERE c.level = 'township' AND c.called_at >= %(begin)s AND c.called_at < %(end)s
  AND m.place_then BETWEEN %(lo)s AND %(hi)s AND m.series = %(series)s GROUP BY 1 ORDER BY 2 DESC, 1
"""
_ASKED = """
SELECT o.unit_id, count(*), count(*) FILTER (WHERE o.outcome = 'answered')
FROM matters_order o JOIN roster_unit u ON u.id = o.unit_id AND u.outside_command
JOIN matters_matter m ON m.id = o.matter_id
WHERE o.ordered_at >= %(begin)s AND o.ordered_at < %(end)s
  AND m.place_then BETWEEN %(lo)s AND %(hi)s AND m.series = %(series)s GROUP BY 1 ORDER BY 2 DESC, 1
"""
_BEHIND = """
SELECT DISTINCT ON (m.opened_at, m.id) m.id
FROM matters_order o JOIN matters_matter m ON m.id = o.matter_id
WHERE o.off_list AND (o.unit_id = %(unit)s OR o.unit_id IS NULL AND o.place = %(to)s)
  AND o.ordered_at >= %(begin)s AND o.ordered_at < %(end)s
  AND m.place_then BETWEEN %(lo)s AND %(hi)s AND m.series = %(series)s ORDER BY m.opened_at DESC, m.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Where, when and of which series: a place's interval, begin included, end not; series are never added up."""

    area: Interval
    begin: datetime
    end: datetime
    series: str

    @property
    def values(self) -> Values:
        """As parameters of a statement."""
        return {
            "lo": self.area.lo, "hi": self.area.hi, "begin": self.begin, "end": self.end, "series": self.series,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class OffList:
    """Who got orders against the work list, a unit or the level at a place, and how many."""

    unit: UUID | None
    place: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Called:
    """A unit that townships called: how often, for how many it is known who came, came, answered, answered in time."""

    unit: UUID
    called: int
    recorded: int
    came: int
    answered: int
    on_time: int


def off_list(scope: Scope, period: Period) -> list[OffList]:
    """Orders against the work list by the unit, or the level at a place, that got them."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_OFF_LIST, period.values)
        return [OffList(*row) for row in cursor]


def called(scope: Scope, period: Period) -> list[Called]:
    """Calls of townships to joint meetings by the unit that was called."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_CALLED, period.values)
        return [Called(*row) for row in cursor]


def asked(scope: Scope, period: Period) -> list[tuple[UUID, int, int]]:
    """Requests to bodies outside the county's command, and how many were answered."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_ASKED, period.values)
        return [(unit, count, answered) for unit, count, answered in cursor]


def off_list_matters(scope: Scope, period: Period, unit: UUID | None, to: int | None = None) -> list[MatterRow]:
    """The matters behind orders against the work list to a unit, or to the level at a place, the latest first."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_BEHIND, period.values | {"unit": unit, "to": to, "limit": SHOWN})
        ids = [row[0] for row in cursor]
        return rows_of(scope, Matter.objects.filter(id__in=ids).order_by("-opened_at", "-id"))
