"""Whom in the government a complaint is about: one question, the same on the public page and at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import enclosing
from commongrid.matters.actions import About
from commongrid.roster import queries as roster
from commongrid.surfaces.shared.times import chinese

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

NOBODY: Final = "nobody"
CHOICES: Final[tuple[tuple[str, Any], ...]] = (
    (NOBODY, _("No, about a thing or a service")),
    ("village", _("Yes: somebody of the village (secretary, committee, grid)")),
    ("township", _("Yes: somebody of the township government")),
    ("unit", _("Yes: an office or station")),
    ("county", _("Yes: somebody of the county's leadership")),
    ("unsure", _("Yes, but I don't know whom, or would rather not say")),
)
NAMES: Final = ("about", "about_unit", "about_words")


class AboutSomebody(forms.Form):
    """Three fields for a form of ours; ``offer`` fills in the offices over a place."""

    about = forms.ChoiceField(
        label=_("Is this about a person or body of the government?"),
        help_text=_("Then neither they nor anybody who answers to them gets to see it."),
        choices=CHOICES,
        required=False,
        widget=forms.RadioSelect,
    )
    about_unit = forms.CharField(label=_("Which office or station"), required=False, max_length=40, widget=forms.Select)
    about_words = forms.CharField(
        label=_("Who it is: name or post"),
        help_text=_("In your own words. It is sealed and opened only with a reason."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-nodraft": True}),
    )

    def offer(self, scope: Scope, place: int) -> None:
        """Offer the offices of the township and the county over a place."""
        lang = "zh" if chinese() else "en"
        over = dict.fromkeys(code for level in ("township", "county") if (code := enclosing(place, level)))
        rows = [row for code in over for row in roster.units(scope, place=code)]
        choices: list[tuple[str, Any]] = [("", "—"), *((str(row.id), row.label(lang)) for row in rows)]
        cast("forms.Select", self.fields["about_unit"].widget).choices = choices

    def clean_about_unit(self) -> UUID | None:
        """An office's id, or nothing; whether there is one the action says."""
        try:
            return UUID(self.cleaned_data["about_unit"])
        except ValueError:
            return None

    def whom(self) -> About:
        """What the action takes."""
        given = self.cleaned_data
        chosen = given.get("about") or NOBODY
        if chosen == NOBODY:
            return About()
        unit = given.get("about_unit") if chosen == "unit" else None
        return About(whom=chosen, unit=unit, words=given.get("about_words", ""))

    @property
    def about_given(self) -> bool:
        """Whether somebody answered it, so that it stands open when the page comes back."""
        return any(self[name].value() for name in NAMES) or any(self[name].errors for name in NAMES)
