"""What belongs together: open matters that look the same, the lead of a merged one, those that follow a lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_
from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.queries import Filters, MatterDetail, rechecking
from commongrid.surfaces.console.matters import present

if TYPE_CHECKING:
    from uuid import UUID

ALIKE: Final = 4
"""So many similar open matters are named beside one."""


CAUSES: Final = {
    "low": N_("The person was not satisfied"), "drawn": N_("Drawn by chance"), "centre": N_("The centre asked for it"),
}  # fmt: skip


def causes(scope: Scope, m: MatterDetail) -> list[dict[str, Any]]:
    """Why it is or was looked at once more; nothing for anybody but the centre."""
    if m.row.open or not scope.may("matters.divert"):
        return []
    return [{"text": gettext(CAUSES[one.cause]), "row": one} for one in rechecking.causes(scope, m.row.id)]


def alike(scope: Scope, m: MatterDetail) -> list[present.Shown]:
    """Open matters of the same kind in the same village, without this one; of one in parts the whole, or one part."""
    place = m.row.place - m.row.place % 1000
    found = queries.queue(scope, Filters(kind=m.row.kind.code, place=place)).rows
    together = {m.row.id, m.row.parent_id or m.row.id}
    others = [row for row in found if not {row.id, row.parent_id} & together]
    once: dict[UUID, queries.MatterRow] = {}
    for row in sorted(others, key=lambda row: row.parent_id is not None):
        once.setdefault(row.parent_id or row.id, row)
    return present.rows(scope, [*once.values()][:ALIKE])


def joined(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """The matter it was merged into, or those merged into it."""
    if m.row.state != "merged" and not m.row.leads:
        return {}
    found = queries.joined(scope, m.row.id, merged=m.row.state == "merged")
    lead = present.shown(scope, found.lead) if found.lead else None
    return {"lead": lead, "followers": present.rows(scope, found.followers)}
