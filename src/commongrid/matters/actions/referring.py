"""What comes back of a referral: the body's receipt, or that it does not take the matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, moved, noted, opened
from commongrid.matters.models import Referral
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor

LONGEST_NUMBER: Final = 60
LONGEST_CONTACT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the other body gave: its number, the day on which it took the matter, whom to ask there."""

    number: str
    on: date
    contact: str = ""


@action("matters.receipt_taken", power="matters.handle", facts=FACTS)
def take_receipt(scope: Scope, act: Act, *, matter_id: UUID, receipt: Receipt, words: str) -> Line:
    """Record the receipt of the body it was referred to; here the matter ends, with words that the person reads.

    Refuses: WrongState unless a receipt is due; BadInput without number, day or
    words, or for a day in the future or before the referral.
    """
    case = opened(scope, act, matter_id=matter_id, event="take_receipt")
    noted(case, "finding", words, field="words")
    number, contact = receipt.number.strip(), receipt.contact.strip()
    if not 1 <= len(number) <= LONGEST_NUMBER:
        raise BadInput(fields={"number": N_("Enter the number on the receipt, at most 60 characters.")})
    if len(contact) > LONGEST_CONTACT:
        raise BadInput(fields={"contact": N_("This is too long: at most 80 characters.")})
    done = moved(case, Call(event="take_receipt", level=level_of_actor(scope)), finished_at=act.at)
    row = _open_one(case)
    if not case.calendar.day_of(row.referred_at) <= receipt.on <= case.calendar.day_of(act.at):
        raise BadInput(fields={"on": N_("The receipt can't be older than the referral, nor of a day to come.")})
    row.outcome, row.ended_at = "received", act.at
    row.number, row.received_on, row.contact = number, receipt.on, contact
    row.save()
    return done


@action("matters.came_back", power="matters.handle", facts=FACTS)
def come_back(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """Record that the body does not take it: the matter is back where it was, its limit counted anew.

    Refuses: WrongState unless a receipt is due; BadInput without a reason.
    """
    case = opened(scope, act, matter_id=matter_id, event="come_back")
    noted(case, "reason", reason, field="reason")
    done = moved(case, Call(event="come_back", level=level_of_actor(scope)))
    row = _open_one(case)
    row.outcome, row.ended_at = "refused", act.at
    row.save(update_fields=["outcome", "ended_at"])
    return done


def _open_one(case: Case) -> Referral:
    return Referral.objects.filter(matter_id=case.matter.id).latest("referred_at")
