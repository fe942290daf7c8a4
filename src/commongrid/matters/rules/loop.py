"""How the table of states is applied: a standing and a call become a move, or a refusal.

Plain values, no tables and no clocks, so that every reachable state can be
explored (``tests/matters/test_exploration.py``). The law: whatever move is
returned, an open matter has an owner, a limit that runs and a next step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.rules import words
from commongrid.matters.rules.owners import above, decider_of, file_owner, reopen_owner, visit_owner
from commongrid.matters.rules.table import EVENTS, STATES

TRIES: Final = 3
"""Tries on as many different days before a matter counts as not rated."""


_SOMEBODY_ELSE: Final = N_("The person said it was not solved, so it goes to somebody else this time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a matter stands, as far as the rules care.

    ``owner`` is a level or "unit"; ``handler`` the level of who does or did the
    work, ``by_unit`` whether that is a unit. ``grid_may``: a grid role may
    finish this kind. ``barred``: the level that handled it before a reopening
    and must not again (nothing where that was a unit).
    """

    state: str
    owner: str = ""
    handler: str = ""
    by_unit: bool = False
    ordered: bool = False
    given_back: bool = False
    reopened: int = 0
    tries: int = 0
    to_visit: bool = False
    to_rate: bool = False
    rating: str = ""
    closes: str = "filing"
    sealed: bool = False
    grid_may: bool = True
    interim: bool = False
    barred: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What somebody asks for, with what the rule needs to know of it.

    ``level`` is the actor's. ``to`` is the owner it shall go to (a level or
    "unit"), ``to_level`` that owner's level. ``to_barred``: that is the former
    handler. ``settler``: the kind lets the actor's role settle. ``days``:
    different days on which somebody tried, this one included. ``moves_on``:
    sorting sends it elsewhere (sealed or routed round) instead of accepting.
    ``off_list``: the work list names somebody else, so a reason was given.
    """

    event: str
    level: str = ""
    to: str = ""
    to_level: str = ""
    to_barred: bool = False
    settler: bool = False
    solved: bool | None = None
    satisfied: bool | None = None
    result: str = ""
    days: int = 0
    ends: bool = False
    moves_on: bool = False
    off_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the rule decided: the new state, owner and limit, and what else changes.

    ``clock`` empty keeps the deadline that runs. ``handler``: "keep", "clear",
    "target" (whom it goes to) or "owner" (who has it). ``restart``: the
    finishing limit counts anew from now. ``sets`` are plain columns.
    """

    state: str
    owner: str = ""
    clock: str = ""
    handler: str = "keep"
    outcome: str = ""
    restart: bool = False
    sets: Mapping[str, object] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the matter is over."""
        return self.state in words.ENDED


def decide(standing: Standing, call: Call) -> Move:
    """The move this call makes from this standing.

    Refuses: WrongState where the table has no such way, or the rule's own
    reason; BadInput where something needed is missing.
    """
    event = EVENTS[call.event]
    leads = event.leads(standing.state)
    if not event.live or not leads:
        raise WrongState
    move = _DECIDERS[call.event](standing, call)
    if move.state not in leads:  # a decider that leaves the table is a defect, not a refusal
        message = f"{call.event} leads from {standing.state} to {move.state}, which the table does not know"
        raise AssertionError(message)
    return move


def level_of_owner(standing: Standing) -> str:
    """The level of who has it: a unit counts as its place's level."""
    return standing.handler if standing.owner == "unit" else standing.owner


def _open(state: str, owner: str, **more: object) -> Move:
    return Move(state=state, owner=owner, clock=STATES[state].clock, **more)  # type: ignore[arg-type]


def _end(state: str, outcome: str, **sets: object) -> Move:
    return Move(state=state, outcome=outcome, sets=sets)


def _not_sealed(s: Standing) -> None:
    if s.sealed:
        raise WrongState(N_("This kind is only handed over to the competent body, with a receipt."))


def _accept(s: Standing, c: Call) -> Move:
    if not c.moves_on:
        _not_sealed(s)
    if s.owner == "grid":
        raise WrongState(N_("The grid settles it, takes it on or passes it up; accepting is for the levels above."))
    if c.moves_on:
        return _open("reported", c.to, handler="target" if c.to == "unit" else "clear")
    return Move(state="accepted", owner=s.owner)


