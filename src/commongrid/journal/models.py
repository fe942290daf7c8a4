"""Tables of the journal: claims, lines, bookmarks, seals, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from commongrid.kernel.keeping import Keeping, with_matter
from commongrid.kernel.wall import Wall

if TYPE_CHECKING:
    _TextField = models.Field[str, str]
else:
    _TextField = models.Field


class XidField(_TextField):
    """PostgreSQL's 64-bit transaction id (xid8), read as text."""

    def db_type(self, connection: object) -> str:
        """The column type."""
        return "xid8"


OF_ITS_MATTER = "subject_kind = 'matter' AND EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = subject)"
"""What belongs to a matter is seen by whoever sees the matter, wherever it was when the line was written.

The one place where the journal knows a name from above: the condition runs in PostgreSQL, where the matter's own
row-level security answers it.
"""
OF_ITS_WORDS = "subject_kind = 'original' AND EXISTS (SELECT 1 FROM matters_original w WHERE w.id = subject)"
"""What was sent in confidence is seen by whoever sees the reporter's own words."""
OF_ITS_MEDIATION = "subject_kind = 'mediation' AND EXISTS (SELECT 1 FROM matters_mediation d WHERE d.id = subject)"
"""A photo of a signed agreement is seen by whoever sees the dispute file, not by all who see the matter."""
OF_ITS_SHEET = "subject_kind = 'sheet' AND EXISTS (SELECT 1 FROM matters_signed_sheet s WHERE s.id = subject)"
"""A photo of a sheet that came back on paper is seen by whoever sees that sheet."""
MATTER_OF_A_FILE = (
    "COALESCE((SELECT s.matter_id FROM matters_signed_sheet s WHERE s.id = subject), "
    "(SELECT d.matter_id FROM matters_mediation d WHERE d.id = subject), subject)"
)
"""The matter that a file belongs to, by itself or through a sheet or a dispute file of it."""
OF_A_MATTER_UNSEEN = (
    "subject_kind = 'matter' AND (SELECT COALESCE(current_setting('cg.kind', true), '') <> 'clock') "
    "AND NOT (facts <> '{}'::jsonb AND "
    "(SELECT strpos(COALESCE(current_setting('cg.standing', true), ''), 'a') > 0)) "
    "AND NOT EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = subject)"
)
"""The audit administrator reads the lines of matters without seeing any matter; a line of a sealed one says nothing
at all, and is not shown either."""
_WITH_THE_CENTRE = "m.state IN ('answered', 'to_rate', 'to_file')"
_OF_WHO_DID_IT = (
    "CASE (SELECT COALESCE(current_setting('cg.narrow', true), '')) "
    "WHEN 'unit' THEN m.unit_id IS NOT DISTINCT FROM (SELECT NULLIF(current_setting('cg.unit', true), '')::uuid) "
    "WHEN 'grids' THEN (SELECT strpos(COALESCE(current_setting('cg.standing', true), ''), 'g') > 0) "
    "AND m.unit_id IS NULL AND m.handler_level = 'grid' AND COALESCE(m.handler_place = ANY "
    "((SELECT NULLIF(current_setting('cg.grids', true), '')::bigint[])::bigint[]), false) "
    "WHEN '' THEN (SELECT strpos(COALESCE(current_setting('cg.standing', true), ''), 'v') > 0) "
    "AND m.unit_id IS NULL AND m.handler_level = 'village' "
    "AND m.handler_place IS NOT DISTINCT FROM (SELECT NULLIF(current_setting('cg.lo', true), '')::bigint) "
    "ELSE false END"
)
_TELLS = (
    "(name IN ('matters.visited', 'matters.rated', 'matters.rated_on_paper', 'matters.units_rated', "
    "'matters.timed_out', 'matters.closed', 'matters.result_taken') "
    f"OR COALESCE(at > m.finished_at, false) AND ({_WITH_THE_CENTRE} OR m.closed_at IS NOT NULL) "
    "AND post IS DISTINCT FROM (SELECT NULLIF(current_setting('cg.post', true), '')::uuid))"
)
_OF = (
    "subject_kind = 'matter' AND (SELECT COALESCE(current_setting('cg.kind', true), '') = 'post') "
    "AND EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = subject AND ({} OR m.held) AND {} AND {})"
)
OF_THE_PERSONS_ANSWER = _OF.format(_WITH_THE_CENTRE, _TELLS, _OF_WHO_DID_IT)
"""What tells whoever did the work how the person answered, before their ratings are released in a batch.

By time, whatever its name: a warning or an order to look into it tells by coming at all, and by what it is about.
By name only where the work goes on, and time tells nothing. One's own acts are no news to oneself.
"""


class Claim(models.Model):
    """That an act's id is taken, by whom and with what content: the claim is the first write of every action.

    ``fingerprint`` is an HMAC over the act's name and arguments, so a retry is
    told from another content without keeping the content.

    Personal data: none. Kept: as long as the journal.
    """

    id = models.UUIDField(primary_key=True)
    author = models.TextField()
    fingerprint = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(
        read="scope",
        write="any",
        also_see="id = NULLIF(current_setting('cg.claim', true), '')::uuid",
        append_only=True,
    )

    class Meta:
        """Names and constraints."""

        db_table = "journal_claim"


