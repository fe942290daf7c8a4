"""What counting open deadlines anew looks at: which recounts wait, which matters are next, how a deadline comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import Q

from commongrid.journal.acting import acting
from commongrid.kernel.clock import Calendar, Due
from commongrid.kernel.places import inside, level_of
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Application, DutyHours, Kind, LeaderNote, Matter, Recount
from commongrid.matters.queries import dated
from commongrid.matters.queries.dated import Touched
from commongrid.matters.queries.vocabulary import (
    KindRow,
    LeadRow,
    forget_vocabularies,
    kind_version,
    limits,
    pace,
    remember,
    work_list,
)
from commongrid.matters.rules.limits import LimitRow, Pace
from commongrid.matters.rules.recounting import Anew, Running, on_calendar, under_rule
from commongrid.matters.rules.vocabularies import VOCABULARIES
from commongrid.roster import queries as roster
from commongrid.roster.queries import UnitRow
from commongrid.territory import queries as territory


@dataclass(frozen=True, slots=True, kw_only=True)
class RecountRow:
    """A recount as it stands."""

    id: UUID
    sort: str
    vocabulary: str
    row: UUID | None
    since: date
    reached: UUID | None
    seen: int
    later: int
    sooner: int
    kept: int
    at: datetime
    done_at: datetime | None


_COLUMNS = ("id", "sort", "vocabulary", "row", "since", "reached", "seen", "later", "sooner", "kept", "at", "done_at")


def recounts(scope: Scope, limit: int = 10) -> list[RecountRow]:
    """The newest recounts, done or not."""
    with acting(scope):
        return [RecountRow(**row) for row in Recount.objects.order_by("-at", "-id").values(*_COLUMNS)[:limit]]


def waiting_recounts(scope: Scope, day: date) -> list[RecountRow]:
    """Recounts still to be done whose day has come (a calendar's at once), the oldest first."""
    with acting(scope):
        found = Recount.objects.filter(done_at=None).filter(Q(sort="calendar") | Q(since__lte=day))
        return [RecountRow(**row) for row in found.order_by("at", "id").values(*_COLUMNS)]


def next_matters(scope: Scope, of: RecountRow, batch: int) -> list[UUID]:
    """The next open matters that a recount could touch, by id."""
    with acting(scope):
        found = concerned(scope, of)
        if of.reached is not None:
            found = found.filter(id__gt=of.reached)
        return list(found.order_by("id").values_list("id", flat=True)[:batch])


def concerned(scope: Scope, of: RecountRow) -> models.QuerySet[Matter]:
    """Open matters with a deadline on or after the first day that is different, or under the row that changed."""
    if of.sort == "calendar":
        return _reaching_beside(scope, of.since)
    if of.sort == "duty":
        return on_duty(_duty_kinds(of.id))
    vocabulary = VOCABULARIES[of.vocabulary]
    values = dated.version(scope, vocabulary, of.row).values if of.row else {}
    return dated.open_under(vocabulary, values)


def on_duty(kinds: Iterable[str]) -> models.QuerySet[Matter]:
    """Open matters whose running limit duty hours of these kinds change."""
    return Matter.objects.filter(closed_at=None, kind_code__in=list(kinds), clock__in=("respond", "finish"))


def reaching(scope: Scope, day: date) -> models.QuerySet[Matter]:
    """Open matters with a deadline on a day or later."""
    first = datetime.combine(day, datetime.min.time(), tzinfo=territory.calendar(scope).zone)
    return Matter.objects.filter(Q(due_at__gte=first) | Q(finish_due_at__gte=first), closed_at=None)


def _reaching_beside(scope: Scope, day: date) -> models.QuerySet[Matter]:
    """These, and matters of which something else is owed then: a decision, an answer to a leader, a recheck."""
    first = datetime.combine(day, datetime.min.time(), tzinfo=territory.calendar(scope).zone)
    asked = Application.objects.filter(outcome="", due_at__gte=first)
    noted = LeaderNote.objects.filter(answered_at=None).filter(Q(due_at__gte=first) | Q(raise_at__gte=first))
    owed = (reaching(scope, day).values("id"), asked.values("matter"), noted.values("matter"))
    found = Q(recheck_due_at__gte=first)
    for ids in owed:
        found |= Q(id__in=ids)
    return Matter.objects.filter(found)


def _duty_kinds(row: UUID) -> list[str]:
    found = DutyHours.objects.filter(id=row).values_list("kinds", flat=True).first()
    return list(found or [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """The work list as it is or would be, and where the units sit, to tell by which row a unit has a matter."""

    rows: tuple[LeadRow, ...]
    units: Mapping[UUID, UnitRow]

    def of(self, matter: Matter | Touched) -> LeadRow | None:
        """The row by which a unit has a matter, as when it was given: nearer places first, one unit or its function."""
        unit = self.units.get(matter.unit_id) if matter.owner_level == "unit" and matter.unit_id else None
        if unit is None:
            return None
        level = level_of(unit.place)
        return next(
            (
                row
                for row in self.rows
                if row.kind_code == matter.kind_code
                and row.level == level
                and (row.place is None or inside(matter.place, row.place))
                and (row.unit == unit.id or row.function == (unit.function or None))
            ),
            None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a recount counts by: the calendars, or the limits and the kind, urgency or work list of the new version.

    ``duty`` are kinds that would be on duty hours, ``leads`` the work list where a change of it is applied.
    """

    sort: str
    old: Calendar
    new: Calendar
    limits: Mapping[str, LimitRow]
    kind: KindRow | None = None
    factor: tuple[str, Decimal] | None = None
    duty: frozenset[str] = frozenset()
    leads: Leads | None = None

    def pace(self, scope: Scope, matter: Matter | Touched) -> Pace:
        """How fast the matter has to go, under the new version where there is one."""
        kind = self.kind or kind_version(scope, matter.kind_id)
        found = pace(scope, kind, matter.urgency, self.leads.of(matter) if self.leads else None)
        if kind.code in self.duty:
            found = replace(found, calendar="C")
        if self.factor and self.factor[0] == matter.urgency:
            found = Pace(
                respond_hours=found.respond_hours, finish_days=found.finish_days, calendar=found.calendar,
                urgency=found.urgency, factor=self.factor[1],
            )  # fmt: skip
        return found

    def anew(self, scope: Scope, matter: Matter | Touched, now: datetime) -> Anew:
        """The deadline of one matter as this recount has it."""
        stands = running(matter)
        fast = self.pace(scope, matter)
        if self.sort == "calendar":
            return on_calendar(self.old, self.new, stands, fast, self.limits)
        return under_rule(self.new, now, stands, fast, self.limits)


def running(matter: Matter | Touched) -> Running:
    """An open matter's deadline as plain values."""
    due_at = matter.due_at or matter.opened_at
    theirs, finishing = matter.external_due_at is not None, matter.clock == "finish"
    return Running(
        fixed=(theirs and finishing) or (matter.exchanged and matter.state == "reported"),
        by_hand=(matter.finish_moved and finishing) or matter.state == "referred",
        finish_fixed=theirs, finish_by_hand=matter.finish_moved,
        clock=matter.clock, due=Due(due_at, matter.warn_at or due_at, provisional=False), due_from=matter.due_from,
        opened_at=matter.opened_at, finish_from=matter.finish_from, finish_due_at=matter.finish_due_at,
    )  # fmt: skip


def basis_for(scope: Scope, cause: UUID) -> Basis:
    """What a recount counts by, remembered for a minute. Refuses NotFound."""
    return remember(f"recount {cause}", lambda: _basis(scope, cause))


def _basis(scope: Scope, cause: UUID) -> Basis:
    forget_vocabularies()
    with acting(scope):
        of = Recount.objects.filter(id=cause).first()
    if of is None:
        raise NotFound
    if of.sort == "calendar":
        old, new = territory.calendar_around(scope, of.id)
        return Basis(sort=of.sort, old=old, new=new, limits=limits(scope))
    cal = territory.calendar(scope)
    if of.sort == "duty" or of.row is None:
        return Basis(sort=of.sort, old=cal, new=cal, limits=limits(scope))
    if of.vocabulary == "work_list":
        return basis_of_leads(scope, work_list(scope))
    values = dated.version(scope, VOCABULARIES[of.vocabulary], of.row).values
    return basis_of(scope, of.vocabulary, values, of.row)


def basis_of(scope: Scope, code: str, values: Mapping[str, object], row: UUID | None = None) -> Basis:
    """The same for values that are perhaps not kept yet, so that a preview counts exactly as the recount will."""
    cal, found = territory.calendar(scope), dict(limits(scope))
    kind, factor = None, None
    if code == "kinds":
        former = Kind.objects.filter(code=values["code"]).order_by("-valid_from").values(*KIND_COLUMNS).first() or {}
        kept = {**former, **{name: values[name] for name in values if name in KIND_COLUMNS}}
        kept["settle_roles"] = tuple(kept["settle_roles"])
        kind = KindRow(**{**kept, "id": row or kept["id"]})
    elif code == "limits":
        amount = Decimal(str(values["amount"]))
        found[str(values["code"])] = LimitRow(
            amount=amount, measure=str(values["measure"]), calendar=str(values["calendar"])
        )
    elif code == "urgencies":
        factor = (str(values["code"]), Decimal(str(values["factor"])))
    return Basis(sort="rule", old=cal, new=cal, limits=found, kind=kind, factor=factor)


def basis_of_leads(scope: Scope, rows: Iterable[LeadRow]) -> Basis:
    """The same for a work list, in force or not kept yet: its own limits come before the kind's."""
    cal = territory.calendar(scope)
    nearest = sorted(rows, key=lambda one: -(one.place or 0))
    units = {one.id: one for one in roster.units(scope)}
    return Basis(sort="rule", old=cal, new=cal, limits=limits(scope), leads=Leads(rows=tuple(nearest), units=units))


def lead_of(scope: Scope, matter: Matter) -> LeadRow | None:
    """The row of the work list by which a unit has a matter, where rows of its kind have limits of their own."""
    if matter.owner_level != "unit" or matter.unit_id is None:
        return None
    rows = work_list(scope, kind_code=matter.kind_code)
    if not any(row.respond_hours is not None or row.finish_days is not None for row in rows):
        return None
    nearest = tuple(sorted(rows, key=lambda one: -(one.place or 0)))
    return Leads(rows=nearest, units=roster.units_by_id(scope, [matter.unit_id])).of(matter)


KIND_COLUMNS = tuple(KindRow.__dataclass_fields__)
