"""Forms of the Network pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commongrid.outreach.rules.planning import Terms
from commongrid.outreach.rules.words import ANSWER_WORDS, CHOICE_WORDS, MOST, STANDING_WORDS
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.shared.forms import Form

ONE = {"required": _("Please choose."), "invalid_choice": _("Choose one that is offered.")}
NUMBER = {"required": _("Please fill this in."), "invalid": _("Enter a whole number.")}


class DeclareForm(Form):
    """What a member said."""

    person = forms.ChoiceField(label=pgettext_lazy("person", "Who"), error_messages=ONE)
    answer = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect, error_messages=ONE,
                               help_text=_("No reason is asked, none is kept."))  # fmt: skip
    as_what = forms.ChoiceField(label=_("As"), error_messages=ONE)
    capacity = forms.IntegerField(label=_("For how many households"), min_value=1, max_value=MOST, initial=10,
                                  error_messages=NUMBER)  # fmt: skip
    group = forms.ChoiceField(label=_("Party group"), required=False, error_messages=ONE)
    phone = forms.CharField(label=_("Number for the notice"), max_length=40, required=False,
                            help_text=_("Everybody will read it: an office phone, or one they give."))  # fmt: skip
    can = forms.MultipleChoiceField(label=_("Can"), required=False, widget=forms.CheckboxSelectMultiple,
                                    error_messages=ONE)  # fmt: skip
    on = day_field(_("From"), today=True)

    def offer(
        self, people: list[tuple[str, str]], groups: list[tuple[str, str]], abilities: list[tuple[str, str]]
    ) -> None:
        """What may be chosen."""
        can: Any = self.fields["can"]
        can.choices = abilities
        choose: Any = self.fields["person"]
        choose.choices = [("", gettext("Choose one")), *people]
        group: Any = self.fields["group"]
        group.choices = [("", gettext("None")), *groups]
        answer: Any = self.fields["answer"]
        answer.choices = [(code, gettext(text)) for code, text in ANSWER_WORDS.items()]
        as_what: Any = self.fields["as_what"]
        as_what.choices = [(code, gettext(text)) for code, text in STANDING_WORDS.items()]


class ChoiceForm(Form):
    """What a household said."""

    natural_village = forms.ChoiceField(label=_("Natural village"), error_messages=ONE)
    number = forms.CharField(label=_("Number of the household"), max_length=20,
                             error_messages={"required": _("Type the household's number.")})  # fmt: skip
    sort = forms.ChoiceField(label=_("What it said"), widget=forms.RadioSelect, error_messages=ONE,
                             help_text=_("Only the village reads this. No reason is asked."))  # fmt: skip
    member = forms.ChoiceField(label=_("Member concerned"), required=False, error_messages=ONE)
    ability = forms.ChoiceField(label=_("Who can"), required=False, error_messages=ONE,
                                help_text=_("For a wish only."))  # fmt: skip
    on = day_field(_("From"), today=True)

    def offer(
        self, hamlets: list[tuple[str, str]], members: list[tuple[str, str]], abilities: list[tuple[str, str]]
    ) -> None:
        """What may be chosen."""
        for name, found in (("natural_village", hamlets), ("member", members), ("ability", abilities)):
            field: Any = self.fields[name]
            field.choices = [("", gettext("Choose one")), *found]
        sort: Any = self.fields["sort"]
        sort.choices = [(code, gettext(text)) for code, text in CHOICE_WORDS.items()]


class TermsForm(Form):
    """The limits of a plan."""

    keep = forms.IntegerField(label=_("Keeping a contact is worth (metres)"), min_value=0, max_value=5000, initial=200,
                              help_text=_("More: fewer people get a new contact. Less: shorter ways."),
                              error_messages=NUMBER)  # fmt: skip
    target = forms.IntegerField(label=_("Households for each, about"), min_value=1, max_value=MOST, initial=10,
                                error_messages=NUMBER)  # fmt: skip
    most = forms.IntegerField(label=_("Households for each, at most"), min_value=1, max_value=MOST, initial=15,
                              error_messages=NUMBER)  # fmt: skip
    least = forms.IntegerField(label=_("Households for each, at least if it can be"), min_value=0, max_value=MOST,
                               initial=0, required=False, error_messages=NUMBER)  # fmt: skip
    leaving = forms.IntegerField(label=_("Leaving the Party group costs (metres)"), min_value=0, max_value=5000,
                                 required=False, initial=500, help_text=_("Empty: nobody leaves the Party group."),
                                 error_messages=NUMBER)  # fmt: skip
    unlinked = forms.IntegerField(label=_("Rather nobody than further than (metres)"), min_value=100, max_value=30000,
                                  required=False, help_text=_("Empty: everybody is linked, however far."),
                                  error_messages=NUMBER)  # fmt: skip

    @property
    def terms(self) -> Terms:
        """As the planner takes them."""
        return Terms(**{**self.cleaned_data, "least": self.cleaned_data["least"] or 0})


class SetForm(Form):
    """Another contact for a household of a plan."""

    member = forms.ChoiceField(label=_("Linked member"), required=False, error_messages=ONE)
    locked = forms.BooleanField(label=_("Stays when the rest is worked out anew"), required=False, initial=True)

    def offer(self, members: list[tuple[str, str]]) -> None:
        """Who may be chosen."""
        field: Any = self.fields["member"]
        field.choices = [("", gettext("Nobody")), *members]

    @property
    def whom(self) -> UUID | None:
        """Who was chosen."""
        return UUID(self.cleaned_data["member"]) if self.cleaned_data["member"] else None


class MeetingForm(Form):
    """The branch meeting's decision."""

    on = day_field(_("Day of the branch meeting"), today=True)
    entitled = forms.IntegerField(label=_("Members with a vote"), min_value=1, max_value=5000, error_messages=NUMBER,
                                  help_text=_("Of the whole branch, whether they came or not."))  # fmt: skip
    present = forms.IntegerField(label=_("Of them present"), min_value=1, max_value=5000, error_messages=NUMBER)
    in_favour = forms.IntegerField(label=_("In favour"), min_value=0, max_value=5000, error_messages=NUMBER)


class AdoptForm(Form):
    """From when a plan holds."""

    on = day_field(_("Links hold from"), today=True, help_text=_("Until then everything stays as it is."))
