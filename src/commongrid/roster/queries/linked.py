"""Whom the members of a place are linked to: for lists that are narrowed to one member's households."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.journal.dated import in_force
from commongrid.roster.models import Assignment
from commongrid.roster.queries.listing import PostLine, faces

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.scope import Scope


def linking_posts(scope: Scope, most: int) -> list[PostLine]:
    """The posts that households within the scope are linked to today, by place and name; none where there are more."""
    with acting(scope):
        posts = list(_ties(localdate()).values_list("post_id", flat=True).order_by("post_id").distinct()[: most + 1])
        found = faces(scope, posts) if len(posts) <= most else {}
    return sorted(found.values(), key=lambda one: (one.place, one.name, one.id))


def homes_linked_to(scope: Scope, post_id: UUID, on: date) -> set[UUID]:
    """The households that are linked to a post on a day, as far as the scope sees them."""
    with acting(scope):
        homes = set(_ties(on).filter(post=post_id).values_list("household_id", flat=True))
    return {home for home in homes if home is not None}


def _ties(on: date) -> Any:
    return Assignment.objects.filter(in_force(on), kind="linked_household")
