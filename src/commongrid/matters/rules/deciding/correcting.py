"""Deciders of what was taken down wrongly: put right in place, kind, urgency; handed on to its body; not sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.deciding.entering import alone
from commongrid.matters.rules.moves import Call, Decider, Move, Standing, ends, goes, not_sealed, stays

AT_WORK: Final = ("diverted", "in_hand")
"""States in which somebody was given the work: a level above them puts it right."""


def _put_right(s: Standing, c: Call) -> Move:
    """Where whoever has it is no longer whose it is, it begins anew with the first owner; all else stays as it is.

    Where that is the level that puts it right, it has thereby accepted it. One
    that was reopened stays so, with the centre there.
    """
    if c.to != "unit":  # its new kind may be sealed, and then it is so already
        not_sealed(s)
    if s.caller:
        raise WrongState(N_("This is a part of another matter. Drop it and put the whole right."))
    if s.state in AT_WORK and not c.over:
        raise WrongState(N_("You were given the work. Give it back or pass it up; the level above puts it right."))
    if not c.to:
        return stays(s, c)
    if s.state == "split":
        raise WrongState(N_("Its parts are open and it would no longer be this centre's. Drop them first."))
    alone(s)
    sets: dict[str, object] = {"ordered": False, "given_back": False}
    if c.to == "unit":
        sealed = {**sets, "sealed": True, "to_rate": False, "to_visit": False}
        return goes("reported", "unit", handler="target", restart=True, sets=sealed)
    if s.state == "reopened":
        return goes("reopened", c.to, handler="clear", sets=sets)
    return goes("accepted" if c.to == c.level else "reported", c.to, handler="clear", sets=sets)


def _hand_on(s: Standing, _c: Call) -> Move:
    """To the other body, whose time for the receipt begins anew."""
    if not s.sealed:
        raise WrongState(N_("Only sealed kinds are handed on from body to body. Divert it, or put it right."))
    return Move(state="reported", owner="unit", clock="receipt", handler="target")


def _unseal(s: Standing, _c: Call) -> Move:
    """What is sealed ends with its body; what goes on is told anew."""
    if not s.sealed:
        raise WrongState(N_("Only what is sealed is given back into the common way."))
    return ends("closed", "handed_over")


DECIDERS: Final[Mapping[str, Decider]] = {"put_right": _put_right, "hand_on": _hand_on, "unseal": _unseal}
