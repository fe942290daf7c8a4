"""Who sits in grids that have ended, and what carries those on: nobody is moved by a division, somebody decides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from commongrid.roster.queries.listing import PostLine, posts_at
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
