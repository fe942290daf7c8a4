"""Lines that nobody walks across, the ways over them and the roads that are walked on: read, checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import shapely

from commongrid.kernel.datum import Datum, to_wgs84
from commongrid.kernel.refusals import N_, BadInput

if TYPE_CHECKING:
    from commongrid.kernel.geofiles import Feature

BARRIERS: Final = ("barrier", "bridge", "road")
LEAST, MOST = 2, 500
"""Points of a line."""
FAR: Final = 0.5
"""Degrees from a village beyond which a line can't be meant for it."""

Point = tuple[float, float]
UNREAD: Final = N_("The points of this line can't be read.")


def read_line(text: str, near: Sequence[float] | None = None) -> list[Point]:
    """A line from GeoJSON text in WGS 84; ``near`` is the box of the village (west, south, east, north).

    Refuses: BadInput at the shape for what is no line, has too many points or lies elsewhere.
    """
    points = _points(text)
    if not LEAST <= len(points) <= MOST:
        raise BadInput(fields={"shape": N_("Draw a line of at least two points and at most 500.")})
    if near is not None and not all(_beside(point, near) for point in points):
        raise BadInput(fields={"shape": N_("This line lies far from the village. Longitude comes first, in WGS 84.")})
    return points


def _points(text: str) -> list[Point]:
    try:
        found: Any = json.loads(text)
        found = found["geometry"] if found.get("type") == "Feature" else found
        if found["type"] != "LineString":
            raise BadInput(fields={"shape": UNREAD})
        points = [(float(at[0]), float(at[1])) for at in found["coordinates"]]
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        raise BadInput(fields={"shape": UNREAD}) from None
    if not all(_on_earth(at) for at in points):
        raise BadInput(fields={"shape": UNREAD})
    return [at for at, _same in groupby(points)]


# a file of roads

AROUND: Final = 0.005
"""Degrees around a village, some 500 metres, within which its people walk on a road."""
FINE: Final = 7
"""Decimals of a degree that are kept: a centimetre."""


WAY: Final = "highway"
"""The attribute by which OpenStreetMap says of a line that it is a road."""
NOT_WALKED: Final = ("", "motorway", "motorway_link", "proposed", "construction", "raceway", "abandoned", "razed")
"""What it says there of roads that nobody walks on, and of what is no road."""


def roads(found: Sequence[Feature], datum: Datum) -> tuple[tuple[Point, ...], ...]:
    """The lines of a file in WGS 84; what is no line is left out.

    Where the file says of its lines whether they are roads, rivers, power lines and the like are left out too, and
    roads that nobody walks on. Refuses: BadInput where no line is left.
    """
    says = any(one.attributes.get(WAY) for one in found)
    walked = [one for one in found if not says or one.attributes.get(WAY, "") not in NOT_WALKED]
    lines = tuple(tuple(line) for one in walked for line in _lines(one.geometry, datum) if len(line) >= LEAST)
    if not lines:
        raise BadInput(N_("There is no line in this file. Roads are lines."))
    return lines


def _lines(geometry: Any, datum: Datum) -> Iterator[list[Point]]:
    try:
        sort, found = geometry["type"], geometry["coordinates"]
        several = found if sort == "MultiLineString" else [found] if sort == "LineString" else []
        lines = [[(float(at[0]), float(at[1])) for at in one] for one in several]
    except (TypeError, LookupError, ValueError, OverflowError):
        return
    for line in lines:
        if all(_on_earth(at) for at in line):
            moved = (to_wgs84(lon, lat, datum) for lon, lat in line)
            yield [at for at, _same in groupby((round(lon, FINE), round(lat, FINE)) for lon, lat in moved)]


def shared_out(lines: Sequence[Sequence[Point]], boxes: Mapping[int, Sequence[float]]) -> dict[int, list[list[Point]]]:
    """Of lines the stretches that the people of each village walk on: those in and around its box, if there are any."""
    tree = shapely.STRtree([shapely.LineString(line) for line in lines])
    found = {}
    for village, (west, south, east, north) in boxes.items():
        wide = (west - AROUND, south - AROUND, east + AROUND, north + AROUND)
        near = sorted(tree.query(shapely.box(*wide)).tolist())
        if stretches := _within([lines[n] for n in near], wide):
            found[village] = stretches
    return found


def _within(lines: Iterable[Sequence[Point]], box: Sequence[float]) -> list[list[Point]]:
    found: list[list[Point]] = []
    for line in lines:
        last: Point | None = None
        for one, other in pairwise(line):
            if not _meets(one, other, box):
                continue
            if one == last:
                found[-1].append(other)
            else:
                found.append([one, other])
            last = other
    return found


def _meets(one: Point, other: Point, box: Sequence[float]) -> bool:
    west, south, east, north = box
    return (
        max(one[0], other[0]) >= west
        and min(one[0], other[0]) <= east
        and max(one[1], other[1]) >= south
        and min(one[1], other[1]) <= north
    )


def _on_earth(at: Point) -> bool:
    return isfinite(at[0]) and isfinite(at[1]) and abs(at[0]) <= 180 and abs(at[1]) <= 90  # noqa: PLR2004 - degrees


def _beside(at: Point, box: Sequence[float]) -> bool:
    west, south, east, north = box
    return west - FAR <= at[0] <= east + FAR and south - FAR <= at[1] <= north + FAR
