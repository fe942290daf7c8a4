"""What somebody means who types a kind or a place: the rows to choose from, in this post's reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from commongrid.kernel.places import code_read, interval, level_of
from commongrid.matters.queries import vocabulary
from commongrid.matters.rules.named import UNSORTED
from commongrid.surfaces.shared.times import chinese
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.vocabulary import KindRow
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

MOST_PLACES: Final = 30
CODE: Final = re.compile(r"\s*([A-Za-z]\d{2})\b")


@dataclass(frozen=True, slots=True)
class Found:
    """A place to choose: the row and the way to it."""

    row: PlaceRow
    way: str


def kind_meant(scope: Scope, text: str) -> KindRow | None:
    """The kind somebody typed, or None where it is not clear."""
    rows = [row for row in vocabulary.kinds(scope) if row.parent]
    wanted = text.strip().casefold()
    if not wanted:
        return next((row for row in rows if row.code == UNSORTED), None)
    if code := CODE.match(text):
        return next((row for row in rows if row.code == code[1].upper()), None)
    exact = [row for row in rows if wanted in (row.zh, row.en.casefold())]
    near = exact or [row for row in rows if wanted in row.zh or wanted in row.en.casefold()]
    return near[0] if len(near) == 1 else None


def reaches(scope: Scope, code: int) -> bool:
    """Whether somebody in this post may record a matter there."""
    if scope.narrow in ("unit", "households"):
        return scope.lo <= code <= scope.hi
    return scope.covers(code)


def places_for(scope: Scope, text: str) -> list[Found]:
    """Places to choose from: all there are where a post sees a village or less, else those that match."""
    wanted = text.strip()
    if scope.narrow == "grids":
        rows = [row for row in territory.places(scope, scope.grids).values() if not row.ended]
    elif not wanted and level_of(scope.lo) == "village" and interval(scope.lo).hi == scope.hi:
        rows = [*territory.places(scope, [scope.lo]).values(), *territory.children(scope, scope.lo)]
    else:
        within = scope.lo if interval(scope.lo).hi == scope.hi else None
        rows = territory.search_places(scope, wanted, within=within, limit=MOST_PLACES)
    rows = [row for row in rows if reaches(scope, row.code) and row.level != "villager_group" and not row.ended]
    if wanted and scope.narrow == "grids":
        rows = [row for row in rows if wanted in row.name] or rows
    language = "zh" if chinese() else "en"
    parents = territory.places(scope, {row.parent for row in rows if row.parent})
    ways = {code: one.label(language) for code, one in parents.items()}
    return [Found(row, ways.get(row.parent or 0, "")) for row in rows[:MOST_PLACES]]


def offered(scope: Scope, text: str, chosen: str) -> list[Found]:
    """What matches, and what was chosen before even if it no longer matches."""
    found = places_for(scope, text)
    code = code_read(chosen)
    if code is not None and all(one.row.code != code for one in found):
        row = territory.places(scope, [code]).get(code)
        if row is not None and reaches(scope, row.code):
            found.insert(0, Found(row, ""))
    return found


def place_asked(request: Asked) -> dict[str, Any]:
    """What was typed and chosen as the place in a form that was sent, and the places to choose from."""
    text = request.POST.get("place_text", "").replace("\x00", "")[:60]
    chosen = request.POST.get("place", "") or request.GET.get("place", "")
    return {"place_text": text, "chosen": chosen, "found": offered(request.scope, text, chosen)}
