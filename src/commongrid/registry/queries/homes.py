"""Reads of households: lists by place, one with its people on any day, and what was changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import CharField, Count, F, Q

from commongrid.journal.acting import acting
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import N_, BadInput, NotYours
from commongrid.kernel.widths import halfwidth
from commongrid.registry.models import Correction, Household, Person, Site, Stay
from commongrid.registry.queries.former import value_on
from commongrid.registry.queries.people import LISTED, meant
from commongrid.registry.queries.then import stays_on
from commongrid.registry.rules.holdings import DWELLING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLine:
    """A household in a list: its number and door, its head's name, how many live there and are away."""

    id: UUID
    place: int
    natural_village: int
    number: str
    door: str
    state: str
    head: str
    people: int
    away: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomesPage:
    """A page of households, how many there are, and where the next begins."""

    lines: list[HomeLine]
    total: int
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a household on a day: as it was then, the state too, which is empty where no record is in sight."""

    person: UUID
    name: str
    as_to_head: str
    head: bool
    from_on: date | None
    to_on: date | None
    sex: str = ""
    born_on: date | None = None
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCard:
    """A household's record as those in scope read it."""

    id: UUID
    place: int
    natural_village: int
    villager_group: int | None
    number: str
    door: str
    state: str
    lon: float | None
    lat: float | None
    point: str
    head: UUID | None
    dwelling: UUID | None
    began_on: date | None
    ended_on: date | None
    became: UUID | None
    version: int
    confirmed: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the record can only be read."""
        return self.state == "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One field changed: what stood there before and after (nothing for a sealed one), since when, by which act.

    ``undone_by`` is the act that took it back.
    """

    act: UUID
    at: datetime
    of: str
    subject: UUID
    field: str
    before: str
    after: str
    since_on: date
    source: str
    household: UUID | None
    undone_by: UUID | None


def listed_homes(scope: Scope, place: int, *, state: str = "", text: str = "") -> QuerySet[Household]:
    """The households of a place that a list shows; ended ones only when asked for. For queries of this module alone."""
    lo, hi = interval(place)
    rows = Household.objects.filter(place__range=(max(lo, scope.lo), min(hi, scope.hi)))
    if hi == lo:
        rows = Household.objects.filter(Q(place=place) | Q(natural_village=place) | Q(villager_group=place))
    rows = rows.filter(state=state) if state else rows.exclude(state="ended")
    if text:
        rows = rows.filter(_looked_for(scope, place, text, ended=state == "ended"))
    return rows


def _looked_for(scope: Scope, place: int, text: str, *, ended: bool) -> Q:
    """What a text may mean: a number, part of a door, anybody who lives there.

    People, and doors of more than a village, go through the search functions, which know no ended households.
    """
    village = village_of(place)
    lo, hi = interval(village or place)
    lo, hi = max(lo, scope.lo), min(hi, scope.hi)
    lived_in = set(meant(text, lo, hi, LISTED).exclude(household=None).values_list("household_id", flat=True))
    if village or ended:
        return Q(number=text) | Q(door__contains=text) | Q(id__in=lived_in)
    return Q(number=text) | Q(id__in=lived_in.union(_with_door(text, lo, hi, LISTED)))


def _with_door(text: str, lo: int, hi: int, most: int) -> list[UUID]:
    """Households of a place by part of their door, through the search function."""
    wanted = " ".join(text.replace("\x00", " ").split())[:40]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT find_homes(%s, %s, %s, %s)", [wanted, lo, hi, most])
        return [row[0] for row in cursor.fetchall()]


