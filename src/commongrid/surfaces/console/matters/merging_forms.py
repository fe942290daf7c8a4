"""Forms of merging: which matter leads, and why one is given back its own way."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.surfaces.console.matters.forms import SAY_WHY, Step, words
from commongrid.surfaces.console.matters.present import Shown

MISSING = _("Choose the matter that leads, or type its number.")


class Merge(Step):
    """Merge into another open matter: one of those that look the same, or any by its number."""

    pick = forms.CharField(label=_("Which one leads"), required=False, max_length=24, widget=forms.RadioSelect)
    lead = forms.CharField(
        label=_("Or its number"),
        required=False,
        max_length=32,
        help_text=_("An open matter of the same kind in the same township, such as 990101-2611-0412."),
    )
    note = words(_("Note"), rows=2)

    def __init__(self, *args: Any, alike: list[Shown] | None = None, **kwargs: Any) -> None:
        """Offer the open matters that look the same; the action checks what comes back."""
        super().__init__(*args, **kwargs)
        offered = [(one.row.number, f"{one.row.number} · {one.title} · {one.place}") for one in alike or ()]
        if alike is not None and not offered:
            del self.fields["pick"]
        else:
            cast("forms.RadioSelect", self.fields["pick"].widget).choices = offered

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        given = super().clean() or self.cleaned_data
        if not given.get("pick") and not given.get("lead"):
            self.add_error("lead", MISSING)
        return given

    def arguments(self) -> dict[str, Any]:
        """What was typed goes before what was chosen."""
        given = self.cleaned_data
        return {"lead": given["lead"] or given["pick"], "note": given["note"]}


class Unmerge(Step):
    """Give a merged matter back its own way."""

    reason = words(_("Reason"), _("What makes it another matter."), missing=SAY_WHY, rows=2)


class AskRecheck(Step):
    """Ask that somebody of another level looks once more."""

    reason = words(_("Reason"), _("Only the centre reads it."), missing=SAY_WHY, rows=2)


class Recheck(Step):
    """What was found when a matter was looked at once more."""

    result = forms.ChoiceField(
        label=_("What you found"),
        choices=(("holds", _("The work is there and holds")), ("fails", _("It is not done, or broken again"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found.")},
    )
    note = words(
        _("What remains"),
        _("In your own words; whoever gets it next reads them."),
        missing=_("Say in a sentence what you saw."),
        rows=3,
    )
