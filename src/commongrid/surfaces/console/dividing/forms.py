"""Forms of grid division."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.act import is_id
from commongrid.kernel.refusals import N_
from commongrid.roster.dividing.actions import Painted
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.roster.dividing.rules.words import LARGEST
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.shared.forms import Form
from commongrid.territory.actions import Line

ONE = {"required": _("Please choose."), "invalid_choice": _("Choose one that is offered.")}
NUMBER = {"required": _("Please fill this in."), "invalid": _("Enter a whole number.")}
WEIGHTS = (("homes", N_("by households")), ("people", N_("by people")))
SORTS = (
    ("barrier", N_("Nobody walks across: a river, a railway, a cliff")), ("bridge", N_("A way over: a bridge")),
    ("road", N_("A road or path that is walked on")),
)  # fmt: skip


def _number(label: Any, most: int = LARGEST, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, error_messages=NUMBER, **more)


class TermsForm(Form):
    """The limits of a proposal."""

    weigh = forms.ChoiceField(label=_("Counted by"), widget=forms.RadioSelect, initial="homes", error_messages=ONE)
    target = _number(
        _("Size of a grid, about"), initial=44,
        help_text=_("As many as one person can look after, usually 30 to 60 households."),
    )  # fmt: skip
    lower = _number(_("At least"), initial=30)
    upper = _number(_("At most"), initial=60)
    grids = _number(_("Number of grids"), 500, required=False, help_text=_("Empty: as many as the size asks for."))
    change = _number(_("A household that changes grids costs (metres)"), 10_000, initial=100,
                     help_text=_("More: fewer households change. Less: shorter ways."))  # fmt: skip
    split = _number(_("A natural village in one more grid costs (metres)"), 10_000, initial=1000)
    uneven = _number(
        _("Uneven sizes cost (metres)"), 10_000, initial=0,
        help_text=_("For the square of a grid's distance to the size aimed at. 0: any size within the limits will do."),
    )  # fmt: skip
    headless = _number(
        _("A grid that nobody may head costs (metres)"), 10_000, initial=2000,
        help_text=_("A grid head is a Party member or leads a Party or villager group."),
    )  # fmt: skip
    short = _number(
        _("A household that no Party member has room for costs (metres)"), 10_000, initial=100,
        help_text=_("Members who declared how many they can look after count with that, others at home with ten."),
    )  # fmt: skip
    groups = forms.BooleanField(
        label=_("Keep Party groups whole instead of natural villages"), required=False,
        help_text=_("Natural villages that one Party group takes in are divided together."),
    )  # fmt: skip
    shares = forms.BooleanField(label=_("Natural villages may share grids"), required=False)
    alone = forms.TypedMultipleChoiceField(
        label=_("May each be one small grid"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("For a hamlet that lies far from the others."), error_messages=ONE,
    )  # fmt: skip

    def offer(self, hamlets: list[tuple[int, str]]) -> TermsForm:
        """The natural villages of the village; none where it has only one or none."""
        weigh: Any = self.fields["weigh"]
        weigh.choices = [(code, gettext(text)) for code, text in WEIGHTS]
        alone: Any = self.fields["alone"]
        alone.choices = hamlets
        if len(hamlets) < 2:  # noqa: PLR2004 - one can't share
            del self.fields["alone"], self.fields["shares"], self.fields["split"]
        return self

    @property
    def terms(self) -> Terms:
        """As the planner takes them."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "alone"}
        return Terms(**given, alone=tuple(self.cleaned_data.get("alone", ())))


class PaintForm(Form):
    """Which homes go to which grid; the map or the list of a grid names them."""

    hamlet = forms.TypedChoiceField(label=_("All of a natural village"), coerce=int, empty_value=None, required=False,
                                    error_messages=ONE)  # fmt: skip
    grid = forms.TypedChoiceField(
        label=_("Into grid"), coerce=int, empty_value=None, required=False, error_messages=ONE
    )
    locked = forms.BooleanField(label=_("Stays there when the rest is worked out anew"), required=False, initial=True)

    def offer(self, hamlets: list[tuple[int, str]], grids: list[tuple[int, str]]) -> PaintForm:
        """What may be chosen."""
        for name, first, found in (("hamlet", gettext("None"), hamlets), ("grid", gettext("A new grid"), grids)):
            field: Any = self.fields[name]
            field.choices = [("", first), *found]
        return self

    def painted(self, homes: list[str]) -> Painted:
        """With the homes that were chosen one by one; what is no id is left out and refused by the action."""
        given = self.cleaned_data
        return Painted(
            homes=tuple(UUID(one) for one in homes if is_id(one)), hamlet=given["hamlet"], grid=given["grid"],
            locked=given["locked"],
        )  # fmt: skip


class AdoptForm(Form):
    """From when a proposal holds."""

    on = day_field(_("Grids hold from"), today=True, help_text=_("Until then everything stays as it is."))


class BarrierForm(Form):
    """A line on the map: what nobody walks across, a way over it, or a road."""

    sort = forms.ChoiceField(label=_("What it is"), widget=forms.RadioSelect, initial="barrier", error_messages=ONE)
    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    shape = forms.CharField(
        label=_("Line as GeoJSON"), widget=forms.Textarea(attrs={"rows": "3", "spellcheck": "false"}),
        help_text=_("The map fills this in. A line copied from another program (WGS 84) can be pasted."),
        error_messages={"required": _("Draw the line on the map first.")},
    )  # fmt: skip

    def offer(self) -> BarrierForm:
        """The sorts in the reader's language."""
        sort: Any = self.fields["sort"]
        sort.choices = [(code, gettext(text)) for code, text in SORTS]
        return self

    @property
    def drawn(self) -> Line:
        """As the action takes it."""
        return Line(**self.cleaned_data)
