"""Other ways to divide the same village, each where it is installed (`pip install .[bench]`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np

from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.graph import Graph
from commongrid.kernel.division.statement import Households, Rules

Peer = Callable[[Households, Rules, Graph, int], Wholes]


def peers() -> Iterator[tuple[str, Peer | None]]:
    """Name and way; None where it is not installed."""
    for name, module, way in (
        ("METIS", "pymetis", metis),
        ("constrained k-means", "k_means_constrained", k_means),
        ("SKATER (spopt)", "spopt", skater),
    ):
        yield name, way if find_spec(module) else None


def metis(homes: Households, rules: Rules, graph: Graph, seed: int) -> Wholes:
    """Balanced parts of the graph with few edges cut, near neighbours weighing more."""
    import pymetis

    matrix = graph.matrix().tocsr()
    near = np.maximum(1, (1000 / np.maximum(matrix.data, 1)).astype(int))
    options = pymetis.Options(seed=seed, contig=True, ufactor=int(1000 * (rules.upper / rules.target - 1)))
    _, part = pymetis.part_graph(
        rules.grids or 1, xadj=matrix.indptr, adjncy=matrix.indices, eweights=near, recursive=False, options=options
    )
    return np.asarray(part, np.int64)[graph.place]


def k_means(homes: Households, rules: Rules, graph: Graph, seed: int) -> Wholes:
    """Squares of straight distances, exact sizes."""
    from k_means_constrained import KMeansConstrained

    way = KMeansConstrained(rules.grids, size_min=rules.lower, size_max=rules.upper, random_state=seed, n_init=3)
    return np.asarray(way.fit_predict(homes.points), np.int64)


def skater(homes: Households, rules: Rules, graph: Graph, seed: int) -> Wholes:
    """The spanning tree cut into regions."""
    import geopandas
    from libpysal.weights import W
    from spopt.region import Skater

    matrix = graph.matrix().tocsr()
    beside = {i: matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]].tolist() for i in range(matrix.shape[0])}
    x, y = graph.places[:, 0], graph.places[:, 1]
    frame = geopandas.GeoDataFrame({"x": x, "y": y}, geometry=geopandas.points_from_xy(x, y))
    way = Skater(frame, W(beside, silence_warnings=True), ["x", "y"], n_clusters=rules.grids or 1, floor=rules.lower)
    way.solve()
    return np.asarray(way.labels_, np.int64)[graph.place]
