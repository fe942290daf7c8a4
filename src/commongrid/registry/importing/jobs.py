"""Files that wait to be looked through: the worker reads the larger ones, so that a page can show how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import DatabaseError
from django.utils import timezone

from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope, clock
from commongrid.kernel.timetable import every
from commongrid.registry.importing import actions, queries
from commongrid.registry.importing.actions.sending import SMALL, TRIES

if TYPE_CHECKING:
    from commongrid.registry.importing.queries import UploadRow

READER: Final = "registry.files"
LONE: Final = 60
"""Seconds after which a small file that its page did not look through is looked through here."""


@every(seconds=2, name=READER)
def look_through_files(now: datetime | None = None) -> int:
    """Look through the files that wait, each as far as its sender sees; answers how many.

    A file that fails is refused, or read anew where only the database failed; the rest is looked through after it.
    """
    done, at = 0, now or timezone.now()
    for row in queries.waiting(clock(READER, "people.edit"), at):
        if row.size <= SMALL and (at - row.at).total_seconds() < LONE:
            continue
        with suppress(NotFound):  # dropped meanwhile
            done += _look_through(row, at)
    return done


def _look_through(row: UploadRow, at: datetime) -> int:
    scope = clock(READER, "people.edit", lo=row.lo, hi=row.hi)
    if not actions.take_up(scope, Act(new_id(), at), upload_id=row.id):
        return 0
    if row.tries >= TRIES:
        actions.give_up(scope, Act.new(), upload_id=row.id)
        return 1
    try:
        actions.look_through(scope, Act.new(), upload_id=row.id, progress=_progress(scope, row.id))
    except (NotFound, DatabaseError):
        raise
    except Exception:
        actions.give_up(scope, Act.new(), upload_id=row.id)
        raise
    return 1


def _progress(scope: Scope, upload: UUID) -> Callable[[float], None]:
    """Keeps the share that was read, one step in twenty; comparing is the last of them."""
    told = 0

    def note(share: float) -> None:
        nonlocal told
        if (now := int(share * 95)) >= told + 5:
            told = now
            actions.progressed(scope, Act.new(), upload_id=upload, share=now)

    return note


@every(seconds=3600, name="registry.sweep_files")
def sweep(now: datetime | None = None) -> int:
    """Take away files that nobody decided about for a day; answers how many."""
    at = now or timezone.now()
    act = Act(uuid5(NAMESPACE_OID, f"commongrid register files {int(at.timestamp()) // 3600}"), at)
    return int(actions.sweep_files(clock("registry.sweep_files", "people.edit"), act)["rows"])
