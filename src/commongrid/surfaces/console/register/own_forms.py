"""Forms of ledgers that people make: what is in one, and which column of somebody else's form is which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import N_
from commongrid.registry import queries
from commongrid.registry.rules.own_ledgers import LONGEST_NAME, OLDEST, RUNNING_NUMBER, SUBJECTS, Spec, columns
from commongrid.surfaces.console.register import ledger_words, own_filters
from commongrid.surfaces.console.register.ledgers import POPULATION_NAMES
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import in_a_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commongrid.kernel.refusals import Refusal
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import Laid
    from commongrid.registry.rules.own_ledgers import Column

SUBJECT_NAMES: Final = {
    "person": pgettext_lazy("records", "People"), "household": _("Living households"), "site": _("Sites"),
    "thing": _("Things"), "organisation": _("Organisations"),
}  # fmt: skip
LAST_ROW: Final = 10_000
CHOOSE: Final = N_("Choose one that is offered.")
NAMED: Final = ("place", "member")
"""Filters that name a place or a post."""


def name_field() -> forms.CharField:
    """The name of a ledger."""
    return forms.CharField(
        label=_("Name of the ledger"), max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Give it a name, at most 40 characters."),
            "max_length": _("Give it a name, at most 40 characters."),
        },
    )  # fmt: skip


class Own(Form):
    """A ledger: name, columns, filters, grouping, order, and whether the posts of the place share it."""

    def __init__(self, *args: Any, scope: Scope, of: str, laid: bool, may_share: bool, **kwargs: Any) -> None:
        """One field for each filter of the subject; of a ledger laid into a form the columns stay as the form says."""
        super().__init__(*args, **kwargs)
        known = columns(of, hardship=scope.may("people.hardship"))
        self.fields["name"] = name_field()
        if not laid:
            self.fields["columns"] = forms.MultipleChoiceField(
                label=gettext("Columns"), choices=[(key, gettext(one.name)) for key, one in known.items()],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": gettext("Choose the columns from the list, at least one.")},
            )  # fmt: skip
        if of == "person":
            self.fields["by_population"] = forms.ChoiceField(
                label=gettext("Population"), choices=[*POPULATION_NAMES.items()], initial="resident"
            )
        codes = {**ledger_words.code_words(scope), **ledger_words.flag_words(scope)}
        self.unoffered: list[str] = []
        for key, one in known.items():
            if one.filter in NAMED:
                self._named(scope, key, gettext(one.name))
            else:
                self.fields.update(_filters(key, one, codes))
        nothing = ("", "—")
        self.fields["group"] = forms.ChoiceField(
            label=gettext("Grouped by, with counts"), required=False,
            choices=[nothing, *((key, gettext(one.name)) for key, one in known.items() if one.groups)],
        )  # fmt: skip
        self.fields["order"] = forms.ChoiceField(
            label=gettext("Ordered by"), required=False,
            choices=[nothing, *((key, gettext(one.name)) for key, one in known.items() if one.orders)],
        )  # fmt: skip
        self.fields["down"] = forms.BooleanField(label=gettext("The last first"), required=False)
        if may_share:
            self.fields["shared"] = forms.BooleanField(
                label=gettext("Share it with the posts of my place"), required=False,
                help_text=gettext("They open it under this name; each sees only what their own post may see."),
            )  # fmt: skip
        for field in self.fields.values():
            if isinstance(field.widget, (forms.Select, forms.TextInput)):
                field.widget.attrs["class"] = "control"

    def _named(self, scope: Scope, key: str, name: str) -> None:
        """The field of a filter by place or member; what it names is kept though it is offered no more."""
        offered, now = own_filters.choices(scope, key), self.initial.get(f"by_{key}", "")
        if now and now not in dict(offered):
            filters = Spec(of="person", columns=(), filters={key: now})
            gone = gettext("%(name)s (no longer offered)") % {"name": own_filters.said(scope, filters)[key]}
            offered = [*offered, (now, gone)]
        if not offered:
            self.unoffered.append(name)
            return
        wrong = CHOOSE if key == "linked" else queries.LOST
        self.fields[f"by_{key}"] = forms.ChoiceField(
            label=name, required=False, choices=[("", gettext("All")), *offered],
            error_messages={"invalid_choice": gettext(wrong)},
        )  # fmt: skip

    def not_offered(self) -> str:
        """The columns that have no filter here, because there is nothing or too much to choose from."""
        return in_a_row(self.unoffered)

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal; that of a filter stands at its field."""
        refusal.fields = {
            f"by_{name}" if f"by_{name}" in self.fields else name: text for name, text in refusal.fields.items()
        }
        super().refuse(refusal)

    def spec(self, of: str, before: Spec | None) -> Spec:
        """The ledger as it was filled in."""
        given = self.cleaned_data
        filters = {name.removeprefix("by_"): str(value) for name, value in given.items()
                   if name.startswith("by_") and value not in (None, "")}  # fmt: skip
        chosen = tuple(given["columns"]) if "columns" in given else before.columns if before else ()
        return Spec(of=of, columns=chosen, filters=filters, group=given["group"], order=given["order"],
                    down=given["down"])  # fmt: skip


