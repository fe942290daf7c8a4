"""What becomes of a link when a household or a member changes: one rule for each, from plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from commongrid.kernel.places import village_of

GONE: Final = ("gone", "dead", "merged")
"""States of a person who links no household any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A link in force as the register has both ends now."""

    link: UUID
    home: UUID
    place: int
    """Where the link's row says that the household is."""
    home_place: int
    home_state: str
    home_ended_on: date | None
    post_place: int
    member_state: str
    member_ended_on: date | None
    member_left_on: date | None = None
    """Since when somebody who lived in the post's village when the link held lives in another."""
    member: UUID | None = None
    member_home: UUID | None = None
    eased_on: date | None = None
    """Of a helper: since when nothing of the household's hardship is in force any more."""
    eased_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """What happens to a link: it ends on a day (with why), or it goes along to another place."""

    link: UUID
    why: str
    on: date | None = None
    place: int | None = None


def follow(one: Standing, today: date) -> Follow | None:
    """What becomes of a link, or None where nothing does.

    A household that ended (merged, died out) or left its home empty has no link from that day. One that
    moved to another village leaves its link behind; inside the village the link goes along. A
    member who died, left or was joined into another record links nobody from that day, nor does
    one who went to live in another village; who never lived there goes on. Who moves
    into a household is its contact no more. A helper goes as links do, and with the last hardship. Being
    away ends nothing: neither a household's link nor a member's, for somebody must decide that.
    """
    moved = one.home_place != one.place
    ends = (
        (one.home_state == "ended", "home_ended", one.home_ended_on),
        (one.home_state == "empty", "home_empty", None),
        (one.member_state in GONE, "member_gone", one.member_ended_on),
        (one.member_left_on is not None, "member_moved", one.member_left_on),
        (one.member_home == one.home, "own_home", None),
        (one.eased_on is not None, "hardship_over", one.eased_on),
        (moved and village_of(one.home_place) != village_of(one.post_place), "home_moved", None),
    )
    for holds, why, on in ends:
        if holds:
            return Follow(one.link, why, on=on or today)
    return Follow(one.link, "went_along", place=one.home_place) if moved else None
