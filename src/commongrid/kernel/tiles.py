"""Tiles of a base map: squares of Web Mercator, and how those of a shifted grid are laid under an unshifted map.

The scheme is the common one (XYZ): zoom z has 2**z by 2**z tiles of 256 pixels,
the first in the north-west. A map on GCJ-02 shows every place some hundred
metres off; within one tile that is the same shift to less than a pixel, so a
tile is cut from up to four of its neighbours, moved by the shift at its centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asinh, atan, degrees, floor, pi, radians, sinh, tan
from typing import Final

from commongrid.kernel.datum import to_gcj02

SIDE: Final = 256
"""Pixels of a tile's side."""
DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A tile of the source, and where its upper left corner comes to lie in the tile that is asked for, in pixels."""

    x: int
    y: int
    left: int
    top: int


def is_tile(z: int, x: int, y: int) -> bool:
    """Whether there is such a tile."""
    return 0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z


def pixel(lon: float, lat: float, z: int) -> tuple[float, float]:
    """Where a place of degrees lies in the world's picture at a zoom, in pixels from the north-west."""
    world = SIDE * 2.0**z
    return (lon + 180) / 360 * world, (1 - asinh(tan(radians(lat))) / pi) / 2 * world


def place(x: float, y: float, z: int) -> tuple[float, float]:
    """The place of degrees at a pixel of the world's picture at a zoom."""
    world = SIDE * 2.0**z
    return x / world * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y / world))))


def pieces(z: int, x: int, y: int, datum: str) -> list[Piece]:
    """Which tiles of the source a tile is made of, and where they lie in it; one and whole where nothing is shifted."""
    if datum != "gcj02":
        return [Piece(x, y, 0, 0)]
    middle = (x + 0.5) * SIDE, (y + 0.5) * SIDE
    there = pixel(*to_gcj02(*place(*middle, z)), z)
    left, top = (x * SIDE + round(there[0] - middle[0]), y * SIDE + round(there[1] - middle[1]))
    wide, high = ({floor(at / SIDE), floor((at + SIDE - 1) / SIDE)} for at in (left, top))
    return [
        Piece(column, row, column * SIDE - left, row * SIDE - top)
        for row in sorted(high)
        for column in sorted(wide)
        if is_tile(z, column, row)
    ]
