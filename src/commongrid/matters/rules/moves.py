"""What the deciders speak of: a standing, a call, a move; and the few sentences they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules import words
from commongrid.matters.rules.table import STATES

TRIES: Final = 3
"""Tries on as many different days before a matter counts as not rated."""

SOMEBODY_ELSE: Final = N_("The person said it was not solved, so it goes to somebody else this time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a matter stands, as far as the rules care.

    ``owner`` is a level or "unit"; ``handler`` the level of who does or did the
    work, ``by_unit`` whether that is a unit. ``grid_may``: a grid role may
    finish this kind. ``barred``: the level that handled it before a reopening
    and must not again (nothing where that was a unit). ``caller``: of a part,
    the level that gave it out and answers for the whole; ``sent_back``: its
    answer was sent back once to be completed. ``exchanged``: an order of
    another system, which gets its reply there. ``dispute``: may be mediated.
    ``leads``: others are merged into it; ``outcome``: how it ended;
    ``recheck``: a recheck of it was ordered.
    ``applied``: what is asked of the deputy and not decided; ``extended``: how
    often this hand got more time; ``refused``: of an ended matter, the level
    that said no; ``asked_again``: the person asked the level above once.
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
    caller: str = ""
    sent_back: bool = False
    applied: str = ""
    extended: int = 0
    refused: str = ""
    asked_again: bool = False
    exchanged: bool = False
    dispute: bool = False
    leads: bool = False
    outcome: str = ""
    recheck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What somebody asks for, with what the rule needs to know of it.

    ``level`` is the actor's. ``to`` is the owner it shall go to (a level or
    "unit"), ``to_level`` that owner's level. ``to_barred``: that is the former
    handler. ``settler``: the kind lets the actor's role settle. ``days``:
    different days on which somebody tried, this one included. ``moves_on``:
    sorting sends it elsewhere (sealed or routed round) instead of accepting.
    ``off_list``: the work list names somebody else, so a reason was given.
    ``outside``: the unit it shall go to is outside the county's command.
    ``over``: the actor is above whoever has it.
    ``waiting``: how many parts have not answered; ``met``: a meeting was called.
    ``follower``: rated, or asked for again, by somebody whose matter was merged into this one;
    ``others``: somebody else still has to rate it; ``bad``: somebody else who
    rated it is not satisfied.
    ``late``: the finishing limit had passed when it was asked for; ``most``: how
    often a limit may be extended; ``beyond``: the day lies past what binds it, of
    a part the limit of the whole, of another system's order its date.
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
    late: bool = False
    most: int = 2
    beyond: bool = False
    outside: bool = False
    over: bool = False
    waiting: int = 0
    met: bool = False
    follower: bool = False
    others: bool = False
    bad: bool = False


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


Decider = Callable[[Standing, Call], Move]
"""One event's rule: from a standing and a call to a move, or a refusal."""


def level_of_owner(standing: Standing) -> str:
    """The level of who has it: a unit counts as its place's level."""
    return standing.handler if standing.owner == "unit" else standing.owner


def goes(state: str, owner: str, **more: object) -> Move:
    """Into an open state, with the limit that runs in it."""
    return Move(state=state, owner=owner, clock=STATES[state].clock, **more)  # type: ignore[arg-type]


def ends(state: str, outcome: str, **sets: object) -> Move:
    """Into an ended state, with its outcome."""
    return Move(state=state, outcome=outcome, sets=sets)


def stays(s: Standing, _c: Call) -> Move:
    """Nothing moves: something was said or told."""
    return Move(state=s.state, owner=s.owner)


def not_sealed(s: Standing) -> None:
    """Refuse what no sealed kind may go through."""
    if s.sealed:
        raise WrongState(N_("This kind is only handed over to the competent body, with a receipt."))


def rank(owner: str) -> int:
    """A level as a number, the grid lowest."""
    return words.LEVELS.index(owner)
