"""Who hears of acts that are about no matter, and of what the person behind a matter hears."""

from __future__ import annotations

from typing import Final

from commongrid.kernel.places import township_of, village_of

FOR_CENTRES: Final = {
    "calendar.published": "calendar", "calendar.hours_set": "calendar", "matters.rules_changed": "rules",
}  # fmt: skip
"""Told to every centre: the sort of notice."""
AT_PLACES: Final = {
    "registry.change_late": ("change_late", "people.edit", (village_of, township_of)),
    "roster.division_done": ("grids_divided", "posts.appoint", (village_of,)),
}
"""Told to whoever has a power where it happened: the sort, the power, at which levels."""
AGAIN: Final = ("registry.change_reopened", "registry.handover_reopened")
"""Told to whoever asked for it, and to those who decide about it again."""
JOINS: Final = {"registry.people_joined": "records_joined", "registry.undone": "join_undone"}
"""Told to both townships where records of one person are joined, or are no longer."""
REFUSED: Final = ("matters.rejected", "matters.given_up")
LONGER: Final = ("matters.extended", "matters.paused", "matters.parked")
DONE: Final = ("matters.answered", "matters.answered_on_paper", "matters.settled", "matters.passed_on")
TOLD_SO: Final = {"matters.put_right": "put_right", "matters.withdrawn_for": "withdrawn"}
"""Acts that the person hears of as they are: the sort of notice."""
TOLD_DONE: Final = ("answered", "to_rate", "to_file", "review", "closed")
"""States in which the person was told that it is done."""
