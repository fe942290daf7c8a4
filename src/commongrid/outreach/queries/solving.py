"""What a plan starts from: the households of a village to be linked, those able to link them, who is where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.journal.dated import in_force, valid
from commongrid.outreach.models import Choice, Declaration, Plan, PlannedLink
from commongrid.outreach.queries.coverage import AWAY, homes_on
from commongrid.outreach.queries.links import of_village
from commongrid.outreach.rules.planning import Home, Linker, Point, Task
from commongrid.roster.models import UnitCover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commongrid.kernel.scope import Scope
    from commongrid.registry.models import Household
    from commongrid.roster.models import Unit

A_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude on a sphere of 6,371 km; far finer than a village asks for."""
NOWHERE: Final[Point] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Said:
    """What households said, by household."""

    liked: dict[UUID, UUID]
    kin: dict[UUID, set[UUID]]
    never: dict[UUID, set[UUID]]
    wishes: dict[UUID, set[str]]
    phone: set[UUID]


def material(
    scope: Scope, village: int, on: date, fixed: Mapping[UUID, UUID | None], only: UUID | None = None
) -> tuple[list[Home], list[Linker]]:
    """Households to be linked on a day and those able to link them: at home, or away with a contact or a wish for one.

    ``fixed`` stay with whom they name, unless the two don't go together any more.

    A home without a point stands in the middle of its natural village's points,
    else of the village's, and counts as near.
    """
    homes = list(homes_on(village, on).order_by("natural_village", "number", "id"))
    said, points, groups = _said(village, on), _points(homes), _groups(village, on)
    now = dict(of_village(village).filter(in_force(on)).values_list("household", "post__person"))
    wanted = [
        one for one in homes
        if (only is None or one.id == only) and (one.was != AWAY or one.id in said.phone or one.id in now)  # type: ignore[attr-defined]
    ]  # fmt: skip
    linkers = _linkers(village, on, points)
    apart = {(one.home, one.id) for one in linkers}
    apart |= {(home, who) for home, never in said.never.items() for who in never}
    fixed = {home: to for home, to in fixed.items() if (home, to) not in apart}
    return [
        Home(
            id=one.id, at=points[one.id], near=one.point != "measured", groups=groups(one), now=now.get(one.id),
            liked=said.liked.get(one.id), kin=frozenset(said.kin[one.id]), never=frozenset(said.never[one.id]),
            wishes=frozenset(said.wishes[one.id]),
            fixed=one.id in fixed, to=fixed.get(one.id),
        )
        for one in wanted
    ], linkers  # fmt: skip


def task(scope: Scope, plan: Plan, on: date) -> Task:
    """A plan as the planner takes it; what was locked in it stays."""
    held = PlannedLink.objects.filter(plan=plan, locked=True)
    homes, linkers = material(scope, plan.place, on, dict(held.values_list("household", "member")))
    return Task(
        plan=plan.id, asked=plan.state == "asked", asked_at=plan.asked_at, homes=tuple(homes),
        linkers=tuple(linkers), terms=plan.terms,
    )  # fmt: skip


def next_task(scope: Scope, on: date) -> Task | None:
    """What the planner does next: the plan asked for last, since somebody waits for it; else one without its slider."""
    asked = Plan.objects.filter(state="asked").order_by("-asked_at", "id").first()
    bare = Plan.objects.filter(state="ready").exclude(figures__has_key="curve").order_by("-asked_at", "id")
    found = asked or bare.first()
    return task(scope, found, on) if found else None


def metres_between(one: Point, other: Point) -> int:
    """Metres between two points, as the crow flies."""
    east = (one[0] - other[0]) * cos(radians((one[1] + other[1]) / 2))
    return round(hypot(east, one[1] - other[1]) * A_DEGREE)


def _linkers(village: int, on: date, points: Mapping[UUID, Point]) -> list[Linker]:
    found = Declaration.objects.filter(in_force(on), place=village, answer="able", person__state__in=("here", "away"))
    middle = _middle(points.values()) or NOWHERE
    return [
        Linker(
            id=one.person_id, at=points.get(one.person.household_id, middle) if one.person.household_id else middle,
            home=one.person.household_id, group=one.group_id if _lives(one.group, on) else None, capacity=one.capacity,
            can=frozenset(one.can),
        )
        for one in found.select_related("person", "group").order_by("person")
    ]  # fmt: skip


def _lives(group: Unit | None, on: date) -> bool:
    """Whether a Party group is in force: who declared one that has ended counts where their home is."""
    return group is not None and group.valid_from <= on and (group.valid_to is None or on < group.valid_to)


def _said(village: int, on: date) -> _Said:
    said = _Said({}, defaultdict(set), defaultdict(set), defaultdict(set), set())
    for household, sort, member, ability in Choice.objects.filter(in_force(on), place=village).values_list(
        "household", "sort", "member", "ability"
    ):
        if sort == "phone":
            said.phone.add(household)
        elif sort == "wish":
            said.wishes[household].add(ability)
        elif sort == "liked":
            said.liked[household] = member
        else:
            (said.kin if sort == "kin" else said.never)[household].add(member)
    return said


def _points(homes: Iterable[Household]) -> dict[UUID, Point]:
    """Where each home stands, or is taken to stand."""
    known = {one.id: (one.lon, one.lat) for one in homes if one.lon is not None and one.lat is not None}
    of_hamlet: dict[int, list[Point]] = defaultdict(list)
    for one in homes:
        if one.id in known:
            of_hamlet[one.natural_village].append(known[one.id])
    middles = {hamlet: _middle(inside) for hamlet, inside in of_hamlet.items()}
    village = _middle(known.values()) or NOWHERE
    return {one.id: known.get(one.id) or middles.get(one.natural_village) or village for one in homes}


def _middle(points: Iterable[Point]) -> Point | None:
    known = list(points)
    if not known:
        return None
    return sum(one[0] for one in known) / len(known), sum(one[1] for one in known) / len(known)


def _groups(village: int, on: date) -> _Groups:
    covers = UnitCover.objects.filter(valid(on), unit__place=village, unit__type="party_group")
    taken: dict[int, set[UUID]] = defaultdict(set)
    for unit, place in covers.values_list("unit", "place"):
        taken[place].add(unit)
    return _Groups(taken)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which Party groups take in which natural village, villager group or grid."""

    taken: Mapping[int, set[UUID]]

    def __call__(self, home: Household) -> frozenset[UUID]:
        """Those of a home."""
        inside = (home.natural_village, home.villager_group, home.place)
        return frozenset().union(*(self.taken.get(one, set()) for one in inside if one))
