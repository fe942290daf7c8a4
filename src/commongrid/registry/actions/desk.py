"""The desk where a record is changed: fetched with a lock, written with its former values, its stays and version.

Every act of the register goes through here, so that none can change a field
without leaving what stood there before, and each can be undone where nothing
later stands on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import models

from commongrid.accounts import sealed
from commongrid.journal.acting import handing_over
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.kernel.scope import Scope
from commongrid.registry.models import (
    Correction,
    Household,
    Organisation,
    Person,
    RegisteredHousehold,
    Site,
    Thing,
)
from commongrid.registry.models.changing import HARDSHIP_FIELD
from commongrid.registry.rules.facts import Told, day_of
from commongrid.registry.rules.fields import FIELDS
from commongrid.territory import queries as territory

OF: Final[dict[type[models.Model], str]] = {
    Person: "person",
    Household: "household",
    RegisteredHousehold: "booklet",
    Site: "site",
    Thing: "thing",
    Organisation: "organisation",
}
TABLES: Final[dict[str, Any]] = {name: table for table, name in OF.items()}
FRESH: Final = {(of, field.kept_in): name for of, fields in FIELDS.items() for name, field in fields.items()}
"""The field that a column of a record holds, for those whose freshness is kept."""
SEALED: Final = ("id_sealed", "phone_sealed", "bank_sealed", "ethnic_sealed")
INDEX_OF: Final = {"id_sealed": "id_index", "phone_sealed": "phone_index"}
MEMBER: Final = "member"
"""The field of the correction that says that somebody joined or left: the duty before or after."""
FLAG: Final = "flag"
"""The field of the correction that says that a flag began or ended: its type before or after."""
HARDSHIP_FLAG: Final = HARDSHIP_FIELD
"""The same for a flag of hardship, which only those see who see such flags; it names the flag and not its type."""
MARKED: Final = (MEMBER, FLAG, HARDSHIP_FLAG)
"""Fields of corrections that tell of another row and are no column of the record."""
ENTERED: Final = "*"
"""The field of the correction that says a record was entered by this act."""


class Meanwhile(WrongState):
    """The record was changed since it was on the screen: which record, and the version it has now."""

    default = N_(
        "Somebody changed this record while you were writing. What you wrote is kept; look at what changed, then save."
    )

    def __init__(self, record: Any) -> None:
        """The record as it is now."""
        super().__init__()
        self.subject: UUID = record.id
        self.version: int = record.version


@dataclass(slots=True)
class Desk:
    """One act of the register: who acts, when it became so, and how many rows it has written so far."""

    scope: Scope
    act: Act
    told: Told
    today: date
    count: int = 0

    @property
    def on(self) -> date:
        """The day it became so."""
        return self.told.on

    def child(self) -> UUID:
        """The id of the next row of this act."""
        self.count += 1
        return self.act.child(f"row {self.count}").id


def desk(scope: Scope, act: Act, told: Told, *, since: date | None = None) -> Desk:
    """A desk for one act. Called by every action on records. Refuses: BadInput for a day that can't be."""
    today = territory.calendar(scope).day_of(act.at)
    day_of(told, today, since=since)
    return Desk(scope, act, told, today)


def person(at: Desk, person_id: UUID, *, seen: int | None = None) -> Person:
    """A living record of a person, locked.

    Refuses: NotYours out of scope; WrongState where the record has ended or was changed meanwhile; BadInput for a day
    before the person was born.
    """
    found = Person.objects.select_for_update(of=("self",)).filter(id=person_id).first()
    if found is None:
        raise NotYours
    if found.state not in ("here", "away"):
        raise WrongState(N_("This record has ended; it can only be read."))
    refuse_changed(found, seen)
    refuse_unborn(at, found.born_on)
    return found


def home(at: Desk, household_id: UUID, *, seen: int | None = None, early: bool = False) -> Household:
    """A household that has not ended, locked; ``early``: on a day before it began too, as the field reports it.

    Refuses: NotYours out of scope; WrongState where it has ended or was changed meanwhile; BadInput for a day before it
    began.
    """
    found = Household.objects.select_for_update(of=("self",)).filter(id=household_id).first()
    if found is None:
        raise NotYours
    if found.state == "ended":
        raise WrongState(N_("This household has ended; it can only be read."))
    refuse_changed(found, seen)
    if found.began_on and at.on < found.began_on and not early:
        raise BadInput(
            fields={"on": N_("The household began later, on %(began)s. Check the day, or correct when it began.")},
            began=found.began_on.isoformat(),
        )
    return found


def refuse_unborn(at: Desk, born_on: date | None) -> None:
    """Refuse with BadInput what somebody did, or what happened to them, before they were born."""
    if born_on and at.on < born_on:
        raise BadInput(fields={"on": N_("This is before the person was born. Please check the day.")})


def refuse_changed(record: Any, seen: int | None) -> None:
    """Refuse with Meanwhile where the record is no longer as it was on the screen."""
    if seen is not None and record.version != seen:
        raise Meanwhile(record)