def _filters(key: str, one: Column, codes: Mapping[str, Mapping[str, str]]) -> dict[str, forms.Field]:
    """The fields that a column is filtered by."""
    name = gettext(one.name)
    if one.filter == "range":
        ends = {"from": gettext("%(name)s, from") % {"name": name}, "to": gettext("%(name)s, to") % {"name": name}}
        return {
            f"by_{key}_{end}": forms.IntegerField(
                label=text, required=False, min_value=0, max_value=OLDEST, widget=forms.TextInput
            )
            for end, text in ends.items()
        }  # fmt: skip
    if not one.filter:
        return {}
    listed = codes.get(one.codes or key, {})
    choices = [("", gettext("All")), *listed.items()]
    return {f"by_{key}": forms.ChoiceField(label=name, required=False, choices=choices)}


def initial_of(name: str, spec: Spec, *, shared: bool) -> dict[str, Any]:
    """A ledger as the form shows it."""
    return {
        "name": name, "columns": list(spec.columns), "group": spec.group, "order": spec.order, "down": spec.down,
        "shared": shared, **{f"by_{key}": value for key, value in spec.filters.items()},
    }  # fmt: skip


class Send(Form):
    """A form of somebody else's: its name here, what it is about, and the workbook."""

    name = name_field()
    of = forms.ChoiceField(
        label=_("What its rows are"), choices=[*SUBJECT_NAMES.items()], widget=forms.RadioSelect, initial="person",
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )  # fmt: skip
    sheet = forms.FileField(
        label=_("The form"),
        help_text=_("The workbook as it came, empty: .xlsx without macros, at most 4 MB. It is kept sealed."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("Choose the workbook."), "empty": _("This file is empty.")},
    )


class Lay(Form):
    """Which column of a form is which, from which row on it is filled, and what becomes of what stands below."""

    def __init__(self, *args: Any, of: str, hardship: bool, headings: Sequence[str], **kwargs: Any) -> None:
        """One field for each column of the form."""
        super().__init__(*args, **kwargs)
        known = [(key, gettext(one.name)) for key, one in columns(of, hardship=hardship).items()]
        choices = [("", gettext("Leave it empty")), (RUNNING_NUMBER, gettext("Running number")), *known]
        self.headings = {f"at_{n}": heading for n, heading in enumerate(headings) if heading}
        for name, heading in self.headings.items():
            self.fields[name] = forms.ChoiceField(
                label=heading, choices=choices, required=False, widget=forms.Select(attrs={"class": "control middle"})
            )
        self.fields["first"] = forms.IntegerField(
            label=gettext("First row to fill"), min_value=2, max_value=LAST_ROW,
            widget=forms.TextInput(attrs={"class": "control short", "inputmode": "numeric"}),
            error_messages={"required": gettext("Say from which row on the form is filled.")},
        )  # fmt: skip
        self.fields["clear"] = forms.ChoiceField(
            label=gettext("What stands below that row"), widget=forms.RadioSelect,
            choices=[("", gettext("Stays, below the list")), ("1", gettext("Is taken away: examples or an old list"))],
            required=False,
        )  # fmt: skip

    def at(self) -> tuple[tuple[int, str], ...]:
        """The columns that are filled, by their place."""
        chosen = ((int(name[3:]), self.cleaned_data[name]) for name in self.headings)
        return tuple((place, key) for place, key in chosen if key)


def laid_initial(laid: Laid) -> dict[str, Any]:
    """A form as it was laid so far."""
    return {"first": laid.first, "clear": "1" if laid.clear else "", **{f"at_{place}": key for place, key in laid.at}}


def subjects() -> list[tuple[str, str]]:
    """What a ledger may be about."""
    return [(code, str(SUBJECT_NAMES[code])) for code in SUBJECTS]
