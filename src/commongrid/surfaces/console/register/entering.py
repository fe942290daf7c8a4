"""What the field reported, entered with the form of the act: which forms those are, and what they begin with.

A form that is opened from a report names it in its address (``?change=``); entering it approves the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.act import is_id
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, Refusal
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import NUMBER_LENGTH
from commongrid.registry.rules.requests import ENTERED_WITH, FORMS, WORDS, carried_alone, source_of
from commongrid.surfaces.console.register.where import where_in
from commongrid.surfaces.console.register.words import field_label, read_aloud
from commongrid.surfaces.shared.forms import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import RequestLine
    from commongrid.surfaces.shared.doors import Asked

LABELS: Final = {
    "name": N_("Full name"), "to": N_("Where to"), WORDS: N_("In words"),
    "as_to_head": N_("To the head of the household"),
}  # fmt: skip
LISTS: Final = {"as_to_head": "relation"}


class WhoseForm(Form):
    """Of which household a report is, and about whom, where it does not say."""

    natural_village = forms.ChoiceField(
        label=_("Natural village"),
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )
    number = forms.CharField(
        label=_("Number"), max_length=NUMBER_LENGTH, error_messages={"required": _("Enter the household's number.")}
    )
    who = forms.ChoiceField(
        label=_("Who it concerns"), required=False, error_messages={"invalid_choice": _("Choose one of the list.")}
    )


def told(scope: Scope, one: RequestLine) -> list[tuple[str, str]]:
    """What was reported, field by field, in words."""
    words = read_aloud(scope, "sex", "relation", "education", "occupation", "political", "marital")
    return [
        (gettext(LABELS[name]) if name in LABELS else field_label("person", name),
         words.get(LISTS.get(name, name), {}).get(value, value))
        for name, value in one.said.items()
    ]  # fmt: skip


def ways(request: Asked, one: RequestLine) -> dict[str, Any]:
    """How a report that waits is approved: by itself, or with these forms; and the question of whose it is."""
    alone = carried_alone(one.sort, one.household, one.person)
    if alone and one.sort != "born":
        return {"alone": True}
    form = WhoseForm(request.GET if "go" in request.GET else None)
    home, who = one.household, str(one.person or "")
    asked = form.fields.pop("who")
    if home is None:
        form.fields["natural_village"].choices = where_in(  # type: ignore[attr-defined]
            request.scope, village_of(one.place) or one.place
        )["natural_village"]
        home = _home(request.scope, form)
    else:
        del form.fields["natural_village"], form.fields["number"]
    names = {str(row.person): row.name for row in queries.members_on(request.scope, home, localdate())} if home else {}
    if home and not who and any(route.startswith("person_") for route in ENTERED_WITH[one.sort]):
        form.fields["who"] = asked
        asked.choices = [("", gettext("Choose one")), *names.items()]  # type: ignore[attr-defined]
        chosen = request.GET.get("who", "")
        who = chosen if chosen in names else ""
    links = [
        (gettext(FORMS[route]), names.get(who, "") if route.startswith("person_") else "", _address(one, route, about))
        for route in ENTERED_WITH[one.sort]
        if (about := who if route.startswith("person_") else home)
    ]
    return {"alone": alone, "whose": form if form.fields else None, "forms": links}


def _home(scope: Scope, form: WhoseForm) -> UUID | None:
    """The household that was chosen, if there is one of that number."""
    if not form.is_bound or not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        return queries.home_by_number(scope, int(given["natural_village"]), given["number"])
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _address(one: RequestLine, route: str, about: object) -> str:
    found = {"q": one.said["name"]} if route == "person_marry" and one.said.get("name") else {}
    return f"{reverse(route, args=[about])}?{urlencode({'change': one.id, **found})}"


def report_of(request: Asked) -> RequestLine | None:
    """The report that a form is opened from. Refuses: NotFound out of sight."""
    text = request.GET.get("change", "")
    return queries.request(request.scope, UUID(text)) if is_id(text) else None


def begun(request: Asked, before: Mapping[str, object] | None = None) -> dict[str, object]:
    """What a form begins with: what is there, and over it what was reported; a masked phone is left out."""
    one = report_of(request)
    if one is None:
        return dict(before or {})
    to = one.said.get("to", "")
    reported: dict[str, object] = {
        **{name: value for name, value in one.said.items() if name not in (WORDS, "phone")},
        "people": [str(one.person)] if one.person else [], "head": str(one.person or ""),
        "door": to if one.sort == "dwelling" else "", "works_at": to if one.sort == "army_school" else "",
        "on": one.on, "source": source_of(one.matter),
    }  # fmt: skip
    return {**(before or {}), **{name: value for name, value in reported.items() if value}}


def beside(request: Asked) -> dict[str, Any]:
    """What was reported, to stand above the form that was opened from it."""
    one = report_of(request)
    return {"report": one, "reported": told(request.scope, one)} if one else {}


def approve(request: Asked) -> bool:
    """The form was entered, and the report that it was opened from is approved with it; whether there is one."""
    one = report_of(request)
    if one is not None:
        act = request.act.child("change")
        actions.approve_change(request.scope, act, request_id=one.id, entered=request.act.id)
    return one is not None
