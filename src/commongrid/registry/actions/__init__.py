"""What is done with the register's records, by topic."""

from commongrid.registry.actions.booklets import NewBooklet, enrol, open_booklet, strike
from commongrid.registry.actions.correcting import Fields, confirm, correct
from commongrid.registry.actions.counting import count_records
from commongrid.registry.actions.desk import Meanwhile
from commongrid.registry.actions.flagging import Recognised, flag, unflag
from commongrid.registry.actions.handing import (
    Offer,
    accept_household,
    accept_record,
    lapse_record,
    offer_household,
    offer_record,
    refuse_record,
    reopen_offer,
    withdraw_record,
)
from commongrid.registry.actions.holdings import NewHolding, add_holding, check_thing, end_holding, join, leave
from commongrid.registry.actions.homes import Leaving, found_household, merge_households, set_head, split
from commongrid.registry.actions.ledgers import (
    Form,
    change_ledger,
    lay_ledger,
    may_share,
    remove_ledger,
    save_ledger,
)
from commongrid.registry.actions.life import born, died, left_for_work, married, moved, moved_in, moved_out, returned
from commongrid.registry.actions.moving import move_household
from commongrid.registry.actions.parting import divorced
from commongrid.registry.actions.people import Twice, a_name, add_person, tie_account
from commongrid.registry.actions.peopling import Stage, Staged, people
from commongrid.registry.actions.regridding import Regrid, carry_grid, regrid, serve_from
from commongrid.registry.actions.requests import (
    Change,
    approve_change,
    call_change_late,
    close_change,
    open_change,
    refuse_change,
    reopen_change,
    report_change,
    withdraw_change,
)
from commongrid.registry.actions.seeding import seed
from commongrid.registry.actions.undoing import undo
from commongrid.registry.rules.facts import Into

__all__ = (
    "Change",
    "Fields",
    "Form",
    "Into",
    "Leaving",
    "Meanwhile",
    "NewBooklet",
    "NewHolding",
    "Offer",
    "Recognised",
    "Regrid",
    "Stage",
    "Staged",
    "Twice",
    "a_name",
    "accept_household",
    "accept_record",
    "add_holding",
    "add_person",
    "approve_change",
    "born",
    "call_change_late",
    "carry_grid",
    "change_ledger",
    "check_thing",
    "close_change",
    "confirm",
    "correct",
    "count_records",
    "died",
    "divorced",
    "end_holding",
    "enrol",
    "flag",
    "found_household",
    "join",
    "lapse_record",
    "lay_ledger",
    "leave",
    "left_for_work",
    "married",
    "may_share",
    "merge_households",
    "move_household",
    "moved",
    "moved_in",
    "moved_out",
    "offer_household",
    "offer_record",
    "open_booklet",
    "open_change",
    "people",
    "refuse_change",
    "refuse_record",
    "regrid",
    "remove_ledger",
    "reopen_change",
    "reopen_offer",
    "report_change",
    "returned",
    "save_ledger",
    "seed",
    "serve_from",
    "set_head",
    "split",
    "strike",
    "tie_account",
    "undo",
    "unflag",
    "withdraw_change",
    "withdraw_record",
)
