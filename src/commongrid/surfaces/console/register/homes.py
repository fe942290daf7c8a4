"""Households: the list of a place, one household on any day, and everything that is done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext

from commongrid.kernel.places import code_read, level_of, village_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.kernel.widths import plain_number
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import Into, NewHome, NewPerson
from commongrid.roster.queries.helping import helpers_told
from commongrid.surfaces.console.register import asking as fresh
from commongrid.surfaces.console.register import entering, forms, looks, twice, where
from commongrid.surfaces.console.register.answering import asked
from commongrid.surfaces.console.register.where import choose_one, near, where_in
from commongrid.surfaces.console.register.words import (
    HOME_STATES,
    chip,
    choices,
    flag_words,
    home_name,
    read_aloud,
    told,
    trail,
)
from commongrid.surfaces.console.register.words import PERSON_STATES as STATES
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import HandoverLine, HomeCard
    from commongrid.surfaces.shared.doors import Asked


@door("people.read")
def listed(request: Asked) -> HttpResponse:
    """Households of a place: the post's own, or one inside it."""
    code = place_asked(request)
    state, text = request.GET.get("state", ""), request.GET.get("q", "").replace("\x00", "").strip()[:60]
    if state not in {"", *HOME_STATES}:
        raise NotFound
    page = queries.homes(request.scope, code, state=state, text=text, after=after_asked(request.GET.get("after", "")))
    know_places(request, (line.natural_village for line in page.lines))
    row = territory.place(request.scope, code)
    inside = territory.children(request.scope, code) if level_of(code) in ("county", "township", "village") else []
    context = {
        "place": row,
        "rows": [(line, chip(HOME_STATES, line.state)) for line in page.lines],
        "total": page.total,
        "next": page.next,
        "state": state,
        "q": text,
        "states": [(code_, gettext(name)) for code_, (name, _tone) in HOME_STATES.items()],
        "inside": [one for one in inside if not one.ended and one.level != "villager_group"],
        "may_edit": request.scope.may("people.edit"),
        "may_join": request.scope.may("people.join"),
        "people": queries.population(request.scope, code),
        "waiting": queries.waiting(request.scope, code, now()),
        "trail": trail(),
    }
    return render(request, "console/register/homes.html", context)


def place_asked(request: Asked) -> int:
    """The place that an address names, else the post's own. Refuses: NotFound for nonsense."""
    text = request.GET.get("place", "")
    if text:
        code = code_read(text)
        if code is None:
            raise NotFound
        return code
    home = territory.home(request.scope)
    if home is None:
        raise NotFound
    return home


def after_asked(text: str) -> str:
    """The keyset of an address, or nothing where somebody wrote it by hand."""
    parts = text.split("|")
    if len(parts) != 3 or plain_number(parts[0], 15) is None:  # noqa: PLR2004 - village, number, id
        return ""
    try:
        UUID(parts[2])
    except ValueError:
        return ""
    return text


@door("people.read")
def page(request: Asked, household_id: UUID) -> HttpResponse:
    """One household, as it is or as it was on a day."""
    home = queries.home_card(request.scope, household_id)
    today = localdate()
    on = day_asked(request.GET.get("on", ""), today)
    members = queries.members_on(request.scope, home.id, on)
    words = read_aloud(request.scope, "relation", "sex")
    was = queries.home_on(request.scope, home, on) if on != today else home
    people = [one.person for one in members]
    flags = queries.flags_of(request.scope, household=home.id)
    if on != today:
        held = (one for one in flags if one.held(on) and (one.person is None or one.person in people))
        flags = [replace(one, to_on=None) for one in held]
    registered = queries.booklets_of(request.scope, people, on)
    left = queries.left_of(request.scope, home.id)
    names = {who: name for who, name, _act in left} | {one.person: one.name for one in members}
    names[home.id] = gettext("the household")
    changes = queries.changes_of(request.scope, home.id, *people, acts=[act for *_who, act in left])
    if on != today:
        changes = [one for one in changes if one.since_on <= on]
    context = {
        "home": home,
        "name": home_name(home),
        "chip": chip(HOME_STATES, was.state),
        "on": on,
        "then": on != today,
        "members": [
            (
                one,
                words["relation"].get(one.as_to_head, ""),
                words["sex"].get(one.sex, ""),
                chip(STATES, one.state),
                registered.get(one.person, (None, "", None)),
            )
            for one in members
        ],
        "flags": flags,
        "causes": looks.causes(request, looks.about_home(home), flags),
        "names": names,
        "history": told(request.scope, changes, names, flag_words(request.scope, flags)),
        "may_undo": request.scope.may("people.edit"),
        "may_edit": request.scope.may("people.edit") and not home.ended and on == today,
        "trail": trail(home)[:-1],
        "may_confirm": request.scope.may("people.confirm") and not home.ended and on == today,
        "was": was,
        "not_yet": home.began_on is not None and on < home.began_on,
        "offer": moving_away(request.scope, home),
        **(_of_today(request.scope, home, today) if on == today else {}),
    }
    return looks.closing(request, render(request, "console/register/home.html", context))


