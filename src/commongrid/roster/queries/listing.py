"""Lists of the roster: posts, vacant seats, roles with their powers, stand-ins, public faces."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import interval, parse
from commongrid.kernel.refusals import NotFound
from commongrid.roster.models import Assignment, Post, Role, RolePower, StandIn, Unit
from commongrid.roster.rules import fills_first
from commongrid.territory import queries as territory
from commongrid.territory.models import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """A role in force with its powers."""

    code: str
    zh: str
    en: str
    level: str
    second_factor: bool
    expected: bool
    powers: frozenset[str]

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which posts a list shows: ``within`` a place, of one ``role``, ``person`` or ``unit``, in one state, with a text.

    ``state`` is in_force, to_come, ended or all; ``text`` stands in the name,
    title or office phone.
    """

    within: int | None = None
    role: str = ""
    state: str = "in_force"
    text: str = ""
    person: UUID | None = None
    unit: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """A post as lists and pages show it: its public face, where it is, who stands in."""

    id: UUID
    person: UUID
    role: str
    level: str
    role_zh: str
    role_en: str
    place: int
    place_name: str
    place_name_en: str
    unit: UUID | None
    unit_zh: str
    unit_en: str
    from_on: date
    to_on: date | None
    name: str
    title_zh: str
    title_en: str
    office_phone: str
    stand_in: str

    def label(self, lang: str) -> str:
        """The title, else the role, in the language asked for."""
        return (self.title_en or self.role_en) if lang == "en" else (self.title_zh or self.role_zh)

    def place_label(self, lang: str) -> str:
        """The place's name in the language asked for, where there is one."""
        return (self.place_name_en if lang == "en" else "") or self.place_name

    def unit_label(self, lang: str) -> str:
        """The unit's name in the language asked for, or nothing."""
        return (self.unit_en if lang == "en" else "") or self.unit_zh

    def state_on(self, day: date) -> str:
        """to_come, in_force or ended."""
        if self.from_on > day:
            return "to_come"
        return "ended" if self.to_on is not None and self.to_on <= day else "in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A place that should have a role and has nobody in it."""

    place: int
    place_name: str
    place_name_en: str
    role: str
    role_zh: str
    role_en: str
    stand_in: str

    def label(self, lang: str) -> str:
        """The role's name in the language asked for."""
        return self.role_en if lang == "en" else self.role_zh

    def place_label(self, lang: str) -> str:
        """The place's name in the language asked for, where there is one."""
        return (self.place_name_en if lang == "en" else "") or self.place_name


def roles(scope: Scope, on: date | None = None) -> list[RoleRow]:
    """The roles in force, in their order, with the powers in force."""
    day = on or localdate()
    powers = RolePower.objects.filter(valid(day), valid(day, "power__"), role=OuterRef("code")).values("power_id")
    found = Role.objects.filter(valid(day)).annotate(held=ArraySubquery(powers)).order_by("position")
    return [
        RoleRow(
            code=one.code,
            zh=one.zh,
            en=one.en,
            level=one.scope_level,
            second_factor=one.second_factor,
            expected=one.expected,
            powers=frozenset(one.held),
        )
        for one in found
    ]


def role_powers(scope: Scope, on: date | None = None) -> dict[str, frozenset[str]]:
    """Which role holds which powers on the day."""
    return {one.code: one.powers for one in roles(scope, on)}


def posts(
    scope: Scope, wanted: Wanted = Wanted(), *, on: date | None = None, page: int = 1
) -> tuple[list[PostLine], bool]:
    """One page of posts inside the scope's interval and whether another follows."""
    day, text = on or localdate(), wanted.text.strip()
    found = _lines(day).filter(place__range=(scope.lo, scope.hi))
    if wanted.within is not None:
        found = found.filter(place__range=interval(wanted.within))
    if wanted.role:
        found = found.filter(role=wanted.role)
    if wanted.person is not None:
        found = found.filter(person=wanted.person)
    if wanted.unit is not None:
        found = found.filter(unit=wanted.unit)
    if wanted.state in _STATES:
        found = found.filter(_STATES[wanted.state](day))
    if text:
        found = found.filter(
            Q(display_name__contains=text) | Q(title_zh__contains=text) | Q(title_en__icontains=text)
            | Q(office_phone__contains=text)
        )  # fmt: skip
    start = (max(page, 1) - 1) * PAGE
    rows = [_line(one) for one in found.order_by("place", "role__position", "from_on", "id")[start : start + PAGE + 1]]
    return rows[:PAGE], len(rows) > PAGE


def units_with(scope: Scope, person: UUID, on: date | None = None) -> tuple[UUID, ...]:
    """The units in which a person has a post in force, wherever they are."""
    found = Post.objects.filter(in_force(on or localdate()), person=person, unit__isnull=False)
    return tuple(sorted({unit for unit in found.values_list("unit_id", flat=True) if unit is not None}))


