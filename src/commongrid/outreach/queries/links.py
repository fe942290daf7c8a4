"""Reads of links: who is whose contact on a day, a household's contacts through time, what a member looks after."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import NotYours
from commongrid.outreach.models import Declaration
from commongrid.outreach.rules.following import GONE, Standing, follow
from commongrid.registry.models import Correction, HardshipFlag, Household, Stay
from commongrid.roster.models import Assignment, Post
from commongrid.roster.rules import HELPER, LINKED, LINKER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A household and its contact: the post with its public face, and since when, until when."""

    id: UUID
    household: UUID
    place: int
    post: UUID
    person: UUID
    name: str
    phone: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """A link that will follow the register: of which household (door or number), with whom; ``ends`` or goes along."""

    id: UUID
    household: UUID
    home: str
    person: UUID
    name: str
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAfter:
    """A household as its contact sees it in the list: number, door, how it is lived in, its head's name."""

    id: UUID
    natural_village: int
    number: str
    door: str
    state: str
    head: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """A linked member: the post's public face, its place and period, and the households on a day."""

    post: UUID
    person: UUID
    name: str
    phone: str
    place: int
    from_on: date
    to_on: date | None
    homes: tuple[LookedAfter, ...]


DESERTED: Final = ("ended", "empty")
"""States of a household that has no contact."""
VILLAGE: Final = 1000
"""Codes in one village."""
_SHOWN: Final = ("id", "household_id", "place", "post_id", "post__person_id", "post__display_name",
                 "post__office_phone", "from_on", "to_on")  # fmt: skip


def of_village(village: int) -> QuerySet[Assignment]:
    """Links of one village, of any day. For queries and actions of this module alone."""
    return Assignment.objects.filter(kind=LINKED, place__range=interval(village))


def astray(place: int, today: date) -> QuerySet[Any]:
    """Links of a place that are not as the register has both ends now: a home ended or moved, a member died or left.

    So is one of a home left empty, and one of a member who lives in the home. ``left_on``: since when a member who
    lived in the village while the link held lives in another. For queries and actions of this module alone.
    """
    holds = Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=today), kind=LINKED)
    here = holds.filter(id__in=_around(place, Q(post__in=Post.objects.filter(person__place__range=interval(place)))))
    moved = here.annotate(village=F("post__place") / VILLAGE * VILLAGE)
    moved = moved.annotate(left_on=_left("post__person", "village"))
    return moved.filter(
        Q(household__state__in=DESERTED)
        | Q(post__person__state__in=GONE)
        | Q(household=F("post__person__household"))
        | ~Q(household__place=F("place"))
        | Q(left_on__isnull=False)
    )


def standings(rows: Iterable[Any]) -> Iterable[tuple[Any, Standing]]:
    """Links that are astray, each with both ends as the register has them now."""
    for one in rows:
        home, who = one.household, one.post.person
        if home is not None:
            yield one, Standing(
                link=one.id, home=home.id, place=one.place, home_place=home.place, home_state=home.state,
                home_ended_on=home.ended_on, post_place=one.post.place, member_state=who.state,
                member_ended_on=who.ended_on, member_left_on=one.left_on,
                member=one.post.person_id, member_home=who.household_id,
            )  # fmt: skip


def loose(scope: Scope, place: int, today: date) -> list[Loose]:
    """The links of a place that will follow what the register says now, and how."""
    rows = list(standings(astray(place, today).select_related("household", "post__person")))
    onward = _onward({one.household.id: one.household.became for one, _ in rows if one.household.became})
    return [
        Loose(
            id=one.id, household=one.household_id, home=one.household.door or one.household.number,
            person=one.post.person_id, name=one.post.display_name,
            ends=found.place is None and (found.why, one.household_id) not in onward,
        )
        for one, standing in rows if (found := follow(standing, today))
    ]  # fmt: skip


def _onward(became: dict[UUID, UUID]) -> set[tuple[str, UUID]]:
    """Households that moved whole into a new one of their village: it begins with the same contact."""
    acts = Correction.objects.stood()
    made = dict(acts.filter(subject__in=became.values(), field="*").values_list("subject", "act"))
    by = dict(acts.filter(subject__in=became, field="became").values_list("subject", "act"))
    homes = Household.objects.filter(id__in={*became, *became.values()})
    at = {home: village_of(place) for home, place in homes.values_list("id", "place")}
    return {
        ("home_ended", old)
        for old, new in became.items()
        if new in made and made[new] == by.get(old) and at[old] == at[new]
    }


