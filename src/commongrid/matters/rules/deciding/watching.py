"""Deciders of what moves nothing: supervision, leaders' notes, interim answers, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commongrid.kernel.refusals import N_, WrongState
from commongrid.matters.rules.moves import (
    Call,
    Decider,
    Move,
    Standing,
    not_sealed,
    stays,
)


def _supervise(s: Standing, c: Call) -> Move:
    not_sealed(s)
    return stays(s, c)


def _instruct(s: Standing, c: Call) -> Move:
    not_sealed(s)
    return stays(s, c)


def _reply(s: Standing, c: Call) -> Move:
    not_sealed(s)
    if not s.interim:
        raise WrongState(N_("Nobody has asked for an interim answer."))
    return stays(s, c)


def _reply_late(s: Standing, c: Call) -> Move:
    if not s.interim:
        raise WrongState
    return stays(s, c)


DECIDERS: Final[Mapping[str, Decider]] = {
    "supervise": _supervise,
    "instruct": _instruct,
    "report_back": stays,
    "reply": _reply,
    "warn": stays,
    "overdue": stays,
    "reply_late": _reply_late,
}
