"""What a change of the calendar, of duty hours or of a rule would do to open deadlines, counted as the recount will."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils import timezone

from commongrid.kernel.clock import Calendar
from commongrid.kernel.dated import Values, Vocabulary
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter
from commongrid.matters.queries.dated import open_under, touched
from commongrid.matters.queries.recounting import Basis, basis_of, basis_of_leads, on_duty, reaching
from commongrid.matters.queries.vocabulary import LeadRow, limits, work_list
from commongrid.territory import queries as territory

NOT_KEPT = UUID(int=0)
NAMED = 20
"""Moved deadlines that a preview names one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """An open matter whose deadline would move."""

    id: UUID
    number: str
    was: datetime
    becomes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would happen: how many open matters it concerns, how many were looked at, and how their deadlines move."""

    open: int = 0
    looked_at: int = 0
    sooner: int = 0
    later: int = 0
    rows: tuple[MovedRow, ...] = ()


def preview(scope: Scope, found: models.QuerySet[Matter], by: Basis) -> Preview:
    """The deadlines of these open matters as a recount would set them, the nearest first."""
    total, looked = touched(scope, found)
    now = timezone.now()
    moved = [
        MovedRow(id=one.id, number=one.number, was=one.due_at, becomes=at)
        for one in looked
        if (at := by.anew(scope, one, now).due.at) != one.due_at
    ]
    sooner = sum(one.becomes < one.was for one in moved)
    return Preview(
        open=total, looked_at=len(looked), sooner=sooner, later=len(moved) - sooner, rows=tuple(moved[:NAMED])
    )


def on_another_calendar(scope: Scope, new: Calendar, since: date) -> Preview:
    """What another calendar does to open deadlines that reach its first different day; none comes earlier."""
    old = territory.calendar(scope)
    return preview(scope, reaching(scope, since), Basis(sort="calendar", old=old, new=new, limits=limits(scope)))


def under_duty(scope: Scope, kinds: Collection[str]) -> Preview:
    """What duty hours of these kinds would do to open matters, if applied to them."""
    cal = territory.calendar(scope)
    by = Basis(sort="duty", old=cal, new=cal, limits=limits(scope), duty=frozenset(kinds))
    return preview(scope, on_duty(kinds), by)


def under_rule(scope: Scope, of: Vocabulary, values: Values) -> Preview:
    """What a new version of a kind, limit or urgency would do to the open matters it speaks of, if applied to them."""
    return preview(scope, open_under(of, values), basis_of(scope, of.code, values))


def under_leads(scope: Scope, of: Vocabulary, row: UUID | None, values: Values, *, ends: bool = False) -> Preview:
    """What the work list would do to open matters with this row changed, added or ended, if applied to them."""
    rows = [one for one in work_list(scope) if one.id != row]
    if not ends:
        rows.append(_lead(values))
    return preview(scope, open_under(of, values), basis_of_leads(scope, rows))


def _lead(values: Values) -> LeadRow:
    """A row of the work list that is not kept yet."""
    place, unit, today = values["place"], values["unit"], timezone.localdate()
    hours, days = values["respond_hours"], values["finish_days"]
    return LeadRow(
        id=NOT_KEPT, kind_code=str(values["kind_code"]), level=str(values["level"]),
        place=int(str(place)) if place else None, function=str(values["function"] or ""),
        unit=UUID(str(unit)) if unit else None, list=str(values["list"] or ""),
        respond_hours=Decimal(str(hours)) if hours is not None else None,
        finish_days=Decimal(str(days)) if days is not None else None,
        basis="", decided=False, valid_from=today, valid_to=None,
    )  # fmt: skip
