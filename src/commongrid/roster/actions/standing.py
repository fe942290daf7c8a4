"""Somebody acts in another's post for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.roster.actions.posts import already_there, post_for_change, refuse_beneath
from commongrid.roster.models import Post, StandIn
from commongrid.roster.rules import refuse_own_person, refuse_period, refuse_two_administrators

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

REASON_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """Which post is stood in for, by the holder of which post, when and why."""

    post: UUID
    by: UUID
    from_on: date
    to_on: date | None = None
    reason: str = ""


@action("roster.stand_in_set", power="posts.appoint", facts=("by", "from_on", "to_on"), kinds=("post", "clock"))
def set_stand_in(scope: Scope, act: Act, *, lending: Lending) -> Line:
    """Have the holder of another post act in this one, while its holder is away or gone.

    The journal then writes the post stood in for and the person who acted.

    Refuses: NotYours out of scope; NotAllowed for a level not beneath one's own
    and for oneself; BadInput for the same person or a post not in force;
    WrongState where somebody stands in already, or two of the three
    administrators would be one person.
    """
    refuse_period(lending.from_on, lending.to_on)
    if len(lending.reason) > REASON_LENGTH:
        raise BadInput(fields={"reason": N_("This is too long.")})
    post = post_for_change(scope, lending.post)
    by = Post.objects.filter(in_force(lending.from_on), id=lending.by).first()
    if by is None or by.person_id == post.person_id:
        raise BadInput(fields={"by": N_("Choose the post of another person, in force on the first day.")})
    refuse_own_person(scope.person, by.person_id)
    held = Post.objects.filter(in_force(lending.from_on), person=by.person_id)
    refuse_two_administrators(post.role_id, held.values_list("role", flat=True))
    with already_there():
        StandIn.objects.create(
            id=act.id,
            post=post,
            by=by,
            place=post.place,
            from_on=lending.from_on,
            to_on=lending.to_on,
            reason=" ".join(lending.reason.split()),
        )
    return Line(
        place=post.place,
        subject=post.id,
        subject_kind="post",
        unit=post.unit_id,
        facts={"by": by.id, "from_on": lending.from_on, "to_on": lending.to_on},
        answer={"stand_in": act.id, "post": post.id},
    )


@action("roster.stand_in_ended", power="posts.appoint", facts=("by", "on"), kinds=("post", "clock"))
def end_stand_in(scope: Scope, act: Act, *, stand_in_id: UUID, on: date) -> Line:
    """End a standing-in from a day on; the holder, or the level above, answers again.

    Refuses: NotYours out of scope; WrongState if it has ended.
    """
    found = StandIn.objects.select_related("post__role").select_for_update(of=("self",)).filter(id=stand_in_id).first()
    if found is None or not scope.covers(found.place):
        raise NotYours
    refuse_beneath(scope, found.post.role.scope_level)
    if found.to_on is not None and found.to_on <= on:
        raise WrongState(N_("This standing-in has already ended."))
    found.to_on = max(on, found.from_on)
    found.save(update_fields=["to_on"])
    return Line(
        place=found.place,
        subject=found.post_id,
        subject_kind="post",
        facts={"by": found.by_id, "on": found.to_on},
        answer={"stand_in": found.id, "post": found.post_id},
    )
