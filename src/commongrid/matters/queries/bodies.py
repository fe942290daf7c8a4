"""The bodies that take sealed matters: whom the competent one may hand a matter on to."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter
from commongrid.matters.queries.vocabulary import kinds
from commongrid.roster import queries as roster
from commongrid.roster.queries import UnitRow

ALSO: Final = ("discipline", "politics_law", "civil_affairs", "women", "agriculture")
"""Fields of work that sealed kinds name beside the one they go to first."""


def bodies_beside(scope: Scope, own: UUID | None, accused: UUID | None) -> list[UnitRow]:
    """Bodies at this post's place and at the county, but itself and whom the matter is about or who answers to them."""
    place = scope.place or scope.lo
    functions = {row.competent for row in kinds(scope) if row.sealed} | {*ALSO}
    found = [
        one
        for at in dict.fromkeys((place, enclosing(place, "county") or place))
        for one in roster.units(scope, place=at)
        if one.function in functions and one.id != own
    ]
    return [one for one in found if accused is None or accused not in roster.units_over(scope, one.id)]


def bodies_for(scope: Scope, matter_id: UUID) -> list[UnitRow]:
    """Whom this post may hand a sealed matter on to; nobody for what it does not see."""
    with acting(scope):
        row = Matter.objects.filter(id=matter_id, sealed=True).values_list("unit_id", "accused_unit_id").first()
        return bodies_beside(scope, *row) if row else []
