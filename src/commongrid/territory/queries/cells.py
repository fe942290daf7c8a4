"""What cells would be derived from: the land to divide, the homes in it, and whether that has changed since."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commongrid.journal.acting import acting
from commongrid.kernel import boundaries, shapes
from commongrid.kernel.places import level_of
from commongrid.territory.models import GridCover, Place
from commongrid.territory.queries.boundaries import outlines

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape

LAID_OUT: Final = {
    "county": ("township",), "township": ("village",), "village": ("natural_village", "villager_group", "grid"),
}  # fmt: skip
"""The levels that are laid out within a place of each level, in the order in which they are derived."""
Spot = tuple[float, float, tuple[int, ...]]
"""Where a home stands, in degrees, and the places that it belongs to; no more is known of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of one level to derive cells for, from what; ``stale`` unless that is what they were made from."""

    codes: frozenset[int]
    land: Shape | None
    homes: Sequence[tuple[int, tuple[float, float]]]
    whole: Mapping[int, Shape]
    basis: str
    stale: bool

    def cells(self) -> dict[int, Shape]:
        """The cells; grids that alone serve natural villages are those together."""
        made = boundaries.cells(self.homes, self.land) if self.land is not None else {}
        return made | dict(self.whole)


def plan(scope: Scope, parent: int, level: str, spots: Sequence[Spot]) -> Plan:
    """How cells of a level would be derived within a place now."""
    with acting(scope):
        found = Place.objects.in_force().filter(parent=parent, level=level)
        codes = set(found.values_list("code", flat=True))
        there = outlines(scope, [*codes, parent])
        own = there.pop(parent, None)
        drawn = {code: shapes.read(one.shape) for code, one in there.items() if not one.derived}
        whole = _together(scope, parent, codes - set(drawn)) if level == "grid" else {}
    wanted = codes - set(drawn) - set(whole)
    homes = sorted((code, (lon, lat)) for lon, lat, of in spots for code in of if code in wanted)
    told = [sorted((code, one.wkt) for code, one in each.items()) for each in (drawn, whole)]
    basis = hashlib.sha256(json.dumps([own.shape if own else None, told, homes], sort_keys=True).encode()).hexdigest()
    derived = [one for one in there.values() if one.derived]
    fresh = bool(derived) and all(one.basis == basis for one in derived)
    stale = not fresh and bool(homes or whole or derived)
    land = shapes.read(own.shape) if own else boundaries.land_around(at for _code, at in homes)
    if land is not None and (others := [*drawn.values(), *whole.values()]):
        land = boundaries.without(land, others)
    return Plan(frozenset(codes), land, homes, whole, basis, stale)


def stale(scope: Scope, parent: int, spots: Sequence[Spot]) -> bool:
    """Whether any cells within a place would be others now."""
    return any(plan(scope, parent, level, spots).stale for level in LAID_OUT.get(level_of(parent), ()))


def _together(scope: Scope, village: int, grids: set[int]) -> dict[int, Shape]:
    """Grids that alone serve natural villages with a boundary, as those together."""
    natural = set(
        Place.objects.in_force().filter(parent=village, level="natural_village").values_list("code", flat=True)
    )
    pairs = list(GridCover.objects.filter(covered__in=natural, valid_to=None).values_list("grid", "covered"))
    often = Counter(covered for _grid, covered in pairs)
    there = outlines(scope, natural)
    found: dict[int, Shape] = {}
    for grid in grids:
        served = [covered for one, covered in pairs if one == grid]
        if served and all(often[one] == 1 and one in there for one in served):
            whole = boundaries.together(shapes.read(there[one].shape) for one in served)
            found |= {grid: whole} if whole is not None else {}
    return found
