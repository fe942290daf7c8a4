"""Handing a sealed matter on to another competent body: what is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.matters import queries
from commongrid.surfaces.console.matters.forms import SAY_WHY, Step, words
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail


class HandOn(Step):
    """Hand a sealed matter on to another competent body."""

    unit = forms.UUIDField(
        label=gettext_lazy("To which body"), widget=forms.Select,
        error_messages={"required": gettext_lazy("Choose the body from the list.")},
    )  # fmt: skip
    reason = words(gettext_lazy("Why it is theirs"), gettext_lazy("Only they read this."), missing=SAY_WHY, rows=2)
    taken_by = forms.CharField(
        label=gettext_lazy("Who takes it there, and when"), max_length=200,
        help_text=gettext_lazy("The receipt for the file: who in that body said that they have it."),
        error_messages={"required": gettext_lazy("Say who takes it there, and when.")},
    )  # fmt: skip

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Offer the bodies; the action checks what comes back."""
        super().__init__(*args, **kwargs)
        cast("forms.Select", self.fields["unit"].widget).choices = [("", _("Choose one")), *bodies]

    def arguments(self) -> dict[str, Any]:
        """The body by its id, with reason and receipt."""
        given = dict(self.cleaned_data)
        return {"unit_id": given.pop("unit"), **given}


def more(scope: Scope, m: MatterDetail, code: str) -> dict[str, Any]:
    """What the form of handing on needs; nothing for every other step."""
    if code != "hand_on":
        return {}
    lang = language()
    return {"bodies": [(str(one.id), one.label(lang)) for one in queries.bodies_for(scope, m.row.id)]}
