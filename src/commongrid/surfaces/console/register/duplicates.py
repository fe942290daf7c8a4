"""Records that may be one person: the nightly list, two records side by side, joined or told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, Refusal
from commongrid.registry import actions as register
from commongrid.registry import queries as registry
from commongrid.registry.joining import actions, queries
from commongrid.registry.rules.facts import Told
from commongrid.surfaces.console.register import meanwhile
from commongrid.surfaces.console.register.words import PERSON_STATES, chip, read_aloud, trail
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.paging import page_asked
from commongrid.surfaces.shared.times import language, when
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.registry.joining.queries import SuspectPair
    from commongrid.registry.queries import PersonCard

REASONS: Final = {
    "birth": N_("Same name and date of birth"), "sound": N_("The name sounds the same, same birth, same village"),
    "phone": N_("Same name and phone"), "post": N_("A post holder entered by name alone"),
}  # fmt: skip


class Decide(Form):
    """Whether two records are one person."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Are they one person?"),
        choices=[
            ("first", gettext_lazy("One person: the left record goes on")),
            ("second", gettext_lazy("One person: the right record goes on")),
            ("apart", gettext_lazy("Not the same person")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one."), "invalid_choice": gettext_lazy("Choose one.")},
    )
    why = forms.CharField(
        label=gettext_lazy("How you know"),
        max_length=40,
        error_messages={"required": gettext_lazy("Please say why, in a sentence.")},
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


@door("people.join")
def listed(request: Asked) -> HttpResponse:
    """Pairs that wait for a decision, a page of them; records of this place that were joined with another's."""
    number = page_asked(request.GET.get("page", ""))
    rows, more = queries.suspects(request.scope, number)
    villages = _villages(request, {code for row in rows for code in row.places})
    shown = [
        (
            row,
            [
                (name, born, f"{villages.get(code, '')} {door}".strip())
                for name, born, code, door in zip(row.names, row.born, row.places, row.doors, strict=True)
            ],
            _(REASONS[row.reason]),
        )
        for row in rows
    ]
    context = {
        "rows": shown, "page": number, "more": more, "across": queries.joined_across(request.scope, timezone.now()),
        "trail": trail(None, (_("Perhaps the same person"), "")),
    }  # fmt: skip
    return render(request, "console/register/duplicates.html", context)


def _villages(request: Asked, codes: set[int]) -> dict[int, str]:
    """Of each place the name of its village, else its own."""
    of = {code: village_of(code) or code for code in codes}
    found = territory.places(request.scope, set(of.values()))
    return {code: found[village].label(language()) for code, village in of.items() if village in found}


@door("people.join", methods=("GET", "POST"))
def pair(request: Asked, suspect_id: UUID) -> HttpResponse:
    """Two records side by side, and the decision."""
    row = queries.suspect(request.scope, suspect_id)
    cards = (registry.person_card(request.scope, row.first), registry.person_card(request.scope, row.second))
    seen = f"{cards[0].version}-{cards[1].version}"
    form = Decide(request.POST or None, initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        try:
            done = _decided(request, row, form)
        except register.Meanwhile as refusal:
            meanwhile.tell(request, form, refusal, seen=seen)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("duplicates")
    context = {
        "row": row, "form": form, "reason": _(REASONS[row.reason]), "facts": _beside(request, cards), "cards": cards,
        "trail": trail(None, (_("Perhaps the same person"), reverse("duplicates")), (_("Compare"), "")),
    }  # fmt: skip
    return render(request, "console/register/duplicate.html", context, status=422 if form.errors else 200)


def _decided(request: Asked, row: SuspectPair, form: Decide) -> str:
    given = form.cleaned_data
    if given["answer"] == "apart":
        actions.tell_apart(request.scope, request.act, suspect_id=row.id, why=given["why"])
        return _("Kept as two people; nobody is asked again.")
    kept, ended = (row.first, row.second) if given["answer"] == "first" else (row.second, row.first)
    versions = [int(part) for part in given["seen"].split("-") if part.isascii() and part.isdecimal()]
    seen: tuple[int, int] | None = None
    if len(versions) == 2:  # noqa: PLR2004 - left and right
        seen = (versions[0], versions[1]) if given["answer"] == "first" else (versions[1], versions[0])
    twins = actions.Twins(kept=kept, ended=ended, seen=seen)
    actions.join(request.scope, request.act, twins=twins, told=Told(on=localdate(), source=given["why"]))
    return _("Joined. Both histories can be read on the record that goes on.")


def _beside(request: Asked, cards: tuple[PersonCard, PersonCard]) -> list[tuple[str, Any, Any]]:
    """Field by field what each record says."""
    words = read_aloud(request.scope, "sex", "education", "political", "marital", "relation")
    homes = [registry.home_card(request.scope, one.household) if one.household else None for one in cards]
    villages = _villages(request, {one.place for one in cards})
    rows = [
        (_("Full name"), [one.name for one in cards]), (_("Sex"), [words["sex"].get(one.sex, "") for one in cards]),
        (_("Date of birth"), [when(one.born_on, "date") for one in cards]),
        (_("Identity number"), [one.id_number for one in cards]),
        (_("Phone"), [one.phone for one in cards]),
        (_("Village"), [villages.get(one.place, "") for one in cards]),
        (_("Household"), [home.door or home.number if home else "" for home in homes]),
        (_("To the head"), [words["relation"].get(one.as_in_home, "") for one in cards]),
        (_("State"), [chip(PERSON_STATES, one.state)[0] for one in cards]),
        (_("Works or studies at"), [one.works_at for one in cards]),
    ]  # fmt: skip
    return [(label, one, other) for label, (one, other) in rows]


urlpatterns = [
    path("duplicates", listed, name="duplicates"),
    path("duplicates/<uuid:suspect_id>", pair, name="duplicate"),
]
