"""The duty rota: who is on duty on which days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.roster.models import DutyTurn, Post
from commongrid.roster.rules import TURNS, refuse_period

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

LONGEST: Final = 62
"""Days that one entry may cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Who is on duty at a place, by which part of the day, from the first day until the last, both included."""

    place: int
    post: UUID
    part: str
    first: date
    last: date


@action("roster.turns_set", power="rota.edit", facts=("part", "from_on", "to_on"))
def set_turns(scope: Scope, act: Act, *, of: Turns, today: date) -> Line:
    """Put a post on duty; days it has already stay.

    Refuses: NotYours for a place out of scope; BadInput for a part that is none, days backwards, over already or more
    than 62, and a post of another place or not in force on all of them.
    """
    if not scope.covers(of.place):
        raise NotYours
    if of.part not in TURNS:
        raise BadInput(fields={"part": N_("Choose one that is offered.")})
    refuse_period(of.first, of.last)
    if of.first < today:
        raise BadInput(fields={"from_on": N_("Who was on duty stays as it was. Choose today or later.")})
    days = [of.first + timedelta(days=n) for n in range((of.last - of.first).days + 1)]
    if len(days) > LONGEST:
        raise BadInput(fields={"last_on": N_("At most 62 days at once.")})
    there = Post.objects.filter(in_force(of.first), in_force(of.last), place__range=interval(of.place))
    post = there.filter(id=of.post).first()
    if post is None:
        raise BadInput(fields={"post": N_("Choose a post of this place that is in force on all these days.")})
    DutyTurn.objects.bulk_create(
        (DutyTurn(id=act.child(f"turn {on}").id, place=of.place, on=on, part=of.part, post=post) for on in days),
        ignore_conflicts=True,
    )
    return Line(
        place=of.place, subject=of.post, subject_kind="post",
        facts={"part": of.part, "from_on": of.first, "to_on": of.last + timedelta(days=1)},
        answer={"days": len(days)},
    )  # fmt: skip


@action("roster.turn_removed", power="rota.edit", facts=("part", "on"))
def remove_turn(scope: Scope, act: Act, *, turn_id: UUID, today: date) -> Line:
    """Take one day of duty off. Refuses: NotYours out of scope; WrongState for a day that is over."""
    one = DutyTurn.objects.filter(id=turn_id).first()
    if one is None or not scope.covers(one.place):
        raise NotYours
    if one.on < today:
        raise WrongState(N_("This day is over; it stays as it was."))
    one.delete()
    return Line(
        place=one.place, subject=one.post_id, subject_kind="post", facts={"part": one.part, "on": one.on},
        answer={"turn": turn_id},
    )  # fmt: skip
