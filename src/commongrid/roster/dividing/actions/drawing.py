"""The rows of a proposal, from what came out of the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from commongrid.kernel.refusals import NotYours
from commongrid.roster.dividing.models import Division, DivisionGrid, DivisionHome
from commongrid.roster.dividing.queries import material
from commongrid.roster.dividing.rules.planning import A_CODE, figures_of
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


COUNTS: Final = ("homes", "people", "size", "metres", "heads", "room", "hamlets", "beyond", "faults")
"""What is counted of a grid."""


def count_anew(scope: Scope, of: Division, touched: Collection[UUID], on: date, declared: material.Declared) -> None:
    """Count some grids of a proposal as they are drawn now; those without a home are gone. No proof holds any more."""
    from commongrid.roster.dividing.rules.counting import counted  # libraries that few pages need

    of.drawn.filter(id__in=touched).exclude(Exists(of.homes.filter(grid=OuterRef("id")))).delete()
    grids = {one.code or one.number: one for one in of.drawn.all()}
    mine = {label: one for label, one in grids.items() if one.id in touched}
    now, then = defaultdict[int | None, set[UUID]](set), defaultdict[UUID, set[UUID]](set)
    code = {one.id: one.code for one in grids.values()}
    changed = 0
    for home, grid, before in of.homes.values_list("household", "grid", "now"):
        now[before].add(home)
        then[grid].add(home)
        changed += before is not None and before != code[grid]
    for out in counted(material.task(scope, of.id, on, declared), mine):
        one = mine[out.label or 0]
        for name in COUNTS:
            setattr(one, name, getattr(out, name))
        one.faults = list(out.faults)
        one.same = one.code is not None and then[one.id] == now[one.code]
    DivisionGrid.objects.bulk_update(mine.values(), [*COUNTS, "same"])
    told = figures_of([*grids.values()], changed) | {"gap": None, "same": sum(one.same for one in grids.values())}
    of.figures, of.quick = of.figures | told, False
    of.save()


def _sets(out: Outcome) -> tuple[list[set[UUID]], dict[int, set[UUID]]]:
    """The households of each grid of the proposal, and of each of today's."""
    then: list[set[UUID]] = [set() for _ in out.grids]
    now: dict[int, set[UUID]] = {}
    for one in out.homes:
        then[one.grid].add(one.id)
        if one.now is not None:
            now.setdefault(one.now, set()).add(one.id)
    return then, now
