"""Putting right what was taken down wrongly: place, kind, urgency; and a sealed matter handed on to its right body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.places import inside
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.cases import accepts_on
from commongrid.matters.actions.ending import publications_down
from commongrid.matters.actions.handling import resorted
from commongrid.matters.actions.moving import (
    FACTS,
    Case,
    Target,
    columns,
    is_barred,
    moved,
    noted,
    opened,
    owner_place,
    standing,
    whereabouts,
)
from commongrid.matters.actions.protecting import place_put_right
from commongrid.matters.actions.reporting import (
    first_level,
    first_owner,
    known_place,
    shown_place,
    tell_dispatcher,
)
from commongrid.matters.actions.timing import count_anew
from commongrid.matters.models import Matter, PublicFace
from commongrid.matters.queries.bodies import bodies_beside
from commongrid.matters.queries.vocabulary import kind
from commongrid.matters.rules import words
from commongrid.matters.rules.deciding.entering import alone
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.owners import above
from commongrid.matters.rules.relations import level_of_actor, relations

OUTSIDE: Final = N_(
    "That place lies outside your area. Pass the matter up and say where it belongs: the level whose area holds both"
    " places puts it right."
)
NOTHING: Final = N_("Nothing of it would change. Choose another place, kind or urgency.")
HELD: Final = N_("It is held because its words tell of danger. Choose its kind when you accept it.")
PARTS_OF_A_KIND: Final = N_(
    "Several units work on parts of it as this kind. Drop the open parts first, then choose another kind."
)
PARTS_ELSEWHERE: Final = N_("A unit that has a part of it does not answer for that place. Drop that part first.")
NO_BODY: Final = N_("Choose the body from the list.")
WHO_TOOK_IT: Final = N_("Say who takes it there, and when.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What of a matter is put right; what is left empty stays as it is."""

    place: int | None = None
    kind_code: str = ""
    urgency: str = ""


@action("matters.put_right", power="matters.accept", facts=(*FACTS, "was_place", "was_kind", "was_urgency"))
def put_right(scope: Scope, act: Act, *, matter_id: UUID, right: Right, reason: str) -> Line:
    """Put right where a matter belongs, what it is about or how urgent it is, with a reason.

    With another place sight, public face and figures follow; where it is not
    theirs there who have it, or they had not accepted it, it begins anew with
    the first owner there. With another kind its limits, return visit, rating
    and sealing follow. With another urgency its limits count anew from where
    they began. Kept above whom it is about, it stays so. Of one in parts place and
    urgency are put right on the whole, and the open parts follow.

    Refuses: BadInput without a reason, where nothing changes, or for a place
    outside this post's area or where a unit with a part does not answer;
    WrongState for what is sealed, a part or a lead, and by whoever was given the work.
    """
    case = opened(scope, act, matter_id=matter_id, event="put_right")
    m, was = case.matter, case.read
    over = "owner" not in relations(scope, whereabouts(m))
    call = Call(event="put_right", level=level_of_actor(scope), over=over)
    decide(standing(case), call)
    noted(case, "reason", reason, field="reason")
    target = _corrected(case, right)
    if target is None and not _still_theirs(case):
        target = _first(case)
    if target is not None:
        call = replace(call, to=target.owner, to_level=target.level)
        if m.state == "reported" and call.to != call.level:
            accepts_on(case)
    accepted = m.accepted_at or (act.at if call.to == call.level else None)
    done = moved(case, call, target=target, accepted_at=accepted)
    if m.urgency != was["urgency"] and not m.sealed:
        tell_dispatcher(case)
    changed = {"was_place": "place", "was_kind": "kind_code", "was_urgency": "urgency"}
    facts = {fact: was[name] for fact, name in changed.items() if was[name] != getattr(m, name)}
    return replace(done, facts={**done.facts, **facts} if done.facts else {})


def _corrected(case: Case, right: Right) -> Target | None:
    """Write what changes; answers where a kind that is sealed or routed round must go."""
    m = case.matter
    elsewhere, other, hurry = _what_changes(case, right)
    if hurry:
        m.urgency = right.urgency
    if elsewhere is not None:
        _belong(case, elsewhere)
    target = resorted(case, kind(case.scope, right.kind_code)) if other else None
    if (other or hurry) and not m.sealed:
        count_anew(case)
    if m.state == "split":
        _parts_follow(case)
    return target


