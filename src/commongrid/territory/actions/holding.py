"""What every action on a place begins with: the place held until the end of the transaction, and the county's date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.kernel.refusals import N_, NotFound, NotYours, WrongState
from commongrid.territory import queries
from commongrid.territory.models import Place

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


def today_of(scope: Scope, act: Act) -> date:
    """The county's date of the act. Called by the actions on a place."""
    return queries.calendar(scope).day_of(act.at)


def locked_place(scope: Scope, code: int) -> Place:
    """A place in force that the scope may edit, locked until the end of the transaction.

    Refuses: NotYours outside the scope, NotFound for a code that is none, WrongState where the place has ended.
    """
    if not queries.covers_whole(scope, code):
        raise NotYours
    found = Place.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise NotFound
    if found.valid_to is not None:
        raise WrongState(N_("This place has ended. Look for the one that carries it on."))
    return found
