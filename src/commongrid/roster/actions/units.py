"""Units set up, ended, and what a Party group takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import inside
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotYours, WrongState
from commongrid.roster.actions.posts import already_there
from commongrid.roster.models import Function, Post, Unit, UnitCover
from commongrid.roster.rules import UNIT_TYPES_AT
from commongrid.territory.queries import place as place_row

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

NAME_LENGTH = 80


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


@action("roster.unit_added", power="posts.appoint", facts=("type", "function"), kinds=("post", "clock"))
def add_unit(scope: Scope, act: Act, *, unit: NewUnit) -> Line:
    """Set up a unit at a place. One unit answers for a function at a place.

    Refuses: NotYours for a place out of scope; NotAllowed where the level may
    not set up units; BadInput for an unknown type or function, a type that does
    not sit there, or no name; WrongState where the function is taken.
    """
    if not scope.covers(unit.place):
        raise NotYours
    if scope.kind == "post" and scope.level not in {"county", "township"}:
        raise NotAllowed
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
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None or not scope.covers(unit.place):
        raise NotYours
    if scope.kind == "post" and scope.level not in {"county", "township"}:
        raise NotAllowed
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
    return Line(
        place=unit.place,
        subject=unit.id,
        subject_kind="unit",
        unit=unit.id,
        facts={"on": unit.valid_to},
        answer={"unit": unit.id},
    )


@action("roster.unit_covers", power="posts.appoint", facts=("place",), kinds=("post", "clock"))
def cover(scope: Scope, act: Act, *, unit_id: UUID, place: int, from_on: date) -> Line:
    """Have a Party group take in a natural village or villager group of its village.

    Refuses: NotYours out of scope; BadInput for a unit of another type or a place outside its village.
    """
    unit = Unit.objects.filter(valid(from_on), id=unit_id).first()
    if unit is None or not scope.covers(unit.place):
        raise NotYours
    row = place_row(scope, place)
    if unit.type != "party_group" or not inside(place, unit.place) or row.level == "village":
        raise BadInput(fields={"place": N_("Choose a natural village or villager group of the Party group's village.")})
    with already_there():
        UnitCover.objects.create(id=act.id, unit=unit, place=place, valid_from=from_on)
    return Line(
        place=place,
        subject=unit.id,
        subject_kind="unit",
        unit=unit.id,
        facts={"place": place},
        answer={"cover": act.id},
    )


def _refuse_form(scope: Scope, unit: NewUnit) -> None:
    where = place_row(scope, unit.place)
    if unit.type not in UNIT_TYPES_AT.get(where.level, ()):
        raise BadInput(fields={"type": N_("A unit of this type does not sit at a place of this level.")})
    if not 1 <= len(unit.name_zh.strip()) <= NAME_LENGTH or len(unit.name_en) > NAME_LENGTH:
        raise BadInput(fields={"name_zh": N_("Enter the unit's name, at most 80 characters.")})
    if unit.function and not Function.objects.filter(valid(unit.valid_from), code=unit.function).exists():
        raise BadInput(fields={"function": N_("Choose a function from the list.")})
    above = {one for one in (unit.parent, unit.master) if one is not None}
    if Unit.objects.filter(valid(unit.valid_from), id__in=above).count() != len(above):
        raise BadInput(fields={"parent": N_("Choose a unit from the list.")})
