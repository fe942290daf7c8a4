"""Shapes on the earth: read from GeoJSON, checked, measured, mended; degrees east and north of WGS 84.

A shape is a polygon or several (an exclave), as shapely holds it. Areas are
those of the ellipsoid. Whatever is laid over something else is laid in a plane
of metres around it (``Plane``), so that a tolerance is the same in every
direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin, sqrt
from typing import Any, Final, TypeAlias

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping, shape

from commongrid.kernel.datum import Datum, to_wgs84
from commongrid.kernel.refusals import N_, BadInput

Shape: TypeAlias = Polygon | MultiPolygon

MOST_CORNERS: Final = 50_000
LEAST_M2: Final = 1.0
"""What is smaller than a square metre is the width of a pencil, not land."""
GRAIN: Final = 1e-7
"""Degrees; a centimetre. Corners are kept to it."""
_AREAL: Final = ("Polygon", "MultiPolygon")
_AXIS, _FLAT = 6378137.0, 1 / 298.257223563
_WHERE: Final = re.compile(r"^(.*?)\[(-?[\d.e+-]+) (-?[\d.e+-]+)\]")


class Plane:
    """Metres around a middle; true to one part in a thousand within a township, and exact on the way back."""

    def __init__(self, lon: float, lat: float) -> None:
        """Touch the earth there."""
        square = _FLAT * (2 - _FLAT)
        root = sqrt(1 - square * sin(radians(lat)) ** 2)
        self.middle = (lon, lat)
        self.scale = (
            radians(1) * _AXIS / root * cos(radians(lat)),
            radians(1) * _AXIS * (1 - square) / root**3,
        )

    @classmethod
    def around(cls, shapes: Iterable[Any]) -> Plane:
        """The plane that touches the earth in the middle of these."""
        west, south, east, north = shapely.total_bounds(list(shapes))
        return cls((west + east) / 2, (south + north) / 2)

    def flat(self, geometry: Any) -> Any:
        """Degrees as metres."""
        return shapely.transform(geometry, lambda found: (found - self.middle) * self.scale)

    def back(self, geometry: Any) -> Any:
        """Metres as degrees."""
        return shapely.transform(geometry, lambda found: found / self.scale + self.middle)

    def at(self, lon: float, lat: float) -> Any:
        """A place as a point of the plane."""
        return self.flat(shapely.Point(lon, lat))


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a shape as a sentence, and where."""

    text: str
    lon: float | None = None
    lat: float | None = None


def read(geometry: object, datum: Datum = "wgs84") -> Shape:
    """The shape that GeoJSON describes, whatever state it is in, brought to WGS 84.

    Refuses: BadInput where it is no polygon, has no numbers for degrees, or is beyond any size.
    """
    if isinstance(geometry, Mapping) and geometry.get("type") == "Feature":
        geometry = geometry.get("geometry")
    if not isinstance(geometry, Mapping) or geometry.get("type") not in _AREAL:
        raise BadInput(N_("This is no area. A boundary is a polygon, or several."))
    try:
        found = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        raise BadInput(N_("The corners of this area can't be read.")) from None
    return on_earth(found, datum)


def on_earth(found: Any, datum: Datum) -> Shape:
    """A shape as read, if it lies on the earth and is of a size; brought to WGS 84. Refuses: BadInput."""
    corners = shapely.get_coordinates(found)
    if found.geom_type not in _AREAL or not len(corners):
        raise BadInput(N_("This is no area. A boundary is a polygon, or several."))
    if len(corners) > MOST_CORNERS:
        raise BadInput(N_("This area has more than %(most)s corners. Make it simpler first."), most=MOST_CORNERS)
    if not (abs(corners) <= (180, 90)).all():  # NaN and infinity compare false
        raise BadInput(N_("These are no degrees east and north. Save the file with longitude and latitude."))
    return found if datum != "gcj02" else moved(found, lambda lon, lat: to_wgs84(lon, lat, datum))


def moved(geometry: Any, move: Callable[[float, float], tuple[float, float]]) -> Any:
    """A geometry with each corner moved."""

    def each(corners: Any) -> Any:
        there = corners.copy()
        for n, (lon, lat) in enumerate(corners):
            there[n] = move(lon, lat)
        return there

    return shapely.transform(geometry, each)


