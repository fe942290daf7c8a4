"""Sheets that come back on paper: an order with its answer, an answer with the two questions ticked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

from commongrid.journal.actions import Line, action
from commongrid.journal.attachments import Staged, Subject, attach
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.closing import heard, tried
from commongrid.matters.actions.handling import to_visit
from commongrid.matters.actions.moving import FACTS, Case, line, moved, noted, opened, standing, whereabouts
from commongrid.matters.actions.rating import BOTH, Answers, ByUnit, among
from commongrid.matters.models import Matter, Order, SignedSheet
from commongrid.matters.queries.vocabulary import kind_version
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_of_actor, relations

MOVED_ON: Final = N_(
    "The matter has moved on since this sheet was printed, so nothing was entered. Look at the matter; "
    "print the sheet anew if it is still needed."
)
NO_PHOTO: Final = N_("Take a photo of the sheet, or choose one.")
AGAIN: Final = N_("There is a photo already. Say why this one replaces it.")
LONGEST_REASON: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A sheet as it was photographed: which it is, its photos, and why they replace earlier ones."""

    of: UUID
    photos: tuple[Staged, ...]
    reason: str = ""


@action("matters.answered_on_paper", power="matters.read", facts=(*FACTS, "replaced"))
def answer_on_paper(scope: Scope, act: Act, *, matter_id: UUID, paper: Paper, answer: str = "") -> Line:
    """Enter the answer that came back on a printed order, with the photo of the sheet.

    By whoever has the order, or by a level above for those without a device.
    Once entered, a better photo may replace the first with a reason; the
    answer then stays.

    Refuses: NotFound for no such order; WrongState where the order has ended
    without this sheet; BadInput without photo or words; NotAllowed for others.
    """
    order = Order.objects.filter(id=paper.of, matter_id=matter_id).first()
    if order is None:
        raise NotFound
    event = "answer" if scope.may("matters.handle") and _has_it(scope, order) else "answer_for"
    if event == "answer_for":
        scope.demand("matters.divert")
    before = _photographed(matter_id, "order", paper.of)
    if before:
        return _replaced(scope, act, matter_id, "order", paper)
    if order.ended_at is not None:
        raise WrongState(MOVED_ON)
    case = opened(scope, act, matter_id=matter_id, event=event)
    call = Call(event=event, level=level_of_actor(scope))
    to_person = decide(standing(case), call).state != "to_pass"
    noted(case, "answer" if to_person else "draft", answer, field="answer")
    _keep(case, "order", paper)
    done = moved(case, call, finished_at=act.at, to_visit=not case.matter.caller and to_visit(case))
    return replace(done, facts={**done.facts, "replaced": False} if done.facts else {})


@action("matters.rated_on_paper", power="matters.visit", facts=(*FACTS, "replaced"))
def rate_on_paper(
    scope: Scope, act: Act, *, matter_id: UUID, paper: Paper, answers: Answers | ByUnit | None = None
) -> Line:
    """Enter the two answers that the person ticked on the printed answer, with the photo of the sheet.

    Of each unit by itself where several answered parts.

    Once entered, a better photo may replace the first with a reason; the
    answers stay as they were.

    Refuses: NotAllowed at the handler's own level; WrongState where the matter
    has moved on since; BadInput without photo or with one question unanswered.
    """
    if _photographed(matter_id, "answer", paper.of):
        return _replaced(scope, act, matter_id, "answer", paper)
    case = opened(scope, act, matter_id=matter_id, event="visit")
    if case.matter.state not in ("answered", "to_rate") or paper.of != sheet_of(matter_id, case.matter.round):
        raise WrongState(MOVED_ON)
    if answers is None:
        raise BadInput(BOTH, fields={"solved": BOTH})
    _keep(case, "answer", paper)
    tried(case, "paper", "asked")
    solved, satisfied = heard(case, answers, "paper")
    call = Call(event="visit", level=level_of_actor(scope), result="asked", solved=solved, satisfied=satisfied, days=0)
    done = moved(case, among(case, call))
    return replace(done, facts={**done.facts, "replaced": False} if done.facts else {})


def sheet_of(matter_id: UUID, number: int) -> UUID:
    """What the printed answer of a round is called: it goes out of date when the work comes back."""
    return uuid5(matter_id, f"answer:{number}")


def _has_it(scope: Scope, order: Order) -> bool:
    """Whether the order was given to this very post's unit or place."""
    if order.unit_id is not None:
        return scope.unit == order.unit_id
    return scope.place == order.place or order.place in scope.grids


def _photographed(matter_id: UUID, sort: str, of: UUID) -> bool:
    return SignedSheet.objects.filter(matter_id=matter_id, sort=sort, of=of).exists()


def _replaced(scope: Scope, act: Act, matter_id: UUID, sort: str, paper: Paper) -> Line:
    """A better photo of the same sheet, by somebody who may work with the matter."""
    m = Matter.objects.select_for_update().filter(id=matter_id).first()
    if m is None:
        raise NotFound
    if not relations(scope, whereabouts(m)):
        raise NotAllowed
    if not paper.reason.strip():
        raise BadInput(AGAIN, fields={"reason": AGAIN})
    case = Case(m, kind_version(scope, m.kind_id), scope, act)
    _keep(case, sort, paper)
    done = line(case, event="answer", before=(m.state, m.owner_level))
    return replace(done, facts={**done.facts, "replaced": True} if done.facts else {})


def _keep(case: Case, sort: str, paper: Paper) -> None:
    """The sheet with its photos; laid down before the matter moves, while its author surely sees it."""
    if not paper.photos:
        raise BadInput(NO_PHOTO, fields={"photos": NO_PHOTO})
    row = SignedSheet(
        id=case.act.child("sheet").id, matter_id=case.matter.id, sort=sort, of=paper.of, at=case.act.at,
        post=case.scope.post, reason=paper.reason.strip()[:LONGEST_REASON],
    )  # fmt: skip
    row.save(force_insert=True)
    attach(case.scope, case.act, to=Subject("sheet", row.id, case.matter.place), files=paper.photos)
