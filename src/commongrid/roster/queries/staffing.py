"""Who staffs the grids: heads, members and forces of each, what is missing, who carries two."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.roster.models import Post
from commongrid.roster.rules import FAULTS, GRID_ROLES, MAY_HEAD, TEAM

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.scope import Scope

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffer:
    """Somebody in a grid: post, name, role, whether they head or serve another grid too, whether eligible as head.

    ``kind``: Party member, on probation, or enthusiast, as the register has it; empty where nobody is on record.
    """

    post: UUID
    name: str
    role: str
    twice: bool
    eligible: bool
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GridStaff:
    """A grid with its people; ``faults`` are the codes of ``FAULTS`` that hold."""

    grid: int
    name: str
    name_en: str
    people: tuple[Staffer, ...]
    stand_in: str
    faults: frozenset[str]

    def label(self, lang: str) -> str:
        """The grid's name in the language asked for, where there is one."""
        return (self.name_en if lang == "en" else "") or self.name

    def of(self, role: str) -> list[Staffer]:
        """Those in one role."""
        return [one for one in self.people if one.role == role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """How the grids of a place are staffed on a day: how many there are, how many have each fault."""

    grids: int
    faults: dict[str, int]


def staffing(scope: Scope, place: int, on: date) -> Staffing:
    """The counts of a place on a day; one query."""
    marks = ", ".join(f"count(*) FILTER (WHERE {fault})" for fault in FAULTS)
    with connection.cursor() as cursor:
        cursor.execute(f"{_GRIDS} SELECT count(*), {marks} FROM staffed", _asked(scope, place, on))  # noqa: S608 - own
        grids, *counts = cursor.fetchone()
    return Staffing(grids=grids, faults=dict(zip(FAULTS, counts, strict=True)))


def grid_staff(scope: Scope, place: int, on: date, *, fault: str = "", page: int = 1) -> tuple[list[GridStaff], bool]:
    """A page of the grids of a place with their people, those with one fault where it is named; and whether more."""
    wanted = f"WHERE {FAULTS[FAULTS.index(fault)]}" if fault else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_GRIDS} SELECT code, name, name_en, people, stand_in, {', '.join(FAULTS)} FROM staffed {wanted}"  # noqa: S608 - own
            " ORDER BY code LIMIT %(limit)s OFFSET %(offset)s",
            {**_asked(scope, place, on), "limit": PAGE + 1, "offset": (max(page, 1) - 1) * PAGE},
        )
        rows = cursor.fetchall()
    return [_grid(*row) for row in rows[:PAGE]], len(rows) > PAGE


def team_of(scope: Scope, place: int, on: date, size: int) -> dict[int, int]:
    """How many people lead or serve grids, by part of a place; ``size``: the codes in one part, 1 for each grid."""
    held = Post.objects.filter(in_force(on), role__in=TEAM, place__range=interval(place))
    by_part = held.annotate(part=F("place") / size * size).values("part").order_by()
    return dict(by_part.annotate(people=Count("person", distinct=True)).values_list("part", "people"))


def _asked(scope: Scope, place: int, on: date) -> dict[str, Any]:
    lo, hi = interval(place)
    return {"on": on, "lo": max(lo, scope.lo), "hi": min(hi, scope.hi), "roles": list(GRID_ROLES),
            "team": list(TEAM), "may_head": list(MAY_HEAD)}  # fmt: skip


def _grid(code: int, name: str, name_en: str, people: Any, stand_in: str, *marks: bool) -> GridStaff:
    return GridStaff(
        grid=code, name=name, name_en=name_en, stand_in=stand_in,
        people=tuple(Staffer(**{**one, "post": UUID(one["post"])}) for one in json.loads(people)),
        faults=frozenset(fault for fault, holds in zip(FAULTS, marks, strict=True) if holds),
    )  # fmt: skip


