"""Fields corrected, found still true, and whole acts undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from commongrid.accounts import sealed
from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.identity import id_number
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.places import county_of, interval
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry.actions.desk import (
    ENTERED,
    MARKED,
    MEMBER,
    SEALED,
    TABLES,
    Desk,
    begin_stay,
    change,
    desk,
    end_stay,
    home,
    refuse_changed,
)
from commongrid.registry.actions.marks import MARKS, carry_marks, restore_marks
from commongrid.registry.actions.people import ELSEWHERE
from commongrid.registry.actions.regridding import SOURCE as DIVIDED
from commongrid.registry.importing.models import ImportBatch
from commongrid.registry.joining.models import Suspect
from commongrid.registry.models import ChangeRequest, Code, Correction, Handover, Household, Membership, Person, Stay
from commongrid.registry.rules.facts import HEADS, Told
from commongrid.registry.rules.fields import FIELDS, read_fields

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

JOINING = ("people.join", HARDSHIP)
ASKED = N_(
    "A change was asked for of this record, or it was on offer. That is kept three years, and the record with it: "
    "correct its fields, or record that the person moved out."
)
ERASED = N_("The person was erased; what was changed before that can't be taken back.")
LATER = N_("Something later stands on this. Undo that first, or correct the fields one by one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What somebody wrote for some fields of one record: the kind of record, its id, texts by field."""

    of: str
    subject: UUID
    written: Mapping[str, str]


@action("registry.corrected", power="people.edit", facts=("of", "fields"), kinds=("post", "clock"))
def correct(scope: Scope, act: Act, *, fields: Fields, told: Told) -> Line:
    """Correct fields of one record; each is fresh from the day told, and what stood there before is kept (更正).

    Refuses: NotYours out of scope; WrongState where it has ended or was changed
    meanwhile; BadInput for what can't be read, a code no list has, an identity
    number that is in the county's register already or contradicts birth and sex.
    """
    record, changed = write_fields(desk(scope, act, told), fields)
    return Line(
        place=record.place, subject=record.id, subject_kind=fields.of,
        facts={"of": fields.of, "fields": len(changed)}, answer={"record": record.id, "version": record.version},
    )  # fmt: skip


def write_fields(at: Desk, fields: Fields) -> tuple[Any, tuple[str, ...]]:
    """Write fields of one record as read; answers it with the columns that changed.

    Refuses: NotAllowed for a field that takes a power of its own.
    """
    _demand_powers(at.scope, fields.of, fields.written)
    record = _open(fields.of, fields.subject, at.told.seen)
    values = read_fields(fields.of, fields.written, at.today)
    if fields.of == "person":
        values |= by_identity(record, values, at.today)
        _refuse_headship(record, values)
    refuse_unlisted(fields.of, values)
    refuse_strangers(fields.of, values)
    columns = {FIELDS[fields.of][name].kept_in: value for name, value in values.items()}
    columns |= follows(fields.of, values)
    try:
        with transaction.atomic():
            changed = change(at, record, **columns)
    except IntegrityError as error:
        raise taken(error) from None
    if "as_in_home" in changed:
        end_stay(at, record, why="corrected")
        begin_stay(at, record, home(at, record.household_id), as_to_head=record.as_in_home, why="corrected")
    _fresh(record, [*values, *({"point"} & columns.keys())], at.on.isoformat())
    return record, changed


def _demand_powers(scope: Scope, of: str, names: Iterable[str]) -> None:
    known = FIELDS.get(of, {})
    for power in {known[name].power for name in names if name in known} - {""}:
        scope.demand(power)


def by_identity(record: Person, values: Mapping[str, object], today: date) -> dict[str, object]:
    """Birth and sex as the identity number says them, where any of the three is written.

    Refuses: BadInput at the field that contradicts the others.
    """
    if not values.keys() & {"id_number", "born_on", "sex"}:
        return {}
    table = Person._meta.db_table
    number = values.get("id_number", sealed.unseal(record.id_sealed, table, "id_sealed", record.id))
    if not number:
        return {}
    said = id_number(str(number), today=today)
    faults = {}
    for name, unsaid, right, sentence in (
        ("born_on", (None,), said.born_on, N_("The identity number says another date of birth.")),
        ("sex", ("", "0", "9"), said.sex, N_("The identity number says another sex.")),
    ):
        if values.get(name, getattr(record, name)) not in (*unsaid, right):
            faults[name if name in values else "id_number"] = sentence
    if faults:
        raise BadInput(fields=faults)
    return {"born_on": said.born_on, "sex": said.sex}


def _refuse_headship(record: Person, values: Mapping[str, object]) -> None:
    """Refuse with BadInput to make somebody head, or the head somebody else, as if it were a word to correct."""
    if "as_in_home" not in values or values["as_in_home"] == record.as_in_home:
        return
    of = record.household
    if of is None or of.head_id == record.id or values["as_in_home"] in HEADS:
        raise BadInput(fields={"as_in_home": N_("Choose another head on the household's page; this follows from it.")})


@action("registry.confirmed", power="people.confirm", facts=("of", "fields"), kinds=("post", "clock"))
def confirm(scope: Scope, act: Act, *, of: str, subject: UUID, fields: tuple[str, ...], told: Told) -> Line:
    """Say that fields of a record were found still true on a day; nothing changes but their freshness (核实).

    Refuses: NotYours out of scope; WrongState where the record has ended; BadInput for a field it doesn't have.
    """
    desk(scope, act, told)
    _demand_powers(scope, of, fields)
    record = _open(of, subject, told.seen)
    more = {"household": ("people", "head", "point")}
    if unknown := set(fields) - set(FIELDS[of]) - set(more.get(of, ())):
        raise BadInput(N_("This record has no such field."), fields=dict.fromkeys(unknown, ""))
    _fresh(record, fields, told.on.isoformat())
    return Line(
        place=record.place, subject=record.id, subject_kind=of, facts={"of": of, "fields": len(fields)},
        answer={"record": record.id},
    )  # fmt: skip


