"""Whole acts of the register taken back, with what they led to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from commongrid.accounts import sealed
from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.places import county_of, interval, village_of
from commongrid.kernel.refusals import N_, NotFound, NotYours, WrongState
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry.actions.correcting import locked
from commongrid.registry.actions.desk import (
    ENTERED,
    HARDSHIP_FLAG,
    MARKED,
    MEMBER,
    SEALED,
    TABLES,
    Desk,
    change,
    desk,
    last_found,
    lived,
    living,
)
from commongrid.registry.actions.handing import reopen_offer, taken_over
from commongrid.registry.actions.marks import MARKS, carry_marks, restore_marks
from commongrid.registry.actions.regridding import SOURCE as DIVIDED
from commongrid.registry.actions.regridding import carry_homes
from commongrid.registry.actions.requests import let_go, reopen_change
from commongrid.registry.actions.stays import reopen_stays
from commongrid.registry.importing.models import ImportBatch
from commongrid.registry.joining.models import Suspect
from commongrid.registry.models import ChangeRequest, Correction, Handover, Household, Membership, Stay
from commongrid.registry.rules.facts import Told

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

JOINING: Final = ("people.join", HARDSHIP)
ASKED: Final = N_(
    "A change was asked for of this record, or it was on offer. That is kept three years, and the record with it: "
    "correct its fields, or record that the person moved out."
)
ERASED: Final = N_("The person was erased; what was changed before that can't be taken back.")
LIVING: Final = ("household_id", "state", "head_id")
"""Fields by which a household is lived in by others than before."""
LATER: Final = N_("Something later stands on this. Undo that first, or correct the fields one by one.")


@action("registry.undone", power="people.edit", facts=("act",), kinds=("post", "clock"))
def undo(scope: Scope, act: Act, *, done: UUID, told: Told) -> Line:
    """Take a whole act of the register back: its fields as they were, its stays and flags, what it entered gone (撤销).

    ``told.source`` is the reason. The act itself stays in the journal. A report that it carried out, and an offer
    that it took over, wait again.

    Refuses: NotFound for an act that changed nothing here; WrongState when it was undone already or something later
    stands on it; NotYours where a record is out of scope now or the act reached farther; NotAllowed for a join
    without the powers it took, whether or not there was anything unseen to carry.
    """
    at = desk(scope, act, told)
    rows = _changes_of(scope, done)
    pairs = _joined(scope, rows)
    records = {(row.of, row.subject): locked(row.of, row.subject) for row in rows}
    _refuse_what_stands(done, rows, records)
    asked = let_go(done)
    try:
        with transaction.atomic():
            _take_back(at, done, rows, records)
    except models.ProtectedError as error:
        stands = any(isinstance(one, ChangeRequest | Handover) for one in error.protected_objects)
        raise WrongState(ASKED if stands else LATER) from None
    except IntegrityError:
        raise WrongState(LATER) from None
    Correction.objects.filter(act=done).update(undone_by=act.id)
    _wait_again(pairs)
    for one in asked:
        reopen_change(scope, act.child(f"again {one}"), request_id=one, reason=told.source)
    for one in taken_over(rows):
        reopen_offer(scope, act.child(f"again {one}"), handover_id=one, reason=told.source)
    return _line(rows, records[rows[0].of, rows[0].subject].place, done)


def _line(rows: list[Correction], place: int, done: UUID) -> Line:
    """The line; where a mark of hardship is taken back, as when it was set: not whom it is about."""
    if any(row.field == HARDSHIP_FLAG for row in rows):
        return Line(place=village_of(place) or place, facts={"act": str(done)}, answer={"act": done})
    return Line(
        place=place, subject=rows[0].subject, subject_kind=rows[0].of, facts={"act": str(done)}, answer={"act": done}
    )


def _refuse_what_stands(done: UUID, rows: Iterable[Correction], records: Mapping[tuple[str, UUID], Any]) -> None:
    """Refuse what an erasure or something later made impossible."""
    if any(getattr(one, "erased_at", None) for one in records.values()):
        raise WrongState(ERASED)
    _refuse_ended_since(done)
    for row in rows:
        if row.field in MARKED:
            if row.field != MEMBER and records[row.of, row.subject].ended_on is not None:
                raise WrongState(LATER)
        elif row.field != ENTERED:
            _refuse_later(row, records[row.of, row.subject])


def _changes_of(scope: Scope, done: UUID) -> list[Correction]:
    """What the act changed, locked; all of it or nothing, for what lies out of sight would stay as it is."""
    rows = list(Correction.objects.select_for_update().filter(act=done).order_by("no"))
    if not rows:
        raise NotFound(N_("This act changed nothing in the register that you may see."))
    if any(row.undone_by for row in rows):
        raise WrongState(N_("This was undone already."))
    if ImportBatch.objects.filter(id=done).exists():
        raise WrongState(N_("This came in with a file. Undo the whole file on the page of its import."))
    if any(row.source == DIVIDED and row.field == "place" for row in rows):
        raise WrongState(N_("Grids were divided anew then, or one ended. Divide the village again instead."))
    if Correction.objects.filter(undone_by=done).exists():
        raise WrongState(N_("An undoing can't be undone; do it again instead."))
    if scope.kind == "post":
        with handing_over(scope, *interval(county_of(scope.lo) or scope.lo)):
            if Correction.objects.filter(act=done).count() != len(rows):
                raise NotYours
    return rows


def _joined(scope: Scope, rows: Iterable[Correction]) -> list[tuple[UUID, UUID]]:
    """The pairs of records that the act joined, as suspects are kept; a post needs the powers it took to join them."""
    joined = [(row.subject, UUID(row.after)) for row in rows if row.field == "merged_into" and row.after]
    for power in JOINING if joined and scope.kind == "post" else ():
        scope.demand(power)
    return [(min(pair), max(pair)) for pair in joined]


def _wait_again(pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Two records that are no longer joined may still be one person: somebody decides anew."""
    for first, second in pairs:
        Suspect.objects.filter(first=first, second=second, decision="merged").update(
            decision="", why="", decided_at=None, decided_by=None
        )


