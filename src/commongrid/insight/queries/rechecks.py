"""What looking once more found, by why it was looked at; kept apart from ratings, and for the centre alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from commongrid.journal.acting import acting

if TYPE_CHECKING:
    from commongrid.insight.queries.dispatching import Period
    from commongrid.kernel.scope import Scope

CAUSES: Final = ("drawn", "low", "centre")
_RECHECKS = """
SELECT c.cause, count(DISTINCT r.id), count(DISTINCT r.id) FILTER (WHERE r.result = 'holds'),
  count(DISTINCT r.id) FILTER (WHERE r.result = 'fails'), count(DISTINCT r.id) FILTER (WHERE r.result = 'lapsed')
FROM matters_recheck r JOIN matters_recheck_cause c ON c.recheck_id = r.id JOIN matters_matter m ON m.id = r.matter_id
WHERE r.ordered_at >= %(begin)s AND r.ordered_at < %(end)s
  AND m.place_then BETWEEN %(lo)s AND %(hi)s AND m.series = %(series)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Rechecks ordered for one cause: how many held, how many were found worse, at how many nobody looked in time.

    Of those that were drawn every rating had been good, so what was found worse was worse than rated.
    """

    cause: str
    ordered: int = 0
    holds: int = 0
    worse: int = 0
    lapsed: int = 0


def reads_causes(scope: Scope) -> bool:
    """Whether this scope is a centre, which alone may know why a recheck was ordered."""
    return scope.kind == "post" and "c" in scope.standing


def rechecked(scope: Scope, period: Period) -> list[Rechecked]:
    """Rechecks ordered in a period, by cause in a fixed order; each is empty for whoever is no centre."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_RECHECKS, period.values)
        found = {row[0]: Rechecked(*row) for row in cursor}
    return [found.get(cause, Rechecked(cause)) for cause in CAUSES]
