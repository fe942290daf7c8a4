"""What a division starts from: households with where they stand, who lives there, today's grids, barriers drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Q

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotYours
from commongrid.registry.models import Household, Person
from commongrid.roster.dividing.models import Division
from commongrid.roster.dividing.rules.planning import Home, Task, Ways
from commongrid.roster.models import Post
from commongrid.territory.models import Barrier, Place

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

PARTY: Final = ("01", "02")
"""Political status (GB/T 4762): Party members, full and on probation."""
LEADERS: Final = ("party_group_leader", "villager_group_leader")
"""Roles whose holders may head a grid besides Party members."""
EACH: Final = 10
"""Households that a Party member at home is reckoned to look after."""


def task(scope: Scope, division_id: UUID, on: date) -> Task:
    """What the planner gets of a proposal. Refuses: NotYours out of scope."""
    of = Division.objects.filter(id=division_id).first()
    if of is None:
        raise NotYours
    label = {one.id: one.code or one.number for one in of.drawn.all()}
    locked = frozenset(label[one.id] for one in of.drawn.all() if one.locked)
    fixed = {one.household_id: (label[one.grid_id], one.locked) for one in of.homes.all()}
    homes = tuple(_material(scope, of.place, on, fixed))
    return Task(
        homes=homes, ways=ways(scope, of.place), terms=of.terms, locked=locked,
        again=bool(locked) or any(one.locked for one in homes), asked_at=of.asked_at,
    )  # fmt: skip


def _material(scope: Scope, village: int, on: date, fixed: Mapping[UUID, tuple[int, bool]]) -> list[Home]:
    """The households of a village that are in its division, with their grid in a proposal and whether it is locked.

    Those of a dedicated grid (a school, a market) stay out of it.
    """
    grids = grids_today(scope, village)
    people, heads, members = _people(village, on)
    rows = list(living(village).order_by("natural_village", "number", "id"))
    return [
        Home(
            id=one.id, at=(one.lon, one.lat) if one.lon is not None and one.lat is not None else None,
            hamlet=one.natural_village, people=people[one.id], heads=heads[one.id], room=EACH * members[one.id],
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
    """The barriers and bridges of a village in force."""
    found = list(Barrier.objects.filter(place=village, valid_to=None).order_by("id").values_list("sort", "line"))
    lines = [(sort, tuple((float(lon), float(lat)) for lon, lat in line["coordinates"])) for sort, line in found]
    return Ways(
        barriers=tuple(line for sort, line in lines if sort == "barrier"),
        bridges=tuple(line for sort, line in lines if sort == "bridge"),
    )


def _people(village: int, on: date) -> tuple[Counter[UUID], Counter[UUID], Counter[UUID]]:
    """By household: how many live there, how many of them may head a grid, how many Party members are at home."""
    here = Person.objects.filter(place__range=interval(village), household__isnull=False, state__in=("here", "away"))
    member = Q(state="here", political__in=PARTY)
    rows = here.values_list("household").annotate(n=Count("id"), members=Count("id", filter=member)).order_by()
    people: Counter[UUID] = Counter()
    members: Counter[UUID] = Counter()
    for home, count, of_party in rows:
        people[home], members[home] = count, of_party
    leading = Post.objects.filter(in_force(on), role__in=LEADERS, place__range=interval(village)).values("person")
    more = here.filter(state="here", id__in=leading).exclude(political__in=PARTY)
    heads = Counter(members)
    heads.update(home for home in more.values_list("household", flat=True) if home is not None)
    return people, heads, members
