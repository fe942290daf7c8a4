"""What the clock does with the roster's own: lines of the access log that have been kept long enough go."""

from __future__ import annotations

from typing import Final
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.roster.actions import prune_access
from commongrid.roster.dividing import jobs as _dividing  # noqa: F401 - its jobs are on the timetable too

PRUNER: Final = clock("roster.prune", "accounts.prune")


@every(seconds=6 * 3600, name="roster.prune")
def prune() -> int:
    """Take away what is older than the access log is kept, once a day; answers how many lines went."""
    at = timezone.now()
    act = Act(uuid5(NAMESPACE_OID, f"commongrid access log pruned {at:%Y-%m-%d}"), at)
    return int(prune_access(PRUNER, act)["lines"])
