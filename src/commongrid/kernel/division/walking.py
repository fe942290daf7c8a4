"""Walks between the households that are asked for: as much of the graph is walked as it takes to meet them all."""

from __future__ import annotations

import numpy as np

from commongrid.kernel.compiled import compiled
from commongrid.kernel.division.arranging import with_detours
from commongrid.kernel.division.arrays import Metres, Reals, Wholes
from commongrid.kernel.division.graph import Graph


class Walking:
    """Metres on a village's ways; where there is no way, a detour on the straight line."""

    def __init__(self, points: Reals, graph: Graph) -> None:
        """Of these households on these ways."""
        ways = graph.ways()
        self.points, self.place = points, graph.place
        self.first, self.beside = ways.indptr.astype(np.int64), ways.indices.astype(np.int64)
        self.metres = ways.data.astype(np.float64)

    def __call__(self, who: Wholes, sites: Wholes | None = None) -> Metres:
        """From each of the sites, else from each of them, to each household."""
        sites = who if sites is None else sites
        here, row = np.unique(self.place[sites], return_inverse=True)
        there, column = np.unique(self.place[who], return_inverse=True)
        found = _walks(self.first, self.beside, self.metres, (here, there))
        found = found[np.ix_(row.reshape(-1), column.reshape(-1))]
        return with_detours(self.points[sites], found, self.points[who])


@compiled
def _sink(key: Reals, node: Wholes, size: int, last: tuple[float, int]) -> None:
    """Put an entry of a heap in at the top, where there is none."""
    at, below = 0, 1
    while below < size:
        if below + 1 < size and key[below + 1] < key[below]:
            below += 1
        if key[below] >= last[0]:
            break
        key[at], node[at] = key[below], node[below]
        at, below = below, 2 * below + 1
    key[at], node[at] = last


@compiled
def _rise(key: Reals, node: Wholes, at: int, new: tuple[float, int]) -> None:
    """Put an entry of a heap in at the end."""
    while at > 0 and key[(at - 1) // 2] > new[0]:
        key[at], node[at] = key[(at - 1) // 2], node[(at - 1) // 2]
        at = (at - 1) // 2
    key[at], node[at] = new


@compiled
def _walks(first: Wholes, beside: Wholes, metres: Reals, ends: tuple[Wholes, Wholes]) -> Metres:
    """Dijkstra's walks from each of some places to each of others, each as far as the last that is met."""
    sources, wanted = ends
    places = len(first) - 1
    number, best = np.full(places, -1, np.int64), np.full(places, np.inf)
    number[wanted] = np.arange(len(wanted))
    found = np.full((len(sources), len(wanted)), np.inf, np.float32)
    key, node = np.empty(len(beside) + 1), np.empty(len(beside) + 1, np.int64)
    met = np.empty(places, np.int64)
    for row in range(len(sources)):
        best[sources[row]], met[0], key[0], node[0] = 0.0, sources[row], 0.0, sources[row]
        size, count, left = 1, 1, len(wanted)
        while size > 0 and left > 0:
            way, at = key[0], node[0]
            size -= 1
            _sink(key, node, size, (key[size], node[size]))
            if way > best[at]:
                continue
            if number[at] >= 0:
                found[row, number[at]] = way
                left -= 1
            for edge in range(first[at], first[at + 1]):
                to, longer = beside[edge], way + metres[edge]
                if longer < best[to]:
                    if best[to] == np.inf:
                        met[count] = to
                        count += 1
                    best[to] = longer
                    _rise(key, node, size, (longer, to))
                    size += 1
        best[met[:count]] = np.inf
    return found
