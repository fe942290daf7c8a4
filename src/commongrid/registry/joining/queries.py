"""Reads of suspects: which pairs may be one person, those that wait, one with both records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.journal.queries import OfADay, line, lines_of_a_day
from commongrid.kernel.places import smallest_holding
from commongrid.kernel.refusals import NotFound
from commongrid.registry.joining.models import Suspect
from commongrid.registry.models import Correction, Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from commongrid.journal.queries import LineRow
    from commongrid.kernel.scope import Scope

PAGE = 50
JOINED = "registry.people_joined"
LATELY = timedelta(days=90)
"""How long a record that was joined with one out of sight stays on the list."""
_PAIRS = """
WITH living AS MATERIALIZED (
  SELECT id, place, display_name, split_part(sort_key, E'\\x1f', 1) AS sounds, born_on, id_index, phone_index,
    household_id, place / 1000 AS village
  FROM registry_person WHERE state IN ('here', 'away') AND place BETWEEN %(lo)s AND %(hi)s
), pairs AS (
  SELECT a.id AS a, b.id AS b, a.place AS pa, b.place AS pb,
    CASE WHEN a.display_name = b.display_name THEN 'birth' ELSE 'sound' END AS reason
  FROM living a JOIN living b ON a.sounds = b.sounds AND a.born_on = b.born_on AND a.id < b.id
  WHERE (a.id_index IS NULL OR b.id_index IS NULL)
    AND (a.display_name = b.display_name OR a.village = b.village)
  UNION ALL
  SELECT a.id, b.id, a.place, b.place, 'phone'
  FROM living a JOIN living b ON a.phone_index = b.phone_index AND a.display_name = b.display_name AND a.id < b.id
  WHERE (a.id_index IS NULL OR b.id_index IS NULL) AND (a.born_on IS NULL OR b.born_on IS NULL)
  UNION ALL
  SELECT LEAST(a.id, b.id), GREATEST(a.id, b.id), a.place, b.place, 'post'
  FROM living a JOIN living b ON a.display_name = b.display_name AND a.village = b.village AND a.id <> b.id
  WHERE a.household_id IS NULL AND a.born_on IS NULL AND a.id_index IS NULL AND b.household_id IS NOT NULL
)
SELECT DISTINCT ON (a, b) a, b, pa, pb, reason FROM pairs
WHERE NOT EXISTS (SELECT 1 FROM registry_suspect s WHERE s.first = pairs.a AND s.second = pairs.b)
ORDER BY a, b, reason LIMIT %(n)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that may be one person, and why."""

    first: UUID
    second: UUID
    place: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRow:
    """A pair in the list: both names with their birth, place and household's door, since when it waits."""

    id: UUID
    place: int
    reason: str
    found_at: datetime
    names: tuple[str, str]
    born: tuple[date | None, date | None]
    places: tuple[int, int]
    doors: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectPair:
    """Two records that may be one person: which, why, and what was decided, with its reason."""

    id: UUID
    place: int
    first: UUID
    second: UUID
    reason: str
    decision: str
    why: str


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """A record that was joined with one out of sight: whose, since when, and whether it ended by that."""

    id: UUID
    name: str
    on: date
    ended: bool


def pairs(scope: Scope, limit: int) -> list[Pair]:
    """Pairs that nobody has looked at: same name and birth, a name that sounds so, same phone, a post holder."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"lo": scope.lo, "hi": scope.hi, "n": limit})
        return [
            Pair(first=one, second=other, place=smallest_holding(here, there).lo, reason=reason)
            for one, other, here, there, reason in cursor.fetchall()
        ]


def suspects(scope: Scope, page: int = 1) -> tuple[list[SuspectRow], bool]:
    """One page of the pairs that wait and whose records are both living and in sight, oldest first; and if more do."""
    start = (page - 1) * PAGE
    with acting(scope):
        living = Person.objects.filter(state__in=("here", "away"))
        found = Suspect.objects.filter(decision="", first__in=living.values("id"), second__in=living.values("id"))
        rows = list(found.order_by("found_at", "id")[start : start + PAGE + 1])
        both = living.filter(id__in={ident for row in rows for ident in (row.first, row.second)})
        people = {one.id: one for one in both.select_related("household")}
    shown = [
        SuspectRow(
            id=row.id, place=row.place, reason=row.reason, found_at=row.found_at,
            names=(one.display_name, other.display_name), born=(one.born_on, other.born_on),
            places=(one.place, other.place), doors=(_door(one), _door(other)),
        )
        for row, one, other in ((row, people[row.first], people[row.second]) for row in rows[:PAGE])
    ]  # fmt: skip
    return shown, len(rows) > PAGE


def _door(one: Person) -> str:
    return (one.household.door or one.household.number) if one.household else ""


def suspect(scope: Scope, suspect_id: UUID) -> SuspectPair:
    """One pair. Refuses: NotFound."""
    with acting(scope):
        row = Suspect.objects.filter(id=suspect_id).first()
    if row is None:
        raise NotFound
    return SuspectPair(
        id=row.id, place=row.place, first=row.first, second=row.second, reason=row.reason, decision=row.decision,
        why=row.why,
    )  # fmt: skip


def joined_across(scope: Scope, now: datetime) -> list[JoinedRow]:
    """Records in sight that were joined lately with one out of sight, the latest first: this side's part of it."""
    with acting(scope):
        lines = lines_of_a_day(scope, OfADay(begins=now - LATELY, ends=now + LATELY, name=JOINED))
        done = Correction.objects.filter(act__in=[line.id for line in lines]).exclude(undone_by=None)
        undone = set(done.values_list("act", flat=True))
        lines = [line for line in lines if line.id not in undone]
        went_on = {UUID(str(line.facts["into"])): line for line in lines if line.subject and "into" in line.facts}
        ended = Person.objects.filter(state="merged", ended_on__gte=localdate(now - LATELY))
        rows = list(ended.order_by("-ended_on", "id")[:PAGE])
        others = {one for one in (*(row.merged_into for row in rows), *(line.subject for line in lines)) if one}
        known = set(Person.objects.filter(id__in=others).values_list("id", flat=True))
        kept = Person.objects.filter(id__in=[one for one, line in went_on.items() if line.subject not in known])
        return sorted(
            [JoinedRow(id=row.id, name=row.display_name, on=row.ended_on or localdate(now), ended=True)
             for row in rows if row.merged_into not in known]
            + [JoinedRow(id=row.id, name=row.display_name, on=localdate(went_on[row.id].at), ended=False)
               for row in kept],
            key=lambda row: row.on, reverse=True,
        )  # fmt: skip


def join_of(scope: Scope, told: LineRow) -> LineRow | None:
    """The join that a line of the journal tells of, or tells of the undoing of; none where it is about another act."""
    found = told if told.name == JOINED else line(scope, UUID(str(told.facts["act"])))
    return found if found is not None and found.name == JOINED else None


def joined_from(scope: Scope, person_id: UUID) -> Sequence[UUID]:
    """The records that were joined into this one, so that their history is read with it."""
    with acting(scope):
        return list(Person.objects.filter(merged_into=person_id).values_list("id", flat=True))


def went_on(scope: Scope, person_id: UUID) -> tuple[UUID | None, bool]:
    """The record in which this one goes on, if it was joined into another, and whether that one is in sight."""
    with acting(scope):
        into = Person.objects.filter(id=person_id).values_list("merged_into", flat=True).first()
        return into, into is not None and Person.objects.filter(id=into).exists()