class Line(models.Model):
    """One act as the journal keeps it (动作).

    Who (``author``, ``post``, ``role``), when (``at`` by the server, ``device_at``
    by the device), where (``place`` as it was, ``place_now`` after re-codings),
    what (``name``, ``subject``) and a small payload of ids, codes and numbers.
    Readers go by (``timeline``, ``xid``, ``seq``); ``answer`` is what the caller
    got, for a retry.

    Personal data: who acted in office, by post. Kept: for good, sealed.
    """

    id = models.UUIDField(primary_key=True)
    timeline = models.SmallIntegerField()
    xid = XidField()
    seq = models.BigIntegerField()
    name = models.TextField()
    author = models.TextField()
    post = models.UUIDField(null=True)
    role = models.TextField()
    place = models.BigIntegerField()
    place_now = models.BigIntegerField()
    unit = models.UUIDField(null=True)
    subject_kind = models.TextField()
    subject = models.UUIDField(null=True)
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    facts = models.JSONField()
    answer = models.JSONField()

    wall: ClassVar[Wall] = Wall(
        place="place_now",
        unit="unit",
        write="any",
        never=f"{OF_A_MATTER_UNSEEN} OR {OF_THE_PERSONS_ANSWER}",
        also_see=f"id = NULLIF(current_setting('cg.claim', true), '')::uuid "
        f"OR {OF_ITS_MATTER} AND NOT ({OF_THE_PERSONS_ANSWER})",
        append_only=True,
        may_set=("place_now",),
    )

    class Meta:
        """Names and constraints."""

        db_table = "journal_line"
        indexes: ClassVar = [
            models.Index(fields=["timeline", "xid", "seq"], name="journal_line_order"),
            models.Index(fields=["subject", "at"], name="journal_line_subject"),
            models.Index(fields=["place_now", "at"], name="journal_line_place"),
        ]


class Timeline(models.Model):
    """A stretch of transaction ids; a restore or move begins the next, and all earlier ones count as committed.

    Personal data: none. Kept: for good.
    """

    n = models.SmallIntegerField(primary_key=True)
    began_at = models.DateTimeField()
    reason = models.TextField()

    wall: ClassVar[Wall] = Wall(exempt="one row per restore, no place and no person", write="owner")

    class Meta:
        """Names and constraints."""

        db_table = "journal_timeline"


class Bookmark(models.Model):
    """How far a reader of the journal has come.

    Personal data: none. Kept: while the reader exists.
    """

    reader = models.TextField(primary_key=True)
    timeline = models.SmallIntegerField()
    xid = XidField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(exempt="positions of readers, no place and no person")

    class Meta:
        """Names and constraints."""

        db_table = "journal_bookmark"


class Seal(models.Model):
    """The chain's head after a run of lines: SHA-256 over the former head and the lines' canonical bytes.

    Personal data: none. Kept: for good.
    """

    n = models.BigIntegerField(primary_key=True)
    timeline = models.SmallIntegerField()
    xid = XidField()
    seq = models.BigIntegerField()
    lines = models.IntegerField()
    head = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(exempt="hashes only, no place and no person", append_only=True)

    class Meta:
        """Names and constraints."""

        db_table = "journal_seal"


class Blob(models.Model):
    """The bytes behind files, kept once per stored hash and counted.

    Personal data: none of its own. Kept: until the last file row is gone.
    """

    stored_hash = models.BinaryField(primary_key=True, max_length=32)
    size = models.IntegerField()
    media_type = models.TextField()
    files = models.IntegerField()

    wall: ClassVar[Wall] = Wall(exempt="content hashes and counts; the bytes are served only through file rows")

    class Meta:
        """Names and constraints."""

        db_table = "journal_blob"


class File(models.Model):
    """A photo or document that somebody attached (附件).

    ``received_hash`` is of the bytes as sent, confirmed to the sender;
    ``stored_hash`` of the re-encoded bytes that are kept. ``subject`` is the
    thing it belongs to and alone rules who sees it; ``place`` only follows
    re-codings. A report's own act adds files to what its author may never see
    again (``config/sql/after_journal.sql``).

    Personal data: pictures may show people. Kept: as long as its subject.
    """

    id = models.UUIDField(primary_key=True)
    subject_kind = models.TextField()
    subject = models.UUIDField()
    place = models.BigIntegerField()
    author = models.TextField()
    received_hash = models.BinaryField(max_length=32)
    stored_hash = models.BinaryField(max_length=32)
    media_type = models.TextField()
    size = models.IntegerField()
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(
        also_see=f"{OF_ITS_MATTER} OR {OF_ITS_WORDS} OR {OF_ITS_MEDIATION} OR {OF_ITS_SHEET}",
        also_write=f"{OF_ITS_MATTER} OR {OF_ITS_WORDS} OR {OF_ITS_MEDIATION} OR {OF_ITS_SHEET}",
    )
    keeps: ClassVar[Keeping] = with_matter(
        MATTER_OF_A_FILE, archive="mediation", whose=f"{MATTER_OF_A_FILE} = ANY(%(matters)s)", own_sight=True
    )

    class Meta:
        """Names and constraints."""

        db_table = "journal_file"
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="journal_file_subject"),
            models.Index(fields=["author", "received_hash"], name="journal_file_received"),
            models.Index(fields=["stored_hash"], name="journal_file_stored"),
        ]


class Pulse(models.Model):
    """When a job of the worker last ran: its heartbeat (心跳).

    ``at`` is the last round, ``done_at`` the last that ended well, ``fails``
    the rounds that failed since; ``every`` the seconds between rounds.

    Personal data: none. Kept: one row per job.
    """

    job = models.TextField(primary_key=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    ms = models.IntegerField()
    handled = models.IntegerField()
    fails = models.IntegerField()
    every = models.FloatField()

    wall: ClassVar[Wall] = Wall(exempt="times of jobs, no place and no person")

    class Meta:
        """Names and constraints."""

        db_table = "journal_pulse"
