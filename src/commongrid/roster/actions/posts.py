"""Posts filled, ended and moved."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force, valid
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.registry.actions import add_person
from commongrid.registry.queries import person as person_in_scope
from commongrid.roster.models import Assignment, Post, Role, StandIn, Unit
from commongrid.roster.rules import (
    Seating,
    refuse_appointing,
    refuse_own_person,
    refuse_period,
    refuse_seat,
    refuse_two_administrators,
)
from commongrid.territory.queries import place as place_row
from commongrid.territory.queries import successors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import PersonRow

PHONE_LENGTH, TITLE_LENGTH = 40, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Who is to sit where, as what, from when.

    ``person`` of the registry, or ``name`` of somebody new to it. ``to_on`` is
    the first day on which the post no longer holds.
    """

    role: str
    place: int
    from_on: date
    person: UUID | None = None
    name: str = ""
    unit: UUID | None = None
    to_on: date | None = None
    title_zh: str = ""
    title_en: str = ""
    office_phone: str = ""


@action("roster.appointed", power="posts.appoint", facts=("role", "from_on", "to_on"), kinds=("post", "clock"))
def appoint(scope: Scope, act: Act, *, to: Appointment) -> Line:
    """Put a person into a role at a place for a period; from its first day the post is the permission.

    A person new to the registry is entered with the act. Filling the same seat
    twice with the same person is refused by the database, not only here.

    Refuses: NotAllowed for a role not beneath one's own level and for oneself;
    NotYours for a place or person out of scope; BadInput for a role that does
    not sit at such a place, a missing unit, an empty name; WrongState where the
    person holds this post in the period already, or is another of the three
    administrators.
    """
    refuse_period(to.from_on, to.to_on)
    role, unit = role_of(to.role, to.from_on), _unit(to.unit, to.from_on)
    _refuse_seat_here(scope, role, unit, to.place)
    person_id, name = _person(scope, act, to)
    refuse_own_person(scope.person, person_id)
    refuse_two_hats(role.code, person_id, to.from_on, to.to_on)
    with already_there():
        Post.objects.create(
            id=act.id,
            person_id=person_id,
            role=role,
            place=to.place,
            unit=unit,
            from_on=to.from_on,
            to_on=to.to_on,
            display_name=name,
            title_zh=short(to.title_zh, "title_zh", TITLE_LENGTH),
            title_en=short(to.title_en, "title_en", TITLE_LENGTH),
            office_phone=short(to.office_phone, "office_phone", PHONE_LENGTH),
        )
    return Line(
        place=to.place,
        subject=act.id,
        subject_kind="post",
        unit=to.unit,
        facts={"role": role.code, "from_on": to.from_on, "to_on": to.to_on},
        answer={"post": act.id, "person": person_id},
    )


@action("roster.post_ended", power="posts.appoint", facts=("role", "on"), kinds=("post", "clock"))
def end_post(scope: Scope, act: Act, *, post_id: UUID, on: date) -> Line:
    """End a post from a day on: that day it no longer holds, and neither does any session acting in it.

    Its assignments end with it; whoever stood in for it goes on until that is
    ended too. A post still to come is called off.

    Refuses: NotYours out of scope; NotAllowed for a level not beneath one's
    own; WrongState if it has already ended.
    """
    post = post_for_change(scope, post_id)
    if post.to_on is not None and post.to_on <= min(on, localdate()):
        raise WrongState(N_("This post has already ended."))
    post.to_on = max(on, post.from_on)
    post.save(update_fields=["to_on"])
    for one in _tied(post, post.to_on):
        Assignment.objects.filter(id=one.id).update(to_on=max(one.from_on, post.to_on))
    return Line(
        place=post.place,
        subject=post.id,
        subject_kind="post",
        unit=post.unit_id,
        facts={"role": post.role_id, "on": post.to_on},
        answer={"post": post.id},
    )