def sizes_of(homes: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many people each of these households has, and how many of them are away: of a page, never of all."""
    rows = Person.objects.filter(household__in=homes).values("household")
    counted = rows.annotate(size=Count("id"), far=Count("id", filter=Q(state="away")))
    return {home: (size, far) for home, size, far in counted.values_list("household", "size", "far")}


def homes(scope: Scope, place: int, *, state: str = "", text: str = "", after: str = "") -> HomesPage:
    """Households of a place in the order of natural village and number; ended ones only when asked for.

    ``after`` is the number and id that the page before ended with.
    """
    rows = listed_homes(scope, place, state=state, text=text)
    total = rows.count()
    if after:
        village, number, ident = after.split("|")
        rows = rows.filter(
            Q(natural_village__gt=int(village))
            | Q(natural_village=int(village), number__gt=number)
            | Q(natural_village=int(village), number=number, id__gt=UUID(ident)),
            natural_village__gte=int(village),  # where the index begins
        )
    named = rows.annotate(heads_name=F("head__display_name"))
    found = list(named.order_by("natural_village", "number", "id")[: PAGE + 1])
    sizes = sizes_of([one.id for one in found])
    lines = [
        HomeLine(
            id=one.id, place=one.place, natural_village=one.natural_village, number=one.number, door=one.door,
            state=one.state, head=one.heads_name or "", people=sizes.get(one.id, (0, 0))[0],
            away=sizes.get(one.id, (0, 0))[1],
        )
        for one in found[:PAGE]
    ]  # fmt: skip
    last = lines[-1] if len(found) > PAGE else None
    return HomesPage(lines=lines, total=total, next=f"{last.natural_village}|{last.number}|{last.id}" if last else "")


def home_card(scope: Scope, household_id: UUID) -> HomeCard:
    """One household's record. Refuses: NotYours."""
    one = Household.objects.filter(id=household_id).first()
    if one is None:
        raise NotYours
    return HomeCard(
        id=one.id, place=one.place, natural_village=one.natural_village, villager_group=one.villager_group,
        number=one.number, door=one.door, state=one.state, lon=one.lon, lat=one.lat, point=one.point,
        head=one.head_id, dwelling=one.dwelling_id,
        began_on=one.began_on, ended_on=one.ended_on, became=one.became, version=one.version,
        confirmed=one.confirmed,
    )  # fmt: skip


def members_on(scope: Scope, household_id: UUID, on: date) -> list[Member]:
    """Who lived in it on a day, the head first, then by age; the name is the one they had then."""
    found = members(stays_on(on, "living").filter(household_id=household_id), on)
    return [one for one in found if one.born_on is None or one.born_on <= on]


def members(found_stays: Iterable[Stay], on: date) -> list[Member]:
    """Whose stays these are, the head first, then by age; the name and state are those of the day."""
    stays = list(found_stays)
    rows = Person.objects.filter(id__in={stay.person_id for stay in stays})
    people = {one.id: one for one in rows.annotate(state_then=value_on("person", "state", on, CharField()))}
    found = [
        Member(
            person=stay.person_id, name=stay.name, as_to_head=stay.as_to_head, head=stay.head, from_on=stay.from_on,
            to_on=stay.to_on, sex=who.sex if (who := people.get(stay.person_id)) else "",
            born_on=who.born_on if who else None, state=who.state_then if who else "",
        )
        for stay in stays
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.head, one.born_on or date.max, one.name))


def home_on(scope: Scope, now: HomeCard, on: date) -> HomeCard:
    """A household's record as it was on a day: what was changed after it is taken back, sealed values aside."""
    rows = Correction.objects.stood().filter(subject=now.id, since_on__gt=on).order_by("-at", "-no")
    former: dict[str, str] = {}
    for one in rows:
        if one.field in _TOLD:
            former[one.field] = one.before
    values = {name: _TOLD[name](text) for name, text in former.items()}
    return replace(now, **values)


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _degrees(text: str) -> float | None:
    return float(text) if text else None


_TOLD: Final[dict[str, Callable[[str], Any]]] = {
    "door": str, "number": str, "state": str, "villager_group": _whole, "point": str, "lon": _degrees, "lat": _degrees,
    "place": int, "ended_on": lambda text: date.fromisoformat(text) if text else None,
}  # fmt: skip
"""Fields of a household that its page tells of an earlier day."""


def changes_of(scope: Scope, *subjects: UUID, acts: Collection[UUID] = (), limit: int = 50) -> list[ChangeLine]:
    """What was changed on these records or by these acts, newest first; values of sealed fields are not told."""
    rows = Correction.objects.filter(Q(subject__in=subjects) | Q(act__in=acts)).order_by("-at", "act", "no")[:limit]
    return [_change(one) for one in rows]


def changed_since(scope: Scope, subject: UUID, since: datetime, limit: int = 50) -> list[ChangeLine]:
    """What was changed on a record, or of a household on its people too, since a moment, newest first."""
    rows = Correction.objects.filter(Q(subject=subject) | Q(household=subject), at__gt=since)
    return [_change(one) for one in rows.order_by("-at", "act", "no")[:limit]]


