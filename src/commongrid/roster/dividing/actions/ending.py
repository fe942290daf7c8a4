"""A grid ended by hand: another carries on what lies there, as after a division."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput
from commongrid.registry.actions import carry_grid
from commongrid.territory import queries as territory
from commongrid.territory.actions import end_place

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("roster.grid_ended", power="places.edit", facts=("carried_by",))
def end_grid(scope: Scope, act: Act, *, grid: int, carried_by: int | None) -> Line:
    """End a grid without homes; another of its village carries it on: what it served, what lies there, open matters.

    Whoever sits there is moved by whoever appoints, as after a division.

    Refuses: as ``end_place``; BadInput without a grid that carries it on, unless there is none that may.
    """
    if carried_by is None and territory.heirs(scope, grid):
        raise BadInput(fields={"carried_by": N_("Say which grid carries on what lies here.")})
    today = territory.calendar(scope).day_of(act.at)
    end_place(scope, act.child("place"), code=grid, carried_by=carried_by)
    if carried_by is not None:
        carry_grid(scope, act.child("rest"), grid=grid, to=carried_by, on=today)
    return Line(place=grid, subject_kind="place", facts={"carried_by": carried_by}, answer={"code": grid})