def _of_today(scope: Scope, home: HomeCard, today: date) -> dict[str, object]:
    """Who helps it, and what to ask it for next time."""
    return {"helpers": helpers_told(scope, home.id, today), **fresh.asking(scope, home.id, today)}


def moving_away(scope: Scope, home: HomeCard) -> HandoverLine | None:
    """An offer of the whole household that waits, or was not taken over."""
    found = queries.offer_of_home(scope, home.id)
    return found if found and found.own and found.state in WAITS_OR_STAYED else None


def day_asked(text: str, today: date) -> date:
    """The day that an address names, else today; never one to come."""
    try:
        return min(date.fromisoformat(text), today) if text else today
    except ValueError:
        return today


@door("people.edit", methods=("GET", "POST"))
def found(request: Asked) -> HttpResponse:
    """Enter a new household in a village."""
    village = village_asked(request)
    if village is None:
        return village_first(request, reverse("households"))
    form = forms.HomeForm(request.POST or None)
    form.offer(where_in(request.scope, village))

    def do() -> str:
        new = new_home(request.scope, form, village)
        made = actions.found_household(request.scope, request.act, new=new)
        return reverse("household", args=[made["household"]])

    return asked(request, form, do, (N_("New household"), N_("The household was entered."), None), **near(village))


def village_asked(request: Asked) -> int | None:
    """The village that is asked for, or none where the place is wider than one."""
    code = place_asked(request)
    return village_of(code) if level_of(code) not in ("county", "township") else None


def village_first(request: Asked, back: str) -> HttpResponse:
    """Back to the list of a wider place, where a village is chosen."""
    messages.info(request, gettext("Choose a village first; every record belongs to one."))
    return HttpResponseRedirect(back)


def new_home(scope: Scope, form: forms.HomeForm, village: int) -> NewHome:
    """The household that the form describes, beside one of its village where it says so."""
    given = form.cleaned_data
    lon, lat = form.point(queries.neighbours(scope, village))
    return NewHome(
        place=int(given["place"]), natural_village=int(given["natural_village"]), number=given["number"],
        villager_group=int(given["villager_group"]) if given["villager_group"] else None, door=given["door"],
        lon=lon, lat=lat, began_on=given.get("on"),
    )  # fmt: skip


def _person_choices(scope: Scope) -> dict[str, list[tuple[str, str]]]:
    return {
        "as_to_head": choices(scope, "relation"),
        "sex": choices(scope, "sex"),
        "education": choices(scope, "education"),
        "political": choices(scope, "political"),
        "marital": choices(scope, "marital"),
    }


def _newcomer(scope: Scope, form: forms.PersonForm) -> NewPerson:
    given = form.cleaned_data
    placed = where.belongs(scope, given)
    return NewPerson(
        registered_place=placed.get("registered_place"), collective=placed.get("collective"),
        name=given["name"], sex=given["sex"], born_on=given["born_on"], id_number=given["id_number"],
        phone=given["phone"], education=given["education"], political=given["political"], marital=given["marital"],
    )  # fmt: skip


@door("people.edit", methods=("GET", "POST"))
def move_in(request: Asked, household_id: UUID) -> HttpResponse:
    """Somebody comes to live in the household."""
    home = queries.home_card(request.scope, household_id)
    form = forms.PersonForm(request.POST or None, initial=entering.begun(request, {"seen": home.version}))
    form.offer(_person_choices(request.scope))

    def do() -> str:
        into = Into(household=home.id, as_to_head=form.cleaned_data["as_to_head"])
        actions.moved_in(
            request.scope, request.act, into=into, newcomer=_newcomer(request.scope, form), told=form.told,
            another=form.cleaned_data.get("another", False),
        )  # fmt: skip
        return reverse("household", args=[home.id])

    alike = twice.alike(request, form, home, lambda: _newcomer(request.scope, form))
    return asked(request, form, do, (N_("Enter a move-in"), N_("Entered."), home), **alike)


