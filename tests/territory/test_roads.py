"""Roads of a file: as OpenStreetMap exports them, with loops, rivers beside them, and what nobody walks on."""

from __future__ import annotations

import json

import pytest

from commongrid.kernel.geofiles import Feature
from commongrid.kernel.refusals import BadInput
from commongrid.territory.rules.barring import read_line, roads

LOOP = [[107.0, 26.0], [107.001, 26.0], [107.001, 26.001], [107.0, 26.0]]
THERE_AND_BACK = [[107.0, 26.0], [107.001, 26.0], [107.002, 26.001], [107.001, 26.0], [107.001, 25.999]]


def line(points: list[list[float]], **said: str) -> Feature:
    return Feature(1, said, {"type": "LineString", "coordinates": points})


@pytest.mark.parametrize("points", [LOOP, THERE_AND_BACK])
def test_a_line_that_comes_back_to_a_point_stays_as_it_is(points: list[list[float]]) -> None:
    (kept,) = roads([line([points[0], *points])], "wgs84")
    assert [list(at) for at in kept] == points, "a point that is merely repeated is dropped, and nothing else"
    assert [list(at) for at in read_line(json.dumps({"type": "LineString", "coordinates": points}))] == points


def test_where_a_file_says_what_is_a_road_nothing_else_is_one() -> None:
    path = line(LOOP, highway="path")
    others = [line(LOOP, waterway="river"), line(LOOP, highway="motorway"), line(LOOP, highway="", power="line")]
    assert len(roads([path, *others], "wgs84")) == 1
    assert len(roads(others[:1], "wgs84")) == 1, "a file that says nothing of the kind is taken as it is"
    with pytest.raises(BadInput):
        roads([Feature(1, {"highway": "crossing"}, {"type": "Point", "coordinates": [107, 26]}), *others], "wgs84")
