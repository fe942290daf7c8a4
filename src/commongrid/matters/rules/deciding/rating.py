"""Deciders of what the person says of it: visit, rating, reopening once, county review, filing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.rules.deciding.dispatching import given, only_asked, restarted
from commongrid.matters.rules.moves import (
    TRIES,
    Call,
    Decider,
    Move,
    Standing,
    ends,
    goes,
    rank,
)
from commongrid.matters.rules.owners import file_owner, reopen_owner


def _visit(s: Standing, c: Call) -> Move:
    if c.result == "not_reached":
        if c.days >= TRIES and c.others and s.to_rate:
            return _waits(s, "not_rated", tries=TRIES)
        if c.days >= TRIES:
            return after(s, "not_rated" if s.to_rate else "", good=not c.bad, tries=TRIES)
        return Move(state=s.state, owner=s.owner, sets={"tries": c.days})
    if c.result == "left_slip" and s.to_rate:
        return Move(state="to_rate", owner=s.owner) if s.state == "to_rate" else goes("to_rate", s.owner)
    if c.result in ("asked", "left_slip") and s.rating == "rated":
        raise WrongState(N_("They have answered. Others who reported the same still can, by their own slips."))
    if c.result == "asked" and s.to_rate:
        return _rate(s, c)
    if c.result in ("checked", "not_done") and not s.to_rate:
        return after(s, "") if c.result == "checked" else _not_solved(s, "")
    raise BadInput(N_("Choose what came of the visit."))


def _rate(s: Standing, c: Call) -> Move:
    if not s.to_rate:
        raise WrongState(N_("This kind is checked, not rated."))
    if c.solved is None or c.satisfied is None:
        raise BadInput(N_("Please answer both questions."))
    if not c.solved:
        return _not_solved(s, "rated")
    if c.follower and (c.others or not s.rating):
        return Move(state=s.state, owner=s.owner)
    if c.follower:
        return after(s, s.rating, good=c.satisfied and not c.bad)
    return _waits(s, "rated") if c.others else after(s, "rated", good=c.satisfied and not c.bad)


def _waits(s: Standing, rating: str, **sets: object) -> Move:
    """The reporter has spoken, or could not be reached; those whose matters were merged into it still have the word."""
    if s.state == "to_rate":
        return Move(state="to_rate", owner=s.owner, sets={"rating": rating, **sets})
    return goes("to_rate", s.owner, sets={"rating": rating, **sets})


def after(s: Standing, rating: str, *, good: bool = True, **sets: object) -> Move:
    """After rating, check or the third try: a good answer may close by itself, all else is read and filed."""
    if s.closes == "rating" and good:
        return ends("closed", rating or "checked", rating=rating, **sets)
    return goes("to_file", file_owner(s.handler), sets={"rating": rating, **sets})


def _not_solved(s: Standing, rating: str) -> Move:
    if s.reopened:
        return goes("review", "county", sets={"rating": rating})
    owner = reopen_owner(s.handler, by_unit=s.by_unit)
    sets = {
        "rating": "", "reopened": 1, "given_back": False, "ordered": False, "tries": 0, "bar": True,
        "sent_back": False,
    }  # fmt: skip
    return goes("reopened", owner, handler="clear", restart=True, sets=sets)


def _close(s: Standing, _c: Call) -> Move:
    return ends("closed", s.rating or ("checked" if s.to_visit and s.tries < TRIES else "done"))


def _review(s: Standing, c: Call) -> Move:
    if c.ends:
        return ends("closed", "disagrees")
    if c.to != "unit" and rank(c.to) >= rank(s.owner):
        raise BadInput(N_("Say who shall do it, or end it with reasons."))
    only_asked(c)
    sets = {"rating": "", "given_back": False, "tries": 0, "bar": False, "sent_back": False}
    return restarted(given(c, reopened=False, **sets))


def _time_out(s: Standing, c: Call) -> Move:
    return after(s, s.rating or "not_rated", good=not c.bad)


def again(s: Standing, rating: str) -> Move:
    """What follows wherever it turns out not to be solved: once more by somebody else, then the county.

    Where nobody had worked on it, the county says who shall.
    """
    if not s.handler:
        return goes("review", "county", sets={"rating": rating})
    return _not_solved(s, rating)


DECIDERS: Final[Mapping[str, Decider]] = {
    "visit": _visit,
    "rate": _rate,
    "close": _close,
    "review": _review,
    "time_out": _time_out,
}
