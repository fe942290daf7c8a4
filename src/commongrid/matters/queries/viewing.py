"""Views of the queue as read: this post's own, then those that its office shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import SavedView


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRow:
    """A view under its name; ``own`` ones can be removed by this post."""

    id: UUID
    name: str
    filters: Mapping[str, str]
    shared: bool
    own: bool


def views(scope: Scope) -> list[ViewRow]:
    """This post's own views, then those of its office, by name: one query."""
    if scope.post is None:
        return []
    with acting(scope):
        found = [
            ViewRow(id=row.id, name=row.name, filters=row.filters, shared=row.shared, own=row.post == scope.post)
            for row in SavedView.objects.order_by("name", "id")
        ]
    return sorted(found, key=lambda one: not one.own)
