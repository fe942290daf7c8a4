"""The walking graph: which dwellings are neighbours on foot, and what is walked on.

Households at one point share a place. Neighbours are the edges of the Delaunay
triangulation of all places, and of the places of each area by itself, so that
an area hangs together where another one's dwellings stand between; an edge that
crosses a drawn barrier is cut. A bridge joins the nearest places in sight of
its two ends. Imported roads take the place of these ways as far as they reach:
dwellings that one can walk between on roads are neighbours along them, and
only what roads leave apart is joined across the land. Metres are rounded to a
sixty-fourth, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, QhullError, cKDTree

from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.division.roads import along

GRAIN = 64
IN_SIGHT = 3
"""So many places are joined at each end of a bridge."""
AROUND = 8
"""So many places around are tried where a barrier has cut off one that could be walked to."""
STEP_ASIDE = 0.5
"""Metres to either side of a barrier at which a bridge given as one point begins and ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """What was drawn or imported: lines that nobody crosses, the bridges (points or lines) over them, and roads.

    A road that crosses a barrier goes over it.
    """

    barriers: Sequence[Reals] = ()
    bridges: Sequence[Reals] = ()
    roads: Sequence[Reals] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Places, the place of each household, edges between neighbours with metres, and bridges that lead nowhere.

    ``roads``, where there are any: what is walked on instead of the edges, the points of roads after the places.
    """

    places: Reals
    place: Wholes
    ends: Wholes
    metres: Reals
    idle_bridges: tuple[int, ...] = ()
    roads: csr_matrix | None = None

    def matrix(self) -> csr_matrix:
        """The edges as a sparse symmetric matrix."""
        size = len(self.places)
        one = coo_matrix((self.metres, (self.ends[:, 0], self.ends[:, 1])), shape=(size, size)).tocsr()
        return one.maximum(one.T)

    def ways(self) -> csr_matrix:
        """What is walked on; the places come first."""
        return self.matrix() if self.roads is None else self.roads


def walking_graph(points: Reals, area: Wholes, terrain: Terrain) -> Graph:
    """The graph of a village's dwellings; areas are what a grid may not straddle."""
    rounded = np.column_stack([np.round(points, 2), area])
    unique, place = np.unique(rounded, axis=0, return_inverse=True)
    places, of_area = unique[:, :2], unique[:, 2]
    place = place.reshape(-1).astype(np.int64)
    walls = _walls(terrain.barriers)
    sets = [_neighbours(places), *(_within(places, of_area == one) for one in np.unique(of_area))]
    ends = _unique_pairs(np.vstack(sets))
    ends = ends[~_crossed(places[ends[:, 0]], places[ends[:, 1]], walls)]
    ends = _walked_around(places, ends, walls) if len(walls) else ends
    metres = np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1)
    over, over_metres, idle = _bridged(places, walls, terrain.bridges)
    graph = Graph(
        places=places,
        place=place,
        ends=np.vstack([ends, over]),
        metres=_grained(np.concatenate([metres, over_metres])),
        idle_bridges=idle,
    )
    return _on_roads(graph, of_area, terrain.roads) if terrain.roads else graph


def _on_roads(graph: Graph, of_area: Reals, roads: Sequence[Reals]) -> Graph:
    """The same with roads: across the land one walks only to what they don't reach."""
    found = along(graph.places, roads, GRAIN)
    apart = found.part[graph.ends[:, 0]] != found.part[graph.ends[:, 1]]
    ends, metres = graph.ends[apart], graph.metres[apart]
    sets = [np.arange(len(graph.places)), *(np.flatnonzero(of_area == one) for one in np.unique(of_area))]
    beside, beside_metres = found.neighbours(sets)
    return replace(
        graph,
        ends=np.vstack([beside, ends]),
        metres=np.concatenate([beside_metres, metres]),
        roads=found.matrix(ends, metres),
    )


def parts(graph: Graph, kept: NDArray[np.bool_], area: Wholes) -> Wholes:
    """The connected part of each place among those kept, without leaving its area; -1 for the others."""
    size = len(graph.places)
    of_place = np.full(size, -1, np.int64)
    of_place[graph.place] = area
    stays = np.zeros(size, np.bool_)
    stays[graph.place[kept]] = True
    a, b = graph.ends[:, 0], graph.ends[:, 1]
    inside = stays[a] & stays[b] & (of_place[a] == of_place[b])
    links = coo_matrix((np.ones(int(inside.sum())), (a[inside], b[inside])), shape=(size, size))
    _, found = connected_components(links, directed=False)
    return np.where(stays, found, -1).astype(np.int64)


def beyond(points: Reals, centre: Reals, terrain: Terrain) -> NDArray[np.bool_]:
    """Which points see the centre only across a barrier: whoever lives there walks round it or over a bridge."""
    return _crossed(points, np.broadcast_to(centre, points.shape), _walls(terrain.barriers))


def _grained(metres: Reals) -> Reals:
    return np.maximum(np.round(metres * GRAIN), 1.0) / GRAIN


def _unique_pairs(ends: Wholes) -> Wholes:
    return np.unique(np.sort(ends, axis=1), axis=0) if len(ends) else ends


def _within(places: Reals, mine: NDArray[np.bool_]) -> Wholes:
    return np.flatnonzero(mine)[_neighbours(places[mine])].reshape(-1, 2)


