"""What a decision on a returned order would change: the row of the work list that begins, and what is open under it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing, interval
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter
from commongrid.matters.queries.vocabulary import LeadRow, work_list
from commongrid.matters.rules.relations import level_at
from commongrid.roster import queries as roster

TO_DIVERT = ("reported", "accepted", "reopened")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEffect:
    """The row that a decision makes of a unit, and open matters of its kind in its township besides the one decided.

    ``ends`` are decisions that it replaces, ``after`` the rows that stand behind it: they hold again once it
    has ended. ``waiting`` are still to be diverted and will be offered the unit first; ``same`` are with it
    already, ``others`` with somebody else, where they stay.
    """

    kind_code: str
    level: str
    place: int
    unit: UUID
    ends: tuple[LeadRow, ...]
    after: tuple[LeadRow, ...]
    waiting: int
    same: int
    others: int


def decision_effect(scope: Scope, matter_id: UUID, unit_id: UUID) -> DecisionEffect | None:
    """What deciding for a unit would change; nothing where no row begins, because it is a part of another matter.

    Refuses: NotFound outside the scope, or for an unknown unit.
    """
    with acting(scope):
        m = Matter.objects.filter(id=matter_id).values("kind_code", "place", "caller").first()
        if m is None:
            raise NotFound
        level = level_at(roster.unit(scope, unit_id).place)
        if m["caller"] or level not in ("township", "county"):
            return None
        area = enclosing(m["place"], "township") or m["place"]
        rows = work_list(scope, kind_code=m["kind_code"], level=level, place=m["place"])
        open_here = Matter.objects.filter(
            closed_at=None, kind_code=m["kind_code"], place__range=interval(area), parent=None
        ).exclude(id=matter_id)
        counts = open_here.aggregate(
            waiting=Count("id", filter=Q(state__in=TO_DIVERT)),
            same=Count("id", filter=Q(unit=unit_id) & ~Q(state__in=TO_DIVERT)),
            others=Count("id", filter=~Q(state__in=TO_DIVERT) & (Q(unit=None) | ~Q(unit=unit_id))),
        )
    return DecisionEffect(
        kind_code=m["kind_code"], level=level, place=area, unit=unit_id,
        ends=tuple(row for row in rows if row.place == area), after=tuple(row for row in rows if row.place != area),
        **counts,
    )  # fmt: skip
