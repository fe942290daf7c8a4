"""The talent register: who is named for what, the branch's opinion, the reserve list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.act import is_id
from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.roster import actions, queries
from commongrid.surfaces.console.network.forms import ONE
from commongrid.surfaces.console.network.words import area, page_named
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.console.register.picking import people_choices, sought
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked

SORTS: Final = {
    "capable": N_("capable hand"), "veteran": N_("veteran"), "returned_student": N_("returned student"),
    "craft": N_("craft"), "culture": N_("culture"),
}  # fmt: skip
BY: Final = {"visit": N_("found on a visit"), "recommendation": N_("recommended"), "self": N_("by themselves")}
STATES: Final = {"nominated": N_("waits for the branch"), "listed": N_("in the register"),
                 "declined": N_("not taken in")}  # fmt: skip
TONES: Final = {"nominated": "warn", "listed": "ok", "declined": ""}
RESERVE: Final = "reserve"
ASKED: Final = {**STATES, RESERVE: N_("on the reserve list"), queries.FORMER_TALENTS: N_("no longer in it")}
"""What the register may be asked for, besides as it is now."""


class NameForm(Form):
    """Whom to name, for what."""

    person = forms.ChoiceField(label=pgettext_lazy("person", "Who"), error_messages=ONE)
    sort = forms.ChoiceField(label=_("For what"), error_messages=ONE)
    by = forms.ChoiceField(label=_("How they came to be named"), error_messages=ONE)
    skill = forms.CharField(
        label=_("What they are good at"), max_length=120, error_messages={"required": _("Please fill this in.")}
    )
    on = day_field(_("From"), today=True)

    def offer(self, people: list[tuple[str, str]]) -> None:
        """What may be chosen."""
        for name, rows in (("person", people), ("sort", _texts(SORTS)), ("by", _texts(BY))):
            field: Any = self.fields[name]
            field.choices = [("", gettext("Choose one")), *rows]


class OpinionForm(Form):
    """What the branch said."""

    listed = forms.ChoiceField(label=_("Opinion"), widget=forms.RadioSelect, error_messages=ONE)
    opinion = forms.CharField(
        label=_("In the branch's words"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("About the skill, never about family or means."),
        error_messages={"required": _("Please fill this in.")},
    )  # fmt: skip
    reserve = forms.BooleanField(label=_("Also on the reserve list"), required=False)

    def offer(self) -> None:
        """What may be chosen."""
        field: Any = self.fields["listed"]
        field.choices = [("yes", gettext("takes them in")), ("no", gettext("does not"))]


def _texts(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, gettext(text)) for code, text in words.items()]


@door("talents.read")
def page(request: Asked) -> HttpResponse:
    """The register of a place, by sort and state, whoever waits for the branch first."""
    code = area(request)
    row = territory.place(request.scope, code)
    sort, state, asked = request.GET.get("sort", ""), request.GET.get("state", ""), page_named(request, 1)
    if sort not in {"", *SORTS} or state not in {"", *ASKED}:
        raise NotFound
    found, more = queries.talents(
        request.scope, code, localdate(), sort=sort, state="" if state == RESERVE else state, reserve=state == RESERVE,
        page=asked,
    )  # fmt: skip
    know_places(request, (one.place for one in found))
    address = reverse("talents") + f"?place={code}&sort={sort}&state={state}&page="
    context = {
        "place": row, "sort": sort, "state": state, "sorts": _texts(SORTS), "states": _texts(ASKED),
        "rows": [(one, gettext(SORTS[one.sort]), gettext(BY[one.by]), gettext(STATES[one.state]), TONES[one.state])
                 for one in found],
        "may_name": request.scope.may("talents.edit") and level_of(code) == "village" and request.scope.covers(code),
        "may_end": request.scope.may("talents.edit"), "may_decide": request.scope.may("talents.decide"),
        "previous": address + str(asked - 1) if asked > 1 else "", "next": address + str(asked + 1) if more else "",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}"), (gettext("Talents"), "")],
    }  # fmt: skip
    return render(request, "console/network/talents.html", context)


@door("talents.edit", methods=("GET", "POST"))
def name(request: Asked) -> HttpResponse:
    """Name somebody who is found by name in the register."""
    code = area(request)
    if level_of(code) != "village" or not request.scope.covers(code):
        raise NotFound
    text, rows, more = sought(request, code)
    people = people_choices(request.scope, rows)
    chosen = request.POST.get("person", "")
    if chosen and chosen not in dict(people) and is_id(chosen):
        people.append((chosen, chosen))
    form = NameForm(request.POST or None)
    form.offer(people)

    def do() -> str:
        given = form.cleaned_data
        named = actions.Nomination(
            person=UUID(given["person"]), sort=given["sort"], by=given["by"], skill=given["skill"]
        )
        actions.name_talent(request.scope, request.act, village=code, named=named, on=given["on"], today=localdate())
        return reverse("talents") + f"?place={code}"

    title = gettext("Name somebody")
    context = {
        "title": title, "place": territory.place(request.scope, code), "q": text, "people": people,
        "more": more,
        "searched": bool(text), "back": reverse("talents") + f"?place={code}",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}"),
                  (gettext("Talents"), reverse("talents") + f"?place={code}"), (title, "")],
    }  # fmt: skip
    return answered(request, form, do, context, template="console/network/talent_name.html",
                    done=N_("Named. The branch says next whether they are taken in."))  # fmt: skip


@door("talents.decide", methods=("GET", "POST"))
def decide(request: Asked, talent_id: UUID) -> HttpResponse:
    """Enter what the branch said of somebody."""
    one = queries.talent(request.scope, talent_id)
    row = territory.place(request.scope, one.place)
    form = OpinionForm(request.POST or None, initial={"opinion": one.opinion, "reserve": one.reserve})
    form.offer()
    back = reverse("talents") + f"?place={one.place}"

    def do() -> str:
        given = form.cleaned_data
        said = actions.Opinion(
            on=localdate(), listed=given["listed"] == "yes", words=given["opinion"], reserve=given["reserve"]
        )
        actions.decide_talent(request.scope, request.act, talent_id=talent_id, said=said)
        return back

    title = gettext("The branch's opinion")
    context = {
        "title": title, "name": f"{one.name} · {gettext(SORTS[one.sort])} · {one.skill}", "back": back,
        "press": gettext("Enter it"),
        "trail": [(gettext("Network"), reverse("network") + f"?place={one.place}"),
                  (row.label(language()), back), (title, "")],
    }  # fmt: skip
    return answered(request, form, do, context, done=N_("The opinion is entered."))


@door("talents.edit", methods=("POST",))
def end(request: Asked, talent_id: UUID) -> HttpResponse:
    """Take somebody off the register today."""
    one = queries.talent(request.scope, talent_id)
    actions.end_talent(request.scope, request.act, talent_id=talent_id, on=localdate())
    messages.success(request, gettext("Taken off the register."))
    return HttpResponseRedirect(reverse("talents") + f"?place={one.place}")
