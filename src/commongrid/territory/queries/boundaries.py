"""Reads of boundaries: of a place, of its neighbours, and which place holds a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Q

from commongrid.journal.acting import acting
from commongrid.journal.dated import valid
from commongrid.kernel import boundaries, shapes
from commongrid.kernel.boundaries import Misfit
from commongrid.kernel.places import EVERYWHERE, LEVELS, Interval, interval, village_of
from commongrid.kernel.refusals import NotFound
from commongrid.territory.models import Boundary, BoundaryFile, Place
from commongrid.territory.queries.places import covers_whole
from commongrid.territory.queries.places import place as place_row
from commongrid.territory.rules.bounding import Area, Gazetteer, Meant, meant

if TYPE_CHECKING:
    from datetime import date, datetime

    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape

NEAR: Final = (0.01, 0.05, 0.5)
"""How far around a place one looks for boundaries, in degrees, until some are found; the last is some 50 km."""
GRIDS: Final = ("grid",)
DEDICATED: Final = "dedicated"
MOST_OF: Final = 0.5
"""A share of a boundary that may lie where other places do."""
LIVED_IN: Final = ("natural_village", "village")


@dataclass(frozen=True, slots=True)
class Outline:
    """A boundary in force: of which place, where it comes from, its shape and size."""

    place: int
    source: str
    shape: dict[str, Any]
    area_m2: float
    box: tuple[float, float, float, float]
    valid_from: date
    by: UUID | None
    basis: str = ""

    @property
    def derived(self) -> bool:
        """Whether nobody set it: it follows from where dwellings stand."""
        return self.source == "derived"


@dataclass(frozen=True, slots=True)
class Former:
    """A boundary that was in force, in a place's history."""

    id: UUID
    source: str
    area_m2: float
    valid_from: date
    valid_to: date | None
    by: UUID | None


@dataclass(frozen=True, slots=True)
class Located:
    """The place that holds a point, or the nearest with its distance; ``derived`` where nobody set its boundary."""

    place: int
    level: str
    metres: float
    derived: bool

    @property
    def inside(self) -> bool:
        """Whether the point lies in it."""
        return self.metres == 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a boundary has to fit to: its siblings' set boundaries, its parent's, and whether every sibling has one."""

    siblings: Mapping[int, Shape]
    parent: Shape | None
    complete: bool


_COLUMNS = ("place", "source", "shape", "area_m2", "west", "south", "east", "north", "valid_from", "by", "basis")


def _outlines(found: Any) -> list[Outline]:
    return [
        Outline(place, source, shape, area, tuple(box), valid_from, by, basis)
        for place, source, shape, area, *box, valid_from, by, basis in found.values_list(*_COLUMNS)
    ]


def outlines(scope: Scope, codes: Iterable[int]) -> dict[int, Outline]:
    """Boundaries in force of these places, those that have one."""
    with acting(scope):
        rows = _outlines(Boundary.objects.filter(place__in=list(codes), valid_to=None))
    return {one.place: one for one in rows}


def outlines_below(scope: Scope, code: int) -> dict[int, Outline]:
    """Boundaries in force of the places directly below one."""
    with acting(scope):
        below = Place.objects.in_force().filter(parent=code).values("code")
        rows = _outlines(Boundary.objects.filter(place__in=below, valid_to=None))
    return {one.place: one for one in rows}


def former_boundaries(scope: Scope, code: int) -> list[Former]:
    """The boundaries a place had and has, newest first."""
    with acting(scope):
        found = Boundary.objects.filter(place=code).order_by("-valid_from", "-id")
        return [Former(*row) for row in found.values_list("id", "source", "area_m2", "valid_from", "valid_to", "by")]


def outline_on(scope: Scope, code: int, on: date) -> Outline | None:
    """The boundary that a place had on a day, if it had one."""
    with acting(scope):
        found = _outlines(Boundary.objects.filter(valid(on), place=code).order_by("-valid_from", "-id")[:1])
    return found[0] if found else None


def surroundings(scope: Scope, code: int) -> Surroundings:
    """What a boundary of this place has to fit to; derived cells bind nobody, a dedicated grid lies in another."""
    own = place_row(scope, code)
    with acting(scope):
        siblings = Place.objects.in_force().filter(parent=own.parent, level=own.level).exclude(code=code)
        dedicated = own.kind == DEDICATED
        siblings = siblings.filter(kind=DEDICATED) if dedicated else siblings.exclude(kind=DEDICATED)
        codes = list(siblings.values_list("code", flat=True))
        found = Boundary.objects.filter(place__in=[*codes, own.parent or 0], valid_to=None).exclude(source="derived")
        drawn = {place: shapes.read(shape) for place, shape in found.values_list("place", "shape")}
    parent = drawn.pop(own.parent or 0, None)
    return Surroundings(drawn, parent, complete=len(drawn) == len(codes) and not dedicated)


def misfits(scope: Scope, code: int, own: Shape) -> list[Misfit]:
    """Where a boundary for this place overlaps others, leaves gaps or reaches outside its parent, largest first."""
    around = surroundings(scope, code)
    return boundaries.misfits(own, around.siblings, around.parent, complete=around.complete)


def elsewhere(scope: Scope, code: int, own: Shape) -> bool:
    """Whether most of a boundary for this place lies outside its parent's, or in other places of its kind.

    Inside a village those others are villages; else they are those that the scope doesn't cover. Where nobody set the
    parent's boundary, derived ones speak for the others.
    """
    of, village = place_row(scope, code), village_of(code)
    inside = village is not None and village != code
    west, south, east, north = (float(each) for each in own.bounds)
    box = Q(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    with acting(scope):
        level = Place.objects.in_force().filter(level="village" if inside else of.level).exclude(code=village or code)
        rows = Boundary.objects.filter(box, valid_to=None, place__in=level.values("code"))
        others = [(place, shape) for place, shape in rows.values_list("place", "shape")]
        set_ones = Boundary.objects.filter(place=of.parent or 0, valid_to=None).exclude(source="derived")
        parent = set_ones.values_list("shape", flat=True).first()
    if parent is not None and shapes.share(own, [shapes.read(parent)]) < MOST_OF:
        return True
    if parent is not None and inside:
        return False
    theirs = [shapes.read(shape) for place, shape in others if inside or not covers_whole(scope, place)]
    return shapes.share(own, theirs) > MOST_OF


def gaps_below(scope: Scope, code: int, level: str) -> list[Misfit]:
    """Land of a place that none of its children of a level holds, where all of them have set boundaries."""
    with acting(scope):
        codes = list(
            Place.objects.in_force()
            .filter(parent=code, level=level)
            .exclude(kind=DEDICATED)
            .values_list("code", flat=True)
        )
        drawn = Boundary.objects.filter(place__in=[*codes, code], valid_to=None).exclude(source="derived")
        found = {place: shapes.read(shape) for place, shape in drawn.values_list("place", "shape")}
    own = found.pop(code, None)
    return [] if own is None or len(found) < len(codes) or not found else boundaries.gaps(found.values(), own)


# which place holds a point


def locate(
    scope: Scope, lon: float, lat: float, *, levels: tuple[str, ...] = GRIDS, within: int | None = None
) -> Located | None:
    """The place of the first of these levels that holds the point, else the nearest of it with its distance.

    Of several, one whose village holds the point too goes before one that reaches beyond its village, and a set
    boundary before a derived one. Nothing where there is none within some 50 km.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
        return None
    area = interval(within) if within is not None else EVERYWHERE
    for level in levels:
        if (found := _located(scope, (lon, lat), level, area)) is not None:
            return found
    return None


