"""What the map and the table beside it say of the places below one: the same numbers, from the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from commongrid.insight.queries import board as boards
from commongrid.insight.rules import Question
from commongrid.kernel import shapes
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import N_
from commongrid.matters.queries.clock import going_on
from commongrid.outreach.queries import coverage as network
from commongrid.outreach.queries import links
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
    "homes": N_("Number of households"), "people": N_("People"),
    "staffed": N_("Households per head or member"), "open": N_("Open matters people asked for"),
    "busy": N_("Open matters people asked for, per head or member"), "linked": N_("At home with a contact, per cent"),
    "load": N_("Households per contact"), "groups": N_("Party groups"),
}  # fmt: skip
POWERS: Final = {
    "homes": ("people.read",), "people": ("people.read",), "staffed": ("people.read", "posts.read"),
    "open": ("figures.read",), "busy": ("figures.read", "posts.read"), "linked": ("links.read",),
    "load": ("links.read",), "groups": ("posts.read",),
}  # fmt: skip
"""What a post needs to see a measure."""
BESIDE: Final = {
    "team": N_("Heads and members"), "members": N_("Contacts"), "most": N_("Most with one contact"),
}  # fmt: skip
"""Counts that a measure is made of and that the map is not coloured by."""
MADE_OF: Final = {
    "staffed": ("homes", "team", "staffed"), "busy": ("open", "team", "busy"), "load": ("members", "most", "load"),
}  # fmt: skip
"""What the table says of a measure that is a share; of another it says all that the post may see."""
NOBODY: Final = -1
"""The shade of a place with something to do and nobody in post."""
NONE: Final = {"staffed": N_("no households"), "busy": N_("no open matters"), "load": N_("no contact")}
"""What the palest shade means, where not 0."""
GROUPS: Final = "groups"
"""A measure of a village alone: not a count, but which Party group takes a place in, each with a colour."""
HUES: Final = 6
PARTS: Final = {"township": 10**6, "village": 10**3, "grid": 1}
"""Codes between two places of a level."""
PER_CENT: Final = (1, 50, 80, 100)
COLUMNS: Final = {"grid": "place", "natural_village": "natural_village", "villager_group": "villager_group"}
SHADES: Final = 4
SHARES: Final = ("linked", "staffed", "busy", "load")
"""Measures of which there is none where there is nobody to share among."""


@dataclass(frozen=True, slots=True)
class Row:
    """A place on the map: its counts by measure as far as the post may know them, and its boundary."""

    place: PlaceRow
    counts: dict[str, float]
    outline: Outline | None
    groups: tuple[tuple[int, str], ...] = ()

    @property
    def hectares(self) -> float | None:
        """The size of the land inside its boundary."""
        return self.outline.area_m2 / 10_000 if self.outline else None

    def count(self, measure: str) -> float | None:
        """One of its counts."""
        return self.counts.get(measure)

    def unmanned(self, measure: str) -> bool:
        """Whether there is something to share out and nobody in post."""
        first, team, _share = MADE_OF.get(measure, ("", "", ""))
        return team == "team" and bool(self.count(first)) and not self.count(team)


@dataclass(frozen=True, slots=True)
class Shown:
    """The places below one by a measure, with the counts from which each shade begins."""

    rows: Sequence[Row]
    measures: Sequence[str]
    by: str
    steps: Sequence[float]
    columns: Sequence[str] = ()
    groups: Sequence[str] = ()
    elsewhere: int = 0
    """Open matters of the whole place that lie in none of these: at the place itself, or in places of another sort."""

    @property
    def shares(self) -> bool:
        """Whether the table says what a share is made of, and nothing else."""
        return self.by in MADE_OF

    @property
    def legend(self) -> list[tuple[int, str]]:
        """The Party groups with the number of each one's colour."""
        return [(n % HUES, name) for n, name in enumerate(self.groups)]

    @property
    def unit(self) -> str:
        """What a count is written with."""
        return "%" if self.by == "linked" else ""

    @property
    def spans(self) -> list[str]:
        """What each shade says: from which count on."""
        return [f"{step}%" if self.unit and step == PER_CENT[-1] else f"{step}{self.unit}+" for step in self.steps]

    @property
    def unmanned(self) -> bool:
        """Whether any of the places has nobody in post for what is shared out."""
        return any(row.unmanned(self.by) for row in self.rows)

    @property
    def drawn(self) -> int:
        """How many of the places have a boundary."""
        return sum(row.outline is not None for row in self.rows)

    @property
    def derived(self) -> int:
        """How many of the boundaries nobody set."""
        return sum(bool(row.outline and row.outline.derived) for row in self.rows)

    def shade(self, row: Row) -> int:
        """How dark a place is drawn, 0 to 4; after that the colours of Party groups; or ``NOBODY``."""
        if self.by == GROUPS:
            return SHADES + 1 + row.groups[0][0] % HUES if row.groups else 0
        if row.unmanned(self.by):
            return NOBODY
        count = row.count(self.by)
        return 0 if not count else sum(count >= step for step in self.steps)


def measures(scope: Scope, place: PlaceRow, level: str) -> list[str]:
    """What this post may see of the places of a level below one, or of the place itself.

    Posts stand at grids, so that there are shares of them from a grid upwards; and a scope that sees single households
    or one unit's matters would share out a part of the work among all.
    """
    shared = (level or place.level) in PARTS and scope.narrow in ("", "grids")
    offered = {
        "staffed": shared, "busy": shared, "load": scope.narrow in ("", "grids"), GROUPS: place.level == "village",
    }  # fmt: skip
    return [
        each for each, needed in POWERS.items() if offered.get(each, True) and all(scope.may(power) for power in needed)
    ]


