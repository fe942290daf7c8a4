"""The walking graph: who is whose neighbour, and how far it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from commongrid.kernel.division.arranging import DETOUR, Among
from commongrid.kernel.division.graph import Graph, Terrain, walking_graph
from commongrid.kernel.division.reckoning import in_pieces
from commongrid.kernel.division.walking import Walking

pytestmark = pytest.mark.xdist_group("division")  # one worker compiles

WALL = np.array([[50.0, -100.0], [50.0, 100.0]])
SQUARE = np.array([[0.0, 0.0], [0.0, 40.0], [100.0, 0.0], [100.0, 40.0]])
ONE = np.zeros(4, np.int64)


def walks_of(graph: Graph) -> Any:
    """Metres between any two households, as scipy has them; infinite where there is no way."""
    return dijkstra(graph.ways(), directed=False)[np.ix_(graph.place, graph.place)]


def near(metres: float) -> object:
    """So many metres, but for what is rounded."""
    return pytest.approx(metres, abs=0.2)


def edges(graph: Graph) -> set[frozenset[tuple[float, float]]]:
    """Edges by their points."""
    return {frozenset(tuple(graph.places[one]) for one in ends) for ends in graph.ends.tolist()}


def test_a_wall_cuts_what_crosses_it_and_nothing_else() -> None:
    free = walking_graph(SQUARE, ONE, Terrain())
    cut = walking_graph(SQUARE, ONE, Terrain(barriers=[WALL]))
    assert len(edges(free)) == 5
    assert edges(cut) == {frozenset({(0, 0), (0, 40)}), frozenset({(100, 0), (100, 40)})}
    assert np.isinf(walks_of(cut)[0, 2])
    assert walks_of(cut)[0, 1] == 40


@pytest.mark.parametrize("bridge", [[[50.0, 20.0]], [[45.0, 20.0], [55.0, 20.0]]], ids=["point", "line"])
def test_a_bridge_is_walked_over_and_its_way_counted(bridge: list[list[float]]) -> None:
    graph = walking_graph(SQUARE, ONE, Terrain(barriers=[WALL], bridges=[np.array(bridge)]))
    assert walks_of(graph)[0, 2] == pytest.approx(2 * np.hypot(50, 20), rel=0.02)
    assert graph.idle_bridges == ()


def test_a_bridge_that_nobody_can_reach_is_told() -> None:
    island = [np.array([[40.0, -9.0], [40.0, 49.0]]), np.array([[60.0, -9.0], [60.0, 49.0]])]
    walls = [np.array([[-50.0, -9.0], [150.0, -9.0]]), np.array([[-50.0, 49.0], [150.0, 49.0]]), *island]
    bridges = [np.array([[45.0, 20.0], [55.0, 20.0]])]
    assert walking_graph(SQUARE, ONE, Terrain(barriers=walls, bridges=bridges)).idle_bridges == (0,)


def test_an_area_hangs_together_across_another_one() -> None:
    points = np.column_stack([np.arange(9.0) * 10, np.zeros(9)])
    area = np.array([0, 0, 0, 1, 1, 1, 0, 0, 0])
    assert frozenset({(20.0, 0.0), (60.0, 0.0)}) in edges(walking_graph(points, area, Terrain()))


def test_past_the_end_of_a_wall_there_is_a_way() -> None:
    points = np.array([[0.0, 0.0], [10.0, 90.0], [100.0, 0.0], [100.0, 90.0], [0.0, 95.0]])
    wall = np.array([[50.0, -500.0], [50.0, 80.0]])
    assert np.isfinite(walks_of(walking_graph(points, np.zeros(5, np.int64), Terrain(barriers=[wall])))).all()


ROW = np.array([[0.0, 10.0], [100.0, -10.0], [200.0, 10.0], [300.0, 10.0]])
ROAD = np.array([[0.0, 0.0], [150.0, 0.0], [150.0, 400.0], [200.0, 400.0], [200.0, 0.0], [300.0, 0.0]])


def test_imported_roads_take_the_place_of_ways_across_the_land() -> None:
    graph = walking_graph(ROW, ONE, Terrain(roads=[ROAD]))
    walks = walks_of(graph)
    assert walks[0, 1] == near(10 + 100 + 10)
    assert walks[1, 2] == near(10 + 50 + 400 + 50 + 390), "there is no short way across the land"
    assert walks[0, 3] == near(10 + 150 + 400 + 50 + 400 + 100 + 10), "one passes by the others' doors"
    assert edges(graph) == {frozenset({tuple(ROW[n]), tuple(ROW[n + 1])}) for n in range(3)}


def test_bends_dead_ends_and_longer_ways_round_take_no_room() -> None:
    straight = np.array([[0.0, 0.0], [300.0, 0.0]])
    bent = np.column_stack([np.arange(301.0), np.zeros(301)])
    dead = np.array([[150.0, 0.0], [150.0, -400.0], [160.0, -500.0], [140.0, -500.0], [150.0, -400.0]])
    longer = np.array([[120.0, 0.0], [150.0, 300.0], [180.0, 0.0]])
    graph = walking_graph(ROW, ONE, Terrain(roads=[bent, dead, longer]))
    plain = walking_graph(ROW, ONE, Terrain(roads=[straight]))
    assert graph.roads is not None
    assert graph.roads.shape[0] <= 2 * len(ROW)
    assert edges(graph) == edges(plain)
    assert np.abs(walks_of(graph) - walks_of(plain)).max() < 0.1


def test_roads_meet_where_they_cross_and_pass_over_a_barrier() -> None:
    across = np.array([[20.0, 300.0], [20.0, 20.0]]), np.array([[0.0, 20.0], [100.0, 20.0]])
    walks = walks_of(walking_graph(SQUARE, ONE, Terrain(barriers=[WALL], roads=across)))
    assert walks[0, 2] == near(20 + 100 + 20)
    far = np.vstack([SQUARE, [[20.0, 300.0]]])
    assert walks_of(walking_graph(far, np.zeros(5, np.int64), Terrain(roads=across)))[4, 2] == near(280 + 80 + 20)


def test_whom_no_road_reaches_walks_across_the_land_to_a_neighbour() -> None:
    points = np.vstack([ROW, [[0.0, -400.0]]])
    walks = walks_of(walking_graph(points, np.zeros(5, np.int64), Terrain(roads=[ROAD])))
    assert np.isfinite(walks).all()
    assert walks[0, 4] == near(410)
    assert walks[0, 1] == near(120)


def test_an_area_hangs_together_along_a_road_past_another_one() -> None:
    graph = walking_graph(ROW, np.array([0, 1, 0, 0]), Terrain(roads=[ROAD]))
    assert frozenset({tuple(ROW[0]), tuple(ROW[2])}) in edges(graph)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_any_points_hang_together_without_walls(points: list[tuple[int, int]]) -> None:
    walks = walks_of(walking_graph(np.array(points, float), np.zeros(len(points), np.int64), Terrain()))
    straight = np.linalg.norm(np.array(points)[:, None] - np.array(points)[None], axis=2)
    assert np.isfinite(walks).all()
    assert (walks >= straight - 0.1).all()
    assert np.allclose(walks, walks.T)


@pytest.mark.parametrize("terrain", [Terrain(), Terrain(barriers=[WALL]), Terrain(barriers=[WALL], roads=[ROAD])])
def test_walks_that_are_looked_up_are_the_shortest(terrain: Terrain) -> None:
    chance = np.random.default_rng(4)
    points = chance.uniform(-90, 150, (70, 2))
    points[60:] = points[:10]
    graph = walking_graph(points, np.zeros(70, np.int64), terrain)
    whole = walks_of(graph)
    straight = DETOUR * np.linalg.norm(points[:, np.newaxis] - points[np.newaxis], axis=2)
    whole = np.where(np.isinf(whole), straight, whole)
    who, sites = chance.permutation(70)[:25], chance.permutation(70)[:9]
    assert np.allclose(Walking(points, graph)(who, sites), whole[np.ix_(sites, who)])
    assert np.allclose(Walking(points, graph)(who), whole[np.ix_(who, who)])
    assert np.allclose(Among(points, graph)(who), whole[np.ix_(who, who)])


def test_grids_in_pieces_are_counted_each_by_its_own_dwellings() -> None:
    points = np.array([[0, 0], [10, 0], [20, 0], [30, 0], [40, 0], [10, 0], [10, 0]], float)
    graph = walking_graph(points, np.zeros(7, np.int64), Terrain())
    assert in_pieces(graph, np.array([0, 0, 1, 0, 1, 2, -1]), 4).tolist() == [2, 2, 1, 0]
