"""What belongs together: open matters that look the same, the lead of a merged one, those that follow a lead."""

from __future__ import annotations

from typing import Any, Final

from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.queries import Filters, MatterDetail
from commongrid.surfaces.console.matters import present

ALIKE: Final = 4
"""So many similar open matters are named beside one."""


def alike(scope: Scope, m: MatterDetail) -> list[present.Shown]:
    """Open matters of the same kind in the same village, without this one."""
    place = m.row.place - m.row.place % 1000
    found = queries.queue(scope, Filters(kind=m.row.kind.code, place=place)).rows
    return present.rows(scope, [row for row in found if row.id != m.row.id][:ALIKE])


def joined(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """The matter it was merged into, or those merged into it."""
    if m.row.state != "merged" and not m.row.leads:
        return {}
    found = queries.joined(scope, m.row.id, merged=m.row.state == "merged")
    lead = present.shown(scope, found.lead) if found.lead else None
    return {"lead": lead, "followers": present.rows(scope, found.followers)}