def level_shown(place: PlaceRow, asked: str) -> str:
    """By which level a place is divided on the map; nothing for a grid or natural village."""
    offered = BELOW.get(place.level, ())
    return asked if asked in offered else next(iter(offered), "")


def shown(scope: Scope, place: PlaceRow, level: str, asked: str) -> Shown:
    """The places of a level below one, with what is counted there."""
    below = list(territory.children(scope, place.code, level=level)) if level else [place]
    offered = measures(scope, place, level)
    by = asked if asked in offered else next(iter(offered), "")
    found = _counts(scope, place, level, by, offered)
    counts = {row.code: _of(row.code, found) if _in_sight(scope, row) else {} for row in below}
    outlines = bounds.outlines(scope, counts)
    names, taken = _groups(scope, place) if by == GROUPS else ([], {})
    rows = [Row(row, counts[row.code], outlines.get(row.code), taken.get(row.code, ())) for row in below]
    steps = PER_CENT if by == "linked" else _steps([row.count(by) or 0 for row in rows])
    columns = [each for each in MADE_OF.get(by, offered) if each in found]
    elsewhere = sum(found.get("open", {}).values()) - sum(row.count("open") or 0 for row in rows) if level else 0
    return Shown(rows, offered, by, steps, columns, names, int(elsewhere))


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


def _counts(
    scope: Scope, place: PlaceRow, level: str, by: str, offered: Sequence[str]
) -> dict[str, Mapping[int, float]]:
    """What the table says of the places, by measure; contacts of a whole county only where they are asked for."""
    if by == "load":
        return _carried(scope, place, level)
    wanted = {*MADE_OF.get(by, offered)} & {*offered} - {*MADE_OF, GROUPS}
    if place.level == "county" and by != "linked":
        wanted.discard("linked")
    found: dict[str, Mapping[int, float]] = {}
    if wanted & {"homes", "people"}:
        living = points.homes_and_people(scope, place.code, COLUMNS.get(level, "place"))
        for n, each in enumerate(("homes", "people")):
            found[each] = {code: pair[n] for code, pair in living.items()}
    if "open" in wanted:
        found["open"] = _open(scope, place.code)
    if "linked" in wanted:
        found["linked"] = {one.part: one.share for one in _covered(scope, place, level) if one.share is not None}
    if by in MADE_OF:
        team = roster.team_of(scope, place.code, timezone.localdate(), PARTS[level or place.level])
        whole = found[MADE_OF[by][0]]
        found |= {"team": team, by: {code: _tenths(whole.get(code, 0) / n) for code, n in team.items()}}
    return found


def _in_sight(scope: Scope, row: PlaceRow) -> bool:
    """Whether a 0 is one: of places beside its own a post sees nothing, a narrowed one of the grids beside its own."""
    lo, hi = interval(row.code)
    if hi < scope.lo or scope.hi < lo:
        return False
    return scope.narrow != "grids" or row.level != "grid" or scope.covers(row.code)


def _of(code: int, found: Mapping[str, Mapping[int, float]]) -> dict[str, float]:
    """The counts of one place: 0 where nothing was found, but no share of nobody."""
    return {each: told.get(code, 0) for each, told in found.items() if code in told or each not in SHARES}


def _covered(scope: Scope, place: PlaceRow, level: str) -> list[Coverage]:
    """How many of the households at home have a contact, by place of a level."""
    today, level = timezone.localdate(), level or place.level
    if level in PARTS:
        return network.coverage(scope, place.code, today, PARTS[level])
    return network.of_hamlets(scope, place.code, today, level)


def _carried(scope: Scope, place: PlaceRow, level: str) -> dict[str, Mapping[int, float]]:
    """How many households the contacts of each place look after."""
    level = level or place.level
    found = links.carried(scope, place.code, timezone.localdate(), PARTS.get(level, level))
    return {
        "members": {code: one.members for code, one in found.items()},
        "most": {code: one.most for code, one in found.items()},
        "load": {code: _tenths(one.mean) for code, one in found.items()},
    }


def _tenths(share: float) -> float:
    """A share to one place, without one where it is whole."""
    tenths = round(share, 1)
    return int(tenths) if tenths == int(tenths) else tenths


def _open(scope: Scope, code: int) -> Counter[int]:
    """How many matters people asked for are open at each place below one and at itself; inside a village, of it all.

    Sealed ones are left out; what patrols find, other systems send or the register changes is never added. Inside a
    village each is counted where it lies today, whatever it was called when it began, and what still lies in a grid
    that has ended where it will go.
    """
    lo, hi = interval(code)
    question = Question(at=timezone.now(), lo=lo, hi=hi, series="asked")
    if not (village := village_of(code)):
        found = boards.board(scope, code, question, boards.ready(scope, code, None, None))
        return Counter({row.code: row.backlog for row in (*found.parts, *([found.own] if found.own else ()))})
    counts = boards.lying(scope, village, question)
    for (was, to), count in going_on(scope, village).items():
        counts[was] -= count
        counts[to] += count
    return counts


def _steps(counts: Sequence[float]) -> list[float]:
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
            "count": row.count(found.by), "unit": found.unit, "derived": row.outline.derived, "lon": lon, "lat": lat,
            "url": f"{reverse('map_at', args=[row.place.code])}?by={found.by}",
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
