"""The duty rota: who is on duty on which days."""

from __future__ import annotations

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


@action("roster.turns_set", power="rota.edit", facts=("part", "from_on", "to_on"))
def set_turns(scope: Scope, act: Act, *, place: int, post_id: UUID, part: str, days: tuple[date, date]) -> Line:
    """Put a post on duty at a place from the first day until the last, both included; days it has already stay.

    Refuses: NotYours for a place out of scope; BadInput for a part that is none, days backwards or more than 62, and
    a post of another place or not in force on all of them.
    """
    first, last = days
    if not scope.covers(place):
        raise NotYours
    if part not in TURNS:
        raise BadInput(fields={"part": N_("Choose one that is offered.")})
    refuse_period(first, last)
    wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if len(wanted) > LONGEST:
        raise BadInput(fields={"last_on": N_("At most 62 days at once.")})
    post = Post.objects.filter(in_force(first), in_force(last), id=post_id, place__range=interval(place)).first()
    if post is None:
        raise BadInput(fields={"post": N_("Choose a post of this place that is in force on all these days.")})
    DutyTurn.objects.bulk_create(
        (DutyTurn(id=act.child(f"turn {day}").id, place=place, on=day, part=part, post=post) for day in wanted),
        ignore_conflicts=True,
    )
    return Line(
        place=place, subject=post_id, subject_kind="post",
        facts={"part": part, "from_on": first, "to_on": last + timedelta(days=1)}, answer={"days": len(wanted)},
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