@action("roster.post_moved", power="posts.appoint", facts=("from_post", "on"), kinds=("post", "clock"))
def move_post(scope: Scope, act: Act, *, post_id: UUID, place: int, unit_id: UUID | None, on: date) -> Line:
    """Move somebody in the same role to another place: the old post ends and a new one begins on the same day.

    Out of a place that has ended what is tied to the post goes along; else it ends with the post. A title that names
    the old place names the new one.
    """
    old = post_for_change(scope, post_id)
    was, now = place_row(scope, old.place), place_row(scope, place)
    tied = _tied(old, on) if was.ended else []
    end_post(scope, act.child("end"), post_id=post_id, on=on)
    begun = appoint(
        scope,
        act.child("begin"),
        to=Appointment(
            role=old.role_id, place=place, from_on=on, person=old.person_id, unit=unit_id,
            title_zh=_renamed(old.title_zh, was.name, now.name),
            title_en=_renamed(old.title_en, was.name_en, now.name_en), office_phone=old.office_phone,
        ),
    )  # fmt: skip
    new = UUID(begun["post"])
    _take_along(act, tied, new, on, {})
    return Line(
        place=place,
        subject=new,
        subject_kind="post",
        unit=unit_id,
        facts={"from_post": post_id, "on": on},
        answer={"post": new},
    )


def _renamed(title: str, was: str, now: str) -> str:
    """A title with the name of a place in it, with that of another instead."""
    return re.sub(rf"{re.escape(was)}(?!\d)", lambda _: now, title, flags=re.IGNORECASE) if was and now else title


@action("roster.handed_over", power="posts.appoint", facts=("from_post", "on", "along"), kinds=("post",))
def hand_over(scope: Scope, act: Act, *, post_id: UUID, to: Appointment) -> Line:
    """Hand a post over to somebody else: it ends, theirs begins on the same day, and what is tied to it goes along.

    Villages, households, units and cases tied to the old post are tied to the
    new one from that day; whoever stood in stops. Matters belong to the seat,
    so they wait for whoever sits in it. Of ``to`` the role, place and unit are
    the old post's.

    Refuses: as ``end_post`` and ``appoint``; BadInput for the holder's own successor and a day before the post began.
    """
    old = post_for_change(scope, post_id)
    if to.person == old.person_id:
        raise BadInput(fields={"person": N_("Choose somebody else: this is who holds the post.")})
    if to.from_on < old.from_on:
        raise BadInput(fields={"from_on": N_("The post itself began later. Choose a later day.")})
    tied = _tied(old, to.from_on)
    end_post(scope, act.child("end"), post_id=post_id, on=to.from_on)
    seat = replace(to, role=old.role_id, place=old.place, unit=old.unit_id)
    begun = appoint(scope, act.child("begin"), to=seat)
    new = UUID(begun["post"])
    until = {
        one.id: to.to_on if one.to_on in {None, old.to_on} else min(one.to_on, to.to_on or one.to_on) for one in tied
    }
    _take_along(act, tied, new, to.from_on, until)
    StandIn.objects.filter(in_force(to.from_on), post=old).update(to_on=Greatest(F("from_on"), to.from_on))
    return Line(
        place=old.place, subject=new, subject_kind="post", unit=old.unit_id,
        facts={"from_post": post_id, "on": to.from_on, "along": len(tied)}, answer={"post": new},
    )  # fmt: skip


@action("roster.posts_carried", power="posts.appoint", facts=("from_place", "on", "posts"), kinds=("post",))
def carry_posts(scope: Scope, act: Act, *, grid: int, to: int, on: date) -> Line:
    """Move everybody who sits in a grid that has ended to one that carries it on, in their roles, with what is theirs.

    Who sits there already in the same role has what is theirs tied to that
    post. Oneself stays: somebody else moves that post.

    Refuses: as ``move_post``; BadInput for a grid that does not carry it on; NotAllowed where only oneself is left;
    WrongState where the grid has not ended or nobody sits there any more.
    """
    if not scope.covers(grid):
        raise NotYours
    if not place_row(scope, grid).ended:
        raise WrongState(N_("This grid has not ended."))
    if to not in {one.code for one in successors(scope, grid) if not one.ended}:
        raise BadInput(fields={"to": N_("Choose a grid that carries this one on.")})
    found = Post.objects.filter(in_force(on), place=grid, role__scope_level="grid").order_by("from_on", "id")
    if not found:
        raise WrongState(N_("Nobody sits in this grid any more."))
    posts = [one for one in found if one.person_id != scope.person]
    if not posts:
        refuse_own_person(scope.person, found[0].person_id)
    there = {(one.role_id, one.person_id): one.id for one in Post.objects.filter(in_force(on), place=to)}
    for one in posts:
        child = act.child(f"post {one.id}")
        if already := there.get((one.role_id, one.person_id)):
            tied = _tied(one, on)
            end_post(scope, child.child("end"), post_id=one.id, on=on)
            _take_along(child, tied, already, on, {})
        else:
            move_post(scope, child, post_id=one.id, place=to, unit_id=one.unit_id, on=on)
    facts = {"from_place": grid, "on": on, "posts": len(posts)}
    return Line(place=to, subject_kind="place", facts=facts, answer={"posts": len(posts)})


