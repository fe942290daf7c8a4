"""Where households and sites stand, as far as the scope sees them: for the map, for cells, against a wrong datum.

A point says where somebody lives and nothing of how: no kind of hardship, no
name, no flag is ever beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Count, F, Max

from commongrid.journal.acting import acting
from commongrid.kernel.places import interval, level_of
from commongrid.registry.models import Household, Person, RecordTally, Site
from commongrid.registry.queries.homes import listed_homes
from commongrid.registry.rules.holdings import DWELLING

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

Dwelling = tuple[float, float, tuple[int, ...]]
"""Where a home stands, and the places it belongs to."""
STEPS: Final = {"county": 10**6, "township": 10**3}
"""Codes between two neighbours a level below."""


@dataclass(frozen=True, slots=True)
class HomePoint:
    """A household on the map: its number and door, and whether its place was measured or is its hamlet's middle."""

    id: UUID
    number: str
    door: str
    lon: float
    lat: float
    measured: bool


@dataclass(frozen=True, slots=True)
class SitePoint:
    """A site on the map that is nobody's home."""

    id: UUID
    name: str
    lon: float
    lat: float


def home_points(scope: Scope, place: int) -> list[HomePoint]:
    """Households of a place that have a point."""
    with acting(scope):
        rows = listed_homes(scope, place).exclude(lon=None).order_by("natural_village", "number")
        return [
            HomePoint(one.id, one.number, one.door, one.lon, one.lat, measured=one.point == "measured")
            for one in rows
            if one.lon is not None and one.lat is not None
        ]


def homes_without_point(scope: Scope, place: int) -> dict[int, list[tuple[UUID, str, str]]]:
    """Households of a place whose point nobody knows, by natural village: id, number, door."""
    found: dict[int, list[tuple[UUID, str, str]]] = defaultdict(list)
    with acting(scope):
        rows = listed_homes(scope, place).filter(lon=None).order_by("natural_village", "number")
        for hamlet, ident, number, door in rows.values_list("natural_village", "id", "number", "door"):
            found[hamlet].append((ident, number, door))
    return found


def site_points(scope: Scope, place: int) -> list[SitePoint]:
    """Sites of a place that have a point and are nobody's home."""
    lo, hi = interval(place)
    with acting(scope):
        rows = Site.objects.filter(place__range=(lo, hi), ended_on=None).exclude(lon=None).exclude(kind=DWELLING)
        return [
            SitePoint(one.id, one.name, one.lon, one.lat) for one in rows if one.lon is not None and one.lat is not None
        ]


def dwellings(scope: Scope, place: int) -> list[Dwelling]:
    """Where the homes of a place stand that were measured, and which places each belongs to, from township to grid."""
    lo, hi = interval(place)
    with acting(scope):
        rows = Household.objects.filter(place__range=(lo, hi), point="measured").exclude(state="ended")
        found = rows.values_list("lon", "lat", "natural_village", "villager_group", "place")
        return [
            (lon, lat, (of // 10**6 * 10**6, of // 1000 * 1000, *_own(of, group, at)))
            for lon, lat, of, group, at in found
            if lon is not None and lat is not None
        ]


def _own(*codes: int | None) -> tuple[int, ...]:
    """The places inside a village that a home belongs to, each once."""
    return tuple(dict.fromkeys(each for each in codes if each))


def dwellings_by_place(scope: Scope, place: int) -> Mapping[int, list[tuple[float, float]]]:
    """The same, by each place they belong to."""
    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for lon, lat, of in dwellings(scope, place):
        for code in of:
            found[code].append((lon, lat))
    return found


# counted


def homes_and_people(scope: Scope, code: int, by: str = "place") -> dict[int, tuple[int, int]]:
    """For each place directly below one how many households and people live there, as far as the scope sees them.

    Of a county from the clock's counts by village; of a township and below from
    the records. ``by``: the column that tells places inside a village apart.
    """
    if level_of(code) == "county" and not scope.narrow:
        with acting(scope):
            return _tallied(code)
    lo, hi = interval(code)
    if lo == hi:
        with acting(scope):
            own = listed_homes(scope, code)
            return {code: (own.count(), Person.objects.filter(household__in=own.values("id")).count())}
    span = STEPS.get(level_of(code), 1)
    at = F("place") / span * span if span > 1 else F(by)
    at_home = F("place") / span * span if span > 1 else F("place" if by == "place" else f"household__{by}")
    with acting(scope):
        homes = Household.objects.filter(place__range=(lo, hi)).exclude(state="ended").annotate(at=at)
        people = Person.objects.filter(place__range=(lo, hi), household__isnull=False).annotate(at=at_home)
        counts = dict(homes.values_list("at").annotate(n=Count("id")).order_by())
        living = dict(people.values_list("at").annotate(n=Count("id")).order_by())
    return {each: (counts.get(each, 0), living.get(each, 0)) for each in {*counts, *living} if each is not None}


def _tallied(code: int) -> dict[int, tuple[int, int]]:
    """From the counts of records: each household is asked who lives there, each person for the name."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    rows = RecordTally.objects.filter(place__range=interval(code), who="all", of__in=("household", "person"))
    counts = rows.values_list("place", "of").annotate(n=Max("asked")).order_by()
    for place, of, count in counts:
        homes, people = found[place // 10**6 * 10**6]
        found[place // 10**6 * 10**6] = (homes + count, people) if of == "household" else (homes, people + count)
    return found
