"""One order of another system: put on a matter that is here already, given other dates, given more time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Min

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, NotFound, WrongState
from commongrid.matters.actions.cases import Elsewhere, begin_case, lay
from commongrid.matters.actions.moving import FACTS, Case, line, moved, noted, opened, written
from commongrid.matters.actions.timing import start
from commongrid.matters.models import ExternalCase
from commongrid.matters.queries.systems import known_system
from commongrid.matters.rules.deciding.waiting import WAITING
from commongrid.matters.rules.limits import set_due
from commongrid.matters.rules.moves import Call

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

UNKNOWN = N_("Choose the system it comes from.")


@action("matters.order_linked", power="matters.exchange", facts=FACTS)
def link_order(scope: Scope, act: Act, *, matter_id: UUID, elsewhere: Elsewhere) -> Line:
    """Put a further order of another system on a matter that is here already: one matter, both answered.

    The earlier of the deadlines is the matter's. On a matter that has ended the
    order is recorded all the same, and gets its reply.

    Refuses: BadInput for an unknown system or a number that is known; NotAllowed out of reach.
    """
    case = opened(scope, act, matter_id=matter_id, event="take_result")
    m = case.matter
    if m.merged_into_id is not None:
        raise WrongState(N_("It was merged into another matter. Put the order on that one: it gets the answer."))
    before = (m.state, m.owner_level)
    row = begin_case(case, elsewhere)
    if row is None:
        raise BadInput(UNKNOWN, fields={"system": UNKNOWN})
    lay(row)
    _reclocked(case)
    return line(case, event="take_result", before=before, order=row.id)


@action("matters.order_changed", power="matters.exchange", facts=FACTS)
def change_order(
    scope: Scope, act: Act, *, matter_id: UUID, case_id: UUID, due_at: datetime | None, reply_due_at: datetime | None
) -> Line:
    """Take over the dates that the other system says now; they win.

    Refuses: NotFound for an order of another matter.
    """
    case = opened(scope, act, matter_id=matter_id, event="take_result")
    row = case_on(case, case_id)
    row.due_at, row.reply_due_at = due_at or row.due_at, reply_due_at or row.reply_due_at
    row.save(update_fields=["due_at", "reply_due_at"])
    before = (case.matter.state, case.matter.owner_level)
    _earliest(case)
    _reclocked(case)
    return line(case, event="take_result", before=before)


@action("matters.order_extended", power="matters.exchange", facts=FACTS)
def extend_theirs(scope: Scope, act: Act, *, matter_id: UUID, case_id: UUID, reason: str) -> Line:
    """Record the one extension that the other system's rules know, with its reason.

    Refuses: WrongState where its rules know none, or it was extended before; BadInput without a reason.
    """
    case = opened(scope, act, matter_id=matter_id, event="extend_theirs")
    row = case_on(case, case_id)
    of = known_system(scope, row.system)
    if of is None or not of.extend_days or row.due_at is None:
        raise WrongState(N_("The rules of that system know no extension. Only a new date in its own order counts."))
    if row.extended_at is not None:
        raise WrongState(N_("It was extended once already; that system allows no second time."))
    noted(case, "reason", reason, field="reason")
    row.due_at += timedelta(days=of.extend_days)
    row.extended_at = act.at
    row.save(update_fields=["due_at", "extended_at"])
    _earliest(case)
    if case.matter.clock == "finish":
        start(case, "finish")
    return moved(case, Call(event="extend_theirs"))


def case_on(case: Case, case_id: UUID) -> ExternalCase:
    """The order, if it is on this matter. Refuses: NotFound."""
    row = ExternalCase.objects.select_for_update().filter(id=case_id, matter=case.matter.id).first()
    if row is None:
        raise NotFound(N_("This matter has no such order."))
    return row


def _earliest(case: Case) -> None:
    """The earliest deadline of its orders is the matter's."""
    m = case.matter
    found = ExternalCase.objects.filter(matter=m.id).aggregate(due=Min("due_at"))["due"]
    m.external_due_at = found
    if found is not None and m.closed_at is None:
        m.finish_due_at = found


def _reclocked(case: Case) -> None:
    """Where the finishing limit runs, let it run to the new date; what waits longer wakes by then. Always written."""
    m, theirs = case.matter, case.matter.external_due_at
    if m.closed_at is None and m.clock == "finish":
        start(case, "finish")
    elif m.state in WAITING and theirs is not None and m.due_at is not None and theirs < m.due_at:
        case.due = set_due(case.act.at, theirs)
        start(case, m.clock)
    written(case)
