"""Reads of places. They are open to every scope; writing them is not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, IntegerField, Max, Q, When

from commongrid.journal.acting import acting
from commongrid.journal.fixed import Fixed
from commongrid.journal.sending import once
from commongrid.kernel.places import (
    LEVELS,
    SPAN,
    ancestors_of,
    interval,
    level_of,
    show,
    village_of,
)
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.widths import halfwidth
from commongrid.territory.models import FormerName, GridCover, Place, Succession

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from commongrid.kernel.places import Level
    from commongrid.kernel.scope import Scope
    from commongrid.territory.models import PlaceSet

WIDEST_SHOWN = ("county", "township", "village", "natural_village", "villager_group", "grid")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as read."""

    code: int
    level: Level
    kind: str
    name: str
    name_en: str
    parent: int | None
    valid_from: date
    valid_to: date | None

    def label(self, language: str) -> str:
        """The name in a language ("zh" or "en"); the Chinese one where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name

    @property
    def shown(self) -> str:
        """The code as people write it."""
        return show(self.code)

    @property
    def ended(self) -> bool:
        """Whether it no longer exists."""
        return self.valid_to is not None


_COLUMNS = ("code", "level", "kind", "name", "name_en", "parent", "valid_from", "valid_to")


def _rows(places: PlaceSet) -> list[PlaceRow]:
    return [PlaceRow(*values) for values in places.values_list(*_COLUMNS)]


def place(scope: Scope, code: int) -> PlaceRow:
    """One place, in force or ended.

    Refuses: NotFound.
    """
    with acting(scope):
        rows = _rows(Place.objects.filter(code=code))
    if not rows:
        raise NotFound(N_("There is no place with the code %(code)s."), code=show(code))
    return rows[0]


def places(scope: Scope, codes: Iterable[int]) -> dict[int, PlaceRow]:
    """Places by code, those that exist."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    count = 1 << (len(wanted) - 1).bit_length()
    filled = wanted + wanted[-1:] * (count - len(wanted))
    with acting(scope):
        rows = _of_codes(count).rows(**{f"code{n}": code for n, code in enumerate(filled)})
    return {row[0]: PlaceRow(*row) for row in rows}


def place_meant(scope: Scope, code: int) -> PlaceRow | None:
    """The place of a code, or None; read once in a transaction, for a form and the action behind it."""
    return once(("place", code), lambda: places(scope, [code]).get(code))


@cache
def _of_codes(count: int) -> Fixed:
    """The query for so many codes; counts are powers of two, so there are few of them."""
    return Fixed(
        lambda **codes: Place.objects.filter(code__in=list(codes.values())).values_list(*_COLUMNS),
        planned=True,
        **{f"code{n}": -101 - n for n in range(count)},
    )


def path(scope: Scope, code: int) -> list[PlaceRow]:
    """The way to a place: its county first, the place itself last."""
    return paths(scope, [code])[code]


def paths(scope: Scope, codes: Iterable[int]) -> dict[int, list[PlaceRow]]:
    """The ways to several places, in one query."""
    steps = {code: sorted((*ancestors_of(code), code)) for code in codes}
    rows = places(scope, {one for way in steps.values() for one in way})
    ways = {code: [rows[one] for one in way if one in rows] for code, way in steps.items()}
    return {code: [row for row in way if row.level in WIDEST_SHOWN] or way for code, way in ways.items()}


def counties(scope: Scope) -> list[PlaceRow]:
    """The counties of the register, by name."""
    with acting(scope):
        return _rows(Place.objects.in_force().filter(level="county").order_by("sort_key", "code"))


def children(scope: Scope, code: int, *, level: str = "", ended: bool = False) -> list[PlaceRow]:
    """Places directly below one, by level and name; with ``ended`` also those that no longer exist."""
    return children_each(scope, [code], level=level, ended=ended)[code]


def children_each(
    scope: Scope, codes: Iterable[int], *, level: str = "", ended: bool = False
) -> dict[int, list[PlaceRow]]:
    """The same of several places, in one query."""
    each: dict[int, list[PlaceRow]] = {code: [] for code in codes}
    found = Place.objects.filter(parent__in=each)
    if level:
        found = found.filter(level=level)
    if not ended:
        found = found.in_force()
    with acting(scope):
        rows = _rows(found.order_by("sort_key", "code"))
    for row in sorted(rows, key=lambda row: LEVELS.index(row.level)):
        each[row.parent or 0].append(row)
    return each


