"""What a proposal is read beside: today's grids or another proposal, grid by grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext

from commongrid.kernel.act import is_id
from commongrid.roster.dividing.queries import divisions
from commongrid.surfaces.console.dividing.words import title_of
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.roster.dividing.queries.divisions import DivisionRow, GridRow
    from commongrid.territory.queries import PlaceRow

COUNTS = ("homes", "people", "metres", "heads", "room", "hamlets", "beyond")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A grid that a proposed one is read beside."""

    name: str
    homes: int
    people: int
    metres: int
    heads: int
    room: int
    hamlets: int
    beyond: int

    @property
    def mean(self) -> int:
        """Metres from a household to the middle of the grid."""
        return round(self.metres / self.homes) if self.homes else 0


def others(scope: Scope, row: DivisionRow) -> list[tuple[DivisionRow, str]]:
    """The other proposals of the village that can be read beside this one."""
    found = divisions.divisions(scope, row.place)
    return [(one, title_of(one)) for one in found if one.id != row.id and one.state in {"ready", "adopted", "done"}]


def chosen(asked: str, offered: Sequence[tuple[DivisionRow, str]]) -> DivisionRow | None:
    """The proposal that an address asks to be read beside; none for today's grids."""
    return next((one for one, _title in offered if is_id(asked) and one.id == UUID(asked)), None)


def paired(
    scope: Scope, row: DivisionRow, grids: Sequence[GridRow], other: DivisionRow | None, names: Mapping[int, PlaceRow]
) -> tuple[dict[UUID, Side], list[Side]]:
    """For each grid what it is read beside, and what none of them is."""
    if other is None:
        mine = {one.code: one.id for one in grids if one.code is not None}
        found = {int(one["code"]): _today(one, names) for one in row.figures.get("each", [])}
        return (
            {mine[code]: side for code, side in found.items() if code in mine},
            [side for code, side in found.items() if code not in mine],
        )
    sides = {one.id: _side(one) for one in divisions.grids_of(scope, other.id)}
    pairs: dict[UUID, UUID] = {}
    for (own, beside), _count in divisions.shared(scope, row.id, other.id).most_common():
        if own not in pairs and beside not in pairs.values():
            pairs[own] = beside
    rest = [side for beside, side in sides.items() if beside not in pairs.values()]
    return {own: sides[beside] for own, beside in pairs.items()}, rest


def _today(one: Mapping[str, Any], names: Mapping[int, PlaceRow]) -> Side:
    name = names[one["code"]].label(language()) if one["code"] in names else "—"
    return Side(name=name, **{key: int(one[key]) for key in COUNTS})


def _side(one: GridRow) -> Side:
    name = gettext("Grid %(number)s") % {"number": one.number}
    return Side(name=name, **{key: int(getattr(one, key)) for key in COUNTS})