def helpers_astray(place: int, today: date) -> QuerySet[Any]:
    """Ties to a place's households, other than links, that are not as the register has these now.

    They lie elsewhere than their households are served from; a helper's also where the household ended, is empty, or
    is in hardship no more. For queries and actions of this module alone.
    """
    inside, moved = interval(place), ~Q(place=F("household__place"))
    holds = Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=today), id__in=_around(place)).exclude(kind=LINKED)
    over = Q(needs=False) & (Q(eased_on__isnull=False) | Q(went_on__isnull=False))
    return _easing(holds, today).filter(
        Q(moved, place__range=inside, household__place__range=inside)
        | Q(Q(household__state__in=DESERTED) | moved | over, kind=HELPER)
    )


def _around(place: int, *ways: Q) -> QuerySet[Any]:
    """Ties that lie in a place or whose household does, and more ``ways``; each way has an index of its own."""
    homes = Household.objects.filter(place__range=interval(place))
    ways = (Q(place__range=interval(place)), Q(household__in=homes.values("id")), *ways)
    first, *others = (Assignment.objects.filter(way).values("id") for way in ways)
    return first.union(*others)


def helping(household: UUID, today: date, also: Q | None = None) -> QuerySet[Any]:
    """The helpers of a household today, as in ``helpers_astray``; ``also``: ties that held until now.

    For queries and actions of this module alone.
    """
    holds = in_force(today) | also if also else in_force(today)
    return _easing(Assignment.objects.filter(holds, kind=HELPER, household=household), today)


def in_hardship(household: UUID | OuterRef, today: date) -> QuerySet[Any]:
    """What is recognised of a household's hardship, or its people's, and has not ended."""
    return HardshipFlag.objects.filter(Q(to_on=None) | Q(to_on__gt=today), household=household)


