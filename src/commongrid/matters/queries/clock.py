"""What the clock of the loop looks at: deadlines that are due, seats that owe a step, ratings held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing, interval, level_of
from commongrid.kernel.scope import Scope
from commongrid.matters.models import ExternalResult, LeaderNote, Matter, Mediation, Party, Rating, Supervision
from commongrid.matters.rules.table import EVENTS
from commongrid.roster import queries as roster
from commongrid.territory import queries as territory
from commongrid.territory.models import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A deadline whose next alarm has come."""

    id: UUID
    state: str
    owner_level: str
    handler_level: str
    raised_level: str
    deadline_no: int
    due_at: datetime
    alarm_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An interim answer that is due soon, or did not come."""

    id: UUID
    matter: UUID
    missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An agreement whose alarm has come: somebody has to ask whether it was kept."""

    id: UUID
    due_at: datetime
    raised: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An owner that owes a step to at least one open matter."""

    level: str
    place: int
    unit: UUID | None
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A rating that its unit has not seen yet, or a result of another system that came without one."""

    id: UUID
    unit: UUID | None
    handler_place: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Astray:
    """An open matter whose grid has ended, and where it goes."""

    id: UUID
    was: int
    to: int


@dataclass(frozen=True, slots=True)
class LateNote:
    """A leader's note that was not answered by its day."""

    id: UUID
    level: str
    raised: str


def alarms(scope: Scope, now: datetime, limit: int, after: Alarm | None = None) -> list[Alarm]:
    """Open matters whose alarm has come, the oldest first; from behind the last one that was seen to."""
    columns = ("id", "state", "owner_level", "handler_level", "raised_level", "deadline_no", "due_at", "alarm_at")
    with acting(scope):
        found = Matter.objects.filter(closed_at=None, alarm_at__lte=now).order_by("alarm_at", "id")
        if after is not None:
            later = Q(alarm_at__gt=after.alarm_at) | Q(alarm_at=after.alarm_at, id__gt=after.id)
            found = found.filter(later, alarm_at__gte=after.alarm_at)
        return [Alarm(**values) for values in found.values(*columns)[:limit]]


def awaited_replies(scope: Scope, now: datetime, limit: int) -> list[Awaited]:
    """Interim answers to warn of, or that did not come by their day, of open matters; the oldest first."""
    with acting(scope):
        waiting = Supervision.objects.filter(reply_by__isnull=False, replied_at=None, missed_at=None)
        waiting = waiting.filter(Q(reply_by__lte=now) | Q(warn_by__lte=now, warned_at=None))
        found = waiting.filter(matter__closed_at=None).order_by("reply_by", "id")[:limit]
        return [Awaited(id=row.id, matter=row.matter_id, missed=row.reply_by <= now) for row in found if row.reply_by]


def checks(scope: Scope, now: datetime, limit: int) -> list[Check]:
    """Agreements to remind of, or that nobody asked about by their day; the oldest first."""
    with acting(scope):
        found = Mediation.objects.filter(check_alarm_at__lte=now, checked_at=None).order_by("check_alarm_at", "id")
        rows = found.values_list("id", "check_due_at", "check_raised")[:limit]
        return [Check(id=one, due_at=due, raised=raised) for one, due, raised in rows if due is not None]


def late_notes(scope: Scope, now: datetime, limit: int) -> list[LateNote]:
    """Leaders' notes without an answer of which another level has to hear; the oldest first."""
    late = Q(raised="", due_at__lte=now) | Q(raise_at__lte=now)
    with acting(scope):
        found = LeaderNote.objects.filter(late, answered_at=None).order_by("due_at", "id")
        return [LateNote(*values) for values in found.values_list("id", "level", "raised")[:limit]]


def seats(scope: Scope) -> list[Seat]:
    """Every owner below the county with open matters whose next step somebody in post must do."""
    with acting(scope):
        found = (
            Matter.objects.filter(closed_at=None, sealed=False)
            .exclude(owner_level="county")
            .exclude(state="to_rate")
            .order_by()
            .values_list("owner_level", "owner_place", "handler_place", "unit", "step")
            .distinct()
        )
        return sorted(
            {
                Seat(
                    level=level,
                    place=(handler_place if level == "unit" else owner_place) or 0,
                    unit=unit if level == "unit" else None,
                    step=step,
                )
                for level, owner_place, handler_place, unit, step in found
            },
            key=lambda seat: (seat.level, seat.place, str(seat.unit), seat.step),
        )


