"""Cases taken up as read: who may take a matter up, who has or had it, and what a leader has taken up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from commongrid.journal.acting import acting
from commongrid.journal.dated import in_force
from commongrid.kernel.places import enclosing
from commongrid.matters.models import Matter
from commongrid.matters.queries.bodies import accused_units
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.roster.models import Assignment, Post
from commongrid.roster.rules import CASE, POINTED

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """A leader who took a matter up: the post, since when, until when."""

    id: UUID
    post: UUID
    place: int
    name: str
    from_on: date
    to_on: date | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.to_on is None or self.to_on > on


def may_take_up(scope: Scope, m: Matter, on: date) -> list[tuple[UUID, int, str]]:
    """Leaders' posts in scope over the place of a matter, with place and name: none whom or whose unit it is about."""
    over = [at for level in ("county", "township") if (at := enclosing(m.place, level)) and scope.covers(at)]
    barred = accused_units(scope, m.accused_person_id, m.accused_unit_id)
    theirs = Post.objects.filter(Q(person=m.accused_person_id) | Q(in_force(on), unit__in=barred))
    found = Post.objects.filter(in_force(on), role__in=POINTED, place__in=over)
    if barred or m.accused_person_id is not None:
        found = found.exclude(person__in=theirs.values("person"))
    ordered = found.order_by("place", "role__position", "display_name", "id")
    return list(ordered.values_list("id", "place", "display_name"))


def leaders_over(scope: Scope, matter_id: UUID, on: date) -> list[tuple[UUID, int, str]]:
    """The same of a matter by its id; nobody for what this post does not see or what is taken up by nobody."""
    with acting(scope):
        m = Matter.objects.filter(id=matter_id, sealed=False, closed_at=None).first()
        return may_take_up(scope, m, on) if m else []


def takers_of(scope: Scope, matter_id: UUID) -> list[Taker]:
    """Who took a matter up as far as the scope learns of it, the latest first."""
    with acting(scope):
        found = Assignment.objects.filter(kind=CASE, matter=matter_id).order_by("-from_on", "-id")
        rows = found.values_list("id", "post_id", "post__place", "post__display_name", "from_on", "to_on")
        return [
            Taker(id=one, post=post, place=place, name=name, from_on=begun, to_on=ended)
            for one, post, place, name, begun, ended in rows
        ]


def taken_up_by(scope: Scope, on: date) -> list[tuple[date, MatterRow]]:
    """The open matters that the scope's own post has taken up and sees, each since when, the oldest first."""
    if scope.post is None or scope.role not in POINTED:
        return []
    with acting(scope):
        found = Assignment.objects.filter(in_force(on), kind=CASE, post=scope.post)
        held = found.order_by("from_on", "id").values_list("matter", "from_on")
        since = {one: day for one, day in held if one is not None}
        still = Matter.objects.filter(id__in=since, closed_at=None)
        rows = {row.id: row for row in rows_of(scope, still)} if since else {}
    return [(day, rows[one]) for one, day in since.items() if one in rows]