def _easing(ties: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Ties with ``needs``, whether their household is in hardship.

    ``eased_on``, ``eased_by``: when and by which act the last of it ended since the tie began; ``went_on``,
    ``went_by``: somebody left with theirs.
    """
    since = {"household": OuterRef("household"), "to_on__gte": OuterRef("from_on")}
    ended = HardshipFlag.objects.filter(**since, to_on__lte=today).order_by("-to_on", "-id")
    held = HardshipFlag.objects.filter(
        Q(to_on=None) | Q(to_on__gte=OuterRef("to_on")), person=OuterRef("person"), from_on__lte=OuterRef("to_on")
    )
    went = Stay.objects.told().filter(Exists(held), **since, sort="living").order_by("-to_on", "-id")
    eased: QuerySet[Any] = ties.annotate(
        needs=Exists(in_hardship(OuterRef("household"), today)),
        eased_on=Subquery(ended.values("to_on")[:1]), eased_by=Subquery(ended.values("ended_by")[:1]),
        went_on=Subquery(went.values("to_on")[:1]), went_by=Subquery(went.values("ended_by")[:1]),
    )  # fmt: skip
    return eased


def helpings(rows: Iterable[Any]) -> Iterable[tuple[Any, Standing]]:
    """The same of ties that are astray and no links; but for helpers' they go along and never end."""
    for one in rows:
        home, helps = one.household, one.kind == HELPER
        eased = [each for each in ((one.eased_on, one.eased_by), (one.went_on, one.went_by)) if each[0]]
        on, by = max(eased, key=lambda each: each[0]) if eased and helps and not one.needs else (None, None)
        yield one, Standing(
            link=one.id, home=home.id, place=one.place, home_place=home.place, home_state=home.state if helps else "",
            home_ended_on=home.ended_on, post_place=one.place, member_state="", member_ended_on=None,
            eased_on=on, eased_by=by,
        )  # fmt: skip


def left_behind(place: int, today: date) -> QuerySet[Any]:
    """What people of a place declared to a village in which they lived then and no longer do, with ``left_on``.

    For queries and actions of this module alone.
    """
    here = Declaration.objects.filter(in_force(today), person__place__range=interval(place))
    return here.annotate(left_on=_left("person", "place")).filter(left_on__isnull=False)


def _left(person: str, village: str) -> Subquery:
    """The day on which somebody who lived in a village after the row began went to live in another; else nothing."""
    inside = Q(place__gte=OuterRef(village), place__lt=OuterRef(village) + VILLAGE)
    stays = Stay.objects.told().filter(inside, person=OuterRef(person), sort="living")
    left = stays.filter(to_on__gt=OuterRef("from_on")).exclude(
        person__place__gte=OuterRef(village), person__place__lt=OuterRef(village) + VILLAGE
    )
    return Subquery(left.values("to_on").order_by("-to_on")[:1])


def ended_by(scope: Scope, acts: Iterable[UUID]) -> bool:
    """Whether links, or what people declared, ended after any of these acts of the register."""
    wanted = list(acts)
    links, said = Assignment.objects.filter(ended_by__in=wanted), Declaration.objects.filter(ended_by__in=wanted)
    return links.exists() or said.exists()


def villages_of(scope: Scope, acts: Iterable[UUID]) -> dict[UUID, set[int]]:
    """The villages in which each of these acts of the register changed a record."""
    rows = Correction.objects.filter(act__in=list(acts)).annotate(village=F("place") / VILLAGE * VILLAGE)
    found: dict[UUID, set[int]] = defaultdict(set)
    for act, village in rows.order_by().values_list("act", "village").distinct():
        found[act].add(village)
    return found


def any_astray(scope: Scope, place: int, today: date) -> bool:
    """Whether links of a place, or what its people declared elsewhere, do not follow the register yet."""
    rows = (astray, helpers_astray, left_behind)
    return any(one(place, today).exists() for one in rows)


def links_on(scope: Scope, place: int, on: date) -> list[LinkRow]:
    """The links of a place's households on a day."""
    found = Assignment.objects.filter(in_force(on), kind=LINKED, place__range=interval(place))
    return _rows(found.order_by("place", "household_id"))


def links_of(scope: Scope, household: UUID) -> list[LinkRow]:
    """A household's contacts through time, the newest first."""
    return _rows(Assignment.objects.filter(kind=LINKED, household=household).order_by("-from_on", "-id"))


def contact_of(scope: Scope, household: UUID, on: date) -> LinkRow | None:
    """A household's contact on a day, or None where it has none."""
    found = _rows(Assignment.objects.filter(in_force(on), kind=LINKED, household=household))
    return found[0] if found else None


def loads(scope: Scope, place: int, on: date) -> dict[UUID, int]:
    """How many households each person is the contact of on a day, in a place."""
    found = Assignment.objects.filter(in_force(on), kind=LINKED, place__range=interval(place))
    return dict(found.values_list("post__person").annotate(count=Count("id")).values_list("post__person", "count"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What the contacts of a part's households look after, wherever in the village: how many, the most, the mean."""

    members: int
    most: int
    mean: float


def carried(scope: Scope, place: int, on: date, part: int | str) -> dict[int, Carried]:
    """The same by part of a place; ``part``: the codes in one, or the household's column that tells parts apart."""
    by = F("place") / part * part if isinstance(part, int) else F(f"household__{part}")
    found = Assignment.objects.filter(in_force(on), kind=LINKED, place__range=interval(village_of(place) or place))
    counted = found.annotate(part=by).values("part", "post").annotate(n=Count("id")).order_by()
    whole: Counter[UUID] = Counter()
    parts: dict[int, set[UUID]] = defaultdict(set)
    for at, post, n in counted.values_list("part", "post", "n"):
        whole[post] += n
        if at is not None:
            parts[at].add(post)
    return {at: _carried([whole[post] for post in posts]) for at, posts in parts.items()}


def _carried(loads: list[int]) -> Carried:
    return Carried(members=len(loads), most=max(loads), mean=sum(loads) / len(loads))


def member(scope: Scope, post: UUID, on: date) -> MemberCard:
    """A linked member with the households of a day, as far as the scope sees those. Refuses: NotYours."""
    found = Post.objects.filter(id=post, role=LINKER).first()
    if found is None or not _sees(scope, found):
        raise NotYours
    since = dict(Assignment.objects.filter(in_force(on), post=post, kind=LINKED).values_list("household_id", "from_on"))
    rows = Household.objects.filter(id__in=since).annotate(heads_name=F("head__display_name"))
    homes = tuple(
        LookedAfter(
            id=one.id, natural_village=one.natural_village, number=one.number, door=one.door, state=one.state,
            head=one.heads_name or "", since=since[one.id],
        )
        for one in rows.order_by("natural_village", "number")
    )  # fmt: skip
    return MemberCard(
        post=found.id, person=found.person_id, name=found.display_name, phone=found.office_phone, place=found.place,
        from_on=found.from_on, to_on=found.to_on, homes=homes,
    )  # fmt: skip


def members_of(scope: Scope, people: Iterable[UUID], village: int, on: date) -> dict[UUID, UUID]:
    """The post in which each of these people links households of a village on a day."""
    found = Post.objects.filter(in_force(on), role=LINKER, place__range=interval(village), person__in=people)
    return {person: post for post, person in found.values_list("id", "person_id")}


def _sees(scope: Scope, post: Post) -> bool:
    """One's own; else a post in the place that the scope covers, whole or as far as it is narrowed."""
    return scope.post == post.id or scope.covers(post.place)


def _rows(found: QuerySet[Assignment]) -> list[LinkRow]:
    return [
        LinkRow(
            id=ident, household=household, place=place, post=post, person=person, name=name, phone=phone,
            from_on=from_on, to_on=to_on,
        )
        for ident, household, place, post, person, name, phone, from_on, to_on in found.values_list(*_SHOWN)
    ]  # fmt: skip
