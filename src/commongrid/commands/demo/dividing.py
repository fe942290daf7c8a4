"""Grids proposed in the demo: a stream with a footbridge through the first village, and a proposal to read there."""

from __future__ import annotations

import json
from math import hypot
from typing import Final

from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.registry.queries import points
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.territory.actions import Line, draw_barrier

SCOPE: Final = clock("demo", "grids.divide", "people.read")
LONG, SHORT = 0.004, 0.0004
"""Degrees from the middle of the stream and of the bridge to their ends."""
SMALL: Final = 60
"""Homes below which a village is divided into very small grids, so that there is something to see."""


def divide(village: int) -> None:
    """Draw the stream across the middle of the village and ask for a proposal; the clock works it out."""
    spots = sorted((lon, lat) for lon, lat, _of in points.dwellings(SCOPE, village))
    if len(spots) < 2:  # noqa: PLR2004 - nothing to divide
        return
    _stream(village, spots)
    terms = Terms(target=4, lower=2, upper=6) if len(spots) < SMALL else Terms()
    actions.propose(SCOPE, Act.new(), village=village, terms=terms)


def _stream(village: int, spots: list[tuple[float, float]]) -> None:
    """Across the way from the western to the eastern half, half-way between the two homes in the middle."""
    one, other = spots[len(spots) // 2 - 1], spots[len(spots) // 2]
    middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    far = hypot(other[0] - one[0], other[1] - one[1]) or 1.0
    along = ((other[0] - one[0]) / far, (other[1] - one[1]) / far)
    lines = (("barrier", "凯峡河", (-along[1], along[0]), LONG), ("bridge", "风雨桥", along, SHORT))
    for sort, name, way, reach in lines:
        ends = [[middle[0] + side * reach * way[0], middle[1] + side * reach * way[1]] for side in (-1, 1)]
        shape = json.dumps({"type": "LineString", "coordinates": ends})
        draw_barrier(SCOPE, Act.new(), village=village, drawn=Line(sort=sort, name=name, shape=shape))
