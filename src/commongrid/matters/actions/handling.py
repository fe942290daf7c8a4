"""From acceptance to answer: accept, refuse, settle, pass up, divert, take on, give back, decide, answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.journal.attachments import Staged, Subject, attach
from commongrid.kernel.act import Act
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.drawing import month_seed
from commongrid.matters.actions.ending import face_gone
from commongrid.matters.actions.moving import (
    FACTS,
    Case,
    Target,
    is_barred,
    moved,
    noted,
    opened,
    owner_place,
    place_for,
    standing,
)
from commongrid.matters.actions.protecting import Accused, back_where, competent, give_back_words, seal_where
from commongrid.matters.actions.timing import theirs
from commongrid.matters.actions.waiting import left_over
from commongrid.matters.models import ExternalCase, Matter, PublicFace, WorkListRow
from commongrid.matters.queries import calling, waiting
from commongrid.matters.queries.deciding import giving_way, listable
from commongrid.matters.queries.systems import known_system
from commongrid.matters.queries.vocabulary import (
    KindRow,
    LeadRow,
    forget_vocabularies,
    kind,
    limits,
    pace,
    recalled,
    work_list,
)
from commongrid.matters.rules import words
from commongrid.matters.rules.draw import drawn
from commongrid.matters.rules.limits import finish_due
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.named import UNSORTED
from commongrid.matters.rules.owners import entry
from commongrid.matters.rules.relations import level_at, level_of_actor
from commongrid.matters.rules.series import series_sorted
from commongrid.roster import queries as roster

HELD: Final = N_(
    "Its words say that somebody may be in danger, so it is held here. Choose what it is about; only then it moves on."
)


@action("matters.accepted", power="matters.accept", facts=FACTS)
def accept(scope: Scope, act: Act, *, matter_id: UUID, kind_code: str = "", note: str = "") -> Line:
    """Accept a matter; with ``kind_code`` it is sorted at the same time.

    Sorted into a sealed kind it goes to the competent unit, into a complaint
    about village affairs to the township, out of this post's sight, and waits
    there to be accepted.

    One that is held for words of danger is sorted first: into an ordinary kind
    it is where it happened again, for those below to see.

    Refuses: WrongState unless reported; NotAllowed for anyone but its owner;
    BadInput for one that is held, without a kind.
    """
    case = opened(scope, act, matter_id=matter_id, event="accept")
    noted(case, "reason", note, needed=False)
    if case.matter.danger_kind:
        if kind_code in ("", UNSORTED):
            raise BadInput(fields={"kind_code": HELD})
        return _released(case, kind(scope, kind_code))
    if not kind_code or kind_code == case.kind.code or case.matter.sealed:
        return moved(case, Call(event="accept", level=level_of_actor(scope)), accepted_at=act.at)
    of = kind(scope, kind_code)
    target = resorted(case, of)
    if target is None:
        return moved(case, Call(event="accept", level=level_of_actor(scope)), accepted_at=act.at)
    return moved(case, Call(event="accept", moves_on=True, to=target.owner), target=target)


def _released(case: Case, of: KindRow) -> Line:
    """Sort one that was held: where it is sealed or goes round the village it stays out of sight."""
    m = case.matter
    m.danger_kind = ""
    target = resorted(case, of)
    if target is not None:
        return moved(case, Call(event="accept", moves_on=True, to=target.owner), target=target)
    if not of.routed_round:
        back_where(case)
    return moved(case, Call(event="accept", level=level_of_actor(case.scope)), accepted_at=case.act.at)


@action("matters.rejected", power="matters.accept", facts=FACTS)
def reject(scope: Scope, act: Act, *, matter_id: UUID, reason: str, why: str = "other") -> Line:
    """Refuse a matter with a reason of the county's list and words, which the reporter reads and may object to once.

    Refuses: BadInput without a reason; WrongState unless reported.
    """
    case = opened(scope, act, matter_id=matter_id, event="reject")
    noted(case, "reason", reason, field="reason")
    listed = waiting.reason(scope, "reject", why, field="why")
    return moved(case, Call(event="reject"), refused_place=case.matter.owner_place, refused_why_id=listed.id)


@action("matters.settled", power="matters.settle", facts=FACTS)
def settle(scope: Scope, act: Act, *, matter_id: UUID, answer: str) -> Line:
    """Settle a small thing on the spot, where the kind lets this role.

    Refuses: WrongState where the kind does not, or above the village; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="settle")
    noted(case, "answer", answer, field="answer")
    call = Call(event="settle", level=level_of_actor(scope), settler=scope.role in case.kind.settle_roles)
    return moved(case, call, finished_at=act.at, to_visit=to_visit(case))


