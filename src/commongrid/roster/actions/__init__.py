"""What is done in the roster: appoint and end, stand in, assign, set up units, give and use sign-in links."""

from __future__ import annotations

from commongrid.roster.actions.assigning import NewAssignment, assign, end_assignment, leave_case, take_case
from commongrid.roster.actions.entering import ask_code, end_sessions, enter, enter_by_code, invite, switch_account
from commongrid.roster.actions.linking import (
    Face,
    NewLink,
    Relinked,
    begin_link,
    call_links_off,
    carry_links,
    end_links,
    relink,
    reopen_links,
)
from commongrid.roster.actions.posts import Appointment, appoint, carry_posts, end_post, hand_over, move_post
from commongrid.roster.actions.powers import give_power, withdraw_power
from commongrid.roster.actions.pruning import prune_access
from commongrid.roster.actions.seeds import seed
from commongrid.roster.actions.standing import Lending, end_stand_in, set_stand_in
from commongrid.roster.actions.talents import Nomination, Opinion, decide_talent, end_talent, name_talent
from commongrid.roster.actions.turns import Turns, remove_turn, set_turns
from commongrid.roster.actions.units import NewUnit, UnitNow, add_unit, change_unit, cover, end_unit

__all__ = [
    "Appointment",
    "Face",
    "Lending",
    "NewAssignment",
    "NewLink",
    "NewUnit",
    "Nomination",
    "Opinion",
    "Relinked",
    "Turns",
    "UnitNow",
    "add_unit",
    "appoint",
    "ask_code",
    "assign",
    "begin_link",
    "call_links_off",
    "carry_links",
    "carry_posts",
    "change_unit",
    "cover",
    "decide_talent",
    "end_assignment",
    "end_links",
    "end_post",
    "end_sessions",
    "end_stand_in",
    "end_talent",
    "end_unit",
    "enter",
    "enter_by_code",
    "give_power",
    "hand_over",
    "invite",
    "leave_case",
    "move_post",
    "name_talent",
    "prune_access",
    "relink",
    "remove_turn",
    "reopen_links",
    "seed",
    "set_stand_in",
    "set_turns",
    "switch_account",
    "take_case",
    "withdraw_power",
]
