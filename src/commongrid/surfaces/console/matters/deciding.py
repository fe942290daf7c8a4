"""Deciding on a returned order: the form with the day until which it holds, and what its row changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from commongrid.matters.actions import Basis
from commongrid.matters.queries.deciding import DecisionEffect, decision_effect
from commongrid.matters.queries.vocabulary import kind
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import words as said
from commongrid.surfaces.console.matters.forms import Step, Target, words
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.vocabulary import LeadRow


class Decide(Target):
    """Decide on a returned order."""

    words_field: ClassVar[str] = "basis"
    basis = words(
        _("Basis of the decision"),
        _("It becomes a row of the work list, so that the question is asked only once."),
        missing=_("Say on what basis you decide."),
        rows=3,
    )
    until = forms.DateField(
        label=_("Last day it holds for others"),
        required=False,
        help_text=_("Empty: until the work list is changed. Afterwards the former rows hold again."),
        widget=forms.DateInput(attrs={"type": "date", "class": "middle"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Choose a day, such as 2026-11-30.")},
    )

    def arguments(self) -> dict[str, Any]:
        """Whom it goes to, and the basis with its last day."""
        basis = Basis(words=self.cleaned_data["basis"], until=self.cleaned_data["until"])
        return {**super().arguments(), "basis": basis}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a decision would change, in words; without ``row`` no row of the work list begins."""

    row: DecisionEffect | None
    kind: str = ""
    level: str = ""
    place: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None
    ends: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def preview(scope: Scope, matter_id: UUID, form: Step) -> Preview:
    """What the decision as typed would change beside this matter."""
    unit = form.arguments().get("unit_id")
    until = form.cleaned_data["until"]
    effect = decision_effect(scope, matter_id, unit, until) if unit is not None else None
    if effect is None:
        return Preview(row=None)
    lang = language()
    rows = (*effect.ends, *effect.rests, *effect.after)
    units = roster.units_by_id(scope, {effect.unit, *(row.unit for row in rows if row.unit)})
    functions = roster.functions(scope)

    def name(row: LeadRow) -> str:
        if row.unit:
            return units[row.unit].label(lang) if row.unit in units else ""
        one = functions.get(row.function)
        return ((one.en if lang == "en" else "") or one.zh) if one else row.function

    place = territory.places(scope, [effect.place]).get(effect.place)
    return Preview(
        row=effect, kind=kind(scope, effect.kind_code).label(lang), level=said.say(said.LIST_LEVELS, effect.level),
        place=place.label(lang) if place else "", unit=units[effect.unit].label(lang), since=localdate(),
        until=until, ends=tuple(map(name, effect.ends)), rests=tuple(map(name, effect.rests)),
        after=tuple(map(name, effect.after)),
    )  # fmt: skip
