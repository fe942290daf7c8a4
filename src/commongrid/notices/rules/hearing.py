"""Acts that are about no matter, and who hears of them."""

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
JOINS: Final = {"registry.people_joined": "records_joined", "registry.undone": "join_undone"}
"""Told to both townships where records of one person are joined, or are no longer."""
