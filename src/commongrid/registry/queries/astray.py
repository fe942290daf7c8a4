"""Points that can hardly be right: outside their village, far from its homes, or of a Chinese web map."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel import boundaries, shapes
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commongrid.kernel.boundaries import Spot
    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape

FAR_M: Final = 5_000.0
"""So far from the middle of its village's homes a point is doubtful, where nobody set the boundary."""
_MIDDLES = """
SELECT asked.village, percentile_cont(0.5) WITHIN GROUP (ORDER BY h.lon),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY h.lat)
FROM unnest(%s::bigint[]) AS asked(village)
JOIN registry_household h ON h.place BETWEEN asked.village AND asked.village + 999
WHERE h.point = 'measured' AND h.state <> 'ended' GROUP BY asked.village HAVING count(*) >= %s
"""


@dataclass(frozen=True, slots=True)
class Pointed:
    """A point as a row says it: which row, in which village."""

    row: int
    village: int
    at: Spot


def astray(scope: Scope, points: Iterable[Pointed]) -> dict[str, list[int]]:
    """Rows by what speaks against their points: ``astray`` or, of many that fit once shifted back, ``web_map``."""
    by_village: dict[int, list[Pointed]] = defaultdict(list)
    for one in points:
        by_village[one.village].append(one)
    if not by_village:
        return {}
    set_ones = (one for one in bounds.outlines(scope, by_village).values() if not one.derived)
    land = {one.place: shapes.read(one.shape) for one in set_ones}
    out: list[int] = []
    for village, own in land.items():
        inside = shapes.holds_each(own, [one.at for one in by_village[village]])
        out += [one.row for one, within in zip(by_village[village], inside, strict=True) if not within]
    for village, middle in _middles(scope, by_village.keys() - land.keys()).items():
        out += [one.row for one in by_village[village] if shapes.metres(*middle, *one.at) > FAR_M]
    found = {"astray": sorted(out)} if out else {}
    if _of_a_web_map(land, by_village):
        found["web_map"] = sorted(one.row for village in land for one in by_village[village])
    return found


def _of_a_web_map(land: Mapping[int, Shape], points: Mapping[int, list[Pointed]]) -> bool:
    """Whether more points lie inside once the shift of web maps is taken off them.

    Asked the other way round: as if it were the boundaries that had been shifted.
    """
    found = boundaries.doubt(land, {village: [one.at for one in points[village]] for village in land}, "gcj02")
    return found is not None and found.better is not None


def _middles(scope: Scope, villages: Iterable[int]) -> dict[int, Spot]:
    """The middle of the measured homes of each village that has enough of them."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_MIDDLES, [sorted(villages), boundaries.LEAST_SEEN])
        return {village: (lon, lat) for village, lon, lat in cursor.fetchall()}
