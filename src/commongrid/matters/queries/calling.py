"""Parts of a matter that several work on, and the meetings they were called to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Attendance, Matter, Meeting, Note
from commongrid.matters.queries.rows import MatterRow, rows_of

DONE = ("done",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A part: where it stands, what was answered last, and whether its unit came to the meeting it was called to."""

    row: MatterRow
    unit: UUID | None
    attended: bool | None
    meeting: UUID | None
    answer: str

    @property
    def answered(self) -> bool:
        """Whether its answer was taken in."""
        return self.row.outcome in DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A joint meeting."""

    id: UUID
    at: datetime
    venue: str
    level: str
    place: int


def facts(matter_id: UUID | None) -> dict[str, Any]:
    """What the rules need to know of a matter's parts: how many have not ended, and whether a meeting was called."""
    if matter_id is None:
        return {}
    waiting = Matter.objects.filter(parent_id=matter_id, closed_at=None).count()
    return {"waiting": waiting, "met": Meeting.objects.filter(matter_id=matter_id).exists()}


def parts_of(scope: Scope, matter_id: UUID) -> list[PartRow]:
    """The parts of a matter in their order, as far as this reader sees them."""
    with acting(scope):
        rows = rows_of(scope, Matter.objects.filter(parent_id=matter_id).order_by("opened_at", "number"))
        if not rows:
            return []
        ids = [row.id for row in rows]
        came = {
            part: (attended, meeting, unit)
            for part, attended, meeting, unit in Attendance.objects.filter(matter_id__in=ids).values_list(
                "matter_id", "attended", "meeting_id", "unit"
            )
        }
        said = dict(
            Note.objects.filter(matter_id__in=ids, sort__in=("draft", "answer"))
            .order_by("at", "id")
            .values_list("matter_id", "text")
        )
    return [
        PartRow(
            row=row, unit=row.unit or came.get(row.id, (None, None, None))[2], answer=said.get(row.id, ""),
            attended=came.get(row.id, (None, None, None))[0], meeting=came.get(row.id, (None, None, None))[1],
        )
        for row in rows
    ]  # fmt: skip


def meetings_of(scope: Scope, matter_id: UUID) -> list[MeetingRow]:
    """The meetings called for a matter, the latest first; also for whoever has one of its parts."""
    with acting(scope):
        found = Meeting.objects.filter(matter_id=matter_id).order_by("-at", "id")
        return [MeetingRow(**values) for values in found.values("id", "at", "venue", "level", "place")]
