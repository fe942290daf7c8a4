"""A sealed matter that turns out not to be of a sealed kind: its body gives it back into the common way."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.conf import settings

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, moved, noted, opened, standing
from commongrid.matters.actions.protecting import NO_CONTACT, accused_of
from commongrid.matters.actions.reporting import Report, code_of, report
from commongrid.matters.models import Party
from commongrid.matters.queries.bodies import stays_outside
from commongrid.matters.queries.vocabulary import kind
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.routing_round import OUTSIDE

STILL_SEALED: Final = N_("This kind is sealed too: hand it on, or choose the kind that it really is.")
STAYS: Final = N_("What is about the county's leadership stays with the discipline inspection.")
WHOM: Final = N_("It is about somebody of the government. Say whom, so that it goes round them.")


@action("matters.unsealed", power="matters.handle", facts=FACTS)
def unseal(scope: Scope, act: Act, *, matter_id: UUID, told: Report, reason: str) -> Line:
    """Give a sealed matter back into the common way, as the body that has it tells it anew.

    The sealed one ends with the body and keeps all that it holds. What goes on is a matter of its own, in no other
    words than these, without anybody's name; the person's slip now opens it. The answer holds its number.

    Refuses: WrongState for what is not sealed; BadInput without a reason, into a sealed kind, about the county's
    leadership, and without saying whom it is about where it was about somebody; and as reporting does.
    """
    case = opened(scope, act, matter_id=matter_id, event="unseal")
    decide(standing(case), Call(event="unseal"))
    noted(case, "reason", reason, field="reason")
    _may_go(case, told)
    m = case.matter
    slip = bytes(m.slip_hash) if m.slip_hash else b""
    no = m.slip_no + 1
    done = moved(
        case, Call(event="unseal"), finished_at=act.at, slip_no=no,
        slip_hash=slip_hash(settings.KEYS.slip, code_of(m.id, no)),
    )  # fmt: skip
    on = report(
        scope, act.child("common way"), report=replace(told, source="department", contact=NO_CONTACT, slip=slip)
    )
    noted(case, "word", str(on["number"]), name="number")
    return replace(done, answer={**done.answer, "number": on["number"]})


def _may_go(case: Case, told: Report) -> None:
    m, of = case.matter, kind(case.scope, told.kind_code)
    if of.sealed:
        raise BadInput(fields={"kind_code": STILL_SEALED})
    accused = accused_of(case.scope, told.about)
    if stays_outside(m, case.kind) or (accused is not None and accused.level == OUTSIDE):
        raise BadInput(STAYS, fields={"about": STAYS})
    named = m.accused_person_id or m.accused_unit_id or Party.objects.filter(matter_id=m.id, part="accused").exists()
    if named and accused is None:
        raise BadInput(fields={"about": WHOM})
