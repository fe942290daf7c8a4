"""Reads of sites, things and organisations: lists by place, one with its people, what is due for a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotFound, NotYours
from commongrid.kernel.widths import plain_number
from commongrid.registry.models import Household, Membership, Organisation, Person, Site, Thing
from commongrid.registry.rules.fields import FIELDS

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

PAGE: Final = 50
TABLES: Final[dict[str, Any]] = {"site": Site, "thing": Thing, "organisation": Organisation}
PEOPLE: Final = {"site": "owner", "thing": "keeper"}
"""Which field of a record names a person of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingLine:
    """A site, thing or organisation in a list; a thing with the day of its next check and how it was found."""

    id: UUID
    of: str
    place: int
    kind: str
    name: str
    person: str = ""
    next_check_on: date | None = None
    condition: str = ""
    people: int = 0
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingsPage:
    """A page of them, how many there are, how many things are overdue for a check, where the next begin."""

    lines: list[HoldingLine]
    total: int
    overdue: int = 0
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """Who holds which duty in an organisation, or which a person holds, from when to when."""

    id: UUID
    organisation: UUID
    organisation_name: str
    person: UUID
    name: str
    duty: str
    from_on: date
    to_on: date | None
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingCard:
    """One record: its values by field, the person it names, what belongs to it."""

    id: UUID
    of: str
    place: int
    name: str
    values: dict[str, Any]
    person: UUID | None
    person_name: str
    site: UUID | None
    site_name: str
    ended_on: date | None
    version: int
    last_check_on: date | None = None
    condition: str = ""
    confirmed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which of them are wanted: of a kind, by part of the name, only those due for a check, after a key."""

    kind: str = ""
    text: str = ""
    overdue: bool = False
    after: str = ""


def holdings(scope: Scope, of: str, place: int, wanted: Asked, today: date) -> HoldingsPage:
    """Sites, things or organisations of a place; things in the order of their next check. Refuses: NotFound."""
    rows = _table(of).objects.filter(place__range=_within(scope, place), ended_on=None)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.text:
        rows = rows.filter(Q(name__contains=wanted.text) | Q(**{_more(of): wanted.text}))
    late = rows.filter(due(today)) if of == "thing" else rows.none()
    overdue = late.count()
    rows = late if wanted.overdue and of == "thing" else rows
    total = rows.count()
    order = ("next_check_on", "id") if of == "thing" else ("kind", "name", "id")
    first = plain_number(wanted.after, 9) or 0
    found = list(_annotated(of, rows).order_by(*order)[first : first + PAGE + 1])
    following = str(first + PAGE) if len(found) > PAGE else ""
    return HoldingsPage(lines=[_line(of, one) for one in found[:PAGE]], total=total, overdue=overdue, next=following)


def due(today: date) -> Q:
    """Things that should have been checked by now, or that are checked at times and never were."""
    return Q(next_check_on__lte=today) | Q(next_check_on=None, every_months__isnull=False)


def holding(scope: Scope, of: str, subject: UUID) -> HoldingCard:
    """One site, thing or organisation. Refuses: NotFound for another sort, NotYours out of scope."""
    found = _table(of).objects.filter(id=subject).first()
    if found is None:
        raise NotYours
    who = getattr(found, f"{PEOPLE[of]}_id") if of in PEOPLE else None
    at = getattr(found, "site_id", None)
    names = dict(Person.objects.filter(id=who).values_list("id", "display_name")) if who else {}
    sites = dict(Site.objects.filter(id=at).values_list("id", "name")) if at else {}
    return HoldingCard(
        id=found.id, of=of, place=found.place, name=found.name,
        values={name: getattr(found, one.kept_in) for name, one in FIELDS[of].items()}, person=who,
        person_name=names.get(who, "") if who else "", site=at, site_name=sites.get(at, "") if at else "",
        ended_on=found.ended_on,
        version=found.version, last_check_on=getattr(found, "last_check_on", None),
        condition=getattr(found, "condition", ""), confirmed=found.confirmed,
    )  # fmt: skip


def members_of(scope: Scope, organisation_id: UUID) -> list[MemberLine]:
    """Officers and members of an organisation, those in office first, the leader before all."""
    return _members(Membership.objects.filter(organisation_id=organisation_id))


def memberships_of(scope: Scope, person_id: UUID) -> list[MemberLine]:
    """The organisations a person belongs to, as far as the scope sees them."""
    return _members(Membership.objects.filter(person_id=person_id))


def things_at(scope: Scope, site_id: UUID) -> list[HoldingLine]:
    """The things at a site."""
    rows = Thing.objects.filter(site_id=site_id, ended_on=None)
    return [_line("thing", one) for one in _annotated("thing", rows).order_by("next_check_on", "id")]


def stands_at(scope: Scope, site_id: UUID) -> list[tuple[str, UUID, str]]:
    """What a site's end leaves behind: households that live in it, by number; organisations and things, by name."""
    homes = Household.objects.filter(dwelling=site_id).exclude(state="ended").order_by("natural_village", "number")
    found = [("household", ident, number) for ident, number in homes.values_list("id", "number")]
    for of in ("organisation", "thing"):
        rows = TABLES[of].objects.filter(site_id=site_id, ended_on=None).order_by("name", "id")
        found += [(of, ident, name) for ident, name in rows.values_list("id", "name")]
    return found