def _what_changes(case: Case, right: Right) -> tuple[int | None, bool, bool]:
    """The other place, and whether kind and urgency are others. Refuses: BadInput for what can't be."""
    m = case.matter
    elsewhere = right.place if right.place != m.place else None
    other, hurry = right.kind_code not in ("", m.kind_code), right.urgency not in ("", m.urgency)
    if elsewhere is None and not other and not hurry:
        raise BadInput(NOTHING)
    if elsewhere is not None or other:
        alone(standing(case))
    if hurry and right.urgency not in words.URGENCIES:
        raise BadInput(fields={"urgency": N_("Please choose how urgent it is.")})
    if other and (m.danger_kind or m.state == "split"):
        raise BadInput(fields={"kind_code": HELD if m.danger_kind else PARTS_OF_A_KIND})
    return elsewhere, other, hurry


def _parts_follow(case: Case) -> None:
    """Open parts are as urgent as their whole, within its limit; each unit still has to answer for where it belongs.

    Refuses: BadInput where one does not.
    """
    m = case.matter
    for part in Matter.objects.select_for_update().filter(parent_id=m.id, closed_at=None):
        if part.handler_place is not None and not inside(m.place, part.handler_place):
            raise BadInput(fields={"place": PARTS_ELSEWHERE})
        if part.urgency != m.urgency:
            its = Case(part, case.kind, case.scope, case.act, case.calendar, read=columns(part))
            part.urgency = m.urgency
            count_anew(its)
            if not part.finish_moved and m.finish_due_at is not None:
                part.finish_due_at = m.finish_due_at
            part.save()


def _belong(case: Case, place: int) -> None:
    """Let it belong there; the public face follows, what was published in more words is taken down."""
    scope = case.scope
    if not scope.covers(place):
        raise BadInput(OUTSIDE, fields={"place": OUTSIDE})
    known_place(scope, place)
    place_put_right(case, place)
    PublicFace.objects.filter(id=case.matter.id).update(place=shown_place(scope, place))
    publications_down(case)


def _still_theirs(case: Case) -> bool:
    """Whether whoever has it has it rightly where it belongs now.

    What was not accepted yet is not, unless a report there would have come to them, or had begun where it did.
    """
    m, before = case.matter, case.read["place"]
    own = m.handler_place if m.owner_level == "unit" else m.owner_place
    holds = own is not None and inside(m.place, own)
    if m.state != "reported" or m.place == before or m.asked_again or not holds:
        return holds
    first = _first(case).place
    return first == own or inside(before, first)


def _first(case: Case) -> Target:
    """Who has it first where it belongs now, once reopened the centre there; above one that handled it before."""
    m = case.matter
    anew = owner_place(m.place, "township") if m.reopened else first_owner(case, first_level(case, m.place))[1]
    target = Target(place=anew)
    return Target(place=owner_place(m.place, above(target.level))) if is_barred(m, target) else target


@action("matters.handed_on", power="matters.handle", facts=FACTS)
def hand_on(scope: Scope, act: Act, *, matter_id: UUID, unit_id: UUID, reason: str, taken_by: str) -> Line:
    """Hand a sealed matter on to the body that is competent for it, which then receipts it.

    It leaves this body's sight with the act; ``taken_by`` says who takes it there, as the receipt for the file.

    Refuses: WrongState for what is not sealed; BadInput without a reason or
    receipt, or to a body that takes no sealed matters, has nobody in post, or may not have this one.
    """
    case = opened(scope, act, matter_id=matter_id, event="hand_on")
    m = case.matter
    decide(standing(case), Call(event="hand_on", to="unit"))
    unit = next((one for one in bodies_beside(scope, m) if one.id == unit_id), None)
    if unit is None:
        raise BadInput(fields={"unit": NO_BODY})
    noted(case, "reason", reason, field="reason")
    if not taken_by.strip():
        raise BadInput(fields={"taken_by": WHO_TOOK_IT})
    noted(case, "word", taken_by, field="taken_by", name="receipt")
    target = Target(place=unit.place, unit=unit.id)
    m.place = target.place
    return moved(case, Call(event="hand_on", to="unit", to_level=target.level), target=target)
