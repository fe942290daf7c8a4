"""Marks in force go with the person: to another household and place, to their end, and back when an act is undone.

Marks of hardship are out of sight of most who move a record. They follow all
the same, within the one widening, so that whoever keeps the record next has
them and whoever kept it has them no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal.acting import handing_over
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry.models import Flag, HardshipFlag

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from commongrid.registry.actions.desk import Desk
    from commongrid.registry.models import Person

MARKS: Final = (Flag, HardshipFlag)


def carry_marks(at: Desk, who: Person, *, left: int) -> None:
    """After a move from the place ``left``: marks in force lie where the person's record lies now."""
    with handing_over(at.scope, min(left, who.place), max(left, who.place), powers=(HARDSHIP,)):
        for table in MARKS:
            held = table.objects.filter(person_id=who.id, to_on=None)
            held.update(place=who.place, household_id=who.household_id)


def end_marks(at: Desk, who: Person) -> None:
    """The record ends, and so does what was recognised of the person."""
    with handing_over(at.scope, who.place, who.place, powers=(HARDSHIP,)):
        for table in MARKS:
            for mark in table.objects.select_for_update().filter(person_id=who.id, to_on=None):
                mark.to_on, mark.ended_by = max(at.on, mark.from_on), at.act.id
                mark.save(update_fields=("to_on", "ended_by"))


def restore_marks(at: Desk, done: UUID, places: Collection[int]) -> None:
    """What an undone act recognised goes, what it ended is in force again, at whichever of its records' places."""
    with handing_over(at.scope, min(places), max(places), powers=(HARDSHIP,)):
        for table in MARKS:
            table.objects.filter(began_by=done).delete()
            table.objects.filter(ended_by=done).update(to_on=None, ended_by=None)
