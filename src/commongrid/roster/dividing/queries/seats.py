"""Reads of planned seats: who is to staff the grids of a proposal, whom it may choose, what is lacking still."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.registry.models import Person
from commongrid.roster.dividing.models import DivisionGrid, DivisionHome, DivisionSeat
from commongrid.roster.dividing.queries.material import LEADERS
from commongrid.roster.models import Post
from commongrid.roster.rules import GRID_ROLES, MAY_HEAD, TEAM

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.roster.dividing.queries.divisions import GridRow

SHOWN: Final = 20
"""So many proposals to come are told of at once, and that there are more."""
NEAREST: Final = 2
"""Of so many of today's grids, those that a new one takes most from, the people are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """Somebody planned for a grid of a proposal, or who was; ``person`` none where no register has them.

    ``eligible``: whether they may head a grid by the register; none where it does not say.
    """

    id: UUID
    grid: UUID
    role: str
    person: UUID | None
    name: str
    title_zh: str
    title_en: str
    office_phone: str
    post: UUID | None
    left: str
    eligible: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Somebody who staffs one of today's grids; ``homes``: so many of its households go to the grid asked for."""

    person: UUID
    name: str
    role: str
    place: int
    homes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An adopted proposal whose day is to come: its new grids, and how many of them nobody is planned to head."""

    division: UUID
    place: int
    on: date
    grids: int
    headless: int


def seats(scope: Scope, division_id: UUID, on: date) -> list[SeatRow]:
    """Who is planned for the grids of a proposal, or was."""
    rows = list(DivisionSeat.objects.filter(grid__division=division_id).select_related("person"))
    leading = Post.objects.filter(in_force(on), role__in=LEADERS, person__in=[one.person_id for one in rows])
    leads = set(leading.values_list("person", flat=True)) if rows else set()
    return [
        SeatRow(
            id=one.id, grid=one.grid_id, role=one.role_id, person=one.person_id, name=one.name, title_zh=one.title_zh,
            title_en=one.title_en, office_phone=one.office_phone, post=one.post, left=one.left,
            eligible=_eligible(one.person, leads),
        )
        for one in rows
    ]  # fmt: skip


def _eligible(person: Person | None, leads: set[UUID]) -> bool | None:
    if person is None or (not person.political and person.id not in leads):
        return None
    return person.political in MAY_HEAD or person.id in leads


def seats_planned(scope: Scope, division_id: UUID) -> int:
    """How many are planned for the grids of a proposal."""
    return DivisionSeat.objects.filter(grid__division=division_id, post=None, left="").count()


def may_head_each(scope: Scope, division_id: UUID, village: int, on: date) -> dict[UUID, list[tuple[UUID, str]]]:
    """Who lives in each grid of a proposal and may head it by the register, by name."""
    grid = dict(DivisionHome.objects.filter(division=division_id).values_list("household", "grid"))
    leading = Post.objects.filter(in_force(on), role__in=LEADERS, place__range=interval(village)).values("person")
    able = Person.objects.filter(Q(political__in=MAY_HEAD) | Q(id__in=leading), place__range=interval(village))
    found = defaultdict(list)
    rows = able.filter(state="here", household__isnull=False).order_by("sort_key", "display_name", "id")
    for person, name, home in rows.values_list("id", "display_name", "household"):
        if home in grid:
            found[grid[home]].append((person, name))
    return found


def sitting(scope: Scope, grids: Sequence[GridRow], on: date) -> dict[UUID, list[Sitting]]:
    """Who staffs today's grids that each grid of a proposal takes most from; of a grid that stays, who staffs it."""
    homes = DivisionHome.objects.filter(grid__in=[one.id for one in grids], now__isnull=False)
    takes: dict[UUID, Counter[int]] = defaultdict(Counter)
    for grid, now, count in homes.values_list("grid", "now").annotate(n=Count("id")).order_by():
        takes[grid][now] = count
    near = {one.id: takes[one.id].most_common(NEAREST) for one in grids}
    codes = {code for each in near.values() for code, _count in each}
    posts = Post.objects.filter(in_force(on), place__in=codes, role__in=GRID_ROLES)
    there = defaultdict(list)
    rows = posts.order_by("role__position", "display_name", "id")
    for place, person, name, role in rows.values_list("place", "person", "display_name", "role"):
        there[place].append((person, name, role))
    return {
        grid: [
            Sitting(person=person, name=name, role=role, place=code, homes=count)
            for code, count in each
            for person, name, role in there[code]
        ]
        for grid, each in near.items()
    }


def lacking(
    grid: GridRow, planned: Sequence[SeatRow], sits: Sequence[Sitting], grids_of: Mapping[object, int]
) -> list[str]:
    """What the staff of a grid to come lacks, as codes of ``FAULTS``; ``grids_of``: how many grids each person gets."""
    heads = [one for one in planned if one.role == "grid_head"]
    stays = {one.role for one in sits} if grid.same else set()
    held = {
        "no_head": not heads and "grid_head" not in stays,
        "no_member": not {"grid_member"} & ({one.role for one in planned} | stays),
        "twice": any(grids_of.get(one.person, 0) > 1 for one in planned),
        "not_eligible": any(one.eligible is False for one in heads),
        "not_checked": any(one.eligible is None for one in heads),
    }
    return [code for code, holds in held.items() if holds]


def grids_each(planned: Sequence[SeatRow]) -> dict[object, int]:
    """In how many grids of a proposal each person of the register is planned to lead or serve."""
    found = defaultdict(set)
    for one in planned:
        if one.person is not None and one.role in TEAM:
            found[one.person].add(one.grid)
    return {person: len(grids) for person, grids in found.items()}


def coming(
    scope: Scope, lo: int, hi: int, *, headless: bool = False, most: int | None = None
) -> tuple[list[Coming], int]:
    """The adopted proposals of an interval whose day is to come, at most so many, and how many more there are.

    ``headless``: only those of which nobody is planned to head a grid.
    """
    headed = DivisionSeat.objects.filter(grid=OuterRef("id"), role="grid_head", left="")
    new = DivisionGrid.objects.filter(
        place__range=(lo, hi), same=False, division__state="adopted", division__adopts_on__isnull=False
    )
    rows = new.values_list("division", "place", "division__adopts_on").annotate(
        n=Count("id"), without=Count("id", filter=~Q(Exists(headed)))
    )
    if headless:
        rows = rows.filter(without__gt=0)
    ordered = list(rows.order_by("division__adopts_on", "place", "division"))
    shown = [
        Coming(division=one, place=place, on=on, grids=count, headless=without)
        for one, place, on, count, without in ordered[:most]
    ]
    return shown, len(ordered) - len(shown)
