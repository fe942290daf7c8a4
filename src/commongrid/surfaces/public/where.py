"""The second step of a report: the place, chosen from township to natural village, or found by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commongrid.kernel.places import county_of, level_of, township_of, village_of
from commongrid.territory import queries as territory
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.territory.queries import CountyRow, PlaceRow

PRECISE = ("natural_village",)
FARTHEST_M = 5_000
"""Somebody who stands farther than this from every village is asked as everybody else is."""
FINE = ("village", "below")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the page offers: places to choose, where one already is, and whether that is precise enough.

    ``step`` is the level to choose now, or "found"; ``counties`` are offered
    first where there are several.
    """

    step: str
    way: tuple[PlaceRow, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    counties: tuple[CountyRow, ...] = ()
    several: bool = False
    whole: PlaceRow | None = None

    @property
    def found(self) -> bool:
        """Whether these are places found by their name."""
        return self.step == "found"


def precise(scope: Scope, code: int | None) -> PlaceRow | None:
    """The place if it exists, is in force and is a village or lies in one."""
    if code is None or level_of(code) not in FINE:
        return None
    row = territory.place_meant(scope, code)
    return row if row is not None and not row.ended and row.level in {"village", *PRECISE} else None


def choice(scope: Scope, at: int | None, search: str) -> Choice:
    """The next places to choose from: found by name, or one level below where the person is."""
    counties = territory.set_up(scope)
    several = len(counties) > 1
    if search.strip():
        return Choice(step="found", places=_found(scope, search, counties), several=several)
    codes = {one.code for one in counties}
    here = county_of(at) if at is not None else None
    county = here if here in codes else None if several else territory.county(scope).code
    if county is None:
        return Choice(step="county", counties=tuple(counties), several=True)
    township = township_of(at) if at is not None and here == county else None
    if township is None:
        way = _way(scope, county) if several else ()
        found = territory.children(scope, county, level="township")
        return Choice(step="township", way=way, places=tuple(found), several=several)
    village = village_of(at or 0)
    if village is None:
        found = territory.children(scope, township, level="village")
        return Choice(step="village", way=_way(scope, township, several=several), places=tuple(found), several=several)
    inside = territory.children(scope, village, level="natural_village")
    way = _way(scope, village, several=several)
    whole = precise(scope, village)
    return Choice(step="natural_village", way=way, places=tuple(inside), several=several, whole=whole)


@dataclass(frozen=True, slots=True)
class Nearby:
    """The village where somebody stands, or the nearest with its distance in metres, rounded."""

    place: PlaceRow
    metres: int


def nearby(scope: Scope, lon: str, lat: str) -> Nearby | None:
    """Where a person is who sent their location; it is asked once and kept nowhere."""
    try:
        found = bounds.locate(scope, float(lon), float(lat), levels=bounds.LIVED_IN)
    except ValueError:
        return None
    if found is None or found.metres > FARTHEST_M or (row := precise(scope, found.place)) is None:
        return None
    return Nearby(row, round(found.metres / 10) * 10)


def _found(scope: Scope, search: str, counties: list[CountyRow]) -> tuple[PlaceRow, ...]:
    """Villages and natural villages by name, in the only county or in all of them."""
    within = counties[0].code if len(counties) == 1 else None
    found = territory.search_places(scope, search[:60], within=within, levels=("village", *PRECISE), limit=30)
    return tuple(row for row in found if not row.ended)


def _way(scope: Scope, code: int, *, several: bool = True) -> tuple[PlaceRow, ...]:
    levels = {"township", "village", *(["county"] if several else [])}
    return tuple(row for row in territory.path(scope, code) if row.level in levels)
