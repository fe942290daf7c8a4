"""How far the network reaches: households with and without a contact, by part of a place and day, exact."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, TextField

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval, level_of, village_of
from commongrid.registry.models import Household
from commongrid.registry.queries.former import value_on
from commongrid.roster.models import Assignment
from commongrid.roster.rules import LINKED
from commongrid.territory.queries.recodings import lay_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

LIVED, AWAY = "lived", "away"
SORTS: Final = ("linked", "without", "away_linked", "away", "all")
PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Households of a place on a day: at home with a contact and without, wholly away by phone and without.

    ``homes`` are all that anybody belongs to; the share speaks of those at home, the ones away are counted apart.
    """

    part: int
    linked: int = 0
    without: int = 0
    away_linked: int = 0
    away: int = 0

    @property
    def lived(self) -> int:
        """Households at home."""
        return self.linked + self.without

    @property
    def homes(self) -> int:
        """All households."""
        return self.lived + self.away_linked + self.away

    @property
    def share(self) -> int | None:
        """Per cent of those at home that have a contact; never 100 while one is without."""
        if not self.lived:
            return None
        return 100 if not self.without else min(99, 100 * self.linked // self.lived)

    def __add__(self, other: Coverage) -> Coverage:
        """Both together."""
        return Coverage(
            part=self.part, linked=self.linked + other.linked, without=self.without + other.without,
            away_linked=self.away_linked + other.away_linked, away=self.away + other.away,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A household behind a number of the coverage."""

    id: UUID
    place: int
    natural_village: int
    number: str
    door: str
    state: str


def homes_at(place: int, on: date) -> QuerySet[Household]:
    """Households that stood on a day and were of a place then, with ``lay``: the place each was served from.

    No household ever leaves its village, so from there upwards today's place is enough, under the codes of the day;
    below it the code is a grid's, a natural village's or a group's, and which of them only its row knows.
    ``hamlet_then``: the natural village that it was entered in on the day, for that can be corrected.
    """
    lay, area = lay_on(place, on), lay_on(village_of(place) or place, on)
    around = area.now("natural_village") if area.then else Q(place__range=interval(village_of(place) or place))
    found = Household.objects.filter(
        around, Q(began_on=None) | Q(began_on__lte=on), Q(ended_on=None) | Q(ended_on__gt=on)
    ).annotate(
        lay=value_on("household", "place", on, BigIntegerField()),
        hamlet_then=value_on("household", "natural_village", on, BigIntegerField()),
    )  # fmt: skip
    if level_of(place) != "below":
        return found
    found = found.annotate(group_then=value_on("household", "villager_group", on, BigIntegerField()))
    own = Q(hamlet_then__in=[*lay.today(lay.codes), *lay.names])
    return found.filter(own | Q(lay__in=lay.names) | Q(group_then__in=lay.names))


def homes_on(place: int, on: date) -> QuerySet[Household]:
    """Those of them that anybody belonged to, with ``was``: lived or away on that day."""
    return _told(place, on).filter(was__in=(LIVED, AWAY))


def _told(place: int, on: date) -> QuerySet[Any]:
    """All of them, with ``was``.

    Whoever counts a county sorts out afterwards: PostgreSQL takes a condition on a former value as one that next to
    nothing meets, and would look for the contact of a hundred thousand households one by one.
    """
    return homes_at(place, on).annotate(was=value_on("household", "state", on, TextField()))


def _linked(on: date) -> Exists:
    return Exists(Assignment.objects.filter(in_force(on), kind=LINKED, household=OuterRef("pk")))


def _of_sort(found: QuerySet[Household], sort: str, on: date) -> QuerySet[Household]:
    if sort == "all":
        return found
    state = AWAY if sort.startswith("away") else LIVED
    has = _linked(on)
    return found.filter(Q(was=state), has if sort in ("linked", "away_linked") else ~has)


def coverage(scope: Scope, place: int, on: date, parts: int) -> list[Coverage]:
    """The coverage of each part of a county or township; ``parts`` is the size of one: 10**6 for townships, 1000."""
    lay = lay_on(place, on)
    part = F("natural_village") if lay.then else F("place") / parts * parts
    found = _told(place, on).annotate(part=part, has=_linked(on))
    rows = found.values("part", "was", "has").annotate(count=Count("id")).values_list("part", "was", "has", "count")
    return _summed((lay.that_day(code) // parts * parts, *counts) for code, *counts in rows)


def whole(scope: Scope, place: int, on: date) -> Coverage:
    """The coverage of any place, counted at once."""
    rows = _told(place, on).annotate(has=_linked(on)).values("was", "has").annotate(count=Count("id"))
    found = _summed((place, *row) for row in rows.values_list("was", "has", "count"))
    return found[0] if found else Coverage(part=place)


def of_hamlets(scope: Scope, place: int, on: date, by: str = "natural_village") -> list[Coverage]:
    """The same by natural village, or today's villager group, of a village or of a place inside one."""
    part = "hamlet_then" if by == "natural_village" else by
    found = _told(place, on).exclude(**{part: None}).annotate(has=_linked(on))
    counted = found.values(part, "was", "has").annotate(count=Count("id"))
    return _summed(counted.values_list(part, "was", "has", "count"))


def homes_behind(scope: Scope, place: int, on: date, sort: str, page: int = 0) -> tuple[list[Home], bool]:
    """The households behind a number of the coverage, a page of them, and whether there are more."""
    found = _of_sort(homes_on(place, on), sort, on).order_by("natural_village", "number", "id")
    rows = _homes(found[page * PAGE : page * PAGE + PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def _summed(rows: Any) -> list[Coverage]:
    named = {(LIVED, True): "linked", (LIVED, False): "without", (AWAY, True): "away_linked", (AWAY, False): "away"}
    parts: dict[int, Counter[str]] = defaultdict(Counter)
    for part, was, has, count in rows:
        if (was, has) in named:
            parts[part][named[was, has]] += count
    return [Coverage(part=part, **counts) for part, counts in sorted(parts.items())]


def all_homes(scope: Scope, village: int, natural_village: int, on: date) -> list[Home]:
    """Every household of a natural village on a day, in the order of numbers."""
    return _homes(homes_on(village, on).filter(natural_village=natural_village).order_by("number", "id"))


def _homes(found: Iterable[Any]) -> list[Home]:
    return [
        Home(
            id=one.id, place=one.lay, natural_village=one.hamlet_then, number=one.number, door=one.door,
            state=one.was,
        )
        for one in found
    ]  # fmt: skip
