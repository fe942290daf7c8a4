"""Fields corrected, or found still true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.journal.dated import valid
from commongrid.kernel.identity import id_number
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.registry.actions.desk import (
    TABLES,
    Desk,
    change,
    desk,
    home,
    refuse_changed,
)
from commongrid.registry.actions.people import ELSEWHERE, refuse_places
from commongrid.registry.actions.regridding import carry_homes
from commongrid.registry.actions.stays import Turn, turn_stay
from commongrid.registry.models import Code, Person
from commongrid.registry.rules.facts import HEADS, Told
from commongrid.registry.rules.fields import BELONGS, FIELDS, read_fields

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


IN_A_BOOKLET = N_(
    "The person stands in a booklet, and is registered where that is. Enter them into another booklet instead, or say "
    "that the registration moved away."
)


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
    moved = {name: value for name, value in values.items() if name in BELONGS and value != getattr(record, name)}
    refuse_places(at.scope, cast("dict[str, int | None]", moved), near=record.place)
    if "registered_place" in moved and record.booklet_id is not None:
        raise BadInput(fields={"registered_place": IN_A_BOOKLET})
    moved_from = getattr(record, "natural_village", None)
    columns = {FIELDS[fields.of][name].kept_in: value for name, value in values.items()}
    columns |= follows(fields.of, values)
    try:
        with transaction.atomic():
            changed = change(at, record, **columns)
    except IntegrityError as error:
        raise taken(error) from None
    if "as_in_home" in changed:
        turn_stay(at, record, home(at, record.household_id), Turn(as_to_head=record.as_in_home, why="corrected"))
    if "natural_village" in changed and record.place == moved_from:
        change(at, record, place=record.natural_village)  # no grid serves it
        carry_homes(at.scope, {record.id: record.place}, at.on)
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


def _open(of: str, subject: UUID, seen: int | None) -> Any:
    record = locked(of, subject)
    if getattr(record, "ended_on", None) is not None:
        raise WrongState(N_("This record has ended; it can only be read."))
    refuse_changed(record, seen)
    return record


def locked(of: str, subject: UUID) -> Any:
    """A record of any kind, locked. Refuses: NotFound for an unknown kind; NotYours out of scope."""
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
        Code.objects.filter(valid(localdate()), list__in={one for one, _ in wanted.values()}).values_list(
            "list", "code"
        )
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
    """These fields were found true on a day; one that was found true later stays so."""
    record.confirmed = record.confirmed | {name: max(day, record.confirmed.get(name, "")) for name in fields}
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
