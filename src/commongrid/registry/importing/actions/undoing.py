"""A file undone: what it entered is gone, what it changed is as before, as long as nothing later stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, WrongState
from commongrid.registry.actions.desk import ENTERED, MARKED
from commongrid.registry.actions.regridding import carry_homes
from commongrid.registry.importing import queries
from commongrid.registry.importing.actions.bulk import CORRECTION, Book, Change, Kept, Record
from commongrid.registry.importing.actions.taking import FACTS
from commongrid.registry.importing.models import ImportBatch
from commongrid.registry.importing.standing import later_on

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

LATER = N_("Something later stands on this import; the page of the import says what. Undo that first.")
HOME_SERVED = ("household", "place")
_CHANGED = """
SELECT id, of, subject, place, household, field, before, after, before_sealed, after_sealed
FROM registry_correction WHERE act = %s AND NOT field = ANY(%s) ORDER BY no DESC
"""
_VISITED = """
UPDATE registry_household SET version = version + 1
WHERE batch IS DISTINCT FROM %(b)s AND id IN (SELECT household_id FROM registry_stay WHERE batch = %(b)s)
"""
HIDDEN = N_(
    "Something later stands on this import that this page can't show: a post, a matter, or something that other "
    "offices keep. Nothing was undone; ask the township."
)
_DECIDED = (
    """
DELETE FROM registry_change_request WHERE state <> 'open'
  AND (person_id IN (SELECT id FROM registry_person WHERE batch = %(b)s)
    OR household_id IN (SELECT id FROM registry_household WHERE batch = %(b)s))
""",
    """
DELETE FROM registry_handover WHERE state <> 'offered'
  AND (person_id IN (SELECT id FROM registry_person WHERE batch = %(b)s)
    OR household_id IN (SELECT id FROM registry_household WHERE batch = %(b)s))
""",
)
"""What was decided about records that are gone goes along; the journal keeps that it was."""
_STAYED = (
    "DELETE FROM registry_stay WHERE batch = %s",
    "UPDATE registry_stay SET to_on = NULL, why_ended = '', ended_by = NULL WHERE ended_by = %s",
)
"""Stays that the file began are gone, those that it ended go on."""
_GONE = {
    "hardship": "DELETE FROM registry_hardship_flag WHERE batch = %s",
    "flags": "DELETE FROM registry_flag WHERE batch = %s",
    "members": "DELETE FROM registry_membership WHERE began_by = %s",
    "things": "DELETE FROM registry_thing WHERE batch = %s",
    "organisations": "DELETE FROM registry_organisation WHERE batch = %s",
    "sites": "DELETE FROM registry_site WHERE batch = %s",
    "people": "DELETE FROM registry_person WHERE batch = %s",
    "homes": "DELETE FROM registry_household WHERE batch = %s",
    "booklets": "DELETE FROM registry_registered_household WHERE batch = %s",
}
_STANDS = {
    "flags": (
        """
UPDATE registry_flag f SET to_on = NULL, ended_by = NULL, place = p.place, household_id = p.household_id
FROM registry_person p WHERE f.ended_by = %(b)s AND p.id = f.person_id AND p.ended_on IS NULL
""",
        """
UPDATE registry_hardship_flag f SET to_on = NULL, ended_by = NULL, place = p.place, household_id = p.household_id
FROM registry_person p WHERE f.ended_by = %(b)s AND p.id = f.person_id AND p.ended_on IS NULL
""",
        """
UPDATE registry_flag f SET to_on = NULL, ended_by = NULL, place = h.place
FROM registry_household h WHERE f.ended_by = %(b)s AND f.person_id IS NULL AND h.id = f.household_id
  AND h.state <> 'ended'
""",
        """
UPDATE registry_hardship_flag f SET to_on = NULL, ended_by = NULL, place = h.place
FROM registry_household h WHERE f.ended_by = %(b)s AND f.person_id IS NULL AND h.id = f.household_id
  AND h.state <> 'ended'
""",
    ),
    "members": (
        """
UPDATE registry_membership m SET to_on = NULL, ended_by = NULL
FROM registry_organisation o WHERE m.ended_by = %(b)s AND o.id = m.organisation_id AND o.ended_on IS NULL
""",
    ),
}
"""What the file ended is in force again, of whoever has not ended, and where they are now."""


@action("registry.import_undone", power="people.edit", facts=FACTS)
def undo_import(scope: Scope, act: Act, *, batch_id: UUID, reason: str) -> Line:
    """Take a whole file back: what it entered is gone, fields it changed are as before (撤销导入).

    Requests about them that were decided go along. The same file may then be taken in again.

    Refuses: NotFound out of sight; WrongState when it was undone already or something later stands on it.
    """
    known = queries.batch(scope, batch_id)
    row = ImportBatch.objects.select_for_update().filter(id=known.id).first()
    if row is None or row.undone_at is not None:
        raise WrongState(N_("This was undone already."))
    if later_on(scope, known, limit=1):
        raise WrongState(LATER)
    try:
        with transaction.atomic():
            _take_back(scope, act, row, reason)
    except IntegrityError:
        raise WrongState(HIDDEN) from None
    row.undone_at, row.undone_by = act.at, act.id
    row.save(update_fields=["undone_at", "undone_by"])
    facts = {name: getattr(row, name) for name in FACTS}
    return Line(place=row.place, subject=row.id, subject_kind="import", facts=facts, answer={**facts, "batch": row.id})


def _take_back(scope: Scope, act: Act, row: ImportBatch, reason: str) -> None:
    book = Book(Kept(act=act, on=queries.today_of(scope, act.at), source=" ".join(reason.split())[:40]))
    with connection.cursor() as cursor:
        cursor.execute(_VISITED, {"b": row.id})
        for statement in _STAYED:
            cursor.execute(statement, [row.id])
    former = list(_former(row.id))
    book.change(former)
    served = {one.record.subject: int(one.after) for one in former if (one.record.of, one.column) == HOME_SERVED}
    carry_homes(scope, served, queries.today_of(scope, row.at))
    with connection.cursor() as cursor:
        for statement in _DECIDED:
            cursor.execute(statement, {"b": row.id})
        gone = {}
        for of, statement in _GONE.items():
            cursor.execute(statement, [row.id])
            gone[of] = cursor.rowcount
        again = 0
        for statement in _STANDS.get(row.sort, ()):
            cursor.execute(statement, {"b": row.id})
            again += cursor.rowcount
        cursor.execute("UPDATE registry_correction SET undone_by = %s WHERE act = %s", [act.id, row.id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    if gone[row.sort] + (gone["hardship"] if row.sort == "flags" else 0) != row.fresh:
        raise WrongState(HIDDEN)  # some of them are out of sight now
    if row.sort in _STANDS and again != row.changed:
        raise WrongState(HIDDEN)  # some of them are out of sight now


def _former(batch: UUID) -> Iterator[Change]:
    """Every field that the batch changed, the other way round; the last change first."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [batch, [ENTERED, *MARKED]])
        rows = cursor.fetchall()
    for ident, of, subject, place, household, column, before, after, *hidden in rows:
        record = Record(of=of, subject=subject, place=place, household=household)
        if column.endswith("_sealed"):
            names = ("before_sealed", "after_sealed")
            was, now = (
                sealed.unseal(value, CORRECTION, name, ident) for name, value in zip(names, hidden, strict=True)
            )
            yield record.change(column, now, was, hidden=True)
        else:
            yield record.change(column, after, before)
