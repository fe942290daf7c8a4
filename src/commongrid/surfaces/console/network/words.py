"""What the Network pages call things, where they are, and the sentence behind each reason of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext

from commongrid.kernel.places import is_code, level_of, village_of
from commongrid.kernel.refusals import NotFound
from commongrid.surfaces.console.register.homes import place_asked
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

TONES: Final = {"asked": "info", "ready": "accent", "failed": "late", "approved": "ok", "adopted": "ok", "dropped": ""}


def area(request: Asked) -> int:
    """The place that an address names, else where the post's sight begins. Refuses: NotFound outside its interval."""
    scope = request.scope
    if not request.GET.get("place") and scope.level == "grid" and scope.place:
        return scope.place
    code = place_asked(request)
    if scope.lo <= code <= scope.hi:
        return code
    if request.GET.get("place") or not is_code(scope.lo):
        raise NotFound
    return scope.lo


def page_named(request: Asked, first: int = 0) -> int:
    """The page of a list that an address names. Refuses: NotFound for what is no number of a page."""
    text = request.GET.get("page", str(first))
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - a page's number
        raise NotFound
    return int(text)


def village(scope: Scope, code: int) -> PlaceRow:
    """The village at an address, all of it in scope. Refuses: NotFound."""
    if not is_code(code) or level_of(code) != "village" or not territory.covers_whole(scope, code):
        raise NotFound
    return territory.place(scope, code)


def natural_village(scope: Scope, code: int) -> PlaceRow:
    """The natural village at an address, in scope. Refuses: NotFound."""
    if not is_code(code) or not scope.covers(code):
        raise NotFound
    found = territory.place(scope, code)
    if found.level != "natural_village":
        raise NotFound
    return found


def hamlets(scope: Scope, code: int) -> list[PlaceRow]:
    """The natural villages of a village that exist."""
    return [one for one in territory.children(scope, code) if one.level == "natural_village" and not one.ended]


def trail(scope: Scope, code: int, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Where a page is: the network, the village, and what follows."""
    way = [(gettext("Network"), reverse("network"))]
    home = village_of(code)
    if home is not None and (row := territory.places(scope, [home]).get(home)) is not None:
        way.append((row.label(language()), reverse("linking", args=[home])))
    return [*way, *more]
