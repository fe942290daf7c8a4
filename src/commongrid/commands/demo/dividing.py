"""Grids proposed in the demo: a stream with a footbridge through the first village, and a proposal to read there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from commongrid.commands.demo import hours
from commongrid.commands.demo.population.land import Lane, Point, degrees
from commongrid.kernel.scope import clock
from commongrid.registry.queries import points
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.territory.actions import Line, draw_barrier

SCOPE: Final = clock("demo", "grids.divide", "people.read")
LONG, SHORT = 0.3, 0.06
"""Kilometres from the middle of a natural village to the ends of its stretch of the stream, and of the bridge."""
SMALL: Final = 60
"""Homes below which a village is divided into very small grids, so that there is something to see."""


def divide(village: int, lanes: Mapping[int, Lane]) -> None:
    """Draw the stream through the village and ask for a proposal; the clock works it out."""
    homes = len(points.dwellings(SCOPE, village))
    if homes < 2:  # noqa: PLR2004 - nothing to divide
        return
    inside = [lane for code, lane in sorted(lanes.items()) if code // 1000 * 1000 == village]
    small = homes < SMALL
    _stream(village, [_across(inside[0])] if small else [(lane.at, lane.way) for lane in inside])
    terms = Terms(target=4, lower=2, upper=6) if small else Terms()
    actions.propose(SCOPE, hours.act(), village=village, terms=terms)


def _across(lane: Lane) -> tuple[Point, Point]:
    """Through the middle of a few homes in a row."""
    return lane.at, (-lane.way[1], lane.way[0])


def _stream(village: int, stretches: Sequence[tuple[Point, Point]]) -> None:
    """Down the valley, between the rows of homes on either side; one bridge, in the first natural village."""
    run = [(at[0] + side * LONG * way[0], at[1] + side * LONG * way[1]) for at, way in stretches for side in (-1, 1)]
    at, (east, north) = stretches[0]
    over = [(at[0] - side * SHORT * north, at[1] + side * SHORT * east) for side in (-1, 1)]
    for sort, name, line in (("barrier", "凯峡河", run), ("bridge", "风雨桥", over)):
        shape = json.dumps({"type": "LineString", "coordinates": [degrees(one) for one in line]})
        draw_barrier(SCOPE, hours.act(), village=village, drawn=Line(sort=sort, name=name, shape=shape))