def matters_of(scope: Scope, seat: Seat) -> Iterator[tuple[UUID, int]]:
    """The open matters that this owner owes this step."""
    with acting(scope):
        found = Matter.objects.filter(closed_at=None, sealed=False, owner_level=seat.level, step=seat.step)
        found = found.filter(unit=seat.unit) if seat.unit else found.filter(owner_place=seat.place)
        rows = list(found.values_list("id", "deadline_no"))
    yield from rows


def orphans(scope: Scope, now: datetime) -> list[tuple[UUID, UUID | None, int]]:
    """Open matters of units that have ended, sealed ones too, with those units and the numbers of their deadlines."""
    with acting(scope):
        ended = roster.dissolved(scope, territory.calendar(scope).day_of(now))
        found = Matter.objects.filter(closed_at=None, owner_level="unit", unit__in=ended)
        return list(found.order_by("due_at", "id").values_list("id", "unit", "deadline_no")) if ended else []


def left_behind(scope: Scope, on: date) -> list[Astray]:
    """Open matters whose grid has ended, with where they go; without those whose grid head is still to follow.

    That is the grid which carries it on, of several the one of whoever reported, else the village. What the ended
    grid has stays with it while somebody answers there and nobody yet where it goes.
    """
    with acting(scope):
        found = _astray(scope, Q())
        asked = {EVENTS[step].power for _one, own, step in found if own == "grid"}
        codes = {code for one, *_rest in found for code in (one.was, one.to) if level_of(code) == "below"}
        there = {power: roster.answered_at(scope, codes, power, on) for power in asked}
    return [
        one for one, own, step in found
        if own != "grid" or one.to in there[EVENTS[step].power] or one.was not in there[EVENTS[step].power]
    ]  # fmt: skip


def going_on(scope: Scope, village: int) -> Counter[tuple[int, int]]:
    """How many open matters people asked for lie in ended grids of a village: by the grid, and by where they will go.

    Counted there already, though they stay with whoever has them until somebody answers at the other.
    """
    with acting(scope):
        found = _astray(scope, Q(series="asked", doubt="", parent=None, place__range=interval(village)))
    return Counter((one.was, one.to) for one, _own, _step in found)


def _astray(scope: Scope, which: Q) -> list[tuple[Astray, str, str]]:
    """Open matters in ended grids, with where they go, the level that has each, and its step."""
    ended = Place.objects.exclude(valid_to=None).filter(level="grid").values("code")
    open_ones = Matter.objects.filter(which, closed_at=None, sealed=False, place__in=ended)
    rows = list(open_ones.values_list("id", "place", "owner_level", "step"))
    if not rows:
        return []
    onward = territory.carried_on_by(scope, {place for _id, place, *_rest in rows})
    told = Party.objects.filter(part="reporter", matter__in=[one for one, *_rest in rows], person__isnull=False)
    lives = dict(told.values_list("matter", "person__place"))
    return [(Astray(one, was, _onward(onward[was], lives.get(one), was)), own, step) for one, was, own, step in rows]


def _onward(onward: Collection[int], lives: int | None, was: int) -> int:
    if lives is not None and lives in onward:
        return lives
    if len(onward) == 1:
        return next(iter(onward))
    return enclosing(was, "village") or was


def held_ratings(scope: Scope) -> list[Held]:
    """Ratings, and results of other systems without one, not yet released to those they are about; the oldest first."""
    columns = ("id", "unit", "handler_place", "at")
    with acting(scope):
        found = [
            *Rating.objects.filter(released_at=None).values(*columns),
            *ExternalResult.objects.filter(released_at=None, rating=None).values(*columns),
        ]
    return sorted((Held(**values) for values in found), key=lambda one: (one.at, one.id))
