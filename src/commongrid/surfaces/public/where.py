"""The second step of a report: the place, chosen from township to natural village, or found by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commongrid.kernel.places import level_of, township_of, village_of
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.territory.queries import PlaceRow

PRECISE = ("natural_village",)
FINE = ("village", "below")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the page offers: places to choose, where one already is, and whether that is precise enough."""

    way: tuple[PlaceRow, ...]
    places: tuple[PlaceRow, ...]
    whole: PlaceRow | None = None
    found: bool = False


def precise(scope: Scope, code: int | None) -> PlaceRow | None:
    """The place if it exists, is in force and is a village or lies in one."""
    if code is None or level_of(code) not in FINE:
        return None
    row = territory.place_meant(scope, code)
    return row if row is not None and not row.ended and row.level in {"village", *PRECISE} else None


def choice(scope: Scope, at: int | None, search: str) -> Choice:
    """The next places to choose from: found by name, or one level below where the person is."""
    county = territory.county(scope)
    if search.strip():
        levels = ("village", *PRECISE)
        found = territory.search_places(scope, search[:60], within=county.code, levels=levels, limit=30)
        return Choice(way=(), places=tuple(row for row in found if not row.ended), found=True)
    if at is None or (village_of(at) is None and township_of(at) is None):
        return Choice(way=(), places=tuple(territory.children(scope, county.code, level="township")))
    village = village_of(at)
    if village is None:
        township = township_of(at) or at
        return Choice(way=_way(scope, township), places=tuple(territory.children(scope, township, level="village")))
    inside = territory.children(scope, village, level="natural_village")
    return Choice(way=_way(scope, village), places=tuple(inside), whole=precise(scope, village))


def _way(scope: Scope, code: int) -> tuple[PlaceRow, ...]:
    return tuple(row for row in territory.path(scope, code) if row.level in {"township", "village"})
