"""What the clock does for outreach: works out grids and plans that were asked for, has links follow the register."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from uuid import UUID, uuid5

import structlog
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.jobs import follow
from commongrid.journal.queries import LineRow
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import NotYours, WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.outreach.actions import follow_links, keep_curve, work_out
from commongrid.outreach.queries.declaring import declared_room
from commongrid.outreach.queries.links import any_astray, ended_by, villages_of
from commongrid.outreach.queries.solving import next_task
from commongrid.outreach.rules.planning import Outcome, Task
from commongrid.roster.dividing import jobs as dividing
from commongrid.roster.dividing.queries import divisions
from commongrid.territory import queries as territory

PLANNER: Final = clock("outreach.plans", "links.edit")
FOLLOWER: Final = clock("outreach.follow", "links.edit")
GOES_ON: Final = ("registry.household_split", "registry.household_moved", "registry.people_divorced")
UNDONE: Final = ("registry.undone", "registry.import_undone")


@every(seconds=1, name="outreach.plans", apart=True)
def work_out_plans() -> int:
    """Work out the plan that was asked for last; where none is, draw the slider of one. Answers how many plans.

    A plan that was dropped or asked for otherwise meanwhile stays as it is.
    """
    with acting(PLANNER):
        given = next_task(PLANNER, territory.calendar(PLANNER).day_of(timezone.now()))
    if given is None:
        return 0
    out = _planned(given)
    if not given.asked:
        with acting(PLANNER):
            keep_curve(given.plan, given.asked_at, out.figures.get("curve", []))
        return 0
    try:
        work_out(PLANNER, Act(new_id(), timezone.now()), plan_id=given.plan, asked_at=given.asked_at, out=out)
    except (WrongState, NotYours):
        return 0
    return 1


def _planned(given: Task) -> Outcome:
    """What came out. A planner that breaks off is told on the plan's page, and doesn't hold up the others."""
    from commongrid.outreach.rules.solving import compared, solved  # the planner, only where it is needed

    try:
        if given.asked:
            return solved(given.homes, given.linkers, given.terms)
        return Outcome(figures={"curve": compared(given)})
    except Exception:  # noqa: BLE001 - whatever it was, the others must not wait for it
        structlog.get_logger("worker").exception("planner broke off", plan=str(given.plan))
        return Outcome(fault="broken")


@every(seconds=0.25, name="roster.divisions_again", apart=True)
def answer_divisions() -> int:
    """Work out the rest of a proposal of grids around what was locked, quickly; answers how many.

    What somebody waits for goes a way of its own, and all of it goes apart from the clock's other work.
    """
    with acting(dividing.PLANNER):
        one = divisions.next_asked(dividing.PLANNER, quick=True)
    return dividing.answer(one, _declared(one)) if one else 0


@every(seconds=1, name="roster.divisions", apart=True)
def work_out_divisions() -> int:
    """Work out the proposal that was asked for last, or prove one that was answered quickly; answers how many."""
    with acting(dividing.PLANNER):
        one = divisions.next_asked(dividing.PLANNER, quick=False)
        unproven = None if one else divisions.next_unproven(dividing.PLANNER)
    if one:
        return dividing.answer(one, _declared(one))
    return dividing.look_for_proof(unproven, _declared(unproven)) if unproven else 0


def _declared(division: UUID) -> dict[UUID, int]:
    """What people of the village have declared to look after, which the grids of a proposal are counted with."""
    with acting(dividing.PLANNER):
        village = divisions.division(dividing.PLANNER, division).place
        today = territory.calendar(dividing.PLANNER).day_of(timezone.now())
        return declared_room(dividing.PLANNER, village, today)


@every(seconds=10, name="outreach.follow")
def have_links_follow() -> int:
    """Have links follow what changed in the register, behind a bookmark; answers how many lines were read."""
    return follow(FOLLOWER.job, _read, scope=FOLLOWER)


def _read(rows: list[LineRow]) -> None:
    """Each village once, after its last change in the batch, where anything is to be done.

    A change is told at one place and may be of other villages too; a link may be of another grid there.
    """
    splits: dict[int, list[tuple[UUID, UUID]]] = defaultdict(list)
    undone: dict[int, list[UUID]] = defaultdict(list)
    last: dict[int, LineRow] = {}
    told = [row for row in rows if row.name.startswith("registry.")]
    villages = villages_of(FOLLOWER, [row.id for row in told])
    for row in told:
        at = village_of(row.place_now) or row.place_now
        last |= dict.fromkeys((at, *(one for one in villages.get(row.id, ()) if not interval(at).holds(one))), row)
        if row.name in GOES_ON and "from" in row.facts:
            new = row.facts.get("household", row.subject)  # a divorce is about a person
            splits[at].append((UUID(str(row.facts["from"])), UUID(str(new))))
        if row.name in UNDONE:
            undone[at].append(UUID(str(row.facts.get("act", row.subject))))  # a file's act is its batch
    calendar = territory.calendar(FOLLOWER)
    for place, row in last.items():
        back = undone[place] if undone[place] and ended_by(FOLLOWER, undone[place]) else []
        if splits[place] or back or any_astray(FOLLOWER, place, calendar.day_of(row.at)):
            act = Act(uuid5(row.id, f"links {place}"), row.at)
            follow_links(FOLLOWER, act, place=place, split=tuple(splits[place]), undone=tuple(back))