def _change(one: Correction) -> ChangeLine:
    return ChangeLine(
        act=one.act, at=one.at, of=one.of, subject=one.subject, field=one.field, before=one.before, after=one.after,
        since_on=one.since_on, source=one.source, household=one.household, undone_by=one.undone_by,
    )  # fmt: skip


def homes_called(scope: Scope, homes: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """Doors and numbers of those of these that are households in sight."""
    return list(Household.objects.filter(id__in=homes).values_list("id", "door", "number"))


def dwellings_for(scope: Scope, home: HomeCard) -> list[tuple[UUID, str]]:
    """The houses that a household may live in: its own first, those of its people, the village's that are named.

    Its own is among them whatever became of it.
    """
    named = Q(place__range=interval(village_of(home.place) or home.place), kind=DWELLING) & ~Q(name="", door="")
    rows = Site.objects.filter(Q(owner__household=home.id) | named, ended_on=None).order_by("name", "door", "id")
    if home.dwelling is None:
        own = []
    else:
        own = [Site.objects.filter(id=home.dwelling).first() or Site(id=home.dwelling)]
        rows = rows.exclude(id=home.dwelling)
    return [(one.id, one.name or one.door) for one in (*own, *rows[:300])]


def neighbours(scope: Scope, place: int) -> list[tuple[UUID, str, float, float]]:
    """The measured homes of a village or natural village: id, door or number, longitude and latitude."""
    rows = Household.objects.filter(natural_village__range=interval(place), point="measured").exclude(state="ended")
    found = sorted(
        rows.order_by("natural_village", "number", "id")[:300],
        key=lambda one: (one.natural_village, _natural(one.door or one.number), one.id),
    )
    return [
        (one.id, one.door or one.number, one.lon, one.lat)
        for one in found
        if one.lon is not None and one.lat is not None
    ]


def _natural(text: str) -> list[tuple[str, int]]:
    """Words and numbers of a door in turn, so that 2 comes before 10."""
    return [(words, int(number or 0)) for words, number in re.findall(r"([^0-9]*)([0-9]{0,15})", text)]


def served_elsewhere(scope: Scope, grid: int, sets: Collection[int]) -> int:
    """How many households of the sets that a grid serves alone belong to another grid of the village."""
    living = Household.objects.filter(Household.keeps_up, place__range=interval(village_of(grid) or grid))
    meant = Q(natural_village__in=sets) | Q(villager_group__in=sets)
    with acting(scope):
        return living.filter(meant).exclude(place=grid).count()


def next_number(scope: Scope, natural_village: int) -> str:
    """A number that no household of the natural village has: one more than the largest, as long as that is written."""
    rows = Household.objects.filter(natural_village=natural_village, number__regex=r"^[0-9]{1,15}$")
    largest = max(rows.values_list("number", flat=True), key=int, default="0")
    return str(int(largest) + 1).zfill(len(largest))


def left_of(scope: Scope, household_id: UUID, *, most: int = 20) -> list[tuple[UUID, str, UUID]]:
    """Who left a household last: the person, the name they had then, and the act by which they left."""
    rows = Stay.objects.told().filter(household_id=household_id, sort="living", ended_by__isnull=False)
    found = rows.order_by("-to_on", "id").values_list("person_id", "name", "ended_by")[:most]
    return [(person, name, act) for person, name, act in found if act]


def home_by_number(scope: Scope, natural_village: int, number: str) -> UUID:
    """The household of that number in a natural village. Refuses: BadInput at the field where there is none."""
    wanted = "".join(halfwidth(number).split())
    found = Household.objects.filter(natural_village=natural_village, number=wanted).exclude(state="ended").first()
    if found is None:
        raise BadInput(fields={"number": N_("There is no household of this number in that natural village.")})
    return found.id


def find_homes(scope: Scope, text: str, limit: int = 12) -> list[HomeLine]:
    """Households in scope by part of their door, through the search function."""
    rows = Household.objects.filter(id__in=_with_door(text, scope.lo, scope.hi, limit)).annotate(
        heads_name=F("head__display_name")
    )
    return [
        HomeLine(
            id=one.id, place=one.place, natural_village=one.natural_village, number=one.number, door=one.door,
            state=one.state, head=one.heads_name or "", people=0, away=0,
        )
        for one in rows.order_by("natural_village", "number")
    ]  # fmt: skip