def places_reached(scope: Scope, levels: Collection[str], most: int) -> list[PlaceRow]:
    """The places in force of some levels that the scope holds as a whole, by code; none where there are more."""
    found = Place.objects.in_force().within(scope.lo, scope.hi).filter(level__in=levels)
    with acting(scope):
        rows = _rows(found.order_by("code")[: most + 1])
    return [one for one in rows if interval(one.code).hi <= scope.hi] if len(rows) <= most else []


def counts_below(scope: Scope, code: int) -> dict[str, int]:
    """How many places of each level lie in a place."""
    lo, hi = interval(code)
    with acting(scope):
        found = Place.objects.in_force().within(lo + 1, hi).values_list("level").annotate(n=Count("code"))
        return dict(found.order_by())


def counts_per_child(scope: Scope, code: int) -> dict[int, dict[str, int]]:
    """For each place directly below one, how many places of each level lie in it."""
    narrower = {"county": "township", "township": "village", "prefecture": "county", "province": "prefecture"}
    step = narrower.get(level_of(code))
    if step is None:
        return {}
    span = SPAN[step]  # type: ignore[index]
    lo, hi = interval(code)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    with acting(scope):
        rows = (
            Place.objects.in_force()
            .within(lo + 1, hi)
            .annotate(child=F("code") / span)
            .values_list("child", "level")
            .annotate(n=Count("code"))
            .order_by()
        )
        for child, level, count in rows:
            found[child * span][level] = count
    return found


def search_places(
    scope: Scope,
    text: str,
    *,
    within: int | None = None,
    levels: Iterable[str] = (),
    ended: bool = False,
    limit: int = 20,
) -> list[PlaceRow]:
    """Places by part of their name, by pinyin initials or by the first digits of their code, best first.

    With ``ended`` also places that no longer exist, last. Nothing to look for
    finds nothing.
    """
    wanted = " ".join("".join(sign for sign in halfwidth(text) if sign.isprintable()).split())
    if not wanted:
        return []
    small = wanted.lower()
    match = Q(name__contains=wanted) | Q(name_en__icontains=wanted)
    if small.isascii():
        match |= Q(initials__startswith=small.replace(" ", ""))
    if (digits := wanted.replace("-", "").replace(" ", "")).isascii() and digits.isdigit() and len(digits) <= 15:  # noqa: PLR2004
        low = int(digits.ljust(15, "0"))
        match |= Q(code__gte=low, code__lt=low + int(10 ** (15 - len(digits))))
    found = Place.objects.filter(match)
    if not ended:
        found = found.in_force()
    if within is not None:
        found = found.within(*interval(within))
    if chosen := list(levels):
        found = found.filter(level__in=chosen)
    rank = Case(
        When(name=wanted, then=0),
        When(name__startswith=wanted, then=1),
        When(initials__startswith=small, then=2),
        default=3,
        output_field=IntegerField(),
    )
    order = Case(*(When(level=level, then=at) for at, level in enumerate(LEVELS)), output_field=IntegerField())
    with acting(scope):
        return _rows(found.order_by(F("valid_to").desc(nulls_first=True), rank, order, "sort_key", "code")[:limit])


# grids and what they serve


def sets_served_by(scope: Scope, grid: int) -> list[PlaceRow]:
    """The natural villages and groups that a grid serves now."""
    with acting(scope):
        codes = GridCover.objects.filter(grid=grid, valid_to=None).values("covered")
        return _rows(Place.objects.filter(code__in=codes).order_by("code"))


def heirs(scope: Scope, grid: int) -> list[PlaceRow]:
    """The grids of its village that may carry a grid on; no school or market carries one of homes on."""
    village = village_of(grid)
    rows = {row.code: row for row in children(scope, village, level="grid")} if village else {}
    own = rows.pop(grid, None)
    homes = own is not None and own.kind != "dedicated"
    return [row for row in rows.values() if not (homes and row.kind == "dedicated")]


def natural_village_of(scope: Scope, code: int) -> int | None:
    """The natural village that a place is or, as a grid, serves alone; None where it is none or serves several."""
    found = place_meant(scope, code)
    if found is None or found.level not in ("natural_village", "grid"):
        return None
    if found.level == "natural_village":
        return code
    served = [row.code for row in sets_served_by(scope, code) if row.level == "natural_village"]
    return served[0] if len(served) == 1 else None


