"""The county sheet: the numbers a county reports of its network, for any place and day, with the rows behind each.

A number and its rows are one query, counted or read, so that they can't differ; those of households
are the coverage's, which asks the same of the same. What a matter counts is from the first of
January to the day; everything else as it stands on the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, TextField
from django.utils.timezone import make_aware

from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import level_of, village_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.matters.models import FormerEnd, Matter, Order
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.matters.queries.veil import covered, covers_some
from commongrid.matters.rules.named import DISPUTES
from commongrid.outreach.queries.coverage import AWAY, LIVED, homes_at, homes_on, whole
from commongrid.outreach.rules.words import PARTY
from commongrid.registry.models import Household, Organisation
from commongrid.registry.queries import CodeRow, code_words
from commongrid.registry.queries.former import value_on
from commongrid.registry.rules.holdings import SELF_ORGANISED
from commongrid.roster.models import Assignment, Post, Unit
from commongrid.roster.rules import LINKED, LINKER, TEAM
from commongrid.territory.models import GridCover, Place
from commongrid.territory.queries.recodings import Lay, lay_on

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

PAGE: Final = 100
OF_KIND: Final = "organisations-"
"""Before the kind, in the code of the number of its organisations."""
USED_WITHIN: Final = 30
TOWNSHIP, VILLAGE = 10**6, 1000
"""Codes in one place of the level."""
Rows = Callable[[int, date], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number of the sheet: its code and name, its part, the rows it counts.

    ``by_name``: the rows name households, so they are opened to readers of people only. ``of_matters``: what it counts
    is seen by readers of matters alone.
    """

    code: str
    text: str
    part: str
    rows: Rows
    by_name: bool = False
    of_matters: bool = False
    kind: CodeRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number on a day, and how it changed since another where one is asked for."""

    code: str
    text: str
    part: str
    count: int
    before: int | None
    by_name: bool
    kind: CodeRow | None = None
    """The kind of organisations that it counts, where it is one's."""

    @property
    def change(self) -> int | None:
        """By how much it changed."""
        return None if self.before is None else self.count - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A row behind a number: where it is, what it is called, what it leads to."""

    place: int
    name: str
    sort: str
    id: UUID | None


def _places(level: str, **more: str) -> Rows:
    """Places of a level on a day: those inside, and inside a village those that serve it or are served by it."""

    def rows(place: int, on: date) -> QuerySet[Place]:
        lay = lay_on(place, on)
        met = lay.codes_then("code")
        if level_of(place) == "below":
            covers = GridCover.objects.filter(valid(on))
            met |= Q(code__in=covers.filter(covered__in=lay.codes).values("grid"))
            met |= Q(code__in=covers.filter(grid__in=lay.codes).values("covered"))
        return Place.objects.on(on).filter(met, level=level, **more)

    return rows


_grids: Final = _places("grid")


def _held(*roles: str) -> Callable[[int, date], QuerySet[Post]]:
    """Posts of grids that there were on the day; one that sat on at a grid which had ended is nobody's head."""
    return lambda place, on: Post.objects.filter(
        in_force(on), role__in=roles, place__in=_today(lay_on(place, on), _grids(place, on))
    )  # fmt: skip


def _today(lay: Lay, places: QuerySet[Place]) -> Any:
    """What places of that day are called today."""
    return lay.today(places.values_list("code", flat=True)) if lay.then else places.values("code")


def _that_day(lay: Lay, rows: QuerySet[Any]) -> Any:
    """The places of these rows under their codes of that day."""
    codes = rows.values_list("place", flat=True)
    return [lay.that_day(code) for code in codes] if lay.then else codes


def _headless(place: int, on: date) -> QuerySet[Place]:
    heads = _held("grid_head")(place, on)
    return _grids(place, on).exclude(code__in=_that_day(lay_on(place, on), heads))


def _party(place: int, on: date) -> QuerySet[Post]:
    """Posts of the grid team whose holder was a Party member on the day."""
    found = _held(*TEAM)(place, on)
    then = value_on("person", "political", on, TextField(), record="person", now="person__political")
    return found.annotate(then=then).filter(then__in=PARTY)


