"""Forms of the Households pages: one act a form, the day and the source in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import N_, BadInput
from commongrid.registry import queries
from commongrid.registry.rules.facts import DOOR_LENGTH, NAME_LENGTH, NUMBER_LENGTH, Told
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.console.register.where import meant
from commongrid.surfaces.shared.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from commongrid.kernel.scope import Scope


NOTHING: Final = "-"
"""Chosen to take a sealed field out."""
HOW_KNOWN: Final = _("How it is known")


class ToldForm(Form):
    """When something became so, and who said it; the version that was on the screen goes along."""

    on = day_field(_("When it happened"), today=True)
    source = forms.CharField(
        label=_("Who said so"),
        required=False,
        max_length=40,
        help_text=_("In a few words: the person, a paper, a neighbour."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())
    field_order: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the day and the source last."""
        super().__init__(*args, **kwargs)
        own = [name for name in self.fields if name not in ("on", "source", "seen")]
        self.order_fields([*own, "on", "source", "seen"])

    def offer(self, choices: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """Fill the lists to choose from; fields that the form lacks are passed over."""
        for name, offered in choices.items():
            if name in self.fields:
                self.fields[name].choices = list(offered)  # type: ignore[attr-defined]

    @property
    def told(self) -> Told:
        """The day, the source and the version that was on the screen."""
        given = self.cleaned_data
        return Told(
            on=given["on"], source=given["source"], seen=given["seen"], keeps_home=given.get("keeps_home", False)
        )

    def ask_of_home(self) -> None:
        """Ask what becomes of the home, of whoever is the last to leave it."""
        self.fields["keeps_home"] = forms.BooleanField(
            label=_("The home stays, empty"), required=False,
            help_text=_("Nobody else lives there. Otherwise the household ends with this."),
        )  # fmt: skip


def _chosen(label: Any, *, required: bool = False, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=required, help_text=hint,
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip


def _typed(label: Any) -> forms.CharField:
    """A place, typed."""
    return forms.CharField(label=label, required=False, max_length=60, help_text=_("A code, or part of the name."))


class _PointField(forms.FloatField):
    """One number of a point, in degrees."""

    def __init__(self, label: Any, limit: int) -> None:
        """Within the limit, in plain words otherwise."""
        wrong = _("This point is not on the earth. Longitude first, then latitude.")
        super().__init__(
            label=label, required=False, error_messages={"invalid": wrong},
            validators=[MinValueValidator(-limit, wrong), MaxValueValidator(limit, wrong)],
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )  # fmt: skip


class _AtForm(ToldForm):
    """A home's number, door and villager group, and where it stands: by two numbers, or where another stands."""

    number = forms.CharField(
        label=_("Number"), max_length=NUMBER_LENGTH, error_messages={"required": _("Enter the household's number.")}
    )
    door = forms.CharField(label=_("Door"), required=False, max_length=DOOR_LENGTH)
    villager_group = _chosen(_("Villager group"))
    beside = _chosen(_("Stands at the same point as"))
    lon = _PointField(_("Longitude"), 180)
    lat = _PointField(_("Latitude"), 90)

    def clean(self) -> dict[str, Any]:
        """A point has both numbers or none."""
        given = super().clean() or self.cleaned_data
        if not self.errors and (given.get("lon") is None) != (given.get("lat") is None):
            self.add_error("lat", _("A point has two numbers: longitude and latitude."))
        return given

    def point(self, homes: Iterable[tuple[Any, str, float, float]]) -> tuple[float | None, float | None]:
        """The point of the home chosen from ``homes``, which were offered, else the one that was typed.

        Refuses: BadInput at the home that has no point any more.
        """
        given = self.cleaned_data
        if not given["beside"]:
            return given["lon"], given["lat"]
        chosen = [(lon, lat) for ident, _name, lon, lat in homes if str(ident) == given["beside"]]
        if not chosen:
            raise BadInput(fields={"beside": N_("Choose one of the list.")})
        return chosen[0]


class HomeForm(_AtForm):
    """A new household."""

    sections: ClassVar = {
        "natural_village": _("Which household"),
        "beside": _("Where the home stands"),
        "on": HOW_KNOWN,
    }

    natural_village = _chosen(_("Natural village"), required=True)
    place = _chosen(_("Grid"), required=True)
    field_order: tuple[str, ...] = ("natural_village", "place")


class ServeForm(ToldForm):
    """From which grid a household is served."""

    place = _chosen(_("Grid"), required=True)


class HomeCorrectForm(_AtForm):
    """What a household's record says of its home."""

    sections: ClassVar = HomeForm.sections

    natural_village = _chosen(_("Natural village"))
    dwelling = _chosen(_("Dwelling"))
    began_on = day_field(_("Household since"), required=False)
    field_order: tuple[str, ...] = ("natural_village",)

    def written(self, before: Mapping[str, object], homes: Iterable[tuple[Any, str, float, float]]) -> dict[str, str]:
        """What differs from before, as text by field; a point goes whole. What was not sent stays as it is."""
        lon, lat = self.point(homes)
        now = {**self.cleaned_data, "lon": lon, "lat": lat}
        names = {
            name for name in ("natural_village", "number", "door", "villager_group", "dwelling", "began_on")
            if name in self.data and now[name] != before[name]
        }  # fmt: skip
        if {"lon", "lat", "beside"} & set(self.data) and (lon, lat) != (before["lon"], before["lat"]):
            names |= {"lon", "lat"}
        return {name: "" if now[name] is None else str(now[name]) for name in sorted(names)}


class ConfirmForm(ToldForm):
    """Which fields were found true."""

    found = forms.MultipleChoiceField(
        label=_("What was found true"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what was found true.")},
    )


class PersonForm(ToldForm):
    """Somebody who is born or moves in."""

    sections: ClassVar = {
        "name": _("Who it is"), "phone": _("Life and work"), "registered_place": _("Registration"), "on": HOW_KNOWN,
    }  # fmt: skip

    name = forms.CharField(
        label=_("Full name"), max_length=NAME_LENGTH, error_messages={"required": _("Enter the person's name.")}
    )
    as_to_head = _chosen(_("To the head of the household"))
    id_number = forms.CharField(
        label=_("Identity number"),
        required=False,
        max_length=30,
        help_text=_("Birth and sex follow from it. It is kept sealed."),
    )
    sex = _chosen(_("Sex"))
    born_on = day_field(_("Date of birth"), required=False)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=30)
    education = _chosen(_("Education"))
    political = _chosen(_("Political status"))
    marital = _chosen(_("Marital status"))
    registered_place = _typed(_("Registered at"))
    collective = _typed(_("Member of the collective of"))
    another = forms.BooleanField(label=_("It is another person: enter them all the same"), required=False)


class WhereForm(ToldForm):
    """Where somebody goes, in a few words."""

    to = forms.CharField(label=_("Where to"), required=False, max_length=60)


class OfferForm(ToldForm):
    """To which village a record is offered."""

    to_place = forms.CharField(
        label=_("Village they move to"),
        help_text=_("Its code, or part of its name."),
        max_length=40,
        error_messages={"required": _("Choose the village they move to.")},
    )
    note = forms.CharField(label=_("For those who take it over"), required=False, max_length=200)


class IntoForm(ToldForm):
    """Into which household, and as what to its head."""

    number = forms.CharField(
        label=_("Number of the household they go to"),
        max_length=NUMBER_LENGTH,
        error_messages={"required": _("Enter the household's number.")},
    )
    natural_village = _chosen(_("Natural village"))
    elsewhere = forms.CharField(
        label=_("Natural village, where it is another village's"), required=False, max_length=40,
        help_text=_("Its code, or part of its name."),
    )  # fmt: skip
    as_to_head = _chosen(_("To the head of the household"))

    def household(self, scope: Scope) -> UUID:
        """The household that is meant. Refuses: BadInput where there is none, or no natural village is said."""
        given = self.cleaned_data
        typed, chosen = given.get("elsewhere", ""), given["natural_village"]
        if not typed and not chosen:
            raise BadInput(fields={"natural_village": N_("Choose one of the list.")})
        hamlet = meant(scope, typed, "elsewhere", ("natural_village",)) if typed else int(chosen)
        return queries.home_by_number(scope, hamlet, given["number"])

    def narrow(self, scope: Scope) -> None:
        """Who keeps the records of one village alone is asked for no other."""
        if scope.level not in ("county", "township"):
            del self.fields["elsewhere"]


class MarryForm(ToldForm):
    """Whom somebody marries, and in which of the two households they live."""

    spouse = _chosen(_("Husband or wife"), required=True)
    home = _chosen(_("They live in"), required=True)
    as_to_head = _chosen(_("The one who moves is to its head"))


class HeadForm(ToldForm):
    """Who becomes head."""

    head = _chosen(_("New head"), required=True)


class SplitForm(HomeForm):
    """Who leaves, who leads them, and their new home."""

    sections: ClassVar = {**HomeForm.sections, "natural_village": _("New household")}

    people = forms.MultipleChoiceField(
        label=_("Who leaves"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose who leaves.")}
    )
    head = _chosen(_("Head of the new household"), required=True)
    field_order = ("people", "head", "natural_village", "place")


class FlagForm(ToldForm):
    """What was recognised, by whom, on what basis."""

    type_code = _chosen(_("Recognised as"), required=True)
    body = forms.CharField(label=_("Recognised by"), required=False, max_length=60)
    basis = forms.CharField(label=_("Basis"), required=False, max_length=200)


class UndoForm(Form):
    """Why an act is taken back."""

    reason = forms.CharField(
        label=_("Why"), max_length=40, error_messages={"required": _("Please say why, in a sentence.")}
    )


class CorrectForm(ToldForm):
    """Fields of a person's record; sealed ones are shown empty and left alone when they stay so."""

    sections: ClassVar = {
        "display_name": _("Who it is"), "phone": _("Life and work"), "domicile": _("Home"),
        "registered_place": _("Registration"), "on": HOW_KNOWN,
    }  # fmt: skip

    display_name = forms.CharField(
        label=_("Full name"), max_length=NAME_LENGTH, error_messages={"required": _("Enter the person's name.")}
    )
    former_name = forms.CharField(label=_("Former name"), required=False, max_length=NAME_LENGTH)
    id_number = forms.CharField(
        label=_("Identity number"), required=False, max_length=30, help_text=_("Leave empty to keep what is there.")
    )
    sex = _chosen(_("Sex"))
    born_on = forms.CharField(label=_("Date of birth"), required=False, max_length=20)
    ethnic = _chosen(_("Ethnic group"), hint=_("Leave empty to keep what is there."))

    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=30, help_text=_("Leave empty to keep what is there.")
    )
    bank = forms.CharField(
        label=_("Bank account"), required=False, max_length=30, help_text=_("Leave empty to keep what is there.")
    )
    education = _chosen(_("Education"))
    political = _chosen(_("Political status"))
    marital = _chosen(_("Marital status"))
    occupation = _chosen(_("Occupation"))
    workplace = forms.CharField(label=_("Workplace"), required=False, max_length=80)
    works_at = forms.CharField(label=_("Works or studies at"), required=False, max_length=60)

    domicile = _chosen(_("How they are housed"))
    inflow = _chosen(_("Why they came"))
    as_in_home = _chosen(_("To the head of the household"))

    registered_place = _typed(_("Registered at"))
    registered_door = forms.CharField(label=_("Registered address"), required=False, max_length=DOOR_LENGTH)
    native_place = forms.CharField(label=_("Native place"), required=False, max_length=60)
    collective = _typed(_("Member of the collective of"))

    def changed(self, before: Mapping[str, object]) -> list[str]:
        """Which fields say something else than before; what was not sent stays as it is."""
        return [
            name
            for name, value in self.cleaned_data.items()
            if name in self.data and name not in ("on", "source", "seen") and value != before.get(name, "")
        ]