def grids_serving(scope: Scope, covered: int) -> list[PlaceRow]:
    """The grids that serve a natural village or group now."""
    with acting(scope):
        codes = GridCover.objects.filter(covered=covered, valid_to=None).values("grid")
        return _rows(Place.objects.filter(code__in=codes).order_by("code"))


def codes_seen_from(scope: Scope, code: int) -> tuple[int, ...]:
    """The exact codes that a post at a place inside a village sees: its own, and the grids that serve it."""
    return tuple(sorted({code, *(grid.code for grid in grids_serving(scope, code))}))


def covers_in(scope: Scope, village: int) -> dict[int, list[int]]:
    """For each grid of a village the codes of the sets it serves."""
    lo, hi = interval(village)
    found: dict[int, list[int]] = defaultdict(list)
    with acting(scope):
        covers = GridCover.objects.filter(grid__gte=lo, grid__lte=hi, valid_to=None).order_by("covered")
        for grid, covered in covers.values_list("grid", "covered"):
            found[grid].append(covered)
    return found


# history


@dataclass(frozen=True, slots=True)
class Event:
    """One step in a place's history: ``what`` is began, renamed, succeeded, follows or ended."""

    on: date
    what: str
    other: PlaceRow | None = None
    name: str = ""


def events(scope: Scope, code: int) -> list[Event]:
    """What happened to a place, oldest first: begun, renamed, from which and into which places."""
    with acting(scope):
        own = place(scope, code)
        pairs = list(
            Succession.objects.filter(Q(old=code) | Q(new=code))
            .order_by("on", "old", "new")
            .values_list("old", "new", "on")
        )
        others = places(scope, {each for old, new, _on in pairs for each in (old, new)})
        names = FormerName.objects.filter(place=code).order_by("until", "id").values_list("name", "until")
        found = [Event(own.valid_from, "began")]
        found += [Event(until, "renamed", name=name) for name, until in names]
    found += [
        Event(on, "succeeded" if old == code else "follows", others.get(new if old == code else old))
        for old, new, on in pairs
    ]
    if own.valid_to is not None:
        found.append(Event(own.valid_to, "ended"))
    return sorted(found, key=lambda event: event.on)


def successors(scope: Scope, code: int) -> list[PlaceRow]:
    """The places that carry on a place that ended or gave part of itself."""
    with acting(scope):
        codes = Succession.objects.filter(old=code).values("new")
        return _rows(Place.objects.filter(code__in=codes).order_by("code"))


def carried_on_by(scope: Scope, codes: Iterable[int]) -> dict[int, set[int]]:
    """For each place those in force that carry it on today, itself while it has not ended."""
    found, seen = {code: {code} for code in codes}, set[int]()
    with acting(scope):
        while gone := _ended(set().union(*found.values())):
            after: dict[int, set[int]] = defaultdict(set)
            for old, new in Succession.objects.filter(old__in=gone - seen).values_list("old", "new"):
                after[old].add(new)
            seen |= gone
            found = {
                code: {new for one in now for new in (after[one] if one in gone else (one,))}
                for code, now in found.items()
            }
    return found


def _ended(codes: Iterable[int]) -> set[int]:
    return set(Place.objects.filter(code__in=codes).exclude(valid_to=None).values_list("code", flat=True))


def sequences_used(scope: Scope, lo: int, hi: int) -> Mapping[int, int]:
    """For each village of an interval that ever gave a number below it, the highest; ended places count."""
    with acting(scope):
        found = (
            Place.objects.within(lo, hi)
            .filter(level__in=("natural_village", "villager_group", "grid"))
            .annotate(village=F("code") / 1000)
            .values_list("village")
            .annotate(last=Max("code"))
            .order_by()
        )
        return {village * 1000: last % 1000 for village, last in found}


def crowded_villages(scope: Scope, at_least: int = 800) -> dict[int, int]:
    """Villages that have used nearly all of their 999 numbers, for ``doctor``."""
    used = sequences_used(scope, 10**14, 10**15 - 1)
    return {village: number for village, number in used.items() if number >= at_least}


def covers_whole(scope: Scope, code: int) -> bool:
    """Whether the scope holds a place with everything in it, without narrowing: where its places may be edited."""
    lo, hi = interval(code)
    return scope.narrow == "" and scope.lo <= lo and hi <= scope.hi


def home(scope: Scope) -> int | None:
    """Where a reader starts to browse: the post's own place, its village where that lies inside one."""
    if scope.place is None:
        return None
    return village_of(scope.place) or scope.place
