"""Tiles of a base map: where they lie, and how those of a shifted grid are cut."""

from __future__ import annotations

import pytest

from commongrid.kernel.datum import to_gcj02
from commongrid.kernel.tiles import SIDE, is_tile, pieces, pixel, place

HERE = 107.51, 27.93
"""A place of Guizhou, where the shifted grid is some 400 metres off."""


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    x, y = pixel(lon, lat, z)
    return int(x // SIDE), int(y // SIDE)


def test_known_places() -> None:
    """Corners of the world's picture, and a tile known from the scheme's description (Berlin's centre at zoom 12)."""
    assert pixel(-180, 85.0511287798066, 0) == pytest.approx((0, 0), abs=1e-6)
    assert pixel(0, 0, 3) == pytest.approx((1024, 1024))
    assert tile_of(13.37771496361961, 52.51628011262304, 12) == (2200, 1343)


@pytest.mark.parametrize("z", [3, 9, 14, 18])
def test_there_and_back(z: int) -> None:
    assert place(*pixel(*HERE, z), z) == pytest.approx(HERE, abs=1e-9)


def test_what_is_not_shifted_is_one_tile() -> None:
    for datum in ("wgs84", "cgcs2000"):
        assert [(one.x, one.y, one.left, one.top) for one in pieces(15, 5, 6, datum)] == [(5, 6, 0, 0)]


@pytest.mark.parametrize("z", [10, 14, 15, 17, 18])
def test_a_shifted_place_comes_to_lie_where_it_is(z: int) -> None:
    """The pixel under a place of the tile made is the source's pixel of the same place on its own grid."""
    x, y = tile_of(*HERE, z)
    middle = place((x + 0.5) * SIDE, (y + 0.5) * SIDE, z)
    source = pixel(*to_gcj02(*middle), z)
    covered = set()
    for one in pieces(z, x, y, "gcj02"):
        assert -SIDE < one.left < SIDE
        assert -SIDE < one.top < SIDE
        covered |= {(one.left + dx, one.top + dy) for dx in (0, SIDE - 1) for dy in (0, SIDE - 1)}
        if one.left <= SIDE / 2 < one.left + SIDE and one.top <= SIDE / 2 < one.top + SIDE:
            at = one.x * SIDE + SIDE / 2 - one.left, one.y * SIDE + SIDE / 2 - one.top
            assert at == pytest.approx(source, abs=1)
    assert min(left for left, _ in covered) <= 0
    assert max(left for left, _ in covered) >= SIDE - 1


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (0, 1, 0), (3, 8, 0), (3, 0, 8), (21, 0, 0), (99, 0, 0)])
def test_no_such_tile(z: int, x: int, y: int) -> None:
    assert not is_tile(z, x, y)


def test_the_edge_of_the_world_has_fewer_pieces() -> None:
    assert all(is_tile(2, one.x, one.y) for one in pieces(2, 3, 1, "gcj02"))
