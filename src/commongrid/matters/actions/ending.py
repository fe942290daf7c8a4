"""What ends with a matter, or with its hand: its public face says so, its parts and its dispute file end with it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from commongrid.journal.acting import acting, handing_over
from commongrid.journal.fixed import lay_row
from commongrid.kernel.places import enclosing, inside
from commongrid.kernel.scope import clock
from commongrid.matters.actions.leaving import way_out
from commongrid.matters.models import (
    Application,
    FormerEnd,
    Matter,
    Mediation,
    Order,
    Publication,
    PublicFace,
    Recheck,
    Referral,
    Supervision,
)
from commongrid.matters.queries.veil import WITH_THE_CENTRE
from commongrid.matters.rules import words
from commongrid.matters.rules.named import VIOLENCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from commongrid.matters.actions.moving import Case

AT_HAND: Final = ("in_hand", "paused", "parked", "woken", "referred")
"""States in which whoever took a dispute up may still mediate it."""
ANSWERS: Final = ("reply", "answer", "answer_for", "settle", "pass_on")
"""Events that say what was done, or how far it is."""
ENDS_WITH: Final = ("closed_at", "finished_at", "finish_due_at", "rating", "outcome", "merged_into_id")
"""What figures read of an end."""
FILES: Final = clock("matters.files", "matters.read")
"""Who looks for a dispute file and ends it, whether or not whoever moves the matter sees it."""


def end_kept(case: Case) -> None:
    """Keep how an ended matter stood, where this act reopens it or changes something of its end."""
    if any(case.read.get(name) != getattr(case.matter, name) for name in ENDS_WITH):
        keep_end(case, case.matter.id, case.read)


def keep_end(case: Case, matter: UUID, was: Mapping[str, Any]) -> None:
    """The end that these columns tell of is over with this act; nothing where there was none yet."""
    if (ended := was.get("closed_at")) is not None and ended <= case.act.at:
        end = {name: was[name] for name in ENDS_WITH}
        lay_row(FormerEnd(id=case.act.child(f"end {matter}").id, matter_id=matter, until=case.act.at, **end))


def demands_answered(case: Case, event: str) -> None:
    """With an answer nobody owes the interim one any more that somebody above asked for; the final one counts as it."""
    m = case.matter
    if case.read["interim_due_at"] is None or event not in ANSWERS or m.state == "to_pass":
        return
    waiting = Supervision.objects.filter(matter_id=m.id, reply_by__isnull=False, replied_at=None)
    waiting.update(replied_at=case.act.at)
    m.interim_due_at = None


def end_parts(case: Case) -> None:
    """Parts end with the whole: nobody goes on working on what the reporter took back."""
    m, at = case.matter, case.act.at
    with handing_over(case.scope, m.place, m.place) if case.scope.kind == "slip" else nullcontext():
        ids = list(Matter.objects.filter(parent_id=m.id, closed_at=None).values_list("id", flat=True))
        Order.objects.filter(matter_id__in=ids, ended_at=None).update(ended_at=at, outcome="taken_away")
        waiting = Application.objects.filter(matter_id__in=ids, outcome="")
        waiting.update(outcome="lapsed", decided_at=at)
        Referral.objects.filter(matter_id__in=ids, outcome="").update(outcome="taken", ended_at=at)
        Matter.objects.filter(id__in=ids).update(
            state="withdrawn", outcome="withdrawn", closed_at=at, owner_level="", owner_place=None, step="", clock="",
            due_at=None, warn_at=None, alarm_at=None, interim_due_at=None,
            clock_left=None, applied="",
        )  # fmt: skip


def follow_whole(case: Case) -> None:
    """Parts go out of sight with the whole, those that have ended too: they hold the same words."""
    m, was = case.matter, case.read
    names = ("accused_person_id", "accused_unit_id", "sealed", *(("unit_id",) if m.sealed else ()))
    if m.caller or not was or (all(getattr(m, name) == was[name] for name in names) and inside(m.place, was["place"])):
        return
    of = {"place": m.place, "accused_person_id": m.accused_person_id, "accused_unit_id": m.accused_unit_id}
    sealed = {"sealed": True, "unit_id": m.unit_id} if m.sealed else {}
    with way_out(case):
        Matter.objects.filter(parent_id=m.id).update(**of, **sealed)


def files_over(case: Case) -> None:
    """A mediation under way ends when its matter leaves the hand; sealed, every file of it is closed off.

    Whoever moves the matter need not be in the file, so it is reached as the clock.
    """
    m, was = case.matter, case.read
    sealed = m.sealed and not was["sealed"]
    kept = m.state in AT_HAND and (m.owner_level, m.unit_id) == (was["owner_level"], was["unit_id"])
    left = (was["state"] in AT_HAND and not kept) or (was["state"] == "split" != m.state)
    if not (sealed or left) or not (case.kind.dispute or m.kind_id != was["kind_id"]):
        return
    with acting(FILES):
        files = Mediation.objects.filter(Q(matter_id=m.id) | Q(matter__parent_id=m.id))
        how = "violence" if m.kind_code == VIOLENCE else "handed_on"
        files.filter(ended_at=None).update(ended_at=case.act.at, outcome=how)
        if sealed:
            files.update(sealed=True, check_alarm_at=None)


def lapse(case: Case) -> None:
    """What was applied for is no longer asked: the matter has moved on."""
    waiting = Application.objects.filter(matter_id=case.matter.id, outcome="")
    waiting.update(outcome="lapsed", decided_at=case.act.at)


def referral_over(case: Case) -> None:
    """No receipt is waited for any more: the matter was taken back."""
    waiting = Referral.objects.filter(matter_id=case.matter.id, outcome="")
    waiting.update(outcome="taken", ended_at=case.act.at)


def recheck_over(case: Case) -> None:
    """Nobody looks once more at the end of what is open again; the order lapses, counted."""
    m = case.matter
    m.recheck_level, m.recheck_place, m.recheck_due_at = "", None, None
    with handing_over(case.scope, enclosing(m.place, "county") or m.place, m.place):
        Recheck.objects.filter(matter_id=m.id, done_at=None).update(done_at=case.act.at, result="lapsed")


def is_spoken(state: str) -> bool:
    """Whether a matter in this state looks done to anybody outside: it has its answer, or it has ended."""
    return state in words.ENDED or state in WITH_THE_CENTRE


def face_turned(case: Case, before: str) -> None:
    """Its public face says done from the answer on, and open again when the work comes back.

    What comes between answer and end changes nothing, or it would tell the handler how the person rated.
    The slip and a unit reach the face for this one statement.
    """
    m = case.matter
    done = is_spoken(m.state)
    if is_spoken(before) == done:
        return
    narrow = case.scope.kind == "slip" or case.scope.narrow
    with handing_over(case.scope, m.place, m.place) if narrow else nullcontext():
        PublicFace.objects.filter(id=m.id).update(state="done" if done else "open")


def face_gone(case: Case) -> None:
    """Nothing of it is public any more: neither its face nor what was published."""
    PublicFace.objects.filter(id=case.matter.id).delete()
    publications_down(case)


def publications_down(case: Case) -> None:
    """What was published of it is taken down, or was never put on."""
    m = case.matter
    with handing_over(case.scope, m.place, m.place):
        shown = Publication.objects.filter(matter_id=m.id, state__in=("proposed", "published"))
        shown.update(state="down", down_at=case.act.at)
