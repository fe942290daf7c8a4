"""The form of a row, made from its vocabulary's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.surfaces.console.editing.areas import offered, typed
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.shared.forms import Form

if TYPE_CHECKING:
    from commongrid.kernel.dated import Column, Vocabulary
    from commongrid.matters.queries.dated import Version
    from commongrid.surfaces.console.editing.areas import Choices


class RowForm(Form):
    """A row's values and the day from which they hold; what is wrong is said by the vocabulary's own rules."""

    def __init__(self, *args: Any, of: Vocabulary, found: Choices, version: Version | None, **kwargs: Any) -> None:
        """With a field for every column; what identifies an existing row can't be changed."""
        self.of, self.version = of, version
        if version is not None:
            kwargs.setdefault("initial", {code: typed(value) for code, value in version.values.items()})
        super().__init__(*args, **kwargs)
        for column in of.columns:
            if version is None or not column.fixed:
                self.fields[column.code] = _field(column, found)
        self.fields["on"] = day_field(
            _("In force from"),
            help_text=_("Today or later. Until then, and for what was decided before, the former row holds."),
        )
        if version is not None:
            self.fields["on"].initial = max(localdate(), version.valid_from)
        else:
            self.fields["on"].initial = localdate()
        for name in self.fields:
            widget = self.fields[name].widget
            if not isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                widget.attrs["class"] = "control"

    def values(self) -> dict[str, object]:
        """What was typed, by column; of what can't change, what stands there."""
        kept = {code: typed(value) for code, value in self.version.values.items()} if self.version else {}
        given = {one.code: self.cleaned_data[one.code] for one in self.of.columns if one.code in self.cleaned_data}
        return {**kept, **given}


class DayForm(Form):
    """The day on which a row ends."""

    on = day_field(_("Last day before it ends"), today=True)


class FileForm(Form):
    """A file of rows and the day from which they hold."""

    file = forms.FileField(
        label=_("Spreadsheet or CSV"),
        help_text=_("The columns of the template, in either language; rows that are as they were are left out."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )
    on = day_field(_("In force from"), today=True)


def _field(column: Column, found: Choices) -> forms.Field:
    """One column as a control. Nothing is refused here: the vocabulary's rules speak for page and file alike."""
    about: dict[str, Any] = {"label": gettext(column.label), "required": False}
    about["help_text"] = gettext(column.hint) if column.hint else ""
    if column.sort == "flag":
        return forms.BooleanField(**about)
    if column.sort == "several":
        return forms.MultipleChoiceField(
            choices=offered(column, found), widget=forms.CheckboxSelectMultiple(),
            error_messages={"invalid_choice": _("Choose one that is offered.")}, **about,
        )  # fmt: skip
    about["required"] = column.needed
    about["error_messages"] = {"required": _("Please fill this in.")}
    if column.choices or column.source:
        blank = [] if column.needed and column.sort == "choice" else [("", gettext("None"))]
        options = [one for one in offered(column, found) if one[0] != ""]
        return forms.CharField(widget=forms.Select(choices=[*blank, *options]), **about)
    if column.sort == "words":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), strip=False, **about)
    if column.sort in ("number", "whole"):
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **about)
    return forms.CharField(**about)
