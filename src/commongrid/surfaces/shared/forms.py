"""Forms with our manners: what a person typed is kept, every error says what to do, a refusal lands on its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext

from commongrid.kernel.widths import phone_of
from commongrid.surfaces.shared.errors import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from commongrid.kernel.refusals import Refusal

CLASSES = {
    forms.CheckboxInput: "",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.FileInput: "",
    forms.HiddenInput: "",
}


FIRST_YEAR, LAST_YEAR = 1800, 2199
"""No register reaches further; a day beyond could not be reckoned with."""


class PhoneField(forms.CharField):
    """A phone number as somebody writes it, kept as written; what nobody could ever call is said at once."""

    def clean(self, value: Any) -> str:
        """The number, or why it is none."""
        written = str(super().clean(value))
        if phone_of(written) is None:
            raise forms.ValidationError(gettext("A phone number has 7 to 20 digits."))
        return written


class Form(forms.Form):
    """The base of every form of console and public pages."""

    sections: ClassVar[Mapping[str, Any]] = {}
    """Headings of a long form, each by the field that it stands before."""
    use_required_attribute = False  # the server says what is missing, in the reader's language

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give every plain control its class."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField | forms.DateTimeField):
                field.validators = [*field.validators, _of_our_time(field)]
            if not isinstance(field.widget, tuple(CLASSES)):
                extra = field.widget.attrs.get("class", "")
                field.widget.attrs["class"] = f"control {extra}".strip()
            if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
                field.widget.attrs["rows"] = "5"

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal where it belongs: at its fields, else above the form; the text typed stays."""
        if not self.is_bound or not hasattr(self, "cleaned_data"):
            self.full_clean()
        placed = False
        for name in refusal.fields:
            if name in self.fields:
                self.add_error(name, refusal.at(name, gettext))
                placed = True
        if not placed:
            self.add_error(None, sentence(refusal))


def _of_our_time(field: forms.Field) -> Callable[[date], None]:
    """Refuse a day or a time that no county could mean, in the field's own words."""

    def check(day: date) -> None:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(field.error_messages["invalid"], code="invalid")

    return check
