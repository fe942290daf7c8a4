"""Leaders' notes as read: who leads at a place, the notes on a matter, and what was answered to a leader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.places import level_of
from commongrid.kernel.scope import Scope
from commongrid.matters.models import LeaderNote, Matter, Note
from commongrid.matters.queries.rows import MatterRow, rows_of
from commongrid.roster import queries as roster
from commongrid.roster.models import Post

if TYPE_CHECKING:
    from collections.abc import Iterable

LEADS: Final = "matters.instruct"
"""Whoever holds this power writes notes, or has them recorded by their centre."""
SHOWN_FOR: Final = timedelta(days=30)
"""So long an answer stays on the leader's Today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """A leader in post at a place."""

    post: UUID
    person: UUID
    level: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderNoteRow:
    """A leader's note with its words and, once there is one, the answer's."""

    matter: UUID
    leader: UUID
    level: str
    place: int
    at: datetime
    due_at: datetime
    answered_at: datetime | None
    text: str
    account: str

    def late(self, now: datetime) -> bool:
        """Whether the leader still waits past the day."""
        return self.answered_at is None and self.due_at < now


def leaders_at(scope: Scope, place: int) -> list[Leader]:
    """The leaders of a township or the county, in post today; nobody of another level."""
    found = [one for one in roster.answering(scope, place=place, power=LEADS) if one.place == place]
    with acting(scope):
        people = dict(Post.objects.filter(id__in=[one.post for one in found]).values_list("id", "person_id"))
    return [
        Leader(post=one.post, person=people[one.post], level=level_of(place), place=place)
        for one in found
        if one.post in people
    ]


def leader_notes(scope: Scope, matter_id: UUID) -> tuple[LeaderNoteRow, ...]:
    """The notes on a matter, the oldest first."""
    with acting(scope):
        return _rows(LeaderNote.objects.filter(matter_id=matter_id).order_by("at", "id"))


WAITING_FIRST: Final = F("answered_at").asc(nulls_first=True)


def notes_of_leader(scope: Scope) -> list[tuple[LeaderNoteRow, MatterRow]]:
    """This leader's notes that wait for an answer, the most urgent first, then those answered lately."""
    if not scope.may(LEADS) or scope.post is None:
        return []
    lately = Q(answered_at=None) | Q(answered_at__gt=timezone.now() - SHOWN_FOR)
    with acting(scope):
        found = _rows(LeaderNote.objects.filter(lately, leader=scope.post).order_by(WAITING_FIRST, "due_at", "id")[:50])
        matters = {row.id: row for row in rows_of(scope, Matter.objects.filter(id__in={one.matter for one in found}))}
    rows = [(one, matters[one.matter]) for one in found if one.matter in matters]
    return sorted(rows, key=lambda pair: (pair[0].answered_at is not None, pair[0].due_at))


def waits_for(scope: Scope, notes: Iterable[LeaderNoteRow]) -> bool:
    """Whether this post's centre owes one of these leaders an answer."""
    return any(one.answered_at is None and (one.level, one.place) == (scope.level, scope.place) for one in notes)


def owed_by(scope: Scope) -> Q:
    """The condition that this post's centre owes a leader an answer on a matter."""
    if scope.level not in ("township", "county") or not scope.may("matters.accept"):
        return Q(pk__in=[])
    open_notes = LeaderNote.objects.filter(answered_at=None, level=scope.level, place=scope.place or 0)
    return Q(id__in=open_notes.values("matter"))


def leaders_answered(scope: Scope, act: UUID) -> list[tuple[UUID, int]]:
    """The leaders who were answered in an act, with their places."""
    with acting(scope):
        return list(LeaderNote.objects.filter(answered_in=act).values_list("leader", "place"))


def leaders_waiting(scope: Scope, matter: UUID, at: datetime) -> list[tuple[UUID, int]]:
    """The leaders who wait for an answer past the day, with their places."""
    with acting(scope):
        late = LeaderNote.objects.filter(matter_id=matter, answered_at=None, due_at__lte=at)
        return list(late.order_by("due_at", "id").values_list("leader", "place"))


def _rows(found: Iterable[LeaderNote]) -> tuple[LeaderNoteRow, ...]:
    rows = list(found)
    acts = {act for row in rows for act in (row.act, row.answered_in) if act}
    said = dict(
        Note.objects.filter(act__in=acts, sort__in=("instruction", "account")).values_list("act", "text")
        if acts else ()
    )  # fmt: skip
    return tuple(
        LeaderNoteRow(
            matter=row.matter_id, leader=row.leader, level=row.level, place=row.place, at=row.at, due_at=row.due_at,
            answered_at=row.answered_at, text=said.get(row.act, ""),
            account=said.get(row.answered_in, "") if row.answered_in else "",
        )
        for row in rows
    )  # fmt: skip
