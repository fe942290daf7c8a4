"""Laws of boundaries: areas, gaps and overlaps with their size, snapping, cells, wrong datums."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from commongrid.kernel import boundaries
from commongrid.kernel.boundaries import cells, doubt, gaps, land_around, misfits, snapped
from commongrid.kernel.datum import from_gcj02, to_gcj02
from commongrid.kernel.refusals import BadInput
from commongrid.kernel.shapes import (
    Plane,
    area_m2,
    distance,
    flaw,
    holds,
    holds_each,
    inner_point,
    mended,
    moved,
    parts,
    read,
    written,
)

LON, LAT = 108.6, 27.2
PLANE = Plane(LON, LAT)


def land(*corners: tuple[float, float]) -> Any:
    """An area by its corners in metres from a middle."""
    return PLANE.back(shapely.Polygon(corners))


def box(west: float, south: float, east: float, north: float) -> Any:
    return land((west, south), (east, south), (east, north), (west, north))


def spots(*at: tuple[float, float]) -> list[tuple[float, float]]:
    return [tuple(PLANE.back(shapely.Point(pair)).coords[0]) for pair in at]


VILLAGE = box(0, 0, 1000, 1000)


# read


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (None, "no area"),
        ({"type": "Point", "coordinates": [1, 2]}, "no area"),
        ({"type": "Polygon", "coordinates": []}, "no area"),
        ({"type": "Polygon", "coordinates": "x"}, "can't be read"),
        ({"type": "Polygon"}, "can't be read"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": [[["a", 0], [1, 1], [2, 2], [0, 0]]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": [[[36400000, 3000000], [36400100, 3000000], [36400100, 3000100]]]},
         "no degrees"),
        ({"type": "Polygon", "coordinates": [[[float("inf"), 0], [1, 1], [2, 0], [float("inf"), 0]]]}, "no degrees"),
    ],
)  # fmt: skip
def test_what_is_no_boundary_is_refused_with_a_sentence(geometry: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(geometry)


def test_height_is_dropped_and_a_feature_is_opened() -> None:
    ring = [[108.6, 27.2, 800], [108.61, 27.2, 801], [108.61, 27.21, 802], [108.6, 27.2, 800]]
    found = read({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    assert not found.has_z
    assert {len(corner) for corner in written(found)["coordinates"][0]} == {2}


def test_web_map_degrees_are_brought_back() -> None:
    on_a_web_map = moved(VILLAGE, to_gcj02)
    back = read(written(on_a_web_map), "gcj02")
    assert shapely.symmetric_difference(back, VILLAGE).area / VILLAGE.area < 1e-4


def test_a_line_that_crosses_itself_is_told_with_its_place() -> None:
    bow = land((0, 0), (100, 100), (100, 0), (0, 100))
    found = flaw(bow)
    assert found is not None
    assert "crosses" in found.text
    assert found.lon is not None
    assert found.lat is not None
    assert PLANE.at(found.lon, found.lat).distance(shapely.Point(50, 50)) < 0.1
    whole = mended(bow)
    assert whole is not None
    assert flaw(whole) is None
    assert parts(whole) == 2


def test_a_good_area_has_no_flaw_and_a_speck_has() -> None:
    assert flaw(VILLAGE) is None
    assert flaw(box(0, 0, 0.5, 0.5)) is not None


def test_areas_are_those_of_the_earth() -> None:
    assert area_m2(VILLAGE) == pytest.approx(1_000_000, rel=1e-4)


def test_a_place_outside_is_as_far_as_it_is() -> None:
    inside, outside = spots((500, 500), (1300, 500))
    assert holds(VILLAGE, *inside)
    assert distance(VILLAGE, *inside) == 0
    assert not holds(VILLAGE, *outside)
    assert distance(VILLAGE, *outside) == pytest.approx(300, abs=0.5)
    assert holds(VILLAGE, *inner_point(VILLAGE))


# against each other


def test_gaps_overlaps_and_land_outside_are_told_in_square_metres() -> None:
    left, right = box(0, 0, 500, 1000), box(480, 0, 990, 1020)
    found = {one.what: one for one in misfits(right, {7: left}, VILLAGE)}
    assert found["overlap"].m2 == pytest.approx(20 * 1000, rel=1e-3)
    assert found["overlap"].other == 7
    assert found["outside"].m2 == pytest.approx(510 * 20, rel=1e-3)
    assert found["gap"].m2 == pytest.approx(10 * 1000, rel=1e-3)
    assert [one.m2 for one in gaps([left, right], VILLAGE)] == [pytest.approx(10 * 1000, rel=1e-3)]


def test_a_sibling_that_has_no_boundary_yet_leaves_no_gap() -> None:
    assert misfits(box(0, 0, 500, 1000), {}, VILLAGE, complete=False) == []


def test_what_fits_is_silent() -> None:
    assert misfits(box(0, 0, 500, 1000), {7: box(500, 0, 1000, 1000)}, VILLAGE) == []


wobble = st.lists(st.floats(-4, 4), min_size=8, max_size=8)


@settings(deadline=None, max_examples=40)
@given(wobble, st.floats(200, 800))
def test_snapping_leaves_no_overlap_no_sliver_and_nothing_outside(by: list[float], middle: float) -> None:
    """A boundary drawn within a pencil's width of where it belongs."""
    left = box(0, 0, middle, 1000)
    corners = [(middle, 0), (1000, 0), (1000, 1000), (middle, 1000)]
    right = land(*((x + by[2 * n], y + by[2 * n + 1]) for n, (x, y) in enumerate(corners)))
    found = snapped(right, [left], VILLAGE)
    assert found is not None
    kept = read(written(found))
    assert flaw(kept) is None
    assert misfits(kept, {1: left}, VILLAGE) == []
    assert area_m2(kept) == pytest.approx((1000 - middle) * 1000, rel=1e-4)