def _homes(state: str, *, linked: bool | None = None) -> Rows:
    def rows(place: int, on: date) -> QuerySet[Any]:
        found = homes_on(place, on)
        has = Exists(Assignment.objects.filter(in_force(on), kind=LINKED, household=OuterRef("pk")))
        found = found if linked is None else found.filter(has if linked else ~has)
        return found.filter(Q(was=state)) if state else found

    return rows


def _linking(place: int, on: date) -> QuerySet[Post]:
    """Posts that look after a household of the place."""
    holds = Assignment.objects.filter(in_force(on), kind=LINKED, household__in=homes_at(place, on).values("id"))
    return Post.objects.filter(role=LINKER, id__in=holds.values("post"))


def _centres(place: int, on: date) -> QuerySet[Unit]:
    """Township centres that there are on the day, of townships that bear another code by now as well."""
    lay = lay_on(place, on)
    township = Place.objects.on(on).filter(level="township", code=OuterRef("place"))
    there = Q(Exists(township)) | Q(place__in=[code for code in lay.then if level_of(code) == "township"])
    return Unit.objects.filter(valid(on), lay.now("place"), there, type="centre")


def _centres_in_use(place: int, on: date) -> QuerySet[Unit]:
    """Of these the ones with a dispatcher in post that gave out work in the thirty days up to the day."""
    staffed = Post.objects.filter(in_force(on), role="dispatcher", place=OuterRef("place"))
    end = _begin_of(on + timedelta(days=1))
    given = Order.objects.filter(
        by_level="township", ordered_at__gte=end - timedelta(days=USED_WITHIN), ordered_at__lt=end,
        place__gte=OuterRef("place"), place__lt=OuterRef("place") + TOWNSHIP,
    )  # fmt: skip
    return _centres(place, on).filter(Exists(staffed), Exists(given))


def _assigned(kind: str) -> Rows:
    return lambda place, on: Assignment.objects.filter(in_force(on), lay_on(place, on).now("place"), kind=kind)


def _with_cadre(place: int, on: date) -> QuerySet[Place]:
    """Villages to which somebody is assigned; several cadres of one village are one."""
    cadres = _assigned("assigned_village")(place, on)
    return _places("village")(place, on).filter(code__in=_that_day(lay_on(place, on), cadres))


def _leaders(place: int, on: date) -> QuerySet[Post]:
    return Post.objects.filter(Exists(_assigned("contact_point")(place, on).filter(post=OuterRef("pk"))))


def _begin_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))


def _solved(**more: Any) -> Callable[[int, date], QuerySet[Matter]]:
    """What people asked for that was over and solved on the day, where it was then; doubtful dates are never counted.

    One that was opened again later counts by the end that it had on the day.
    """

    def rows(place: int, on: date) -> QuerySet[Matter]:
        begin, end = _begin_of(date(on.year, 1, 1)), _begin_of(on + timedelta(days=1))
        ended = Q(outcome__in=DONE, closed_at__gte=begin, closed_at__lt=end)
        once = FormerEnd.objects.filter(ended, until__gte=end).values("matter")
        done = Matter.objects.filter((ended & Q(state="closed")) | Q(id__in=once))
        return done.filter(lay_on(place, on).now("place"), parent=None, series="asked", doubt="", **more)

    return rows


DONE: Final = ("rated", "not_rated", "checked", "done")
"""Ways of ending in which the work was done; without those that the reporter disagrees with."""


def _organisations(place: int, on: date) -> QuerySet[Any]:
    lay = lay_on(village_of(place) or place, on)
    found = Organisation.objects.filter(
        Q(founded_on=None) | Q(founded_on__lte=on), Q(ended_on=None) | Q(ended_on__gt=on), lay.now("place")
    )
    found = found.annotate(sort=value_on("organisation", "kind", on, TextField()))
    if level_of(place) != "below":
        return found
    lies = value_on("organisation", "place", on, BigIntegerField())
    return found.annotate(lies=lies).filter(lies__in=lay_on(place, on).names)


