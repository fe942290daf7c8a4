"""Forms of the steps: what each event asks of a person. Rules are not repeated here; actions refuse, forms show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.journal import attachments
from commongrid.matters.actions import ByUnit, OfUnit
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.rating import pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from commongrid.journal.attachments import Staged

LONGEST_NOTE = 4000
TOO_LONG = _("This is too long: at most 4,000 characters.")


def words(
    label: StrOrPromise, hint: StrOrPromise = "", *, missing: StrOrPromise = "", rows: int = 4
) -> forms.CharField:
    """Free words; needed where ``missing`` says what to do without them."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        max_length=LONGEST_NOTE,
        error_messages={"required": missing, "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


SAY_WHY = _("Please say why, in a sentence.")


class Step(Form):
    """A step of a matter. ``arguments`` are what its action takes, ``preview`` what it would change where asked for."""

    preview: object = None
    photos: tuple[Staged, ...] = ()
    """Photos sent with it, staged; kept where it is shown again."""

    @property
    def tickets(self) -> list[str]:
        """The staged photos as hidden fields carry them."""
        return [attachments.ticket(one) for one in self.photos]

    def arguments(self) -> dict[str, Any]:
        """The action's arguments, as the person gave them."""
        return dict(self.cleaned_data)


class Accept(Step):
    """Accept, and sort where the kind is wrong or missing."""

    kind_code = forms.CharField(
        label=_("Kind"),
        required=False,
        max_length=8,
        help_text=_("Change it only where the matter is about something else."),
        widget=forms.Select,
    )
    note = words(_("Note for whoever takes it on"), rows=2)

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> None:
        """Offer the kinds in force; the action checks what comes back."""
        super().__init__(*args, **kwargs)
        cast("forms.Select", self.fields["kind_code"].widget).choices = list(kinds)


class Reject(Step):
    """Refuse with a reason of the county's list and words."""

    why = forms.CharField(
        label=_("Why"),
        max_length=24,
        error_messages={"required": _("Choose a reason from the list.")},
        widget=forms.Select,
    )
    reason = words(
        _("In words"),
        _("The person reads this on their slip. Say what they can do instead."),
        missing=_("Say why it is not accepted; the person will read it."),
    )
    sure = forms.BooleanField(
        label=_("This ends the matter here"), error_messages={"required": _("Tick this to confirm that it ends here.")}
    )

    def __init__(self, *args: Any, whys: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Offer the reasons in force; the action checks what comes back."""
        super().__init__(*args, **kwargs)
        cast("forms.Select", self.fields["why"].widget).choices = [("", gettext("Choose one")), *whys]

    def arguments(self) -> dict[str, Any]:
        """The reason and the words."""
        return {"why": self.cleaned_data["why"], "reason": self.cleaned_data["reason"]}


class Settle(Step):
    """Settle on the spot."""

    answer = words(_("What was done"), _("The person reads this."), missing=_("Say in a sentence what was done."))


class Reason(Step):
    """Any step that needs no more than a reason."""

    reason = words(_("Reason"), missing=SAY_WHY, rows=3)


class Start(Step):
    """Take on the work."""

    note = words(_("Note"), _("For example who goes there and when."), rows=2)


class GiveBack(Step):
    """Give an order back."""

    basis = words(
        _("Basis"),
        _("The rule or work list row that says it is not yours. It can be given back once; the centre then decides."),
        missing=_("Name the rule or row that says it is not yours."),
    )


class Answer(Step):
    """Say that the work is done."""

    answer = words(
        _("Answer to the person"),
        _("What was done, where and when, in plain words. Another level will ask the person whether it is solved."),
        missing=_("Say in plain words what was done."),
        rows=5,
    )


class Close(Step):
    """File and close."""

    note = words(_("Note for the file"), rows=2)


class Reply(Step):
    """Answer a supervisor in between."""

    text = words(
        _("Interim answer"),
        _("How far it is and what comes next."),
        missing=_("Say how far it is and what comes next."),
    )


class Supervise(Step):
    """A word from above, perhaps with a date for an interim answer."""

    note = words(
        _("To whoever has it"),
        _("Whoever has it keeps it. They see these words and your title."),
        missing=_("Say what you want them to do or to look at."),
    )
    reply_on = forms.DateField(
        label=_("Interim answer by"),
        required=False,
        help_text=_("Until the end of office hours on that day."),
        widget=forms.DateInput(attrs={"type": "date", "class": "middle"}),
        error_messages={"invalid": _("Choose a day, such as 2026-11-30.")},
    )


TARGET = re.compile(r"unit:[0-9a-f-]{36}|place:\d{15}|end")


class Target(Step):
    """Whom it goes to: somebody suggested, or any other unit or place that may have it.

    Only its shape is checked here, so that a form sent twice gets its first
    answer even though the matter has moved on; the action decides.
    """

    target = forms.CharField(
        label=_("Give it to"),
        error_messages={"required": _("Choose a unit or a place.")},
        validators=[RegexValidator(TARGET, _("Choose a unit or a place."))],
    )
    words_field: ClassVar[str] = "reason"

    def arguments(self) -> dict[str, Any]:
        """A unit's id or a place's code, and the words."""
        sort, _colon, value = self.cleaned_data["target"].partition(":")
        given: dict[str, Any] = {self.words_field: self.cleaned_data[self.words_field]}
        if sort == "unit":
            given["unit_id"] = UUID(value)
        elif sort == "place":
            given["place"] = int(value)
        return given


class Divert(Target):
    """Give it to a unit of the work list or to a level below."""

    reason = words(_("Reason"), _("Needed where the work list does not name this unit or level."), rows=2)


class Review(Target):
    """The county's last look: given to somebody once more, or ended with reasons."""

    words_field: ClassVar[str] = "finding"
    finding = words(_("Reasons"), _("The person reads them."), missing=_("Say why; the person will read it."))


class Receipt(Step):
    """The competent body has it; here it ends."""

    note = words(_("Receipt number or file"), rows=2)
    sure = forms.BooleanField(
        label=_("The competent body has taken it over"),
        error_messages={"required": _("Tick this once they have it.")},
    )

    def arguments(self) -> dict[str, Any]:
        """Only the note."""
        return {"note": self.cleaned_data["note"]}


ANSWERS = (("yes", _("Yes")), ("no", _("No")))
UNANSWERED = {"solved": _("Please say whether it is solved."), "satisfied": _("Please say whether they are satisfied.")}


class Visit(Step):
    """What came of a try to reach the person."""

    mode = forms.ChoiceField(
        label=_("How"),
        choices=(
            ("in_person", _("In person")),
            ("phone", _("By phone")),
            ("counter", _("At the counter")),
            ("paper", _("From a signed sheet")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you tried.")},
    )
    result = forms.ChoiceField(
        label=_("What came of it"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of the visit.")},
    )
    solved = forms.ChoiceField(label=_("Is it solved?"), choices=ANSWERS, widget=forms.RadioSelect, required=False)
    satisfied = forms.ChoiceField(
        label=_("Are they satisfied?"), choices=ANSWERS, widget=forms.RadioSelect, required=False
    )
    words = words(_("In their own words"), rows=2)

    RATED: ClassVar = (
        ("asked", _("They answered both questions")),
        ("left_slip", _("They will answer by slip themselves")),
        ("not_reached", _("Nobody was reached")),
    )
    CHECKED: ClassVar = (
        ("checked", _("I looked: it is done")),
        ("not_done", _("I looked: it is not done")),
        ("not_reached", _("Nobody was reached")),
    )

    def __init__(
        self, *args: Any, rated: bool | None = None, units: Iterable[tuple[UUID, str]] = (), **kwargs: Any
    ) -> None:
        """Offer the results that fit: the two questions where the kind is rated, else a check; all where unknown.

        Where several units answered parts the questions are asked of each: of ``units``, or of those in what was sent.
        """
        super().__init__(*args, **kwargs)
        self.units = dict(units) or dict.fromkeys(_units_sent(self.data), "")
        for unit, name in self.units.items():
            for question, field in pair(unit.hex, name).items():
                field.required = False
                self.fields[question] = field
        if self.units:
            del self.fields["solved"], self.fields["satisfied"]
            self.order_fields([*(name for name in self.fields if name != "words"), "words"])
        results = {True: self.RATED, False: self.CHECKED, None: (*self.RATED, *self.CHECKED[:2])}[rated]
        cast("forms.ChoiceField", self.fields["result"]).choices = list(results)
        if rated is False:
            self.fields = {name: one for name, one in self.fields.items() if not name.startswith(("solved", "satisf"))}

    def clean(self) -> dict[str, Any]:
        """Both questions go with "they answered", and with nothing else."""
        given = super().clean() or self.cleaned_data
        for name in (one for one in self.fields if one.startswith(("solved", "satisfied"))):
            if given.get("result") == "asked" and not given.get(name):
                self.add_error(name, UNANSWERED["solved" if name.startswith("solved") else "satisfied"])
        return given

    def arguments(self) -> dict[str, Any]:
        """Mode, result and, where they were asked, the two answers and the words."""
        given = self.cleaned_data
        answers: tuple[bool, bool, str] | ByUnit | None = None
        if given["result"] == "asked" and self.units:
            answers = ByUnit(units=tuple(map(self._of, self.units)), words=given["words"])
        elif given["result"] == "asked":
            answers = (given.get("solved") == "yes", given.get("satisfied") == "yes", given["words"])
        return {"mode": given["mode"], "result": given["result"], "answers": answers}

    def _of(self, unit: UUID) -> OfUnit:
        """The two answers about one unit."""
        given = self.cleaned_data
        return OfUnit(
            unit=unit, solved=given[f"solved_{unit.hex}"] == "yes", satisfied=given[f"satisfied_{unit.hex}"] == "yes"
        )


def _units_sent(data: Any) -> list[UUID]:
    """The units that a form asked about, from the names of what was sent."""
    return [UUID(name.removeprefix("solved_")) for name in data if re.fullmatch(r"solved_[0-9a-f]{32}", name)]


class Reveal(Form):
    """Ask to see one sealed field."""

    what = forms.RegexField(
        r"^(reporter|concerned|accused|where):(name|phone|where)$",
        label=_("What"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose what to show."), "invalid": _("Choose what to show.")},
    )
    reason = forms.CharField(
        label=_("Why you need it"),
        max_length=200,
        error_messages={"required": _("Say why you need it; the person may ask who opened it and why.")},
    )
