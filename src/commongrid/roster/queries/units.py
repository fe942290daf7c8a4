"""Units: departments, stations, offices, and which of them answers for a field of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.timezone import localdate

from commongrid.journal.dated import valid
from commongrid.kernel.places import county_of, interval, parent_of
from commongrid.kernel.refusals import NotFound
from commongrid.roster.models import FormerUnit, Function, Unit, UnitCover

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit as others see it."""

    id: UUID
    place: int
    type: str
    zh: str
    en: str
    function: str
    parent: UUID | None
    master: UUID | None
    outside_command: bool
    office_phone: str
    successor: UUID | None
    valid_from: date
    valid_to: date | None

    def label(self, lang: str) -> str:
        """The name in the language asked for, where there is one."""
        return (self.en if lang == "en" else "") or self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """How a unit was until a change; ``act`` is the change's."""

    act: UUID
    zh: str
    en: str
    function: str
    parent: UUID | None
    master: UUID | None
    office_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRow:
    """That a Party group takes in a place of its village, from a day until before another."""

    unit: UUID
    place: int
    valid_from: date
    valid_to: date | None

    def holds(self, day: date) -> bool:
        """Whether it is so on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRow:
    """A field of work that units share."""

    code: str
    zh: str
    en: str

    def label(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.zh


def functions(scope: Scope, on: date | None = None) -> dict[str, FunctionRow]:
    """Fields of work in force by code, in their order."""
    found = Function.objects.filter(valid(on or localdate())).order_by("position", "code")
    return {code: FunctionRow(code=code, zh=zh, en=en) for code, zh, en in found.values_list("code", "zh", "en")}


def unit(scope: Scope, unit_id: UUID) -> UnitRow:
    """One unit, in force or not. Refuses NotFound."""
    found = Unit.objects.filter(id=unit_id).first()
    if found is None:
        raise NotFound
    return _row(found)


def lives(scope: Scope, unit_id: UUID, on: date | None = None) -> bool:
    """Whether a unit is in force on a day."""
    return Unit.objects.filter(valid(on or localdate()), id=unit_id).exists()


def dissolved(scope: Scope, on: date | None = None) -> list[UUID]:
    """Units that have ended by a day."""
    return list(Unit.objects.filter(valid_to__lte=on or localdate()).order_by("id").values_list("id", flat=True))


def successor(scope: Scope, unit_id: UUID | None, on: date | None = None) -> UnitRow | None:
    """The unit named to take over what an ended one holds, or whoever follows that one; None where nobody does."""
    seen: set[UUID] = set()
    while unit_id is not None and unit_id not in seen:
        seen.add(unit_id)
        unit_id = Unit.objects.filter(id=unit_id).values_list("successor_id", flat=True).first()
        found = Unit.objects.filter(valid(on or localdate()), id=unit_id).first() if unit_id else None
        if found is not None:
            return _row(found)
    return None


def units_by_id(scope: Scope, ids: Iterable[UUID]) -> dict[UUID, UnitRow]:
    """These units, in force or not, in one query; none for none."""
    wanted = set(ids)
    return {one.id: _row(one) for one in Unit.objects.filter(id__in=wanted)} if wanted else {}


def units_over(scope: Scope, unit_id: UUID, on: date | None = None) -> tuple[UUID, ...]:
    """The unit and everything it answers to: its parent and master, and theirs."""
    day = on or localdate()
    found: set[UUID] = set()
    waiting = {unit_id}
    while waiting:
        found |= waiting
        above = Unit.objects.filter(valid(day), id__in=waiting).values_list("parent", "master")
        waiting = {one for pair in above for one in pair if one is not None} - found
    return tuple(sorted(found))


def units(
    scope: Scope, *, place: int | None = None, within: int | None = None, function: str = "", on: date | None = None
) -> list[UnitRow]:
    """Units in force, by place and name: at exactly ``place``, or anywhere ``within`` one; perhaps of one function."""
    found = Unit.objects.filter(valid(on or localdate()))
    if place is not None:
        found = found.filter(place=place)
    if within is not None:
        found = found.filter(place__range=interval(within))
    if function:
        found = found.filter(function=function)
    return [_row(one) for one in found.order_by("place", "type", "name_zh", "id")]


def unit_for(scope: Scope, function: str, place: int, on: date | None = None) -> UnitRow | None:
    """The unit that answers for a field of work at exactly this place, or None."""
    return next(iter(units(scope, place=place, function=function, on=on)), None)


def unit_above(scope: Scope, function: str, place: int, on: date | None = None) -> UnitRow | None:
    """The nearest unit of that function at the place or above it, up to the county."""
    chain = [place]
    while (above := parent_of(chain[-1])) is not None and above >= (county_of(place) or above):
        chain.append(above)
    nearness = Case(*(When(place=code, then=Value(n)) for n, code in enumerate(chain)), output_field=IntegerField())
    found = Unit.objects.filter(valid(on or localdate()), place__in=chain, function=function)
    first = found.order_by(nearness).first()
    return _row(first) if first else None


def stations_of(scope: Scope, master: UUID, *, within: int | None = None, on: date | None = None) -> list[UnitRow]:
    """The township stations that answer to a county department."""
    found = Unit.objects.filter(valid(on or localdate()), master=master)
    if within is not None:
        found = found.filter(place__range=interval(within))
    return [_row(one) for one in found.order_by("place", "id")]


def units_under(scope: Scope, unit_id: UUID, on: date | None = None) -> list[UnitRow]:
    """The units in force that answer to one, as part of it or as its stations."""
    found = Unit.objects.filter(Q(parent=unit_id) | Q(master=unit_id), valid(on or localdate()))
    return [_row(one) for one in found.order_by("place", "name_zh", "id")]


def former(scope: Scope, unit_id: UUID) -> dict[UUID, Former]:
    """How a unit was before each change, by the change's act."""
    return {
        one.id: Former(
            act=one.id, zh=one.name_zh, en=one.name_en, function=one.function_id or "", parent=one.parent_id,
            master=one.master_id, office_phone=one.office_phone,
        )
        for one in FormerUnit.objects.filter(unit=unit_id)
    }  # fmt: skip


def party_groups(scope: Scope, village: int, on: date | None = None) -> list[UnitRow]:
    """The Party groups of a village, those to come too."""
    day = on or localdate()
    found = Unit.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), place=village, type="party_group")
    return [_row(one) for one in found.order_by("name_zh", "id")]


def covers(scope: Scope, units_asked: Iterable[UUID]) -> list[CoverRow]:
    """What these units take in, took in and are to take in, by place and day."""
    found = UnitCover.objects.filter(unit__in=set(units_asked)).exclude(valid_to__lte=F("valid_from"))
    columns = ("unit", "place", "valid_from", "valid_to")
    return [CoverRow(**row) for row in found.order_by("place", "valid_from", "unit").values(*columns)]


def _row(found: Unit) -> UnitRow:
    return UnitRow(
        id=found.id,
        place=found.place,
        type=found.type,
        zh=found.name_zh,
        en=found.name_en,
        function=found.function_id or "",
        parent=found.parent_id,
        master=found.master_id,
        outside_command=found.outside_command,
        office_phone=found.office_phone,
        successor=found.successor_id,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
    )