def sites_of(scope: Scope, village: int) -> list[tuple[UUID, str]]:
    """The named sites of a village, to choose from."""
    rows = Site.objects.filter(place__range=interval(village), ended_on=None).exclude(name="")
    return list(rows.order_by("name", "id").values_list("id", "name")[:300])


def find_holdings(scope: Scope, text: str, limit: int = 12) -> list[HoldingLine]:
    """Sites, things and organisations in scope by part of their name, through the search function."""
    wanted = " ".join(text.replace("\x00", " ").split())[:40]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT find_holdings(%s, %s, %s, %s)", [wanted, scope.lo, scope.hi, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return [
        _line(of, one)
        for of, table in TABLES.items()
        for one in _annotated(of, table.objects.filter(id__in=ids)).order_by("name", "id")
    ]


def _table(of: str) -> Any:
    if of not in TABLES:
        raise NotFound
    return TABLES[of]


def _within(scope: Scope, place: int) -> tuple[int, int]:
    lo, hi = interval(place)
    return max(lo, scope.lo), min(hi, scope.hi)


def _more(of: str) -> str:
    return {"site": "door", "thing": "mark", "organisation": "credit_code"}[of]


def _annotated(of: str, rows: Any) -> Any:
    if of in PEOPLE:
        return rows.annotate(persons_name=F(f"{PEOPLE[of]}__display_name"))
    members = Membership.objects.filter(organisation=OuterRef("pk"), to_on=None)
    return rows.annotate(size=number_of(members, "organisation", "person"))


def number_of(rows: Any, by: str, of: str = "pk") -> Coalesce:
    """How many of these rows belong to the outer one: asked for the rows of a page, where a join counts them all."""
    counted = rows.order_by().values(by).annotate(n=Count(of, distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _line(of: str, one: Any) -> HoldingLine:
    return HoldingLine(
        id=one.id, of=of, place=one.place, kind=one.kind, name=one.name, person=getattr(one, "persons_name", "") or "",
        next_check_on=getattr(one, "next_check_on", None), condition=getattr(one, "condition", ""),
        people=getattr(one, "size", 0), ended_on=one.ended_on,
    )  # fmt: skip


def _members(rows: Any) -> list[MemberLine]:
    found = rows.annotate(called=F("organisation__name")).order_by("from_on", "id")
    seen = set(Person.objects.filter(id__in=[one.person_id for one in found]).values_list("id", flat=True))
    lines = [
        MemberLine(
            id=one.id, organisation=one.organisation_id, organisation_name=one.called, person=one.person_id,
            name=one.name, duty=one.duty, from_on=one.from_on, to_on=one.to_on, readable=one.person_id in seen,
        )
        for one in found
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (one.to_on is not None, one.duty != "leader", one.duty, one.name))
