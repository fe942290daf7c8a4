"""What whoever did the work sees of a matter between their answer and the release of its rating: always the same.

Ratings reach a handler's unit only in batches. If the handler saw a matter
close at once, or wait to be filed, each rating could be told from that; so until
then every answered matter looks the same to them: answered, with the centre.
Reopened shows, because the work comes back. The walls hide the rows that tell
of visit and rating; here the matter's own columns are covered, in every list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from commongrid.kernel.places import enclosing
from commongrid.kernel.scope import Scope

WITH_THE_CENTRE: Final = ("answered", "to_rate", "to_file")
_COVERED: Final = {
    "state": "answered", "step": "visit", "clock": "", "due_at": None, "warn_at": None, "provisional": False,
    "raised_level": "", "closed_at": None, "outcome": "", "rating": "", "interim_due_at": None,
}  # fmt: skip


def handled_by(scope: Scope) -> Q:
    """The matters that this scope does or did the work of, where it is not the centre that files them too."""
    nobody = Q(pk__in=[])
    if scope.kind != "post":
        return nobody
    if scope.narrow == "unit":
        return Q(unit=scope.unit)
    stands = scope.standing
    if scope.narrow == "grids" and "g" in stands:
        return Q(unit=None, handler_level="grid", handler_place__in=scope.grids)
    if scope.narrow == "" and "v" in stands:
        return Q(unit=None, handler_level="village", handler_place=scope.lo)
    return nobody


def covered(scope: Scope) -> Q:
    """Those of them that are covered now."""
    return handled_by(scope) & (Q(state__in=WITH_THE_CENTRE) | Q(held=True, closed_at__isnull=False))


def is_covered(scope: Scope, row: Mapping[str, Any]) -> bool:
    """The same of one row's columns."""
    waits = row["state"] in WITH_THE_CENTRE or (row["held"] and row["closed_at"] is not None)
    return bool(waits) and _did(scope, row)


def _did(scope: Scope, row: Mapping[str, Any]) -> bool:
    if scope.kind != "post":
        return False
    if scope.narrow == "unit":
        return row["unit_id"] is not None and row["unit_id"] == scope.unit
    stands, level, place = scope.standing, row["handler_level"], row["handler_place"]
    if row["unit_id"] is not None:
        return False
    if scope.narrow == "grids" and "g" in stands:
        return level == "grid" and place in scope.grids
    return scope.narrow == "" and "v" in stands and level == "village" and place == scope.lo


def veiled(scope: Scope, row: dict[str, Any]) -> dict[str, Any]:
    """A row's columns as this scope may see them."""
    if not is_covered(scope, row):
        return row
    centre = enclosing(row["place"], "township") or enclosing(row["place"], "county") or row["place"]
    level = "township" if enclosing(row["place"], "township") else "county"
    return {**row, **_COVERED, "owner_level": level, "owner_place": centre}


def in_state(scope: Scope, state: str) -> Q:
    """The matters that this scope sees in a state."""
    if state == "answered":
        return Q(state=state) | covered(scope)
    if state in (*WITH_THE_CENTRE, "closed"):
        return Q(state=state) & ~covered(scope)
    return Q(state=state)


def covers_some(scope: Scope) -> bool:
    """Whether this scope is the handler of any matter as the veil means it."""
    if scope.kind != "post":
        return False
    return (
        scope.narrow == "unit"
        or (scope.narrow == "grids" and "g" in scope.standing)
        or (scope.narrow == "" and "v" in scope.standing)
    )
