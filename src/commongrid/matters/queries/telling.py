"""What a notice needs to know of matters: whose step it is, until when, and how closely it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Application, Matter, Mediation, Supervision
from commongrid.matters.rules import words
from commongrid.roster import queries as roster
from commongrid.roster.models import Post
from commongrid.territory import queries as territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A matter as far as notices go: no kind, no words, no place finer than whose step it is."""

    id: UUID
    number: str
    state: str
    step: str
    owner: int
    place: int
    unit: UUID | None
    handler_unit: UUID | None
    due_on: date | None
    closed_off: bool
    in_confidence: bool
    accused: frozenset[UUID]
    part: bool
    leads: bool
    reported_by: UUID | None = None

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.state not in words.ENDED

    def place_at(self, level: str) -> int | None:
        """The place of a level over it."""
        return enclosing(self.place, level) if level in words.LEVELS[1:] else None  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAsked:
    """Who is asked to decide an application: a unit, or a level at a place."""

    place: int
    unit: UUID | None


def told_of(scope: Scope, ids: Iterable[UUID]) -> dict[UUID, Told]:
    """Matters by id, in one query."""
    with acting(scope):
        cal = territory.calendar(scope)
        rows = list(Matter.objects.filter(id__in=list(ids)))
        people = {row.accused_person_id for row in rows if row.accused_person_id}
        posts: dict[UUID, set[UUID]] = {}
        for post, person in Post.objects.filter(person__in=people).values_list("id", "person") if people else ():
            posts.setdefault(person, set()).add(post)

    def day(at: datetime | None) -> date | None:
        return cal.day_of(at) if at else None

    return {
        row.id: Told(
            id=row.id, number=row.number, state=row.state, step=row.step,
            owner=row.owner_place or row.handler_place or row.place, place=row.place,
            unit=row.unit_id if row.owner_level == "unit" else None, handler_unit=row.unit_id, due_on=day(row.due_at),
            closed_off=row.sealed or row.confidential or bool(row.accused_person_id or row.accused_unit_id),
            in_confidence=row.confidential and not row.sealed,
            accused=frozenset(posts.get(row.accused_person_id, ())) if row.accused_person_id else frozenset(),
            part=row.parent_id is not None, leads=row.leads > 0, reported_by=row.reported_by,
        )
        for row in rows
    }  # fmt: skip


def parts_given(scope: Scope, whole: UUID, at: datetime) -> list[Told]:
    """The parts of a matter that were given out in the act of this moment."""
    with acting(scope):
        ids = list(Matter.objects.filter(parent_id=whole, opened_at=at).values_list("id", flat=True))
    return list(told_of(scope, ids).values()) if ids else []


def with_followers(scope: Scope, leads: Iterable[Told]) -> dict[UUID, list[Told]]:
    """Each lead for everybody whose matter was merged into it: under their own number, in one query."""
    known = {one.id: one for one in leads}
    found: dict[UUID, list[Told]] = {}
    with acting(scope):
        rows = Matter.objects.filter(merged_into__in=known).order_by("opened_at", "id") if known else ()
        for row in rows:
            if row.merged_into_id is not None:
                own = replace(known[row.merged_into_id], id=row.id, number=row.number)
                found.setdefault(row.merged_into_id, []).append(own)
    return found


def application_seats(scope: Scope, matter_id: UUID) -> list[SeatAsked]:
    """Who is asked to decide what waits for a matter."""
    with acting(scope):
        found = Application.objects.filter(matter_id=matter_id, outcome="")
        return [SeatAsked(place=row.to_place, unit=row.to_unit_id) for row in found]


def asked_by(scope: Scope, matter_id: UUID, decided_at: datetime) -> list[tuple[UUID, int]]:
    """Who had applied for what was decided in this very act, with the place of the matter."""
    with acting(scope):
        found = Application.objects.filter(matter_id=matter_id, decided_at=decided_at)
        found = found.exclude(asked_by=F("decided_by"))
        return [(post, place) for post, place in found.values_list("asked_by", "matter__place") if post is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAsked:
    """Who has to see to it that somebody asks whether an agreement was kept, by which day: a post, or a unit's."""

    day: date | None
    post: UUID | None = None
    seat: SeatAsked | None = None


def check_asked(scope: Scope, matter_id: UUID, level: str = "") -> CheckAsked | None:
    """Of a matter's agreement that waits to be asked about: the mediator; with a level the judicial office there."""
    with acting(scope):
        row = (
            Mediation.objects.filter(matter_id=matter_id, outcome="agreed", checked_at=None)
            .order_by("opened_at")
            .last()
        )
        if row is None or row.check_due_at is None:
            return None
        day = territory.calendar(scope).day_of(row.check_due_at)
        if not level:
            return CheckAsked(day=day, post=row.post)
        office = roster.unit_above(scope, "justice", enclosing(row.place, level) or row.place)  # type: ignore[arg-type]
        return CheckAsked(day=day, seat=SeatAsked(place=office.place, unit=office.id) if office else None)


def supervisors_of(scope: Scope, matter_id: UUID) -> list[tuple[UUID, int]]:
    """The posts whose demand for an interim answer was missed, with their places."""
    with acting(scope):
        found = Supervision.objects.filter(matter_id=matter_id, missed_at__isnull=False, replied_at=None)
        return [(row.post, row.place) for row in found if row.post]
