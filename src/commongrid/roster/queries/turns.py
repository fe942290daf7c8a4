"""Reads of the duty rota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.roster.models import DutyTurn

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Somebody on duty on a day: their post's public face, and whether the post still holds then."""

    id: UUID
    on: date
    part: str
    post: UUID
    name: str
    phone: str
    holds: bool


def turns(scope: Scope, place: int, first: date, last: date) -> list[Turn]:
    """Who is on duty at a place from the first day until the last, by day and part."""
    found = DutyTurn.objects.filter(place=place, on__range=(first, last)).select_related("post")
    return [
        Turn(
            id=one.id, on=one.on, part=one.part, post=one.post_id, name=one.post.display_name,
            phone=one.post.office_phone,
            holds=one.post.from_on <= one.on and (one.post.to_on is None or one.post.to_on > one.on),
        )
        for one in found.order_by("on", "part", "post__display_name", "id")
    ]  # fmt: skip
