"""Which earth a pair of degrees is measured on, and how to bring it to WGS 84.

CGCS2000 and WGS 84 differ by centimetres, which is nothing here. GCJ-02 is the
shifted grid of Chinese web maps: some 500 metres off, by a published formula
of smooth waves. It has no exact inverse, but the shift changes so slowly that
taking it off a few times ends within a millimetre.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt
from typing import Final, Literal

Datum = Literal["wgs84", "cgcs2000", "gcj02"]

DATUMS: Final[tuple[Datum, ...]] = ("cgcs2000", "wgs84", "gcj02")
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Outside this the grid of web maps is not shifted."""
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
"""Of Krassovsky's ellipsoid, as the formula has them."""
_NEAR: Final = 1e-10
"""Degrees; a hundredth of a millimetre."""
_TURNS: Final = 30


def _waves(x: float) -> float:
    return 20 * (2 * sin(6 * x * pi) + 2 * sin(2 * x * pi)) / 3


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """How far the grid of web maps moves a place, in degrees."""
    x, y = lon - 105, lat - 35
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x)
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x)
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    root = sqrt(1 - _ECCENTRICITY * sin(lat / 180 * pi) ** 2)
    meridian = _AXIS * (1 - _ECCENTRICITY) / root**3
    return east * 180 / (_AXIS / root * cos(lat / 180 * pi) * pi), north * 180 / (meridian * pi)


def _shifted(lon: float, lat: float) -> bool:
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """A place of WGS 84 on the grid of Chinese web maps."""
    if not _shifted(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def from_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The place of WGS 84 that the grid of Chinese web maps shows there."""
    if not _shifted(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(_TURNS):
        east, north = _shift(x, y)
        off_x, off_y = lon - (x + east), lat - (y + north)
        x, y = x + off_x, y + off_y
        if abs(off_x) < _NEAR and abs(off_y) < _NEAR:
            break
    return x, y


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """A place of any of the three on WGS 84."""
    return from_gcj02(lon, lat) if datum == "gcj02" else (lon, lat)
