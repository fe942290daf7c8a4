"""Lines that nobody walks across and the ways over them, as drawn: read, checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from commongrid.kernel.refusals import N_, BadInput

BARRIERS: Final = ("barrier", "bridge")
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
    if not all(isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in points):  # noqa: PLR2004 - degrees
        raise BadInput(fields={"shape": UNREAD})
    return list(dict.fromkeys(points))


def _beside(at: Point, box: Sequence[float]) -> bool:
    west, south, east, north = box
    return west - FAR <= at[0] <= east + FAR and south - FAR <= at[1] <= north + FAR
