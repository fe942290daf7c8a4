"""Proposals drawn by hand: homes and natural villages painted to another grid, homes and grids locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.roster.dividing.actions.drawing import count_anew, locked_division
from commongrid.roster.dividing.models import Division, DivisionGrid, DivisionHome, DivisionSeat
from commongrid.roster.dividing.rules.words import refuse_move
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """Which homes go to which grid of a proposal: single ones, all of a natural village; ``grid`` none: a new grid."""

    homes: tuple[UUID, ...] = ()
    hamlet: int | None = None
    grid: int | None = None
    locked: bool = True


@action("roster.division_painted", power="grids.divide", facts=("homes", "locked"))
def paint(
    scope: Scope, act: Act, *, division_id: UUID, painted: Painted, declared: tuple[tuple[UUID, int], ...]
) -> Line:
    """Put homes of a proposal into another of its grids, or a new one; locked they stay when the rest is worked anew.

    Put into the grid they are in they are only locked or unlocked. The grids they leave and come to are counted anew;
    one that is left without a home is gone. ``declared``: how many households people there can look after, they say.

    Refuses: NotYours out of scope; BadInput where nothing or an unknown grid is chosen; WrongState once it is adopted
    or over, where a grid among them is locked, and where one
    would be left empty that people are planned for.
    """
    found = locked_division(scope, division_id)
    refuse_move(found.state, "edit")
    grids = {one.id: one for one in found.drawn.all()}
    chosen = list(found.homes.filter(Q(household__in=painted.homes) | Q(household__natural_village=painted.hamlet)))
    if not chosen or not set(painted.homes) <= {one.household_id for one in chosen}:
        raise BadInput(fields={"homes": N_("Choose households of this proposal, or a natural village.")})
    to = _target(act, found, grids, painted.grid)
    _refuse_locked(grids, {one.grid_id for one in chosen}, to)
    moved = [one for one in chosen if one.grid_id != to.id]
    found.homes.filter(id__in=[one.id for one in chosen]).update(locked=painted.locked)
    if moved:
        _refuse_emptying(found, grids, moved, to)
        found.homes.filter(id__in=[one.id for one in moved]).update(grid=to, by_hand=True)
        today = territory.calendar(scope).day_of(act.at)
        count_anew(scope, found, {to.id} | {one.grid_id for one in moved}, today, dict(declared))
    return Line(
        place=found.place, subject=found.id, subject_kind="division",
        facts={"homes": len(chosen), "locked": painted.locked}, answer={"division": found.id, "homes": len(chosen)},
    )  # fmt: skip


@action("roster.division_grid_locked", power="grids.divide", facts=("number", "locked"))
def lock_grid(scope: Scope, act: Act, *, division_id: UUID, number: int, locked: bool) -> Line:
    """Lock a grid of a proposal as it is, or let it go again.

    Refuses: NotYours out of scope; BadInput for an unknown grid; WrongState once the proposal is adopted or over.
    """
    found = locked_division(scope, division_id)
    refuse_move(found.state, "edit")
    if not found.drawn.filter(number=number).update(locked=locked):
        raise BadInput(fields={"grid": N_("Choose one of the list.")})
    return Line(
        place=found.place, subject=found.id, subject_kind="division", facts={"number": number, "locked": locked},
        answer={"division": found.id},
    )  # fmt: skip


def _refuse_emptying(
    of: Division, grids: dict[UUID, DivisionGrid], moved: list[DivisionHome], to: DivisionGrid
) -> None:
    """A grid that people are planned for is not left without a home."""
    left = {one.grid_id for one in moved} - {to.id}
    stay = of.homes.filter(grid__in=left).exclude(id__in=[one.id for one in moved]).values("grid")
    seat = DivisionSeat.objects.filter(grid__in=left).exclude(grid__in=stay).first()
    if seat is not None:
        number = grids[seat.grid_id].number
        raise WrongState(N_("No household would be left in grid %(number)s, and people are planned for it. Take them "
                            "back first."), number=number)  # fmt: skip


def _target(act: Act, of: Division, grids: dict[UUID, DivisionGrid], number: int | None) -> DivisionGrid:
    """The grid of that number, or a new one that has nothing yet."""
    if number is None:
        last = max(one.number for one in grids.values())
        counts = dict.fromkeys(("homes", "people", "size", "metres", "heads", "room", "hamlets", "beyond"), 0)
        return DivisionGrid.objects.create(
            id=act.child("grid").id, division=of, place=of.place, number=last + 1, **counts
        )
    found = next((one for one in grids.values() if one.number == number), None)
    if found is None:
        raise BadInput(fields={"grid": N_("Choose one of the list.")})
    return found


def _refuse_locked(grids: dict[UUID, DivisionGrid], left: set[UUID], to: DivisionGrid) -> None:
    """A locked grid stays as it is: nothing leaves it, nothing comes in."""
    held = [grids[one] for one in left if grids[one].locked and grids[one] != to]
    held += [to] if to.locked and left != {to.id} else []
    if held:
        raise WrongState(N_("Grid %(number)s of this proposal is locked. Unlock it first."), number=held[0].number)
