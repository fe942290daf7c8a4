"""The two questions that a person answers about what was done, on a slip's page or on a phone handed over."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.surfaces.shared.forms import Form

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

YES_NO = {"yes": True, "no": False}


class Rate(Form):
    """The two questions; one more sentence if one likes."""

    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say whether it is solved.")},
    )
    satisfied = forms.ChoiceField(
        label=_("Are you satisfied with how it was handled?"),
        choices=[("yes", _("Satisfied")), ("no", _("Not satisfied"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say whether you are satisfied.")},
    )
    words = forms.CharField(
        label=_("What remains, or what was good?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "off"}),
    )


class RateUnits(Form):
    """The two questions once for each office that answered a part."""

    words = Rate.base_fields["words"]

    def ask_of(self, units: Sequence[tuple[UUID, str, str]], lang: str) -> None:
        """One pair of questions per office."""
        self.units = tuple(one for one, _zh, _en in units)
        for n, (_unit, zh, en) in enumerate(units):
            self.fields |= pair(str(n), (en if lang == "en" else "") or zh)
        self.order_fields([name for name in self.fields if name != "words"])

    def answers(self) -> list[tuple[UUID, bool, bool]]:
        """Office, solved, satisfied."""
        said = self.cleaned_data
        return [
            (unit, YES_NO[said[f"solved_{n}"]], YES_NO[said[f"satisfied_{n}"]]) for n, unit in enumerate(self.units)
        ]


def pair(mark: str, name: str) -> dict[str, Any]:
    """The two questions about one office, under names that end with ``mark``."""
    found: dict[str, Any] = {}
    for question in ("solved", "satisfied"):
        asked = copy.deepcopy(Rate.base_fields[question])
        asked.label = f"{name}: {asked.label}"
        found[f"{question}_{mark}"] = asked
    return found
