"""A file on its way: kept sealed until it is decided about, looked through, dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import F

from commongrid.accounts import sealed
from commongrid.accounts.actions import Access, log_access
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, Refusal, TooLarge
from commongrid.registry.importing import looking, queries, telling
from commongrid.registry.importing.models import SORTS, ImportUpload
from commongrid.registry.importing.queries import UploadRow

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

KEPT: Final = timedelta(days=1)
SMALL: Final = 256 << 10
"""Bytes up to which a file is looked through at once; a larger one is left to the worker, and its progress shown."""
NAME_LENGTH: Final = 120
TRIES: Final = 3
"""So often is a file read whose reading ended without a word; then it is refused."""
UNREADABLE: Final = N_(
    "This file could not be looked through. Save it anew as .xlsx or CSV and send that; if it happens again, tell "
    "whoever runs this system."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found in a file: the plan's digest and its account as JSON, or why it can't be read."""

    digest: str = ""
    found: str = ""
    fault: str = ""


@action("registry.file_sent", power="people.edit", facts=("sort",))
def send_file(scope: Scope, act: Act, *, sort: str, name: str, data: bytes) -> Line:
    """Keep a file of records, sealed, until this post decides about it; at most a day.

    Refuses: NotAllowed for a post that sees only part of its place; BadInput or TooLarge where it is no sheet whose
    header can be found.
    """
    if scope.narrow:  # the worker would see more of the place than its sender
        raise NotAllowed(N_("A list is for a whole village or more, and this post sees only part of one."))
    if sort not in SORTS:
        raise BadInput
    if len(data) > looking.LIMITS.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=looking.LIMITS.sent >> 20)
    looking.header_of(data, name, sort)
    place = scope.place or scope.lo
    ImportUpload(
        id=act.id, place=place, lo=scope.lo, hi=scope.hi, post=scope.post or act.id, sort=sort, name=name[:NAME_LENGTH],
        hardship="h" in scope.standing, sealed=queries.sealed_data(data, act.id), size=len(data), at=act.at,
    ).save(force_insert=True)  # fmt: skip
    return Line(
        place=place, subject=act.id, subject_kind="import", facts={"sort": sort},
        answer={"upload": act.id, "small": len(data) <= SMALL},
    )  # fmt: skip


@action("registry.file_looked_through", power="people.edit", facts=("sort",), kinds=("post", "clock"))
def looked(scope: Scope, act: Act, *, upload_id: UUID, told: Looked) -> Line:
    """Keep what was found in a file, sealed, until it is decided about.

    Refuses: NotFound once it is gone.
    """
    row = queries.upload(scope, upload_id)
    ImportUpload.objects.filter(id=row.id).update(
        state="refused" if told.fault else "looked", share=100, digest=told.digest, fault=told.fault[:300],
        found_sealed=sealed.seal(told.found, queries.TABLE, "found_sealed", row.id),
    )  # fmt: skip
    return Line(
        place=row.place, subject=row.id, subject_kind="import", facts={"sort": row.sort}, answer={"upload": row.id}
    )


def take_up(scope: Scope, act: Act, *, upload_id: UUID) -> bool:
    """Say that a file is read from now on, apart from the journal; false where somebody reads it already."""
    with acting(scope):
        found = queries.unread(act.at).filter(id=upload_id)
        return bool(found.update(state="looking", read_at=act.at, share=0, tries=F("tries") + 1))


def progressed(scope: Scope, act: Act, *, upload_id: UUID, share: int) -> None:
    """Say how much of a file has been read, in a transaction of its own, apart from the journal."""
    with acting(scope):
        ImportUpload.objects.filter(id=upload_id, state="looking").update(share=share, read_at=act.at)


def give_up(scope: Scope, act: Act, *, upload_id: UUID) -> None:
    """Refuse a file that can not be looked through. Called by the worker; ``looked`` leaves the line."""
    looked(scope, act, upload_id=upload_id, told=Looked(fault=json.dumps([UNREADABLE, {}], ensure_ascii=False)))


def look_through(
    scope: Scope, act: Act, *, upload_id: UUID, progress: Callable[[float], None] = looking.silent
) -> None:
    """Read a file and compare it with the register. Called by the page and the worker; ``looked`` leaves the line.

    How many of its identity numbers it showed to be in the register out of sight, the access log has.
    """
    row = queries.upload(scope, upload_id)
    data = queries.data_of(scope, upload_id)
    try:
        today = queries.today_of(scope, act.at)
        file = looking.read_file(scope, data, row, today=today, progress=progress)
        found = looking.look(scope, file)
        told = Looked(digest=found.digest, found=json.dumps(telling.account(found), ensure_ascii=False))
        _log_elsewhere(scope, act, row, sum(one.why == "elsewhere" for one in found.placed))
    except Refusal as refusal:
        told = Looked(fault=json.dumps([refusal.text, refusal.params], ensure_ascii=False))
    looked(scope, act, upload_id=upload_id, told=told)


def _log_elsewhere(scope: Scope, act: Act, row: UploadRow, number: int) -> None:
    if number:
        said = Access(
            event="revealed", about=f"elsewhere.{number}", place=row.place, subject_kind="import", subject=row.id
        )
        log_access(replace(scope, post=row.post), act.child("elsewhere"), access=said)


@action("registry.file_dropped", power="people.edit", facts=("sort",))
def drop_file(scope: Scope, act: Act, *, upload_id: UUID) -> Line:
    """Take a file away undecided. Refuses: NotFound."""
    row = queries.upload(scope, upload_id)
    ImportUpload.objects.filter(id=row.id).delete()
    return Line(place=row.place, subject_kind="import", facts={"sort": row.sort}, answer={"upload": upload_id})


@action("registry.files_swept", power="people.edit", kinds=("clock",), facts=("rows",))
def sweep_files(scope: Scope, act: Act) -> Line:
    """Take away files that waited for more than a day. Refuses: nothing."""
    gone, _ = ImportUpload.objects.filter(at__lt=act.at - KEPT).delete()
    return Line(place=scope.lo, facts={"rows": gone}, answer={"rows": gone})
