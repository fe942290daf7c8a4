"""Deciders of what comes in: accepted, not accepted, receipted, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.moves import (
    Call,
    Decider,
    Move,
    Standing,
    ends,
    goes,
    not_sealed,
    stays,
)


def _accept(s: Standing, c: Call) -> Move:
    if not c.moves_on:
        not_sealed(s)
    if s.owner == "grid":
        raise WrongState(N_("The grid settles it, takes it on or passes it up; accepting is for the levels above."))
    if c.moves_on:
        alone(s)
        return goes("reported", c.to, handler="target" if c.to == "unit" else "clear")
    return Move(state="accepted", owner=s.owner)


def _reject(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    if s.owner == "grid":
        raise WrongState(N_("The grid settles it, takes it on or passes it up; accepting is for the levels above."))
    alone(s)
    return ends("rejected", "rejected")


def _receipt(s: Standing, _c: Call) -> Move:
    if not s.sealed:
        raise WrongState(N_("Only sealed kinds are receipted."))
    return ends("closed", "handed_over")


def _withdraw(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    if s.caller:
        raise WrongState(N_("A part ends with the whole matter, or is dropped by the centre that gave it out."))
    if s.leads:
        raise WrongState(N_("Others reported the same, so it goes on. You need do nothing more."))
    return ends("withdrawn", "withdrawn")


def _add_for(s: Standing, c: Call) -> Move:
    not_sealed(s)
    return stays(s, c)


def alone(s: Standing) -> None:
    """Refuse to send away a matter that others are merged into."""
    if s.leads:
        raise WrongState(N_("Others are merged into this one. Give them back their own way first."))


DECIDERS: Final[Mapping[str, Decider]] = {
    "add": stays,
    "add_for": _add_for,
    "accept": _accept,
    "reject": _reject,
    "receipt": _receipt,
    "withdraw": _withdraw,
}
