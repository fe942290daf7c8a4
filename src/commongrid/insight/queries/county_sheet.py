"""The county sheet: the numbers a county reports of its network, for any place and day, with the rows behind each.

A number and its rows are one query, counted or read, so that they can't differ. What a
matter counts is from the first of January to the day; everything else as it stands on the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate, make_aware

from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, NotFound
from commongrid.matters.models import Matter
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.matters.queries.veil import covered, covers_some
from commongrid.outreach.queries.coverage import AWAY, LIVED, homes_on
from commongrid.outreach.rules.words import PARTY
from commongrid.registry.models import Correction, Household, Organisation
from commongrid.roster.models import Assignment, Post, Unit
from commongrid.roster.rules import LINKED, LINKER
from commongrid.territory.models import Place

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

PAGE: Final = 100
TEAM: Final = ("grid_head", "grid_member")
DISPUTES: Final = "A"
"""The class of matters that are disputes."""
Rows = Callable[[int, date], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number of the sheet: its code and name, its part, the rows it counts.

    ``by_name``: the rows name households, so they are opened to readers of people only.
    """

    code: str
    text: str
    part: str
    rows: Rows
    by_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number on a day, and how it changed since another where one is asked for."""

    code: str
    text: str
    part: str
    count: int
    before: int | None
    by_name: bool

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
    return lambda place, on: Place.objects.on(on).filter(level=level, code__range=interval(place), **more)


def _held(*roles: str) -> Callable[[int, date], QuerySet[Post]]:
    return lambda place, on: Post.objects.filter(in_force(on), role__in=roles, place__range=interval(place))


def _headless(place: int, on: date) -> QuerySet[Place]:
    head = Post.objects.filter(in_force(on), role="grid_head", place=OuterRef("code"))
    return Place.objects.on(on).filter(~Exists(head), level="grid", code__range=interval(place))


def _party(place: int, on: date) -> QuerySet[Post]:
    """Posts of the grid team whose holder was a Party member on the day."""
    found = _held(*TEAM)(place, on)
    if on >= localdate():
        return found.filter(person__political__in=PARTY)
    later = Correction.objects.filter(
        subject=OuterRef("person"), of="person", field="political", since_on__gt=on, undone_by=None
    )
    before = Subquery(later.order_by("at", "no").values("before")[:1])
    was = Coalesce(before, F("person__political"), output_field=CharField())
    return found.annotate(was=was).filter(was__in=PARTY)


def _homes(state: str, *, linked: bool | None = None) -> Rows:
    def rows(place: int, on: date) -> QuerySet[Any]:
        found = homes_on(place, on)
        has = Exists(Assignment.objects.filter(in_force(on), kind=LINKED, household=OuterRef("pk")))
        found = found if linked is None else found.filter(has if linked else ~has)
        return found.filter(Q(was=state)) if state else found

    return rows


def _linking(place: int, on: date) -> QuerySet[Post]:
    holds = Assignment.objects.filter(in_force(on), kind=LINKED, post=OuterRef("pk"))
    return Post.objects.filter(Exists(holds), role=LINKER, place__range=interval(place))


def _centres(place: int, on: date) -> QuerySet[Unit]:
    """Township centres in use: there is one, and a dispatcher is in post."""
    staffed = Post.objects.filter(in_force(on), role="dispatcher", place=OuterRef("place"))
    township = Place.objects.on(on).filter(level="township", code=OuterRef("place"))
    return Unit.objects.filter(
        valid(on), Exists(staffed), Exists(township), type="centre", place__range=interval(place)
    )


def _assigned(kind: str) -> Rows:
    return lambda place, on: Assignment.objects.filter(in_force(on), kind=kind, place__range=interval(place))


def _leaders(place: int, on: date) -> QuerySet[Post]:
    point = Assignment.objects.filter(
        in_force(on), kind="contact_point", place__range=interval(place), post=OuterRef("pk")
    )
    return Post.objects.filter(Exists(point))


def _solved(**more: Any) -> Callable[[int, date], QuerySet[Matter]]:
    def rows(place: int, on: date) -> QuerySet[Matter]:
        begin = make_aware(datetime.combine(date(on.year, 1, 1), time()))
        end = make_aware(datetime.combine(on + timedelta(days=1), time()))
        done = Matter.objects.filter(state="closed", outcome__in=DONE, closed_at__gte=begin, closed_at__lt=end)
        return done.filter(parent=None, place__range=interval(place)).filter(**more)

    return rows


DONE: Final = ("rated", "not_rated", "checked", "done")
"""Ways of ending in which the work was done; without those that the reporter disagrees with."""


def _organisations(place: int, on: date) -> QuerySet[Organisation]:
    began = Q(founded_on=None) | Q(founded_on__lte=on)
    return Organisation.objects.filter(
        began, Q(ended_on=None) | Q(ended_on__gt=on), place__range=interval(place)
    )  # fmt: skip


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
        Measure(code="centres", text=N_("Township centres in use"), part="network", rows=_centres),
        Measure(code="points", text=N_("Contact points"), part="links", rows=_assigned("contact_point")),
        Measure(code="leaders", text=N_("Leaders with contact points"), part="links", rows=_leaders),
        Measure(code="cadres", text=N_("Villages with an assigned cadre"), part="links",
                rows=_assigned("assigned_village")),
        Measure(code="linkers", text=N_("Linked members"), part="links", rows=_linking),
        Measure(code="households", text=N_("Households"), part="links", rows=_homes(""), by_name=True),
        Measure(code="linked", text=N_("At home, with a contact"), part="links", rows=_homes(LIVED, linked=True),
                by_name=True),
        Measure(code="without", text=N_("At home, without a contact"), part="links",
                rows=_homes(LIVED, linked=False), by_name=True),
        Measure(code="away_linked", text=N_("Wholly away, by phone"), part="links", rows=_homes(AWAY, linked=True),
                by_name=True),
        Measure(code="away", text=N_("Wholly away, without a contact"), part="links",
                rows=_homes(AWAY, linked=False), by_name=True),
        Measure(code="helped", text=N_("Matters helped with this year"), part="work", rows=_solved()),
        Measure(code="disputes", text=N_("Of these disputes"), part="work",
                rows=_solved(kind_code__startswith=DISPUTES)),
        Measure(code="difficult", text=N_("Of these difficult ones that the county solved"), part="work",
                rows=_solved(handler_level="county")),
        Measure(code="organisations", text=N_("Organisations"), part="many", rows=_organisations),
    )
}  # fmt: skip
PARTS: Final = {
    "network": N_("One network"), "links": N_("Two links"), "work": N_("What was done"), "many": N_("Many taking part"),
}  # fmt: skip
_WORK: Final = frozenset({"work"})


def county_sheet(scope: Scope, place: int, on: date, before: date | None = None) -> list[Number]:
    """Every number of a place on a day, as far as the scope sees, and what it was on another day."""
    return [
        Number(
            code=one.code, text=one.text, part=one.part, count=_in_sight(scope, one.rows(place, on)).count(),
            before=_in_sight(scope, one.rows(place, before)).count() if before else None, by_name=one.by_name,
        )
        for one in MEASURES.values()
        if one.part not in _WORK or scope.may("matters.read")
    ]  # fmt: skip


def rows_behind(scope: Scope, place: int, on: date, which: str, page: int = 0) -> tuple[Measure, list[Behind], bool]:
    """The rows behind a number, a page of them, and whether there are more. Refuses: NotFound for no such number."""
    measure = MEASURES.get(which)
    if measure is None:
        raise NotFound
    if measure.by_name:
        scope.demand("people.read")
    if measure.part in _WORK:
        scope.demand("matters.read")
    found = _in_sight(scope, measure.rows(place, on))
    wanted = found.order_by(*_ORDER[found.model])[page * PAGE : page * PAGE + PAGE + 1]
    rows: list[Any] = rows_of(scope, wanted) if found.model is Matter else list(wanted)
    return measure, [_behind(row) for row in rows[:PAGE]], len(rows) > PAGE


def _in_sight(scope: Scope, found: QuerySet[Any]) -> QuerySet[Any]:
    """Without the matters whose end whoever handled them is not to see yet: a number would tell their rating."""
    return found.exclude(covered(scope)) if found.model is Matter and covers_some(scope) else found


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
