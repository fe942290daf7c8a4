"""Reads of long exports: what a post asked for, what waits to be written, the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.accounts.exporting.models import ExportedList, ExportPiece
from commongrid.journal.acting import acting
from commongrid.kernel.refusals import NotFound

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

TABLE: Final = "accounts_exported_list"
PIECES: Final = "accounts_export_piece"
LEASE: Final = timedelta(minutes=5)
"""After so long without a sign of its writer a list is written anew."""
_COLUMNS: Final = (
    "id", "what", "language", "sight", "state", "share", "rows", "size", "fault", "tries", "until", "at", "post",
    "account_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A long list that was asked for, and what for."""

    id: UUID
    post: UUID
    account_id: int
    what: str
    language: str
    sight: bytes
    state: str
    share: int
    rows: int
    size: int
    fault: str
    tries: int
    until: date
    at: datetime
    asked: Mapping[str, Any]

    @property
    def pending(self) -> bool:
        """Whether it is still to be written, or being written."""
        return self.state in ("asked", "making")


def exported_lists(scope: Scope) -> list[ListRow]:
    """What this post asked for and whose day has not passed, the latest first."""
    with acting(scope):
        return [_row(one) for one in _own(scope).order_by("-at", "id").values(*_COLUMNS, "asked_sealed")]


def exported_list(scope: Scope, list_id: UUID) -> ListRow:
    """One of them. Refuses: NotFound."""
    with acting(scope):
        found = _own(scope).filter(id=list_id).values(*_COLUMNS, "asked_sealed").first()
    if found is None:
        raise NotFound
    return _row(found)


def unwritten(at: datetime) -> QuerySet[ExportedList]:
    """Lists that nobody writes: those just asked for, and those whose writer has said nothing for a while."""
    return ExportedList.objects.filter(Q(state="asked") | Q(state="making", read_at__lt=at - LEASE))


def next_list(scope: Scope, at: datetime) -> ListRow | None:
    """The list that has waited longest; for the clock."""
    with acting(scope):
        found = unwritten(at).order_by("at", "id").values(*_COLUMNS, "asked_sealed").first()
    return _row(found) if found else None


def session_of(scope: Scope, list_id: UUID) -> str:
    """The key of the session that asked; for the clock. Empty once the list is gone or written."""
    with acting(scope):
        kept = ExportedList.objects.filter(id=list_id).values_list("session_sealed", flat=True).first()
    return sealed.unseal(kept, TABLE, "session_sealed", list_id)


def file_of(scope: Scope, list_id: UUID) -> Iterator[bytes]:
    """The file, piece by piece, each read by itself: it ends where the list is removed meanwhile."""
    n = 0
    while True:
        with acting(scope):
            found = ExportPiece.objects.filter(list=list_id, n=n).values_list("id", "sealed").first()
        if found is None:
            return
        yield sealed.unseal_bytes(found[1], PIECES, "sealed", found[0])
        n += 1


def _own(scope: Scope) -> QuerySet[ExportedList]:
    return ExportedList.objects.filter(post=scope.post or UUID(int=0), until__gte=localdate())


def _row(found: Mapping[str, Any]) -> ListRow:
    text = sealed.unseal(found["asked_sealed"], TABLE, "asked_sealed", found["id"])
    values = {name: found[name] for name in _COLUMNS} | {"sight": bytes(found["sight"])}
    return ListRow(**values, asked=json.loads(text))
