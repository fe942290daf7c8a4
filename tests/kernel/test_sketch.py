"""Shapes as paths: inside the drawing, north up, one path for each."""

from __future__ import annotations

import re

import shapely

from commongrid.kernel.sketch import MARGIN, sketch

LAND = {1: shapely.box(108.6, 27.2, 108.62, 27.21), 2: shapely.box(108.62, 27.2, 108.63, 27.21)}


def test_shapes_lie_side_by_side_inside_the_drawing() -> None:
    found = sketch(LAND, 300)
    assert found.width == 300
    assert 0 < found.height < 300
    assert set(found.strokes) == {1, 2}
    numbers = [float(each) for stroke in found.strokes.values() for each in re.findall(r"[\d.]+", stroke.path)]
    assert min(numbers) >= MARGIN - 0.1
    assert max(numbers) <= 300 - MARGIN + 0.1
    assert found.strokes[1].x < found.strokes[2].x
    assert all(stroke.path.startswith("M") and stroke.path.endswith("Z") for stroke in found.strokes.values())


def test_north_is_up() -> None:
    found = sketch({1: shapely.box(108.6, 27.2, 108.7, 27.3), 2: shapely.box(108.6, 27.3, 108.7, 27.4)}, 200)
    assert found.strokes[2].y < found.strokes[1].y


def test_an_exclave_and_a_hole_are_drawn_too() -> None:
    ring = shapely.box(0, 0, 1, 1).difference(shapely.box(0.4, 0.4, 0.6, 0.6))
    found = sketch({1: shapely.union(ring, shapely.box(2, 0, 3, 1))}, 100)
    assert found.strokes[1].path.count("M") == 3


def test_without_shapes_there_is_nothing_to_draw() -> None:
    assert sketch({}, 100).strokes == {}