def posts_at(scope: Scope, places: Iterable[int], on: date) -> list[PostLine]:
    """Posts in force at these very places."""
    found = _lines(on).filter(in_force(on), place__in=list(places)).order_by("place", "role__position", "from_on", "id")
    return [_line(one) for one in found]


def held_by(scope: Scope, people: Iterable[UUID]) -> dict[UUID, list[PostLine]]:
    """The posts in force inside the scope's interval of each of these people, in one query."""
    held: dict[UUID, list[PostLine]] = defaultdict(list)
    day = localdate()
    found = _lines(day).filter(in_force(day), person__in=set(people), place__range=(scope.lo, scope.hi))
    for one in found.order_by("place", "role__position", "from_on", "id"):
        held[one.person_id].append(_line(one))
    return held


def post(scope: Scope, post_id: UUID) -> PostLine:
    """One post's public face, of any period. Refuses NotFound."""
    found = _lines(localdate()).filter(id=post_id).first()
    if found is None:
        raise NotFound
    return _line(found)


def find_posts(scope: Scope, text: str, on: date | None = None) -> list[PostLine]:
    """Posts in force by id, by ``role@place`` or by role alone; the place as a code of any length.

    Refuses: BadInput for a place that is not a code.
    """
    day = on or localdate()
    found = _lines(day).filter(in_force(day))
    try:
        return [_line(one) for one in found.filter(id=UUID(text))]
    except ValueError:
        role, _, place = text.partition("@")
    found = found.filter(role=role)
    if place:
        found = found.filter(place=parse(place))
    return [_line(one) for one in found.order_by("place", "from_on", "id")]