def _reject(s: Standing, _c: Call) -> Move:
    _not_sealed(s)
    if s.owner == "grid":
        raise WrongState(N_("The grid settles it, takes it on or passes it up; accepting is for the levels above."))
    return _end("rejected", "rejected")


def _settle(s: Standing, c: Call) -> Move:
    _not_sealed(s)
    if s.owner not in ("grid", "village"):
        raise WrongState(N_("It is already above the village; whoever has it answers."))
    if not c.settler:
        raise WrongState(N_("This kind may not be settled on the spot by your role. Pass it up instead."))
    return _answered(s, c.level)


def _answer(s: Standing, _c: Call) -> Move:
    return _answered(s, level_of_owner(s))


def _answered(s: Standing, handler: str) -> Move:
    """After the work: the return visit, else the rating, else filing or the end."""
    if s.to_visit:
        return _open("answered", visit_owner(handler), handler="owner")
    if s.to_rate:
        return _open("to_rate", visit_owner(handler), handler="owner")
    if s.closes == "rating":
        return Move(state="closed", outcome="done", handler="owner")
    return _open("to_file", file_owner(handler), handler="owner")


def _raise(s: Standing, _c: Call) -> Move:
    _not_sealed(s)
    if level_of_owner(s) == "county":
        raise WrongState(N_("The county is the highest level."))
    return _up(s, above(level_of_owner(s)))


def _call_up(s: Standing, c: Call) -> Move:
    _not_sealed(s)
    if c.level == s.barred:
        raise WrongState(_SOMEBODY_ELSE)
    move = _up(s, c.level)
    if move.state == "reported":  # the centre that takes it over has thereby accepted it
        return Move(state="accepted", owner=move.owner)
    return move


def _up(s: Standing, level: str) -> Move:
    """To a level above, past one that handled it before a reopening."""
    if level == s.barred:
        level = above(level)
    if s.state == "reported":
        return Move(state="reported", owner=level)
    state = "reopened" if s.state == "reopened" else "accepted"
    return _open(state, level, handler="clear", sets={"ordered": False})


def _divert(s: Standing, c: Call) -> Move:
    if c.to_barred:
        raise WrongState(_SOMEBODY_ELSE)
    if c.to != "unit" and _rank(c.to) >= _rank(s.owner):
        raise BadInput(N_("Divert to a unit or to a level below; to the level above it is passed up."))
    return _given(c, reopened=s.state == "reopened")


def _given(c: Call, *, reopened: bool, **sets: object) -> Move:
    """Given to a unit or a level below; the township is given it to divert further."""
    if c.to == "township":
        return _open(
            "reopened" if reopened else "accepted", "township", handler="clear", sets={"ordered": True, **sets}
        )
    return _open("diverted", c.to, handler="target", sets={"ordered": True, **sets})


def _start(s: Standing, c: Call) -> Move:
    if s.state == "reported" and (s.owner != "grid" or not s.grid_may):
        raise WrongState(N_("It has to be accepted first, or passed up."))
    if c.to_barred:
        raise WrongState(_SOMEBODY_ELSE)
    return _open("in_hand", s.owner, handler="owner")


def _give_back(s: Standing, _c: Call) -> Move:
    if not s.ordered:
        raise WrongState(N_("It was not given to you by an order. Pass it up instead."))
    if s.given_back:
        raise WrongState(N_("It was given back once already, and the decision stands."))
    return _open(
        "returned", decider_of(level_of_owner(s)), handler="clear", sets={"given_back": True, "ordered": False}
    )


def _decide(s: Standing, c: Call) -> Move:
    if c.to_barred and c.to != s.owner:
        raise WrongState(_SOMEBODY_ELSE)
    if c.to != "unit" and _rank(c.to) > _rank(s.owner):
        raise BadInput(N_("Divert to a unit or to a level below; to the level above it is passed up."))
    if c.to == s.owner:
        return _open("accepted", s.owner, restart=True)
    return _restarted(_given(c, reopened=False))


def _restarted(move: Move) -> Move:
    return Move(
        state=move.state, owner=move.owner, clock=move.clock, handler=move.handler, restart=True, sets=move.sets
    )


