"""A matter of the demo county that was told for the wrong village: the township's centre puts it right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters import actions, queries
from commongrid.matters.actions import Right
from commongrid.territory import queries as territory


def put_right(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Any:
    """To another village of the same township, where there is one, and as urgent."""
    if scope.level != "township" or scope.place is None:
        raise NotFound
    told = enclosing(queries.matter(scope, matter_id).row.place, "village")
    villages = [one.code for one in territory.children(scope, scope.place, level="village") if one.code != told]
    right = Right(place=villages[0] if villages else None, urgency="urgent")
    return actions.put_right(scope, act, matter_id=matter_id, right=right, reason=reason)