class Grids:
    """The boundaries of a village's grids, read once, to find which of them holds each of many points."""

    def __init__(self, scope: Scope, village: int) -> None:
        """Read them."""
        area = interval(village)
        with acting(scope):
            grids = Place.objects.in_force().within(*area).filter(level__in=GRIDS)
            kinds = dict(grids.values_list("code", "kind"))
            rows = Boundary.objects.filter(valid_to=None, place__in=kinds)
            found = rows.values_list("place", "source", "shape", "west", "east", "south", "north")
            self.found = [
                ((source == "derived", kinds[place] != DEDICATED, place), shapes.read(shape), box)
                for place, source, shape, *box in found
            ]

    def holding(self, lon: float, lat: float) -> int | None:
        """The grid that holds the point: a set boundary before a derived one, a dedicated grid before one of homes."""
        inside = [
            order
            for order, shape, (west, east, south, north) in self.found
            if west <= lon <= east and south <= lat <= north and shapes.holds(shape, lon, lat)
        ]
        return min(inside)[-1] if inside else None


def _located(scope: Scope, at: tuple[float, float], level: str, area: Interval) -> Located | None:
    for far in NEAR:
        near = _near(scope, at, level, area, far)
        if near:
            far_off = [
                Located(place, level, shapes.distance(shapes.read(shape), *at), source == "derived")
                for place, source, shape in near
            ]
            held = [one for one in far_off if one.inside]
            beyond, own = (_beyond(scope, at, held), _dedicated(scope, held)) if len(held) > 1 else (set(), set())
            return min(
                far_off,
                key=lambda one: (one.metres, one.place in beyond, one.derived, one.place not in own, one.place),
            )
    return None


def _beyond(scope: Scope, at: tuple[float, float], held: Iterable[Located]) -> set[int]:
    """Those of these places at a point whose village has a set boundary that doesn't hold it."""
    villages = {one.place: village_of(one.place) or one.place for one in held}
    with acting(scope):
        rows = Boundary.objects.filter(place__in=villages.values(), valid_to=None).exclude(source="derived")
        drawn = list(rows.values_list("place", "shape"))
    out = {place for place, shape in drawn if not shapes.holds(shapes.read(shape), *at)}
    return {place for place, village in villages.items() if village in out}


