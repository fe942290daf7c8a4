"""A natural village with eight households in a row, two members who are able, and their branch's secretary."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.journal.jobs import bookmark
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.outreach import actions
from commongrid.outreach.actions import Meeting, Said, Wish
from commongrid.outreach.jobs import FOLLOWER, PLANNER, have_links_follow
from commongrid.outreach.queries import links, plans
from commongrid.outreach.rules.planning import Terms
from commongrid.registry import actions as registry
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from tests.factories.desk import GRID, HAMLET, VILLAGE, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

SECRETARY = scope_at(VILLAGE, "links.read", "links.edit", "people.edit", "people.read", level="village")
CLOCK = clock("a test", "links.edit", "people.edit")
SINCE = date(2026, 1, 1)
EAST = 0.001
"""Degrees from one house to the next, some ninety metres."""


def all_followed() -> None:
    """Have the links follow every line there is; one waits for each older transaction of the server, of any test."""
    for _ in range(200):
        have_links_follow()
        with acting(FOLLOWER), connection.cursor() as cursor:
            at = bookmark(FOLLOWER.job)
            cursor.execute(
                "SELECT count(*) FROM journal_line WHERE (timeline, xid, seq) > (%s::smallint, %s::text::xid8, %s)",
                [at.timeline, str(at.xid), at.seq],
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    pytest.fail("the links don't follow")


@dataclass(slots=True)
class Row:
    """Eight homes from west to east; a member lives in the first and one in the last."""

    homes: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)

    @property
    def west(self) -> UUID:
        """The member in the first home."""
        return self.people[0]

    @property
    def east(self) -> UUID:
        """The member in the last home."""
        return self.people[-1]

    def able(self, who: UUID, capacity: int = 10, answer: str = "able", on: date | None = None) -> None:
        """Somebody declares."""
        said = Said(answer=answer, capacity=capacity, phone="0990-1234567")
        actions.declare(SECRETARY, Act.new(), village=VILLAGE, person_id=who, said=said, on=on or localdate())

    def wish(self, home: int, sort: str, member: UUID | None = None) -> None:
        """A household says something."""
        wish = Wish(household=self.homes[home], sort=sort, member=member)
        actions.choose(SECRETARY, Act.new(), wish=wish, on=localdate())

    def plan(self, **terms: Any) -> UUID:
        """A plan, worked out."""
        made = UUID(actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=Terms(**terms))["plan"])
        actions.work_out(PLANNER, Act.new(), plan_id=made)
        return made

    def adopted(self, plan: UUID, on: date | None = None) -> UUID:
        """The plan approved and adopted."""
        meeting = Meeting(on=localdate(), entitled=11, present=9, in_favour=8)
        actions.approve(SECRETARY, Act.new(), plan_id=plan, meeting=meeting)
        actions.adopt(SECRETARY, Act.new(), plan_id=plan, on=on or localdate())
        return plan

    def linked(self, on: date | None = None) -> dict[UUID, UUID]:
        """Who is whose contact on a day: household to person."""
        with acting(SECRETARY):
            return {one.household: one.person for one in links.links_on(SECRETARY, VILLAGE, on or localdate())}

    def planned(self, plan: UUID) -> dict[UUID, UUID | None]:
        """Who is to be whose contact: household to person."""
        with acting(SECRETARY):
            return {one.household: one.member for one in plans.planned(SECRETARY, plan)[0]}


def laid(first: int = 1) -> Row:
    """The households, numbered from the first on, and whoever lives in them."""
    made = Row()
    for n in range(8):
        home = NewHome(
            place=GRID, natural_village=HAMLET, number=str(n + first), door=f"{n + first}号", began_on=SINCE,
            lon=107.0 + n * EAST, lat=26.0,
        )  # fmt: skip
        made.homes.append(UUID(registry.found_household(SECRETARY, Act.new(), new=home)["household"]))
        party = "01" if n in (0, 7) else "13"
        said = NewPerson(name=f"某{n + first - 1}", sex="1", born_on=date(1970, 1, 1), political=party)
        into = Into(household=made.homes[-1])
        done = registry.moved_in(SECRETARY, Act.new(), into=into, newcomer=said, told=Told(on=SINCE))
        made.people.append(UUID(done["person"]))
    return made


@pytest.fixture
def row(database: Database) -> Row:
    """The desk's county with these households."""
    lay(database)
    return database.begin("row", lambda _: laid())
