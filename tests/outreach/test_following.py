"""Links follow the register by rule: a household ends, splits, moves; a member dies or leaves."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.outreach.jobs import have_links_follow
from commongrid.outreach.queries.links import links_of
from commongrid.outreach.rules.following import Follow, Standing, follow
from commongrid.registry import actions as registry
from commongrid.registry.actions import Leaving
from commongrid.registry.rules.facts import Into, NewHome, Told
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID
from tests.outreach.conftest import SECRETARY

if TYPE_CHECKING:
    from tests.outreach.conftest import Row

TODAY = date(2026, 11, 26)
AS_IT_WAS = Standing(
    link=UUID(int=1), home=UUID(int=2), place=GRID, home_place=GRID, home_state="lived", home_ended_on=None,
    post_place=GRID - GRID % 1000, member_state="here", member_ended_on=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "becomes"),
    [
        ({}, None),
        ({"home_state": "away", "member_state": "away"}, None),
        ({"home_state": "ended", "home_ended_on": date(2026, 11, 20)}, ("home_ended", date(2026, 11, 20), None)),
        ({"member_state": "dead", "member_ended_on": date(2026, 11, 3)}, ("member_gone", date(2026, 11, 3), None)),
        ({"member_state": "gone"}, ("member_gone", TODAY, None)),
        ({"member_state": "merged"}, ("member_gone", TODAY, None)),
        ({"home_place": OTHER_GRID}, ("went_along", None, OTHER_GRID)),
        ({"home_place": FAR_VILLAGE + 2}, ("home_moved", TODAY, None)),
        ({"home_place": FAR_VILLAGE + 2, "home_state": "ended"}, ("home_ended", TODAY, None)),
    ],
)
def test_follow(changed: dict[str, object], becomes: tuple[str, date | None, int | None] | None) -> None:
    found = follow(replace(AS_IT_WAS, **changed), TODAY)  # type: ignore[arg-type]
    assert found == (Follow(AS_IT_WAS.link, *becomes) if becomes else None)


def test_links_follow_lives(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    told = Told(on=localdate())
    registry.died(SECRETARY, Act.new(), person_id=row.people[2], told=told)
    registry.merge_households(
        SECRETARY, Act.new(), household_id=row.homes[3], into=Into(household=row.homes[4], as_to_head="97"), told=told
    )
    registry.moved_out(SECRETARY, Act.new(), person_id=row.east, to="外省", told=told)
    have_links_follow()
    linked = row.linked()
    assert set(linked.values()) == {row.west}
    assert row.homes[2] not in linked
    assert row.homes[3] not in linked
    with acting(SECRETARY):
        assert links_of(SECRETARY, row.homes[2])[0].to_on == localdate()
    assert have_links_follow() >= 0
    assert row.linked() == linked, "following again changes nothing"


def test_split_household_begins_with_the_same_contact(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    registry.merge_households(
        SECRETARY, Act.new(), household_id=row.homes[5], into=Into(household=row.homes[4], as_to_head="97"),
        told=Told(on=localdate()),
    )  # fmt: skip
    leaving = Leaving(
        people=(row.people[5],), head=row.people[5],
        home=NewHome(place=OTHER_GRID, natural_village=HAMLET, number="99", began_on=localdate()),
    )  # fmt: skip
    done = registry.split(
        SECRETARY, Act.new(), household_id=row.homes[4], leaving=leaving, told=Told(on=localdate())
    )  # fmt: skip
    for _ in range(100):  # a line waits for every older transaction of the server, those of other tests too
        have_links_follow()
        if UUID(done["household"]) in row.linked():
            break
        time.sleep(0.1)
    linked = row.linked()
    assert linked[UUID(done["household"])] == linked[row.homes[4]] == row.west
    assert row.homes[5] not in linked
