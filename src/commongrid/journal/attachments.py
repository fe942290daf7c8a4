"""Attachments (附件): photos and PDFs on a matter, kept once, shown only to those who see what they belong to.

Three moves, in this order:

* a surface *stages* what was sent, before its action: ``staged = stage(bytes)``
  looks at the file, makes it harmless and puts the bytes away; a form shown
  again carries ``ticket(staged)``, so nobody chooses a photo twice;
* an action *attaches* it in its own transaction: ``attach(scope, act,
  to=Subject("matter", m.id, m.place), files=report.photos)``;
* a page lists ``files_of(scope, subject)`` and links ``address(scope, file)``.

A file row is seen exactly by those who see its subject (row-level security asks
the subject's table), whatever its place. Bytes lie in Django's default storage
under their own hash, counted by the rows that use them; what no row uses is
swept an hour later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from commongrid.journal.acting import acting
from commongrid.journal.models import Blob, File
from commongrid.kernel import addresses, photos
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotFound, Unavailable
from commongrid.kernel.scope import Scope, clock

MOST: Final = 20
"""Files on one subject."""

TICKET_LIVES: Final = 3600
"""Seconds that a staged file waits for its act; what is older is swept."""

SWEEPER: Final = clock("journal.sweep_files")
ENDINGS: Final = {"image/jpeg": "jpg", "application/pdf": "pdf"}

_SALT: Final = "commongrid.staged"
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_COUNT_UP: Final = """
INSERT INTO journal_blob (stored_hash, size, media_type, files) VALUES (%s, %s, %s, 1)
ON CONFLICT (stored_hash) DO UPDATE SET files = journal_blob.files + 1
"""
_COUNT_DOWN: Final = "UPDATE journal_blob SET files = files - 1 WHERE stored_hash = %s"
_UNUSED: Final = "DELETE FROM journal_blob WHERE stored_hash = %s AND files <= 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A file that was looked at and put away but belongs to nothing yet; plain values, so an act can carry it.

    ``received`` and ``stored`` are SHA-256 in hexadecimal, of the bytes as sent
    and as kept; ``size`` is in bytes, ``width`` and ``height`` in pixels.
    """

    received: str
    stored: str
    media_type: photos.MediaType
    size: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file belongs to: the kind of thing, its id, and its place code for a later re-coding."""

    kind: str
    id: UUID
    place: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as read."""

    id: UUID
    subject_kind: str
    subject: UUID
    author: str
    media_type: str
    size: int
    stored: bytes
    at: datetime

    @property
    def picture(self) -> bool:
        """Whether it can be shown in a page."""
        return self.media_type.startswith("image/")

    @property
    def name(self) -> str:
        """A name that tells nothing: part of the id and the ending of its kind."""
        return f"{self.id.hex[-8:]}.{ENDINGS[self.media_type]}"


def stage(data: bytes) -> Staged:
    """Look at a file, make it harmless, put its bytes away.

    Refuses what ``kernel.photos.accept`` refuses; nothing is kept then.
    """
    accepted = photos.accept(data)
    name = path_of(accepted.stored)
    if default_storage.exists(name) and default_storage.size(name) != len(accepted.data):
        default_storage.delete(name)  # a write that was cut off
    if not default_storage.exists(name):
        saved = default_storage.save(name, ContentFile(accepted.data))
        if saved != name:  # somebody staged the same bytes at the same moment
            default_storage.delete(saved)
    return Staged(
        received=accepted.received.hex(),
        stored=accepted.stored.hex(),
        media_type=accepted.media_type,
        size=len(accepted.data),
        width=accepted.width,
        height=accepted.height,
    )


def ticket(staged: Staged) -> str:
    """A staged file as text for a hidden field, signed, good for an hour."""
    return signing.dumps(asdict(staged), key=settings.KEYS.address.hex(), salt=_SALT)


def staged_from(given: str) -> Staged:
    """The staged file of a ticket; BadInput where it was altered or is too old."""
    try:
        return Staged(**signing.loads(given, key=settings.KEYS.address.hex(), salt=_SALT, max_age=TICKET_LIVES))
    except signing.BadSignature:
        raise BadInput(N_("A photo was sent too long ago. Please choose it again.")) from None


def attach(scope: Scope, act: Act, *, to: Subject, files: Sequence[Staged]) -> tuple[UUID, ...]:
    """Attach staged files to a subject, in the order given; answers the ids of their rows.

    Called by the action that makes or moves the subject, in its transaction and
    under its act: the ids follow from the act's, so a retry makes no second row.

    Refuses: BadInput beyond twenty files on one subject; Unavailable where the
    bytes were swept meanwhile and must be sent again.
    """
    if not files:
        return ()
    with acting(scope):
        already = File.objects.filter(subject=to.id).count()
        if already + len(files) > MOST:
            raise BadInput(N_("At most %(most)d files can be attached to one matter."), most=MOST)
        rows = [_row(scope, act.child(f"file:{number}"), to, staged) for number, staged in enumerate(files)]
        for staged in sorted(files, key=lambda each: each.stored):
            _count_up(staged)
        File.objects.bulk_create(rows)
        return tuple(row.id for row in rows)