@action("matters.raised", power="matters.raise", facts=FACTS)
def raise_level(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """Pass a matter up to the next level, with a reason.

    Refuses: WrongState at the county; BadInput without a reason.
    """
    case = opened(scope, act, matter_id=matter_id, event="raise")
    noted(case, "reason", reason, field="reason")
    return moved(case, Call(event="raise", level=level_of_actor(scope)))


@action("matters.called_up", power="matters.divert", facts=FACTS)
def call_up(scope: Scope, act: Act, *, matter_id: UUID, reason: str) -> Line:
    """Take a matter over from below, with a reason that those below read.

    Refuses: NotAllowed from the same level or below; BadInput without a reason.
    """
    case = opened(scope, act, matter_id=matter_id, event="call_up")
    noted(case, "reason", reason, field="reason")
    if case.matter.state == "split":  # the parts go on and answer to this centre from now on
        Matter.objects.filter(parent_id=matter_id, closed_at=None).update(caller=level_of_actor(scope))
    kept, case.due = left_over(case), None  # the time that a pause left is kept; here the response is what runs
    accepted = case.matter.accepted_at or act.at
    return moved(case, Call(event="call_up", level=level_of_actor(scope)), accepted_at=accepted, **kept)


@action("matters.diverted", power="matters.divert", facts=(*FACTS, "off_list"))
def divert(
    scope: Scope, act: Act, *, matter_id: UUID, unit_id: UUID | None = None, place: int | None = None, reason: str = ""
) -> Line:
    """Give a matter to a unit of the work list, or to a level below.

    Refuses: BadInput off the work list without a reason, or to a place not
    responsible for it; WrongState unless accepted or reopened, or to the
    former handler of a reopened matter.
    """
    case = opened(scope, act, matter_id=matter_id, event="divert")
    target = meant(case, unit_id, place)
    lead, off_list = listed(case, target)
    noted(case, "reason", reason, field="reason", needed=off_list)
    place_for(case, target)
    call = _to(Call(event="divert", off_list=off_list), case, target)
    done = moved(case, call, target=target, lead=lead)
    return replace(done, facts={**done.facts, "off_list": off_list})


@action("matters.started", power="matters.handle", facts=FACTS)
def start(scope: Scope, act: Act, *, matter_id: UUID, note: str = "") -> Line:
    """Take on the work: the finishing limit runs.

    Refuses: WrongState unless it was given, or accepted by this level; NotAllowed for others.
    """
    case = opened(scope, act, matter_id=matter_id, event="start")
    noted(case, "word", note, needed=False)
    m = case.matter
    self_again = m.owner_level != "unit" and m.barred_place is not None and m.barred_place == m.owner_place
    accepted = m.accepted_at or act.at
    return moved(case, Call(event="start", level=level_of_actor(scope), to_barred=self_again), accepted_at=accepted)


@action("matters.given_back", power="matters.handle", facts=FACTS)
def give_back(scope: Scope, act: Act, *, matter_id: UUID, basis: str) -> Line:
    """Give an order back, once, with its basis; the centre above decides.

    Refuses: WrongState the second time or where no order was given; BadInput without a basis.
    """
    case = opened(scope, act, matter_id=matter_id, event="give_back")
    noted(case, "basis", basis, field="basis")
    return moved(case, Call(event="give_back", level=level_of_actor(scope)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a decision rests on, and the last day on which it holds for other matters; none: until it is changed."""

    words: str
    until: date | None = None


@action("matters.decided", power="matters.decide", facts=FACTS)
def decide_returned(
    scope: Scope,
    act: Act,
    *,
    matter_id: UUID,
    unit_id: UUID | None = None,
    place: int | None = None,
    basis: Basis | str,
) -> Line:
    """Decide who has a returned order: the same unit, another, a level below, or this centre itself.

    Where it names a unit, the decision becomes a row of the work list, until its last day where it has one; of what
    is protected none, for everybody reads the list and its grounds.

    Refuses: BadInput without a basis or a target, or with a last day that has passed; WrongState unless returned.
    """
    case = opened(scope, act, matter_id=matter_id, event="decide")
    rests = basis if isinstance(basis, Basis) else Basis(words=basis)
    noted(case, "basis", rests.words, field="basis")
    if rests.until is not None and rests.until < localdate(act.at):
        raise BadInput(fields={"until": N_("Choose a last day from today on, or leave it empty.")})
    target = meant(case, unit_id, place)
    place_for(case, target)
    lead = None
    if target.unit is not None and listable(case.matter):
        lead = _enlist(case, target, rests)
    return moved(case, _to(Call(event="decide"), case, target), target=target, lead=lead)


@action("matters.answered", power="matters.handle", facts=FACTS)
def answer(scope: Scope, act: Act, *, matter_id: UUID, answer: str, photos: tuple[Staged, ...] = ()) -> Line:
    """Say that the work is done, in words for the person, with photos of it; another level then asks them.

    Refuses: WrongState unless in hand; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="answer")
    parts = calling.facts(matter_id) if case.matter.state == "split" else {}
    call = replace(Call(event="answer", level=level_of_actor(scope)), **parts)
    to_person = decide(standing(case), call).state != "to_pass"
    noted(case, "answer" if to_person else "draft", answer, field="answer")
    attach(scope, act, to=Subject("matter", matter_id, case.matter.place), files=photos)
    return moved(case, call, finished_at=act.at, to_visit=not case.matter.caller and to_visit(case))


def to_visit(case: Case) -> bool:
    """Whether this answer gets a return visit: by kind, by the month's published draw, always after a reopening.

    Never what the county did itself where only the county may look: nobody else is left to ask; the slip rates it.
    """
    m = case.matter
    alone = m.unit_id is None and level_at(m.place) == "county"
    if alone or case.kind.visit == "none" or their_visit_counts(case):
        return False
    if case.kind.visit == "all" or m.round > 1:
        return True
    seed = month_seed(case.scope, case.act, case.calendar.day_of(case.act.at))
    return drawn(seed, m.id, limits(case.scope)["sample_share"].amount)


def their_visit_counts(case: Case) -> bool:
    """Whether another system asks the person itself, so that nobody here asks a second time."""
    m = case.matter
    if not m.exchanged:
        return m.series == "systems"
    codes = ExternalCase.objects.filter(matter=m.id).values_list("system", flat=True)
    found = [known_system(case.scope, code) for code in codes]
    return any(one is None or one.their_visit for one in found)


def meant(case: Case, unit_id: UUID | None, place: int | None) -> Target:
    """The unit or place that was chosen. Refuses: BadInput where it is neither."""
    if unit_id is not None:
        unit = roster.unit(case.scope, unit_id)
        return Target(
            place=unit.place, unit=unit.id, function=unit.function, outside=unit.outside_command,
            own=unit.type == words.OWN_OFFICE,
        )  # fmt: skip
    if place is None or level_at(place) not in words.LEVELS:
        raise BadInput(N_("Choose a unit or a place."), fields={"target": N_("Choose a unit or a place.")})
    return Target(place=place)


def _to(call: Call, case: Case, target: Target) -> Call:
    return replace(
        call, level=level_of_actor(case.scope), to=target.owner, to_level=target.level,
        to_barred=is_barred(case.matter, target), outside=target.outside,
    )  # fmt: skip


def listed(case: Case, target: Target) -> tuple[LeadRow | None, bool]:
    """The work list's row for this target, and whether the target is off the list.

    A level below gets what starts there or what it may be given; a unit what
    it or its function leads. What the departments recalled from the township
    goes to it, or below it, only with a reason; so does to its own office what
    the township only helps with. A department's station there is the department.
    """
    of, place = case.kind, case.matter.place
    if target.unit is None:
        starts = words.LEVELS.index(of.first_level) if of.first_level else 1
        return None, words.LEVELS.index(target.level) < starts or recalled(case.scope, of.code, place)
    leads = work_list(case.scope, kind_code=of.code, level=target.level, place=place)
    same = target.function or None
    found = next((row for row in leads if row.unit == target.unit or row.function == same), None)
    against = found is not None and (found.list == "recalled" or (found.list == "support" and target.own))
    return found, found is None or (against and target.level == "township")


def _enlist(case: Case, target: Target, basis: Basis) -> LeadRow | None:
    """The decision as a row of the work list, for the township where it happened; ``queries.deciding`` foretells it.

    Rows there give way to it, and hold again after its last day.
    """
    act, level = case.act, target.level
    if level not in ("township", "county"):
        return None
    area = enclosing(case.matter.place, "township") or case.matter.place
    today, over = localdate(act.at), basis.until + timedelta(days=1) if basis.until else None
    before = WorkListRow.objects.select_for_update().filter(kind_code=case.kind.code, level=level, place=area)
    for row, way in giving_way(before, today, over):
        until, row.valid_to = row.valid_to, way.ends
        row.save(update_fields=["valid_to"])
        if way.again is not None:
            row.id, row.valid_from, row.valid_to = act.child(f"again {row.id}").id, way.again, until
            row.save(force_insert=True)
    made = WorkListRow(
        id=act.child("lead").id, kind_code=case.kind.code, level=level, place=area, unit_id=target.unit,
        basis=basis.words.strip()[:400], decided_in=act.id, valid_from=today, valid_to=over,
    )  # fmt: skip
    made.save(force_insert=True)
    forget_vocabularies("work_list")
    return LeadRow(
        id=made.id, kind_code=made.kind_code, level=level, place=area, function="", unit=target.unit, list=made.list,
        respond_hours=made.respond_hours, finish_days=made.finish_days, basis=made.basis, decided=True,
        valid_from=today, valid_to=over,
    )  # fmt: skip


def resorted(case: Case, of: KindRow) -> Target | None:
    """Give the matter its kind; answers where it must go on to. Called by an action whose rule moves it there."""
    m, scope = case.matter, case.scope
    was_public = case.kind.visibility == "public"
    case.kind = of
    m.kind_id, m.kind_code = of.id, of.code
    m.series = series_sorted(m.series, of.parent, m.source, exchanged=m.exchanged)
    m.to_rate = of.rated and m.series == "asked"
    if not m.finish_moved:
        since = m.finish_from or m.opened_at
        m.finish_due_at = finish_due(case.calendar, since, pace(scope, of, m.urgency), limits(scope)).at
    theirs(m)
    if (was_public and of.visibility != "public") or not of.publishers:
        face_gone(case)
    elif was_public:
        PublicFace.objects.filter(id=m.id).update(kind_code=of.code, series=m.series)
    if of.sealed:
        return _sealed_target(case, of)
    if not of.routed_round:
        return None
    where = m.place
    seal_where(case, where)
    m.place = enclosing(where, "township") or where
    if level_of_actor(scope) in ("township", "county"):
        return None
    level = entry(first_level=of.first_level, lowest="township", urgency=m.urgency, sealed=False, routed_round=True)
    return Target(place=owner_place(m.place, level))


def _sealed_target(case: Case, of: KindRow) -> Target:
    m = case.matter
    accused = Accused(level="", person=m.accused_person_id, unit=m.accused_unit_id)
    target = competent(case, m.place, accused, of.competent)
    seal_where(case, m.place)
    give_back_words(case)
    m.place, m.sealed, m.to_rate, m.finish_due_at = target.place, True, False, None
    return target
