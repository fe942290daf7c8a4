"""Rating: the two questions, by slip or through somebody who asks; about whoever answered, for each who reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, TooLate, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, around, columns, moved, noted, opened, whereabouts
from commongrid.matters.models import Matter, Rating
from commongrid.matters.queries.vocabulary import kind_version
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.relations import level_at, relations

LONGEST_WORDS: Final = 2000
BOTH: Final = N_("Please answer both questions.")
OVER: Final = N_("This matter was already rated or closed. You can report it again at any time.")
AT_WORK: Final = N_("It is still being worked on. You can rate it once there is an answer.")
Answers = tuple[bool, bool, str]
"""Solved, satisfied, and the person's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfUnit:
    """The two answers about one unit that answered a part."""

    unit: UUID
    solved: bool
    satisfied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUnit:
    """What somebody said of each unit that answered a part, and in their own words."""

    units: tuple[OfUnit, ...]
    words: str = ""


@action("matters.rated", power="matters.rate", kinds=("slip",), facts=FACTS)
def rate(scope: Scope, act: Act, *, matter_id: UUID, solved: bool, satisfied: bool, words: str = "") -> Line:
    """Rate by slip code: was it solved, and are you satisfied.

    "Not solved" reopens it once, with somebody else; the second time the
    county reviews. "Not satisfied" but solved is read, filed and closed. The
    rating is never changed and never shown to the handler by itself. The slip
    of a matter that was merged rates the lead: it is over when all have spoken
    or their time is up, and any "not solved" reopens it.

    Refuses: TooLate once it is closed; WrongState before it is answered, or for kinds that are checked.
    """
    lead = lead_of(scope, matter_id)
    case = opened(scope, act, matter_id=matter_id, event="rate")
    if lead is not None and case.matter.merged_into_id == lead.id:
        return rated_through(case, lead, (solved, satisfied, words), "slip")
    _askable(case)
    kept(case, (solved, satisfied, words), "slip")
    return moved(case, among(case, Call(event="rate", solved=solved, satisfied=satisfied)))


@action("matters.units_rated", power="matters.rate", kinds=("slip",), facts=FACTS)
def rate_units(scope: Scope, act: Act, *, matter_id: UUID, units: tuple[OfUnit, ...], words: str = "") -> Line:
    """Rate each unit that answered a part of the matter, or of its lead; it is solved when all of them say so.

    Refuses: BadInput unless every unit that answered, and no other, is rated; else as ``rate``.
    """
    lead, said = lead_of(scope, matter_id), ByUnit(units=units, words=words)
    case = opened(scope, act, matter_id=matter_id, event="rate")
    if lead is not None and case.matter.merged_into_id == lead.id:
        return rated_through(case, lead, said, "slip")
    _askable(case)
    solved, satisfied = kept_by_unit(case, said, "slip")
    return moved(case, among(case, Call(event="rate", solved=solved, satisfied=satisfied)))


def _askable(case: Case) -> None:
    m = case.matter
    if m.closed_at is not None or m.rating == "rated":
        raise TooLate(OVER)
    if m.state not in ("answered", "to_rate"):
        raise WrongState(AT_WORK)


def kept_by_unit(case: Case, said: ByUnit, via: str, reporter: UUID | None = None) -> tuple[bool, bool]:
    """Keep the answers about each unit that answered a part; it is solved when all of them are. Called by visit too.

    Refuses: BadInput unless every unit that answered, and no other, is rated.
    """
    m, act = case.matter, case.act
    with handing_over(case.scope, *around(m.place)):
        parts = Matter.objects.filter(parent_id=m.id, round=m.round, outcome="done", unit__isnull=False)
        answered = {one.unit_id: one for one in parts.order_by("opened_at")}
    if not said.units or {one.unit for one in said.units} != set(answered):
        raise BadInput(BOTH, fields={"units": BOTH})
    words = _said(case, said.words)
    for one in said.units:
        part = answered[one.unit]
        Rating(
            id=act.child(f"rating {one.unit}").id, matter_id=m.id, round=m.round, place=rating_place(case),
            unit_id=one.unit, handler_level=part.handler_level, handler_place=part.handler_place or m.place,
            solved=one.solved, satisfied=one.satisfied, words=words, via=via, at=act.at,
            reporter=reporter,
        ).save(force_insert=True)  # fmt: skip
    return all(one.solved for one in said.units), all(one.satisfied for one in said.units)


