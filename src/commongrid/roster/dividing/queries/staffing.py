"""Who sits in grids that have ended, and what carries those on: nobody is moved by a division, somebody decides."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval, village_of
from commongrid.registry.models import Person
from commongrid.roster.dividing.models import Division, DivisionGrid
from commongrid.roster.dividing.queries.material import LEADERS
from commongrid.roster.models import Post
from commongrid.roster.queries.listing import PostLine, posts_at
from commongrid.roster.rules import MAY_HEAD
from commongrid.territory.models import Place, Succession
from commongrid.territory.queries import places

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.territory.queries import PlaceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """A post in force at a grid that has ended, and the grids that carry it on."""

    post: PostLine
    grid: PlaceRow
    onward: tuple[PlaceRow, ...]


def left_behind(scope: Scope, village: int, today: date) -> list[LeftBehind]:
    """Heads, members and forces of a village's grids that have ended, by grid.

    Contacts and helpers are not among them: they see by household, wherever that is served from.
    """
    ended = Place.objects.filter(parent=village, level="grid", valid_to__lte=today).values_list("code", flat=True)
    held = [one for one in posts_at(scope, list(ended), today) if one.level == "grid"]
    carried = defaultdict(list)
    found = Succession.objects.filter(old__in={one.place for one in held}).order_by("new")
    for old, new in found.values_list("old", "new"):
        carried[old].append(new)
    rows = places(scope, {one.place for one in held} | {code for codes in carried.values() for code in codes})
    return [
        LeftBehind(
            post=one, grid=rows[one.place],
            onward=tuple(rows[code] for code in carried[one.place] if code in rows and not rows[code].ended),
        )
        for one in held
    ]  # fmt: skip


def may_head(scope: Scope, grid: int, on: date) -> dict[UUID, str]:
    """Who lives in a grid and may head it by the register: full Party members, leaders of Party and villager groups."""
    village = village_of(grid) or grid
    leading = Post.objects.filter(in_force(on), role__in=LEADERS, place__range=interval(village)).values("person")
    found = Person.objects.filter(Q(political__in=MAY_HEAD) | Q(id__in=leading), household__place=grid, state="here")
    return dict(found.order_by("sort_key", "display_name", "id").values_list("id", "display_name"))


RECENT: Final = timedelta(days=90)
"""So long after a division its new grids are asked to be staffed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToStaff:
    """A village that was divided of late: new grids that nobody heads, posts left in grids that have ended."""

    village: PlaceRow
    headless: int
    left: int


def to_staff(scope: Scope, today: date) -> list[ToStaff]:
    """The villages in scope whose new grids still lack a head, or where posts were left behind."""
    done = Division.objects.filter(place__range=(scope.lo, scope.hi), state="done", adopts_on__gt=today - RECENT)
    lately = dict(done.values_list("id", "place"))
    if not lately:
        return []
    new = DivisionGrid.objects.filter(division__in=lately, same=False, became__isnull=False)
    begun = list(Place.objects.in_force().filter(code__in=new.values("became")).values_list("code", "parent"))
    gone = Place.objects.filter(
        parent__in=set(lately.values()), level="grid", valid_to__gt=today - RECENT, valid_to__lte=today
    ).values_list("code", "parent")
    ended = {code: parent for code, parent in gone if parent is not None}
    village = ended | {code: parent for code, parent in begun if parent is not None}
    posts = Post.objects.filter(in_force(today), place__in=village, role__scope_level="grid")
    held = list(posts.values_list("place", "role"))
    headed = {place for place, role in held if role == "grid_head"}
    headless = Counter(parent for code, parent in begun if code not in headed and parent is not None)
    left = Counter(village[place] for place, _role in held if place in ended)
    rows = places(scope, {*headless, *left})
    return [ToStaff(village=rows[code], headless=headless[code], left=left[code]) for code in sorted(rows)]
