"""From answer to end: return visit, rating, filing, review, receipt, withdrawal."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput, TooLate, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, Target, is_barred, moved, noted, opened, place_for
from commongrid.matters.models import Rating, Visit
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_at, level_of_actor
from commongrid.roster import queries as roster

LONGEST_WORDS: Final = 2000
MODES: Final = ("in_person", "phone")
RESULTS: Final = ("not_reached", "asked", "left_slip", "checked", "not_done")
_BOTH = N_("Please answer both questions.")


@action("matters.visited", power="matters.visit", facts=(*FACTS, "result", "days"))
def visit(
    scope: Scope,
    act: Act,
    *,
    matter_id: UUID,
    result: str,
    mode: str = "phone",
    answers: tuple[bool, bool, str] | None = None,
) -> Line:
    """Record a return visit by somebody of another level than the handler.

    ``answers`` are solved, satisfied and the person's words, where they were
    asked. Three tries on three different days without reaching anybody: not
    rated, and shown as such.

    Refuses: NotAllowed at the handler's own level; WrongState unless answered
    or waiting for the rating; BadInput for an unknown result or a missing answer.
    """
    case = opened(scope, act, matter_id=matter_id, event="visit")
    if result not in RESULTS or mode not in MODES:
        raise BadInput(N_("Choose what came of the visit."), fields={"result": N_("Choose what came of the visit.")})
    if result == "asked" and answers is None:
        raise BadInput(_BOTH, fields={"solved": _BOTH})
    days = _tried(case, mode, result)
    solved, satisfied = (answers[0], answers[1]) if answers else (None, None)
    call = Call(
        event="visit", level=level_of_actor(scope), result=result, days=days, solved=solved, satisfied=satisfied
    )
    if result == "asked" and answers is not None:
        _rated(case, answers, "visit")
    done = moved(case, call)
    return replace(done, facts={**done.facts, "result": result, "days": days})


@action("matters.rated", power="matters.rate", kinds=("slip",), facts=FACTS)
def rate(scope: Scope, act: Act, *, matter_id: UUID, solved: bool, satisfied: bool, words: str = "") -> Line:
    """Rate by slip code: was it solved, and are you satisfied.

    "Not solved" reopens it once, with somebody else; the second time the
    county reviews. "Not satisfied" but solved is read, filed and closed. The
    rating is never changed and never shown to the handler by itself.

    Refuses: TooLate once it is closed; WrongState before it is answered, or for kinds that are checked.
    """
    case = opened(scope, act, matter_id=matter_id, event="rate")
    if case.matter.closed_at is not None or case.matter.rating:
        raise TooLate(N_("This matter was already rated or closed. You can report it again at any time."))
    if case.matter.state not in ("answered", "to_rate"):
        raise WrongState(N_("It is still being worked on. You can rate it once there is an answer."))
    if len(words) > LONGEST_WORDS:
        raise BadInput(fields={"words": N_("This is too long: at most 2,000 characters.")})
    _rated(case, (solved, satisfied, words), "slip")
    return moved(case, Call(event="rate", solved=solved, satisfied=satisfied))


@action("matters.closed", power="matters.accept", facts=FACTS)
def close(scope: Scope, act: Act, *, matter_id: UUID, note: str = "") -> Line:
    """File and close a matter that was answered, visited or rated.

    Refuses: WrongState before that; NotAllowed for anyone but its owner.
    """
    case = opened(scope, act, matter_id=matter_id, event="close")
    noted(case, "finding", note, needed=False)
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
    target = _target(case, unit_id, place)
    place_for(case, target)
    call = Call(event="review", to=target.owner, to_level=target.level, to_barred=is_barred(case.matter, target))
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


def _target(case: Case, unit_id: UUID | None, place: int | None) -> Target:
    if unit_id is not None:
        unit = roster.unit(case.scope, unit_id)
        return Target(place=unit.place, unit=unit.id)
    return Target(place=place or case.matter.place)


def _tried(case: Case, mode: str, result: str) -> int:
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


def _rated(case: Case, answers: tuple[bool, bool, str], via: str) -> None:
    """Keep the two answers about whoever did the work, out of the handler's sight."""
    m = case.matter
    solved, satisfied, said = answers
    if not isinstance(solved, bool) or not isinstance(satisfied, bool):
        raise BadInput(_BOTH, fields={"solved": _BOTH})
    if m.rating or not m.to_rate:
        return
    row = Rating(
        id=case.act.child("rating").id, matter_id=m.id, round=m.round, place=rating_place(case), unit_id=m.unit_id,
        handler_level=m.handler_level, handler_place=m.handler_place or m.place, solved=solved, satisfied=satisfied,
        words=said.strip()[:LONGEST_WORDS], via=via, at=case.act.at,
    )  # fmt: skip
    row.save(force_insert=True)


def rating_place(case: Case) -> int:
    """The centre that may read a rating: the township over grid and village, else the county."""
    m = case.matter
    if m.handler_level in ("grid", "village") or (m.unit_id is not None and level_at(m.place) != "county"):
        return enclosing(m.place, "township") or m.place
    return enclosing(m.place, "county") or m.place
