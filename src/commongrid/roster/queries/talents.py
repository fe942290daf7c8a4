"""Reads of the talent register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import NotFound
from commongrid.roster.models import Talent

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.scope import Scope

PAGE: Final = 50
FORMER_TALENTS: Final = "former"
"""Asked for as a state: what stood in the register and does so no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalentRow:
    """Somebody in the register: for what, how they were named, what the branch said."""

    id: UUID
    person: UUID
    name: str
    place: int
    sort: str
    by: str
    skill: str
    state: str
    opinion: str
    reserve: bool
    from_on: date
    to_on: date | None


def talents(  # noqa: PLR0913 - one filter each
    scope: Scope, place: int, on: date, *, sort: str = "", state: str = "", reserve: bool = False, page: int = 1
) -> tuple[list[TalentRow], bool]:
    """A page of the register of a place on a day, whoever waits for the branch first; and whether more follow.

    Who was not taken in, and what stood in it before, is answered where it is asked for, the latest first.
    """
    found = Talent.objects.filter(place__range=interval(place))
    if state == FORMER_TALENTS:
        found = found.filter(to_on__lte=on).exclude(state="declined")
    elif state == "declined":
        found = found.filter(state=state)
    else:
        found = found.filter(in_force(on), **({"state": state} if state else {}))
    if sort:
        found = found.filter(sort=sort)
    if reserve:
        found = found.filter(reserve=True)
    start = (max(page, 1) - 1) * PAGE
    ordered = found.annotate(name=F("person__display_name")).order_by(
        F("to_on").desc(nulls_first=True), "-state", "place", "name", "id"
    )
    rows = [_row(one) for one in ordered[start : start + PAGE + 1]]
    return rows[:PAGE], len(rows) > PAGE


def talent(scope: Scope, talent_id: UUID) -> TalentRow:
    """One row of the register. Refuses: NotFound where the scope has none."""
    one = Talent.objects.filter(id=talent_id).annotate(name=F("person__display_name")).first()
    if one is None:
        raise NotFound
    return _row(one)


def _row(one: Any) -> TalentRow:
    return TalentRow(
        id=one.id, person=one.person_id, name=one.name, place=one.place, sort=one.sort, by=one.by, skill=one.skill,
        state=one.state, opinion=one.opinion, reserve=one.reserve, from_on=one.from_on, to_on=one.to_on,
    )  # fmt: skip
