"""The rows of a proposal, from what came out of the planner."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.kernel.refusals import NotYours
from commongrid.roster.dividing.models import Division, DivisionGrid, DivisionHome
from commongrid.roster.dividing.rules.planning import A_CODE
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.roster.dividing.rules.planning import Outcome


def locked_division(scope: Scope, division_id: UUID) -> Division:
    """The proposal, locked, if the whole village is in scope. Refuses: NotYours."""
    found = Division.objects.select_for_update().filter(id=division_id).first()
    if found is None or not territory.covers_whole(scope, found.place):
        raise NotYours
    return found


def draw(
    act: Act, of: Division, out: Outcome, *, locked: Collection[int], held: Mapping[UUID, tuple[bool, bool]]
) -> None:
    """Write the grids and homes of a proposal anew; numbers go from today's grids to the new ones.

    ``locked`` are labels of grids that stay locked, ``held`` says of households whether they are locked and whether
    somebody put them where they are.
    """
    of.homes.all().delete()
    of.drawn.all().delete()
    labels = [one.label for one in out.grids]
    order = sorted(range(len(labels)), key=lambda n: (labels[n] is None, (labels[n] or 0) < A_CODE, labels[n] or 0, n))
    then, now = _sets(out)
    grids = {}
    for number, at in enumerate(order, start=1):
        one, label = out.grids[at], labels[at]
        code = label if label is not None and label >= A_CODE else None
        grids[at] = DivisionGrid(
            id=act.child(f"grid {number}").id, division=of, place=of.place, number=number, code=code,
            same=code is not None and then[at] == now.get(code), locked=label is not None and label in locked,
            homes=one.homes, people=one.people, size=one.size, metres=one.metres, heads=one.heads, room=one.room,
            hamlets=one.hamlets, beyond=one.beyond, faults=list(one.faults),
        )  # fmt: skip
    DivisionGrid.objects.bulk_create(grids.values())
    DivisionHome.objects.bulk_create(
        (
            DivisionHome(
                id=act.child(f"home {one.id}").id, division=of, place=of.place, household_id=one.id,
                grid=grids[one.grid], now=one.now, locked=held.get(one.id, (False, False))[0],
                by_hand=held.get(one.id, (False, False))[1], near=one.near,
            )
            for one in out.homes
        ),
        batch_size=500,
    )  # fmt: skip
    of.figures = out.figures | {"same": sum(one.same for one in grids.values())}


def _sets(out: Outcome) -> tuple[list[set[UUID]], dict[int, set[UUID]]]:
    """The households of each grid of the proposal, and of each of today's."""
    then: list[set[UUID]] = [set() for _ in out.grids]
    now: dict[int, set[UUID]] = {}
    for one in out.homes:
        then[one.grid].add(one.id)
        if one.now is not None:
            now.setdefault(one.now, set()).add(one.id)
    return then, now
