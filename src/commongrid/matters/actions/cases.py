"""An order of another system on a matter: its number and clock win, and each order gets its reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.kernel.refusals import N_, BadInput
from commongrid.matters.models import ExternalCase
from commongrid.matters.queries.systems import SystemRow, known_system
from commongrid.matters.rules.limits import next_alarm, set_due

if TYPE_CHECKING:
    from commongrid.matters.actions.moving import Case
    from commongrid.matters.models import Matter

LONGEST_NUMBER = 64
KNOWN = N_("An order with this number of that system is already recorded.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What another system says of its order: number and dates. ``alike`` finds the same appeal again."""

    system: str
    number: str
    received_at: datetime | None = None
    due_at: datetime | None = None
    reply_due_at: datetime | None = None
    alike: bytes = b""
    batch: UUID | None = None


def their_due(of: SystemRow, received: datetime, due: datetime | None) -> datetime | None:
    """By when it must be finished there: what the order says, else the system's own days."""
    return due or (received + timedelta(days=of.finish_days) if of.finish_days else None)


def begin_case(case: Case, elsewhere: Elsewhere) -> ExternalCase | None:
    """The order's row, not saved yet, with its deadline on the matter; nothing for a system that is not known here."""
    of = known_system(case.scope, elsewhere.system)
    if of is None:
        return None
    received = elsewhere.received_at or case.act.at
    row = ExternalCase(
        id=case.act.child(f"case:{of.code}:{elsewhere.number}").id,
        matter_id=case.matter.id,
        place=case.matter.place,
        system=of.code,
        number=elsewhere.number.strip(),
        alike=elsewhere.alike or None,
        received_at=received,
        accept_due_at=received + timedelta(days=of.accept_days) if of.accept_days else None,
        due_at=their_due(of, received, elsewhere.due_at),
        reply_due_at=elsewhere.reply_due_at,
        imported_in=elsewhere.batch,
    )
    case.matter.exchanged = True
    hold(case.matter, row.due_at)
    return row


def hold(m: Matter, due: datetime | None) -> None:
    """Put the earliest deadline of its orders on a matter; one that is over keeps the limit it was done by."""
    if due is None or (m.external_due_at is not None and due >= m.external_due_at):
        return
    m.external_due_at = due
    if m.closed_at is None and not m.sealed:
        m.finish_due_at = due


def accept_theirs(case: Case, row: ExternalCase) -> None:
    """Until it is accepted, the other system's own limit for accepting runs, where it has one."""
    m = case.matter
    if row.accept_due_at is None or m.state != "reported" or m.sealed:
        return
    due = set_due(row.received_at, row.accept_due_at)
    m.due_at, m.warn_at, m.provisional = due.at, due.warn_at, False
    m.alarm_at = next_alarm(case.act.at, warn_at=due.warn_at, due=due.at)


def accepts_on(case: Case) -> None:
    """Where a matter begins anew, the limit for accepting that another system has for its order runs on."""
    m = case.matter
    row = ExternalCase.objects.filter(matter=m.id, accept_due_at__isnull=False).first() if m.exchanged else None
    if row is not None and row.accept_due_at is not None:
        case.due = set_due(row.received_at, row.accept_due_at)


def lay(row: ExternalCase) -> ExternalCase:
    """Save the order's row. Refuses: BadInput where its number is known already."""
    if not row.number or len(row.number) > LONGEST_NUMBER:
        text = N_("The number has 1 to 64 characters.")
        raise BadInput(text, fields={"external_number": text})
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise BadInput(KNOWN, fields={"external_number": KNOWN}) from error
    return row
