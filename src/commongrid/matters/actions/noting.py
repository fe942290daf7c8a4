"""Leaders' notes: recorded by the leader or their centre, answered by the centre; the matter keeps its owner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.clock import close_of_office
from commongrid.kernel.places import inside
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.moving import FACTS, Case, line, noted, opened, standing, written
from commongrid.matters.models import LeaderNote, Note
from commongrid.matters.queries.leaders import Leader, leaders_at
from commongrid.matters.queries.vocabulary import limits
from commongrid.matters.rules.limits import step_due
from commongrid.matters.rules.loop import decide
from commongrid.matters.rules.moves import Call
from commongrid.territory import queries as territory

WHOSE = N_("Choose the leader whose note it is.")
NO_CENTRE = N_("Only the centre of a township or of the county records leaders' notes, or the leader.")
NOT_OVER_IT = N_("This leader is not over the place of the matter, or it is about them. Their note can't be kept here.")
NOTHING_OPEN = N_("No leader waits for an answer of this centre on this matter.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A leader's note as it is recorded: whose, in which words, and by when they want an answer."""

    leader: UUID | None = None
    words: str = ""
    reply_on: date | None = None


@action("matters.instructed", power="matters.supervise", facts=(*FACTS, "level"))
def instruct(scope: Scope, act: Act, *, matter_id: UUID, instruction: Instruction) -> Line:
    """Keep a leader's note on a matter: whoever has it reads it, the centre of the leader's level owes an answer.

    Written by the leader, or recorded by their centre as ``leader``'s. Without
    a day the county's own limit counts.

    Refuses: NotAllowed for others than the leader and their centre; BadInput
    without words, with a day that has passed, or where the leader is not over
    the place or is whom it is about; WrongState for sealed kinds and once it has ended.
    """
    case = opened(scope, act, matter_id=matter_id, event="instruct")
    decide(standing(case), Call(event="instruct"))
    leader = _leader(scope, instruction.leader)
    due = _due(case, instruction.reply_on)
    noted(case, "instruction", instruction.words, field="words")
    keep_note(case, leader, due)
    written(case)
    before = (case.matter.state, case.matter.owner_level)
    done = line(case, event="instruct", before=before)
    return replace(done, facts={**done.facts, "level": leader.level})


@action("matters.reported_back", power="matters.accept", facts=(*FACTS, "level"))
def report_back(scope: Scope, act: Act, *, matter_id: UUID, text: str) -> Line:
    """Answer every leader of this level who waits for one, in the centre's words; also after the matter has ended.

    Refuses: WrongState where no leader of this centre waits; BadInput without words.
    """
    case = opened(scope, act, matter_id=matter_id, event="report_back")
    decide(standing(case), Call(event="report_back"))
    waiting = LeaderNote.objects.select_for_update().filter(
        matter_id=matter_id, answered_at=None, level=scope.level, place=scope.place or 0
    )
    if not waiting.exists():
        raise WrongState(NOTHING_OPEN)
    noted(case, "account", text, field="text")
    waiting.update(answered_at=act.at, answered_in=act.id)
    case.matter.leader_due_at = soonest(matter_id)
    written(case)
    done = line(case, event="report_back", before=(case.matter.state, case.matter.owner_level))
    return replace(done, facts={**done.facts, "level": scope.level} if done.facts else {})


@action("matters.note_overdue", power="matters.tick", kinds=("clock",), facts=("level",))
def raise_note(scope: Scope, act: Act, *, note_id: UUID, level: str) -> Line:
    """Tell one level that a leader waits past the day: their own centre first, then the county's.

    Refuses: WrongState once it was answered, before the day, or where that level was told.
    """
    row = LeaderNote.objects.select_for_update().filter(id=note_id, answered_at=None).first()
    if row is None or next_told(row.level, row.raised) != level or (row.raise_at or row.due_at) > act.at:
        raise WrongState
    row.raised = level
    further = next_told(row.level, level)
    row.raise_at = step_due(territory.calendar(scope), act.at, "raise_step", limits(scope)).at if further else None
    row.save(update_fields=["raised", "raise_at"])
    answer = {"note": row.id, "matter": row.matter_id}
    return Line(place=row.place, subject=row.matter_id, subject_kind="matter", facts={"level": level}, answer=answer)


def next_told(owing: str, raised: str) -> str:
    """Which level is told next that an answer owed by the centre of ``owing`` is late; nothing once the county was."""
    return owing if not raised else "county" if raised == "township" else ""


def told_by(scope: Scope, instruction: Instruction) -> Leader:
    """The leader whose note is the source of a matter. Called by report.

    Refuses: as ``instruct``.
    """
    return _leader(scope, instruction.leader)


def note_of_report(case: Case, leader: Leader, instruction: Instruction) -> None:
    """Keep the note that a matter came from, in its own words or the matter's. Called by report.

    Refuses: BadInput as ``instruct``, and where the matter leaves this post's sight.
    """
    m = case.matter
    if m.sealed or not case.scope.covers(m.place):
        raise BadInput(fields={"leader": NOT_OVER_IT})
    text = instruction.words.strip() or m.text
    if not text:  # the words of a confidential report are put away for the centre
        raise BadInput(
            fields={"leader_words": N_("Say what the leader wrote: the report's own words stay with the centre.")}
        )
    Note(
        id=case.act.child("note").id, matter_id=m.id, act=case.act.id, sort="instruction", text=text, at=case.act.at,
        post=case.scope.post,
    ).save(force_insert=True)  # fmt: skip
    keep_note(case, leader, m.leader_due_at or _due(case, instruction.reply_on))


def first_due(case: Case, instruction: Instruction) -> datetime:
    """By when the leader of a fresh matter wants an answer. Called by report."""
    return _due(case, instruction.reply_on)


def keep_note(case: Case, leader: Leader, due: datetime) -> None:
    """The row, and on the matter when the first of its leaders wants an answer."""
    m = case.matter
    about = m.accused_person_id is not None and m.accused_person_id == leader.person
    if not inside(m.place, leader.place) or about:
        raise BadInput(fields={"leader": NOT_OVER_IT})
    LeaderNote(
        id=case.act.child("leader").id, matter_id=m.id, leader=leader.post, post=case.scope.post, level=leader.level,
        place=leader.place, act=case.act.id, at=case.act.at, due_at=due,
    ).save(force_insert=True)  # fmt: skip
    m.leader_due_at = min(filter(None, (m.leader_due_at, due)))


def soonest(matter_id: UUID) -> datetime | None:
    """When the next leader wants an answer on a matter."""
    found = LeaderNote.objects.filter(matter_id=matter_id, answered_at=None).order_by("due_at")
    return found.values_list("due_at", flat=True).first()


def _leader(scope: Scope, named: UUID | None) -> Leader:
    """The leader: whoever writes, or the one whom their centre names."""
    if scope.level not in ("township", "county") or scope.place is None:
        raise NotAllowed(NO_CENTRE)
    known = {one.post: one for one in leaders_at(scope, scope.place)}
    own = known.get(scope.post) if scope.post else None
    if own is not None and named in (None, own.post):
        return own
    if own is not None or not scope.may("matters.divert"):
        raise NotAllowed(NO_CENTRE)
    if named is None or named not in known:
        raise BadInput(WHOSE, fields={"leader": WHOSE})
    return known[named]


def _due(case: Case, day: date | None) -> datetime:
    if day is None:
        return step_due(case.calendar, case.act.at, "leader_note", limits(case.scope)).at
    due = close_of_office(case.calendar, day)
    if due <= case.act.at:
        raise BadInput(fields={"reply_on": N_("Choose a day that is still to come.")})
    return due
