"""What a printed sheet of a matter stands for, and whether it came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Order, SignedSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOrder:
    """An order as it is printed."""

    id: UUID
    unit: UUID | None
    place: int
    level: str
    by_level: str
    round: int
    ordered_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A sheet that came back."""

    id: UUID
    sort: str
    of: UUID
    at: datetime
    reason: str


def paper_order(scope: Scope, matter_id: UUID, order_id: UUID | None = None) -> PaperOrder | None:
    """One order of a matter, or without naming any the one that is open."""
    columns = ("id", "unit", "place", "level", "by_level", "round", "ordered_at", "due_at", "ended_at")
    with acting(scope):
        found = Order.objects.filter(matter_id=matter_id)
        found = found.filter(ended_at=None) if order_id is None else found.filter(id=order_id)
        values = found.order_by("-ordered_at", "-id").values(*columns).first()
    return PaperOrder(**values) if values else None


def sheets_of(scope: Scope, matter_id: UUID) -> list[SheetRow]:
    """The sheets of a matter that came back and this reader sees, the newest first."""
    with acting(scope):
        found = SignedSheet.objects.filter(matter_id=matter_id).order_by("-at", "-id")
        return [SheetRow(**values) for values in found.values("id", "sort", "of", "at", "reason")]
