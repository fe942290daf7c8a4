"""Boundaries against each other: gaps, overlaps, snapping; and cells around dwellings where nothing was drawn.

All shapes are degrees of WGS 84. What is less than a square metre or nowhere
wider than a hand is passed over, for two people never put a corner on the same
millimetre.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import shapely

from commongrid.kernel.datum import Datum, to_gcj02, to_wgs84
from commongrid.kernel.shapes import LEAST_M2, Plane, Shape, area_m2, areal, holds_each

Key = TypeVar("Key", bound=Hashable)
Spot = tuple[float, float]

SNAP_M: Final = 10.0
"""A pencil's width on a village map of 1:10,000."""
HAND_M: Final = 0.1
AROUND_M: Final = 300.0
"""How far land reaches around dwellings where no boundary says."""
SMOOTH_M: Final = 8.0
WORST: Final = 0.8
"""A share of dwellings inside their own boundary below which something is wrong."""
MARGIN: Final = 0.02
LEAST_SEEN: Final = 5
"""Fewer dwellings than these say nothing about a datum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A stretch of land that two boundaries share, that none holds, or that lies outside the parent's."""

    what: Literal["overlap", "gap", "outside"]
    m2: float
    lon: float
    lat: float
    other: int | None = None


def misfits(own: Shape, siblings: Mapping[int, Shape], parent: Shape | None, *, complete: bool = True) -> list[Misfit]:
    """What does not fit around a boundary, the largest first.

    ``complete``: every sibling has a boundary, so that land of the parent which
    nobody holds is a gap; only gaps that touch this boundary are told.
    """
    plane = Plane.around([own])
    found: list[Misfit] = []
    near = {code: other for code, other in siblings.items() if shapely.intersects(own, other)}
    for code, other in near.items():
        found += _pieces("overlap", shapely.intersection(own, other), code)
    if parent is not None:
        found += _pieces("outside", shapely.difference(own, parent))
        if complete:
            left = shapely.difference(parent, shapely.union_all([own, *siblings.values()]))
            edge = shapely.buffer(plane.flat(own), 1)
            touching = [part for part in shapely.get_parts(left) if shapely.intersects(plane.flat(part), edge)]
            found += _pieces("gap", shapely.multipolygons(touching) if touching else shapely.MultiPolygon())
    return sorted(found, key=lambda one: -one.m2)


def fits(children: Mapping[int, Shape], parent: Shape | None, of: Iterable[int]) -> dict[int, list[Misfit]]:
    """What does not fit around some of a parent's children, with the others: overlaps and what lies outside it."""
    codes = list(children)
    tree = shapely.STRtree([children[code] for code in codes])
    found = {}
    for code in of:
        near = {codes[at]: children[codes[at]] for at in tree.query(children[code]) if codes[at] != code}
        found[code] = misfits(children[code], near, parent, complete=False)
    return found


def gaps(children: Iterable[Shape], parent: Shape) -> list[Misfit]:
    """Land of a parent that none of its children holds, the largest first."""
    left = shapely.difference(parent, shapely.union_all(list(children)))
    return sorted(_pieces("gap", left), key=lambda one: -one.m2)


def _pieces(what: Literal["overlap", "gap", "outside"], geometry: Any, other: int | None = None) -> list[Misfit]:
    whole = areal(geometry)
    found = []
    for part in () if whole is None else shapely.get_parts(whole):
        if (size := area_m2(part)) >= LEAST_M2 and not _thin(Plane.around([part]).flat(part), HAND_M):
            at = shapely.point_on_surface(part)
            found.append(Misfit(what=what, m2=size, lon=float(at.x), lat=float(at.y), other=other))
    return found


def _thin(part: Any, width: float) -> bool:
    """Whether a piece in the plane is nowhere wider than so many metres."""
    return bool(shapely.is_empty(shapely.buffer(part, -width / 2)))


def snapped(own: Shape, siblings: Iterable[Shape], parent: Shape | None, tolerance: float = SNAP_M) -> Shape | None:
    """A boundary fitted to its neighbours: what they hold is left to them, slivers between are taken in.

    A sliver is nowhere wider than ``tolerance`` metres; a wider gap stays a gap
    and is told. Nothing is left where the neighbours hold all of it.
    """
    plane = Plane.around([own])
    others = [plane.flat(each) for each in siblings]
    around = shapely.union_all(others) if others else None
    around_parent = plane.flat(parent) if parent is not None else None
    fitted = plane.flat(own)
    for line in (around, around_parent):
        if line is not None:
            fitted = _pulled(fitted, line, tolerance)
    if around is not None:
        fitted = shapely.difference(fitted, around)
    if around_parent is not None:
        fitted = shapely.intersection(fitted, around_parent)
        left = shapely.difference(around_parent, fitted if around is None else shapely.union(fitted, around))
        fitted = shapely.union_all([fitted, *_slivers(left, fitted, tolerance)])
    kept = areal(fitted)
    if kept is None:
        return None
    large = [part for part in shapely.get_parts(kept) if part.area >= LEAST_M2]
    whole = areal(shapely.union_all(large)) if large else None
    return None if whole is None else plane.back(whole)


def _pulled(own: Any, line: Any, tolerance: float) -> Any:
    """The corners within reach of a line laid onto it, unless that folds the shape."""
    there = shapely.snap(own, line, tolerance)
    return there if shapely.is_valid(there) and not shapely.is_empty(there) else own