def change(at: Desk, record: Any, **columns: Any) -> tuple[str, ...]:
    """Write those columns that differ, keep what stood there before, and count the version up.

    Values of sealed columns are given in the clear. A field that changed is fresh from the day told. Answers which
    columns changed.
    """
    changed = []
    for name, value in columns.items():
        if name in SEALED:
            if _reseal(at, record, name, value):
                changed.append(name)
        elif getattr(record, name) != value:
            _keep(at, record, name, _text(getattr(record, name)), _text(value))
            setattr(record, name, value)
            changed.append(name)
    if changed:
        record.version += 1
        more = ["version", *(INDEX_OF[name] for name in changed if name in INDEX_OF)]
        if fields := {FRESH[OF[type(record)], name] for name in changed if (OF[type(record)], name) in FRESH}:
            record.confirmed = {**record.confirmed, **dict.fromkeys(fields, at.on.isoformat())}
            more.append("confirmed")
        _save(at, record, (*changed, *more))
    return tuple(changed)


def unsure(record: Any, field: str) -> None:
    """A field that was only guessed is not confirmed by anybody: it is asked for next time."""
    record.confirmed = {name: day for name, day in record.confirmed.items() if name != field}
    record.save(update_fields=("confirmed",))


def last_found(at: Desk, done: UUID, record: Any, columns: Mapping[str, object]) -> None:
    """``done`` was undone: fields are as fresh as when the value that they hold again was written; empty ones not."""
    of = OF[type(record)]
    fields = {FRESH[of, name]: name for name in columns if (of, name) in FRESH}
    if not fields:
        return
    rows = Correction.objects.stood().filter(subject=record.id, field__in=[*fields.values(), ENTERED])
    rows = rows.exclude(act__in=(done, at.act.id))
    said = dict(rows.order_by("at", "no").values_list("field", "since_on"))
    entered = said.get(ENTERED)
    days = {
        field: day.isoformat() for field, name in fields.items()
        if getattr(record, name) not in (None, "") and (day := said.get(name, entered))
    }  # fmt: skip
    record.confirmed = {name: day for name, day in record.confirmed.items() if name not in fields} | days
    record.save(update_fields=("confirmed",))


def touch(record: Any) -> None:
    """Count the version up though no column changed: who lives there did."""
    record.version += 1
    record.save(update_fields=("version",))


def _save(at: Desk, record: Any, columns: tuple[str, ...]) -> None:
    """Write; where the record leaves its author's sight, through the one widening there is."""
    if at.scope.kind == "post" and not at.scope.covers(record.place):
        with handing_over(at.scope, record.place, record.place):
            record.save(update_fields=columns)
    else:
        record.save(update_fields=columns)


def _reseal(at: Desk, record: Any, column: str, value: str) -> bool:
    table = record._meta.db_table
    before = sealed.unseal(getattr(record, column), table, column, record.id)
    if before == value:
        return False
    row = at.child()
    _row(
        at, record, column, row,
        before_sealed=sealed.seal(before, "registry_correction", "before_sealed", row),
        after_sealed=sealed.seal(value, "registry_correction", "after_sealed", row),
    )  # fmt: skip
    setattr(record, column, sealed.seal(value, table, column, record.id))
    if column in INDEX_OF:
        setattr(record, INDEX_OF[column], sealed.index(value))
    return True


def _keep(at: Desk, record: Any, field: str, before: str, after: str) -> None:
    _row(at, record, field, at.child(), before=before, after=after)


def entered(at: Desk, record: Any) -> None:
    """Leave the mark that this act entered the record."""
    _row(at, record, ENTERED, at.child())


def marked(at: Desk, record: Any, field: str, *, ended: str = "", began: str = "") -> None:
    """Leave the mark that by this act a duty or a flag ended or began, so that it can be taken back."""
    _keep(at, record, field, ended, began)


def _row(at: Desk, record: Any, field: str, row: UUID, **values: Any) -> None:
    household = record.id if isinstance(record, Household) else getattr(record, "household_id", None)
    Correction(
        id=row, act=at.act.id, no=at.count, of=OF[type(record)], subject=record.id, place=record.place,
        household=household, field=field, since_on=at.on, source=at.told.source[:40], at=at.act.at, **values,
    ).save(force_insert=True)  # fmt: skip


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def living(household: Household) -> list[Person]:
    """Who lives in it now, locked, the head first, then by age."""
    people = list(Person.objects.select_for_update(of=("self",)).filter(household_id=household.id).order_by("id"))
    return sorted(people, key=lambda one: (one.id != household.head_id, one.born_on or date.max))


def lived(inside: Iterable[Person]) -> str:
    """What a household is by those who live in it: lived in where somebody is at home, else away; empty without any."""
    states = {one.state for one in inside}
    return "lived" if "here" in states else "away" if states else "empty"
