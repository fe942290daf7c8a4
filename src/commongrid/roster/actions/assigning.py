"""Posts tied to villages, households, units and cases: a case by what ``matters`` decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.places import level_of, village_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.registry.queries import household
from commongrid.roster.actions.posts import already_there, post_for_change, refuse_beneath
from commongrid.roster.models import Assignment, Post
from commongrid.roster.rules import CASE, HELPER, HELPS, LINKED, LINKER, TARGETS, refuse_period
from commongrid.territory.queries import place as place_row

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """Which post is tied to what, as which of the kinds but a case; one target."""

    post: UUID
    kind: str
    from_on: date
    place: int | None = None
    household: UUID | None = None
    unit: UUID | None = None
    to_on: date | None = None


@action("roster.assigned", power="posts.appoint", facts=("post", "kind", "from_on"), kinds=("post", "clock"))
def assign(scope: Scope, act: Act, *, to: NewAssignment) -> Line:
    """Tie a post to a village, household or unit (包联); it widens what the post sees where its role says so.

    It ends with the post at the latest.

    Refuses: NotYours for a post or target out of scope; BadInput for a target that does not fit the kind, a household
    of whoever would be its contact or helper, a helper of another village, or a day after the post's end; WrongState
    where the household is linked already.
    """
    refuse_period(to.from_on, to.to_on)
    _refuse_target(to)
    post = post_for_change(scope, to.post)
    place = _place_of(scope, to, post.place)
    if not scope.covers(place):
        raise NotYours
    _refuse_household(to, post, place)
    until = min((day for day in (to.to_on, post.to_on) if day), default=None)
    if until is not None and until < to.from_on:
        raise BadInput(fields={"from_on": N_("The post itself ends before that day. Choose an earlier one.")})
    with already_there():
        Assignment.objects.create(
            id=act.id,
            post=post,
            kind=to.kind,
            place=place,
            household_id=to.household,
            unit_id=to.unit,
            from_on=to.from_on,
            to_on=until,
        )
    return Line(
        place=_told_at(to.kind, place),
        subject=act.id,
        subject_kind="assignment",
        facts={"post": to.post, "kind": to.kind, "from_on": to.from_on},
        answer={"assignment": act.id},
    )


@action("roster.assignment_ended", power="posts.appoint", facts=("kind", "on"), kinds=("post", "clock"))
def end_assignment(scope: Scope, act: Act, *, assignment_id: UUID, on: date) -> Line:
    """Untie a post from its target from a day on. Refuses: NotYours out of scope; WrongState if it has ended."""
    found = Assignment.objects.select_related("post__role").select_for_update(of=("self",)).filter(id=assignment_id)
    one = found.first()
    if one is None or not scope.covers(one.place):
        raise NotYours
    refuse_beneath(scope, one.post.role.scope_level)
    _end(one, on)
    return Line(
        place=_told_at(one.kind, one.place),
        subject=one.id,
        subject_kind="assignment",
        facts={"kind": one.kind, "on": one.to_on},
        answer={"assignment": one.id},
    )


def take_case(scope: Scope, act: Act, *, post: UUID, matter: UUID, place: int, on: date) -> None:
    """Have a leader's post take a matter up from a day on. Called by ``matters.actions.take_up``, which decides it."""
    with already_there():
        Assignment.objects.create(id=act.id, post_id=post, kind=CASE, place=place, matter=matter, from_on=on)


def leave_case(scope: Scope, act: Act, *, assignment_id: UUID, matter: UUID, on: date) -> None:
    """Have a leader's post no longer answer for a matter. Called by ``matters.actions.let_go``.

    Refuses: NotYours for what is out of scope or a leader above one's own level; WrongState if it has ended.
    """
    found = Assignment.objects.select_related("post").select_for_update(of=("self",))
    one = found.filter(id=assignment_id, kind=CASE, matter=matter).first()
    if one is None or not scope.covers(one.post.place):
        raise NotYours
    _end(one, on)


def _end(one: Assignment, on: date) -> None:
    if one.to_on is not None and one.to_on <= on:
        raise WrongState(N_("This assignment has already ended."))
    one.to_on = max(on, one.from_on)
    one.save(update_fields=["to_on"])


def _told_at(kind: str, place: int) -> int:
    """Where the journal tells of it: of a helper at the village, so that no grid reads that it has one."""
    return (village_of(place) or place) if kind == HELPER else place


def _refuse_household(to: NewAssignment, post: Post, place: int) -> None:
    """Households are linked to linked members and helped by named helpers alone, and nobody has their own."""
    if to.kind not in {LINKED, HELPER}:
        return
    if post.role_id != (LINKER if to.kind == LINKED else HELPS):
        raise BadInput(fields={"post": N_("Households are tied to linked members and named helpers only.")})
    if post.person.household_id == to.household:
        own = N_("Nobody is the contact of their own household.")
        raise BadInput(fields={"household": own, "post": own} if to.kind == HELPER else {"household": own})
    if to.kind == HELPER and village_of(post.place) != village_of(place):
        raise BadInput(fields={"post": N_("This helper's post is in another village, so they would not see it.")})


def _refuse_target(to: NewAssignment) -> None:
    if to.kind not in TARGETS or to.kind == CASE:
        raise BadInput(fields={"kind": N_("Choose a kind of assignment from the list.")})
    given = [name for name in ("place", "household", "unit") if getattr(to, name) is not None]
    if len(given) != 1 or given[0] not in TARGETS[to.kind]:
        raise BadInput(N_("An assignment points to exactly one thing of the right kind."))
    if to.kind == "assigned_village" and to.place is not None and level_of(to.place) != "village":
        raise BadInput(fields={"place": N_("Choose a village.")})


def _place_of(scope: Scope, to: NewAssignment, post_place: int) -> int:
    """Where the target is: the household's place, the place itself, else the post's."""
    if to.household is not None:
        return household(scope, to.household).place
    if to.place is not None:
        return place_row(scope, to.place).code
    return post_place
