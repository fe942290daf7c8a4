"""Forms about the orders of other systems that a matter is: what they say came of it, more time by their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.matters.exchange.actions.results import Told
from commongrid.surfaces.console.matters.forms import SAY_WHY, Step, words

if TYPE_CHECKING:
    from collections.abc import Iterable


class OfACase(Step):
    """A step about one order; of several it is chosen which."""

    case_id = forms.UUIDField(
        label=_("Order"), widget=forms.Select, error_messages={"required": _("Choose which order it is about.")}
    )

    def __init__(self, *args: Any, cases: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Offer the orders; the action checks what comes back."""
        super().__init__(*args, **kwargs)
        offered = list(cases)
        cast("forms.Select", self.fields["case_id"].widget).choices = offered
        if offered:
            self.fields["case_id"].initial = offered[0][0]


class TakeResult(OfACase):
    """What the other system says came of its order."""

    result = forms.ChoiceField(
        label=_("Their result"),
        choices=(
            ("solved", _("Solved: they close it")),
            ("not_solved", _("Not solved")),
            ("rework", _("Back to us for rework")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    satisfied = forms.ChoiceField(
        label=_("Is the person satisfied?"),
        choices=(("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))),
        widget=forms.RadioSelect,
        required=False,
    )
    text = words(_("What they write"), rows=2)

    def arguments(self) -> dict[str, Any]:
        """The order and what was told."""
        given = self.cleaned_data
        satisfied = {"yes": True, "no": False}.get(given["satisfied"])
        told = Told(result=given["result"], satisfied=satisfied, text=given["text"])
        return {"case_id": given["case_id"], "told": told}


class ExtendTheirs(OfACase):
    """The one extension that their rules know."""

    reason = words(_("Reason"), missing=SAY_WHY, rows=2)
