"""Registered households: the booklets of a place, who stands in one on any day, and the acts of registration."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import level_of, village_of
from commongrid.kernel.refusals import N_, NotYours
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import NUMBER_LENGTH
from commongrid.surfaces.console.register import homes
from commongrid.surfaces.console.register.answering import asked
from commongrid.surfaces.console.register.forms import ToldForm
from commongrid.surfaces.console.register.where import meant
from commongrid.surfaces.console.register.words import PERSON_STATES, chip, choices, read_aloud, told, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked

SORTS = (("family", _("Family")), ("collective", _("Collective")))


class BookletForm(ToldForm):
    """A new booklet."""

    place = forms.ChoiceField(label=_("Registered at"), error_messages={"required": _("Choose one of the list.")})
    number = forms.CharField(
        label=_("Number of the booklet"),
        max_length=NUMBER_LENGTH,
        error_messages={"required": _("Enter the number of the booklet.")},
    )
    sort = forms.ChoiceField(label=_("Sort"), choices=SORTS)


class EnrolForm(ToldForm):
    """Into which booklet, and as what to its head."""

    booklet = forms.CharField(
        label=_("Number of the booklet"),
        max_length=NUMBER_LENGTH,
        error_messages={"required": _("Enter the number of the booklet.")},
    )
    village = forms.CharField(
        label=_("Village, where it is another one's"), required=False, max_length=40,
        help_text=_("Its code, or part of its name."),
    )  # fmt: skip
    as_to_head = forms.ChoiceField(label=_("To the head in the booklet"), required=False)

    def narrow(self, scope: Scope) -> None:
        """Who keeps one village alone is told who enters somebody into a booklet of another one."""
        if scope.level not in ("county", "township"):
            del self.fields["village"]
            self.fields["booklet"].help_text = _(
                "A booklet of this village. Into one of another village the township enters them."
            )


@door("people.read")
def listed(request: Asked) -> HttpResponse:
    """Registered households of a place, with how many of their people live there."""
    code = homes.place_asked(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    lines, total, following = queries.booklets(
        request.scope, code, text=text, after=homes.after_asked(request.GET.get("after", ""))
    )
    know_places(request, (line.place for line in lines))
    inside = territory.children(request.scope, code) if level_of(code) in ("county", "township", "village") else []
    context = {
        "place": territory.place(request.scope, code), "lines": lines, "total": total, "next": following, "q": text,
        "people": queries.population(request.scope, code), "sorts": dict(SORTS),
        "inside": [one for one in inside if not one.ended and one.level not in ("villager_group", "grid")],
        "may_edit": request.scope.may("people.edit") and village_of(code) is not None, "trail": trail(),
    }  # fmt: skip
    return render(request, "console/register/booklets.html", context)


@door("people.read")
def page(request: Asked, booklet_id: UUID) -> HttpResponse:
    """One registered household, as it is or as it was on a day."""
    booklet = queries.booklet(request.scope, booklet_id)
    today = localdate()
    on = homes.day_asked(request.GET.get("on", ""), today)
    members = queries.registered_on(request.scope, booklet.id, on)
    words = read_aloud(request.scope, "relation", "sex")
    context = {
        "booklet": booklet, "on": on, "then": on != today, "sort": dict(SORTS).get(booklet.sort, ""),
        "members": [
            (one, words["relation"].get(one.as_to_head, ""), words["sex"].get(one.sex, ""),
             chip(PERSON_STATES, one.state))
            for one in members
        ],
        "history": told(request.scope, queries.changes_of(request.scope, booklet.id), {booklet.id: ""}),
        "may_undo": request.scope.may("people.edit"),
        "may_edit": request.scope.may("people.edit") and on == today and booklet.ended_on is None,
        "trail": [*trail(), (gettext("Registered households"), reverse("booklets"))],
    }  # fmt: skip
    return render(request, "console/register/booklet.html", context)


@door("people.edit", methods=("GET", "POST"))
def new(request: Asked) -> HttpResponse:
    """Enter a registered household of a village."""
    village = homes.village_asked(request)
    if village is None:
        return homes.village_first(request, reverse("booklets"))
    form = BookletForm(request.POST or None)
    form.offer({"place": _places(request.scope, village)})

    def do() -> str:
        given = form.cleaned_data
        booklet = actions.NewBooklet(place=int(given["place"]), number=given["number"], sort=given["sort"])
        made = actions.open_booklet(request.scope, request.act, new=booklet, told=form.told)
        return reverse("booklet", args=[made["booklet"]])

    return asked(request, form, do, (N_("New registered household"), N_("Entered."), None))


def _places(scope: Scope, village: int) -> list[tuple[str, str]]:
    rows = territory.children(scope, village)
    inside = [one for one in rows if not one.ended and one.level in ("natural_village", "villager_group")]
    return [(str(village), gettext("The village as a whole")),
            *((str(one.code), one.label(language())) for one in inside)]  # fmt: skip


@door("people.edit", methods=("GET", "POST"))
def enrol(request: Asked, person_id: UUID) -> HttpResponse:
    """Somebody is entered into a booklet of this village, or of another where that is this scope's too."""
    card = queries.person_card(request.scope, person_id)
    form = EnrolForm(request.POST or None)
    form.narrow(request.scope)
    form.offer({"as_to_head": choices(request.scope, "relation")})

    def do() -> str:
        given = form.cleaned_data
        typed = given.get("village", "")
        village = meant(request.scope, typed, "village") if typed else village_of(card.place) or card.place
        booklet = queries.booklet_by_number(request.scope, village, given["booklet"])
        actions.enrol(
            request.scope, request.act, person_id=card.id, booklet_id=booklet, as_to_head=given["as_to_head"],
            told=form.told,
        )  # fmt: skip
        return reverse("person", args=[card.id])

    home = queries.home_card(request.scope, card.household) if card.household else None
    return asked(request, form, do, (N_("Registered in a booklet"), N_("Entered."), home), of=card.name)


@door("people.edit", methods=("GET", "POST"))
def strike(request: Asked, person_id: UUID) -> HttpResponse:
    """Somebody's registration is moved away, wherever they live; the booklet or the person is of this place."""
    card: queries.PersonCard | None = None
    with suppress(NotYours):
        card = queries.person_card(request.scope, person_id)
    name = card.name if card else queries.standing_in(request.scope, person_id)
    form = ToldForm(request.POST or None)

    def do() -> str:
        actions.strike(request.scope, request.act, person_id=person_id, told=form.told)
        return reverse("person", args=[person_id]) if card else reverse("booklets")

    home = queries.home_card(request.scope, card.household) if card and card.household else None
    return asked(request, form, do, (N_("Registration moved away"), N_("Entered."), home), of=name)