def _visit(s: Standing, c: Call) -> Move:
    if c.result == "not_reached":
        if c.days >= TRIES:
            return _after(s, "not_rated" if s.to_rate else "", tries=TRIES)
        return Move(state=s.state, owner=s.owner, sets={"tries": c.days})
    if c.result == "left_slip" and s.to_rate:
        return Move(state="to_rate", owner=s.owner) if s.state == "to_rate" else _open("to_rate", s.owner)
    if c.result == "asked" and s.to_rate:
        return _rate(s, c)
    if c.result in ("checked", "not_done") and not s.to_rate:
        return _after(s, "") if c.result == "checked" else _not_solved(s, "")
    raise BadInput(N_("Choose what came of the visit."))


def _rate(s: Standing, c: Call) -> Move:
    if not s.to_rate:
        raise WrongState(N_("This kind is checked, not rated."))
    if c.solved is None or c.satisfied is None:
        raise BadInput(N_("Please answer both questions."))
    if not c.solved:
        return _not_solved(s, "rated")
    return _after(s, "rated", good=c.satisfied)


def _after(s: Standing, rating: str, *, good: bool = True, **sets: object) -> Move:
    """After rating, check or the third try: a good answer may close by itself, all else is read and filed."""
    if s.closes == "rating" and good:
        return _end("closed", rating or "checked", rating=rating, **sets)
    return _open("to_file", file_owner(s.handler), sets={"rating": rating, **sets})


def _not_solved(s: Standing, rating: str) -> Move:
    if s.reopened:
        return _open("review", "county", sets={"rating": rating})
    owner = reopen_owner(s.handler, by_unit=s.by_unit)
    sets = {"rating": "", "reopened": 1, "given_back": False, "ordered": False, "tries": 0, "bar": True}
    return _open("reopened", owner, handler="clear", restart=True, sets=sets)


def _close(s: Standing, _c: Call) -> Move:
    return _end("closed", s.rating or ("checked" if s.to_visit and s.tries < TRIES else "done"))


def _review(s: Standing, c: Call) -> Move:
    if c.ends:
        return _end("closed", "disagrees")
    if c.to != "unit" and _rank(c.to) >= _rank(s.owner):
        raise BadInput(N_("Say who shall do it, or end it with reasons."))
    sets = {"rating": "", "given_back": False, "tries": 0, "bar": False}
    return _restarted(_given(c, reopened=False, **sets))


def _receipt(s: Standing, _c: Call) -> Move:
    if not s.sealed:
        raise WrongState(N_("Only sealed kinds are receipted."))
    return _end("closed", "handed_over")


def _same(s: Standing, _c: Call) -> Move:
    return Move(state=s.state, owner=s.owner)


def _supervise(s: Standing, c: Call) -> Move:
    _not_sealed(s)
    return _same(s, c)


def _reply(s: Standing, c: Call) -> Move:
    _not_sealed(s)
    if not s.interim:
        raise WrongState(N_("Nobody has asked for an interim answer."))
    return _same(s, c)


def _withdraw(s: Standing, _c: Call) -> Move:
    _not_sealed(s)
    return _end("withdrawn", "withdrawn")


def _time_out(s: Standing, _c: Call) -> Move:
    return _after(s, "not_rated")


def _fall(s: Standing, _c: Call) -> Move:
    _not_sealed(s)
    if s.owner == "county":
        raise WrongState(N_("The county is the highest level."))
    if s.state in ("diverted", "in_hand"):
        return _up(s, s.handler if s.owner == "unit" else above(s.owner))
    return Move(state=s.state, owner=above(s.owner))


def _rank(owner: str) -> int:
    return words.LEVELS.index(owner)


_DECIDERS: Final[Mapping[str, Callable[[Standing, Call], Move]]] = {
    "accept": _accept,
    "reject": _reject,
    "settle": _settle,
    "raise": _raise,
    "call_up": _call_up,
    "divert": _divert,
    "start": _start,
    "give_back": _give_back,
    "decide": _decide,
    "answer": _answer,
    "visit": _visit,
    "rate": _rate,
    "close": _close,
    "review": _review,
    "receipt": _receipt,
    "supervise": _supervise,
    "reply": _reply,
    "withdraw": _withdraw,
    "warn": _same,
    "overdue": _same,
    "time_out": _time_out,
    "fall": _fall,
}
