"""What the map of a proposal draws: its grids as cells around their homes, the homes, barriers and bridges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel import boundaries, shapes
from commongrid.roster.dividing.queries import divisions
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape
    from commongrid.roster.dividing.queries.divisions import DivisionRow, GridRow, HomeRow

TONES: Final = 8
"""Tones of the map."""


def drawn(scope: Scope, row: DivisionRow, other: DivisionRow | None) -> dict[str, Any]:
    """Cells, homes and lines as GeoJSON, the outlines of what it is read beside, and the box around them."""
    grids = {one.id: one for one in divisions.grids_of(scope, row.id)}
    homes = [one for one in divisions.homes_of(scope, row.id) if one.lon is not None and one.lat is not None]
    own = bounds.outlines(scope, [row.place]).get(row.place)
    spots = [(grids[one.grid].number, (one.lon or 0.0, one.lat or 0.0)) for one in homes]
    lived = boundaries.land_around(at for _number, at in spots)
    land = shapes.read(own.shape) if own else lived
    cells = boundaries.cells(spots, land) if land is not None else {}
    tones = toned(cells)
    beside = boundaries.cells(_beside(scope, homes, other), land) if land is not None else {}
    return {
        "beside": _collection([_feature(shapes.written(cell)) for cell in beside.values()]),
        "cells": _collection(
            [_cell(row, one, cells[one.number], tones) for one in grids.values() if one.number in cells]
        ),
        "homes": _collection([_home(one, grids[one.grid], tones) for one in homes]),
        "lines": _collection(
            [_feature(one.line, sort=one.sort, name=one.name) for one in divisions.barriers(scope, row.place)]
        ),
        "box": list(lived.bounds) if lived is not None else list(land.bounds) if land is not None else None,
    }  # fmt: skip


def _beside(scope: Scope, homes: Sequence[HomeRow], other: DivisionRow | None) -> list[tuple[int, tuple[float, float]]]:
    """Where the homes stand, with their grid of today or of another proposal."""
    if other is None:
        of = {one.household: one.now for one in homes}
    else:
        number = {one.id: one.number for one in divisions.grids_of(scope, other.id)}
        of = {one.household: number[one.grid] for one in divisions.homes_of(scope, other.id)}
    return [(grid, (one.lon or 0.0, one.lat or 0.0)) for one in homes if (grid := of.get(one.household)) is not None]


def toned(cells: Mapping[int, Shape]) -> dict[int, int]:
    """A tone for each grid so that neighbours differ: of those that fewest neighbours bear, the one used least."""
    found: dict[int, int] = {}
    for number, cell in sorted(cells.items()):
        beside = Counter(found[other] for other in found if shapes.touch(cell, cells[other]))
        used = Counter(found.values())
        found[number] = min(range(TONES), key=lambda tone: (beside[tone], used[tone], tone))
    return found


def _cell(row: DivisionRow, one: GridRow, cell: Shape, tones: Mapping[int, int]) -> dict[str, Any]:
    lon, lat = shapes.inner_point(cell)
    return _feature(
        shapes.written(cell), number=one.number, name=gettext("Grid %(number)s") % {"number": one.number},
        homes=one.homes, tone=tones[one.number], lon=lon, lat=lat, locked=one.locked,
        url=reverse("division_grid", args=[row.id, one.number]),
    )  # fmt: skip


def _home(one: HomeRow, grid: GridRow, tones: Mapping[int, int]) -> dict[str, Any]:
    return _feature(
        {"type": "Point", "coordinates": [one.lon, one.lat]}, id=str(one.household), name=one.door or one.number,
        number=grid.number, tone=tones.get(grid.number, grid.number % TONES), moves=one.moves,
        locked=one.locked or grid.locked,
    )  # fmt: skip


def _feature(geometry: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _collection(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
