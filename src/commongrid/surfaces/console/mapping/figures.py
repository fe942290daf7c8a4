"""What the map and the table beside it say of the places below one: the same numbers, from the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from commongrid.insight.queries import board as boards
from commongrid.insight.rules import Question
from commongrid.kernel import shapes
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_
from commongrid.outreach.queries import coverage as network
from commongrid.registry.queries import points
from commongrid.roster import queries as roster
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.outreach.queries.coverage import Coverage
    from commongrid.territory.queries import PlaceRow
    from commongrid.territory.queries.boundaries import Outline

BELOW: Final = {
    "county": ("township",), "township": ("village",), "village": ("grid", "natural_village", "villager_group"),
}  # fmt: skip
"""The levels that a place can be divided by on the map, the first unless another is asked for."""
MEASURES: Final = {
    "homes": N_("Number of households"), "people": N_("People"), "open": N_("Open matters"),
    "linked": N_("At home with a contact, per cent"), "groups": N_("Party groups"),
}  # fmt: skip
POWERS: Final = {
    "homes": "people.read", "people": "people.read", "open": "figures.read", "linked": "links.read",
    "groups": "posts.read",
}  # fmt: skip
GROUPS: Final = "groups"
"""A measure of a village alone: not a count, but which Party group takes a place in, each with a colour."""
HUES: Final = 6
PARTS: Final = {"township": 10**6, "village": 10**3, "grid": 1}
"""Codes between two places of a level."""
PER_CENT: Final = (1, 50, 80, 100)
COLUMNS: Final = {"grid": "place", "natural_village": "natural_village", "villager_group": "villager_group"}
SHADES: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A place on the map: its counts by measure as far as the post may know them, and its boundary."""

    place: PlaceRow
    counts: dict[str, int]
    outline: Outline | None
    groups: tuple[tuple[int, str], ...] = ()

    @property
    def hectares(self) -> float | None:
        """The size of the land inside its boundary."""
        return self.outline.area_m2 / 10_000 if self.outline else None

    def count(self, measure: str) -> int | None:
        """One of its counts."""
        return self.counts.get(measure)


@dataclass(frozen=True, slots=True)
class Shown:
    """The places below one by a measure, with the counts from which each shade begins."""

    rows: Sequence[Row]
    measures: Sequence[str]
    by: str
    steps: Sequence[int]
    groups: Sequence[str] = ()

    @property
    def legend(self) -> list[tuple[int, str]]:
        """The Party groups with the number of each one's colour."""
        return [(n % HUES, name) for n, name in enumerate(self.groups)]

    @property
    def drawn(self) -> int:
        """How many of the places have a boundary."""
        return sum(row.outline is not None for row in self.rows)

    @property
    def derived(self) -> int:
        """How many of the boundaries nobody set."""
        return sum(bool(row.outline and row.outline.derived) for row in self.rows)

    def shade(self, row: Row) -> int:
        """How dark a place is drawn, 0 to 4; after that the colours of Party groups."""
        if self.by == GROUPS:
            return SHADES + 1 + row.groups[0][0] % HUES if row.groups else 0
        count = row.count(self.by)
        return 0 if not count else sum(count >= step for step in self.steps)


def measures(scope: Scope, place: PlaceRow) -> list[str]:
    """What this post may see of the places below one."""
    return [each for each, power in POWERS.items() if scope.may(power) and (each != GROUPS or place.level == "village")]


def level_shown(place: PlaceRow, asked: str) -> str:
    """By which level a place is divided on the map; nothing for a grid or natural village."""
    offered = BELOW.get(place.level, ())
    return asked if asked in offered else next(iter(offered), "")


def shown(scope: Scope, place: PlaceRow, level: str, asked: str) -> Shown:
    """The places of a level below one, with what is counted there."""
    below = list(territory.children(scope, place.code, level=level)) if level else [place]
    offered = measures(scope, place)
    by = asked if asked in offered else next(iter(offered), "")
    found = {each: _counted(scope, place, level, each) for each in offered if _asked(place, each, by)}
    counts = {row.code: _of(row.code, found) for row in below}
    outlines = bounds.outlines(scope, counts)
    names, taken = _groups(scope, place) if by == GROUPS else ([], {})
    rows = [Row(row, counts[row.code], outlines.get(row.code), taken.get(row.code, ())) for row in below]
    steps = PER_CENT if by == "linked" else _steps([row.count(by) or 0 for row in rows])
    return Shown(rows, offered, by, steps, names)


def _groups(scope: Scope, place: PlaceRow) -> tuple[list[str], dict[int, tuple[tuple[int, str], ...]]]:
    """The Party groups of a village in their order, and by which of them each of its places is taken in today."""
    today = timezone.localdate()
    groups = roster.party_groups(scope, place.code)
    order = {one.id: (n, one.label(language())) for n, one in enumerate(groups)}
    taken: dict[int, tuple[tuple[int, str], ...]] = {}
    for one in roster.covers(scope, order):
        if one.holds(today):
            taken[one.place] = tuple(sorted({*taken.get(one.place, ()), order[one.unit]}))
    return [name for _n, name in order.values()], taken


