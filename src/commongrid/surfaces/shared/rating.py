"""The two questions that a person answers about what was done, on a slip's page or on a phone handed over."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.surfaces.shared.forms import Form


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
