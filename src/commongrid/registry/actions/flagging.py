"""Flags recognised and ended: what a body has recognised of a person or household, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.journal.dated import valid
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, NotYours, WrongState
from commongrid.registry.actions.desk import (
    FLAG,
    HARDSHIP_FLAG,
    OF,
    TABLES,
    Desk,
    desk,
    home,
    marked,
    person,
    refuse_changed,
    touch,
)
from commongrid.registry.models import Flag, FlagType, HardshipFlag, Household, Person
from commongrid.registry.rules.facts import Told

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

HARDSHIP = "people.hardship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What was recognised: the type's code, of which person or household, by which body, on what basis."""

    type_code: str
    person: UUID | None = None
    household: UUID | None = None
    body: str = ""
    basis: str = ""


@action("registry.flagged", power="people.edit", kinds=("post", "clock"))
def flag(scope: Scope, act: Act, *, what: Recognised, told: Told) -> Line:
    """Enter that something was recognised of a person or household from a day on (认定).

    A hardship flag needs the power to see hardship too; its line in the journal doesn't say whom it is about.

    Refuses: NotYours out of scope; WrongState where the record has ended or was changed meanwhile; NotAllowed for a
    hardship flag without that power; BadInput for an unknown type,
    one that hangs on the other kind of record, one that only its own procedure gives, or one that holds already.
    """
    at = desk(scope, act, told)
    kind = _type(what)
    if kind.sensitive and scope.kind == "post":
        scope.demand(HARDSHIP)
    table, basis = (HardshipFlag, _sealed(act, what)) if kind.sensitive else (Flag, {"basis": what.basis[:200]})
    about = _subject(at, what)
    of_person = isinstance(about, Person)
    row = table(
        id=act.id, type_code=kind.code, place=about.place, person_id=about.id if of_person else None,
        household_id=about.household_id if isinstance(about, Person) else about.id,
        from_on=told.on, source=told.source[:40], body=what.body[:60], began_by=act.id, **basis,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise BadInput(fields={"type_code": N_("The record has this flag already.")}) from None
    _mark(at, about, row, began=True)
    return _line(about, row)


@action("registry.unflagged", power="people.edit", kinds=("post", "clock"))
def unflag(scope: Scope, act: Act, *, flag_id: UUID, told: Told) -> Line:
    """Enter that a flag no longer holds from a day on; it remains readable (取消认定).

    Refuses: NotFound out of sight, hardship without its power included; NotAllowed for one that only its own
    procedure ends; WrongState where it has ended, or the record was changed meanwhile; BadInput
    for a day before it began.
    """
    at = desk(scope, act, told)
    for table in (Flag, HardshipFlag):
        row = table.objects.select_for_update().filter(id=flag_id).first()
        if row is None:
            continue
        if FlagType.objects.filter(valid(localdate()), code=row.type_code, procedure=True).exists():
            raise NotAllowed(N_("Only the procedure for watched households ends this flag, never a form."))
        if row.to_on is not None:
            raise WrongState(N_("This flag has ended already."))
        if told.on < row.from_on:
            raise BadInput(fields={"on": N_("This is before the flag began. Please check the day.")})
        subject, of = (row.person_id, "person") if row.person_id else (row.household_id, "household")
        about = TABLES[of].objects.select_for_update(of=("self",)).filter(id=subject).first()
        if about is None:
            raise NotYours
        refuse_changed(about, told.seen)
        row.to_on, row.ended_by = told.on, act.id
        row.save(update_fields=("to_on", "ended_by"))
        _mark(at, about, row, began=False)
        return _line(about, row)
    raise NotFound


def _line(about: Person | Household, row: Flag | HardshipFlag) -> Line:
    """The line; of hardship without whom or which grid it is about, for more read the journal than such flags."""
    if isinstance(row, HardshipFlag):
        return Line(place=village_of(about.place) or about.place, answer={"flag": row.id})
    return Line(place=about.place, subject=about.id, subject_kind=OF[type(about)], answer={"flag": row.id})


def _mark(at: Desk, about: Person | Household, row: Flag | HardshipFlag, *, began: bool) -> None:
    """Leave in the history that it began or ended; of hardship only which row it was, for that is erased sooner."""
    field, said = (FLAG, row.type_code) if isinstance(row, Flag) else (HARDSHIP_FLAG, str(row.id))
    marked(at, about, field, **{"began" if began else "ended": said})
    if field == FLAG:  # of hardship a version would tell those who may not see it
        touch(about)


def _sealed(act: Act, what: Recognised) -> dict[str, Any]:
    """The basis of a hardship flag: an illness, a document; kept sealed."""
    return {"basis_sealed": sealed.seal(what.basis[:200].strip(), "registry_hardship_flag", "basis_sealed", act.id)}


def _subject(at: Desk, what: Recognised) -> Person | Household:
    if what.person is not None:
        return person(at, what.person, seen=at.told.seen)
    if what.household is None:
        raise BadInput(N_("Say whom it is about."))
    return home(at, what.household, seen=at.told.seen)


def _type(what: Recognised) -> FlagType:
    kind = FlagType.objects.filter(valid(localdate()), code=what.type_code).first()
    if kind is None:
        raise BadInput(fields={"type_code": N_("Choose one of the list.")})
    if (kind.of == "person") != (what.person is not None):
        raise BadInput(fields={"type_code": N_("This flag belongs to the other kind of record.")})
    if kind.procedure:
        raise NotAllowed(N_("Only the procedure for watched households gives this flag, never a form."))
    return kind
