"""Grids drawn by hand or as they are today, by the same measure as a proposal; cheap where the grids are few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from commongrid.kernel.division.arrays import Metres, Reals, Wholes
from commongrid.kernel.division.graph import Graph, Terrain, beyond, walking_graph
from commongrid.kernel.division.reckoning import Reason, Walks, described, reckon, shortcomings
from commongrid.kernel.division.statement import (
    Arrangement,
    Cause,
    Households,
    LimitsCrossed,
    Locks,
    NoPlaces,
    NothingToDivide,
    Rules,
    TooManyGrids,
    UnequalLists,
)

DETOUR = 2.0
"""Where the graph offers no way, a walk counts as so many times the straight line."""
AROUND = 1.5
"""Walks within a grid are looked for up to so many times its width, before they are looked for everywhere."""

WalksOn = Callable[[Reals, Graph], Walks]
"""How walks between households are looked up, from their points and the graph."""


class Among:
    """Metres between the households of one grid, on the whole village's ways."""

    def __init__(self, points: Reals, graph: Graph) -> None:
        """Of these households on these ways."""
        self.points, self.place, self.ways = points, graph.place, graph.ways()

    def __call__(self, who: Wholes) -> Metres:
        """Between any two of them; first not much beyond where they stand, which is nearly always enough."""
        at, back = np.unique(self.place[who], return_inverse=True)
        points, back = self.points[who], back.reshape(-1)
        walks = dijkstra(self.ways, indices=at, limit=AROUND * float(np.linalg.norm(np.ptp(points, axis=0))))[:, at]
        if np.isinf(walks).any():
            walks = dijkstra(self.ways, indices=at)[:, at]
        return with_detours(points, walks.astype(np.float32)[np.ix_(back, back)], points)


def arranged(
    given: Households, rules: Rules, grid: Wholes, labels: list[int | None], terrain: Terrain | None = None,
    walks: WalksOn = Among,
) -> Arrangement:  # fmt: skip
    """Grids drawn by hand, by the same measure as a proposal; a household without a grid has NONE.

    ``labels`` are today's numbers of the grids, None for a new one. Only the walks within these grids are looked up,
    by ``walks``.

    Refuses: NothingToDivide, NoPlaces, LimitsCrossed, UnequalLists.
    """
    terrain = terrain or Terrain()
    checked(given, replace(rules, grids=None), Locks())
    given, _ = placed(given)
    graph = walking_graph(given.points, areas(given, rules), terrain)
    grids = described(given, walks(given.points, graph), grid, labels)
    reasons = [Reason(cause=Cause.LOCKED_HOUSEHOLDS)] * len(grids)
    return Arrangement(
        grids=grids,
        reckoning=reckon(given, rules, graph, grid, grids),
        exceptions=shortcomings(given, rules, graph, grid, grids, reasons),
        beyond=tuple(
            int(beyond(given.points[grid == number], given.points[one.centre], terrain).sum()) if one.households else 0
            for number, one in enumerate(grids)
        ),
    )


def placed(given: Households) -> tuple[Households, NDArray[np.bool_]]:
    """Dwellings without a point in the middle of their natural village, else of all; and which these are."""
    missing = np.asarray(~np.isfinite(given.points).all(axis=1))
    if bool(missing.all()):
        raise NoPlaces
    points = given.points.copy()
    for village in np.unique(given.village[missing]):
        known = (given.village == village) & ~missing
        middle = np.median(given.points[known if bool(known.any()) else ~missing], axis=0)
        points[missing & (given.village == village)] = middle
    return replace(given, points=points), missing


def checked(given: Households, rules: Rules, locks: Locks) -> None:
    """Refuse what can't be divided."""
    count = len(given.points)
    lists = [given.village, given.weight, given.heads, given.capacity, given.before]
    if any(len(one) != count for one in lists) or (locks.households is not None and len(locks.households) != count):
        raise UnequalLists
    if count == 0:
        raise NothingToDivide
    if not 1 <= rules.lower <= rules.target <= rules.upper or int(given.weight.min()) < 1:
        raise LimitsCrossed
    if rules.grids is not None and not 1 <= rules.grids <= count:
        raise TooManyGrids(grids=rules.grids, households=count)


def areas(given: Households, rules: Rules) -> Wholes:
    """What no grid straddles: each natural village by itself, those that may share grids together."""
    shared = given.village.max() + 1 if len(given.village) else 0
    straddles = np.isin(given.village, list(rules.straddling - rules.small))
    return np.where(straddles, shared, given.village).astype(np.int64)


def with_detours(points: Reals, walks: Metres, to: Reals) -> Metres:
    """The walks from some points to others; where there is no way, a detour on the straight line."""
    nowhere = np.isinf(walks)
    if bool(nowhere.any()):
        a, b = np.nonzero(nowhere)
        walks[a, b] = DETOUR * np.linalg.norm(points[a] - to[b], axis=1)
    return walks