def one_per_role(
    scope: Scope,
    on: date | None = None,
    *,
    rank: Callable[[PostLine], int] = lambda _post: 0,
    functions: Collection[str] = (),
) -> list[PostLine]:
    """One post in force for each role that anybody holds in a demo county; no post of a real one.

    And one of a unit with each of these functions. Of several the one with the
    lowest ``rank``, then the first by place.
    """
    day = on or localdate()
    demo = [one.code // 10**9 for one in territory.set_up(scope) if one.demo]
    found = _lines(day).filter(in_force(day), valid(day, "role__")).annotate(county=F("place") / 10**9)
    found = found.filter(county__in=demo)
    ordered = [_line(one) for one in found.order_by("role__position", F("county").desc(), "place", "id")]
    chosen: dict[str, PostLine] = {}
    for one in ordered:
        first = chosen.setdefault(one.role, one)
        if one.place // 10**9 == first.place // 10**9 and rank(one) < rank(first):
            chosen[one.role] = one
    does = dict(Unit.objects.filter(function__in=functions).values_list("id", "function"))
    of_unit = {does[one.unit]: one for one in sorted(ordered, key=rank, reverse=True) if one.unit in does}
    return list(dict.fromkeys([*chosen.values(), *of_unit.values()]))


def faces(scope: Scope, post_ids: Iterable[UUID]) -> dict[UUID, PostLine]:
    """The public faces of many posts in one query, for histories and lists."""
    return {one.id: _line(one) for one in _lines(localdate()).filter(id__in=set(post_ids))}


def linked_members(scope: Scope, households: Iterable[UUID], on: date | None = None) -> dict[UUID, PostLine]:
    """Who is linked to each of these households on a day, as far as the scope sees the links; two queries."""
    ties = dict(
        Assignment.objects.filter(
            in_force(on or localdate()), kind="linked_household", household__in=set(households)
        ).values_list("household_id", "post_id")
    )
    seen = faces(scope, ties.values()) if ties else {}
    return {home: seen[post] for home, post in ties.items() if home is not None and post in seen}


def tied(scope: Scope, post_id: UUID, on: date | None = None) -> dict[str, int]:
    """How many things of each kind a post is tied to on a day, as far as the scope sees them."""
    found = Assignment.objects.filter(in_force(on or localdate()), post=post_id)
    return dict(found.values_list("kind").annotate(Count("id")).order_by("kind"))


@dataclass(frozen=True, slots=True)
class AssignedVillage:
    """A village that a post is or was assigned to."""

    id: UUID
    place: int
    name: str
    name_en: str
    from_on: date
    to_on: date | None

    def label(self, language: str) -> str:
        """The village's name in a language ("zh" or "en")."""
        return self.name_en if language == "en" and self.name_en else self.name

    def runs_on(self, on: date) -> bool:
        """Whether it is in force or to come on a day."""
        return self.to_on is None or self.to_on > on

    @property
    def last_on(self) -> date | None:
        """Its last day, where it has one; one that was ended on its first has none."""
        return self.to_on - timedelta(days=1) if self.to_on and self.to_on > self.from_on else None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return not self.runs_on(localdate())


def assigned_villages(scope: Scope, post_id: UUID) -> list[AssignedVillage]:
    """The villages a post is, will be or was assigned to, or that are its contact points, as far as the scope sees.

    The latest first.
    """
    kinds = ("assigned_village", "contact_point")
    found = Assignment.objects.filter(post=post_id, kind__in=kinds, unit=None).order_by("-from_on", "place")
    rows = list(found.values_list("id", "place", "from_on", "to_on"))
    named = territory.places(scope, {place for _id, place, _from, _to in rows})
    return [
        AssignedVillage(one, place, named[place].name, named[place].name_en, begun, ended)
        for one, place, begun, ended in rows
        if place in named
    ]


def stand_ins(scope: Scope, post_id: UUID) -> list[StandIn]:
    """Who stood in for a post, the latest first, with the post of whoever did."""
    found = StandIn.objects.filter(post=post_id).select_related("by", "by__role")
    return list(found.order_by("-from_on", "id"))


def posts_of_the_dead(scope: Scope, on: date) -> list[PostLine]:
    """Posts that it is for this post to end, whose holders have died by the register; the first twenty."""
    rows = _lines(on).filter(in_force(on), person__state="dead", role__scope_level__in=fills_first(scope.level))
    return [_line(one) for one in rows.filter(place__range=(scope.lo, scope.hi)).order_by("place", "id")[:20]]


def vacant_seats(
    scope: Scope, *, within: int | None = None, on: date | None = None, page: int = 1
) -> tuple[list[Seat], bool]:
    """Places in scope that should have a role and have nobody in force, by role; and whether more follow."""
    lo, hi = (scope.lo, scope.hi) if within is None else interval(within)
    with connection.cursor() as cursor:
        cursor.execute(_VACANT, {
            "on": on or localdate(), "lo": max(lo, scope.lo), "hi": min(hi, scope.hi), "limit": PAGE + 1,
            "offset": (max(page, 1) - 1) * PAGE,
        })  # fmt: skip
        rows = cursor.fetchall()
    names = ("place", "place_name", "place_name_en", "role", "role_zh", "role_en", "stand_in")
    return [Seat(**dict(zip(names, row, strict=True))) for row in rows[:PAGE]], len(rows) > PAGE


_VACANT = """
SELECT p.code, p.name, p.name_en, r.code, r.zh, r.en, coalesce((
  SELECT b.display_name
  FROM roster_stand_in s JOIN roster_post o ON o.id = s.post_id JOIN roster_post b ON b.id = s.by_id
  WHERE o.role_id = r.code AND s.place = p.code AND s.from_on <= %(on)s AND (s.to_on IS NULL OR s.to_on > %(on)s)
    AND b.from_on <= %(on)s AND (b.to_on IS NULL OR b.to_on > %(on)s) LIMIT 1), '')
FROM roster_role r JOIN territory_place p ON p.level = r.scope_level
WHERE r.expected AND r.valid_from <= %(on)s AND (r.valid_to IS NULL OR r.valid_to > %(on)s)
  AND p.valid_from <= %(on)s AND (p.valid_to IS NULL OR p.valid_to > %(on)s) AND p.code BETWEEN %(lo)s AND %(hi)s
  AND NOT EXISTS (SELECT 1 FROM roster_post o WHERE o.role_id = r.code AND o.place = p.code
    AND o.from_on <= %(on)s AND (o.to_on IS NULL OR o.to_on > %(on)s))
ORDER BY r.position, p.code LIMIT %(limit)s OFFSET %(offset)s
"""
"""Vacant seats: expected roles at the places of their level, less those held."""


def _to_come(day: date) -> Q:
    return Q(from_on__gt=day)


def _ended(day: date) -> Q:
    return Q(to_on__lte=day)


_STATES: dict[str, Callable[[date], Q]] = {"in_force": in_force, "to_come": _to_come, "ended": _ended}


def _lines(on: date) -> QuerySet[Post]:
    """Posts with the names that every line shows, in one statement."""
    standing = StandIn.objects.filter(in_force(on), in_force(on, path="by__"), post=OuterRef("pk"))
    name = Place.objects.filter(code=OuterRef("place"))
    return Post.objects.select_related("role", "unit").annotate(
        place_name=Subquery(name.values("name")[:1]),
        place_name_en=Subquery(name.values("name_en")[:1]),
        stand_in=Subquery(standing.values("by__display_name")[:1]),
    )


def _line(one: Post) -> PostLine:
    return PostLine(
        id=one.id, person=one.person_id, role=one.role_id, level=one.role.scope_level, role_zh=one.role.zh,
        role_en=one.role.en, place=one.place, place_name=getattr(one, "place_name", "") or "",
        place_name_en=getattr(one, "place_name_en", "") or "", unit=one.unit_id,
        unit_zh=one.unit.name_zh if one.unit else "", unit_en=one.unit.name_en if one.unit else "",
        from_on=one.from_on, to_on=one.to_on, name=one.display_name, title_zh=one.title_zh, title_en=one.title_en,
        office_phone=one.office_phone, stand_in=getattr(one, "stand_in", "") or "",
    )  # fmt: skip
