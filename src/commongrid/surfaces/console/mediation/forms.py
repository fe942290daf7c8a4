"""Forms of a mediation: how it begins, a sitting, the agreement, how it ended, whether it was kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.matters.actions.mediating import Agreement, Beginning, PartySaid
from commongrid.surfaces.console.matters.forms import Step, words

METHODS = (
    ("oral", _("Oral, between the parties")),
    ("at_home", _("At home")),
    ("joint", _("Jointly with other bodies")),
    ("hearing", _("As a public hearing of the matter")),
    ("phone", _("By phone")),
)
ROWS = 4
"""Parties that the form has room for; a further pair opens below."""
_CHOOSE_DAY = _("Choose a day, such as 2026-11-30.")


def day(label: Any, *, missing: Any = "") -> forms.DateField:
    """A day; needed where ``missing`` says what to do without it."""
    return forms.DateField(
        label=label,
        required=bool(missing),
        widget=forms.DateInput(attrs={"type": "date", "class": "middle"}, format="%Y-%m-%d"),
        error_messages={"invalid": _CHOOSE_DAY, "required": missing or _CHOOSE_DAY},
    )


def line(label: Any, **attrs: str) -> forms.CharField:
    """A name, phone or address: never kept on the device, never filled in by the browser."""
    widget = forms.TextInput(attrs={"data-nodraft": "", "autocomplete": "off", "class": "middle", **attrs})
    return forms.CharField(label=label, required=False, max_length=120, widget=widget)


class Begin(Step):
    """How a mediation begins."""

    method = forms.ChoiceField(
        label=_("How it is mediated"), choices=METHODS, initial="oral", widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it is mediated.")},
    )  # fmt: skip
    mediator = forms.CharField(
        label=_("Mediator"), max_length=60, widget=forms.TextInput(attrs={"class": "middle"}),
        error_messages={"required": _("Say who mediates.")},
    )  # fmt: skip
    committee = forms.CharField(
        label=_("Mediation committee"), max_length=80, error_messages={"required": _("Say which committee it is.")}
    )
    facts = words(_("What the dispute is about"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Room for four parties."""
        super().__init__(*args, **kwargs)
        for n in range(1, ROWS + 1):
            self.fields[f"name_{n}"] = line(_("Name of the party"))
            self.fields[f"phone_{n}"] = line(_("Phone"), inputmode="tel")
            self.fields[f"address_{n}"] = line(_("Where they live"))
            for name in (f"name_{n}", f"phone_{n}", f"address_{n}"):
                self.fields[name].widget.attrs["class"] = "control middle"

    def parties(self) -> list[tuple[int, Any, Any, Any]]:
        """The fields of each party, for the page."""
        return [(n, self[f"name_{n}"], self[f"phone_{n}"], self[f"address_{n}"]) for n in range(1, ROWS + 1)]

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        parties = tuple(
            PartySaid(name=given[f"name_{n}"], phone=given[f"phone_{n}"], address=given[f"address_{n}"])
            for n in range(1, ROWS + 1)
            if given[f"name_{n}"].strip()
        )
        beginning = Beginning(
            method=given["method"], mediator=given["mediator"], committee=given["committee"], facts=given["facts"],
            parties=parties,
        )  # fmt: skip
        return {"violence": False, "beginning": beginning}


class Sit(Step):
    """A sitting."""

    on = day(_("Day"), missing=_CHOOSE_DAY)
    attended = forms.CharField(
        label=_("Who came"), max_length=400, help_text=_("Parties, mediator and others; kept sealed."),
        error_messages={"required": _("Say who came.")},
        widget=forms.TextInput(attrs={"data-nodraft": "", "autocomplete": "off"}),
    )  # fmt: skip
    note = words(_("What was said"), rows=3)


class Word(Step):
    """The agreement in words."""

    facts = words(_("Facts"), missing=_("Say in a few sentences what the dispute is about."), rows=4)
    text = words(_("What they agree"), _("One point a line."), missing=_("Write down what they agree."), rows=6)
    performance = words(_("How and by when it is performed"), missing=_("Say how and by when it is performed."), rows=2)
    on = day(_("Agreed on"), missing=_CHOOSE_DAY)
    perform_by = day(_("To be performed by"))

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        return {"agreement": Agreement(**self.cleaned_data)}


class Fail(Step):
    """They did not agree."""

    ways_on = words(
        _("Ways that stay open to them"),
        _("The parties read this: court, arbitration or the authority, with the place."),
        missing=_("Say which ways stay open to them."), rows=4,
    )  # fmt: skip


class Check(Step):
    """Whether it was kept."""

    kept = forms.ChoiceField(
        label=_("Was it kept?"), choices=(("yes", _("Yes")), ("no", _("No"))), widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it was kept.")},
    )  # fmt: skip
    found = words(_("What you found"), missing=_("Say in a sentence what you found."), rows=2)

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        return {"kept": self.cleaned_data["kept"] == "yes", "found": self.cleaned_data["found"]}


class Hand(Step):
    """The file to another mediator."""

    post_id = forms.UUIDField(
        label=_("Mediator from now on"), widget=forms.Select, error_messages={"required": _("Choose the post.")}
    )
    mediator = forms.CharField(
        label=_("Name as it stands on the agreement"),
        max_length=60,
        error_messages={"required": _("Say who mediates.")},
    )

    def __init__(self, *args: Any, posts: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        """Offer posts that may mediate; the action checks what comes back."""
        super().__init__(*args, **kwargs)
        self.fields["post_id"].widget.choices = posts or []


def today() -> date:
    """Today, for the initial value of a day."""
    from django.utils.timezone import localdate

    return localdate()