def test_snapping_leaves_a_wide_gap_and_says_so() -> None:
    found = snapped(box(520, 2, 997, 1003), [box(0, 0, 500, 1000)], VILLAGE)
    assert found is not None
    left = misfits(found, {1: box(0, 0, 500, 1000)}, VILLAGE)
    assert [one.what for one in left] == ["gap"]
    assert left[0].m2 == pytest.approx(20 * 1000, rel=0.05)


def test_nothing_is_left_of_a_boundary_that_others_hold() -> None:
    assert snapped(box(100, 100, 200, 200), [VILLAGE], None) is None


# cells


places_in = st.lists(st.tuples(st.floats(1, 999), st.floats(1, 999), st.integers(1, 4)), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(places_in)
def test_cells_cover_the_land_and_do_not_overlap(homes: list[tuple[float, float, int]]) -> None:
    at = spots(*((x, y) for x, y, _key in homes))
    found = cells([(key, spot) for (_x, _y, key), spot in zip(homes, at, strict=True)], VILLAGE)
    assert found
    assert set(found) <= {key for _x, _y, key in homes}
    assert sum(area_m2(one) for one in found.values()) == pytest.approx(area_m2(VILLAGE), rel=1e-4)
    assert all(flaw(one) is None for one in found.values())


def test_dwellings_on_the_wrong_side_are_counted() -> None:
    laid = boundaries.Dwellings([(0.5, 0.5, (1, 7)), (3.0, 3.0, (1, 7)), (0.6, 0.6, (2, 7))])
    own = shapely.box(0, 0, 1, 1)
    assert laid.off(1, own) == (2, 1, 1)
    assert laid.off(7, own) == (3, 1, 0)
    assert laid.off(9, own) == (0, 0, 2)
    assert boundaries.Dwellings([]).off(1, own) == (0, 0, 0)


def test_a_cell_holds_its_dwellings() -> None:
    homes = [(key, spot) for key, x in ((1, 100), (2, 900)) for spot in spots(*((x, y) for y in range(100, 1000, 100)))]
    found = cells(homes, VILLAGE)
    assert all(holds_each(found[key], [spot]) == [True] for key, spot in homes)
    assert area_m2(found[1]) == pytest.approx(500_000, rel=0.01)


def test_dwellings_in_one_spot_are_a_cell_of_those_who_are_most() -> None:
    (spot,) = spots((300, 300))
    assert cells([(1, spot), (2, spot), (2, spot)], VILLAGE) == {2: VILLAGE}


def test_without_dwellings_there_are_no_cells() -> None:
    assert cells([], VILLAGE) == {}
    assert land_around([]) is None


def test_land_around_one_dwelling_is_a_round_field() -> None:
    found = land_around(spots((0, 0)))
    assert found is not None
    assert area_m2(found) == pytest.approx(3.1 * boundaries.AROUND_M**2, rel=0.05)


# datum


HOMES = {1: spots(*((x, y) for x in range(50, 1000, 100) for y in range(50, 1000, 100)))}


def test_a_web_map_taken_for_plain_degrees_is_doubted() -> None:
    found = doubt({1: moved(VILLAGE, to_gcj02)}, HOMES, "cgcs2000")
    assert found is not None
    assert (found.better, found.inside_then, found.of) == ("gcj02", 100, 100)
    assert found.inside < 70


def test_plain_degrees_taken_for_a_web_map_are_doubted() -> None:
    found = doubt({1: moved(VILLAGE, from_gcj02)}, HOMES, "gcj02")
    assert found is not None
    assert (found.better, found.inside_then) == ("cgcs2000", 100)


def test_the_right_datum_is_not_doubted() -> None:
    assert doubt({1: VILLAGE}, HOMES, "wgs84") is None
    assert doubt({1: VILLAGE}, {1: HOMES[1][:3]}, "gcj02") is None


def test_a_map_that_fits_in_no_datum_is_doubted_without_advice() -> None:
    found = doubt({1: box(700, 0, 1700, 1000)}, HOMES, "wgs84")
    assert found is not None
    assert found.inside == 30