def drop(scope: Scope, act: Act, *, files: Iterable[UUID]) -> int:
    """Take files away for good, for an erasure; answers how many there were.

    Called by the action that erases. The bytes follow when no row uses them
    any more and the sweep has passed.
    """
    with acting(scope), connection.cursor() as cursor:
        gone = 0
        for row in File.objects.filter(pk__in=list(files)).order_by("stored_hash"):
            row.delete()
            cursor.execute(_COUNT_DOWN, [bytes(row.stored_hash)])
            cursor.execute(_UNUSED, [bytes(row.stored_hash)])
            gone += 1
        return gone


def refile(subject: UUID, kind: str, to: str) -> None:
    """File what was filed under one kind of subject under another of the same id; by an action, in its scope."""
    File.objects.filter(subject=subject, subject_kind=kind).update(subject_kind=to)


def files_of(scope: Scope, subject: UUID) -> tuple[FileRow, ...]:
    """The files of a subject, oldest first, as far as the scope sees the subject."""
    with acting(scope):
        return tuple(map(_read, File.objects.filter(subject=subject).order_by("at", "id")))


def file(scope: Scope, file_id: UUID) -> FileRow:
    """One file; NotFound where there is none or the scope does not see its subject."""
    with acting(scope):
        row = File.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound
    return _read(row)


def received_before(scope: Scope, received: bytes) -> FileRow | None:
    """A file whose bytes as sent had this SHA-256, among those that the same author attached and still sees.

    A phone asks before it sends a photo again. Only posts are authors of their
    own; the public and a slip get no answer, so nobody learns what others sent.
    """
    if scope.kind != "post":
        return None
    with acting(scope):
        row = File.objects.filter(author=scope.author, received_hash=received).order_by("at").first()
    return _read(row) if row else None


def content(row: FileRow) -> bytes:
    """The bytes of a file that was read through the scope.

    Refuses with Unavailable where they are missing or no longer what was kept.
    """
    try:
        with default_storage.open(path_of(row.stored), "rb") as stream:
            data: bytes = stream.read()
    except OSError:
        raise Unavailable from None
    if hashlib.sha256(data).digest() != row.stored:
        raise Unavailable
    return data


def address(scope: Scope, file_id: UUID) -> str:
    """The token that ends the file's address for this reader, good for some minutes."""
    return addresses.token(settings.KEYS.address, file_id, scope.author, datetime.now(UTC))


def opens(scope: Scope, file_id: UUID, given: str) -> bool:
    """Whether the token was made for this file and this reader and still lives."""
    return addresses.valid(settings.KEYS.address, file_id, scope.author, given, datetime.now(UTC))


def sweep(older_than: timedelta = timedelta(seconds=2 * TICKET_LIVES)) -> int:
    """Delete bytes that no row uses and that were put away long enough ago; answers how many.

    Each is looked at under the lock that ``attach`` takes, so nothing goes that
    is just being attached.
    """
    before, gone = datetime.now(UTC) - older_than, 0
    for name in _names():
        if default_storage.get_modified_time(name) > before:
            continue
        with acting(SWEEPER), connection.cursor() as cursor:
            stored = name.replace("/", "")
            cursor.execute(_LOCK, [stored])
            if not Blob.objects.filter(pk=bytes.fromhex(stored)).exists():
                default_storage.delete(name)
                gone += 1
    return gone


def path_of(stored: bytes) -> str:
    """Where the bytes of this hash lie in the storage."""
    plain = stored.hex()
    return f"{plain[:2]}/{plain[2:]}"


def _row(scope: Scope, act: Act, to: Subject, staged: Staged) -> File:
    return File(
        id=act.id,
        subject_kind=to.kind,
        subject=to.id,
        place=to.place,
        author=scope.author,
        received_hash=bytes.fromhex(staged.received),
        stored_hash=bytes.fromhex(staged.stored),
        media_type=staged.media_type,
        size=staged.size,
        at=act.at,
    )


def _count_up(staged: Staged) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [staged.stored])
        if not default_storage.exists(path_of(bytes.fromhex(staged.stored))):
            raise Unavailable(N_("A photo was sent too long ago. Please choose it again."))
        cursor.execute(_COUNT_UP, [bytes.fromhex(staged.stored), staged.size, staged.media_type])


def _names() -> Iterable[str]:
    """Every name in the storage that is a hash of ours."""
    try:
        folders, _ = default_storage.listdir("")
    except FileNotFoundError:  # nothing was ever put away
        return
    for folder in folders:
        for name in default_storage.listdir(folder)[1]:
            if len(folder) + len(name) == 64 and set(folder + name) <= set("0123456789abcdef"):  # noqa: PLR2004 - SHA-256
                yield f"{folder}/{name}"


def _read(row: File) -> FileRow:
    return FileRow(
        row.id, row.subject_kind, row.subject, row.author, row.media_type, row.size, bytes(row.stored_hash), row.at
    )
