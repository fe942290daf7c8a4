"""Forms of places inside a village: names, what a grid serves, who carries on one that ends; words of the levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import N_
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory.rules.editing import Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commongrid.territory.queries import PlaceRow

LEVELS: Final = {
    "province": N_("Province"), "prefecture": N_("Prefecture"), "county": N_("County"), "township": N_("Township"),
    "village": N_("Village"), "natural_village": N_("Natural village"), "villager_group": N_("Villager group"),
    "grid": N_("Grid"),
}  # fmt: skip


class NameForm(Form):
    """A name in both languages."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)

    def named(self) -> Named:
        """What was typed."""
        return Named(self.cleaned_data["name"], self.cleaned_data["name_en"])


class CoversForm(Form):
    """Which natural villages and groups a grid serves."""

    covers = forms.TypedMultipleChoiceField(
        label=_("Serves"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Natural villages and villager groups of this village."),
        error_messages={"invalid_choice": _("Choose natural villages and groups that exist now.")},
    )  # fmt: skip

    def offer(self, rows: Iterable[PlaceRow]) -> CoversForm:
        """Offer these sets."""
        sets = [row for row in rows if row.level in {"natural_village", "villager_group"}]
        field = self.fields["covers"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(row.code, f"{row.label(language())} · {gettext(LEVELS[row.level])}") for row in sets]
        return self

    def chosen(self) -> tuple[int, ...]:
        """The codes ticked."""
        return tuple(sorted(self.cleaned_data["covers"]))


class GridForm(NameForm, CoversForm):
    """A new grid."""

    kind = forms.ChoiceField(
        label=_("Kind of grid"), widget=forms.RadioSelect, initial="general", required=False,
        choices=(("general", _("Grid of homes")), ("dedicated", _("Dedicated grid (school, market, company)"))),
    )  # fmt: skip
    field_order = ("name", "name_en", "kind", "covers")


class EndForm(Form):
    """Which grid carries on one that ends; nothing is asked of other places and of the last grid."""

    carried_by = forms.TypedChoiceField(
        label=_("Carried on by"), coerce=int, required=False, empty_value=None,
        help_text=_("It serves what this grid served; sites, things, organisations and open matters go there."),
        error_messages={"invalid_choice": _("Choose another grid of this village.")},
    )  # fmt: skip

    def offer(self, rows: Iterable[PlaceRow]) -> None:
        """Offer these grids; without any, ask nothing."""
        choices = [(row.code, row.label(language())) for row in rows]
        if choices:
            field = self.fields["carried_by"]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
            field.choices = [("", gettext("Choose")), *choices]
        else:
            del self.fields["carried_by"]

    @property
    def to(self) -> int | None:
        """The grid chosen."""
        return self.cleaned_data.get("carried_by")
