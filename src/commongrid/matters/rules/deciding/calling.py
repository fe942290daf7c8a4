"""Deciders of what several do together: split into parts, called to a joint meeting, parts dropped, bodies reminded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.moves import Call, Decider, Move, Standing, ends, goes, not_sealed, rank


def _split(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if s.caller:
        raise WrongState(N_("This is a part already. Divert it, or ask the centre that gave it out."))
    if rank(s.owner) < rank("township"):
        raise WrongState(N_("Only a centre calls several together. Pass it up instead."))
    if c.to_barred:
        raise WrongState(N_("The person said it was not solved, so it goes to somebody else this time."))
    if s.state == "split":
        return Move(state="split", owner=s.owner)
    return goes("split", s.owner, handler="clear", sets={"ordered": False})


def _attend(s: Standing, c: Call) -> Move:
    if not c.met:
        raise WrongState(N_("No meeting was called for this matter."))
    return Move(state=s.state, owner=s.owner)


def _drop(s: Standing, _c: Call) -> Move:
    if not s.caller:
        raise WrongState(N_("Only a part of a matter can be dropped."))
    return ends("withdrawn", "withdrawn")


def _remind(s: Standing, _c: Call) -> Move:
    return goes("asked", s.owner)


DECIDERS: Final[Mapping[str, Decider]] = {
    "split": _split,
    "call_meeting": _split,
    "attend": _attend,
    "drop": _drop,
    "remind": _remind,
}
