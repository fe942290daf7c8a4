"""Files that wait to be looked through: the worker reads the larger ones, so that a page can show how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope, clock
from commongrid.kernel.timetable import every
from commongrid.registry.importing import actions, queries
from commongrid.registry.importing.actions.sending import SMALL

READER: Final = "registry.files"
LONE: Final = 60
"""Seconds after which a small file that its page did not look through is looked through here."""


@every(seconds=2, name=READER)
def look_through_files(now: datetime | None = None) -> int:
    """Look through the files that wait, each as far as its sender sees; answers how many."""
    done, at = 0, now or timezone.now()
    for row in queries.waiting(clock(READER, "people.edit")):
        if row.size <= SMALL and (at - row.at).total_seconds() < LONE:
            continue
        scope = clock(READER, "people.edit", lo=row.lo, hi=row.hi)
        with suppress(NotFound):  # dropped meanwhile
            actions.look_through(scope, Act.new(), upload_id=row.id, progress=_progress(scope, row.id))
        done += 1
    return done


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