def written(found: Shape) -> dict[str, Any]:
    """The shape as GeoJSON, corners to a centimetre, the outer ring counter-clockwise."""
    tidy = shapely.orient_polygons(shapely.set_precision(found, GRAIN))
    return dict(mapping(tidy))


def flaw(found: Shape) -> Flaw | None:
    """What keeps a shape from being a boundary, with the place of it; nothing for a good one."""
    if not shapely.is_valid(found):
        reason = _WHERE.match(shapely.is_valid_reason(found))
        lon, lat = (float(reason[2]), float(reason[3])) if reason else (None, None)
        crossing = reason is not None and "intersection" in reason[1].lower()
        text = (
            N_("The line crosses or touches itself.") if crossing else N_("The rings of this area don't fit together.")
        )
        return Flaw(text, lon, lat)
    if area_m2(found) < LEAST_M2:
        return Flaw(N_("This area is smaller than a square metre."))
    return None


def mended(found: Shape) -> Shape | None:
    """A shape whose line crosses itself, as the areas it encloses; nothing where it encloses none."""
    return areal(shapely.make_valid(found, method="structure", keep_collapsed=False))


def areal(geometry: Any) -> Shape | None:
    """The areas in whatever an overlay left, as one shape; crumbs and lines are dropped."""
    parts = [part for part in shapely.get_parts(shapely.get_parts(geometry)) if part.geom_type == "Polygon"]
    kept = [part for part in parts if part.area > 0]
    if not kept:
        return None
    whole = shapely.union_all(kept)
    return whole if whole.geom_type in _AREAL else areal(whole)


def parts(found: Shape) -> int:
    """Of how many pieces a shape is made."""
    return int(shapely.get_num_geometries(found))


@cache
def _ellipsoid() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def area_m2(found: Shape) -> float:
    """Square metres on the ellipsoid."""
    return abs(float(_ellipsoid().geometry_area_perimeter(shapely.orient_polygons(found))[0]))


def metres(from_lon: float, from_lat: float, to_lon: float, to_lat: float) -> float:
    """How far one place is from another, along the ellipsoid."""
    return float(_ellipsoid().inv(from_lon, from_lat, to_lon, to_lat)[2])


def distance(found: Shape, lon: float, lat: float) -> float:
    """Metres from a place to a shape; nothing where it lies inside."""
    plane = Plane(lon, lat)
    return float(shapely.distance(plane.flat(found), plane.at(lon, lat)))


def beside(lines: Iterable[Sequence[tuple[float, float]]], spots: Sequence[tuple[float, float]], within: float) -> int:
    """How many of these spots lie within so many metres of any of the lines."""
    if not spots:
        return 0
    plane = Plane.around([shapely.MultiPoint(spots)])
    tree = shapely.STRtree([plane.flat(shapely.LineString(line)) for line in lines])
    near = tree.query([plane.at(*spot) for spot in spots], predicate="dwithin", distance=within)
    return len(set(near[0].tolist()))


def holds(found: Shape, lon: float, lat: float) -> bool:
    """Whether a place lies in a shape or on its line."""
    return bool(shapely.intersects_xy(found, lon, lat))


def holds_each(found: Shape, spots: Sequence[tuple[float, float]]) -> list[bool]:
    """The same of many places at once."""
    if not spots:
        return []
    shapely.prepare(found)
    lons, lats = zip(*spots, strict=True)
    return list(map(bool, shapely.intersects_xy(found, lons, lats)))


def share(found: Shape, others: Iterable[Shape]) -> float:
    """The share of an area that lies in others, from 0 to 1."""
    common = shapely.intersection(found, shapely.union_all(list(others)))
    return float(common.area / found.area) if found.area else 0.0


def touch(one: Shape, other: Shape) -> bool:
    """Whether two areas have a point in common."""
    return bool(shapely.intersects(one, other))


def inner_point(found: Shape) -> tuple[float, float]:
    """A place that lies well inside a shape, for its name."""
    point = shapely.point_on_surface(found)
    return float(point.x), float(point.y)
