"""What can be done to a matter, from report to rating, and what the clock does to it."""

from __future__ import annotations

from commongrid.matters.actions.closing import close, rate, receipt, review, visit, withdraw
from commongrid.matters.actions.drawing import publish_seed
from commongrid.matters.actions.handling import (
    accept,
    answer,
    call_up,
    decide_returned,
    divert,
    give_back,
    raise_level,
    reject,
    settle,
    start,
)
from commongrid.matters.actions.numbering import numbers
from commongrid.matters.actions.overseeing import miss_reply, reply, supervise, warn_of_reply
from commongrid.matters.actions.reporting import Contact, Report, code_of, report
from commongrid.matters.actions.seeding import seed
from commongrid.matters.actions.ticking import fall, raise_overdue, release_ratings, time_out, warn

__all__ = [
    "Contact",
    "Report",
    "accept",
    "answer",
    "call_up",
    "close",
    "code_of",
    "decide_returned",
    "divert",
    "fall",
    "give_back",
    "miss_reply",
    "numbers",
    "publish_seed",
    "raise_level",
    "raise_overdue",
    "rate",
    "receipt",
    "reject",
    "release_ratings",
    "reply",
    "report",
    "review",
    "seed",
    "settle",
    "start",
    "supervise",
    "time_out",
    "visit",
    "warn",
    "warn_of_reply",
    "withdraw",
]
