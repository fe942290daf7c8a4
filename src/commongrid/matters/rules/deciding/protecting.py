"""Deciders of protection: a matter routed round whoever it is about; a confidential one told again for those below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.deciding.entering import alone
from commongrid.matters.rules.moves import Call, Decider, Move, Standing, goes, not_sealed, stays


def _route_round(s: Standing, c: Call) -> Move:
    """To the first level whose people don't answer to whom it is about, or sealed to the discipline inspection.

    Where that is the level that asks for it, it has thereby accepted it; all else waits to be accepted there.
    """
    not_sealed(s)
    if s.caller:
        raise WrongState(N_("This is a part of another matter. Route that one round."))
    alone(s)
    sets: dict[str, object] = {"ordered": False, "given_back": False, "rating": ""}
    if c.to == "unit":
        sealed = {**sets, "sealed": True, "to_rate": False, "to_visit": False}
        return goes("reported", "unit", handler="target", restart=True, sets=sealed)
    return goes("accepted" if c.to == c.level else "reported", c.to, handler="clear", restart=True, sets=sets)


def _retell(s: Standing, c: Call) -> Move:
    not_sealed(s)
    return stays(s, c)


DECIDERS: Final[Mapping[str, Decider]] = {"route_round": _route_round, "retell": _retell}
