"""Deciders of waiting and other ends: more time, a pause, parked, referred out, ended with reasons, asked again.

Whoever does the work asks, the unit's deputy grants or refuses; the deputy
may also do it in one step. While an application waits the clock runs on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.rules.moves import Call, Decider, Move, Standing, ends, goes, level_of_owner, not_sealed
from commongrid.matters.rules.owners import above

SORTS: Final = ("extend", "pause", "park", "refer", "end")
"""What may be applied for; each is an event of its own for the deputy."""
RESTING: Final = ("paused", "parked")
"""States in which nobody owes anything before a date."""
WAITING: Final = (*RESTING, "woken", "referred")
SHARED: Final = ("split", "asked")
"""States in which the centre owns what others work on."""

LATE: Final = N_("The limit has passed already. More time and a pause have to be asked for before it ends.")
ENOUGH: Final = N_("It was extended as often as is allowed. Answer, or ask to park it or to refer it out.")
THEIRS: Final = N_("Its limit is set by the system it came from. Ask for more time there and enter the new date here.")
OF_THEIRS: Final = N_(
    "Its date is set by the system it came from and runs on. Choose a day before it, or ask for more time there."
)
OF_THE_WHOLE: Final = N_(
    "This is a part: the whole has to be answered first. Choose a day within its limit, or ask the centre that gave it."
)
WAITS: Final = N_("An application is waiting for the deputy already. It has to be granted or refused first.")
ONCE_ONLY: Final = N_("You asked once more already; the level above has looked at it and answered.")
NONE_WAITS: Final = N_("No application is waiting. It was decided, or the matter has moved on.")


def _in_time(s: Standing, c: Call) -> None:
    if s.exchanged:
        raise WrongState(THEIRS)
    if c.late:
        raise WrongState(LATE)


def _within(s: Standing, c: Call) -> None:
    """Refuse a day past what binds it: the whole's limit, or the date of the system it came from."""
    if c.beyond:
        raise BadInput(fields={"until": OF_THE_WHOLE if s.caller else OF_THEIRS})


def _extend(s: Standing, c: Call) -> Move:
    _in_time(s, c)
    _within(s, c)
    if s.extended >= c.most:
        raise WrongState(ENOUGH)
    return goes(s.state, s.owner, sets={"extended": s.extended + 1})


def _pause(s: Standing, c: Call) -> Move:
    _in_time(s, c)
    _within(s, c)
    return goes("paused", s.owner)


def _park(s: Standing, c: Call) -> Move:
    _within(s, c)
    return _set_aside("parked", s)


def _refer(s: Standing, _c: Call) -> Move:
    return _set_aside("referred", s)


def _set_aside(state: str, s: Standing) -> Move:
    """With whoever has it; what several work on, or a body was asked for, is taken from them: the centre has it."""
    if s.state in SHARED:
        return goes(state, s.owner, handler="clear", sets={"ordered": False})
    return goes(state, s.owner)


def _end(_s: Standing, _c: Call) -> Move:
    return Move(state="closed", outcome="given_up", handler="owner")


_SORTS: Final[Mapping[str, Decider]] = {
    "extend": _extend, "pause": _pause, "park": _park, "refer": _refer, "end": _end,
}  # fmt: skip


def _ask(sort: str) -> Decider:
    """Apply for it: nothing moves, but what could not be granted is not asked for."""

    def decider(s: Standing, c: Call) -> Move:
        not_sealed(s)
        if s.applied:
            raise WrongState(WAITS)
        _SORTS[sort](s, c)
        return Move(state=s.state, owner=s.owner, sets={"applied": sort})

    return decider


def _directly(sort: str) -> Decider:
    """The deputy does it in one step; an application that waits is answered first."""

    def decider(s: Standing, c: Call) -> Move:
        not_sealed(s)
        if s.applied:
            raise WrongState(WAITS)
        return _SORTS[sort](s, c)

    return decider


