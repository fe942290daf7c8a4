"""Units set up, changed, ended, and what a Party group takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import inside
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotYours, WrongState
from commongrid.roster.actions.posts import already_there
from commongrid.roster.models import FormerUnit, Function, Post, Unit, UnitCover
from commongrid.roster.queries import units_over
from commongrid.roster.rules import UNIT_TYPES_AT, may_set_up
from commongrid.territory.queries import place as place_row
from commongrid.territory.queries import places as places_by_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

NAME_LENGTH, PHONE_LENGTH = 80, 40
INSIDE_A_VILLAGE = ("natural_village", "villager_group", "grid")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit to set up: where, what kind, its names, its function, above it whom."""

    place: int
    type: str
    name_zh: str
    valid_from: date
    name_en: str = ""
    function: str = ""
    parent: UUID | None = None
    master: UUID | None = None
    outside_command: bool = False
    office_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNow:
    """What may be changed of a unit, all of it as it is to be."""

    name_zh: str
    name_en: str = ""
    function: str = ""
    parent: UUID | None = None
    master: UUID | None = None
    office_phone: str = ""


@action("roster.unit_added", power="posts.appoint", facts=("type", "function"), kinds=("post", "clock"))
def add_unit(scope: Scope, act: Act, *, unit: NewUnit) -> Line:
    """Set up a unit at a place. One unit answers for a function at a place.

    Refuses: NotYours for a place out of scope; NotAllowed where the level may
    not set up units of the type; BadInput for an unknown type or function, a type that does
    not sit there, or no name; WrongState where the function is taken.
    """
    if not scope.covers(unit.place):
        raise NotYours
    _refuse_level(scope, unit.type)
    _refuse_form(scope, unit)
    with already_there():
        Unit.objects.create(
            id=act.id,
            place=unit.place,
            type=unit.type,
            name_zh=" ".join(unit.name_zh.split()),
            name_en=" ".join(unit.name_en.split()),
            function_id=unit.function or None,
            parent_id=unit.parent,
            master_id=unit.master,
            outside_command=unit.outside_command,
            office_phone=unit.office_phone.strip(),
            valid_from=unit.valid_from,
        )
    return Line(
        place=unit.place,
        subject=act.id,
        subject_kind="unit",
        unit=act.id,
        facts={"type": unit.type, "function": unit.function},
        answer={"unit": act.id},
    )


@action("roster.unit_ended", power="posts.appoint", facts=("on",), kinds=("post", "clock"))
def end_unit(scope: Scope, act: Act, *, unit_id: UUID, on: date, to_unit: UUID | None = None) -> Line:
    """End a unit on a day. What it still holds then goes to ``to_unit``, else back to the centre above.

    Refuses: NotYours out of scope; WrongState while anybody holds a post in it
    on that day, or once ended; BadInput for a unit to follow that has ended or
    is not responsible there.
    """
    unit = _to_change(scope, unit_id)
    if unit.valid_to is not None:
        raise WrongState(N_("This unit has already ended."))
    if Post.objects.filter(in_force(on), unit=unit).exists():
        raise WrongState(N_("People still hold posts in this unit. End or move those posts first."))
    if to_unit is not None:
        follows = Unit.objects.filter(valid(on), id=to_unit).exclude(id=unit.id).first()
        if follows is None or not inside(unit.place, follows.place):
            raise BadInput(fields={"to_unit": N_("Choose a unit that is still there then, at this place or above it.")})
        unit.successor_id = to_unit
    unit.valid_to = max(on, unit.valid_from)
    unit.save(update_fields=["valid_to", "successor"])
    _cut(_covers_after(unit, unit.valid_to), unit.valid_to)
    return Line(
        place=unit.place,
        subject=unit.id,
        subject_kind="unit",
        unit=unit.id,
        facts={"on": unit.valid_to},
        answer={"unit": unit.id},
    )


