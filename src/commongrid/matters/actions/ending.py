"""What ends with a matter: its public face says so, and its parts end with it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from commongrid.journal.acting import handing_over
from commongrid.matters.models import Application, Matter, Order, PublicFace

if TYPE_CHECKING:
    from commongrid.matters.actions.moving import Case


def end_parts(case: Case) -> None:
    """Parts end with the whole: nobody goes on working on what the reporter took back."""
    m, at = case.matter, case.act.at
    with handing_over(case.scope, m.place, m.place) if case.scope.kind == "slip" else nullcontext():
        ids = list(Matter.objects.filter(parent_id=m.id, closed_at=None).values_list("id", flat=True))
        Order.objects.filter(matter_id__in=ids, ended_at=None).update(ended_at=at, outcome="taken_away")
        waiting = Application.objects.filter(matter_id__in=ids, outcome="")
        waiting.update(outcome="lapsed", decided_at=at)
        Matter.objects.filter(id__in=ids).update(
            state="withdrawn", outcome="withdrawn", closed_at=at, owner_level="", owner_place=None, step="", clock="",
            due_at=None, warn_at=None, alarm_at=None, interim_due_at=None,
            clock_left=None, applied="",
        )  # fmt: skip


def lapse(case: Case) -> None:
    """What was applied for is no longer asked: the matter has moved on."""
    waiting = Application.objects.filter(matter_id=case.matter.id, outcome="")
    waiting.update(outcome="lapsed", decided_at=case.act.at)


def face_done(case: Case) -> None:
    """Its public face says that it is done; the slip and a unit reach it for this one statement."""
    m = case.matter
    narrow = case.scope.kind == "slip" or case.scope.narrow
    with handing_over(case.scope, m.place, m.place) if narrow else nullcontext():
        PublicFace.objects.filter(id=m.id).update(state="done")
