"""The way back: the centre reads what a unit answered and passes it on to the person, or sends it back once."""

from __future__ import annotations

from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, moved, noted, opened
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor


@action("matters.passed_on", power="matters.accept", facts=FACTS)
def pass_on(scope: Scope, act: Act, *, matter_id: UUID, answer: str) -> Line:
    """Give the person the answer, short and plain; of a part, take it in for the one answer of the whole.

    Refuses: WrongState unless an answer waits; NotAllowed for others than the centre; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="pass_on")
    noted(case, "answer", answer, field="answer")
    return moved(case, Call(event="pass_on", level=level_of_actor(scope)))


@action("matters.sent_back", power="matters.accept", facts=FACTS)
def send_back(scope: Scope, act: Act, *, matter_id: UUID, note: str) -> Line:
    """Send an answer back to whoever gave it, once, saying what is missing; the finishing limit runs on.

    Refuses: WrongState the second time; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="send_back")
    noted(case, "word", note)
    return moved(case, Call(event="send_back", level=level_of_actor(scope)), finished_at=None)