def _neighbours(places: Reals) -> Wholes:
    """The edges of the triangulation; places on one line are joined along it."""
    if len(places) == 1:
        return np.empty((0, 2), np.int64)
    try:
        mesh = Delaunay(places - places.mean(axis=0))
    except (QhullError, ValueError):
        away = places - places.mean(axis=0)
        order = np.argsort(away @ np.linalg.svd(away, full_matrices=False)[2][0], kind="stable")
        return np.column_stack([order[:-1], order[1:]]).astype(np.int64)
    found = mesh.simplices
    left_out = mesh.coplanar[:, [0, 2]] if len(mesh.coplanar) else np.empty((0, 2), np.int64)
    return np.vstack([found[:, [0, 1]], found[:, [1, 2]], found[:, [0, 2]], left_out]).astype(np.int64)


def _walls(lines: Sequence[Reals]) -> Reals:
    """All barriers as segments: x, y of the one end and of the other."""
    cut = [np.hstack([line[:-1], line[1:]]) for line in (np.asarray(one, float).reshape(-1, 2) for one in lines)]
    return np.vstack(cut) if cut else np.empty((0, 4))


def _crossed(start: Reals, end: Reals, walls: Reals) -> NDArray[np.bool_]:
    """Which of the ways from start to end cross a wall; a way through a corner crosses once, not twice."""
    found = np.zeros(len(start), np.bool_)
    for x1, y1, x2, y2 in walls:
        low, high = np.minimum(start, end), np.maximum(start, end)
        near = (low[:, 0] <= max(x1, x2)) & (high[:, 0] >= min(x1, x2))
        near &= (low[:, 1] <= max(y1, y2)) & (high[:, 1] >= min(y1, y2))
        at = np.flatnonzero(near & ~found)
        s, e = start[at], end[at]
        side_s = (x2 - x1) * (s[:, 1] - y1) - (y2 - y1) * (s[:, 0] - x1) > 0
        side_e = (x2 - x1) * (e[:, 1] - y1) - (y2 - y1) * (e[:, 0] - x1) > 0
        side_1 = (e[:, 0] - s[:, 0]) * (y1 - s[:, 1]) - (e[:, 1] - s[:, 1]) * (x1 - s[:, 0]) > 0
        side_2 = (e[:, 0] - s[:, 0]) * (y2 - s[:, 1]) - (e[:, 1] - s[:, 1]) * (x2 - s[:, 0]) > 0
        found[at] = (side_s != side_e) & (side_1 != side_2)
    return found


def _walked_around(places: Reals, ends: Wholes, walls: Reals) -> Wholes:
    """More edges where a cut has left places alone that can see others: past the end of a barrier."""
    links = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(places),) * 2)
    count, part = connected_components(links, directed=False)
    if count == 1:
        return ends
    _, near = cKDTree(places).query(places, k=min(AROUND + 1, len(places)))
    a = np.repeat(np.arange(len(places)), near.shape[1])
    b = near.reshape(-1)
    apart = part[a] != part[b]
    pairs = _unique_pairs(np.column_stack([a[apart], b[apart]]).astype(np.int64))
    if not len(pairs):
        return ends
    seen = ~_crossed(places[pairs[:, 0]], places[pairs[:, 1]], walls)
    return np.vstack([ends, pairs[seen]])


def _bridge_ends(bridge: Reals, walls: Reals) -> tuple[Reals, Reals]:
    """The two ends of a bridge; one point is widened across the wall it stands on."""
    if len(bridge) > 1 or not len(walls):
        return bridge[0], bridge[-1]
    start, along = walls[:, :2], walls[:, 2:] - walls[:, :2]
    long = np.maximum((along**2).sum(axis=1), 1e-9)
    at = np.clip(((bridge[0] - start) * along).sum(axis=1) / long, 0, 1)
    foot = start + at[:, np.newaxis] * along
    nearest = int(np.argmin(((foot - bridge[0]) ** 2).sum(axis=1)))
    normal = np.array([-along[nearest, 1], along[nearest, 0]]) / np.sqrt(long[nearest])
    return foot[nearest] + STEP_ASIDE * normal, foot[nearest] - STEP_ASIDE * normal


def _bridged(places: Reals, walls: Reals, bridges: Sequence[Reals]) -> tuple[Wholes, Reals, tuple[int, ...]]:
    """Edges over the bridges, their metres, and which bridges have no place in sight of an end."""
    ends: list[tuple[int, int]] = []
    metres: list[float] = []
    idle = []
    for number, drawn in enumerate(bridges):
        one, other = _bridge_ends(np.asarray(drawn, float).reshape(-1, 2), walls)
        left, right = _in_sight(places, walls, one), _in_sight(places, walls, other)
        span = float(np.linalg.norm(one - other))
        over = [(a, b, da + span + db) for a, da in left for b, db in right if a != b]
        ends += [(a, b) for a, b, _ in over]
        metres += [way for _, _, way in over]
        if not over:
            idle.append(number)
    return np.array(ends, np.int64).reshape(-1, 2), np.array(metres, float), tuple(idle)


def _in_sight(places: Reals, walls: Reals, end: Reals) -> list[tuple[int, float]]:
    away = np.linalg.norm(places - end, axis=1)
    found = []
    for at in np.argsort(away, kind="stable")[: 20 * IN_SIGHT]:
        if not _crossed(end[np.newaxis, :], places[at][np.newaxis, :], walls)[0]:
            found.append((int(at), float(away[at])))
        if len(found) == IN_SIGHT:
            break
    return found
