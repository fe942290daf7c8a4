"""Shapes drawn small, as paths of an SVG: for pages that must show a map without any script."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import shapely

from commongrid.kernel.shapes import Plane, Shape, inner_point

Key = TypeVar("Key", bound=Hashable)

FINE: Final = 0.8
"""A corner that lies less than this off its line, in units of the drawing, is left out."""
MARGIN: Final = 4


@dataclass(frozen=True, slots=True)
class Stroke:
    """A shape in a drawing: its path, and a spot well inside for its name."""

    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Sketch(Generic[Key]):
    """Shapes side by side in one drawing of a width; north is up."""

    width: int
    height: int
    strokes: Mapping[Key, Stroke]


def sketch(found: Mapping[Key, Shape], width: int) -> Sketch[Key]:
    """The shapes as paths, as large as the width allows and no higher than it is wide."""
    if not found:
        return Sketch(width, 1, {})
    plane = Plane.around(found.values())
    flat = {key: plane.flat(one) for key, one in found.items()}
    west, south, east, north = shapely.total_bounds(list(flat.values()))
    scale = (width - 2 * MARGIN) / max(east - west, north - south)
    high = round((north - south) * scale) + 2 * MARGIN
    left = (width - 2 * MARGIN - (east - west) * scale) / 2 + MARGIN

    def drawn(corners: Any) -> Any:
        return (corners - (west, north)) * (scale, -scale) + (left, MARGIN)

    laid = [shapely.transform(one, drawn) for one in flat.values()]
    fine = shapely.coverage_simplify(laid, FINE) if shapely.coverage_is_valid(laid) else shapely.simplify(laid, FINE)
    return Sketch(width, high, {key: _stroke(one) for key, one in zip(flat, fine, strict=True)})


def _stroke(found: Shape) -> Stroke:
    rings = [ring for part in shapely.get_parts(found) for ring in (part.exterior, *part.interiors)]
    path = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in list(ring.coords)[:-1])}Z" for ring in rings)
    x, y = inner_point(found)
    return Stroke(path, round(x), round(y))
