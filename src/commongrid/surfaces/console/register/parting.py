"""Two people divorce: who they are, and where whoever leaves lives from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_
from commongrid.registry import actions, queries
from commongrid.surfaces.console.register import entering, where
from commongrid.surfaces.console.register.answering import asked
from commongrid.surfaces.console.register.forms import HomeForm, ToldForm
from commongrid.surfaces.console.register.homes import new_home
from commongrid.surfaces.console.register.picking import people_choices, sought
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import HomeCard, PersonCard, PersonRow
    from commongrid.surfaces.shared.doors import Asked

NEEDED: Final = {
    "natural_village": _("Choose one of the list."), "place": _("Choose one of the list."),
    "number": _("Enter the household's number."),
}  # fmt: skip
"""What must be said of the new home where somebody leaves."""


class DivorceForm(HomeForm):
    """Of whom somebody is divorced, whether one of the two leaves, with whom, and their new home."""

    sections: ClassVar = {**HomeForm.sections, "natural_village": _("New home of who leaves")}

    spouse = forms.ChoiceField(label=_("Husband or wife"), required=False)
    leaves = forms.ChoiceField(label=_("Who leaves"), required=False)
    along = forms.MultipleChoiceField(label=_("Who goes along"), required=False, widget=forms.CheckboxSelectMultiple)
    field_order = ("spouse", "leaves", "along", "natural_village", "place")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The new home is asked for only where somebody leaves."""
        super().__init__(*args, **kwargs)
        for name in NEEDED:
            self.fields[name].required = False
        home = [name for name in HomeForm.base_fields if name not in ToldForm.base_fields]
        self.fields["leaves"].widget.attrs["data-opens"] = " ".join(["along", *home])

    def clean(self) -> dict[str, Any]:
        """Who leaves needs a home."""
        given = super().clean() or self.cleaned_data
        for name, text in NEEDED.items() if given.get("leaves") else ():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, text)
        if given.get("leaves") == "other" and not given.get("spouse"):
            self.add_error("spouse", _("Choose one of the list."))
        return given


@door("people.edit", methods=("GET", "POST"))
def divorce(request: Asked, person_id: UUID) -> HttpResponse:
    """The person is divorced; one of the two may move out at once."""
    scope = request.scope
    card = queries.person_card(scope, person_id)
    home = queries.home_card(scope, card.household) if card.household else None
    spouse = queries.spouse_of(scope, card)
    before = {**(where.beside(scope, home) if home else {}), "seen": card.version, "spouse": spouse and str(spouse.id)}
    form = DivorceForm(request.POST or None, initial=entering.begun(request, before))
    village = village_of(card.place) or card.place
    _text, found, more = sought(request, village)
    form.offer({**where.where_in(scope, village), **_choices(scope, card, home, spouse, found)})

    def do() -> str:
        given = form.cleaned_data
        other = UUID(given["spouse"]) if given["spouse"] else None
        leaving = None
        if (who := {"own": card.id, "other": other}.get(given["leaves"])) is not None:
            people = (who, *(UUID(one) for one in given["along"]))
            leaving = actions.Leaving(people=people, head=who, home=new_home(scope, form, village))
        actions.divorced(scope, request.act, person_id=card.id, spouse_id=other, told=form.told, leaving=leaving)
        return reverse("person", args=[card.id])

    words = (N_("Enter a divorce"), N_("The divorce was entered."), home)
    return asked(request, form, do, words, of=card.name, shows=True, more_people=more, **where.near(village))


def _choices(
    scope: Scope, card: PersonCard, home: HomeCard | None, spouse: PersonRow | None, found: Sequence[PersonRow]
) -> dict[str, list[tuple[str, str]]]:
    """Whom they may be married to, who may leave, and who of the household may go along."""
    either = [*([spouse] if spouse else []), *(one for one in found if spouse is None or one.id != spouse.id)]
    inside = queries.members_on(scope, home.id, localdate()) if home else []
    named = {"name": card.name}
    return {
        "spouse": [
            ("", gettext("Not in the register")), *people_choices(scope, [one for one in either if one.id != card.id])
        ],
        "leaves": [
            ("", gettext("Both stay where they are")), ("own", gettext("%(name)s leaves") % named),
            ("other", gettext("the husband or wife leaves")),
        ],
        "along": [
            (str(one.person), one.name) for one in inside
            if one.person not in {card.id, spouse.id if spouse else None}
        ],
    }  # fmt: skip
