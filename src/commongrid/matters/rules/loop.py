"""How the table of states is applied: a standing and a call become a move, or a refusal.

Plain values, no tables and no clocks, so that every reachable state can be
explored (``tests/matters/test_exploration.py``). The law: whatever move is
returned, an open matter has an owner, a limit that runs and a next step. Each
event's rule is in ``rules/deciding``, by topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import WrongState
from commongrid.matters.rules.deciding import (
    calling,
    correcting,
    dispatching,
    entering,
    exchanging,
    mediating,
    merging,
    protecting,
    rating,
    waiting,
    watching,
    working,
)
from commongrid.matters.rules.moves import Call, Decider, Move, Standing
from commongrid.matters.rules.table import EVENTS

DECIDERS: Final[Mapping[str, Decider]] = {
    **entering.DECIDERS,
    **dispatching.DECIDERS,
    **calling.DECIDERS,
    **working.DECIDERS,
    **rating.DECIDERS,
    **watching.DECIDERS,
    **waiting.DECIDERS,
    **exchanging.DECIDERS,
    **mediating.DECIDERS,
    **merging.DECIDERS,
    **protecting.DECIDERS,
    **correcting.DECIDERS,
}


def decide(standing: Standing, call: Call) -> Move:
    """The move this call makes from this standing.

    Refuses: WrongState where the table has no such way, or the rule's own
    reason; BadInput where something needed is missing.
    """
    event = EVENTS[call.event]
    leads = event.leads(standing.state)
    if not event.live or not leads:
        raise WrongState
    move = waiting.tidied(standing, DECIDERS[call.event](standing, call))
    if move.state not in leads:  # a decider that leaves the table is a defect, not a refusal
        message = f"{call.event} leads from {standing.state} to {move.state}, which the table does not know"
        raise AssertionError(message)
    return move
