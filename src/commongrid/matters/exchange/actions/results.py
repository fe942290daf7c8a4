"""What another system says came of its order: their visit, their satisfaction, their closing, or back for rework."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput
from commongrid.matters.actions.moving import FACTS, Case, line, moved, opened, written
from commongrid.matters.actions.rating import rating_place
from commongrid.matters.exchange.actions.orders import case_on
from commongrid.matters.exchange.reading import SAID_LENGTH
from commongrid.matters.models import ExternalCase, ExternalResult, Matter, Rating
from commongrid.matters.models.external import RESULTS
from commongrid.matters.rules.deciding.exchanging import SPOKEN
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_at

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the other system said: the result, whether the person is satisfied, words, and a new date on rework."""

    result: str
    satisfied: bool | None = None
    text: str = ""
    due_at: datetime | None = None


@action("matters.result_taken", power="matters.exchange", facts=(*FACTS, "late"))
def take_result(scope: Scope, act: Act, *, matter_id: UUID, case_id: UUID, told: Told) -> Line:
    """Record what came of an order in its own system, and what follows from it.

    Solved closes what waits to be filed. Not solved, or back for rework, opens
    it again for somebody else, once; what had ended here and is then said to
    be not solved goes to the county centre to decide. Their satisfaction
    counts as the rating. While the matter is still worked on it is only kept.
    What they say stands in a row with the rating's wall, never in the line of
    the journal or in a note, so that whoever did the work learns it with their batch.

    Refuses: BadInput for an unknown result; NotFound for an order of another matter.
    """
    _check(told)
    case = opened(scope, act, matter_id=matter_id, event="take_result")
    row, m = case_on(case, case_id), case.matter
    late = m.closed_at is not None
    rated, rating = _rate(case, told)
    _keep(case, row, told, rating, late=late)
    done = _moved(case, told, rated=rated)
    return replace(done, facts={**done.facts, "late": late} if done.facts else {})


def _check(told: Told) -> None:
    if told.result not in RESULTS:
        text = N_("Choose what came of it.")
        raise BadInput(text, fields={"result": text})
    if len(told.text) > SAID_LENGTH:
        text = N_("This is too long: at most 4,000 characters.")
        raise BadInput(text, fields={"text": text})


def _keep(case: Case, row: ExternalCase, told: Told, rating: UUID | None, *, late: bool) -> None:
    """The result on its order; what comes back for rework, or opens again as not solved, is to be replied to anew."""
    m, where = case.matter, case.matter.handler_place or case.matter.place
    ExternalResult(
        id=case.act.child("result").id, case=row, matter_id=m.id, rating_id=rating, place=rating_place(case),
        unit_id=m.unit_id, handler_place=where, result=told.result, satisfied=told.satisfied, text=told.text.strip(),
        late=late, at=case.act.at,
    ).save(force_insert=True)  # fmt: skip
    m.held = m.held or m.state in SPOKEN
    if told.result == "not_solved" and m.state in SPOKEN:
        row.replied_at, row.replied_in = None, None
        row.save(update_fields=["replied_at", "replied_in"])
    if told.result != "rework":
        return
    row.replied_at, row.replied_in, row.due_at = None, None, told.due_at
    row.save(update_fields=["replied_at", "replied_in", "due_at"])
    if case.matter.state in SPOKEN:
        others = ExternalCase.objects.filter(matter=case.matter.id, replied_at=None, due_at__isnull=False)
        case.matter.external_due_at = min((one.due_at for one in others if one.due_at), default=None)


def _rate(case: Case, told: Told) -> tuple[bool, UUID | None]:
    """Their satisfaction as the rating of this round; answers whether there is one, and which where it is theirs."""
    m = case.matter
    if told.satisfied is None or told.result == "rework" or m.sealed or m.state not in SPOKEN:
        return False, None
    with handing_over(case.scope, rating_place(case), m.place):  # of its own work the township does not see it
        known = Rating.objects.filter(matter=m.id, round=m.round).exists()
    if known:
        return True, None
    where = m.handler_place or m.place
    row = Rating(
        id=case.act.child("rating").id, matter_id=m.id, round=m.round, place=rating_place(case), unit_id=m.unit_id,
        handler_level=m.handler_level or level_at(where), handler_place=where, solved=told.result == "solved",
        satisfied=told.satisfied, words="", via="system", at=case.act.at,
    )  # fmt: skip
    row.save(force_insert=True)
    m.held = True
    return True, row.id


def _moved(case: Case, told: Told, *, rated: bool) -> Line:
    m = case.matter
    before = (m.state, m.owner_level)
    if _nothing_follows(m, told):
        if rated and m.closed_at is not None:
            m.rating = "rated"
        written(case)
        return line(case, event="take_result", before=before)
    call = Call(event="take_result", result=told.result, solved=told.result == "solved", satisfied=told.satisfied)
    return moved(case, call)


def _nothing_follows(m: Matter, told: Told) -> bool:
    """Ended in another way than by an answer, or ended and said to be solved: it is recorded and shown."""
    if m.closed_at is None:
        return False
    return m.state != "closed" or told.result == "solved"
