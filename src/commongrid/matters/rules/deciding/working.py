"""Deciders of the work: settled on the spot, taken on, answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.moves import (
    SOMEBODY_ELSE,
    Call,
    Decider,
    Move,
    Standing,
    goes,
    level_of_owner,
    not_sealed,
)
from commongrid.matters.rules.owners import file_owner, visit_owner


def _settle(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if s.owner not in ("grid", "village"):
        raise WrongState(N_("It is already above the village; whoever has it answers."))
    if not c.settler:
        raise WrongState(N_("This kind may not be settled on the spot by your role. Pass it up instead."))
    if s.caller:
        return goes("to_pass", s.caller, handler="owner")
    return answered(s, c.level)


def _start(s: Standing, c: Call) -> Move:
    if s.state == "reported" and (s.owner != "grid" or not s.grid_may):
        raise WrongState(N_("It has to be accepted first, or passed up."))
    if c.to_barred:
        raise WrongState(SOMEBODY_ELSE)
    return goes("in_hand", s.owner, handler="owner")


def _answer(s: Standing, c: Call) -> Move:
    if c.waiting:
        raise WrongState(N_("Not every part has answered yet. Remind them, or drop the part that is not needed."))
    if s.caller:
        return goes("to_pass", s.caller, handler="keep" if s.state == "asked" else "owner")
    if s.state == "asked":
        return answered(s, s.handler, keeps="keep")
    if s.owner == "unit":
        return goes("to_pass", file_owner(s.handler), handler="owner")
    return answered(s, level_of_owner(s))


def _pass_on(s: Standing, _c: Call) -> Move:
    if s.caller:
        return Move(state="closed", outcome="done")
    return answered(s, s.handler, keeps="keep")


def _send_back(s: Standing, _c: Call) -> Move:
    if s.sent_back:
        raise WrongState(N_("It was sent back once already. Pass it on, in your own words where it needs them."))
    return goes("in_hand", "unit" if s.by_unit else s.handler, sets={"sent_back": True})


def answered(s: Standing, handler: str, keeps: str = "owner") -> Move:
    """After the work: the return visit, else the rating, else filing or the end."""
    if s.to_visit:
        return goes("answered", visit_owner(handler), handler=keeps)
    if s.to_rate:
        return goes("to_rate", visit_owner(handler), handler=keeps)
    if s.closes == "rating" and not s.exchanged:
        return Move(state="closed", outcome="done", handler=keeps)
    return goes("to_file", file_owner(handler), handler=keeps)


DECIDERS: Final[Mapping[str, Decider]] = {
    "settle": _settle,
    "start": _start,
    "answer": _answer,
    "answer_for": _answer,
    "pass_on": _pass_on,
    "send_back": _send_back,
}
