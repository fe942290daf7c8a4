"""Ledgers that a post makes for itself or for the posts of its place, and forms of others that they are laid into."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.filling import Filling, filled
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound
from commongrid.registry.models import SavedLedger
from commongrid.registry.queries.own_ledgers import GONE, Laid, form_of, ledgers, lost, sealed_form
from commongrid.registry.rules.own_ledgers import LONGEST_NAME, MOST_OWN, RUNNING_NUMBER, Spec, checked

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

NO_NAME: Final = N_("Give it a name, at most 40 characters.")
TAKEN: Final = N_("You have another ledger of this name.")
TOO_MANY: Final = N_("Thirty ledgers of your own are as many as fit. Remove one first.")
NO_PLACE: Final = N_("Only a village, a township or the county has other posts to share it with.")
NO_COLUMN: Final = N_("Say of at least one column what stands in it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A workbook of somebody else's, and how it is filled."""

    data: bytes
    laid: Laid


@action("registry.ledger_saved", power="people.read", facts=("of", "shared"))
def save_ledger(
    scope: Scope, act: Act, *, name: str, spec: Spec, shared: bool = False, form: Form | None = None
) -> Line:
    """Make a ledger; with a form it is laid into that workbook from now on.

    Refuses: BadInput without a name or with one of another of this post's, past thirty, for a column, filter, group
    or order that is not offered, or a place to filter by that is gone or out of scope; NotAllowed for hardship without
    its power, or to share where nobody else acts.
    """
    said, spec = _checked(scope, name, spec, shared=shared)
    post = _post(scope)
    own = SavedLedger.objects.filter(post=post)
    if own.filter(name=said).exists():
        raise BadInput(fields={"name": TAKEN})
    if own.count() >= MOST_OWN:
        raise BadInput(TOO_MANY, fields={"name": TOO_MANY})
    row = SavedLedger(id=act.id, post=post, of=spec.of)
    if form is not None:
        row.form, row.form_sealed = _kept(form.laid), sealed_form(form.data, act.id)
    return _written(scope, act, row, (said, spec, shared))


@action("registry.ledger_changed", power="people.read", facts=("of", "shared"))
def change_ledger(scope: Scope, act: Act, *, ledger_id: UUID, name: str, spec: Spec, shared: bool = False) -> Line:
    """Give a ledger another name, other columns, filters, grouping or order; or share it, or no longer.

    What it is about stays. Of one that is laid into a form the columns follow from the form and stay too. A shared one
    whose post has ended becomes this post's.

    Refuses: NotFound for anybody's but this post's own; otherwise as making one.
    """
    row = _own(scope, ledger_id)
    said, spec = _checked(scope, name, spec, shared=shared)
    if spec.of != row.of:
        raise BadInput(fields={"of": N_("What a ledger is about stays; make another one.")})
    row.post = _post(scope)
    if SavedLedger.objects.filter(post=row.post, name=said).exclude(id=row.id).exists():
        raise BadInput(fields={"name": TAKEN})
    return _written(scope, act, row, (said, spec, shared))


@action("registry.ledger_laid", power="people.read", facts=("of",))
def lay_ledger(scope: Scope, act: Act, *, ledger_id: UUID, laid: Laid) -> Line:
    """Say once which column of a form is which; from then on it is filled so.

    What shall be taken away below its header is not kept: it may be an old list with names in it.

    Refuses: NotFound for anybody's but this post's own, and without a form; BadInput where no column is said;
    NotAllowed for hardship without its power.
    """
    row = _own(scope, ledger_id)
    if row.form is None:
        raise NotFound(GONE)
    columns = tuple(dict.fromkeys(key for _place, key in laid.at if key != RUNNING_NUMBER))
    if not columns:
        raise BadInput(NO_COLUMN)
    spec = Spec(of=row.of, columns=columns, filters=row.filters, group=row.group, order=row.order, down=row.down)
    row.columns = list(checked(spec, hardship=scope.may("people.hardship")).columns)
    row.form, row.at = _kept(laid), act.at
    if laid.clear:
        emptied = filled(form_of(scope, row.id), Filling(sheet=laid.sheet, first=laid.first, rows=(), clear=True))
        row.form_sealed = sealed_form(emptied, row.id)
    row.save(update_fields=["columns", "form", "form_sealed", "at"])
    return _line(scope, row, {"of": row.of})


@action("registry.ledger_removed", power="people.read", facts=("of",))
def remove_ledger(scope: Scope, act: Act, *, ledger_id: UUID) -> Line:
    """Remove a ledger; a shared one is gone for every post of the place. No record is touched.

    Refuses: NotFound for anybody's but this post's own.
    """
    row = _own(scope, ledger_id)
    line = _line(scope, row, {"of": row.of})
    row.delete()
    return line


def may_share(scope: Scope) -> bool:
    """Whether others act for the same place as a whole, so that a ledger can be shared with them."""
    return scope.narrow == "" and scope.level in ("village", "township", "county")


def _checked(scope: Scope, name: str, spec: Spec, *, shared: bool) -> tuple[str, Spec]:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise BadInput(fields={"name": NO_NAME})
    if shared and not may_share(scope):
        raise NotAllowed(NO_PLACE)
    spec = checked(spec, hardship=scope.may("people.hardship"))
    if faults := lost(scope, spec):
        raise BadInput(fields=faults)
    return said, spec


def _written(scope: Scope, act: Act, row: SavedLedger, told: tuple[str, Spec, bool]) -> Line:
    row.name, spec, row.shared = told
    row.columns, row.filters = list(spec.columns), dict(spec.filters)
    row.group, row.order, row.down = spec.group, spec.order, spec.down
    row.place, row.at = scope.place or scope.lo, act.at
    row.save()
    return _line(scope, row, {"of": row.of, "shared": row.shared})


def _own(scope: Scope, ledger_id: UUID) -> SavedLedger:
    row = ledgers().select_for_update().filter(id=ledger_id).first()
    if row is None or not (row.post == _post(scope) or row.orphaned):
        raise NotFound(GONE)
    found: SavedLedger = row
    return found


def _post(scope: Scope) -> UUID:
    if scope.post is None:
        raise NotAllowed
    return scope.post


def _kept(laid: Laid) -> dict[str, object]:
    return asdict(laid) | {"at": [list(one) for one in laid.at]}


def _line(scope: Scope, row: SavedLedger, facts: dict[str, object]) -> Line:
    return Line(
        place=scope.place or scope.lo, subject=row.id, subject_kind="ledger", facts=facts, answer={"ledger": row.id}
    )
