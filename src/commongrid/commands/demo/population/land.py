"""The land of a county that lies nowhere: outline, river and valleys, with villages and hamlets along them.

Places are kilometres from the middle until they are written as degrees (WGS 84).
The outline is star-shaped, so whatever falls outside is drawn towards the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, hypot, pi, radians, sin
from random import Random
from typing import Final

MIDDLE: Final = (108.6, 27.2)
KM_NORTH, KM_EAST = 110.57, 111.32 * cos(radians(MIDDLE[1]))
"""Kilometres of a degree."""
RADIUS: Final = 26.3
"""A circle of it has the area of a rural county of the hills, some 2,170 square kilometres."""
WAVES: Final = ((2, 0.10), (3, 0.08), (5, 0.05), (8, 0.025), (13, 0.012))
"""Bulges of the outline: how many, and how far, as a share of the radius."""
CORNERS: Final = 180
MOUTHS: Final = ((-0.62, 1), (-0.24, -1), (0.12, 1), (0.48, -1))
"""Where valleys meet the river, as a share of the radius, and on which side."""
RIM, EDGE = 0.93, 0.98
"""No hamlet lies nearer to the border, and no home, as a share of the way from the middle."""
STEP: Final = 0.25
ROW: Final = 60
"""Homes along one row of a hamlet before the next begins behind it, unless its lane says otherwise."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lane:
    """A hamlet: its middle in kilometres, the way along which its homes stand, and how many stand in a row."""

    at: Point
    way: Point
    row: int = ROW


class Land:
    """The county's land, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        """Shape it and let the river run."""
        chance = Random(f"land {seed}")
        self.phases = [chance.uniform(0, 2 * pi) for _ in WAVES]
        self.bend = chance.uniform(0, 2 * pi)
        self.valleys = [self._river(), *(self._valley(where, side) for where, side in MOUTHS)]

    def rim(self, angle: float) -> float:
        """How far the border is from the middle, in a direction."""
        waves = zip(WAVES, self.phases, strict=True)
        return RADIUS * (1 + sum(far * cos(times * angle + phase) for (times, far), phase in waves))

    def outline(self) -> list[Point]:
        """The border as degrees, closed."""
        angles = [2 * pi * n / CORNERS for n in range(CORNERS)]
        ring = [degrees((self.rim(angle) * cos(angle), self.rim(angle) * sin(angle))) for angle in angles]
        return [*ring, ring[0]]

    def holds(self, point: Point) -> bool:
        """Whether a place in kilometres lies inside the border."""
        return hypot(*point) <= self.rim(atan2(point[1], point[0]))

    def inside(self, point: Point, share: float = RIM) -> Point:
        """The place, drawn towards the middle until it is well inside."""
        far, most = hypot(*point), self.rim(atan2(point[1], point[0])) * share
        return point if far <= most else (point[0] * most / far, point[1] * most / far)

    def _river(self) -> list[Point]:
        lo, hi = -self.rim(pi) * RIM, self.rim(0) * RIM
        return [(x, self._height(x)) for x in _steps(lo, hi)]

    def _height(self, x: float) -> float:
        return 4.5 * sin(x / 8 + self.bend) + 1.2 * sin(x / 2.7)

    def _valley(self, where: float, side: int) -> list[Point]:
        x0 = where * RADIUS
        y0 = self._height(x0)
        run = [(x0 + 2.2 * sin(far / 4 + x0), y0 + side * far) for far in _steps(1.0, RADIUS * 1.2)]
        return [point for point in run if hypot(*point) <= self.rim(atan2(point[1], point[0])) * RIM]

    def stretches(self, townships: int) -> list[list[Point]]:
        """The valleys cut into as many stretches of equal length as there are townships."""
        run = [point for valley in self.valleys for point in valley]
        cuts = [round(len(run) * n / townships) for n in range(townships + 1)]
        return [run[lo:hi] for lo, hi in pairwise(cuts)]

    def hamlets(self, stretch: list[Point], villages: int, hamlets: int, chance: Random) -> list[list[Lane]]:
        """Of each village of a township its hamlets: strung along a road that leaves the valley up a side stream."""
        found = []
        for n in range(villages):
            at = round((n + 0.5) * len(stretch) / villages)
            x, y = stretch[min(at, len(stretch) - 1)]
            before, after = stretch[max(at - 1, 0)], stretch[min(at + 1, len(stretch) - 1)]
            along = atan2(after[1] - before[1], after[0] - before[0])
            up = along + (pi / 2 if n % 2 else -pi / 2) + chance.uniform(-0.5, 0.5)
            found.append([self._lane((x, y), up, m, chance) for m in range(hamlets)])
        return found

    def _lane(self, valley: Point, up: float, m: int, chance: Random) -> Lane:
        far = 0.15 + 0.85 * m + chance.uniform(0, 0.3)
        turn = up + 0.35 * sin(far * 1.7)
        return Lane(
            self.inside((valley[0] + far * cos(turn), valley[1] + far * sin(turn))), (cos(turn + 0.3), sin(turn + 0.3))
        )

    def home(self, lane: Lane, n: int, count: int, chance: Random) -> Point:
        """The place of one of a hamlet's homes, as degrees: along the lane, in rows where there are many."""
        row, place = divmod(n, lane.row)
        half = min(count, lane.row) / 2
        along = (place - half) * 0.018 + chance.uniform(-0.008, 0.008)
        aside = (row // 2 + 1) * 0.035 * (1 if row % 2 else -1) + chance.uniform(-0.012, 0.012)
        (x, y), (east, north) = lane.at, lane.way
        return degrees(self.inside((x + along * east - aside * north, y + along * north + aside * east), EDGE))


def _steps(lo: float, hi: float) -> list[float]:
    return [lo + STEP * n for n in range(int((hi - lo) / STEP) + 1)]


def degrees(point: Point) -> Point:
    """Kilometres from the middle as degrees east and north."""
    return round(MIDDLE[0] + point[0] / KM_EAST, 6), round(MIDDLE[1] + point[1] / KM_NORTH, 6)


def kilometres(point: Point) -> Point:
    """Degrees as kilometres from the middle."""
    return (point[0] - MIDDLE[0]) * KM_EAST, (point[1] - MIDDLE[1]) * KM_NORTH