def _slivers(left: Any, own: Any, tolerance: float) -> list[Any]:
    """Pieces of land nowhere wider than the tolerance that lie along the shape."""
    edge = shapely.buffer(own, 0.05)
    return [part for part in shapely.get_parts(left) if _thin(part, tolerance) and shapely.intersects(part, edge)]


def land_around(spots: Iterable[Spot], far: float = AROUND_M) -> Shape | None:
    """Land around dwellings where no boundary says how far it reaches."""
    points = sorted(set(spots))
    if not points:
        return None
    cloud = shapely.multipoints(points)
    plane = Plane.around([cloud])
    hull = shapely.buffer(shapely.convex_hull(plane.flat(cloud)), far, quad_segs=4)
    return areal(plane.back(hull))


def without(land: Shape, others: Iterable[Shape]) -> Shape | None:
    """The land that others do not hold."""
    return areal(shapely.difference(land, shapely.union_all(list(others))))


def together(of: Iterable[Shape]) -> Shape | None:
    """Several areas as one."""
    return areal(shapely.union_all(list(of)))


def cells(spots: Iterable[tuple[Key, Spot]], land: Shape) -> dict[Key, Shape]:
    """The land divided among keys: each stretch to the key whose dwelling is nearest.

    Where dwellings of several keys stand in one spot it is the one with most of
    them; a key all of whose spots are another's, or outside the land, gets none.
    """
    held: dict[Spot, Counter[Key]] = defaultdict(Counter)
    for key, spot in spots:
        held[spot][key] += 1
    inside = sorted(spot for spot in held if shapely.intersects_xy(land, *spot))
    if not inside:
        return {}
    owners = [min(held[spot].items(), key=lambda pair: (-pair[1], str(pair[0])))[0] for spot in inside]
    plane = Plane.around([land])
    flat = plane.flat(land)
    if len(set(owners)) == 1:
        return {owners[0]: land}
    cloud = plane.flat(shapely.multipoints(inside))
    pieces = shapely.get_parts(shapely.voronoi_polygons(cloud, extend_to=flat, ordered=True))
    by_key: dict[Key, list[Any]] = defaultdict(list)
    for owner, piece in zip(owners, pieces, strict=True):
        by_key[owner].append(piece)
    keys = list(by_key)
    whole = [shapely.union_all(by_key[key]) for key in keys]
    smooth = _smooth(whole)
    found = ((key, areal(shapely.intersection(one, flat))) for key, one in zip(keys, smooth, strict=True))
    return {key: plane.back(one) for key, one in found if one is not None}


def _smooth(whole: Sequence[Any]) -> Sequence[Any]:
    """Cells with fewer corners, still side by side without gap or overlap."""
    if not shapely.coverage_is_valid(whole):
        return whole
    return list(shapely.coverage_simplify(whole, SMOOTH_M))


class Dwellings:
    """Dwellings with the places that each belongs to, laid out once to be held against many boundaries."""

    def __init__(self, spots: Sequence[tuple[float, float, tuple[int, ...]]]) -> None:
        """Lay them out."""
        self._of = [of for _lon, _lat, of in spots]
        self._tree = shapely.STRtree([shapely.Point(lon, lat) for lon, lat, _of in spots])
        self._count = Counter(code for of in self._of for code in of)

    def off(self, code: int, own: Shape) -> tuple[int, int, int]:
        """How many belong to a place, how many of these lie outside its boundary, and how many others inside."""
        inside = self._tree.query(own, predicate="intersects")
        mine = sum(code in self._of[n] for n in inside)
        return self._count[code], self._count[code] - mine, len(inside) - mine


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """How many dwellings lie in their own boundary, of how many; and as which datum more of them would."""

    inside: int
    of: int
    better: Datum | None = None
    inside_then: int = 0


def doubt(shapes: Mapping[int, Shape], dwellings: Mapping[int, Sequence[Spot]], stated: Datum) -> Doubt | None:
    """Whether dwellings speak against the datum that was stated; nothing where they don't.

    ``shapes`` are brought to WGS 84 as ``stated``; dwellings are WGS 84. A
    village map in the wrong datum lies some 500 metres off, so many dwellings of
    its rim fall outside.
    """
    pairs = [(shape, dwellings.get(code, ())) for code, shape in shapes.items()]
    count = sum(len(spots) for _shape, spots in pairs)
    if count < LEAST_SEEN:
        return None
    inside = _inside(pairs, stated, stated)
    other: Datum = "cgcs2000" if stated == "gcj02" else "gcj02"
    then = _inside(pairs, stated, other)
    if then > inside + count * MARGIN:
        return Doubt(inside=inside, of=count, better=other, inside_then=then)
    return Doubt(inside=inside, of=count) if inside < count * WORST else None


def _inside(pairs: Iterable[tuple[Shape, Sequence[Spot]]], stated: Datum, tried: Datum) -> int:
    """How many dwellings would lie inside if the shapes had been read as ``tried``."""
    found = 0
    for shape, spots in pairs:
        if stated == tried or (stated != "gcj02" and tried != "gcj02"):
            there = spots
        elif tried == "gcj02":  # the shape's numbers were web-map degrees: ask with the dwelling's
            there = [to_gcj02(*spot) for spot in spots]
        else:  # the numbers were plain degrees and were shifted back: shift the dwelling back as well
            there = [to_wgs84(*spot, "gcj02") for spot in spots]
        found += sum(holds_each(shape, there))
    return found
