"""People: one record, and everything that happens in a life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, WrongState
from commongrid.kernel.scope import ETHNIC
from commongrid.registry import actions, queries
from commongrid.registry.joining import queries as joining
from commongrid.registry.rules.facts import Into
from commongrid.registry.rules.fields import FIELDS
from commongrid.surfaces.console.register import entering, forms, looks
from commongrid.surfaces.console.register.answering import asked
from commongrid.surfaces.console.register.picking import people_choices, sought
from commongrid.surfaces.console.register.where import where_in
from commongrid.surfaces.console.register.words import (
    PERSON_STATES,
    WHY,
    chip,
    choices,
    flag_words,
    read_aloud,
    told,
    trail,
)
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language, written_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import FlagLine, HandoverLine, HomeCard, PersonCard
    from commongrid.surfaces.shared.doors import Asked


@door("people.read")
def page(request: Asked, person_id: UUID) -> HttpResponse:
    """One person's record: sealed fields masked, where they stayed, what was changed."""
    card = queries.person_card(request.scope, person_id)
    lists = (
        "sex", "education", "occupation", "political", "marital", "relation", "duty", "inflow", "domicile", "ethnic",
    )  # fmt: skip
    words = read_aloud(request.scope, *lists)
    home = _home(request, card)
    about = looks.about(card)
    shown = looks.opened(
        request, about, tuple(queries.REVEALED), lambda field: queries.revealed(request.scope, card.id, field)
    )
    if "ethnic" in shown:
        shown["ethnic"] = words["ethnic"].get(shown["ethnic"], "")
    flags = queries.flags_of(request.scope, person=card.id)
    merged_into, in_sight = joining.went_on(request.scope, card.id)
    know_places(request, [card.place, *(one.place for one in card.stays)])
    context = {
        "person": card,
        "chip": chip(PERSON_STATES, card.state),
        "home": home,
        "spouse": queries.spouse_of(request.scope, card),
        "married": card.marital.startswith("2"),
        "facts": _facts(card, words, shown, ethnic=request.scope.may(ETHNIC)),
        "sealed": _sealed(request.scope, card),
        "offer": _offer(request.scope, card),
        "registered": queries.booklets_of(request.scope, [card.id])[card.id],
        "memberships": [
            (one, words["duty"].get(one.duty, one.duty)) for one in queries.memberships_of(request.scope, card.id)
        ],
        "causes": looks.causes(request, about, flags),
        "may_look": request.scope.may("people.looks"),
        "may_give": request.scope.may("people.file"),
        "may_erase": request.scope.may("people.erase"),
        "erased_at": card.erased_at,
        "stays": [
            (one, words["relation"].get(one.as_to_head, ""), _why(one.why_began), _why(one.why_ended))
            for one in card.stays
        ],
        "flags": flags,
        "history": _history(request, card, flags),
        "may_undo": request.scope.may("people.edit") and not card.erased_at,
        "merged_into": merged_into if in_sight else None,
        "goes_on_elsewhere": bool(merged_into) and not in_sight,
        "may_edit": request.scope.may("people.edit") and not card.ended,
        "may_confirm": request.scope.may("people.confirm") and not card.ended,
        "trail": trail(home),
    }
    return looks.closing(request, render(request, "console/register/person.html", context))


def _offer(scope: Scope, card: PersonCard) -> HandoverLine | None:
    """An offer of this record that waits, or was not taken over; one that was accepted or withdrawn says nothing."""
    found = queries.offer_of(scope, card.id)
    return found if found and found.own and found.state in ("offered", "lapsed", "refused") else None


def _sealed(scope: Scope, card: PersonCard) -> list[tuple[str, str]]:
    """The sealed fields that hold something and that this reader may have shown, with their names."""
    return [
        (name, looks.about_of(name))
        for name in queries.REVEALED
        if queries.may_reveal(scope, name) and getattr(card, name)
    ]


def _history(request: Asked, card: PersonCard, flags: list[FlagLine]) -> list[dict[str, Any]]:
    """What was changed on the record and on those that were joined into it."""
    joined = joining.joined_from(request.scope, card.id)
    names = {card.id: "", **dict.fromkeys(joined, gettext("the record joined into this one"))}
    changes = queries.changes_of(request.scope, card.id, *joined)
    return told(request.scope, changes, names, flag_words(request.scope, flags))


def _why(code: str) -> str:
    return gettext(WHY[code]) if code in WHY else ""


def _home(request: Asked, card: PersonCard) -> HomeCard | None:
    return queries.home_card(request.scope, card.household) if card.household else None


def _facts(
    card: PersonCard, words: dict[str, dict[str, str]], shown: dict[str, str], *, ethnic: bool = False
) -> list[tuple[str, object, str, bool]]:
    """Label, value, the day on which each field was last found true, and whether it stands open."""
    zh = language() == "zh"
    values = {
        "sex": words["sex"].get(card.sex, ""),
        "born_on": card.born_on,
        "id_number": card.id_number,
        "phone": card.phone,
        "bank": card.bank,
        "education": words["education"].get(card.education, ""),
        "occupation": words["occupation"].get(card.occupation, ""),
        "political": words["political"].get(card.political, ""),
        "marital": words["marital"].get(card.marital, ""),
        "works_at": card.works_at,
        "as_in_home": words["relation"].get(card.as_in_home, ""),
        **({"ethnic": card.ethnic} if ethnic else {}),
        **{name: words.get(name, {}).get(value, value) for name, value in card.further.items() if value},
    }
    fields = FIELDS["person"]
    return [
        (
            fields[name].zh if zh else fields[name].en,
            shown.get(name, value),
            written_day(card.confirmed.get(name, "")),
            name in shown,
        )
        for name, value in values.items()
    ]


