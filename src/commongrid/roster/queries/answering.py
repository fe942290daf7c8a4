"""Who answers for a power at a place: the posts there, else their stand-ins, else the level above."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from commongrid.journal.dated import in_force, valid
from commongrid.journal.fixed import Fixed
from commongrid.kernel.places import level_of, parent_of
from commongrid.roster.models import Post, RolePower, StandIn, Unit
from commongrid.territory.models import GridCover

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

LEVELS_AT = {
    "county": ("county",),
    "township": ("township",),
    "village": ("village",),
    "below": ("grid", "natural_village", "villager_group"),
}
"""Which levels of role answer at which level of place; a unit's posts answer for the unit only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A post that answers: ``post`` acts, ``name`` is whoever acts in it now.

    ``fell`` is how many levels up it was found; 0 is the place itself.
    """

    post: UUID
    role: str
    level: str
    place: int
    unit: UUID | None
    name: str
    office_phone: str
    standing_in: bool
    fell: int


def answering(
    scope: Scope, *, place: int, power: str, unit: UUID | None = None, on: date | None = None
) -> list[Answering]:
    """The posts that answer for a power at this very place, or of this very unit.

    Where none is in force and none stood in for, the next level answers: from a
    grid or set its village, then the township, then the county; from a unit the
    unit above it (its parent, else its master), then the unit's place and on.
    Empty only if not even the county has anybody.
    """
    day = on or localdate()
    fell = 0
    for unit_id in _units_upward(unit, day):
        if found := _acting(_with_power(power, day).filter(unit=unit_id), day, fell):
            return found
        fell += 1
    tiers = _tiers(place)
    everyone = _at([code for code, _levels in tiers], power, day, fell) if tiers else []
    above = {code for code, _levels in tiers[1:]}
    for n, (code, levels) in enumerate(tiers):
        here = (one for one in everyone if one.place == code or (n == 0 and one.place not in above))
        if found := [_fallen(one, n) for one in here if one.level in levels]:
            return found
    return []


def of_unit(scope: Scope, unit: UUID, power: str, on: date | None = None) -> list[Answering]:
    """The posts of this very unit that answer for a power, stand-ins included; none where the level above has to."""
    day = on or localdate()
    return _acting(_with_power(power, day).filter(unit=unit), day, 0)


def answered_at(scope: Scope, places: Iterable[int], power: str, on: date) -> set[int]:
    """Of these places those where somebody answers for a power at the very place, stand-ins included."""
    found = _acting(_with_power(power, on).filter(place__in=list(places), unit=None), on, 0)
    return {one.place for one in found if one.level in LEVELS_AT.get(level_of(one.place), ())}


def is_answering(scope: Scope, *, place: int, power: str, unit: UUID | None = None, on: date | None = None) -> bool:
    """Whether the scope's own post is among those that answer."""
    return any(one.post == scope.post for one in answering(scope, place=place, power=power, unit=unit, on=on))


def _tiers(place: int) -> list[tuple[int, tuple[str, ...]]]:
    """The places that answer one after the other, with the levels of role that count at each."""
    tiers: list[tuple[int, tuple[str, ...]]] = []
    code: int | None = place
    while code is not None and (level := level_of(code)) in LEVELS_AT:
        tiers.append((code, LEVELS_AT[level]))
        code = parent_of(code)
    return tiers


def _units_upward(unit: UUID | None, on: date) -> list[UUID]:
    """The unit, its parent or master, and so on; units lie at most a few deep."""
    chain: list[UUID] = []
    while unit is not None and unit not in chain:
        chain.append(unit)
        above = Unit.objects.filter(valid(on), id=unit).values_list("parent", "master").first() or (None, None)
        unit = above[0] or above[1]
    return chain


def _with_power(power: str, on: date) -> QuerySet[Post]:
    held = RolePower.objects.filter(valid(on), role=OuterRef("role"), power=power)
    return Post.objects.filter(Exists(held), valid(on, "role__"))


_COLUMNS: Final = (
    "id", "role_id", "role__scope_level", "place", "unit_id", "stand_in", "display_name", "office_phone",
)  # fmt: skip


def _acting(posts: QuerySet[Post], on: date, fell: int) -> list[Answering]:
    """Of these posts, those in force or stood in for, each with the name of whoever acts."""
    return [_answering(row, fell) for row in _found(posts, on)]


def _found(posts: QuerySet[Post], on: date) -> QuerySet[Post, Any]:
    """The columns of these posts, those in force or stood in for."""
    standing = StandIn.objects.filter(in_force(on), in_force(on, path="by__"), post=OuterRef("pk"))
    return (
        posts.annotate(stand_in=Subquery(standing.values("by__display_name")[:1]))
        .filter(in_force(on) | Q(stand_in__isnull=False))
        .order_by("role__position", "from_on", "id")
        .values_list(*_COLUMNS)
    )


def _at(codes: list[int], power: str, on: date, fell: int) -> list[Answering]:
    """Those with a power at any of these places, or at a grid that serves the first."""
    named = {f"place{n}": code for n, code in enumerate(codes)}
    return [_answering(row, fell) for row in _with_power_at(len(codes)).rows(power=power, on=on, **named)]


@cache
def _with_power_at(count: int) -> Fixed:
    """The query for so many places."""

    def build(power: str, on: date, **codes: int) -> QuerySet[Post, Any]:
        grids = GridCover.objects.filter(valid(on), covered=codes["place0"]).values("grid")
        at = Q(place__in=list(codes.values())) | Q(place__in=grids)
        return _found(_with_power(power, on).filter(at), on)

    samples = {f"place{n}": -101 - n for n in range(count)}
    return Fixed(build, planned=True, power="a power", on=date(1801, 1, 1), **samples)


def _answering(row: tuple[Any, ...], fell: int) -> Answering:
    post, role, level, place, unit, stand_in, holder, phone = row
    return Answering(
        post=post, role=role, level=level, place=place, unit=unit, name=stand_in or holder, office_phone=phone,
        standing_in=bool(stand_in), fell=fell,
    )  # fmt: skip


def _fallen(one: Answering, n: int) -> Answering:
    return replace(one, fell=one.fell + n)
