"""Taking staged rows over, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection
from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.kernel.clock import due_at
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.importing import queries
from commongrid.matters.importing.models import Batch
from commongrid.matters.models import Limit
from commongrid.matters.rules.limits import LimitRow, next_alarm, step_due
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.clock import Due
    from commongrid.kernel.scope import Scope

FIRST_NUMBER = 100_000_000
"""Matters taken over are numbered from here, far above those reported here."""

SORTING_DAYS = 10
"""Working days for sorting an open matter where the county has set no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What is published: the staged rows of a file. ``place`` holds them all, usually the county."""

    system: str
    file_hash: bytes
    place: int
    rows: int
    staged: int


_SPAN = """
SELECT count(*), min(opened_at), max(opened_at), count(*) FILTER (WHERE doubt <> ''),
  count(*) FILTER (WHERE closed_at IS NULL) FROM pg_temp.import_stage
"""
_FIRST = "SELECT COALESCE(max(first + taken), 0) FROM matters_import_batch"
_PUBLISH = """
INSERT INTO matters_matter (
  id, number, place, place_then, kind_id, kind_code, series, source, urgency, title, text, state, step,
  owner_level, owner_place, unit_id, handler_level, handler_place, clock, due_at, warn_at, alarm_at, provisional,
  deadline_no, raised_level, finish_due_at, opened_at, closed_at, outcome, ordered, given_back, reopened, round, tries,
  to_rate, rating, sealed, confidential, anonymous, external_system, external_number, batch, doubt)
SELECT s.id,
  left(s.place::text, 6) || '-' || to_char(s.opened_at AT TIME ZONE %(zone)s, 'YYMM') || '-' || %(first)s + s.n,
  s.place, s.place_then, k.id, s.kind, s.series, s.source, 'normal', s.title, s.text,
  CASE WHEN open THEN 'reported' ELSE 'closed' END,
  CASE WHEN NOT open THEN '' WHEN s.unit IS NOT NULL THEN 'receipt' ELSE 'accept' END,
  CASE WHEN NOT open THEN '' WHEN s.unit IS NOT NULL THEN 'unit'
    WHEN centre %% 1000000000 = 0 THEN 'county' ELSE 'township' END,
  CASE WHEN open AND s.unit IS NULL THEN centre END,
  s.unit, CASE WHEN s.unit IS NOT NULL THEN 'county' ELSE '' END, CASE WHEN s.unit IS NOT NULL THEN centre END,
  CASE WHEN open THEN 'respond' ELSE '' END,
  CASE WHEN open THEN %(due_at)s::timestamptz END, CASE WHEN open THEN %(warn_at)s::timestamptz END,
  CASE WHEN open THEN %(alarm_at)s::timestamptz END, open AND %(provisional)s,
  CASE WHEN open THEN 1 ELSE 0 END, '', CASE WHEN s.unit IS NULL THEN s.due_at END, s.opened_at, s.closed_at,
  CASE WHEN open THEN '' ELSE 'done' END,
  false, false, 0, 1, 0, false, '', s.unit IS NOT NULL, false, s.source = 'anonymous',
  %(system)s, s.number, %(batch)s, s.doubt
FROM (SELECT *, closed_at IS NULL AS open, place / 1000000 * 1000000 AS centre FROM pg_temp.import_stage) s
JOIN matters_kind k ON k.code = s.kind AND k.valid_from <= %(today)s AND (k.valid_to IS NULL OR k.valid_to > %(today)s)
"""
_ORIGINS = """
INSERT INTO matters_origin (matter_id, batch_id, place, row, kind_text, satisfied, reopened)
SELECT id, %(batch)s, place, row, kind_text, satisfied, reopened > 0 FROM pg_temp.import_stage
"""
_FACES = """
INSERT INTO matters_public_face (id, kind_code, place, opened_on, state, series)
SELECT m.id, m.kind_code, CASE WHEN m.place %% 1000 = 0 THEN m.place ELSE m.place / 1000 * 1000 END,
  (m.opened_at AT TIME ZONE %(zone)s)::date, 'open', m.series
FROM matters_matter m JOIN matters_kind k ON k.id = m.kind_id
WHERE m.batch = %(batch)s AND m.closed_at IS NULL AND k.visibility = 'public' AND NOT m.sealed
  AND m.place %% 1000000 <> 0
