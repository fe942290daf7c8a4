"""What a decision on a returned order would change: the row of the work list that begins, and what is open under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing, interval
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, WorkListRow
from commongrid.matters.queries.publishing import is_protected
from commongrid.matters.queries.vocabulary import LeadRow, lead_row, work_list
from commongrid.matters.rules.giving_way import Way, gives_way
from commongrid.matters.rules.relations import level_at
from commongrid.roster import queries as roster

TO_DIVERT = ("reported", "accepted", "reopened")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEffect:
    """The row that a decision makes of a unit, and open matters of its kind in its township besides the one decided.

    ``ends`` are rows of the township that it replaces, ``rests`` those that hold again once it has ended, ``after``
    the county's rows that stand behind it. ``waiting`` are still to be diverted and will be offered the unit first;
    ``same`` are with it already, ``others`` with somebody else, where they stay.
    """

    kind_code: str
    level: str
    place: int
    unit: UUID
    ends: tuple[LeadRow, ...]
    rests: tuple[LeadRow, ...]
    after: tuple[LeadRow, ...]
    waiting: int
    same: int
    others: int


def giving_way(rows: Iterable[WorkListRow], today: date, over: date | None) -> Iterator[tuple[WorkListRow, Way]]:
    """Rows of a township that give way to a decision there which begins today and is over on a day, and how."""
    for row in rows:
        way = gives_way(today, over, begins=row.valid_from, ends=row.valid_to, decided=row.decided_in is not None)
        if way is not None:
            yield row, way


def listable(m: Matter) -> bool:
    """Whether a decision on it may stand in the work list, grounds included, for everybody to read.

    Who has a part says nothing of who leads the kind; what is protected leaves no words in the open.
    """
    return not m.caller and not is_protected(m)


def decision_effect(scope: Scope, matter_id: UUID, unit_id: UUID, until: date | None = None) -> DecisionEffect | None:
    """What deciding for a unit, perhaps until a last day, would change.

    Nothing where no row begins, because it is a part of another matter or protected.

    Refuses: NotFound outside the scope, or for an unknown unit.
    """
    with acting(scope):
        m = Matter.objects.filter(id=matter_id).first()
        if m is None:
            raise NotFound
        level = level_at(roster.unit(scope, unit_id).place)
        if level not in ("township", "county") or not listable(m):
            return None
        area = enclosing(m.place, "township") or m.place
        rows = work_list(scope, kind_code=m.kind_code, level=level, place=m.place)
        there = WorkListRow.objects.filter(kind_code=m.kind_code, level=level, place=area).order_by("valid_from")
        over = until + timedelta(days=1) if until else None
        ways = [(lead_row(row), way) for row, way in giving_way(there, localdate(), over)]
        open_here = Matter.objects.filter(
            closed_at=None, kind_code=m.kind_code, place__range=interval(area), parent=None
        ).exclude(id=matter_id)
        counts = open_here.aggregate(
            waiting=Count("id", filter=Q(state__in=TO_DIVERT)),
            same=Count("id", filter=Q(unit=unit_id) & ~Q(state__in=TO_DIVERT)),
            others=Count("id", filter=~Q(state__in=TO_DIVERT) & (Q(unit=None) | ~Q(unit=unit_id))),
        )
    return DecisionEffect(
        kind_code=m.kind_code, level=level, place=area, unit=unit_id,
        ends=tuple(row for row, way in ways if way.again is None),
        rests=tuple(row for row, way in ways if way.again is not None),
        after=tuple(row for row in rows if row.place != area),
        **counts,
    )  # fmt: skip
