"""Units: departments, stations, offices and Party groups; set up and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel.places import ancestors_of
from commongrid.kernel.refusals import N_, NotFound, NotYours, Refusal
from commongrid.matters.queries import waiting
from commongrid.roster import actions, queries
from commongrid.roster.rules import SETS_UP, UNIT_TYPES_AT, may_set_up
from commongrid.surfaces.console.posts.words import day_field, place_asked, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

TYPES = {
    "department": N_("County department"),
    "station": N_("Station of a department"),
    "office": N_("Office"),
    "centre": N_("Centre"),
    "committee": N_("Committee"),
    "party_group": N_("Party group"),
    "outside": N_("Body outside the county's command"),
}


def unit_trail(unit: queries.UnitRow) -> list[tuple[str, str]]:
    """The way to a unit."""
    return [
        *trail(None), (gettext("Units"), reverse("units")),
        (unit.label(language()), reverse("unit", args=[unit.id])),
    ]  # fmt: skip


class NowForm(Form):
    """What may be changed of a unit: its names, function, what it answers to, its phone."""

    name_zh = forms.CharField(
        label=_("Chinese name"),
        max_length=80,
        error_messages={"required": _("Enter the unit's name, at most 80 characters.")},
    )
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    function = forms.ChoiceField(
        label=_("Function"), required=False, help_text=_("Work of this kind at this place goes to the unit.")
    )
    parent = forms.ChoiceField(label=_("Part of"), required=False)
    master = forms.ChoiceField(
        label=_("County department"), required=False, help_text=_("A station also answers to its department.")
    )
    office_phone = forms.CharField(label=_("Office phone"), max_length=40, required=False)

    def __init__(
        self, *args: Any, scope: Scope, place: PlaceRow, unit: queries.UnitRow | None = None, **kwargs: Any
    ) -> None:
        """With the functions, and the units at the place and above it."""
        super().__init__(*args, **kwargs)
        near = {place.code, *ancestors_of(place.code)}
        others = [one for one in queries.units(scope) if unit is None or one.id != unit.id]
        offered = {
            "function": [(code, one.label(language())) for code, one in queries.functions(scope).items()],
            "parent": [
                (str(one.id), one.label(language()))
                for one in others
                if one.place in near and one.type not in {"party_group", "outside"}
            ],
            "master": [(str(one.id), one.label(language())) for one in others if one.type == "department"],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", gettext("None")), *choices]  # type: ignore[attr-defined]
        if place.level != "township":
            del self.fields["master"]

    def above(self, name: str) -> UUID | None:
        """The unit chosen as ``parent`` or ``master``."""
        return UUID(self.cleaned_data[name]) if self.cleaned_data.get(name) else None


class UnitForm(NowForm):
    """A unit to set up."""

    type = forms.ChoiceField(label=_("Kind of unit"), error_messages={"required": _("Choose a kind of unit.")})
    valid_from = day_field(_("First day"), today=True)
    field_order = ("type", "name_zh", "name_en", "function", "parent", "master", "office_phone", "valid_from")

    def __init__(self, *args: Any, scope: Scope, place: PlaceRow, **kwargs: Any) -> None:
        """With the kinds that sit at the place and that this post sets up."""
        super().__init__(*args, scope=scope, place=place, **kwargs)
        kinds = [
            (code, gettext(TYPES[code])) for code in UNIT_TYPES_AT.get(place.level, ()) if may_set_up(scope.level, code)
        ]
        blank = [] if len(kinds) == 1 else [("", gettext("None"))]
        self.fields["type"].choices = [*blank, *kinds]  # type: ignore[attr-defined]


@door("posts.read")
def units(request: Asked) -> HttpResponse:
    """Units in scope, or within a place, with their function and who they answer to."""
    scope = request.scope
    place = place_asked(scope, request.GET.get("place", ""))
    everything = queries.units(scope, within=place.code if place else None)
    names: dict[UUID | None, str] = {
        one.id: one.label(language()) for one in (queries.units(scope) if place else everything)
    }
    functions = {code: one.label(language()) for code, one in queries.functions(scope).items()}
    may = scope.may("posts.appoint") and scope.level in SETS_UP
    know_places(request, (one.place for one in everything))
    return render(
        request,
        "console/posts/units.html",
        {
            "rows": [
                (
                    one,
                    gettext(TYPES[one.type]),
                    functions.get(one.function, ""),
                    names.get(one.master, ""),
                    may_change(scope, one),
                )
                for one in everything
                if place or _near(scope, one.place)
            ],
            "place": place,
            "may_set_up": may,
            "home": place.code if place else scope.place,
            "trail": trail(None, gettext("Units")),
        },
    )


def may_change(scope: Scope, unit: queries.UnitRow) -> bool:
    """Whether this post changes and ends a unit."""
    return scope.may("posts.appoint") and scope.covers(unit.place) and may_set_up(scope.level, unit.type)


def to_change(scope: Scope, unit_id: UUID) -> queries.UnitRow:
    """The unit, if this post changes it. Refuses: NotYours."""
    unit = queries.unit(scope, unit_id)
    if not may_change(scope, unit):
        raise NotYours
    return unit


@door("posts.appoint", methods=("GET", "POST"))
def unit_add(request: Asked) -> HttpResponse:
    """Set up a unit at a place; the post's own where none is named."""
    scope = request.scope
    place = place_asked(scope, request.POST.get("place") or request.GET.get("place") or str(scope.place))
    if place is None:
        raise NotFound
    form = UnitForm(
        request.POST if request.method == "POST" else None, scope=scope, place=place,
        initial={"type": request.GET.get("type", "")[:12]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.add_unit(scope, request.act, unit=_unit(form, place))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("The unit was set up."))
            return HttpResponseRedirect(reverse("unit", args=[done["unit"]]))
    context = {"form": form, "place": place, "trail": trail(None, gettext("Set up a unit"))}
    return render(request, "console/posts/unit_form.html", context, status=422 if form.errors else 200)


class EndForm(Form):
    """When a unit ends and who takes over what it holds."""

    on = day_field(_("First day without it"), today=True)
    to_unit = forms.ChoiceField(
        label=_("What it holds goes to"),
        required=False,
        help_text=_("Without one, each matter goes back to the centre above, which gives it out anew."),
    )

    def __init__(self, *args: Any, scope: Scope, unit: queries.UnitRow, **kwargs: Any) -> None:
        """Offer the units at this place and above it."""
        super().__init__(*args, **kwargs)
        near = {unit.place, *ancestors_of(unit.place)}
        found = [
            one for one in queries.units(scope) if one.place in near and one.id != unit.id and one.type != "party_group"
        ]
        choices = [
            (str(one.id), one.label(language())) for one in sorted(found, key=lambda one: one.place != unit.place)
        ]
        self.fields["to_unit"].choices = [("", gettext("Back to the centre above")), *choices]  # type: ignore[attr-defined]


@door("posts.appoint", methods=("GET", "POST"))
def unit_end(request: Asked, unit_id: UUID) -> HttpResponse:
    """End a unit, once nobody holds a post in it: what it still holds, and who takes it over."""
    scope = request.scope
    unit = to_change(scope, unit_id)
    form = EndForm(request.POST if request.method == "POST" else None, scope=scope, unit=unit)
    status = 422 if form.errors else 200
    if not form.errors and form.is_bound:
        told = form.cleaned_data
        to_unit = UUID(told["to_unit"]) if told["to_unit"] else None
        try:
            actions.end_unit(scope, request.act, unit_id=unit_id, on=told["on"], to_unit=to_unit)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(
                request, gettext("The unit ends on that day; within a minute what it holds is handed over.")
            )
            return HttpResponseRedirect(reverse("unit", args=[unit_id]))
    context = {
        "form": form,
        "unit": unit,
        "held": waiting.held(scope, unit_id),
        "trail": [*unit_trail(unit), (gettext("End a unit"), "")],
    }
    return render(request, "console/posts/unit_end.html", context, status=status)


def _near(scope: Scope, place: int) -> bool:
    """Inside the post's area, or above it: where its work may go."""
    return scope.lo <= place <= scope.hi or place in ancestors_of(scope.place or scope.lo)


def _unit(form: UnitForm, place: PlaceRow) -> actions.NewUnit:
    given = form.cleaned_data
    return actions.NewUnit(
        place=place.code,
        type=given["type"],
        name_zh=given["name_zh"],
        name_en=given["name_en"],
        function=given["function"],
        parent=form.above("parent"),
        master=form.above("master"),
        outside_command=given["type"] == "outside",
        office_phone=given["office_phone"],
        valid_from=given["valid_from"],
    )
