"""The access log is kept for a time, and then no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.accounts import actions as accounts
from commongrid.journal.actions import Line, action
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("roster.access_pruned", power="accounts.prune", kinds=("clock",), facts=("lines",))
def prune_access(scope: Scope, act: Act) -> Line:
    """Take lines of the access log away that have been kept long enough; how many is in the journal.

    Refuses: nothing; what is younger stays, whatever is asked.
    """
    gone = accounts.prune_access(act)
    return Line(place=territory.county(scope).code, facts={"lines": gone}, answer={"lines": gone})