@door("people.edit", methods=("GET", "POST"))
def birth(request: Asked, household_id: UUID) -> HttpResponse:
    """A child is born into the household."""
    home = queries.home_card(request.scope, household_id)
    form = forms.PersonForm(request.POST or None, initial=entering.begun(request, {"seen": home.version}))
    form.offer(_person_choices(request.scope))
    for name in ("born_on", "phone", "education", "political", "marital"):
        del form.fields[name]

    def child() -> NewPerson:
        given = form.cleaned_data
        placed = where.belongs(request.scope, given)
        return NewPerson(
            name=given["name"], sex=given["sex"], born_on=given["on"], id_number=given["id_number"],
            registered_place=placed.get("registered_place"), collective=placed.get("collective"),
        )  # fmt: skip

    def do() -> str:
        given = form.cleaned_data
        into = Into(household=home.id, as_to_head=given["as_to_head"])
        actions.born(
            request.scope, request.act, into=into, child=child(), told=form.told, another=given.get("another", False)
        )
        return reverse("household", args=[home.id])

    alike = twice.alike(request, form, home, child)
    return asked(request, form, do, (N_("Enter a birth"), N_("Entered."), home), **alike)


@door("people.edit", methods=("GET", "POST"))
def head(request: Asked, household_id: UUID) -> HttpResponse:
    """Another of the household becomes its head."""
    home = queries.home_card(request.scope, household_id)
    form = forms.HeadForm(request.POST or None, initial=entering.begun(request, {"seen": home.version}))
    form.offer({"head": [choose_one(), *(one for one in _members(request.scope, home) if one[0] != str(home.head))]})

    def do() -> str:
        actions.set_head(
            request.scope, request.act, household_id=home.id, person_id=UUID(form.cleaned_data["head"]), told=form.told
        )
        return reverse("household", args=[home.id])

    return asked(request, form, do, (N_("Change the head"), N_("The head was changed."), home))


def _members(scope: Scope, home: HomeCard) -> list[tuple[str, str]]:
    return [(str(one.person), one.name) for one in queries.members_on(scope, home.id, localdate())]


@door("people.edit", methods=("GET", "POST"))
def split(request: Asked, household_id: UUID) -> HttpResponse:
    """Some of the household found one of their own."""
    home = queries.home_card(request.scope, household_id)
    form = forms.SplitForm(request.POST or None, initial=entering.begun(request, where.beside(request.scope, home)))
    people = _members(request.scope, home)
    village = village_of(home.place)
    form.offer({**where_in(request.scope, village or home.place), "people": people, "head": [choose_one(), *people]})

    def do() -> str:
        given = form.cleaned_data
        leaving = actions.Leaving(
            people=tuple(UUID(one) for one in given["people"]),
            head=UUID(given["head"]),
            home=new_home(request.scope, form, village or home.place),
        )
        made = actions.split(request.scope, request.act, household_id=home.id, leaving=leaving, told=form.told)
        return reverse("household", args=[made["household"]])

    words = (N_("Split the household"), N_("The household was split."), home)
    return asked(request, form, do, words, **near(village or home.place))


WAITS_OR_STAYED: Final = ("offered", "lapsed", "refused")
MERGED: Final = N_(
    "The households were merged. What was recognised of the first as a whole goes on in the other; check that it still "
    "holds there."
)


@door("people.edit", methods=("GET", "POST"))
def merge(request: Asked, household_id: UUID) -> HttpResponse:
    """The whole household moves into another."""
    home = queries.home_card(request.scope, household_id)
    form = forms.IntoForm(request.POST or None, initial=entering.begun(request, {"seen": home.version}))
    village = village_of(home.place) or home.place
    form.offer({**where_in(request.scope, village), "as_to_head": choices(request.scope, "relation")})
    form.narrow(request.scope)

    def do() -> str:
        given = form.cleaned_data
        other = form.household(request.scope)
        into = Into(household=other, as_to_head=given["as_to_head"])
        actions.merge_households(request.scope, request.act, household_id=home.id, into=into, told=form.told)
        return reverse("household", args=[other])

    return asked(request, form, do, (N_("Merge into another household"), MERGED, home), shows=True)


@door("people.edit", methods=("GET", "POST"))
def flag(request: Asked, household_id: UUID) -> HttpResponse:
    """Something was recognised of the household."""
    home = queries.home_card(request.scope, household_id)
    form = forms.FlagForm(request.POST or None, initial=entering.begun(request, {"seen": home.version}))
    zh = language() == "zh"
    offered = queries.flag_types(request.scope, "household")
    form.offer({"type_code": [(one.code, one.zh if zh else one.en) for one in offered]})

    def do() -> str:
        given = form.cleaned_data
        what = actions.Recognised(
            type_code=given["type_code"], household=home.id, body=given["body"], basis=given["basis"]
        )
        actions.flag(request.scope, request.act, what=what, told=form.told)
        return reverse("household", args=[home.id])

    return asked(request, form, do, (N_("Enter a recognition"), N_("Entered."), home))
