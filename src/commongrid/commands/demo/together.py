"""Stories in which several work together: a joint meeting, parts one of which has answered, a body only asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import NotFound
from commongrid.kernel.scope import Scope
from commongrid.matters import actions, queries
from commongrid.matters.actions.calling import Summons
from commongrid.roster import queries as roster
from commongrid.roster.queries import scopes_in_force

MEANT: Final = {"part": "split", "ask_outside": "divert"}
"""Events of the table behind steps that the stories tell otherwise."""
VENUE: Final = "镇综治中心二楼会商室"
WHY: Final = "涉及几家职责，清单未列明的也须到场。"


def call_meeting(scope: Scope, act: Act, *, matter_id: UUID, note: str) -> Any:
    """Two units here and a department of the county, the day after tomorrow."""
    summons = Summons(at=max(act.at, timezone.now()) + timedelta(days=2), venue=VENUE, reason=WHY)
    units = (*_here(scope, matter_id)[:2], *_county(scope, matter_id)[:1])
    return actions.call_meeting(scope, act, matter_id=matter_id, unit_ids=units, note=note, summons=summons)


def split(scope: Scope, act: Act, *, matter_id: UUID, note: str) -> Any:
    """Two units here."""
    units = tuple(_here(scope, matter_id)[:2])
    return actions.split(scope, act, matter_id=matter_id, unit_ids=units, note=note, reason=WHY)


def part_done(scope: Scope, act: Act, *, matter_id: UUID, answer: str) -> Any:
    """The first part is taken on, answered by its unit, and taken in."""
    part = next((one.row for one in queries.parts_of(scope, matter_id) if one.row.open), None)
    if part is None or part.unit is None:
        raise NotFound
    posts = scopes_in_force(scope, timezone.localdate())
    handler = next((one for one in posts if one.unit == part.unit and one.may("matters.handle")), None)
    if handler is None:
        raise NotFound
    actions.start(handler, Act(new_id(), act.at), matter_id=part.id)
    actions.answer(handler, Act(new_id(), act.at), matter_id=part.id, answer=answer)
    return actions.pass_on(scope, act, matter_id=part.id, answer=answer)


def ask_outside(scope: Scope, act: Act, *, matter_id: UUID) -> Any:
    """A body of power, telecom or the like at this place."""
    found = [one for one in roster.units(scope, place=scope.place) if one.outside_command]
    if not found:
        raise NotFound
    reason = "产权和管护在该单位，商请处理。"
    return actions.divert(scope, act, matter_id=matter_id, unit_id=found[0].id, reason=reason)


def _here(scope: Scope, matter_id: UUID) -> list[UUID]:
    with acting(scope):
        found = queries.suggestions(scope, matter_id)
    return [one.unit for one in found if one.unit is not None and not one.outside_command]


def _county(scope: Scope, matter_id: UUID) -> list[UUID]:
    county = enclosing(scope.place or 0, "county")
    found = roster.units(scope, place=county) if county else []
    return [one.id for one in found if one.type == "department" and not one.outside_command]
