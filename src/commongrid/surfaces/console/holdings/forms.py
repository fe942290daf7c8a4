"""Forms of sites, things and organisations, made from what the register knows of their fields."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.registry.rules.fields import FIELDS, Field
from commongrid.surfaces.console.register.forms import ToldForm
from commongrid.surfaces.console.register.picking import people_choices
from commongrid.surfaces.console.register.words import choices
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import PersonRow

Names = dict[str, list[tuple[str, str]]]
"""People and sites that a form offers."""
PLACES: Final = "place"
NEEDED: Final = {("organisation", "name")}
"""Fields that a record can't do without, besides its kind."""
LATER: Final = ("next_check_on",)
"""Fields that follow from an act and are asked for only when the record is corrected."""


def label(field: Field) -> str:
    """What a field is called in the reader's language."""
    return field.zh if language() == "zh" else field.en


def typed(value: object) -> str:
    """A value as the form holds it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return value.isoformat() if isinstance(value, date) else str(value)


class HoldingForm(ToldForm):
    """One site, thing or organisation; every fault is said by the register's own rules."""

    def __init__(self, *args: Any, of: str, scope: Scope, names: Names, **kwargs: Any) -> None:
        """With a field for each that the record has; ``names`` offers people and sites."""
        super().__init__(*args, **kwargs)
        self.of = of
        for name, field in FIELDS[of].items():
            self.fields[name] = _control(field, scope, names, needed=(of, name) in NEEDED or name == "kind")
        self.order_fields([PLACES, *FIELDS[of], "on", "source", "seen"])
        for name in FIELDS[of]:
            if not isinstance(self.fields[name].widget, forms.CheckboxInput):
                self.fields[name].widget.attrs["class"] = "control"

    def written(self, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """What was typed, by field; beside a record only what differs from it."""
        given = {
            name: "1" if (value := self.cleaned_data[name]) is True else "" if value is False else value
            for name in FIELDS[self.of]
            if name in self.cleaned_data
        }
        return given if before is None else {name: text for name, text in given.items() if text != before.get(name, "")}


class NewForm(HoldingForm):
    """A new one, at a place of the village."""

    place = forms.ChoiceField(label=_("Where"), error_messages={"required": _("Choose one of the list.")})


class CheckForm(ToldForm):
    """How somebody found a thing."""

    found = forms.ChoiceField(
        label=_("How it was found"),
        choices=(("sound", _("Sound")), ("fault", _("At fault"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how it was found.")},
    )


class JoinForm(ToldForm):
    """Who takes which duty."""

    person = forms.ChoiceField(label=_("Person"), error_messages={"required": _("Choose somebody.")})
    duty = forms.ChoiceField(label=_("Duty"), error_messages={"required": _("Choose one of the list.")})


def _control(field: Field, scope: Scope, names: Names, *, needed: bool) -> forms.Field:
    missing = {"required": _("Please fill this in.")}
    about: dict[str, Any] = {"label": label(field), "required": needed, "error_messages": missing}
    if field.names:
        return forms.CharField(widget=forms.Select(choices=names.get(field.names, [("", "—")])), **about)
    if field.codes:
        return forms.CharField(widget=forms.Select(choices=choices(scope, field.codes)), **about)
    if field.name == "self_built":
        return forms.BooleanField(**about)
    if field.name.endswith("_on"):
        return forms.CharField(widget=forms.TextInput(attrs={"type": "date"}), **about)
    return forms.CharField(**about)


def people_offered(
    scope: Scope, found: Sequence[PersonRow], chosen: UUID | None = None, name: str = ""
) -> list[tuple[str, str]]:  # fmt: skip
    """People found by name to choose from, with the one who stands there now."""
    now = [(str(chosen), name)] if chosen else []
    return [("", "—"), *now, *people_choices(scope, [one for one in found if one.id != chosen])]
