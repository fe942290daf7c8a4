"""Themes as read: those of an area, one with its matters, and what looks like one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count

from commongrid.journal.acting import acting
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, Theme
from commongrid.matters.queries.rows import MatterRow, rows_of

YEAR: Final = timedelta(days=365)
TIMES: Final = 3
"""So often within a year the same kind from the same village and phone looks like a theme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    """A theme with how many matters it holds."""

    id: UUID
    name: str
    place: int
    story: str
    opened_at: datetime
    closed_at: datetime | None
    found: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Matters that may be one theme; who reported them is not said."""

    matters: tuple[MatterRow, ...]


_REPEATED: Final = """
SELECT array_agg(m.id ORDER BY m.opened_at DESC) FROM matters_matter m JOIN matters_party p ON p.matter_id = m.id
WHERE m.opened_at > %(since)s AND p.part = 'reporter' AND p.phone_index IS NOT NULL AND NOT m.sealed
  AND NOT m.confidential AND m.accused_person_id IS NULL AND m.accused_unit_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM matters_party w WHERE w.matter_id = m.id AND w.where_sealed IS NOT NULL)
  AND m.place BETWEEN %(lo)s AND %(hi)s
  AND NOT EXISTS (SELECT 1 FROM matters_theme_matter t WHERE t.matter_id = m.id)
GROUP BY m.kind_code, m.place / 1000, p.phone_index HAVING count(*) >= %(times)s
ORDER BY count(*) DESC LIMIT 20
"""


def themes(scope: Scope) -> list[ThemeRow]:
    """Themes in scope, open ones first, the newest first."""
    with acting(scope):
        found = Theme.objects.annotate(count=Count("members")).order_by("closed_at", "-opened_at")[:200]
        return [_row(one, one.count) for one in found]


def theme(scope: Scope, theme_id: UUID) -> tuple[ThemeRow, tuple[MatterRow, ...]]:
    """One theme and its matters as far as this post sees them, the oldest first.

    Refuses: NotFound outside the scope.
    """
    with acting(scope):
        one = Theme.objects.filter(id=theme_id).first()
        if one is None:
            raise NotFound(N_("There is no such theme, or it is not yours to see."))
        found = rows_of(scope, Matter.objects.filter(in_theme__theme=one).order_by("opened_at", "id"))
    return _row(one, len(found)), tuple(found)


def themes_of(scope: Scope, matter_id: UUID) -> list[tuple[UUID, str]]:
    """The themes that a matter is part of, for the centre that keeps them: ids and names."""
    if not scope.may("matters.divert"):
        return []
    with acting(scope):
        return list(Theme.objects.filter(members__matter_id=matter_id).order_by("opened_at").values_list("id", "name"))


def proposals(scope: Scope, now: datetime) -> list[Proposal]:
    """What came three times within a year: the same kind, village and phone, and no theme yet."""
    values: dict[str, Any] = {"since": now - YEAR, "lo": scope.lo, "hi": scope.hi, "times": TIMES}
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_REPEATED, values)
        groups = [row[0] for row in cursor]
        wanted = {one for ids in groups for one in ids}
        rows = rows_of(scope, Matter.objects.filter(id__in=wanted).order_by("opened_at", "id")) if wanted else []
        return [Proposal(matters=tuple(row for row in rows if row.id in ids)) for ids in groups]


def _row(one: Theme, count: int) -> ThemeRow:
    return ThemeRow(
        id=one.id, name=one.name, place=one.place, story=one.story, opened_at=one.opened_at, closed_at=one.closed_at,
        found=one.found, count=count,
    )  # fmt: skip
