"""Erasing a person with a reason and a legal basis, and what the clock removes when its time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commongrid.kernel.refusals import Refusal
from commongrid.registry import queries as registry
from commongrid.registry.keeping import actions, queries, tracing
from commongrid.registry.keeping.rules import BASES, law_says
from commongrid.roster import queries as roster
from commongrid.surfaces.console.register.own_file import own_file
from commongrid.surfaces.console.register.words import trail
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from commongrid.registry.keeping.queries import Rule


class Erase(Form):
    """On which legal basis, and why."""

    basis = forms.ChoiceField(
        label=gettext_lazy("Legal basis"), widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the legal basis."),
            "invalid_choice": gettext_lazy("Choose the legal basis."),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, help_text=gettext_lazy("In a sentence, without the name."),
        error_messages={"required": gettext_lazy("Please say why, in a sentence.")},
    )  # fmt: skip
    sure = forms.BooleanField(
        label=gettext_lazy("I have checked that this is the right record. It can't be undone."),
        error_messages={"required": gettext_lazy("Tick this when you have checked the record.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the bases in the reader's language."""
        super().__init__(*args, **kwargs)
        self.fields["basis"].choices = [(code, _(text)) for code, text in BASES.items()]  # type: ignore[attr-defined]


@door("people.erase", methods=("GET", "POST"))
def erase(request: Asked, person_id: UUID) -> HttpResponse:
    """What would go and what an archive keeps; then erase."""
    card = registry.person_card(request.scope, person_id)
    form = Erase(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            why = actions.Why(basis=form.cleaned_data["basis"], reason=form.cleaned_data["reason"])
            try:
                actions.erase_person(request.scope, request.act, person_id=person_id, why=why)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("The person was erased."))
                return HttpResponseRedirect(reverse("retention"))
    of = tracing.traces(request.scope, tracing.with_joined(person_id))
    seen = queries.outlook(request.scope, of, localdate())
    rules = queries.rules(request.scope, localdate())
    context = {
        "form": form, "person": card, "goes": [(_kind(kind, rules), count) for kind, count in seen.goes.items()],
        "held": [
            (_kind(kind, rules), count, _length(rules[kind]), rules[kind].basis) for kind, count in seen.held.items()
        ],
        "trail": trail(None, (card.name, reverse("person", args=[person_id]))),
    }  # fmt: skip
    return render(request, "console/register/erase.html", context, status=status)


@door("people.erase")
def retention(request: Asked) -> HttpResponse:
    """The clock's reports, the erasures and the periods."""
    rules = queries.rules(request.scope, localdate())
    erased = queries.erasures(request.scope)
    faces = roster.faces(request.scope, {one.post for one in erased if one.post})
    context = {
        "reports": [
            (one.on, [(_kind(row["kind"], rules), row, _law(row, rules)) for row in one.rows])
            for one in queries.reports(request.scope)
        ],
        "erasures": [
            (
                one, faces[one.post].label(language()) if one.post in faces else "", _(BASES[one.basis]),
                [(_kind(kind, rules), count) for kind, count in one.held.items()],
            )
            for one in erased
        ],
        "rules": [(one, _kind(one.code, rules), _length(one), _(law_says(one.code))) for one in rules.values()],
        "may_edit": request.scope.may("worklist.edit"), "trail": trail(None, (_("How long records are kept"), "")),
    }  # fmt: skip
    return render(request, "console/register/retention.html", context)


def _kind(code: str, rules: dict[str, Rule]) -> str:
    """What a kind of record is called."""
    if code == "words":
        return _("Words of others")
    rule = rules.get(code)
    return (rule.zh if language() == "zh" else rule.en) if rule else code


def _law(row: dict[str, Any], rules: dict[str, Rule]) -> str:
    """The archive that holds what was due, with its law."""
    rule = rules.get(row["archive"])
    return f"{_kind(rule.code, rules)}: {rule.basis}" if rule else ""


def _length(rule: Rule) -> str:
    """For how long, in words."""
    if rule.length is None:
        return _("for good")
    words = {
        "days": ngettext("%(n)d day", "%(n)d days", rule.length),
        "months": ngettext("%(n)d month", "%(n)d months", rule.length),
        "years": ngettext("%(n)d year", "%(n)d years", rule.length),
    }
    return words[rule.unit] % {"n": rule.length}


urlpatterns = [
    path("people/<uuid:person_id>/file", own_file, name="person_file"),
    path("people/<uuid:person_id>/erase", erase, name="person_erase"),
    path("retention", retention, name="retention"),
]
