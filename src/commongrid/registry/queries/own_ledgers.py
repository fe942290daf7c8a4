"""Ledgers that people made, as read: this post's own, then those that the posts of its place share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, NotAllowed, NotFound
from commongrid.registry.models import SavedLedger
from commongrid.registry.models.ledgers import ORPHANED
from commongrid.registry.rules.own_ledgers import FILTER_LEVELS, Spec
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

TABLE: Final = "registry_saved_ledger"
GONE: Final = N_("There is no such ledger: it was removed, or isn't shared with this post.")
LOST: Final = N_("This place is gone, or lies outside what your post sees. Choose one that is offered.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """How a form of somebody else's is filled.

    ``name`` of its file, ``sheet`` inside it, ``first`` the number of the first row to fill, ``at`` the columns of the
    sheet by their place (0 is A) with what stands in each, ``clear`` whether what stands below is taken away.
    """

    name: str
    sheet: str
    first: int
    at: tuple[tuple[int, str], ...]
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLedger:
    """A ledger that somebody made; ``own``: this post can change it, as its own or because its post has ended."""

    id: UUID
    name: str
    spec: Spec
    shared: bool
    own: bool
    laid: Laid | None


def own_ledgers(scope: Scope) -> list[OwnLedger]:
    """This post's own ledgers, then those of its place, by name; what tells hardship only to those who may see that."""
    if scope.post is None:
        return []
    with acting(scope):
        rows = list(ledgers().defer("form_sealed").order_by("name", "id"))
    found = [_ledger(scope, row) for row in rows]
    shown = [one for one in found if not one.spec.sealed or scope.may("people.hardship")]
    return sorted(shown, key=lambda one: not one.own)


def own_ledger(scope: Scope, ledger_id: UUID) -> OwnLedger:
    """One ledger that somebody made.

    Refuses: NotFound where it is gone or not shared; NotAllowed where it tells hardship and this reader may not see it.
    """
    row = ledgers().defer("form_sealed").filter(id=ledger_id).first()
    if row is None:
        raise NotFound(GONE)
    found = _ledger(scope, row)
    if found.spec.sealed and not scope.may("people.hardship"):
        raise NotAllowed
    return found


def lost(scope: Scope, spec: Spec) -> dict[str, str]:
    """By the name of a filter why it lets nobody through: its place is gone, of another level or out of scope."""
    asked = {key: int(spec.filters[key]) for key in FILTER_LEVELS if key in spec.filters}
    rows = territory.places(scope, asked.values())
    return {
        key: LOST for key, code in asked.items()
        if (row := rows.get(code)) is None or row.ended or row.level not in FILTER_LEVELS[key]
        or code < scope.lo or interval(code).hi > scope.hi
    }  # fmt: skip


def ledgers() -> QuerySet[Any]:
    """The ledgers in sight, each with whether the post that made it has ended while it is shared."""
    return SavedLedger.objects.annotate(orphaned=RawSQL(ORPHANED, [], output_field=BooleanField()))  # noqa: S611 - ours


def form_of(scope: Scope, ledger_id: UUID) -> bytes:
    """The workbook that a ledger is laid into. Refuses: NotFound where there is none."""
    kept = SavedLedger.objects.filter(id=ledger_id).values_list("form_sealed", flat=True).first()
    if kept is None:
        raise NotFound(GONE)
    return sealed.unseal_bytes(kept, TABLE, "form_sealed", ledger_id)


def sealed_form(data: bytes, row: UUID) -> bytes:
    """A workbook's bytes sealed for its row."""
    return sealed.seal_bytes(data, TABLE, "form_sealed", row)


def _ledger(scope: Scope, row: Any) -> OwnLedger:
    spec = Spec(
        of=row.of, columns=tuple(row.columns), filters=row.filters, group=row.group, order=row.order, down=row.down
    )
    return OwnLedger(
        id=row.id, name=row.name, spec=spec, shared=row.shared, own=row.post == scope.post or row.orphaned,
        laid=_laid(row.form) if row.form else None,
    )  # fmt: skip


def _laid(form: dict[str, Any]) -> Laid:
    at = tuple((int(place), str(key)) for place, key in form["at"])
    return Laid(name=form["name"], sheet=form["sheet"], first=form["first"], at=at, clear=form["clear"])
