"""The demo county's land on the map: boundaries from county to natural village, and points for its homes.

Villages lie along the valleys of ``population.land``; a boundary is the land
that lies nearer to a place's lanes than to anybody else's, so that neighbours
meet without gap or overlap, as after a survey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from commongrid.commands.demo import hours
from commongrid.commands.demo.population.land import Land, Lane, degrees
from commongrid.kernel import boundaries, shapes
from commongrid.kernel.scope import Scope
from commongrid.registry.queries import points
from commongrid.territory import actions
from commongrid.territory.actions import Spots
from commongrid.territory.rules.bounding import Area

ALONG: Final = (-0.5, -0.25, 0.0, 0.25, 0.5)
"""Kilometres along a lane at which its land is marked out."""


def marks(lanes: Mapping[int, Lane]) -> list[tuple[int, tuple[float, float]]]:
    """A few spots along the lane of each natural village, as degrees."""
    return [
        (code, degrees((lane.at[0] + far * lane.way[0], lane.at[1] + far * lane.way[1])))
        for code, lane in lanes.items()
        for far in ALONG
    ]


def bound(scope: Scope, county: int, land: Land, lanes: Mapping[int, Lane], on: date) -> int:
    """Give places down to natural villages the boundaries of a survey, and grids cells, from a day on.

    Answers how many boundaries.
    """
    outline = shapes.read({"type": "Polygon", "coordinates": [[list(at) for at in land.outline()]]})
    hamlets = boundaries.cells(marks(lanes), outline)
    whole = {county: outline}
    for span in (10**6, 10**3):
        whole |= _joined(hamlets, span)
    areas = [
        Area(row=row, code=str(code), shape=shapes.written(shape))
        for row, (code, shape) in enumerate(sorted((whole | hamlets).items()), start=1)
    ]
    made = _taken_in(scope, county, areas, on)
    for village in sorted({code // 1000 * 1000 for code in hamlets}):
        spots = Spots(at=tuple(points.dwellings(scope, village)))
        actions.derive_cells(scope, hours.act_on(on), parent=village, spots=spots)
    return made


def _joined(hamlets: Mapping[int, Any], span: int) -> dict[int, Any]:
    """The land of villages or townships: that of their natural villages together."""
    parts: dict[int, list[Any]] = {}
    for code, shape in hamlets.items():
        parts.setdefault(code // span * span, []).append(shape)
    found = {code: boundaries.together(each) for code, each in parts.items()}
    return {code: shape for code, shape in found.items() if shape is not None}


def _taken_in(scope: Scope, county: int, areas: Sequence[Area], on: date) -> int:
    sent = actions.send_boundaries(
        scope, hours.act_on(on), place=county, name="survey.geojson", datum="cgcs2000", areas=tuple(areas)
    )
    rows = tuple(one.row for one in areas)
    done = actions.import_boundaries(scope, hours.act_on(on), file_id=UUID(str(sent["file"])), rows=rows)
    return int(str(done["areas"]))
