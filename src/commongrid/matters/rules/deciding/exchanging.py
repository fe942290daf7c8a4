"""Deciders of what other systems say of their orders: a result, more time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.deciding.rating import again
from commongrid.matters.rules.moves import Call, Decider, Move, Standing, ends, goes, not_sealed, stays

SPOKEN: Final = ("answered", "to_rate", "to_file", "closed")
"""States after the answer: what the other system says then decides."""
NOT_THEIRS: Final = N_("This matter did not come from another system.")


def _take_result(s: Standing, c: Call) -> Move:
    """Solved closes what only waits to be filed; not solved or given back opens it again, by somebody else, once.

    What had ended here and is then said to be not solved is for the county centre to decide on.
    """
    not_sealed(s)
    if not s.exchanged:
        raise WrongState(NOT_THEIRS)
    if s.state == "closed" and c.result == "solved":
        raise WrongState(N_("It has ended here already; what they say is kept with their order."))
    if s.state not in SPOKEN or (c.result == "solved" and s.state != "to_file"):
        return stays(s, c)
    if c.result == "solved":
        known = c.satisfied is not None
        return ends("closed", "rated" if known else "checked", rating="rated" if known else "")
    if not s.handler or (s.state == "closed" and c.result == "not_solved"):
        return goes("review", "county", sets={"rating": ""})
    return again(s, "")


def _extend_theirs(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if not s.exchanged:
        raise WrongState(NOT_THEIRS)
    return stays(s, c)


DECIDERS: Final[Mapping[str, Decider]] = {"take_result": _take_result, "extend_theirs": _extend_theirs}
