"""Forms of the public pages: few questions, plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from commongrid.surfaces.public.asking import LONGEST
from commongrid.surfaces.shared.about import AboutSomebody
from commongrid.surfaces.shared.forms import Form, PhoneField

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PHOTOS = 6
LARGEST_PHOTO = 20 * 1024 * 1024


class Pictures(forms.ClearableFileInput):
    """A file input for several photos, with the camera where there is one."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several photos, none needed; their bytes are looked at by the module that keeps them."""

    widget = Pictures

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Each file by itself; too many or too large ones are refused here, before anything is read."""
        given: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data]
        files = [file for file in given if isinstance(file, UploadedFile) and file.name]
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(
                _("Please choose at most %(most)d photos."),
                params={"most": MOST_PHOTOS},
            )
        if any((file.size or 0) > LARGEST_PHOTO for file in files):
            raise forms.ValidationError(_("One of the photos is larger than 20 MB. Please choose a smaller one."))
        return files


def pictures_field() -> PicturesField:
    """Photos of a form, none needed; a browser makes them smaller first."""
    return PicturesField(
        label=_("Photos"),
        help_text=_("Not of people's faces, please. Hidden data such as the place is removed."),
        required=False,
        widget=Pictures(
            attrs={
                "accept": "image/jpeg,image/png,image/webp",
                "data-shrink": True,
                "data-previews": "previews",
                "data-most": str(MOST_PHOTOS),
            }
        ),
    )


class Telling(AboutSomebody, Form):
    """The third step: what happened, how pressing it is, photos, and whom we may ask back."""

    text = forms.CharField(
        label=_("What is the matter?"),
        help_text=_("What you see, since when, who is affected. A few words are enough."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "6", "autocomplete": "off"}),
        error_messages={
            "required": _("Please say in a few words what the matter is."),
            "max_length": _("This is longer than we can take (%(limit_value)d characters). Please shorten it."),
        },
    )
    spot = forms.CharField(
        label=_("Where exactly?"),
        help_text=_("For example: by the bridge below the school."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    photos = pictures_field()
    urgency = forms.ChoiceField(
        label=_("Can it wait?"),
        choices=[
            ("normal", _("Yes, a few days")),
            ("urgent", _("No, it gets worse")),
            ("immediate", _("People are in danger now")),
        ],
        initial="normal",
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose whether it can wait.")},
    )
    name = forms.CharField(
        label=_("Your name"), max_length=60, required=False, widget=forms.TextInput(attrs={"data-nodraft": True})
    )
    phone = PhoneField(
        label=_("Your phone"),
        help_text=_("Only to ask you back about this matter."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "data-nodraft": True, "class": "middle"}),
    )
    confidential = forms.BooleanField(
        label=_("Keep my name from the village"),
        help_text=_("Only the centre that sorts the matter sees who you are."),
        required=False,
    )
    concerned_name = forms.CharField(
        label=_("Their name"), max_length=60, required=False, widget=forms.TextInput(attrs={"data-nodraft": True})
    )
    concerned_phone = PhoneField(
        label=_("Their phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "data-nodraft": True, "class": "middle"}),
    )

    CONTACT: ClassVar = ("name", "phone", "confidential")
    CONCERNED: ClassVar = ("concerned_name", "concerned_phone")


class Follow(Form):
    """The code on a slip."""

    code = forms.CharField(
        label=_("Slip code"),
        help_text=_("13 letters and digits, such as 7F3K-92QD-M4TVX. Capitals and dashes don't matter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "middle"}
        ),
        error_messages={"required": _("Please type the code that is printed on your slip.")},
    )
