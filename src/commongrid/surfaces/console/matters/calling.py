"""Several at once on the page of a matter: whom to call, its parts and meetings, and what is printed for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.queries import MatterDetail
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import forms, present, words
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.surfaces.console.matters.panel import Choice

SEVERAL: Final = ("split", "call_meeting")
"""Steps that name several units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """A part as the whole's page shows it."""

    shown: present.Shown
    name: str
    attended: str
    tone: str
    answer: str


def chosen(form: forms.Step) -> list[str]:
    """The units ticked in a form that was sent."""
    return list(form.data.getlist("units")) if isinstance(form.data, QueryDict) else []


def draft_of(m: MatterDetail) -> str:
    """What the unit answered last, for the centre to pass on."""
    return next((note.text for note in reversed(m.notes) if note.sort == "draft"), "")


def more(scope: Scope, m: MatterDetail, code: str) -> dict[str, Any]:
    """What a form of this topic needs beside what was typed."""
    if code == "pass_on":
        return {"initial": {"answer": draft_of(m)}}
    return {"called": called(scope, m)} if code == "attend" else {}


def called(scope: Scope, m: MatterDetail) -> list[tuple[str, str]]:
    """Those who were called to a meeting: their parts and names."""
    parts = [one for one in queries.parts_of(scope, m.row.id) if one.meeting is not None]
    names = roster.units_by_id(scope, {one.unit for one in parts if one.unit})
    lang = language()
    return [(str(one.row.id), names[one.unit].label(lang)) for one in parts if one.unit in names]


def choices_for(scope: Scope, m: MatterDetail, offered: Iterable[Choice], chosen: Collection[str]) -> list[Choice]:
    """Units of this centre's place first, then the county's departments; none outside its command."""
    from commongrid.surfaces.console.matters.panel import Choice  # the panel asks this module for its choices

    found = [replace(one, value=one.value[5:], checked=False) for one in offered if one.value.startswith("unit:")]
    found = [one for one in found if not one.outside]
    known = {one.value for one in found}
    county = enclosing(m.row.place, "county")
    if county is not None and county != scope.place:
        leads = queries.work_list(scope, kind_code=m.row.kind.code, level="county", place=m.row.place)
        functions, units = {row.function for row in leads if row.function}, {row.unit for row in leads}
        off = _("County department; not on the work list for this: give a reason")
        for unit in roster.units(scope, place=county):
            if unit.outside_command or str(unit.id) in known or unit.type not in ("department", "office"):
                continue
            is_lead = unit.id in units or bool(unit.function and unit.function in functions)
            why = _("County department; the work list says it leads this kind") if is_lead else off
            found.append(Choice(value=str(unit.id), name=unit.label(language()), why=why, off_list=not is_lead))
    return [replace(one, checked=one.value in chosen) for one in found]


def card(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """Parts and meetings of a matter; of a part, the whole it belongs to and the meeting it was called to."""
    whole = m.row.parent_id or m.row.id
    meetings = queries.meetings_of(scope, whole) if m.row.parent_id or m.row.state == "split" or _was_split(m) else []
    parts = queries.parts_of(scope, m.row.id) if m.row.state == "split" or _was_split(m) else []
    names = roster.units_by_id(scope, {one.unit for one in parts if one.unit})
    return {
        "meetings": meetings,
        "parts_shown": [_part(scope, one, names) for one in parts],
        "parts_done": sum(one.answered for one in parts),
        "whole": whole if m.row.parent_id else None,
        "outside_letter": m.row.state == "asked" and scope.may("matters.divert"),
    }


def _was_split(m: MatterDetail) -> bool:
    return any(line.name in ("matters.split", "matters.meeting_called") for line in m.history)


def _part(scope: Scope, one: queries.PartRow, names: dict[UUID, roster.UnitRow]) -> PartShown:
    unit = names.get(one.unit) if one.unit else None
    came = {True: (_("came"), "ok"), False: (_("did not come"), "late")}
    attended = came[one.attended] if one.attended is not None else (_("called"), "") if one.meeting else ("", "")
    return PartShown(
        shown=present.shown(scope, one.row), name=unit.label(language()) if unit else one.row.number,
        attended=attended[0], tone=attended[1], answer=one.answer,
    )  # fmt: skip


@door("matters.divert")
def summons(request: Asked, matter_id: UUID) -> HttpResponse:
    """The call to a joint meeting on paper: who, when, where, what about; logged as a print."""
    m = queries.matter(request.scope, matter_id)
    meeting = next(iter(queries.meetings_of(request.scope, matter_id)), None)
    called_for = meeting.id if meeting else None
    parts = [one for one in queries.parts_of(request.scope, matter_id) if one.meeting and one.meeting == called_for]
    names = roster.units_by_id(request.scope, {one.unit for one in parts if one.unit})
    lang = language()
    return _printed(
        request, m, "console/matters/summons.html",
        {"meeting": meeting, "units": [one.label(lang) for one in names.values()], "note": _word(m)},
    )  # fmt: skip


@door("matters.divert")
def letter(request: Asked, matter_id: UUID) -> HttpResponse:
    """The letter to a body outside the county's command: what is asked and by when an answer is hoped for."""
    m = queries.matter(request.scope, matter_id)
    unit = roster.unit(request.scope, m.row.unit) if m.row.state == "asked" and m.row.unit else None
    reminded = sum(line.name == "matters.reminded" for line in m.history)
    asked = m.orders[-1].ordered_at if m.orders else m.row.opened_at
    return _printed(
        request, m, "console/matters/letter.html",
        {
            "unit": unit.label(language()) if unit else "", "reminded": reminded, "asked_at": asked,
            "note": _word(m),
        },
    )  # fmt: skip


def _word(m: MatterDetail) -> str:
    return next((note.text for note in reversed(m.notes) if note.sort == "word"), "")


def _printed(request: Asked, m: MatterDetail, template: str, more: dict[str, Any]) -> HttpResponse:
    centre = territory.places(request.scope, [request.scope.place or 0]).get(request.scope.place or 0)
    name = centre.label(language()) if centre else ""
    about = Access(event="printed", about=template.rpartition("/")[2][:-5], subject_kind="matter", subject=m.row.id)
    accounts.log_access(request.scope, Act.new(), access=about)
    shown = present.shown(request.scope, m.row)
    context = {"m": m, "shown": shown, "centre": words.say(words.OWNERS, "township") % {"place": name}, **more}
    return render(request, template, {**context, "today": timezone.localdate()})


urlpatterns = [
    path("<uuid:matter_id>/summons", summons, name="matter_summons"),
    path("<uuid:matter_id>/letter", letter, name="matter_letter"),
]