def _asked(place: PlaceRow, measure: str, by: str) -> bool:
    """Whether a measure is counted: contacts of a whole county only where they are asked for."""
    return measure != GROUPS and (measure == by or measure != "linked" or place.level != "county")


def _of(code: int, found: Mapping[str, Mapping[int, int]]) -> dict[str, int]:
    """The counts of one place: 0 where nothing was found, but no share of nobody."""
    return {each: told.get(code, 0) for each, told in found.items() if code in told or each != "linked"}


def _counted(scope: Scope, place: PlaceRow, level: str, measure: str) -> dict[int, int]:
    """One measure by place of a level."""
    if measure == "linked":
        return {one.part: one.share for one in _covered(scope, place.code, level) if one.share is not None}
    if measure == "open":
        return _open(scope, place.code)
    living = points.homes_and_people(scope, place.code, COLUMNS.get(level, "place"))
    return {code: pair[measure == "people"] for code, pair in living.items()}


def _covered(scope: Scope, code: int, level: str) -> list[Coverage]:
    """How many of the households at home have a contact, by place of a level."""
    today = timezone.localdate()
    if level == "natural_village":
        return network.of_hamlets(scope, code, today)
    return network.coverage(scope, code, today, PARTS[level]) if level in PARTS else []


def _open(scope: Scope, code: int) -> dict[int, int]:
    """How many matters are open at each place below one, or at itself inside a village; sealed ones left out."""
    tallies = boards.ready(scope, code, None, None)
    lo, hi = interval(code)
    found = boards.board(scope, code, Question(at=timezone.now(), lo=lo, hi=hi), tallies)
    return {row.code: row.backlog for row in (*found.parts, *([found.own] if found.own else ()))}


def _steps(counts: Sequence[int]) -> list[int]:
    """From which counts on a place is drawn a shade darker: as many places in each shade as can be."""
    there = sorted(count for count in counts if count > 0)
    if not there:
        return []
    return sorted({there[len(there) * n // SHADES] for n in range(SHADES)})


# as GeoJSON


def as_geojson(found: Shown, own: Outline | None, *, level: str) -> dict[str, Any]:
    """The places as a map reads them; the place itself as the frame around them."""
    features = [_feature(found, row) for row in found.rows if row.outline is not None]
    frame = {"type": "Feature", "properties": {"frame": True}, "geometry": own.shape} if own and level else None
    return {"type": "FeatureCollection", "features": features, "frame": frame, "box": _box(found, own)}


def _feature(found: Shown, row: Row) -> dict[str, Any]:
    assert row.outline is not None  # noqa: S101 - for the type checker
    lon, lat = shapes.inner_point(shapes.read(row.outline.shape))
    return {
        "type": "Feature",
        "id": row.place.code % 10**9,
        "properties": {
            "code": str(row.place.code), "name": row.place.label(language()), "shade": found.shade(row),
            "count": row.count(found.by), "derived": row.outline.derived, "lon": lon, "lat": lat,
            "url": reverse("map_at", args=[row.place.code]),
        },
        "geometry": row.outline.shape,
    }  # fmt: skip


def _box(found: Shown, own: Outline | None) -> list[float] | None:
    """What the map shows at first: the place, else everything there is of it."""
    boxes = [own.box] if own else [row.outline.box for row in found.rows if row.outline]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]


def homes_as_geojson(scope: Scope, place: int) -> dict[str, Any]:
    """Households and sites of a village or less; those without a point stand in their natural village's middle."""
    homes = points.home_points(scope, place)
    features = [
        _point(
            (one.lon, one.lat), "home", one.door or gettext("Household %(number)s") % {"number": one.number},
            reverse("household", args=[one.id]), approximate=not one.measured,
        )
        for one in homes
    ]  # fmt: skip
    features += [
        _point((one.lon, one.lat), "site", one.name, reverse("holding", args=["site", one.id]))
        for one in points.site_points(scope, place)
    ]
    unplaced = points.homes_without_point(scope, place)
    outlines = bounds.outlines(scope, unplaced)
    for hamlet, found in unplaced.items():
        if (outline := outlines.get(hamlet)) is None:
            continue
        middle = shapes.inner_point(shapes.read(outline.shape))
        for ident, number, door in found:
            name = door or gettext("Household %(number)s") % {"number": number}
            features.append(_point(middle, "home", name, reverse("household", args=[ident]), approximate=True))
    return {"type": "FeatureCollection", "features": features}


def _point(at: tuple[float, float], what: str, name: str, url: str, *, approximate: bool = False) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"what": what, "name": name, "url": url, "approximate": approximate},
        "geometry": {"type": "Point", "coordinates": list(at)},
    }
