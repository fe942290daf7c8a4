"""The bodies that take sealed matters: whom the competent one may hand a matter on to."""

from __future__ import annotations

from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.places import enclosing
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter
from commongrid.matters.queries.vocabulary import KindRow, kind_version, kinds, sealed_bodies
from commongrid.matters.rules.routing_round import DISCIPLINE
from commongrid.roster import queries as roster
from commongrid.roster.queries import UnitRow


def stays_outside(m: Matter, of: KindRow) -> bool:
    """Whether only the discipline inspection may have it: it is about the county's leadership.

    What is sealed without its kind being so, always is.
    """
    return m.sealed and (m.above_county or not of.sealed)


def accused_units(scope: Scope, person: UUID | None, unit: UUID | None) -> frozenset[UUID]:
    """The units that a complaint is about: the one it names, and every one in which the person has a post."""
    held = roster.units_with(scope, person) if person is not None else ()
    return frozenset(filter(None, (unit, *held)))


def competent_functions(scope: Scope) -> frozenset[str]:
    """What bodies do that take sealed matters: those competent for a sealed kind, and those the county lists."""
    return frozenset((*sealed_bodies(scope), *(row.competent for row in kinds(scope) if row.sealed)))


def bodies_beside(scope: Scope, m: Matter) -> list[UnitRow]:
    """Bodies at this post's place and at the county with somebody in post, but the one that has it.

    None that it is about, that answers to it, or in which the very person it is about has a post; about the
    county's leadership no body that answers to them.
    """
    place = scope.place or scope.lo
    outside = stays_outside(m, kind_version(scope, m.kind_id))
    functions = {DISCIPLINE} if outside else competent_functions(scope)
    barred = accused_units(scope, m.accused_person_id, m.accused_unit_id)
    return [
        one
        for at in dict.fromkeys((place, enclosing(place, "county") or place))
        for one in roster.units(scope, place=at)
        if one.function in functions
        and one.id != m.unit_id
        and barred.isdisjoint(roster.units_over(scope, one.id))
        and roster.of_unit(scope, one.id, "matters.handle")
    ]


def bodies_for(scope: Scope, matter_id: UUID) -> list[UnitRow]:
    """Whom this post may hand a sealed matter on to; nobody for what it does not see."""
    with acting(scope):
        m = Matter.objects.filter(id=matter_id, sealed=True).first()
        return bodies_beside(scope, m) if m else []
