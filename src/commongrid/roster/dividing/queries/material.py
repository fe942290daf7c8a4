"""What a division starts from: households with where they stand, who lives there, today's grids, barriers drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Q

from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotYours
from commongrid.registry.models import Household, Person
from commongrid.roster.dividing.models import Division
from commongrid.roster.dividing.rules.planning import Home, Task, Ways
from commongrid.roster.models import Post, UnitCover
from commongrid.roster.rules import MAY_HEAD
from commongrid.territory.models import Barrier, Place
from commongrid.territory.rules.barring import BARRIERS

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

PARTY: Final = ("01", "02")
"""Political status (GB/T 4762): Party members, full and on probation."""
LEADERS: Final = ("party_group_leader", "villager_group_leader")
"""Roles whose holders may head a grid besides Party members."""
EACH: Final = 10
"""Households that a Party member at home is reckoned to look after who has declared nothing."""
Declared = Mapping[UUID, int]
"""How many households people of a village have declared to look after, by person; who asks for a count brings it."""


def task(scope: Scope, division_id: UUID, on: date, declared: Declared) -> Task:
    """What the planner gets of a proposal. Refuses: NotYours out of scope."""
    of = Division.objects.filter(id=division_id).first()
    if of is None:
        raise NotYours
    label = {one.id: one.code or one.number for one in of.drawn.all()}
    locked = frozenset(label[one.id] for one in of.drawn.all() if one.locked)
    fixed = {one.household_id: (label[one.grid_id], one.locked) for one in of.homes.all()}
    homes = tuple(_material(scope, of, on, declared, fixed))
    return Task(
        homes=homes, ways=ways(scope, of.place), terms=of.terms, locked=locked,
        again=bool(locked) or any(one.locked for one in homes),
    )  # fmt: skip


def _material(
    scope: Scope, of: Division, on: date, declared: Declared, fixed: Mapping[UUID, tuple[int, bool]]
) -> list[Home]:
    """The households of a village that are in its division, with their grid in a proposal and whether it is locked.

    Those of a dedicated grid (a school, a market) stay out of it.
    """
    village = of.place
    grids = grids_today(scope, village)
    people, heads, room = _people(village, on, declared)
    whole = _whole(village, on) if of.groups else {}
    rows = list(living(village).order_by("natural_village", "number", "id"))
    return [
        Home(
            id=one.id, at=(one.lon, one.lat) if one.lon is not None and one.lat is not None else None,
            hamlet=whole.get(one.villager_group or 0) or whole.get(one.natural_village, one.natural_village),
            people=people[one.id], heads=heads[one.id], room=room[one.id],
            now=one.place if grids.get(one.place) else None, grid=fixed[one.id][0] if one.id in fixed else None,
            locked=one.id in fixed and fixed[one.id][1],
        )
        for one in rows
        if grids.get(one.place, True)
    ]  # fmt: skip


def living(village: int) -> Any:
    """The households of a village that have not ended. For queries and actions of this module alone."""
    return Household.objects.filter(place__range=interval(village)).exclude(state="ended")


def grids_today(scope: Scope, village: int) -> dict[int, bool]:
    """The grids of a village in force, and whether each is a general one, whose homes are divided."""
    found = Place.objects.in_force().filter(parent=village, level="grid").values_list("code", "kind")
    return {code: kind != "dedicated" for code, kind in found}


def ways(scope: Scope, village: int) -> Ways:
    """The barriers, bridges and roads of a village in force."""
    found: dict[str, list[tuple[tuple[float, float], ...]]] = {sort: [] for sort in BARRIERS}
    rows = Barrier.objects.filter(place=village, valid_to=None).order_by("id")
    for sort, line in rows.values_list("sort", "line"):
        several = line["coordinates"] if line["type"] == "MultiLineString" else [line["coordinates"]]
        found[sort] += [tuple((float(lon), float(lat)) for lon, lat in one) for one in several]
    return Ways(barriers=(*found["barrier"],), bridges=(*found["bridge"],), roads=(*found["road"],))


def _whole(village: int, on: date) -> dict[int, int]:
    """For each place that a Party group takes in the first of them, which stands for all that the group keeps whole."""
    covers = UnitCover.objects.filter(valid(on), unit__type="party_group", place__range=interval(village))
    first: dict[UUID, int] = {}
    return {
        place: first.setdefault(unit, place) for unit, place in covers.order_by("place").values_list("unit", "place")
    }


def _people(village: int, on: date, declared: Declared) -> tuple[Counter[UUID], Counter[UUID], Counter[UUID]]:
    """By household: how many live there, how many of them may head a grid, how many households they have room for."""
    here = Person.objects.filter(place__range=interval(village), household__isnull=False, state__in=("here", "away"))
    people: Counter[UUID] = Counter()
    for home, count in here.values_list("household").annotate(n=Count("id")).order_by():
        people[home] = count
    leading = Post.objects.filter(in_force(on), role__in=LEADERS, place__range=interval(village)).values("person")
    heads: Counter[UUID] = Counter()
    room: Counter[UUID] = Counter()
    able = here.filter(Q(political__in=PARTY) | Q(id__in=leading) | Q(id__in=declared), state="here")
    leaders = set(leading.values_list("person", flat=True))
    for person, home, political in able.values_list("id", "household", "political"):
        member = political in PARTY
        heads[home] += political in MAY_HEAD or person in leaders
        room[home] += declared.get(person, EACH if member else 0)
    return people, heads, room