def _tied(old: Post, on: date) -> list[Assignment]:
    """What is tied to a post on a day or later, locked."""
    return list(Assignment.objects.select_for_update().filter(Q(to_on=None) | Q(to_on__gt=on), post=old))


def _take_along(act: Act, tied: Sequence[Assignment], new: UUID, on: date, until: Mapping[UUID, date | None]) -> None:
    """Tie to a new post from a day on what was tied to the old one, as long as before unless ``until`` says else."""
    for one in tied:
        began = max(one.from_on, on)
        Assignment.objects.filter(id=one.id).update(to_on=began)
        with already_there():
            Assignment.objects.create(
                id=act.child(f"tie {one.id}").id, post_id=new, kind=one.kind, place=one.place, unit_id=one.unit_id,
                household_id=one.household_id, matter=one.matter, from_on=began, to_on=until.get(one.id, one.to_on),
            )  # fmt: skip


def refuse_beneath(scope: Scope, role_level: str) -> None:
    """The rule of levels for a post; a named job has its powers written beside it."""
    if scope.kind == "post":
        refuse_appointing(scope.level, role_level)


def post_for_change(scope: Scope, post_id: UUID) -> Post:
    """The post, locked, if it is in scope and beneath the scope's level."""
    post = Post.objects.select_related("role").select_for_update(of=("self",)).filter(id=post_id).first()
    if post is None or not scope.covers(post.place):
        raise NotYours
    refuse_beneath(scope, post.role.scope_level)
    return post


@contextmanager
def already_there() -> Iterator[None]:
    """Say in words what an exclusion constraint refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "roster_post_three_administrators" in str(error):
            refuse_two_administrators("auditor", ("system_admin",))
        raise WrongState(N_("This is so already in that period. Choose another period.")) from None


def role_of(code: str, on: date) -> Role:
    """The role in force on a day. Refuses: BadInput for another."""
    role = Role.objects.filter(valid(on), code=code).first()
    if role is None:
        raise BadInput(fields={"role": N_("Choose a role from the list.")})
    return role


def _unit(unit_id: UUID | None, on: date) -> Unit | None:
    if unit_id is None:
        return None
    unit = Unit.objects.filter(valid(on), id=unit_id).first()
    if unit is None:
        raise BadInput(fields={"unit": N_("Choose a unit from the list.")})
    return unit


def _refuse_seat_here(scope: Scope, role: Role, unit: Unit | None, place: int) -> None:
    """Scope, level and the seat itself."""
    where = place_row(scope, place)
    if not scope.covers(place):
        raise NotYours
    refuse_beneath(scope, role.scope_level)
    if where.ended:
        raise BadInput(fields={"place": N_("This place no longer exists.")})
    refuse_seat(
        Seating(
            role=role.code,
            role_level=role.scope_level,
            place=place,
            place_level=where.level,
            unit_place=unit.place if unit else None,
        )
    )


def _person(scope: Scope, act: Act, to: Appointment) -> tuple[UUID, str]:
    """The person and the name on the post; entered now if new."""
    if to.person is None:
        added = add_person(scope, act.child("person"), display_name=to.name, place=to.place)
        return UUID(added["person"]), " ".join(to.name.split())
    found = chosen_person(scope, to.person)
    return found.id, found.name


def chosen_person(scope: Scope, person: UUID) -> PersonRow:
    """Somebody of the register in scope. Refuses: BadInput."""
    try:
        return person_in_scope(scope, person)
    except NotFound:
        raise BadInput(fields={"person": N_("Choose a person from the list.")}) from None


def refuse_two_hats(role: str, person: UUID, from_on: date, to_on: date | None) -> None:
    """The three administrators' rule, also for those who stand in."""
    held = Post.objects.filter(person=person).exclude(to_on__lte=from_on)
    lent = StandIn.objects.filter(by__person=person).exclude(to_on__lte=from_on)
    if to_on is not None:
        held, lent = held.filter(from_on__lt=to_on), lent.filter(from_on__lt=to_on)
    refuse_two_administrators(role, [*held.values_list("role", flat=True), *lent.values_list("post__role", flat=True)])


def short(text: str, name: str, limit: int) -> str:
    """A line of a post's public face. Refuses: BadInput for one that is too long."""
    clean = " ".join(text.split())
    if len(clean) > limit:
        raise BadInput(fields={name: N_("This is too long.")})
    return clean
