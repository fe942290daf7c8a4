"""Deciders of matters that are the same: merged into a lead, given back their own way; a recheck after the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.rules.deciding.rating import again
from commongrid.matters.rules.moves import Call, Decider, Move, Standing, ends, goes, not_sealed

NOT_YET: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When a merged matter is over while its lead is not: it ends with its lead; no figure counts it as closed before."""

TAKES_MORE: Final = (
    "reported", "accepted", "diverted", "in_hand", "returned", "reopened", "split", "asked", "to_pass", "paused",
    "parked", "answered", "to_rate",
)  # fmt: skip
"""States in which a lead may still take another one: its reporter can follow the work and is asked with the rest."""


def _merge(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    if s.leads:
        raise WrongState(N_("Others are merged into this one. Merge the other one into it instead."))
    if s.caller:
        raise WrongState(N_("A part of another matter can't be merged."))
    return ends("merged", "merged")


def _unmerge(s: Standing, _c: Call) -> Move:
    return goes("accepted", s.handler, handler="clear", sets={"rating": ""})


def _recheck(s: Standing, c: Call) -> Move:
    """After the end: it holds and stays closed, or it doesn't and goes the way of "not solved"."""
    not_sealed(s)
    if not s.recheck:
        raise WrongState(N_("No recheck of this matter is waiting."))
    if c.result == "holds":
        return Move(state="closed", outcome=s.outcome)
    if c.result == "fails":
        return again(s, s.rating)
    raise BadInput(N_("Choose what you found."))


def _ask_recheck(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if c.level in ("grid", "village"):
        raise WrongState(N_("A recheck is asked for by the township's or the county's centre."))
    if c.level == s.handler == "township" and not s.by_unit:
        raise WrongState(N_("What your own centre did is rechecked by the county: its centre asks for that."))
    if s.recheck:
        raise WrongState(N_("A recheck of this matter is waiting already."))
    if s.caller:
        raise WrongState(N_("A part is looked at again with the whole matter."))
    return Move(state="closed", outcome=s.outcome)


def _renew_slip(s: Standing, _c: Call) -> Move:
    not_sealed(s)
    return Move(state=s.state, owner=s.owner, outcome=s.outcome)


DECIDERS: Final[Mapping[str, Decider]] = {
    "merge": _merge,
    "unmerge": _unmerge,
    "ask_recheck": _ask_recheck,
    "recheck": _recheck,
    "renew_slip": _renew_slip,
}