def _covered_by_all(place: int, on: date) -> QuerySet[Place]:
    """Villages in which people govern, enjoy and help themselves: at least one organisation of each of the kinds."""
    found = _places("village")(place, on)
    lay = lay_on(place, on)
    for kind in SELF_ORGANISED:
        of_kind = _organisations(place, on).filter(sort=kind)
        if lay.then:
            found = found.filter(code__in={code // VILLAGE * VILLAGE for code in _that_day(lay, of_kind)})
        else:
            lies = Q(place__gte=OuterRef("code"), place__lt=OuterRef("code") + VILLAGE)
            found = found.filter(Exists(of_kind.filter(lies)))
    return found


MEASURES: Final = {
    one.code: one
    for one in (
        Measure(code="villages", text=N_("Villages and communities"), part="network", rows=_places("village")),
        Measure(code="natural_villages", text=N_("Natural villages"), part="network", rows=_places("natural_village")),
        Measure(code="grids", text=N_("Grids"), part="network", rows=_places("grid")),
        Measure(code="dedicated", text=N_("Of these dedicated grids"), part="network",
                rows=_places("grid", kind="dedicated")),
        Measure(code="heads", text=N_("Grid heads"), part="network", rows=_held("grid_head")),
        Measure(code="members", text=N_("Grid members"), part="network", rows=_held("grid_member")),
        Measure(code="party", text=N_("Party members in the grid team"), part="network", rows=_party),
        Measure(code="headless", text=N_("Grids without a head"), part="network", rows=_headless),
        Measure(code="centres", text=N_("Township centres"), part="network", rows=_centres),
        Measure(code="centres_in_use", text=N_("Of these in use"), part="network", rows=_centres_in_use,
                of_matters=True),
        Measure(code="points", text=N_("Contact points"), part="links", rows=_assigned("contact_point")),
        Measure(code="leaders", text=N_("Leaders with contact points"), part="links", rows=_leaders),
        Measure(code="cadres", text=N_("Villages with an assigned cadre"), part="links", rows=_with_cadre),
        Measure(code="linkers", text=N_("Linked members"), part="links", rows=_linking),
        Measure(code="households", text=N_("Number of households"), part="links", rows=_homes(""), by_name=True),
        Measure(code="linked", text=N_("At home, with a contact"), part="links", rows=_homes(LIVED, linked=True),
                by_name=True),
        Measure(code="without", text=N_("At home, without a contact"), part="links",
                rows=_homes(LIVED, linked=False), by_name=True),
        Measure(code="away_linked", text=N_("Wholly away, by phone"), part="links", rows=_homes(AWAY, linked=True),
                by_name=True),
        Measure(code="away", text=N_("Wholly away, without a contact"), part="links",
                rows=_homes(AWAY, linked=False), by_name=True),
        Measure(code="helped", text=N_("Matters people asked for, helped with this year"), part="work", rows=_solved(),
                of_matters=True),
        Measure(code="disputes", text=N_("Of these disputes"), part="work",
                rows=_solved(kind_code__startswith=DISPUTES), of_matters=True),
        Measure(code="difficult", text=N_("Of these difficult ones that the county solved"), part="work",
                rows=_solved(handler_level="county"), of_matters=True),
        Measure(code="covered", text=N_("Villages with self-governing, cultural and volunteer organisations"),
                part="many", rows=_covered_by_all),
        Measure(code="organisations", text=N_("Organisations"), part="many", rows=_organisations),
    )
}  # fmt: skip
HOMES: Final = {
    "households": "homes", "linked": "linked", "without": "without", "away_linked": "away_linked", "away": "away",
}  # fmt: skip
"""The numbers of households, by what the coverage calls them."""
PARTS: Final = {
    "network": N_("One network"), "links": N_("Two links"), "work": N_("What was done"), "many": N_("Many taking part"),
}  # fmt: skip


def county_sheet(scope: Scope, place: int, on: date, before: date | None = None) -> list[Number]:
    """Every number of a place on a day, as far as the scope sees, and what it was on another day."""
    now, then = _counts(scope, place, on), _counts(scope, place, before) if before else None
    numbers = [
        Number(
            code=one.code, text=one.text, part=one.part, count=now[one.code],
            before=then[one.code] if then else None, by_name=one.by_name,
        )
        for one in MEASURES.values()
        if one.code in now
    ]  # fmt: skip
    return numbers + _by_kind(scope, place, on, before)


def _counts(scope: Scope, place: int, on: date) -> dict[str, int]:
    """How many rows each number has; those of households are read once for all five."""
    reached = whole(scope, place, on)
    homes = {name: getattr(reached, of) for name, of in HOMES.items()}
    return {
        one.code: homes[one.code] if one.code in homes else _in_sight(scope, one.rows(place, on)).count()
        for one in MEASURES.values()
        if not one.of_matters or scope.may("matters.read")
    }


def _by_kind(scope: Scope, place: int, on: date, before: date | None) -> list[Number]:
    """Organisations of each kind that there are, and of the three that every village should have."""
    now = _kinds(place, on)
    then = _kinds(place, before) if before else {}
    return [
        Number(
            code=OF_KIND + kind, text="", part="many", count=now.get(kind, 0),
            before=then.get(kind, 0) if before else None, by_name=False, kind=named,
        )
        for kind, named in code_words(scope, "organisation")["organisation"].items()
        if kind in SELF_ORGANISED or kind in now or kind in then
    ]  # fmt: skip


def _kinds(place: int, on: date) -> dict[str, int]:
    return dict(_organisations(place, on).values("sort").annotate(count=Count("id")).values_list("sort", "count"))


def measure(scope: Scope, which: str) -> Measure:
    """What a number is and which rows it counts. Refuses: NotFound for no such number."""
    if which in MEASURES:
        return MEASURES[which]
    kind = which.removeprefix(OF_KIND)
    named = code_words(scope, "organisation")["organisation"].get(kind)
    if named is None or which != OF_KIND + kind:
        raise NotFound
    rows: Rows = lambda place, on: _organisations(place, on).filter(sort=kind)  # noqa: E731 - as the others
    return Measure(code=which, text="", part="many", rows=rows, kind=named)


def rows_behind(scope: Scope, place: int, on: date, which: str, page: int = 0) -> tuple[Measure, list[Behind], bool]:
    """The rows behind a number, a page of them, and whether there are more. Refuses: NotFound for no such number."""
    one = measure(scope, which)
    if one.by_name:
        scope.demand("people.read")
    if one.of_matters:
        scope.demand("matters.read")
    found = _in_sight(scope, one.rows(place, on))
    wanted = found.order_by(*_ORDER[found.model])[page * PAGE : page * PAGE + PAGE + 1]
    rows: list[Any] = rows_of(scope, wanted) if found.model is Matter else list(wanted)
    return one, [_behind(row) for row in rows[:PAGE]], len(rows) > PAGE


def _in_sight(scope: Scope, found: QuerySet[Any]) -> QuerySet[Any]:
    """Without the matters whose end whoever handled them is not to see yet: a number would tell their rating."""
    if found.model is not Matter or not covers_some(scope):
        return found
    return found.exclude(covered(scope)).exclude(held=True, closed_at=None)


_ORDER: Final[dict[Any, tuple[str, ...]]] = {
    Place: ("code",), Post: ("place", "id"), Unit: ("place", "id"), Assignment: ("place", "id"),
    Household: ("natural_village", "number", "id"), Matter: ("closed_at", "id"), Organisation: ("place", "id"),
}  # fmt: skip


def _behind(row: Any) -> Behind:
    """What a row is called and where it leads."""
    if isinstance(row, Place):
        return Behind(place=row.code, name="", sort="place", id=None)
    if isinstance(row, Post):
        return Behind(place=row.place, name=row.display_name, sort="post", id=row.id)
    if isinstance(row, Unit):
        return Behind(place=row.place, name=row.name_zh, sort="unit", id=row.id)
    if isinstance(row, Assignment):
        return Behind(place=row.place, name="", sort="post", id=row.post_id)
    if isinstance(row, MatterRow):
        return Behind(place=row.place, name=row.title or row.number, sort="matter", id=row.id)
    if isinstance(row, Organisation):
        return Behind(place=row.place, name=row.name, sort="organisation", id=row.id)
    return Behind(place=row.natural_village, name=row.door or row.number, sort="household", id=row.id)
