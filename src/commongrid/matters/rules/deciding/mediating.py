"""Deciders of mediation: taken up (violence is asked about first), and an agreement that was not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.deciding.rating import again
from commongrid.matters.rules.moves import SOMEBODY_ELSE, Call, Decider, Move, Standing, goes, not_sealed


def _mediate(s: Standing, c: Call) -> Move:
    """Take the dispute up; where there is violence it goes to the competent body instead, whatever its state."""
    not_sealed(s)
    if not s.dispute:
        raise WrongState(N_("Only disputes are mediated."))
    if c.moves_on:
        return goes("reported", "unit", handler="target")
    if s.state == "in_hand":
        return Move(state="in_hand", owner=s.owner)
    if s.state == "reported" and (s.owner != "grid" or not s.grid_may):
        raise WrongState(N_("It has to be accepted first, or passed up."))
    if c.to_barred:
        raise WrongState(SOMEBODY_ELSE)
    return goes("in_hand", s.owner, handler="owner")


def _not_kept(s: Standing, _c: Call) -> Move:
    """An agreement that was not kept opens the dispute again."""
    not_sealed(s)
    if not s.dispute:
        raise WrongState(N_("Only disputes are mediated."))
    if not s.handler:
        raise WrongState(N_("Nothing was agreed here."))
    return again(s, "")


DECIDERS: Final[Mapping[str, Decider]] = {"mediate": _mediate, "not_kept": _not_kept}