@action("registry.undone", power="people.edit", facts=("act",), kinds=("post", "clock"))
def undo(scope: Scope, act: Act, *, done: UUID, told: Told) -> Line:
    """Take a whole act of the register back: its fields as they were, its stays and flags, what it entered gone (撤销).

    ``told.source`` is the reason. The act itself stays in the journal.

    Refuses: NotFound for an act that changed nothing here; WrongState when it was undone already or something later
    stands on it; NotYours where a record is out of scope now or the act reached farther; NotAllowed for a join
    without the powers it took, whether or not there was anything unseen to carry.
    """
    at = desk(scope, act, told)
    rows = _changes_of(scope, done)
    pairs = _joined(scope, rows)
    records = {(row.of, row.subject): _locked(row.of, row.subject) for row in rows}
    if any(getattr(one, "erased_at", None) for one in records.values()):
        raise WrongState(ERASED)
    for row in rows:
        if row.field in MARKED:
            _refuse_ended_since(done)
            if row.field != MEMBER and records[row.of, row.subject].ended_on is not None:
                raise WrongState(LATER)
        elif row.field != ENTERED:
            _refuse_later(row, records[row.of, row.subject])
    try:
        with transaction.atomic():
            _take_back(at, done, rows, records)
    except models.ProtectedError as error:
        asked = any(isinstance(one, ChangeRequest | Handover) for one in error.protected_objects)
        raise WrongState(ASKED if asked else LATER) from None
    except IntegrityError:
        raise WrongState(LATER) from None
    Correction.objects.filter(act=done).update(undone_by=act.id)
    _wait_again(pairs)
    first = records[rows[0].of, rows[0].subject]
    return Line(
        place=first.place, subject=rows[0].subject, subject_kind=rows[0].of, facts={"act": str(done)},
        answer={"act": done},
    )  # fmt: skip


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
        raise WrongState(N_("Grids were divided anew then. Divide the village again instead."))
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
    Stay.objects.filter(began_by=done).delete()
    Stay.objects.filter(ended_by=done).update(to_on=None, ended_by=None, why_ended="")
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
        if whose[0] == "person" and columns.keys() & {"place", "household_id"}:
            carry_marks(at, records[whose], left=before[whose[1]])
    _follow(at, rows, records)
    for of, subject in made:
        TABLES[of].objects.filter(id=subject).delete()
    if made:
        connection.check_constraints()  # now, and not at the end: what is out of sight may stand on it too


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
    """Refuse where a membership or flag that the act began has ended by another."""
    for table in (Membership, *MARKS):
        if table.objects.filter(began_by=done).exclude(to_on=None).exclude(ended_by=done).exists():
            raise WrongState(LATER)


def _open(of: str, subject: UUID, seen: int | None) -> Any:
    record = _locked(of, subject)
    if getattr(record, "ended_on", None) is not None:
        raise WrongState(N_("This record has ended; it can only be read."))
    refuse_changed(record, seen)
    return record


def _locked(of: str, subject: UUID) -> Any:
    if of not in TABLES:
        raise NotFound
    found = TABLES[of].objects.select_for_update(of=("self",)).filter(id=subject).first()
    if found is None:
        raise NotYours
    return found


def follows(of: str, values: Mapping[str, object]) -> dict[str, object]:
    """What follows from a field: pinyin from a name, a measured point from its two numbers."""
    more: dict[str, object] = {}
    if of == "person" and "display_name" in values:
        name = str(values["display_name"])
        more |= {"sort_key": sort_key(name), "initials": initials(name)}
    if of == "household" and {"lon", "lat"} <= set(values):
        both = values["lon"] is not None and values["lat"] is not None
        more |= {"point": "measured" if both else ""}
        if not both:
            more |= {"lon": None, "lat": None}
    return more


def refuse_unlisted(of: str, values: Mapping[str, object]) -> None:
    """Refuse with BadInput the codes that their list doesn't have."""
    wanted = {
        name: (field.codes, str(value)) for name, value in values.items() if (field := FIELDS[of][name]).codes and value
    }
    known = set(
        Code.objects.filter(list__in={one for one, _ in wanted.values()}, valid_to=None).values_list("list", "code")
    )
    if faults := {name: N_("Choose one of the list.") for name, code in wanted.items() if code not in known}:
        raise BadInput(fields=faults)


def refuse_strangers(of: str, values: Mapping[str, object]) -> None:
    """Refuse with BadInput an owner, keeper or site that is not in the register within sight."""
    for name, value in values.items():
        names = FIELDS[of][name].names
        if names and value is not None and not TABLES[names].objects.filter(id=value).exists():
            raise BadInput(fields={name: N_("Choose one that is offered.")})


def _fresh(record: Any, fields: Iterable[str], day: str) -> None:
    record.confirmed = {**record.confirmed, **dict.fromkeys(fields, day)}
    record.save(update_fields=("confirmed",))


def taken(error: IntegrityError) -> BadInput:
    """What another record has already, at its field."""
    told = {
        "registry_person_id_once": ("id_number", ELSEWHERE),
        "household_number_once": ("number", N_("The natural village has a household of this number already.")),
        "registry_organisation_code_once": ("credit_code", N_("Another organisation has this code.")),
    }
    for name, (field, sentence) in told.items():
        if name in str(error):
            return BadInput(fields={field: sentence})
    raise error