def _dedicated(scope: Scope, held: Iterable[Located]) -> set[int]:
    """Those of these places that are dedicated grids: a school lies in the grid of the homes around it."""
    with acting(scope):
        found = Place.objects.filter(code__in=[one.place for one in held], kind=DEDICATED)
        return set(found.values_list("code", flat=True))


def _near(
    scope: Scope, at: tuple[float, float], level: str, area: Interval, far: float
) -> list[tuple[int, str, dict[str, Any]]]:
    """Boundaries whose box reaches into a square around a place."""
    lon, lat = at
    box = Q(west__lte=lon + far, east__gte=lon - far, south__lte=lat + far, north__gte=lat - far)
    with acting(scope):
        of_level = Place.objects.in_force().within(*area).filter(level=level).values("code")
        found = Boundary.objects.filter(box, valid_to=None, place__range=area, place__in=of_level)
        return list(found.values_list("place", "source", "shape"))


# files


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of boundaries that waits for a decision, with the place of each of its areas."""

    id: UUID
    place: int
    name: str
    datum: str
    at: datetime
    areas: list[Meant]

    @property
    def good(self) -> list[Meant]:
        """Those that can be taken in."""
        return [one for one in self.areas if one.place is not None]


def gazetteer(scope: Scope, code: int) -> Gazetteer:
    """Every place in force that lies in one, or is it, for areas to be matched with."""
    with acting(scope):
        found = Place.objects.in_force().within(*interval(code)).exclude(level__in=("province", "prefecture"))
        return Gazetteer.of(found.values_list("code", "name"))


def boundary_file(scope: Scope, file_id: UUID) -> FileRow:
    """A file that waits. Refuses: NotFound."""
    with acting(scope):
        row = BoundaryFile.objects.filter(id=file_id).first()
        if row is None:
            raise NotFound
        areas = [Area(**{**one, "at": tuple(one["at"]) if one["at"] else None}) for one in row.areas]
        return FileRow(row.id, row.place, row.name, row.datum, row.at, meant(areas, gazetteer(scope, row.place)))


@dataclass(frozen=True, slots=True)
class Fit:
    """How the areas of a file fit: what is wrong around each, and the land of each parent that nobody would hold.

    Gaps are told of parents all of whose children would have a boundary.
    """

    around: Mapping[int, list[Misfit]]
    gaps: Mapping[int, list[Misfit]]


def fit(scope: Scope, areas: Mapping[int, Shape]) -> Fit:
    """How boundaries for these places would fit each other, the siblings that have one already, and their parents."""
    around: dict[int, list[Misfit]] = {}
    left: dict[int, list[Misfit]] = {}
    for family in families(scope, areas):
        held = {code: shape for code, shape in family.shapes.items() if shape is not None}
        around |= boundaries.fits(held, family.parent, (code for code in held if code in areas))
        if family.parent is not None and len(held) == len(family.shapes) and not family.dedicated:
            left[family.of] = left.get(family.of, []) + boundaries.gaps(held.values(), family.parent)
    return Fit(around, {code: found for code, found in left.items() if found})


@dataclass(frozen=True, slots=True)
class Family:
    """The places of one level below one, with the boundary that each would have, and their parent's.

    Dedicated grids are a family of their own: each lies in a grid of homes.
    """

    of: int
    level: str
    dedicated: bool
    parent: Shape | None
    shapes: Mapping[int, Shape | None]


def families(scope: Scope, areas: Mapping[int, Shape]) -> list[Family]:
    """The places with their siblings, from the widest level down; new boundaries go before those in force."""
    with acting(scope):
        there_now = Place.objects.in_force().annotate(dedicated=Q(kind=DEDICATED))
        kinds = ("parent", "level", "dedicated")
        own = set(there_now.filter(code__in=areas).values_list(*kinds))
        parents = {parent for parent, *_rest in own if parent is not None}
        rows = [row for row in there_now.filter(parent__in=parents).values_list("code", *kinds) if row[1:] in own]
        wanted = [code for code, *_kind in rows]
        drawn = Boundary.objects.filter(place__in=[*wanted, *parents], valid_to=None).exclude(source="derived")
        there = {place: shapes.read(shape) for place, shape in drawn.values_list("place", "shape")} | dict(areas)
    members: dict[tuple[int, str, bool], dict[int, Shape | None]] = {}
    for code, parent, level, dedicated in rows:
        if parent is not None:
            members.setdefault((parent, level, dedicated), {})[code] = there.get(code)
    order = sorted(members, key=lambda one: (LEVELS.index(one[1]), one[0], one[2]))
    return [Family(*of, there.get(of[0]), members[of]) for of in order]


def boundary_files(scope: Scope) -> list[tuple[UUID, int, str, datetime]]:
    """Files that wait in scope, newest first: id, place, name, when."""
    with acting(scope):
        return list(BoundaryFile.objects.order_by("-at").values_list("id", "place", "name", "at")[:20])


def files_left_over(scope: Scope, before: datetime) -> bool:
    """Whether files wait that were sent before a moment."""
    with acting(scope):
        return BoundaryFile.objects.filter(at__lt=before).exists()
