"""What is done about links: declared, chosen, planned, edited, approved, adopted, posted; and what follows by rule."""

from __future__ import annotations

from commongrid.outreach.actions.adopting import Meeting, adopt, approve, call_off, drop, reopen
from commongrid.outreach.actions.declaring import Said, Wish, choose, declare, take_back
from commongrid.outreach.actions.duties import change_duties, seed
from commongrid.outreach.actions.following import follow_links
from commongrid.outreach.actions.planning import (
    keep_curve,
    propose,
    propose_everywhere,
    set_link,
    stop,
    work_out,
    work_out_anew,
)
from commongrid.outreach.actions.posting import post_notice, take_down

__all__ = [
    "Meeting",
    "Said",
    "Wish",
    "adopt",
    "approve",
    "call_off",
    "change_duties",
    "choose",
    "declare",
    "drop",
    "follow_links",
    "keep_curve",
    "post_notice",
    "propose",
    "propose_everywhere",
    "reopen",
    "seed",
    "set_link",
    "stop",
    "take_back",
    "take_down",
    "work_out",
    "work_out_anew",
]
