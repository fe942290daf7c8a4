"""Forms of waiting and other ends: what the deputy has to know, what a referral brought, what was said at a counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.matters.actions import Receipt, Wanted
from commongrid.matters.queries import vocabulary, waiting
from commongrid.surfaces.console.matters.forms import Reject, Step, words
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

SAY_DAY = _("Choose a day, such as 2026-11-30.")
TOLD = (
    ("visit", _("In person")),
    ("call", _("By phone")),
    ("paper", _("On paper")),
    ("slip", _("They read it by their slip")),
)
CAME = (
    ("counter", _("Came to the counter")),
    ("call", _("Called")),
    ("family", _("Somebody of the family came")),
)


def day(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date", "class": "middle"}),
        error_messages={"required": SAY_DAY, "invalid": SAY_DAY},
    )


def listed(label: Any, missing: Any) -> forms.CharField:
    """Something of one of the county's lists; which, the action checks."""
    return forms.CharField(label=label, max_length=24, error_messages={"required": missing}, widget=forms.Select)


def told() -> forms.ChoiceField:
    """How the person was told."""
    return forms.ChoiceField(
        label=_("How you told the person"),
        choices=TOLD,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell the person first, then say here how you told them.")},
    )


def to_the_person() -> forms.CharField:
    """Words that the deputy reads, and the person once it is granted."""
    return words(
        _("In words"),
        _("The person reads this too."),
        missing=_("Say why, in plain words; the person reads them."),
        rows=3,
    )


class Waiting(Step):
    """What is asked of the deputy, or done by them: until when, why, how the person was told, in words."""

    sort: ClassVar[str] = ""

    def __init__(self, *args: Any, offered: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Offer the county's reasons or bodies, and say how far off a day may be."""
        super().__init__(*args, **kwargs)
        given = offered or {}
        for name in ("reason", "body"):
            if name in self.fields:
                first = [("", gettext("Choose one"))]
                cast("forms.Select", self.fields[name].widget).choices = [*first, *given.get(name, [])]
        if "until" in self.fields and "days" in given:
            self.fields["until"].help_text = str(self.fields["until"].help_text) % {"days": given["days"]}

    def arguments(self) -> dict[str, Any]:
        """Everything in one value."""
        return {"wanted": Wanted(**self.cleaned_data)}


class Extend(Waiting):
    """More time."""

    sort = "extend"
    until = day(
        _("New limit"), _("To the end of office hours on that day, at most %(days)s days after the one that runs.")
    )
    reason = listed(_("Reason"), _("Choose a reason from the list."))
    words = to_the_person()


class Pause(Waiting):
    """The clock stands still."""

    sort = "pause"
    until = day(_("Goes on again on"), _("At most %(days)s days from now. The time that is left now is left then."))
    reason = listed(_("What it waits for"), _("Choose a reason from the list."))
    words = to_the_person()


class Park(Waiting):
    """Not now; looked at again on a day."""

    sort = "park"
    until = day(_("Looked at again on"), _("At most %(days)s days from now. On that day it comes back to you."))
    reason = listed(_("Why not now"), _("Choose a reason from the list."))
    words = to_the_person()
    told = told()


class Refer(Waiting):
    """To another body."""

    sort = "refer"
    body = listed(_("Goes to"), _("Choose the body that it goes to."))
    until = day(
        _("Receipt wanted by"),
        _("At most %(days)s days from now; left empty: the county's usual limit."),
        required=False,
    )
    words = words(_("In words"), _("What they are to do with it; the person reads this too."), rows=3)
    told = told()


class End(Waiting):
    """It can't be done."""

    sort = "end"
    reason = listed(_("Why it can't be done"), _("Choose a reason from the list."))
    words = to_the_person()
    told = told()


class Grant(Step):
    """Granted as it was asked."""

    words = words(_("Note"), _("Only those who work on it read this."), rows=2)


class Refuse(Step):
    """Not granted."""

    reason = words(_("Reason"), _("Whoever asked reads this."), missing=_("Please say why, in a sentence."), rows=2)


class Resume(Step):
    """Goes on."""

    note = words(_("Note"), rows=2)


class TakeReceipt(Step):
    """What the other body gave."""

    number = forms.CharField(
        label=_("Number on the receipt"),
        max_length=60,
        error_messages={"required": _("Enter the number on the receipt, at most 60 characters.")},
    )
    on = day(_("Day on which they took it"))
    contact = forms.CharField(
        label=_("Whom to ask there"), max_length=80, required=False, help_text=_("An office phone.")
    )
    words = words(
        _("Answer to the person"),
        _("Who has it now, what happens there and whom they can ask."),
        missing=_("Say in plain words who has it now; the person reads them."),
    )

    def arguments(self) -> dict[str, Any]:
        """The receipt in one value, and the words."""
        given = self.cleaned_data
        receipt = Receipt(number=given["number"], on=given["on"], contact=given["contact"])
        return {"receipt": receipt, "words": given["words"]}


class AtCounter(Step):
    """What somebody says at the counter or on the phone."""

    came = forms.ChoiceField(
        label=_("How they came"),
        choices=CAME,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the person came.")},
    )
    words = words(_("What they say"), _("In their own words."), missing=_("Write down what the person says."), rows=3)


class Adding(AtCounter):
    """What somebody adds at the counter or on the phone, in words or photos."""

    words = words(_("What they say"), _("In their own words."), rows=3)


def told_by_them() -> forms.CharField:
    """What shows that a matter is theirs: the name or phone that they gave."""
    return forms.CharField(
        label=_("Name or phone they gave"),
        max_length=60,
        help_text=_("Ask them for the whole name or the phone number they gave when they reported. Nothing is shown."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Ask the person for the name or phone they gave.")},
    )


class Withdrawing(AtCounter):
    """That they take it back, with what shows that it is theirs."""

    told = told_by_them()
    field_order = ("came", "told", "words")


LONGEST: dict[str, str] = {
    "extend": "extension_longest", "pause": "pause_longest", "park": "park_longest", "refer": "receipt_longest",
}  # fmt: skip


def offered(scope: Scope, form: type[Step]) -> dict[str, Any]:
    """What a form of this page offers: reasons or bodies in force, and how far off a day may be."""
    sort = getattr(form, "sort", "")
    lang = language()
    if form is Reject:
        return {"whys": [(one.code, one.label(lang)) for one in waiting.reasons(scope, "reject")]}
    if not sort:
        return {}
    given: dict[str, Any] = {"reason": [(one.code, one.label(lang)) for one in waiting.reasons(scope, sort)]}
    if sort == "refer":
        given["body"] = [(one.code, one.label(lang)) for one in waiting.bodies(scope)]
    if sort in LONGEST:
        given["days"] = int(vocabulary.limits(scope)[LONGEST[sort]].amount)
    return {"offered": given}
