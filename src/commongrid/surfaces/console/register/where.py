"""Places to choose from, touched on a map, or typed: a code, or a name that only one place has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel.places import code_read, county_of, village_of
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import halfwidth
from commongrid.registry import queries
from commongrid.registry.rules.fields import BELONGS
from commongrid.surfaces.console.mapping import tiles
from commongrid.surfaces.console.place_forms import LEVELS
from commongrid.surfaces.shared.times import in_a_row, language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import HomeCard
    from commongrid.surfaces.shared.doors import Asked


ASTRAY: Final = N_(
    "The point lies outside the village's boundary, or more than 5 km from its homes. Check it: longitude and latitude "
    "are those of WGS 84; a Chinese web map's are some 500 metres off."
)
PLACES = ("registered_place", "collective")
"""Fields of a person in which a place is typed."""


def belongs(scope: Scope, given: Mapping[str, str]) -> dict[str, int]:
    """Where somebody is registered and of which collective, as it was typed. Refuses: BadInput at the field."""
    typed = {name: given[name] for name in PLACES if given.get(name)}
    return {name: meant(scope, text, name, BELONGS[name]) for name, text in typed.items()}


def written(scope: Scope, code: int | None) -> str:
    """A place as a form shows it to be changed: its name and code, else the code alone."""
    if code is None:
        return ""
    row = territory.places(scope, [code]).get(code)
    return f"{row.label(language())} {code}" if row else str(code)


def meant(scope: Scope, text: str, field: str, levels: tuple[str, ...] = ("village",)) -> int:
    """The place that was typed: its code, alone or behind a name, or a name that only one place of the county has.

    Refuses: BadInput at the field, with what it may have meant, or the levels of which it is to be.
    """
    county = county_of(scope.lo) or 0
    for said in (text, (text.split() or [""])[-1]):
        if (code := code_read(halfwidth(said))) is not None:
            row = territory.places(scope, [code]).get(code)
            if row is None or row.level not in levels or row.ended or county_of(code) != county:
                raise _none(field, levels)
            return code
    found = [one for one in territory.search_places(scope, text, limit=30)
             if one.level in levels and not one.ended and county_of(one.code) == county]  # fmt: skip
    exact = [one for one in found if text in (one.name, one.name_en)] or found
    if not exact:
        raise _none(field, levels)
    if len(exact) != 1:
        names = in_a_row(f"{one.label(language())} {one.code}" for one in found[:8])
        raise BadInput(fields={field: N_("Which of these: %(names)s? Type the code.")}, names=names)
    return exact[0].code


def _none(field: str, levels: tuple[str, ...]) -> BadInput:
    names = in_a_row(gettext(LEVELS[one]) for one in levels)
    return BadInput(
        fields={field: N_("The county has no such place; it must be one of these: %(levels)s.")}, levels=names
    )


def choose_one() -> tuple[str, str]:
    """What a list offers first, where nothing is chosen for the reader."""
    return "", gettext("Choose one")


def where_in(scope: Scope, village: int, *, beside: int | None = None) -> dict[str, list[tuple[str, str]]]:
    """The natural villages, groups and grids of a village, to choose from; and the homes that have a point there."""
    rows = [row for row in territory.children(scope, village) if not row.ended]
    first = [choose_one()]
    return {
        "natural_village": [
            *first,
            *((str(one.code), one.label(language())) for one in rows if one.level == "natural_village"),
        ],
        "place": [*first, *((str(one.code), one.label(language())) for one in rows if one.level == "grid")],
        "villager_group": [
            ("", gettext("Not said")),
            *((str(one.code), one.label(language())) for one in rows if one.level == "villager_group"),
        ],
        "beside": [
            ("", gettext("Not said")),
            *((str(ident), name) for ident, name, *_at in queries.neighbours(scope, beside or village)),
        ],
    }


def beside(scope: Scope, home: HomeCard) -> dict[str, object]:
    """What a form for a household that comes out of this one begins with: the same place, a number that is free."""
    return {
        "seen": home.version, "natural_village": home.natural_village, "place": home.place,
        "villager_group": home.villager_group, "number": queries.next_number(scope, home.natural_village),
    }  # fmt: skip


def near(place: int) -> dict[str, Any]:
    """The map on which a form's point is touched, and the place in which it is to lie."""
    return {
        **tiles.base(), "spot_in": place, "around": reverse("map_shapes", args=[place]),
        "points": reverse("map_points", args=[place]),
    }  # fmt: skip


def doubt_point(request: Asked, form: Any, place: int | None) -> None:
    """Say after an entry that the point typed lies where it can hardly be; it stays as it was entered."""
    village = village_of(place) if place and {"lon", "lat"} & set(form.changed_data) else None
    lon, lat = (halfwidth(str(form.cleaned_data.get(name) or "")) for name in ("lon", "lat"))
    if not (village and lon and lat):
        return
    if queries.astray(request.scope, [queries.Pointed(0, village, (float(lon), float(lat)))]):
        messages.warning(request, gettext(ASTRAY))