def _take_back(at: Desk, done: UUID, rows: list[Correction], records: Mapping[tuple[str, UUID], Any]) -> None:
    made = {(row.of, row.subject) for row in rows if row.field == ENTERED}
    before = {record.id: record.place for record in records.values()}
    restore_marks(at, done, before.values())
    Membership.objects.filter(began_by=done).delete()
    Membership.objects.filter(ended_by=done).update(to_on=None, ended_by=None)
    former: dict[tuple[str, UUID], dict[str, object]] = {}
    for row in reversed(rows):
        if row.field not in (ENTERED, *MARKED) and (row.of, row.subject) not in made:
            former.setdefault((row.of, row.subject), {})[row.field] = _before(row, records[row.of, row.subject])
    for whose, columns in sorted(former.items(), key=lambda one: one[0][0] == "person"):  # households first
        if whose[0] == "person" and columns.get("household_id"):
            columns.update(_where_it_is(columns["household_id"]))
        change(at, records[whose], **columns)
        last_found(at, done, records[whose], columns)
        if whose[0] == "person" and columns.keys() & {"place", "household_id"}:
            carry_marks(at, records[whose], left=before[whose[1]])
    served = {row.subject: row.since_on for row in rows if (row.of, row.field) == ("household", "place")}
    since = min(served.values(), default=at.on)  # what has ended since that day was carried too
    carry_homes(at.scope, {one: records["household", one].place for one in served}, since)
    reopen_stays(done)
    _follow(at, rows, records)
    for of, subject in made:
        _remove(at, of, subject)
    _as_lived_in(at, rows, records)
    if made:
        connection.check_constraints()  # now, and not at the end: what is out of sight may stand on it too


def _remove(at: Desk, of: str, subject: UUID) -> None:
    """What the act entered goes. A home on which a tie or plan stands, as the clock begins them, is kept as ended.

    It has no number, door or point then, and held on no day; its ties end behind the journal.
    """
    rows = TABLES[of].objects.filter(id=subject)
    if of != "household":
        rows.delete()
        return
    was = rows.get()
    try:
        with handing_over(at.scope, *interval(village_of(was.place) or was.place), powers=(HARDSHIP,)):
            rows.delete()
    except models.ProtectedError as error:
        if any(one._meta.db_table.startswith("registry_") for one in error.protected_objects):
            raise
        rows.update(
            state="ended", ended_on=was.began_on or at.on, head=None, number=subject.hex[-20:], door="", point="",
            lon=None, lat=None, dwelling=None, confirmed={}, version=F("version") + 1,
        )  # fmt: skip


def _as_lived_in(at: Desk, rows: Iterable[Correction], records: Mapping[tuple[str, UUID], Any]) -> None:
    """Households that the act changed, or that people came to, left or were away from, are as who is there now lives.

    Refuses: WrongState where one has ended or lost its head since and somebody is in it.
    """
    told = [row for row in rows if row.field in LIVING]
    moved = {text for row in told if row.field == "household_id" for text in (row.before, row.after) if text}
    homes = {row.subject if row.of == "household" else records[row.of, row.subject].household_id
             for row in told if row.of in ("household", "person")} | {UUID(text) for text in moved}  # fmt: skip
    for home in Household.objects.select_for_update(of=("self",)).filter(id__in=homes).order_by("id"):
        people = living(home)
        if people and (home.state == "ended" or home.head_id is None):
            raise WrongState(LATER)
        if home.state != "ended":
            change(at, home, state=lived(people))


def _where_it_is(household: Any) -> dict[str, object]:
    """Where a household is now: grids may have been divided anew since somebody left it."""
    found = Household.objects.filter(id=household).values_list("place", flat=True).first()
    return {} if found is None else {"place": found}


def _follow(at: Desk, rows: Iterable[Correction], records: Mapping[tuple[str, UUID], Any]) -> None:
    """A person's flag that is in force again lies where the person is now."""
    for row in rows:
        if row.field in MARKED and row.of == "person":
            carry_marks(at, records[row.of, row.subject], left=row.place)


def _before(row: Correction, record: Any) -> object:
    """The former value as the column takes it."""
    if row.field in SEALED:
        return sealed.unseal(row.before_sealed, "registry_correction", "before_sealed", row.id)
    column = record._meta.get_field(row.field.removesuffix("_id") if row.field.endswith("_id") else row.field)
    if row.before == "" and column.null:
        return None
    return column.target_field.to_python(row.before) if column.is_relation else column.to_python(row.before)


def _refuse_later(row: Correction, record: Any) -> None:
    """Refuse where the field no longer holds what the act wrote."""
    if row.field in SEALED:
        after = sealed.unseal(row.after_sealed, "registry_correction", "after_sealed", row.id)
        now = sealed.unseal(getattr(record, row.field), record._meta.db_table, row.field, record.id)
    else:
        value = getattr(record, row.field)
        after, now = row.after, "" if value is None else str(value)
    later = Correction.objects.filter(subject=row.subject, field=row.field, act=row.act, no__gt=row.no)
    if now != after and not later.exists():
        raise WrongState(LATER)


def _refuse_ended_since(done: UUID) -> None:
    """Refuse where a stay, a membership or a flag that the act began has ended by another."""
    for table in (Stay, Membership, *MARKS):
        if table.objects.filter(began_by=done).exclude(to_on=None).exclude(ended_by=done).exists():
            raise WrongState(LATER)
