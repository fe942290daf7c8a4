"""What does not fit around a boundary, in words: neighbours, the place around it, and the homes on the wrong side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext

from commongrid.kernel.boundaries import Dwellings
from commongrid.kernel.refusals import N_
from commongrid.registry.queries import points
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries

if TYPE_CHECKING:
    from commongrid.kernel.boundaries import Misfit
    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape
    from commongrid.territory.queries import PlaceRow
    from commongrid.territory.queries.boundaries import Fit

MISFITS: Final = {
    "overlap": N_("Overlaps %(name)s"), "gap": N_("A gap that no neighbour holds"), "outside": N_("Outside the parent"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A misfit in words: what, how many square metres, and where."""

    text: str
    m2: float
    lon: float
    lat: float


def told(scope: Scope, found: list[Misfit]) -> list[Told]:
    """Misfits in the reader's language, the largest first."""
    names = queries.places(scope, {one.other for one in found if one.other})
    return [
        Told(
            gettext(MISFITS[one.what]) % {"name": names[one.other].label(language()) if one.other in names else ""},
            one.m2, one.lon, one.lat,
        )
        for one in found
    ]  # fmt: skip


def fitting(scope: Scope, fit: Fit) -> dict[int, list[Told]]:
    """What does not fit around each of several places, in the reader's language."""
    every = [(code, one) for code, found in fit.around.items() for one in found]
    said: dict[int, list[Told]] = {}
    for (code, _one), words in zip(every, told(scope, [one for _code, one in every]), strict=True):
        said.setdefault(code, []).append(words)
    return said


def homes_around(scope: Scope, place: PlaceRow) -> Homes:
    """The homes against which a place's boundary is held: those of its village, of a village those of its township."""
    return Homes(scope, place.parent if place.parent and place.level not in ("township", "county") else place.code)


class Homes:
    """The measured homes of a place, read once, to tell how many lie on the wrong side of a boundary."""

    def __init__(self, scope: Scope, place: int) -> None:
        """Read them, if the reader may see where people live."""
        self.laid = Dwellings(points.dwellings(scope, place) if scope.may("people.read") else [])

    def off(self, code: int, own: Shape) -> str:
        """How many homes of a place lie outside its boundary and how many others inside, or nothing."""
        count, outside, others = self.laid.off(code, own)
        said = []
        if outside:
            said.append(gettext("own homes outside: %(outside)s of %(count)s") % {"outside": outside, "count": count})
        if others:
            said.append(gettext("homes of other places inside: %(others)s") % {"others": others})
        return "; ".join(said)
