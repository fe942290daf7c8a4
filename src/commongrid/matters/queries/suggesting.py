"""Whom to divert to, with the reason: who leads the kind, who did the last one, what lies below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, Order
from commongrid.matters.queries.vocabulary import LeadRow, kind_version, work_list
from commongrid.roster.models import Unit
from commongrid.territory import queries as territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A unit or place to divert to. ``why``: leads, decided, precedent, on_list or below.

    ``lead`` is the work list's row, ``at`` when the precedent was.
    """

    unit: UUID | None
    place: int
    zh: str
    en: str
    why: str
    list: str = ""
    outside_command: bool = False
    lead: UUID | None = None
    at: datetime | None = None

    def label(self, lang: str) -> str:
        """The name in the language asked for, where there is one."""
        return (self.en if lang == "en" else "") or self.zh


def suggestions(scope: Scope, matter_id: UUID) -> list[Suggestion]:
    """Whom this post may divert the matter to, the best first, each with its reason: four queries.

    Units that may take it at this post's level come with why "on_list" or, off
    the list, "" (a reason is needed); levels below with why "below".

    Refuses: NotFound outside the scope.
    """
    with acting(scope):
        m = (
            Matter.objects.filter(id=matter_id)
            .values("place", "kind_id", "kind_code", "barred_unit", "barred_place", "accused_unit")
            .first()
        )
        if m is None:
            raise NotFound
        level, place = scope.level if scope.level in ("township", "county") else "", m["place"]
        seat = enclosing(place, level) if level else None  # type: ignore[arg-type]
        leads = work_list(scope, kind_code=m["kind_code"], level=level, place=place) if level else ()
        last = _precedent(m["kind_code"], seat, matter_id) if seat else None
        found = [_unit(unit, leads, last) for unit in _units(seat) if _may_take(unit, m)] if seat else []
        kind = kind_version(scope, m["kind_id"])
        found += [] if kind.routed_round or kind.sealed else _below(scope, place, m["barred_place"])
    return sorted(found, key=lambda one: (_RANKS[one.why], one.zh))


def _may_take(unit: Unit, m: Mapping[str, Any]) -> bool:
    """Not the former handler of a reopened matter, nor whom a complaint is about or who answers to them."""
    over = (unit.id, unit.parent_id, unit.master_id)
    return unit.id != m["barred_unit"] and (m["accused_unit"] is None or m["accused_unit"] not in over)


_RANKS = {"decided": 0, "leads": 1, "precedent": 2, "below": 3, "": 4}


def _units(place: int) -> list[Unit]:
    return list(Unit.objects.filter(place=place, valid_to=None).exclude(type="party_group").order_by("name_zh", "id"))


def _precedent(kind_code: str, place: int, but: UUID) -> tuple[UUID, datetime] | None:
    """The unit at this place that answered the last one of the kind, and when."""
    found = (
        Order.objects.filter(matter__kind_code=kind_code, place=place, unit__isnull=False, outcome="answered")
        .exclude(matter_id=but)
        .order_by("-ended_at")
        .values_list("unit", "ended_at")
        .first()
    )
    return (found[0], found[1]) if found is not None and found[0] is not None and found[1] is not None else None


def _unit(unit: Unit, leads: tuple[LeadRow, ...], last: tuple[UUID, datetime] | None) -> Suggestion:
    lead = next((row for row in leads if row.unit == unit.id), None)
    why = "decided" if lead else ""
    if lead is None and unit.function_id:
        lead = next((row for row in leads if row.function == unit.function_id), None)
        why = "leads" if lead else ""
    if not why and last and last[0] == unit.id:
        why = "precedent"
    return Suggestion(
        unit=unit.id, place=unit.place, zh=unit.name_zh, en=unit.name_en, why=why, list=lead.list if lead else "",
        outside_command=unit.outside_command, lead=lead.id if lead else None,
        at=last[1] if last and last[0] == unit.id else None,
    )  # fmt: skip


def _below(scope: Scope, place: int, barred: int | None) -> list[Suggestion]:
    """The levels below this post that the matter lies in, and for a village its grids."""
    wanted = [enclosing(place, level) for level in ("township", "village")]
    codes = [code for code in wanted if code and code != scope.place and scope.lo <= code <= scope.hi]
    named = territory.places(scope, codes)
    rows = [named[code] for code in codes if code in named]
    if scope.level == "village" and scope.place is not None:
        rows = territory.children(scope, scope.place, level="grid")
    return [
        Suggestion(unit=None, place=row.code, zh=row.name, en=row.name_en, why="below")
        for row in rows
        if row.code != barred
    ]
