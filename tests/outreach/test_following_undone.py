"""What was taken back after links had followed it: the act is undone all the same, and the former contact is back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.outreach import jobs
from commongrid.registry import actions as registry
from commongrid.registry.actions import Leaving, Recognised
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.territory.actions import add_natural_village
from commongrid.territory.rules.editing import Named
from tests.factories.desk import GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, VILLAGE, id_of
from tests.outreach.conftest import SECRETARY
from tests.outreach.test_following import AROUND, followed, helped
from tests.proof.world import insert

if TYPE_CHECKING:
    from collections.abc import Callable

    from commongrid.journal.queries import LineRow
    from tests.bed import Database
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


def parted(row: Row, act: Act) -> UUID:
    """The same two were a couple: one leaves with the divorce."""
    leaving = Leaving(people=(row.people[3],), head=row.people[3], home=NEW)
    registry.divorced(SECRETARY, act, person_id=row.people[2], spouse_id=row.people[3], told=TOLD, leaving=leaving)
    return act.id


@pytest.mark.parametrize("way", [moved, split, parted])
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


def tie(database: Database, home: UUID, **more: object) -> None:
    """The secretary helps a household."""
    with database.as_role("owner") as owner:
        insert(
            owner, "Assignment", id=UUID(int=77), post=id_of("secretary"), kind="named_helper", place=GRID,
            household=home, from_on=date(2026, 1, 1), **more,
        )  # fmt: skip


def test_a_helper_goes_back_with_the_household_whose_merge_is_taken_back(row: Row, database: Database) -> None:
    merging, into, done = row.homes[4], row.homes[5], Act.new()
    registry.flag(AROUND, Act.new(), what=Recognised(type_code="dibao", household=merging), told=TOLD)
    tie(database, merging)
    where = Into(household=into, as_to_head="97")
    registry.merge_households(SECRETARY, done, household_id=merging, into=where, told=TOLD)
    helped({(into, GRID)})
    registry.undo(SECRETARY, Act.new(), done=done.id, told=TOLD)
    helped({(merging, GRID)})


def test_what_ended_after_a_file_goes_on_once_the_file_is_undone(row: Row, database: Database) -> None:
    batch, home = UUID(int=78), row.homes[6]
    tie(database, home, to_on=localdate(), ended_by=batch)
    line = SimpleNamespace(
        id=uuid4(), name="registry.import_undone", subject=batch, place_now=VILLAGE, at=timezone.now(), facts={}
    )
    with acting(jobs.FOLLOWER):
        jobs._read([cast("LineRow", line)])
    helped({(home, GRID)})


def test_a_home_left_behind_by_a_marriage_into_another_village_has_no_contact(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    add_natural_village(AROUND, Act.new(), village=OTHER_VILLAGE, named=Named("新寨", "Xinzhai"))
    new = NewHome(place=OTHER_VILLAGE, natural_village=OTHER_VILLAGE + 1, number="77", began_on=localdate())
    there = Into(household=UUID(registry.found_household(AROUND, Act.new(), new=new)["household"]))
    said = NewPerson(name="新娘", sex="2", born_on=date(1972, 1, 1))
    bride = UUID(registry.moved_in(AROUND, Act.new(), into=there, newcomer=said, told=TOLD)["person"])
    before = row.linked()
    followed(row, before)
    registry.married(AROUND, Act.new(), person_id=row.people[3], spouse_id=bride, into=there, told=TOLD)
    followed(row, {home: who for home, who in before.items() if home != row.homes[3]})


def test_who_moved_twice_before_contacts_followed_keeps_theirs_and_may_take_the_latter_back(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    others = {home: who for home, who in row.linked().items() if home != row.homes[2]}
    first, latter = moved(row, Act.new()), Act.new()
    again = replace(NEW, place=GRID, number="200")
    second = UUID(registry.move_household(SECRETARY, latter, household_id=first, new=again, told=TOLD)["household"])
    followed(row, others | {second: row.west})
    registry.undo(SECRETARY, Act.new(), done=latter.id, told=TOLD)
    followed(row, others | {first: row.west})


def test_who_split_off_and_moved_before_contacts_followed_keeps_the_contact(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    into = Into(household=row.homes[2], as_to_head="97")
    registry.merge_households(SECRETARY, Act.new(), household_id=row.homes[3], into=into, told=TOLD)
    before = {home: who for home, who in row.linked().items() if home != row.homes[3]}
    made = split(row, Act.new())
    again = replace(NEW, place=GRID, number="200")
    last = UUID(registry.move_household(SECRETARY, Act.new(), household_id=made, new=again, told=TOLD)["household"])
    followed(row, before | {last: row.west})
