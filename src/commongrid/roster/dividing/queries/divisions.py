"""Reads of proposals: those of a village, one with its grids, homes and exceptions, what the clock has to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, F, Q

from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotYours
from commongrid.roster.dividing.models import Division, DivisionGrid, DivisionHome
from commongrid.roster.dividing.queries.material import grids_today, living
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.roster.dividing.rules.words import MOST, OPEN
from commongrid.territory.models import Barrier, Place

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionRow:
    """A proposal: its limits, what it costs, where it stands."""

    id: UUID
    place: int
    number: int
    state: str
    terms: Terms
    figures: dict[str, Any]
    fault: str
    asked_at: datetime
    quick: bool
    share: int
    ready_at: datetime | None
    adopts_on: date | None
    ended_at: datetime | None

    @property
    def unproven(self) -> bool:
        """Whether its proof is still to come."""
        return self.state == "ready" and self.quick

    @property
    def open(self) -> bool:
        """Whether it is still worked on."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A grid of a proposal."""

    id: UUID
    number: int
    code: int | None
    became: int | None
    same: bool
    locked: bool
    homes: int
    people: int
    size: int
    metres: int
    heads: int
    room: int
    hamlets: int
    beyond: int
    faults: list[dict[str, Any]]

    @property
    def mean(self) -> int:
        """Metres from a household to the middle of the grid."""
        return round(self.metres / self.homes) if self.homes else 0

    @property
    def sort(self) -> str:
        """Unchanged, changed, or new."""
        return "same" if self.same else "changed" if self.code else "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRow:
    """A household of a proposal: its door and point, its grid there and today's."""

    household: UUID
    number: str
    door: str
    natural_village: int
    lon: float | None
    lat: float | None
    grid: UUID
    now: int | None
    moves: bool
    locked: bool
    by_hand: bool
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierRow:
    """A barrier, bridge or road in force."""

    id: UUID
    sort: str
    name: str
    line: dict[str, Any]
    valid_from: date


def division(scope: Scope, division_id: UUID) -> DivisionRow:
    """One proposal. Refuses: NotYours out of scope."""
    found = Division.objects.filter(id=division_id).first()
    if found is None:
        raise NotYours
    return _row(found)


def divisions(scope: Scope, village: int) -> list[DivisionRow]:
    """The proposals of a village, the newest first, those that were dropped last."""
    found = Division.objects.filter(place=village).order_by("-asked_at", "-number")[:50]
    return sorted(map(_row, found), key=lambda one: one.state == "dropped")


def open_divisions(scope: Scope, place: int) -> list[DivisionRow]:
    """The proposals that lie open or are adopted in the villages of a place, by village."""
    found = Division.objects.filter(place__range=interval(place), state__in=(*OPEN, "adopted"))
    return [_row(one) for one in found.order_by("place", "number")]


