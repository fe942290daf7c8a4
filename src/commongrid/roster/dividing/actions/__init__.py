"""What is done about grids: proposed, worked out, drawn by hand, kept, adopted with a date, carried out."""

from __future__ import annotations

from commongrid.roster.dividing.actions.adopting import adopt, call_off, carry_out, drop, give_up
from commongrid.roster.dividing.actions.editing import Painted, lock_grid, paint
from commongrid.roster.dividing.actions.ending import end_grid, others
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

__all__ = [
    "Painted",
    "adopt",
    "call_off",
    "carry_out",
    "drop",
    "end_grid",
    "give_up",
    "keep_copy",
    "lock_grid",
    "others",
    "paint",
    "progressed",
    "propose",
    "propose_everywhere",
    "prove",
    "stop",
    "work_out",
    "work_out_anew",
]
