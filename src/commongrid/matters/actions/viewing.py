"""Views of the queue that a post keeps for itself or its office."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters.models import SavedView

MOST: Final = 12
"""So many tabs of its own a post may have."""
LONGEST_NAME: Final = 30
NO_NAME: Final = N_("Give it a short name, at most 30 characters.")
TOO_MANY: Final = N_("Twelve views of your own are as many as fit. Remove one first.")
NO_OFFICE: Final = N_("Only a unit, a village or a centre has an office to share it with.")


@action("matters.view_saved", power="matters.read", facts=("shared",))
def save_view(scope: Scope, act: Act, *, name: str, filters: dict[str, str], shared: bool = False) -> Line:
    """Keep the queue's filters and order under a name; the same name again replaces them.

    Shared ones are tabs of everybody in the same office, until their post removes them.

    Refuses: BadInput without a name or filters, or past twelve; NotAllowed to share where there is no office.
    """
    said = _named(name)
    if not filters:
        raise BadInput(fields={"name": N_("Choose filters or another order first; then there is something to keep.")})
    if shared and not has_office(scope):
        raise NotAllowed(NO_OFFICE)
    post = _post(scope)
    own = SavedView.objects.filter(post=post)
    found = own.filter(name=said).first()
    if found is None and own.count() >= MOST:
        raise BadInput(TOO_MANY, fields={"name": TOO_MANY})
    row = found or SavedView(id=act.id, post=post, name=said)
    row.place, row.unit_id = scope.place or scope.lo, scope.unit
    row.filters, row.shared, row.at = filters, shared, act.at
    row.save(force_insert=found is None)
    return _line(scope, row, shared=shared)


@action("matters.view_renamed", power="matters.read", facts=())
def rename_view(scope: Scope, act: Act, *, view_id: UUID, name: str) -> Line:
    """Give a view another name; what it filters and who shares it stay.

    Refuses: NotFound for anybody's but this post's own; BadInput without a name, or for one that another view has.
    """
    row = _own(scope, view_id)
    said = _named(name)
    if SavedView.objects.filter(post=row.post, name=said).exclude(id=row.id).exists():
        raise BadInput(fields={"name": N_("You have another view of this name.")})
    row.name = said
    row.save(update_fields=["name"])
    return Line(place=scope.place or scope.lo, subject=view_id, subject_kind="view", answer={"view": view_id})


@action("matters.view_removed", power="matters.read", facts=())
def remove_view(scope: Scope, act: Act, *, view_id: UUID) -> Line:
    """Remove a view; a shared one is gone for the whole office.

    Refuses: NotFound for anybody's but this post's own.
    """
    _own(scope, view_id).delete()
    return Line(place=scope.place or scope.lo, subject=view_id, subject_kind="view", answer={"view": view_id})


def _named(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise BadInput(fields={"name": NO_NAME})
    return said


def _own(scope: Scope, view_id: UUID) -> SavedView:
    row = SavedView.objects.filter(id=view_id, post=_post(scope)).first()
    if row is None:
        raise NotFound(N_("There is no such view of yours."))
    return row


def _post(scope: Scope) -> UUID:
    if scope.post is None:
        raise NotAllowed
    return scope.post


def has_office(scope: Scope) -> bool:
    """Whether others act for the same unit or place as a whole, so that a view can be shared with them."""
    return scope.unit is not None or (scope.narrow == "" and scope.level in ("village", "township", "county"))


def _line(scope: Scope, row: SavedView, *, shared: bool) -> Line:
    return Line(
        place=scope.place or scope.lo, subject=row.id, subject_kind="view", facts={"shared": shared},
        answer={"view": row.id},
    )  # fmt: skip
