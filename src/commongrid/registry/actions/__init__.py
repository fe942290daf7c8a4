"""What is done with the register's records, by topic."""

from commongrid.registry.actions.correcting import Fields, confirm, correct, undo
from commongrid.registry.actions.flagging import Recognised, flag, unflag
from commongrid.registry.actions.homes import Leaving, found_household, merge_households, set_head, split
from commongrid.registry.actions.life import born, died, left_for_work, married, moved, moved_in, moved_out, returned
from commongrid.registry.actions.people import add_person, tie_account
from commongrid.registry.actions.seeding import seed
from commongrid.registry.rules.facts import Into

__all__ = (
    "Fields",
    "Into",
    "Leaving",
    "Recognised",
    "add_person",
    "born",
    "confirm",
    "correct",
    "died",
    "flag",
    "found_household",
    "left_for_work",
    "married",
    "merge_households",
    "moved",
    "moved_in",
    "moved_out",
    "returned",
    "seed",
    "set_head",
    "split",
    "tie_account",
    "undo",
    "unflag",
)
