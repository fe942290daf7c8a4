"""Deciders of who gets it: passed up, taken over, diverted, given back, decided, fallen to the level above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.rules.deciding import waiting
from commongrid.matters.rules.moves import (
    SOMEBODY_ELSE,
    Call,
    Decider,
    Move,
    Standing,
    goes,
    level_of_owner,
    not_sealed,
    rank,
)
from commongrid.matters.rules.owners import above, decider_of


def _raise(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    if level_of_owner(s) == "county":
        raise WrongState(N_("The county is the highest level."))
    return up(s, above(level_of_owner(s)))


def _call_up(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if c.level == s.barred:
        raise WrongState(SOMEBODY_ELSE)
    if s.state == "split":  # the parts go on; who answers for the whole changes
        return Move(state="split", owner=c.level)
    move = up(s, c.level)
    if move.state == "reported":  # the centre that takes it over has thereby accepted it
        return Move(state="accepted", owner=move.owner)
    return move


def up(s: Standing, level: str) -> Move:
    """To a level above, past one that handled it before a reopening."""
    if level == s.barred:
        level = above(level)
    if s.state == "reported":
        return Move(state="reported", owner=level)
    state = "reopened" if s.state == "reopened" else "accepted"
    return goes(state, level, handler="clear", sets={"ordered": False})


def _divert(s: Standing, c: Call) -> Move:
    if c.to_barred:
        raise WrongState(SOMEBODY_ELSE)
    if c.to != "unit" and rank(c.to) >= rank(s.owner):
        raise BadInput(N_("Divert to a unit or to a level below; to the level above it is passed up."))
    if c.outside:  # asked, not ordered: the centre stays the owner
        return goes("asked", s.owner, handler="target", sets={"ordered": True})
    return given(c, reopened=s.state == "reopened")


def given(c: Call, *, reopened: bool, **sets: object) -> Move:
    """Given to a unit or a level below; the township is given it to divert further."""
    if c.to == "township":
        return goes("reopened" if reopened else "accepted", "township", handler="clear", sets={"ordered": True, **sets})
    return goes("diverted", c.to, handler="target", sets={"ordered": True, **sets})


def _give_back(s: Standing, _c: Call) -> Move:
    if not s.ordered:
        raise WrongState(N_("It was not given to you by an order. Pass it up instead."))
    if s.given_back:
        raise WrongState(N_("It was given back once already, and the decision stands."))
    return goes("returned", decider_of(level_of_owner(s)), handler="clear", sets={"given_back": True, "ordered": False})


def _decide(s: Standing, c: Call) -> Move:
    if c.to_barred and c.to != s.owner:
        raise WrongState(SOMEBODY_ELSE)
    if c.to != "unit" and rank(c.to) > rank(s.owner):
        raise BadInput(N_("Divert to a unit or to a level below; to the level above it is passed up."))
    if c.to == s.owner:
        return goes("accepted", s.owner, restart=True)
    only_asked(c)
    return restarted(given(c, reopened=False))


def only_asked(c: Call) -> None:
    """Refuse to order a body that the county may only ask."""
    if c.outside:
        raise BadInput(N_("That body is outside the county's command. Name who answers for it; they ask it by letter."))


def restarted(move: Move) -> Move:
    """The same move with the finishing limit counting anew."""
    return Move(
        state=move.state, owner=move.owner, clock=move.clock, handler=move.handler, restart=True, sets=move.sets
    )


def _fall(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    if s.owner == "county":
        raise WrongState(N_("The county is the highest level."))
    if s.state in waiting.WAITING:
        return waiting.fallen(s)
    if s.state in ("diverted", "in_hand"):
        return up(s, s.handler if s.owner == "unit" else above(s.owner))
    return Move(state=s.state, owner=above(s.owner))


DECIDERS: Final[Mapping[str, Decider]] = {
    "raise": _raise,
    "call_up": _call_up,
    "divert": _divert,
    "give_back": _give_back,
    "decide": _decide,
    "fall": _fall,
}
