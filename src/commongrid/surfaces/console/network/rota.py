"""The duty rota of a place: two weeks of it, days entered at once, a day taken off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.refusals import N_, NotYours, Refusal
from commongrid.roster import actions, queries
from commongrid.surfaces.console.network.forms import ONE
from commongrid.surfaces.console.network.words import area
from commongrid.surfaces.console.posts.changing import at_form
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.console.register.homes import day_asked
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked

PARTS: Final = {"day": N_("by day"), "night": N_("by night"), "whole": N_("around the clock")}
SHOWN: Final = 14
"""Days that the page shows."""


class TurnForm(Form):
    """Who is on duty from when until when."""

    post = forms.ChoiceField(label=pgettext_lazy("person", "Who"), error_messages=ONE)
    part = forms.ChoiceField(label=_("When"), error_messages=ONE)
    from_on = day_field(_("First day"), today=True)
    last_on = day_field(_("Last day"), today=True)

    def offer(self, posts: list[tuple[str, str]]) -> None:
        """What may be chosen."""
        who: Any = self.fields["post"]
        who.choices = [("", gettext("Choose one")), *posts]
        part: Any = self.fields["part"]
        part.choices = [(code, gettext(text)) for code, text in PARTS.items()]


@door("posts.read", methods=("GET", "POST"))
def page(request: Asked) -> HttpResponse:
    """Two weeks from a day on, with who is on duty; whoever may sets turns beside it."""
    code = area(request)
    row = territory.place(request.scope, code)
    first = day_asked(request.GET.get("on", ""), localdate())
    may_set = request.scope.may("rota.edit") and request.scope.covers(code)
    if request.method == "POST" and not may_set:
        raise NotYours
    form = TurnForm(request.POST or None)
    form.offer(_posts(request, code) if may_set else [])
    address = reverse("rota") + f"?place={code}&on="

    def do() -> str:
        given = form.cleaned_data
        try:
            turns = actions.Turns(
                place=code, post=UUID(given["post"]), part=given["part"], first=given["from_on"], last=given["last_on"]
            )
            actions.set_turns(request.scope, request.act, of=turns, today=localdate())
        except Refusal as refusal:
            raise at_form(refusal) from None
        return f"{address}{given['from_on']}"

    title = gettext("Duty rota")
    context = {
        "title": title, "place": row, "first": first, "days": _days(request, code, first), "may_set": may_set,
        "previous": f"{address}{first - timedelta(days=SHOWN)}", "next": f"{address}{first + timedelta(days=SHOWN)}",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}"), (title, "")],
    }  # fmt: skip
    return answered(request, form, do, context, template="console/network/rota.html", done=N_("The turns are set."))


@door("rota.edit", methods=("POST",))
def remove(request: Asked, turn_id: UUID) -> HttpResponse:
    """Take a day of duty off."""
    code, on = area(request), day_asked(request.GET.get("on", ""), localdate())
    actions.remove_turn(request.scope, request.act, turn_id=turn_id, today=localdate())
    messages.success(request, gettext("Taken off."))
    return HttpResponseRedirect(reverse("rota") + f"?place={code}&on={on}")


def _days(request: Asked, code: int, first: date) -> list[tuple[date, bool, list[tuple[queries.Turn, str]]]]:
    """Each day with who is on duty, and whether it may still be changed."""
    last, today = first + timedelta(days=SHOWN - 1), localdate()
    found = queries.turns(request.scope, code, first, last)
    days = [first + timedelta(days=n) for n in range(SHOWN)]
    return [
        (day, day >= today, [(one, gettext(PARTS[one.part])) for one in found if one.on == day]) for day in days
    ]  # fmt: skip


def _posts(request: Asked, code: int) -> list[tuple[str, str]]:
    """Posts in force that sit at the place itself."""
    held = queries.posts_at(request.scope, [code], localdate())
    return [(str(one.id), f"{one.name} · {one.label(language())}") for one in held]
