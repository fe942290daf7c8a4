"""What can be done to a matter, from report to rating, and what the clock does to it."""

from __future__ import annotations

from commongrid.matters.actions.asking import add, add_for, ask_again, ask_again_for, withdraw_for
from commongrid.matters.actions.calling import attend, call_meeting, drop, remind, split
from commongrid.matters.actions.cases import Elsewhere
from commongrid.matters.actions.checking import raise_check, warn_of_check
from commongrid.matters.actions.closing import close, receipt, review, visit, withdraw
from commongrid.matters.actions.correcting import Right, hand_on, put_right
from commongrid.matters.actions.drawing import publish_seed
from commongrid.matters.actions.editing import change_answers, change_rules
from commongrid.matters.actions.handling import (
    Basis,
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
from commongrid.matters.actions.merging import merge, unmerge
from commongrid.matters.actions.noting import Instruction, instruct, raise_note, report_back
from commongrid.matters.actions.numbering import numbers
from commongrid.matters.actions.overseeing import miss_reply, reply, supervise, warn_of_reply
from commongrid.matters.actions.papers import Paper, answer_on_paper, rate_on_paper
from commongrid.matters.actions.passing import pass_on, send_back
from commongrid.matters.actions.protecting import About, Contact
from commongrid.matters.actions.publishing import (
    Wording,
    approve,
    end_publication,
    publish,
    refuse_publication,
    take_down,
)
from commongrid.matters.actions.rating import ByUnit, OfUnit, rate, rate_units
from commongrid.matters.actions.rechecking import (
    ask_recheck,
    choose_recheck,
    late_recheck,
    order_recheck,
    recheck,
)
from commongrid.matters.actions.recounting import (
    act_of,
    ask_for_recounts,
    begin_duty,
    end_duty,
    go_on_recount,
    recount,
)
from commongrid.matters.actions.referring import Receipt, come_back, take_receipt
from commongrid.matters.actions.renewing import renew_slip
from commongrid.matters.actions.reporting import Report, code_of, report
from commongrid.matters.actions.rounding import retell, route_round
from commongrid.matters.actions.seeding import seed
from commongrid.matters.actions.taking_up import let_go, take_up
from commongrid.matters.actions.themes import add_to_theme, close_theme, open_theme
from commongrid.matters.actions.ticking import fall, raise_overdue, release_ratings, time_out, warn
from commongrid.matters.actions.unsealing import unseal
from commongrid.matters.actions.viewing import remove_view, rename_view, save_view
from commongrid.matters.actions.waiting import Wanted, apply, end, extend, grant, park, pause, refer, refuse, resume
from commongrid.matters.actions.waking import dissolve, leave_grid, leave_without_body, raise_application, wake

__all__ = [
    "About",
    "Basis",
    "ByUnit",
    "Contact",
    "Elsewhere",
    "Instruction",
    "OfUnit",
    "Paper",
    "Receipt",
    "Report",
    "Right",
    "Wanted",
    "Wording",
    "accept",
    "act_of",
    "add",
    "add_for",
    "add_to_theme",
    "answer",
    "answer_on_paper",
    "apply",
    "approve",
    "ask_again",
    "ask_again_for",
    "ask_for_recounts",
    "ask_recheck",
    "attend",
    "begin_duty",
    "call_meeting",
    "call_up",
    "change_answers",
    "change_rules",
    "choose_recheck",
    "close",
    "close_theme",
    "code_of",
    "come_back",
    "decide_returned",
    "dissolve",
    "divert",
    "drop",
    "end",
    "end_duty",
    "end_publication",
    "extend",
    "fall",
    "give_back",
    "go_on_recount",
    "grant",
    "hand_on",
    "instruct",
    "late_recheck",
    "leave_grid",
    "leave_without_body",
    "let_go",
    "merge",
    "miss_reply",
    "numbers",
    "open_theme",
    "order_recheck",
    "park",
    "pass_on",
    "pause",
    "publish",
    "publish_seed",
    "put_right",
    "raise_application",
    "raise_check",
    "raise_level",
    "raise_note",
    "raise_overdue",
    "rate",
    "rate_on_paper",
    "rate_units",
    "receipt",
    "recheck",
    "recount",
    "refer",
    "refuse",
    "refuse_publication",
    "reject",
    "release_ratings",
    "remind",
    "remove_view",
    "rename_view",
    "renew_slip",
    "reply",
    "report",
    "report_back",
    "resume",
    "retell",
    "review",
    "route_round",
    "save_view",
    "seed",
    "send_back",
    "settle",
    "split",
    "start",
    "supervise",
    "take_down",
    "take_receipt",
    "take_up",
    "time_out",
    "unmerge",
    "unseal",
    "visit",
    "wake",
    "warn",
    "warn_of_check",
    "warn_of_reply",
    "withdraw",
    "withdraw_for",
]
