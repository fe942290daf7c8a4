"""What is done about grids: proposed, worked out, drawn by hand, kept, adopted with a date, staffed, carried out."""

from __future__ import annotations

from commongrid.roster.dividing.actions.adopting import adopt, call_off, carry_out, drop, give_up
from commongrid.roster.dividing.actions.editing import Painted, lock_grid, paint
from commongrid.roster.dividing.actions.ending import end_grid
from commongrid.roster.dividing.actions.proposing import (
    keep_copy,
    progressed,
    propose,
    propose_everywhere,
    prove,
    stop,
    work_out,
    work_out_anew,
)
from commongrid.roster.dividing.actions.seating import Seat, Unseated, plan_seat, take_seat_back

__all__ = [
    "Painted",
    "Seat",
    "Unseated",
    "adopt",
    "call_off",
    "carry_out",
    "drop",
    "end_grid",
    "give_up",
    "keep_copy",
    "lock_grid",
    "paint",
    "plan_seat",
    "progressed",
    "propose",
    "propose_everywhere",
    "prove",
    "stop",
    "take_seat_back",
    "work_out",
    "work_out_anew",
]
