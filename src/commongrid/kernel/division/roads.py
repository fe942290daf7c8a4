"""Imported roads and paths: which dwellings are next to each other along them, and what is walked on.

Roads meet where they cross or come within a metre of each other. A dwelling
reaches the nearest point of a road that is no further than ``ACCESS``; others
are beside the roads and stay with their neighbours across the land.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.division.statement import ACCESS

SNAP = 1.0
"""Metres within which roads meet."""


@dataclass(frozen=True, slots=True)
class Along:
    """Places and, after them, points of roads; edges between these with metres, and the part that each place is in."""

    size: int
    ends: Wholes
    metres: Reals
    part: Wholes

    def matrix(self, more: Wholes, metres: Reals) -> csr_matrix:
        """What is walked on, with edges between places beside the roads."""
        return _matrix(self.size, np.vstack([self.ends, more]), np.concatenate([self.metres, metres]))

    def neighbours(self, sets: Iterable[Wholes]) -> tuple[Wholes, Reals]:
        """Of each set of places which are next to each other along the roads, and the metres between them."""
        found = [self._neighbours(one) for one in sets]
        ends, metres = np.vstack([one for one, _ in found]), np.concatenate([one for _, one in found])
        return _shortest(ends, metres)

    def _neighbours(self, wanted: Wholes) -> tuple[Wholes, Reals]:
        """Those whose halves of a road touch: every point of a road belongs to the nearest of these places."""
        away, _, owner = dijkstra(
            self.matrix(np.empty((0, 2), np.int64), np.empty(0)), directed=False, indices=wanted,
            min_only=True, return_predecessors=True,
        )  # fmt: skip
        one, other = owner[self.ends[:, 0]], owner[self.ends[:, 1]]
        touch = (one != other) & (one >= 0) & (other >= 0)
        a, b = self.ends[touch].T
        pairs = np.sort(np.column_stack([one[touch], other[touch]]), axis=1).astype(np.int64)
        return pairs, away[a] + self.metres[touch] + away[b]


def along(places: Reals, roads: Sequence[Reals], grain: int) -> Along:
    """The places on the roads; metres are whole parts of a ``grain``-th, at least one."""
    count = len(places)
    start, end, points = _segments(roads)
    at, segment = _nearest(places, points[start], points[end])
    across = points[end[segment]] - points[start[segment]]
    long = np.maximum((across**2).sum(axis=1), 1e-9)
    share = np.clip(((places[at] - points[start[segment]]) * across).sum(axis=1) / long, 0, 1)
    foot = points[start[segment]] + share[:, np.newaxis] * across
    feet = count + len(points) + np.arange(len(at))
    # each segment as the chain of its ends and of the feet on it
    numbers = np.arange(len(start))
    of = np.concatenate([numbers, numbers, segment])
    where = np.concatenate([np.zeros(len(start)), np.ones(len(start)), share])
    node = np.concatenate([count + start, count + end, feet])
    order = np.lexsort((where, of))
    of, where, node = of[order], where[order], node[order]
    linked = of[1:] == of[:-1]
    spans = np.linalg.norm(points[end] - points[start], axis=1)[of[1:]] * (where[1:] - where[:-1])
    ends = np.vstack([np.column_stack([node[:-1], node[1:]])[linked], np.column_stack([at, feet])]).astype(np.int64)
    metres = np.concatenate([spans[linked], np.linalg.norm(places[at] - foot, axis=1)])
    metres = np.maximum(np.round(metres * grain), 1.0) / grain
    size, ends, metres = _bare(count, count + len(points) + len(at), ends, metres)
    _, part = connected_components(_matrix(size, ends, metres), directed=False)
    return Along(size, ends, metres, part[:count].astype(np.int64))


def _shortest(ends: Wholes, metres: Reals) -> tuple[Wholes, Reals]:
    """Of several ways between the same two the shortest."""
    order = np.lexsort((metres, ends[:, 1], ends[:, 0]))
    ends, first = np.unique(ends[order], axis=0, return_index=True)
    return ends, metres[order][first]


def _bare(places: int, size: int, ends: Wholes, metres: Reals) -> tuple[int, Wholes, Reals]:
    """The same ways with no more points than they need: none where a road only bends, none beyond the last dwelling."""
    more = True
    while more:
        ends, metres = _shortest(np.sort(ends, axis=1), metres)
        degree = np.bincount(ends.ravel(), minlength=size)
        degree[:places] = 0
        dead = (degree[ends] == 1).any(axis=1)
        ends, metres = ends[~dead], metres[~dead]
        more = bool(dead.any())
        ends, metres, straight = _straightened(places, size, ends, metres)
        more |= straight
    ends, metres = _shortest(np.sort(ends, axis=1), metres)
    used = np.unique(np.concatenate([np.arange(places), ends.ravel()]))
    return len(used), np.searchsorted(used, ends).reshape(-1, 2), metres


def _straightened(places: int, size: int, ends: Wholes, metres: Reals) -> tuple[Wholes, Reals, bool]:
    """Each row of points that lead nowhere but on as one way, and whether there were any."""
    on = np.bincount(ends.ravel(), minlength=size) == 2  # noqa: PLR2004 - in and out
    on[:places] = False
    touched = on[ends]
    inner = touched.all(axis=1)
    links = coo_matrix((np.ones(int(inner.sum())), (ends[inner, 0], ends[inner, 1])), shape=(size, size))
    count, row = connected_components(links, directed=False)
    of = np.where(touched[:, 0], row[ends[:, 0]], row[ends[:, 1]])
    some = touched.any(axis=1)
    long = np.bincount(of[some], metres[some], minlength=count)
    edge = np.flatnonzero(some & ~inner)
    edge = edge[np.argsort(of[edge], kind="stable")]
    outer = np.where(touched[edge, 0], ends[edge, 1], ends[edge, 0]).reshape(-1, 2)
    length = long[of[edge][::2]]
    led = outer[:, 0] != outer[:, 1]
    return np.vstack([ends[~some], outer[led]]), np.concatenate([metres[~some], length[led]]), bool(some.any())


def _matrix(size: int, ends: Wholes, metres: Reals) -> csr_matrix:
    one = coo_matrix((metres, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
    return one.maximum(one.T)


def _segments(roads: Sequence[Reals]) -> tuple[Wholes, Wholes, Reals]:
    """The roads as straight pieces between the points at which they bend, meet or cross: two ends each, and points."""
    lines = [shapely.LineString(one) for one in roads if len(one) > 1]
    merged = shapely.union_all(lines, grid_size=SNAP)
    corners, of = shapely.get_coordinates(shapely.get_parts(merged), return_index=True)
    points, at = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    at = at.reshape(-1)
    linked = (of[1:] == of[:-1]) & (at[1:] != at[:-1])
    pairs = np.unique(np.sort(np.column_stack([at[:-1], at[1:]])[linked], axis=1), axis=0)
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64), points


def _nearest(places: Reals, start: Reals, end: Reals) -> tuple[Wholes, Wholes]:
    """Which places reach a road, and the piece of it that is nearest."""
    pieces = shapely.linestrings(np.stack([start, end], axis=1)) if len(start) else np.empty(0, object)
    found: NDArray[np.int64] = shapely.STRtree(pieces).query_nearest(
        shapely.points(places), max_distance=ACCESS, all_matches=False
    )
    return found[0].astype(np.int64), found[1].astype(np.int64)
