"""What is done with long exports: asked for, written piece by piece, finished or given up, removed, swept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from django.db.models import F, Q
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.accounts.exporting import queries
from commongrid.accounts.exporting.models import ExportedList, ExportPiece
from commongrid.accounts.exporting.queries import PIECES, TABLE
from commongrid.journal.acting import acting
from commongrid.kernel.refusals import N_, NotAllowed, Refusal, TooMany

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

MOST: Final = 10
"""So many long lists may a post have at a time."""
TRIES: Final = 3
"""So often is a list written whose writing ended without a word."""
FAILED_KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A long list as it is asked for: what it is, of which places, which rows and why, until when, in which session."""

    what: str
    lo: int
    hi: int
    rows: Mapping[str, Any]
    until: date
    language: str
    session: str
    sight: bytes


def ask_list(scope: Scope, act: Act, *, asked: Asked) -> None:
    """Keep the wish for a long list under the act's id, apart from the journal; asked twice it is kept once.

    Refuses: NotAllowed without a post; TooMany where the post has many of them.
    """
    if scope.post is None or scope.account is None:
        raise NotAllowed
    with acting(scope):
        own = ExportedList.objects.filter(post=scope.post)
        if own.filter(id=act.id).exists():
            return
        if own.filter(until__gte=localdate()).count() >= MOST:
            raise TooMany(N_("You have %(most)s lists under Exports. Remove one of them first."), most=MOST)
        ExportedList(
            id=act.id, post=scope.post, account_id=scope.account, what=asked.what, lo=asked.lo, hi=asked.hi,
            language=asked.language, sight=asked.sight, until=asked.until, at=act.at,
            asked_sealed=sealed.seal(json.dumps(dict(asked.rows), ensure_ascii=False), TABLE, "asked_sealed", act.id),
            session_sealed=sealed.seal(asked.session, TABLE, "session_sealed", act.id),
        ).save(force_insert=True)  # fmt: skip


def take_up(scope: Scope, act: Act, *, list_id: UUID) -> bool:
    """Say that a list is written from now on, apart from the journal; false where somebody writes it already."""
    with acting(scope):
        found = queries.unwritten(act.at).filter(id=list_id)
        taken = found.update(state="making", read_at=act.at, share=0, tries=F("tries") + 1)
        if taken:
            ExportPiece.objects.filter(list=list_id).delete()
        return bool(taken)


def progressed(scope: Scope, *, list_id: UUID, share: int) -> bool:
    """Say how much of a list is written, apart from the journal; false where nobody wants it any more."""
    with acting(scope):
        found = ExportedList.objects.filter(id=list_id, state="making")
        return bool(found.update(share=share, read_at=timezone.now()))


def add_piece(scope: Scope, *, list_id: UUID, n: int, data: bytes) -> bool:
    """Keep the next piece of a file, sealed, apart from the journal; false where nobody wants it any more."""
    ident = uuid5(list_id, f"piece {n}")
    with acting(scope):
        post = ExportedList.objects.select_for_update().filter(id=list_id, state="making").values_list("post").first()
        if post is None:
            return False
        ExportPiece(
            id=ident, list_id=list_id, n=n, post=post[0], sealed=sealed.seal_bytes(data, PIECES, "sealed", ident)
        ).save(force_insert=True)
        return True


def finish(scope: Scope, *, list_id: UUID, rows: int, size: int) -> bool:
    """Say that a file is whole, apart from the journal; false where nobody wants it any more."""
    with acting(scope):
        found = ExportedList.objects.filter(id=list_id, state="making")
        return bool(found.update(state="ready", share=100, rows=rows, size=size, session_sealed=None))


def give_up(scope: Scope, *, list_id: UUID, refusal: Refusal) -> None:
    """Say why a list is not written, apart from the journal; what there was of its file goes."""
    with acting(scope):
        ExportPiece.objects.filter(list=list_id).delete()
        fault = json.dumps([refusal.text, refusal.params], ensure_ascii=False, default=str)[:600]
        found = ExportedList.objects.filter(id=list_id, state="making")
        found.update(state="failed", fault=fault, session_sealed=None)


def remove(scope: Scope, act: Act, *, list_id: UUID) -> None:
    """Take a list of one's own away with its file, or call its writing off, apart from the journal.

    Refuses: NotFound.
    """
    with acting(scope):
        ExportedList.objects.filter(id=queries.exported_list(scope, list_id).id).delete()


def sweep(scope: Scope, act: Act) -> int:
    """Take away the lists whose day has passed, apart from the journal; answers how many."""
    with acting(scope):
        over = Q(until__lt=localdate(act.at)) | Q(state="failed", at__lt=act.at - FAILED_KEPT)
        _rows, gone = ExportedList.objects.filter(over).delete()
        return gone.get(ExportedList._meta.label, 0)