def _grant(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if not s.applied:
        raise WrongState(NONE_WAITS)
    move = _SORTS[s.applied](s, c)
    return replace(move, sets={**move.sets, "applied": ""})


def _refuse(s: Standing, _c: Call) -> Move:
    if not s.applied:
        raise WrongState(NONE_WAITS)
    return Move(state=s.state, owner=s.owner, sets={"applied": ""})


def _resume(s: Standing, _c: Call) -> Move:
    """Work goes on: after a pause with the time that was left, after parking with a limit counted anew.

    What nobody had in hand before it was parked is given out anew.
    """
    if s.state != "paused" and not s.handler:
        return goes("accepted", s.owner, restart=True)
    return goes("in_hand", s.owner, handler="owner", restart=s.state != "paused")


def _wake(s: Standing, _c: Call) -> Move:
    """The day has come: a pause ends by itself, of what is parked somebody has to decide."""
    if s.state == "paused":
        return goes("in_hand", s.owner, handler="owner")
    return goes("woken", s.owner)


def _take_receipt(_s: Standing, _c: Call) -> Move:
    return Move(state="closed", outcome="referred", handler="owner")


def _come_back(s: Standing, _c: Call) -> Move:
    """The body did not take it: back to where it was, with its limit counted anew."""
    if s.handler:
        return goes("in_hand", s.owner, handler="owner", restart=True)
    return goes("accepted", s.owner, restart=True)


def _ask_again(s: Standing, c: Call) -> Move:
    """Once for each who reported it, to the level above whoever said no; the county is its own."""
    if not s.refused:
        raise WrongState(
            N_("Only what was not accepted, ended as not possible or was withdrawn for you can be asked for again.")
        )
    if s.asked_again and not c.follower:
        raise WrongState(ONCE_ONLY)
    sets = {"ordered": False, "given_back": False, **({} if c.follower else {"asked_again": True})}
    return goes("reported", above(s.refused), handler="clear", restart=True, sets=sets)


def _withdraw_for(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    if s.leads:
        raise WrongState(N_("Others reported the same, so it goes on for them. Tell the person so."))
    return ends("withdrawn", "withdrawn")


def _dissolve(s: Standing, c: Call) -> Move:
    """The unit that has it is dissolved: to the unit that follows, else back to the centre above it."""
    if s.owner != "unit":
        raise WrongState(N_("No unit has this matter."))
    if c.to == "unit":
        if s.state in (*WAITING, "reported"):
            return Move(state=s.state, owner="unit", handler="target")
        return goes("diverted", "unit", handler="target", sets={"ordered": True})
    not_sealed(s)
    return fallen(s)


def fallen(s: Standing) -> Move:
    """Up to the level above while it waits: the waiting goes on there; work in hand is given out anew."""
    level = level_of_owner(s) if s.owner == "unit" else above(s.owner)
    if level == s.barred:
        level = above(level)
    if s.state in WAITING:
        return Move(state=s.state, owner=level, handler="clear")
    return goes("accepted", level, handler="clear", sets={"ordered": False})


def tidied(s: Standing, move: Move) -> Move:
    """What any move does to applications: one that waits lapses when the matter moves on; a new hand counts anew."""
    sets = dict(move.sets)
    if s.applied and "applied" not in sets and (move.state, move.owner) != (s.state, s.owner):
        sets["applied"] = ""
    if s.extended and "extended" not in sets and (move.handler in ("clear", "target") or move.restart):
        sets["extended"] = 0
    return replace(move, sets=sets) if sets != dict(move.sets) else move


DECIDERS: Final[Mapping[str, Decider]] = {
    **{f"ask_{sort}": _ask(sort) for sort in SORTS},
    **{sort: _directly(sort) for sort in SORTS},
    "grant": _grant,
    "refuse": _refuse,
    "resume": _resume,
    "wake": _wake,
    "take_receipt": _take_receipt,
    "come_back": _come_back,
    "ask_again": _ask_again,
    "ask_again_for": _ask_again,
    "withdraw_for": _withdraw_for,
    "dissolve": _dissolve,
}
