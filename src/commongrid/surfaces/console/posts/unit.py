"""One unit: what it is, who holds posts in it, what it holds, its history; change it; what a Party group takes in."""

from __future__ import annotations

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

from commongrid.kernel.refusals import NotFound, Refusal
from commongrid.matters.queries import waiting
from commongrid.roster import actions, queries
from commongrid.surfaces.console import history
from commongrid.surfaces.console.place_forms import LEVELS
from commongrid.surfaces.console.posts.units import TYPES, NowForm, may_change, to_change, unit_trail
from commongrid.surfaces.console.posts.words import STATES, TONES, day_field, place_asked, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory
from commongrid.territory.queries import boundaries as bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from commongrid.roster.queries import CoverRow, Former, UnitRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

INSIDE = ("natural_village", "villager_group", "grid")
"""Levels of what a Party group takes in, as the map is divided by them."""


class CoversForm(Form):
    """What a Party group takes in, and from when."""

    covers = forms.TypedMultipleChoiceField(
        label=_("Takes in"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Touch the areas on the map, or tick them here."),
        error_messages={"invalid_choice": _("Choose natural villages, villager groups or grids that exist now.")},
    )  # fmt: skip
    on = day_field(_("From this day on"), today=True)

    def __init__(self, *args: Any, rows: list[tuple[PlaceRow, str]], **kwargs: Any) -> None:
        """With the places of the village, and which other group takes each in."""
        super().__init__(*args, **kwargs)
        self.fields["covers"].choices = [  # type: ignore[attr-defined]
            (row.code, " · ".join(filter(None, (row.label(language()), gettext(LEVELS[row.level]), other))))
            for row, other in rows
        ]


@door("posts.read")
def unit(request: Asked, unit_id: UUID) -> HttpResponse:
    """One unit: its facts, the units under it, its posts, its open matters, its history, and what may be done."""
    scope = request.scope
    row = queries.unit(scope, unit_id)
    today = localdate()
    posts, more = queries.posts(scope, queries.Wanted(unit=unit_id, state="all"))
    live = [one for one in posts if one.state_on(today) != "ended"]
    under = queries.units_under(scope, unit_id)
    covers = queries.covers(scope, [unit_id])
    know_places(
        request,
        [row.place, *(one.place for one in posts), *(one.place for one in under), *(one.place for one in covers)],
    )
    former = queries.former(scope, unit_id)
    about = {row.parent, row.master, row.successor, *(up for one in former.values() for up in (one.parent, one.master))}
    names = queries.units_by_id(scope, [one for one in about if one is not None])
    functions = {code: one.label(language()) for code, one in queries.functions(scope).items()}
    may = may_change(scope, row) and (row.valid_to is None or row.valid_to > today)
    context = {
        "unit": row, "kind": gettext(TYPES[row.type]), "function": functions.get(row.function, ""),
        "parent": names.get(row.parent) if row.parent else None,
        "master": names.get(row.master) if row.master else None,
        "successor": names.get(row.successor) if row.successor else None, "under": under,
        "posts": [(one, (gettext(STATES[one.state_on(today)]), TONES[one.state_on(today)])) for one in live],
        "more": more, "ended_posts": len(posts) - len(live), "held": waiting.held(scope, unit_id),
        "covers": [one for one in covers if one.valid_to is None or one.valid_to > today],
        "covered": [one for one in covers if one.valid_to is not None and one.valid_to <= today],
        "history": history.acts(scope, unit_id, _before(former, names, functions)),
        "may_change": may, "may_end": may and row.valid_to is None,
        "may_cover": may and row.type == "party_group", "today": today,
        "trail": [*unit_trail(row)[:-1], (row.label(language()), "")],
    }  # fmt: skip
    return render(request, "console/posts/unit.html", context)


def _before(
    former: Mapping[UUID, Former], names: Mapping[UUID, UnitRow], functions: Mapping[str, str]
) -> dict[UUID, str]:
    """What each change replaced, in words."""
    told = {}
    for act, one in former.items():
        up = one.master or one.parent
        above = names.get(up) if up else None
        was = (one.zh, one.en, functions.get(one.function, ""), above.label(language()) if above else "",
               one.office_phone)  # fmt: skip
        told[act] = gettext("Until then: %(was)s") % {"was": " · ".join(filter(None, was))}
    return told


@door("posts.appoint", methods=("GET", "POST"))
def unit_change(request: Asked, unit_id: UUID) -> HttpResponse:
    """Change a unit's names, function, what it answers to, or its phone; what it was stays in its history."""
    scope = request.scope
    row = to_change(scope, unit_id)
    form = NowForm(
        request.POST if request.method == "POST" else None, scope=scope, place=territory.place(scope, row.place),
        unit=row,
        initial={"name_zh": row.zh, "name_en": row.en, "function": row.function, "parent": row.parent,
                 "master": row.master, "office_phone": row.office_phone},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        now = actions.UnitNow(
            name_zh=given["name_zh"], name_en=given["name_en"], function=given["function"],
            parent=form.above("parent"), master=form.above("master"), office_phone=given["office_phone"],
        )  # fmt: skip
        try:
            actions.change_unit(scope, request.act, unit_id=unit_id, now=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("Changed. What it was before stays in its history."))
            return HttpResponseRedirect(reverse("unit", args=[unit_id]))
    title = gettext("Change a unit")
    context = {"form": form, "unit": row, "title": title, "trail": [*unit_trail(row), (title, "")]}
    return render(request, "console/posts/unit_change.html", context, status=422 if form.errors else 200)


@door("posts.appoint", methods=("GET", "POST"))
def unit_covers(request: Asked, unit_id: UUID) -> HttpResponse:
    """What a Party group takes in: areas touched on the map, or ticked in the list."""
    scope = request.scope
    row = to_change(scope, unit_id)
    if row.type != "party_group":
        raise NotFound
    groups = queries.party_groups(scope, row.place)
    known = queries.covers(scope, {row.id, *(one.id for one in groups)})
    inside = [one for one in territory.children(scope, row.place) if one.level in INSIDE]
    form = CoversForm(
        request.POST if request.method == "POST" else None, rows=_offered(row, groups, known, inside),
        initial={"covers": [one.place for one in known if one.unit == row.id and one.holds(localdate())]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        places, on = tuple(sorted(form.cleaned_data["covers"])), form.cleaned_data["on"]
        try:
            actions.cover(scope, request.act, unit_id=unit_id, places=places, on=on)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("Saved. What it took in before stays in its history."))
            return HttpResponseRedirect(reverse("unit", args=[unit_id]))
    asked = request.GET.get("level", "")
    level = asked if asked in INSIDE else next((one.level for one in inside), INSIDE[0])
    title = gettext("What it takes in")
    context = {
        "form": form, "unit": row, "title": title, "level": level, "trail": [*unit_trail(row), (title, "")],
        "levels": [(each, gettext(LEVELS[each])) for each in INSIDE if any(one.level == each for one in inside)],
        "shapes": f"{reverse('map_shapes', args=[row.place])}?level={level}&by=groups", "village": row.place,
        "drawn": bool(bounds.outlines(scope, [one.code for one in inside if one.level == level])),
    }  # fmt: skip
    return render(request, "console/posts/unit_covers.html", context, status=422 if form.errors else 200)


def _offered(
    own: UnitRow, groups: list[UnitRow], known: list[CoverRow], inside: list[PlaceRow]
) -> list[tuple[PlaceRow, str]]:
    """The places of the village, each with the other group that takes it in today."""
    names = {one.id: one.label(language()) for one in groups if one.id != own.id}
    taken = {one.place: names[one.unit] for one in known if one.unit in names and one.holds(localdate())}
    return [
        (row, gettext("now in %(group)s") % {"group": taken[row.code]} if row.code in taken else "") for row in inside
    ]


@door("posts.read")
def party_groups(request: Asked) -> HttpResponse:
    """The Party groups of a village and what each takes in; the post's own where none is named, else all units."""
    scope = request.scope
    place = place_asked(scope, request.GET.get("place", "") or str(scope.place or ""))
    if place is None or place.level != "village":
        return HttpResponseRedirect(reverse("units"))
    groups = queries.party_groups(scope, place.code)
    taken: dict[UUID, list[CoverRow]] = {}
    for one in queries.covers(scope, [group.id for group in groups]):
        if one.holds(localdate()):
            taken.setdefault(one.unit, []).append(one)
    inside = [one for one in territory.children(scope, place.code) if one.level in INSIDE]
    know_places(request, (one.code for one in inside))
    held = {one.place for rows in taken.values() for one in rows}
    context = {
        "place": place, "rows": [(one, taken.get(one.id, []), may_change(scope, one)) for one in groups],
        "free": [one for one in inside if one.level == "natural_village" and one.code not in held] if groups else [],
        "may": scope.may("posts.appoint") and scope.covers(place.code), "today": localdate(),
        "trail": trail(None, gettext("Party groups")),
    }  # fmt: skip
    return render(request, "console/posts/party_groups.html", context)
