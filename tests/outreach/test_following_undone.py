"""What was taken back after links had followed it: the act is undone all the same, and the former contact is back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.registry import actions as registry
from commongrid.registry.actions import Leaving
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from tests.factories.desk import HAMLET, OTHER_GRID
from tests.outreach.conftest import SECRETARY
from tests.outreach.test_following import AROUND, followed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.outreach.conftest import Row

TOLD = Told(on=localdate())
NEW = NewHome(place=OTHER_GRID, natural_village=HAMLET, number="199", began_on=localdate())


def moved(row: Row, act: Act) -> UUID:
    """The third household moves inside the village."""
    done = registry.move_household(SECRETARY, act, household_id=row.homes[2], new=NEW, told=TOLD)
    return UUID(done["household"])


def split(row: Row, act: Act) -> UUID:
    """Somebody who came to the third household leaves it."""
    leaving = Leaving(people=(row.people[3],), head=row.people[3], home=NEW)
    return UUID(registry.split(SECRETARY, act, household_id=row.homes[2], leaving=leaving, told=TOLD)["household"])


@pytest.mark.parametrize("way", [moved, split])
def test_what_was_followed_can_be_taken_back_and_done_again(row: Row, way: Callable[[Row, Act], UUID]) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    into = Into(household=row.homes[2], as_to_head="97")
    registry.merge_households(SECRETARY, Act.new(), household_id=row.homes[3], into=into, told=TOLD)
    before = {home: who for home, who in row.linked().items() if home != row.homes[3]}
    followed(row, before)
    act, left = Act.new(), {row.homes[2]} if way is moved else set()
    made = way(row, act)
    followed(row, {home: who for home, who in before.items() if home not in left} | {made: row.west})
    registry.undo(SECRETARY, Act.new(), done=act.id, told=TOLD)
    followed(row, before)
    with acting(AROUND):
        assert set(Person.objects.filter(household=row.homes[2]).values_list("id", flat=True)) == set(row.people[2:4])
        gone = Household.objects.get(id=made)
        assert (gone.state, gone.ended_on, gone.door, gone.head_id) == ("ended", gone.began_on, "", None)
    way(row, Act.new())  # the number is free again


def test_whoever_came_since_still_stands_on_it(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    before, act = row.linked(), Act.new()
    made = moved(row, act)
    followed(row, {home: who for home, who in before.items() if home != row.homes[2]} | {made: row.west})
    said = NewPerson(name="新来", sex="1", born_on=localdate())
    registry.moved_in(SECRETARY, Act.new(), into=Into(household=made, as_to_head="97"), newcomer=said, told=TOLD)
    with pytest.raises(WrongState):
        registry.undo(SECRETARY, Act.new(), done=act.id, told=TOLD)