_GRIDS: Final = """
WITH held AS MATERIALIZED (
  SELECT o.id, o.place, o.role_id, o.display_name,
    coalesce((SELECT CASE who.political WHEN '01' THEN 'member' WHEN '02' THEN 'probationary' ELSE 'enthusiast' END
      FROM registry_person who WHERE who.id = o.person_id AND who.political <> ''), '') AS kind,
    o.role_id = ANY(%(team)s) AND EXISTS (SELECT 1 FROM roster_post other WHERE other.person_id = o.person_id
      AND other.role_id = ANY(%(team)s) AND other.place <> o.place AND other.from_on <= %(on)s
      AND (other.to_on IS NULL OR other.to_on > %(on)s)) AS twice,
    NOT EXISTS (SELECT 1 FROM registry_person who WHERE who.id = o.person_id AND who.political <> ''
      AND NOT who.political = ANY(%(may_head)s))
      OR EXISTS (SELECT 1 FROM roster_post leads WHERE leads.person_id = o.person_id
        AND leads.role_id IN ('party_group_leader', 'villager_group_leader')
        AND leads.from_on <= %(on)s AND (leads.to_on IS NULL OR leads.to_on > %(on)s)) AS eligible,
    EXISTS (SELECT 1 FROM registry_person who WHERE who.id = o.person_id AND who.political = '')
      AND NOT EXISTS (SELECT 1 FROM roster_post leads WHERE leads.person_id = o.person_id
        AND leads.role_id IN ('party_group_leader', 'villager_group_leader')
        AND leads.from_on <= %(on)s AND (leads.to_on IS NULL OR leads.to_on > %(on)s)) AS unknown
  FROM roster_post o
  WHERE o.place BETWEEN %(lo)s AND %(hi)s AND o.role_id = ANY(%(roles)s)
    AND o.from_on <= %(on)s AND (o.to_on IS NULL OR o.to_on > %(on)s)
), staffed AS (
  SELECT g.code, g.name, g.name_en,
    coalesce(jsonb_agg(jsonb_build_object('post', h.id, 'name', h.display_name, 'role', h.role_id, 'twice', h.twice,
      'kind', h.kind,
      'eligible', h.eligible) ORDER BY h.display_name, h.id) FILTER (WHERE h.id IS NOT NULL), '[]') AS people,
    coalesce((SELECT b.display_name FROM roster_stand_in s
      JOIN roster_post o ON o.id = s.post_id JOIN roster_post b ON b.id = s.by_id
      WHERE s.place = g.code AND o.role_id = 'grid_head'
        AND s.from_on <= %(on)s AND (s.to_on IS NULL OR s.to_on > %(on)s)
        AND b.from_on <= %(on)s AND (b.to_on IS NULL OR b.to_on > %(on)s) LIMIT 1), '') AS stand_in,
    count(*) FILTER (WHERE h.role_id = 'grid_head') = 0 AS no_head,
    count(*) FILTER (WHERE h.role_id = 'grid_member') = 0 AS no_member,
    coalesce(bool_or(h.twice), false) AS twice,
    coalesce(bool_or(NOT h.eligible) FILTER (WHERE h.role_id = 'grid_head'), false) AS not_eligible,
    coalesce(bool_or(h.unknown) FILTER (WHERE h.role_id = 'grid_head'), false) AS not_checked
  FROM territory_place g LEFT JOIN held h ON h.place = g.code
  WHERE g.level = 'grid' AND g.code BETWEEN %(lo)s AND %(hi)s
    AND g.valid_from <= %(on)s AND (g.valid_to IS NULL OR g.valid_to > %(on)s)
  GROUP BY g.code, g.name, g.name_en
)
"""
"""Every grid of an interval that exists on the day, with who holds a post in it and what is wrong with that.

A head whose record the scope does not see, or says nothing of the Party, is taken as eligible; of those whose record is
seen and says nothing it is told that nobody checked.
"""
