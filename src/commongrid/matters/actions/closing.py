"""From answer to end: return visit, rating, filing, review, receipt, withdrawal."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.handling import meant
from commongrid.matters.actions.moving import FACTS, Case, is_barred, moved, noted, opened, place_for
from commongrid.matters.actions.rating import BOTH, Answers, ByUnit, among, asked_through, kept, kept_by_unit, lead_of
from commongrid.matters.models import Visit
from commongrid.matters.rules import words
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor

VIA: Final = {"in_person": "visit", "phone": "call"}
"""How a rating came in by how somebody was asked; the others go by the same name."""
RESULTS: Final = ("not_reached", "asked", "left_slip", "checked", "not_done")


@action("matters.visited", power="matters.visit", facts=(*FACTS, "result", "days"))
def visit(
    scope: Scope,
    act: Act,
    *,
    matter_id: UUID,
    result: str,
    mode: str = "phone",
    answers: Answers | ByUnit | None = None,
) -> Line:
    """Record a return visit by somebody of another level than the handler.

    ``answers`` are solved, satisfied and the person's words, where they were
    asked: in person, by phone, on a phone handed to them, at the counter or on
    a signed sheet; of each unit by itself where several answered parts. Three
    tries on three different days without reaching anybody: not rated, and shown
    as such. Of a matter that was merged only the answers are taken, about its lead.

    Refuses: NotAllowed at the handler's own level; WrongState unless answered
    or waiting for the rating; BadInput for an unknown result or a missing answer.
    """
    if result not in RESULTS or mode not in words.MODES:
        raise BadInput(N_("Choose what came of the visit."), fields={"result": N_("Choose what came of the visit.")})
    if result == "asked" and answers is None:
        raise BadInput(BOTH, fields={"solved": BOTH})
    lead = lead_of(scope, matter_id)
    if lead is not None:
        return asked_through(scope, act, lead, matter_id, (result, answers, VIA.get(mode, mode)))
    case = opened(scope, act, matter_id=matter_id, event="visit")
    days = tried(case, mode, result)
    solved, satisfied = heard(case, answers if result == "asked" else None, VIA.get(mode, mode))
    call = Call(
        event="visit", level=level_of_actor(scope), result=result, days=days, solved=solved, satisfied=satisfied
    )
    done = moved(case, among(case, call))
    return replace(done, facts={**done.facts, "result": result, "days": days})


def heard(case: Case, answers: Answers | ByUnit | None, via: str) -> tuple[bool | None, bool | None]:
    """Keep what was answered, if anything; the two answers as the rules look at them. Called for paper too."""
    if answers is None:
        return None, None
    m = case.matter
    if isinstance(answers, ByUnit):
        if m.state in ("answered", "to_rate") and m.to_rate and m.rating != "rated":
            return kept_by_unit(case, answers, via)
        return all(one.solved for one in answers.units), all(one.satisfied for one in answers.units)
    kept(case, answers, via)
    return answers[0], answers[1]


@action("matters.closed", power="matters.accept", facts=FACTS)
def close(scope: Scope, act: Act, *, matter_id: UUID, note: str = "") -> Line:
    """File and close a matter that was answered, visited or rated.

    Refuses: WrongState before that; NotAllowed for anyone but its owner.
    """
    case = opened(scope, act, matter_id=matter_id, event="close")
    noted(case, "word", note, needed=False)
    return moved(case, Call(event="close", level=level_of_actor(scope)))


@action("matters.reviewed", power="matters.review", facts=FACTS)
def review(
    scope: Scope, act: Act, *, matter_id: UUID, finding: str, unit_id: UUID | None = None, place: int | None = None
) -> Line:
    """The county's review after the second "not solved": order it again, or close it as "reporter disagrees".

    With a unit or place it is ordered again; without, it ends, with the
    reasons that the person reads.

    Refuses: BadInput without reasons; WrongState unless under review.
    """
    case = opened(scope, act, matter_id=matter_id, event="review")
    noted(case, "finding", finding, field="finding")
    if unit_id is None and place is None:
        return moved(case, Call(event="review", ends=True))
    target = meant(case, unit_id, place)
    place_for(case, target)
    call = Call(
        event="review", to=target.owner, to_level=target.level, to_barred=is_barred(case.matter, target),
        outside=target.outside,
    )  # fmt: skip
    return moved(case, call, target=target)


@action("matters.receipted", power="matters.handle", facts=FACTS)
def receipt(scope: Scope, act: Act, *, matter_id: UUID, note: str = "") -> Line:
    """Confirm that the competent body has taken a sealed matter over; here it ends.

    Refuses: WrongState for kinds that are not sealed.
    """
    case = opened(scope, act, matter_id=matter_id, event="receipt")
    noted(case, "word", note, needed=False)
    return moved(case, Call(event="receipt"), finished_at=act.at)


@action("matters.withdrawn", power="matters.rate", kinds=("slip",), facts=FACTS)
def withdraw(scope: Scope, act: Act, *, matter_id: UUID) -> Line:
    """The reporter takes the matter back, by slip code, until it is answered.

    Refuses: WrongState afterwards and for sealed kinds.
    """
    case = opened(scope, act, matter_id=matter_id, event="withdraw")
    return moved(case, Call(event="withdraw"))


def tried(case: Case, mode: str, result: str) -> int:
    """Keep this try; answers on how many different days of this round somebody was not reached."""
    m = case.matter
    today = case.calendar.day_of(case.act.at)
    row = Visit(
        id=case.act.child("visit").id, matter_id=m.id, round=m.round, on=today, at=case.act.at, mode=mode,
        result=result, level=level_of_actor(case.scope), post=case.scope.post,
    )  # fmt: skip
    row.save(force_insert=True)
    if result != "not_reached":
        return 0
    return Visit.objects.filter(matter_id=m.id, round=m.round, result="not_reached").values("on").distinct().count()