@door("people.edit", methods=("GET", "POST"))
def died(request: Asked, person_id: UUID) -> HttpResponse:
    """The person has died."""
    card = queries.person_card(request.scope, person_id)
    form = forms.ToldForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))
    _leaving(request, card, form)

    def do() -> None:
        actions.died(request.scope, request.act, person_id=person_id, told=form.told)

    return _of(request, card, form, do, (N_("Enter a death"), N_("The death was entered.")))


@door("people.edit", methods=("GET", "POST"))
def moved_out(request: Asked, person_id: UUID) -> HttpResponse:
    """The person has left the county for good."""
    card = queries.person_card(request.scope, person_id)
    form = forms.WhereForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))
    _leaving(request, card, form)

    def do() -> None:
        to = form.cleaned_data["to"]
        actions.moved_out(request.scope, request.act, person_id=person_id, to=to, told=form.told)

    return _of(request, card, form, do, (N_("Enter a move out of the county"), N_("The move was entered.")))


@door("people.edit", methods=("GET", "POST"))
def left(request: Asked, person_id: UUID) -> HttpResponse:
    """The person works or studies elsewhere for now."""
    card = queries.person_card(request.scope, person_id)
    form = forms.WhereForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))

    def do() -> None:
        to = form.cleaned_data["to"]
        actions.left_for_work(request.scope, request.act, person_id=person_id, to=to, told=form.told)

    return _of(request, card, form, do, (N_("Enter an absence"), N_("Entered.")))


@door("people.edit", methods=("GET", "POST"))
def returned(request: Asked, person_id: UUID) -> HttpResponse:
    """The person has come back."""
    card = queries.person_card(request.scope, person_id)
    form = forms.ToldForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))

    def do() -> None:
        actions.returned(request.scope, request.act, person_id=person_id, told=form.told)

    return _of(request, card, form, do, (N_("Enter a return"), N_("Entered.")))


@door("people.edit", methods=("GET", "POST"))
def move(request: Asked, person_id: UUID) -> HttpResponse:
    """The person moves to another household of the village."""
    card = queries.person_card(request.scope, person_id)
    form = forms.IntoForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))
    _leaving(request, card, form)
    village = village_of(card.place) or card.place
    form.offer({**where_in(request.scope, village), "as_to_head": choices(request.scope, "relation")})
    form.narrow(request.scope)

    def do() -> None:
        given = form.cleaned_data
        other = form.household(request.scope)
        into = Into(household=other, as_to_head=given["as_to_head"])
        actions.moved(request.scope, request.act, person_id=person_id, into=into, told=form.told)

    return _of(request, card, form, do, (N_("Move to another household"), N_("Entered.")), shows=True)


@door("people.edit", methods=("GET", "POST"))
def marry(request: Asked, person_id: UUID) -> HttpResponse:
    """The person marries somebody of the register; they live in one of the two households."""
    card = queries.person_card(request.scope, person_id)
    form = forms.MarryForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))
    _leaving(request, card, form)
    _text, found, more = sought(request, card.place)
    form.offer(
        {
            "spouse": people_choices(request.scope, [one for one in found if one.id != card.id])
            or [("", gettext("Search for the name first"))],
            "home": [
                ("own", gettext("the household of %(name)s") % {"name": card.name}),
                ("other", gettext("the other one")),
            ],
            "as_to_head": choices(request.scope, "relation"),
        }
    )

    def do() -> None:
        given = form.cleaned_data
        spouse = queries.person_card(request.scope, UUID(given["spouse"]))
        where = card.household if given["home"] == "own" else spouse.household
        if where is None:
            raise WrongState(N_("Enter the household first: the register does not say where this person lives."))
        into = Into(household=where, as_to_head=given["as_to_head"])
        actions.married(request.scope, request.act, person_id=person_id, spouse_id=spouse.id, into=into, told=form.told)

    return _of(request, card, form, do, (N_("Enter a marriage"), N_("Entered.")), shows=True, more_people=more)


def _leaving(request: Asked, card: PersonCard, form: forms.ToldForm) -> None:
    """Whoever is the last of a household is asked whether its home stays."""
    if card.household and len(queries.members_on(request.scope, card.household, localdate())) == 1:
        form.ask_of_home()


def _of(
    request: Asked, card: PersonCard, form: forms.ToldForm, do: Callable[[], None], words: tuple[str, str],
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """Ask one question about a person, then go back to the record."""

    def done() -> str:
        do()
        return reverse("person", args=[card.id])

    return asked(request, form, done, (*words, _home(request, card)), of=card.name, **more)


@door("people.edit", methods=("GET", "POST"))
def flag(request: Asked, person_id: UUID) -> HttpResponse:
    """Something was recognised of the person."""
    card = queries.person_card(request.scope, person_id)
    form = forms.FlagForm(request.POST or None, initial=entering.begun(request, {"seen": card.version}))
    zh = language() == "zh"
    offered = queries.flag_types(request.scope, "person")
    form.offer({"type_code": [(one.code, one.zh if zh else one.en) for one in offered]})

    def do() -> None:
        given = form.cleaned_data
        what = actions.Recognised(
            type_code=given["type_code"], person=person_id, body=given["body"], basis=given["basis"]
        )
        actions.flag(request.scope, request.act, what=what, told=form.told)

    return _of(request, card, form, do, (N_("Enter a recognition"), N_("Entered.")))
