"""Households linked to members, many at once: what a branch meeting decided, and what follows when people move."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Least

from commongrid.kernel.places import interval
from commongrid.registry.models import Household
from commongrid.roster.actions.posts import already_there
from commongrid.roster.models import Assignment, Post
from commongrid.roster.rules import HELPER, LINKED, LINKER, TITLE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A household, where it is, and the person who is to be its contact; none ends its link."""

    household: UUID
    place: int
    person: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What stands on the post of somebody who has none yet: name, and the number for the notice."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """How many links stay as they were, ended and began."""

    kept: int
    ended: int
    begun: int


def relink(
    scope: Scope, act: Act, *, village: int, links: Sequence[NewLink], faces: Mapping[UUID, Face], on: date
) -> Relinked:
    """Have exactly these links hold for these households from a day on. Called by ``outreach.actions.adopt``.

    A link that is as it shall be stays, with the day on which it began. A member without a post gets one at the
    village; one who links nobody any more gives theirs up. The decision is the branch meeting's, so nobody appoints
    himself here.
    """
    posts = _posts(act, village, {one.person for one in links if one.person}, faces, on)
    homes = [one.household for one in links]
    standing = {
        one.household_id: one
        for one in _from(on).filter(household__in=homes).select_related("post").select_for_update(of=("self",))
        if one.from_on <= on
    }  # fmt: skip
    to_come = _from(on).filter(household__in=homes, from_on__gt=on)
    meant = set(to_come.values_list("post", flat=True))
    to_come.delete()
    wanted = {one.household: one.person for one in links}
    same = {home for home, one in standing.items() if home and wanted[home] == one.post.person_id}
    others = [one.id for home, one in standing.items() if home not in same]
    Assignment.objects.filter(id__in=others).update(to_on=Greatest(F("from_on"), on))
    Assignment.objects.filter(id__in=[one.id for home, one in standing.items() if home in same]).update(to_on=None)
    fresh = [
        Assignment(
            id=act.child(f"link {one.household}").id, post_id=posts[one.person], kind=LINKED, place=one.place,
            household_id=one.household, from_on=on,
        )
        for one in links
        if one.person and one.household not in same
    ]  # fmt: skip
    with already_there():
        Assignment.objects.bulk_create(fresh)
    _give_up(village, on, meant)
    return Relinked(kept=len(same), ended=len(others), begun=len(fresh))


def call_links_off(scope: Scope, act: Act, *, village: int, homes: Sequence[UUID], on: date) -> Relinked:
    """Have links that were to begin on a day to come never begin, and those go on that were to end for them.

    Called by ``outreach.actions.call_off``.
    """
    theirs = Assignment.objects.filter(kind=LINKED, household__in=homes)
    begun = theirs.filter(from_on=on)
    meant = set(begun.values_list("post", flat=True))
    count, _rows = begun.delete()
    ended = theirs.filter(to_on=on, from_on__lt=on, ended_by=None)
    Post.objects.filter(to_on=on, id__in=ended.values("post")).update(to_on=None)
    with already_there():
        again = ended.update(to_on=None)
    _give_up(village, on, meant)
    return Relinked(kept=0, ended=again, begun=count)


def begin_link(scope: Scope, act: Act, *, like: UUID, household: UUID, on: date, until: date | None = None) -> None:
    """Tie a household to whom another is tied: it was part of it. Called by ``outreach.actions.follow_links``."""
    place = Household.objects.values_list("place", flat=True).get(id=household)
    old = Assignment.objects.select_related("post").get(id=like)
    if until is None:
        until = old.to_on if old.kind == HELPER and old.ended_by is None else old.post.to_on
    with already_there():
        Assignment.objects.create(
            id=act.id, post_id=old.post_id, kind=old.kind, place=place, household_id=household, from_on=on, to_on=until
        )  # fmt: skip


def end_links(scope: Scope, act: Act, *, ends: Mapping[UUID, tuple[date, UUID | None]]) -> int:
    """End links and helpers' ties, each on its day and by the act that it follows.

    Called by ``outreach.actions.follow_links``.
    """
    for link, (on, done) in ends.items():
        Assignment.objects.filter(id=link).update(to_on=Greatest(F("from_on"), on), ended_by=done)
    return len(ends)


def reopen_links(scope: Scope, act: Act, *, undone: Collection[UUID]) -> int:
    """Have links go on that ended by acts undone since, until the next of their household if it has one; helpers too.

    Called by ``outreach.actions.follow_links``.
    """
    later = Assignment.objects.filter(
        Q(kind=LINKED) | Q(post=OuterRef("post")), kind=OuterRef("kind"), household=OuterRef("household"),
        from_on__gte=OuterRef("to_on"),
    )  # fmt: skip
    theirs = Assignment.objects.filter(kind__in=(LINKED, HELPER), ended_by__in=undone, post__to_on=None)
    ended = theirs.exclude(to_on=None)
    rows = list(
        ended.annotate(next=Subquery(later.order_by("from_on").exclude(id=OuterRef("id")).values("from_on")[:1]))
    )
    for one in rows:
        Assignment.objects.filter(id=one.id).update(to_on=one.next, ended_by=None)
    return len(rows)


def carry_links(scope: Scope, act: Act, *, to: Mapping[UUID, int]) -> int:
    """Have links and helpers stand where their households are now. Called by ``outreach.actions.follow_links``."""
    for link, place in to.items():
        Assignment.objects.filter(id=link).update(place=place)
    return len(to)


def _from(on: date) -> QuerySet[Assignment]:
    """Links that hold on the day or later."""
    return Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=on), kind=LINKED)


def _posts(act: Act, village: int, people: set[UUID], faces: Mapping[UUID, Face], on: date) -> dict[UUID, UUID]:
    """The post of each in the village, made where they have none; one that was to end goes on, one to come begins."""
    posts: dict[UUID, UUID] = {}
    for one in _held(village, on).filter(person__in=people).order_by("from_on", "id"):
        first = posts.setdefault(one.person_id, one.id)
        if first != one.id and one.from_on > on:
            Assignment.objects.filter(post=one).update(post=first)
            Post.objects.filter(id=one.id).update(to_on=F("from_on"))
    Post.objects.filter(id__in=posts.values()).update(from_on=Least(F("from_on"), on), to_on=None)
    for person, post in posts.items():
        if faces[person].phone:
            Post.objects.filter(id=post).update(office_phone=faces[person].phone)
    fresh = [
        Post(
            id=act.child(f"post {person}").id, person_id=person, role_id=LINKER, place=village, from_on=on,
            display_name=faces[person].name, title_zh=TITLE[0], title_en=TITLE[1], office_phone=faces[person].phone,
        )
        for person in sorted(people - posts.keys())
    ]  # fmt: skip
    with already_there():
        Post.objects.bulk_create(fresh)
    return posts | {one.person_id: one.id for one in fresh}


def _held(village: int, on: date) -> QuerySet[Post]:
    """Posts of linked members of the village that hold on the day or later."""
    return Post.objects.filter(Q(to_on=None) | Q(to_on__gt=on), role=LINKER, place__range=interval(village))


def _give_up(village: int, on: date, to_come: Collection[UUID] = ()) -> None:
    """Posts of linked members of the village that link nobody from the day on; of those to come only these."""
    held = _held(village, on).filter(Q(from_on__lte=on) | Q(id__in=to_come))
    held.exclude(id__in=_from(on).values("post")).exclude(
        id__in=Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=on)).exclude(kind=LINKED).values("post")
    ).update(to_on=Greatest(F("from_on"), on))  # fmt: skip