def lead_of(scope: Scope, matter_id: UUID) -> Matter | None:
    """The lead of a merged matter, locked before its own row as every move of the lead does; nothing where none."""
    own = Matter.objects.filter(id=matter_id).values_list("place", "merged_into").first()
    if own is None or own[1] is None:
        return None
    with handing_over(scope, *around(own[0])):
        return Matter.objects.select_for_update().get(id=own[1])


def rated_through(case: Case, lead: Matter, answers: Answers | ByUnit, via: str) -> Line:
    """The lead rated by the reporter of a matter that was merged into it, of each unit where several answered parts.

    Refuses: TooLate where they have spoken or it is over; WrongState before there is an answer.
    """
    own = case.matter
    if lead.closed_at is not None or own.rating == "rated":
        raise TooLate(OVER)
    if lead.state not in ("answered", "to_rate"):
        raise WrongState(AT_WORK)
    with handing_over(case.scope, *around(own.place)):
        leading = Case(lead, kind_version(case.scope, lead.kind_id), case.scope, case.act, read=columns(lead))
        if isinstance(answers, ByUnit):
            solved, satisfied = kept_by_unit(leading, answers, via, reporter=own.id)
        else:
            solved, satisfied, _words = answers
            kept(leading, answers, via, reporter=own.id)
        own.rating = "rated"
        own.save(update_fields=["rating"])
        call = Call(event="rate", solved=solved, satisfied=satisfied, follower=True)
        return moved(leading, among(leading, call))


def asked_through(
    scope: Scope, act: Act, lead: Matter, matter_id: UUID, came: tuple[str, Answers | ByUnit | None, str]
) -> Line:
    """What the reporter of a merged matter said of its lead to somebody who asked. Called by visit.

    ``came``: result, answers, via.

    Refuses: NotAllowed at the handler's own level; BadInput where nothing was answered.
    """
    result, answers, via = came
    own = Matter.objects.select_for_update().get(id=matter_id)
    if "visitor" not in relations(scope, whereabouts(lead)):
        raise NotAllowed(N_("This step belongs to whoever has the matter now, not to your post."))
    if result != "asked" or answers is None:
        said = N_("It was merged: record here only what its reporter answers. Tries are recorded with the lead.")
        raise BadInput(said, fields={"result": said})
    case = Case(own, kind_version(scope, own.kind_id), scope, act)
    return rated_through(case, lead, answers, via)


def among(case: Case, call: Call) -> Call:
    """The call with what the rules need to know of those whose matters were merged into this one."""
    m = case.matter
    if not m.leads:
        return call
    with handing_over(case.scope, *around(m.place)):
        theirs = Rating.objects.filter(matter_id=m.id, round=m.round)
        bad = theirs.exclude(id=case.act.child("rating").id).filter(satisfied=False).exists()
        waiting = Matter.objects.filter(merged_into_id=m.id).exclude(rating="rated")
        return replace(call, others=waiting.exists(), bad=bad)


def kept(case: Case, answers: Answers, via: str, reporter: UUID | None = None) -> None:
    """Keep the two answers about whoever did the work, out of the handler's sight."""
    m = case.matter
    solved, satisfied, said = answers
    if not isinstance(solved, bool) or not isinstance(satisfied, bool):
        raise BadInput(BOTH, fields={"solved": BOTH})
    if not m.to_rate or (m.rating == "rated" and reporter is None):
        return
    row = Rating(
        id=case.act.child("rating").id, matter_id=m.id, round=m.round, place=rating_place(case), unit_id=m.unit_id,
        handler_level=m.handler_level, handler_place=m.handler_place or m.place, solved=solved, satisfied=satisfied,
        words=_said(case, said), via=via, at=case.act.at, reporter=reporter,
    )  # fmt: skip
    row.save(force_insert=True)
    m.held = True


def _said(case: Case, words: str) -> str:
    """The words that stand beside a rating; those of a confidential matter are put away for the centre.

    Refuses: BadInput for words that are too long.
    """
    text = words.strip()
    if len(text) > LONGEST_WORDS:
        raise BadInput(fields={"words": N_("This is too long: at most 2,000 characters.")})
    if case.matter.confidential:
        noted(case, "rating", text, needed=False)
        return ""
    return text


def rating_place(case: Case) -> int:
    """The centre that may read a rating: the township over grid and village, else the county."""
    m = case.matter
    if m.handler_level in ("grid", "village") or (m.unit_id is not None and level_at(m.place) != "county"):
        return enclosing(m.place, "township") or m.place
    return enclosing(m.place, "county") or m.place
