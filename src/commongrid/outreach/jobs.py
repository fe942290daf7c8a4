"""What the clock does for outreach: works out plans that were asked for, has links follow the register."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from uuid import UUID, uuid5

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.jobs import follow
from commongrid.journal.queries import LineRow
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.outreach.actions import follow_links, work_out
from commongrid.outreach.queries.links import any_astray
from commongrid.outreach.queries.plans import asked
from commongrid.territory import queries as territory

PLANNER: Final = clock("outreach.plans", "links.edit")
FOLLOWER: Final = clock("outreach.follow", "links.edit")
SPLIT: Final = "registry.household_split"


@every(seconds=5, name="outreach.plans")
def work_out_plans() -> int:
    """Work out the plans that were asked for, each by itself, the oldest first; answers how many."""
    with acting(PLANNER):
        waiting = asked(PLANNER)
    done = 0
    for plan in waiting:
        try:
            work_out(PLANNER, Act(uuid5(plan, f"made {timezone.now().isoformat()}"), timezone.now()), plan_id=plan)
        except WrongState:  # worked out or dropped in the same moment
            continue
        done += 1
    return done


@every(seconds=10, name="outreach.follow")
def have_links_follow() -> int:
    """Have links follow what changed in the register, behind a bookmark; answers how many lines were read."""
    return follow(FOLLOWER.job, _read, scope=FOLLOWER)


def _read(rows: list[LineRow]) -> None:
    """Each place once, after its last change in the batch, where anything is to be done."""
    splits: dict[int, list[tuple[UUID, UUID]]] = defaultdict(list)
    last: dict[int, LineRow] = {}
    for row in rows:
        if not row.name.startswith("registry."):
            continue
        last[row.place_now] = row
        if row.name == SPLIT and row.subject is not None:
            splits[row.place_now].append((UUID(str(row.facts["from"])), row.subject))
    calendar = territory.calendar(FOLLOWER)
    for place, row in last.items():
        if splits[place] or any_astray(FOLLOWER, place, calendar.day_of(row.at)):
            follow_links(FOLLOWER, Act(uuid5(row.id, "links"), row.at), place=place, split=tuple(splits[place]))
