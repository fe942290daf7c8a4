"""The words of a confidential report as they were said, for the centre and for the slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Original


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalRow:
    """What the reporter said, and when the centre last retold it."""

    title: str
    text: str
    retold_at: datetime | None


def original(scope: Scope, matter_id: UUID) -> OriginalRow | None:
    """The reporter's own words of a confidential matter; nothing for anybody but the centre and the slip."""
    with acting(scope):
        found = Original.objects.filter(id=matter_id).values("title", "text", "retold_at").first()
    return OriginalRow(**found) if found else None