def villages_left(scope: Scope, place: int) -> list[int]:
    """The villages of a place where people live and no proposal is open or adopted."""
    lived = {code // 1000 * 1000 for code in living(place).values_list("place", flat=True).distinct()}
    open_ones = Division.objects.filter(place__range=interval(place), state__in=(*OPEN, "adopted"))
    known = Place.objects.in_force().filter(
        level="village", code__in=lived - {*open_ones.values_list("place", flat=True)}
    )
    return sorted(known.values_list("code", flat=True))


def last_terms(scope: Scope, place: int) -> Terms | None:
    """The limits of what was proposed last in the villages of a place."""
    found = Division.objects.filter(place__range=interval(place)).order_by("-asked_at", "-id").first()
    return found.terms if found else None


def next_asked(scope: Scope, *, quick: bool) -> UUID | None:
    """The proposal to be worked out next: what was asked for last, since somebody waits for it."""
    found = Division.objects.filter(state="asked", quick=quick).order_by("-asked_at", "id")
    return found.values_list("id", flat=True).first()


def next_unproven(scope: Scope) -> UUID | None:
    """The proposal that was answered quickly and waits for its proof."""
    found = Division.objects.filter(state="ready", quick=True).order_by("-asked_at", "id")
    return found.values_list("id", flat=True).first()


def asked_at(scope: Scope, division_id: UUID) -> datetime:
    """When a proposal was asked for as it stands. Refuses: NotYours for one that is not there."""
    found: datetime | None = Division.objects.filter(id=division_id).values_list("asked_at", flat=True).first()
    if found is None:
        raise NotYours
    return found


def still_wanted(scope: Scope, division_id: UUID, asked_at: datetime) -> bool:
    """Whether a proposal is still waited for as it was asked for then."""
    found = Division.objects.filter(Q(state="asked") | Q(state="ready", quick=True), id=division_id, asked_at=asked_at)
    return found.exists()


def due(scope: Scope, today: date) -> list[UUID]:
    """Adopted proposals whose day has come."""
    found = Division.objects.filter(state="adopted", adopts_on__lte=today).order_by("adopts_on", "id")
    return list(found.values_list("id", flat=True))


def grids_of(scope: Scope, division_id: UUID) -> list[GridRow]:
    """The grids of a proposal."""
    names = [one.name for one in fields(GridRow)]
    return [GridRow(**row) for row in DivisionGrid.objects.filter(division=division_id).values(*names)]


def grid_of(scope: Scope, division_id: UUID, grid_id: UUID) -> GridRow:
    """One grid of a proposal. Refuses: NotYours where it has no such grid."""
    found = next((one for one in grids_of(scope, division_id) if one.id == grid_id), None)
    if found is None:
        raise NotYours
    return found


def movers(scope: Scope, division_id: UUID, first: int, count: int) -> list[HomeRow]:
    """The homes of a proposal that change grids, by the grid they leave: so many from the first asked for."""
    found = DivisionHome.objects.filter(division=division_id, now__isnull=False)
    rows = found.exclude(now=F("grid__code"), grid__code__isnull=False).select_related("household", "grid")
    rows = rows.order_by("now", "grid__number", "household__number", "id")
    return [_home(one) for one in rows[first : first + count]]


def homes_of(scope: Scope, division_id: UUID, grid_id: UUID | None = None) -> list[HomeRow]:
    """The homes of a proposal or of one of its grids."""
    found = DivisionHome.objects.filter(division=division_id)
    if grid_id is not None:
        found = found.filter(grid=grid_id)
    rows = found.select_related("household", "grid").order_by("household__natural_village", "household__number", "id")
    return [_home(one) for one in rows[:MOST]]


def _home(one: DivisionHome) -> HomeRow:
    home = one.household
    return HomeRow(
        household=home.id, number=home.number, door=home.door, natural_village=home.natural_village, lon=home.lon,
        lat=home.lat, grid=one.grid_id, now=one.now, moves=one.now is None or one.now != one.grid.code,
        locked=one.locked, by_hand=one.by_hand, near=one.near,
    )  # fmt: skip


def shared(scope: Scope, division_id: UUID, other: UUID) -> Counter[tuple[UUID, UUID]]:
    """How many homes each grid of a proposal has in common with each of another."""
    there = dict(DivisionHome.objects.filter(division=other).values_list("household", "grid"))
    mine = DivisionHome.objects.filter(division=division_id).values_list("household", "grid")
    return Counter((grid, there[home]) for home, grid in mine if home in there)


def barriers(scope: Scope, village: int) -> list[BarrierRow]:
    """The barriers, bridges and roads of a village in force, the oldest first."""
    names = [one.name for one in fields(BarrierRow)]
    found = Barrier.objects.filter(place=village, valid_to=None).order_by("valid_from", "id")
    return [BarrierRow(**row) for row in found.values(*names)]


def homes_per_grid(scope: Scope, village: int) -> dict[int, int]:
    """Households of each general grid of a village today, those without a grid under the village itself."""
    grids = grids_today(scope, village)
    found: dict[int, int] = {code: 0 for code, general in grids.items() if general}
    for place, count in living(village).values_list("place").annotate(n=Count("id")).order_by():
        if grids.get(place, True):
            at = place if place in grids else village
            found[at] = found.get(at, 0) + count
    return found


def _row(one: Division) -> DivisionRow:
    return DivisionRow(
        id=one.id, place=one.place, number=one.number, state=one.state, terms=one.terms, figures=one.figures,
        fault=one.fault, asked_at=one.asked_at, quick=one.quick, share=one.share,
        ready_at=one.ready_at, adopts_on=one.adopts_on, ended_at=one.ended_at,
    )  # fmt: skip


def stale(scope: Scope, row: DivisionRow) -> int:
    """How many households are not as they were when a proposal that is still worked on was worked out."""
    return moved_since(scope, row.id, row.place) if row.state == "ready" else 0


def regridded(scope: Scope, row: DivisionRow) -> bool:
    """Whether grids that a proposal still worked on started from have ended since: others were adopted."""
    then = {int(one["code"]) for one in row.figures.get("each", [])} - {row.place}
    return row.state == "ready" and not then <= grids_today(scope, row.place).keys()


def moved_since(scope: Scope, division_id: UUID, village: int) -> int:
    """How many households of a proposal are not as they were: ended, new in the village, or in another grid by now."""
    grids = grids_today(scope, village)
    then = dict(DivisionHome.objects.filter(division=division_id).values_list("household", "now"))
    now = {
        home: place if grids.get(place) else None
        for home, place in living(village).values_list("id", "place")
        if grids.get(place, True)
    }
    return sum(home not in then or then[home] != at for home, at in now.items()) + len(then.keys() - now.keys())