"""
"""Open ones of public kinds are seen by whoever reports something like it, as those reported here are."""
_LOCK = "SELECT count(*) FROM (SELECT 1 FROM matters_matter WHERE batch = %s FOR UPDATE) locked"


@action(
    "matters.imported",
    power="matters.import",
    facts=("rows", "taken", "flagged", "open", "opened_from", "opened_to"),
    kinds=("post", "clock"),
)
def take_over(scope: Scope, act: Act, *, takeover: Takeover) -> Line:
    """Make matters of the staged rows, all or none, as one act.

    Closed ones come in closed. Open ones belong to the centre of their
    township, else of the county, which sorts them within the limit
    "taken_over". Their own number is kept and taken only once.

    Refuses: BadInput when nothing is staged, or not what was announced;
    WrongState when another takeover published one of the numbers meanwhile.
    """
    try:
        batch = _published(scope, act, takeover)
    except IntegrityError as clash:
        raise WrongState(
            N_("Another import was published at the same moment. Nothing was taken over; try again.")
        ) from clash
    facts = _facts(batch)
    answer = {"batch": act.id, **facts}
    return Line(place=takeover.place, subject=act.id, subject_kind="import", facts=facts, answer=answer)


def _published(scope: Scope, act: Act, takeover: Takeover) -> Batch:
    """The staged rows as matters, with their batch."""
    batch = _batch(act, takeover)
    due = _sorting_due(scope, act)
    values: dict[str, Any] = {
        "batch": act.id,
        "first": FIRST_NUMBER + batch.first,
        "zone": territory.county(scope).zone,
        "today": localdate(act.at),
        "system": takeover.system,
        "due_at": due.at,
        "warn_at": due.warn_at,
        "alarm_at": next_alarm(act.at, warn_at=due.warn_at, due=due.at),
        "provisional": due.provisional,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, values)
        if cursor.rowcount != takeover.staged:
            raise BadInput(N_("The staged rows are not those that were read. Nothing was taken over; try again."))
        cursor.execute(_ORIGINS, values)
        cursor.execute(_FACES, values)
    return batch


@action(
    "matters.import_undone",
    power="matters.import",
    facts=("rows", "taken", "flagged", "open", "opened_from", "opened_to"),
    kinds=("post", "clock"),
)
def undo(scope: Scope, act: Act, *, batch_id: UUID) -> Line:
    """Take a batch's matters out again, all of them; their numbers are free once more.

    Refuses: NotFound; WrongState when it was undone already, or when somebody
    or the clock has done anything to one of its matters.
    """
    row = queries.batch(scope, batch_id)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [batch_id])
        if row.undone_at or queries.touched(scope, batch_id):
            raise WrongState(N_("This import was undone before, or its matters have been worked on since."))
        cursor.execute("DELETE FROM matters_origin WHERE batch_id = %s", [batch_id])
        cursor.execute(
            "DELETE FROM matters_public_face WHERE id IN (SELECT id FROM matters_matter WHERE batch = %s)", [batch_id]
        )
        cursor.execute("DELETE FROM matters_matter WHERE batch = %s", [batch_id])
    Batch.objects.filter(id=batch_id).update(undone_at=act.at)
    facts = _facts(row)
    answer = {"batch": batch_id, **facts}
    return Line(place=row.place, subject=batch_id, subject_kind="import", facts=facts, answer=answer)


def _batch(act: Act, takeover: Takeover) -> Batch:
    """The batch's own row, counted from what is staged."""
    with connection.cursor() as cursor:
        cursor.execute(_SPAN)
        staged, opened_from, opened_to, flagged, unfinished = cursor.fetchone()
        cursor.execute(_FIRST)
        (first,) = cursor.fetchone()
    if not staged or staged != takeover.staged:
        raise BadInput(N_("The staged rows are not those that were read. Nothing was taken over; try again."))
    return Batch.objects.create(
        id=act.id,
        place=takeover.place,
        system=takeover.system,
        file_hash=takeover.file_hash,
        rows=takeover.rows,
        taken=staged,
        flagged=flagged,
        open=unfinished,
        first=first,
        opened_from=opened_from,
        opened_to=opened_to,
        at=act.at,
    )


def _sorting_due(scope: Scope, act: Act) -> Due:
    """Until when the open ones must be sorted."""
    calendar, today = territory.calendar(scope), localdate(act.at)
    row = Limit.objects.filter(code="taken_over", valid_from__lte=today).order_by("-valid_from").first()
    if row is None or (row.valid_to and row.valid_to <= today):
        return due_at(calendar, act.at, SORTING_DAYS, "W")
    limit = LimitRow(amount=row.amount, measure=row.measure, calendar=row.calendar)
    return step_due(calendar, act.at, row.code, {row.code: limit})


def _facts(batch: Batch | queries.BatchRow) -> dict[str, object]:
    """What the journal keeps of a batch, by which tallies know what to count again."""
    return {
        "rows": batch.rows,
        "taken": batch.taken,
        "flagged": batch.flagged,
        "open": batch.open,
        "opened_from": batch.opened_from,
        "opened_to": batch.opened_to,
    }
