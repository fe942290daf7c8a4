"""A matter's row that leaves its author's sight: whether it does, and how it is then written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal.acting import acting, handing_over
from commongrid.kernel.scope import clock
from commongrid.matters.queries.bodies import accused_units

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from commongrid.matters.actions.moving import Case

BETWEEN_BODIES: Final = clock("matters.handed_on", "matters.read")
"""Who writes a sealed matter's row from one body to another: neither sees the other's."""


def still_seen(case: Case) -> bool:
    """Whether the author still sees the matter as it is now."""
    m, scope = case.matter, case.scope
    return scope.kind != "post" or not (
        (scope.narrow == "unit" and m.unit_id != scope.unit)
        or (scope.narrow != "unit" and not scope.covers(m.place))
        or (m.sealed and m.unit_id != scope.unit)
        or m.accused_person_id == scope.person is not None
        or not accused_units(scope, m.accused_person_id, m.accused_unit_id).isdisjoint(scope.units)
    )


def way_out(case: Case) -> AbstractContextManager[None]:
    """The widening through which the row leaves."""
    m = case.matter
    if m.sealed and case.read.get("sealed"):
        return acting(BETWEEN_BODIES)
    return handing_over(case.scope, m.place, m.place, unit=m.unit_id if m.sealed else None)
