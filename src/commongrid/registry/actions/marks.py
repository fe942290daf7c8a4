"""Marks in force go with the person or household: to another place, to their end, and back when an act is undone.

Marks of hardship are out of sight of most who move a record. They follow all
the same, within the one widening, so that whoever keeps the record next has
them and whoever kept it has them no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from commongrid.accounts import sealed
from commongrid.journal.acting import handing_over
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry.models import Flag, HardshipFlag, Household

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


def pass_marks(at: Desk, old: Household, into: Household | None) -> None:
    """The household ends, and so does what was recognised of it as a whole; where it went on in another, that goes on.

    The other keeps its own where it has the same. What was recognised of its people stays with them.
    """
    ends = (old.place, into.place if into else old.place)
    with handing_over(at.scope, min(ends), max(ends), powers=(HARDSHIP,)):
        for table in MARKS:
            of_homes = table.objects.filter(person=None, to_on=None)
            held = set(of_homes.filter(household_id=into.id).values_list("type_code", flat=True)) if into else set()
            for mark in of_homes.select_for_update().filter(household_id=old.id):
                if into is not None and mark.type_code not in held:
                    _go_on(at, mark, into)
                mark.to_on, mark.ended_by = max(at.on, mark.from_on), at.act.id
                mark.save(update_fields=("to_on", "ended_by"))


def _go_on(at: Desk, mark: Flag | HardshipFlag, into: Household) -> None:
    """The same mark, in force from the day of the act, at another household; a sealed cause is sealed anew."""
    row, table = at.child(), type(mark)
    name = table._meta.db_table
    if isinstance(mark, Flag):
        more: dict[str, Any] = {"basis": mark.basis}
    else:
        said = sealed.unseal(mark.basis_sealed, name, "basis_sealed", mark.id)
        more = {"basis_sealed": sealed.seal(said, name, "basis_sealed", row)}
    table(
        id=row, type_code=mark.type_code, place=into.place, household_id=into.id, from_on=max(at.on, mark.from_on),
        source=mark.source, body=mark.body, began_by=at.act.id, **more,
    ).save(force_insert=True)  # fmt: skip


def restore_marks(at: Desk, done: UUID, places: Collection[int]) -> None:
    """What an undone act recognised goes, what it ended is in force again, at whichever of its records' places."""
    with handing_over(at.scope, min(places), max(places), powers=(HARDSHIP,)):
        for table in MARKS:
            table.objects.filter(began_by=done).delete()
            table.objects.filter(ended_by=done).update(to_on=None, ended_by=None, place=where_the_home_is())


def where_the_home_is() -> Coalesce:
    """The place of a row's household now, for grids may have been divided anew since; that of the row without one."""
    return Coalesce(Subquery(Household.objects.filter(id=OuterRef("household_id")).values("place")), F("place"))