@action("roster.unit_changed", power="posts.appoint", facts=("columns", "function"), kinds=("post", "clock"))
def change_unit(scope: Scope, act: Act, *, unit_id: UUID, now: UnitNow) -> Line:
    """Give a unit another name, phone, function or unit above it, from now on; what it was stays to be read.

    Refuses: NotYours out of scope; NotAllowed where the level may not; BadInput
    as for a new unit, or for a unit above that stands below; WrongState where
    nothing would be different, the function is taken, or the unit has ended.
    """
    unit = _to_change(scope, unit_id)
    if unit.valid_to is not None and unit.valid_to <= localdate():
        raise WrongState(N_("This unit has already ended."))
    form = NewUnit(
        place=unit.place, type=unit.type, valid_from=max(unit.valid_from, localdate()), name_zh=now.name_zh,
        name_en=now.name_en, function=now.function, parent=now.parent, master=now.master,
        office_phone=now.office_phone,
    )  # fmt: skip
    _refuse_form(scope, form)
    for field, above in (("parent", now.parent), ("master", now.master)):
        if above is not None and unit.id in units_over(scope, above):
            raise BadInput(fields={field: N_("This unit stands below the one you change. Choose another.")})
    given = {
        "name_zh": " ".join(now.name_zh.split()), "name_en": " ".join(now.name_en.split()),
        "function_id": now.function or None, "parent_id": now.parent, "master_id": now.master,
        "office_phone": now.office_phone.strip(),
    }  # fmt: skip
    was = {name: getattr(unit, name) for name in given}
    columns = [name.removesuffix("_id") for name in given if given[name] != was[name]]
    if not columns:
        raise WrongState(N_("Nothing was changed."))
    FormerUnit.objects.create(id=act.id, unit=unit, place=unit.place, at=act.at, **was)
    with already_there():
        for name, value in given.items():
            setattr(unit, name, value)
        unit.save(update_fields=list(given))
    return Line(
        place=unit.place, subject=unit.id, subject_kind="unit", unit=unit.id,
        facts={"columns": columns, "function": now.function}, answer={"unit": unit.id},
    )  # fmt: skip


@action("roster.unit_covers", power="posts.appoint", facts=("areas", "on"), kinds=("post", "clock"))
def cover(scope: Scope, act: Act, *, unit_id: UUID, places: tuple[int, ...], on: date) -> Line:
    """Say what a Party group takes in from a day on: natural villages, villager groups and grids of its village.

    What it took in before and is not named ends on that day; the former rows stay.

    Refuses: NotYours out of scope; NotAllowed where the level may not; BadInput
    for a unit of another type, a place outside its village, or a day gone by;
    WrongState for a group that has ended by then.
    """
    unit = _to_change(scope, unit_id)
    wanted = set(places)
    outside = N_("Choose natural villages, villager groups or grids of the Party group's village.")
    there = {
        code for code, row in places_by_code(scope, wanted).items() if row.level in INSIDE_A_VILLAGE and not row.ended
    }
    if unit.type != "party_group" or there != wanted or not all(inside(one, unit.place) for one in wanted):
        raise BadInput(fields={"covers": outside})
    if on < localdate():
        raise BadInput(fields={"on": N_("Choose today or a later day: what was taken in until then stays as it was.")})
    if not unit.valid_from <= on or (unit.valid_to is not None and unit.valid_to <= on):
        raise WrongState(N_("This unit is not there on that day."))
    stays = _covers_after(unit, on).filter(place__in=wanted, valid_from__lte=on)
    kept = set(stays.values_list("place", flat=True))
    _cut(_covers_after(unit, on).exclude(place__in=kept, valid_from__lte=on), on)
    with already_there():
        stays.filter(valid_to__isnull=False).update(valid_to=None)
        for one in sorted(wanted - kept):
            UnitCover.objects.create(id=act.child(f"cover {one}").id, unit=unit, place=one, valid_from=on)
    return Line(
        place=unit.place, subject=unit.id, subject_kind="unit", unit=unit.id,
        facts={"areas": len(wanted), "on": on}, answer={"unit": unit.id},
    )  # fmt: skip


def _to_change(scope: Scope, unit_id: UUID) -> Unit:
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None or not scope.covers(unit.place):
        raise NotYours
    _refuse_level(scope, unit.type)
    return unit


def _refuse_level(scope: Scope, type_: str) -> None:
    if scope.kind == "post" and not may_set_up(scope.level, type_):
        raise NotAllowed


def _covers_after(unit: Unit, on: date) -> QuerySet[UnitCover]:
    """What a unit takes in on a day or later."""
    return UnitCover.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)


def _cut(covers: Iterable[UnitCover], on: date) -> None:
    for one in covers:
        one.valid_to = max(on, one.valid_from)
        one.save(update_fields=["valid_to"])


def _refuse_form(scope: Scope, unit: NewUnit) -> None:
    where = place_row(scope, unit.place)
    if unit.type not in UNIT_TYPES_AT.get(where.level, ()):
        raise BadInput(fields={"type": N_("A unit of this type does not sit at a place of this level.")})
    if not 1 <= len(unit.name_zh.strip()) <= NAME_LENGTH or len(unit.name_en) > NAME_LENGTH:
        raise BadInput(fields={"name_zh": N_("Enter the unit's name, at most 80 characters.")})
    if len(unit.office_phone.strip()) > PHONE_LENGTH:
        raise BadInput(fields={"office_phone": N_("This is too long.")})
    if unit.function and not Function.objects.filter(valid(unit.valid_from), code=unit.function).exists():
        raise BadInput(fields={"function": N_("Choose a function from the list.")})
    above = {one for one in (unit.parent, unit.master) if one is not None}
    if Unit.objects.filter(valid(unit.valid_from), id__in=above).count() != len(above):
        raise BadInput(fields={"parent": N_("Choose a unit from the list.")})
