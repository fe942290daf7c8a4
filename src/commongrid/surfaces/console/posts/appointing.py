"""Appoint: first where, then who as what from when; people of the same name are shown before one is made twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.act import is_id
from commongrid.kernel.refusals import N_, Refusal
from commongrid.registry.queries import called, namesakes
from commongrid.roster import queries
from commongrid.roster.actions import Appointment
from commongrid.roster.actions import appoint as fill_post
from commongrid.roster.dividing.queries.staffing import may_head
from commongrid.roster.rules import PLACE_LEVELS, may_appoint
from commongrid.surfaces.console.posts.words import day_field, place_asked, trail
from commongrid.surfaces.console.register.picking import MANY, more_than_shown, people_choices, sought, told_apart
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import in_a_row, language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import HttpResponse

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import PersonRow
    from commongrid.roster.queries import PostLine
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

SOMEBODY_ELSE = "new"
UNKNOWN = N_(
    "By the register they are no Party member who lives in this grid, and lead no group. "
    "Check whether they may head it."
)
NEW_TO_IT = N_("They are not in the register: whether they may head a grid was not checked.")


class AppointForm(Form):
    """Who is to sit here, as what, from when."""

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose a role from the list.")})
    unit = forms.ChoiceField(
        label=_("Unit"),
        required=False,
        help_text=_("For handlers of departments, stations and offices, and Party groups."),
    )
    display_name = forms.CharField(
        label=_("Name of the person"),
        max_length=60,
        error_messages={"required": _("Enter the person's name, at most 60 characters.")},
    )
    person = forms.ChoiceField(label=_("Is it one of these people?"), required=False, widget=forms.RadioSelect)
    from_on = day_field(_("First day"), today=True)
    last_on = day_field(_("Last day"), required=False, help_text=_("Leave empty if it is not known yet."))
    title_zh = forms.CharField(
        label=_("Title in Chinese"),
        required=False,
        max_length=60,
        help_text=_("As on notices; empty means the role's name."),
    )
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=60)
    office_phone = forms.CharField(
        label=_("Office phone"),
        required=False,
        max_length=40,
        help_text=_("Everybody can see it. Never a private number."),
    )

    def __init__(
        self, *args: Any, near: int, roles: list[tuple[str, str]], units: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """With the roles and units that fit the place; the people ``near`` it are offered first."""
        super().__init__(*args, **kwargs)
        self.near = near
        self.fields["role"].choices = [("", gettext("Choose a role")), *roles]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", gettext("None")), *units]  # type: ignore[attr-defined]
        if not units:
            del self.fields["unit"]

    def ask_person(self, scope: Scope, act: Act) -> bool:
        """Offer people in scope of exactly this name; whether the question is still open.

        A form sent twice finds the person whom the first sending entered, and asks nothing.
        """
        name = " ".join(str(self.data.get("display_name", "")).split())
        entered, chosen = act.child("person").id, str(self.data.get("person", ""))
        people = self._namesakes(scope, name, UUID(chosen) if is_id(chosen) else entered)
        if not people or any(one.id == entered for one in people):
            del self.fields["person"]
            return False
        self._offer(scope, people)
        return not chosen

    def choose(self, scope: Scope, person: str) -> None:
        """Fill in somebody of the register who was chosen, beside whoever has the same name."""
        name = called(scope, {UUID(person)}).get(UUID(person), "") if is_id(person) else ""
        people = self._namesakes(scope, name, UUID(person)) if name and scope.may("people.read") else []
        if all(str(one.id) != person for one in people):
            del self.fields["person"]
            return
        self._offer(scope, people)
        self.initial.update(display_name=name, person=person)

    def _namesakes(self, scope: Scope, name: str, chosen: UUID) -> list[PersonRow]:
        return namesakes(scope, name, MANY + 1, near=self.near, chosen=chosen)

    def _offer(self, scope: Scope, found: Sequence[PersonRow]) -> None:
        people, field = found[:MANY], self.fields["person"]
        known = told_apart(scope, people) if scope.may("people.read") else [(one, "") for one in people]
        held = queries.held_by(scope, [one.id for one in people])
        choices = [(str(one.id), _about(one, held.get(one.id, []), lives)) for one, lives in known]
        field.choices = [*choices, (SOMEBODY_ELSE, gettext("Somebody else of the same name"))]  # type: ignore[attr-defined]
        if len(found) > MANY:
            field.help_text = more_than_shown()

    def is_answered(self, scope: Scope, act: Act) -> bool:
        """Whether all is filled in and it is plain who is meant; else the form asks."""
        open_question = self.ask_person(scope, act)
        if self.is_valid() and open_question:
            self.add_error(
                "person", gettext("Somebody of this name is known already. Say whether it is the same person.")
            )
        return self.is_valid()

    @property
    def meant(self) -> UUID | None:
        """Who of the register is meant, if anybody."""
        chosen = self.cleaned_data.get("person", "")
        return UUID(chosen) if chosen and chosen != SOMEBODY_ELSE else None

    def appointment(self, *, role: str, place: int, unit: UUID | None) -> Appointment:
        """As the action takes it."""
        given = self.cleaned_data
        return Appointment(
            role=role, place=place, unit=unit, from_on=given["from_on"],
            to_on=given["last_on"] + timedelta(days=1) if given["last_on"] else None,
            person=self.meant, name=given["display_name"],
            title_zh=given["title_zh"], title_en=given["title_en"], office_phone=given["office_phone"],
        )  # fmt: skip


@door("posts.appoint", methods=("GET", "POST"))
def appoint(request: Asked) -> HttpResponse:
    """Choose the place, then fill in who; sending it appoints and leads to the post."""
    place = place_asked(request.scope, request.POST.get("place") or request.GET.get("place", ""))
    if place is None or place.ended or not request.scope.covers(place.code):
        return _where(request)
    scope = request.scope
    choices: dict[str, Any] = {"near": place.code, "roles": _roles(scope, place), "units": _units(scope, place)}
    if request.method != "POST":
        form = AppointForm(initial={"role": request.GET.get("role", "")}, **choices)
        form.choose(request.scope, request.GET.get("person", ""))
        return _form(request, form, place)
    form = AppointForm(request.POST, **choices)
    if form.is_answered(request.scope, request.act):
        try:
            given = form.cleaned_data
            unit = UUID(given["unit"]) if given.get("unit") else None
            to = form.appointment(role=given["role"], place=place.code, unit=unit)
            done = fill_post(request.scope, request.act, to=to)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("Appointed. Give them a sign-in link if they have none."))
            if given["role"] == "grid_head" and done["person"] not in _heads(request.scope, place):
                messages.warning(request, gettext(UNKNOWN if to.person else NEW_TO_IT))
            return HttpResponseRedirect(reverse("post", args=[done["post"]]))
    return _form(request, form, place)


def _where(request: Asked) -> HttpResponse:
    """The first question: where."""
    text = request.GET.get("q", "").strip()[:60].replace("\x00", "")
    scope = request.scope
    found = territory.search_places(scope, text, limit=20) if text else []
    home = scope.place or 0
    nearby = [*territory.places(scope, [home]).values(), *territory.children(scope, home)]
    rows = [row for row in (found or nearby) if scope.covers(row.code)]
    know_places(request, (row.code for row in rows))
    context = {"q": text, "rows": rows, "searched": bool(text), "trail": trail(None, gettext("Appoint"))}
    return render(request, "console/posts/where.html", context)


def _form(request: Asked, form: AppointForm, place: PlaceRow) -> HttpResponse:
    heads = _heads(request.scope, place) if form["role"].value() == "grid_head" else {}
    context = {
        "form": form, "place": place, "trail": trail(None, gettext("Appoint")), "heads": heads,
        **searched(request, place.code, heads, {"place": str(place.code), "role": form["role"].value() or ""}),
    }  # fmt: skip
    return render(request, "console/posts/appoint.html", context, status=422 if form.errors else 200)


def searched(request: Asked, near: int, heads: Collection[str], kept: dict[str, str]) -> dict[str, Any]:
    """People of the register looked for by name, those who may head the grid first; ``kept`` goes with the address."""
    if not request.scope.may("people.read"):
        return {"searches": False}
    text, rows, more = sought(request, near)
    found = people_choices(request.scope, rows)
    found.sort(key=lambda one: one[0] not in heads)
    return {
        "searches": True, "q": text, "kept": kept, "found": [(*one, one[0] in heads) for one in found],
        "more": more,
    }  # fmt: skip


def _heads(scope: Scope, place: PlaceRow) -> dict[str, str]:
    """Who may head a grid by the register, for those who read it."""
    if place.level != "grid" or not scope.may("people.read"):
        return {}
    return {str(one): name for one, name in may_head(scope, place.code, localdate()).items()}


def _roles(scope: Scope, place: PlaceRow) -> list[tuple[str, str]]:
    """Roles that sit at such a place and that this post may fill."""
    return [
        (role.code, role.label(language()))
        for role in queries.roles(scope)
        if place.level in PLACE_LEVELS[role.level] and may_appoint(scope.level, role.level)
    ]


def _units(scope: Scope, place: PlaceRow) -> list[tuple[str, str]]:
    return [(str(unit.id), unit.label(language())) for unit in queries.units(scope, place=place.code)]


def _about(person: PersonRow, held: Sequence[PostLine], lives: str) -> str:
    """A person by the posts that they hold and by where they live, so that two of one name are told apart."""
    posts = [f"{one.place_label(language())} {one.label(language())}" for one in held]
    held_now = in_a_row(posts) if posts else gettext("no post now")
    return f"{person.name}: {held_now} · {lives}" if lives else f"{person.name}: {held_now}"
