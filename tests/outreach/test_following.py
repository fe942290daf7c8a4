"""Links follow the register by rule: a household ends, splits, moves; a member dies or leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.journal.dated import in_force
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.outreach import actions
from commongrid.outreach.models import Declaration
from commongrid.outreach.queries.links import links_of, loose
from commongrid.outreach.queries.notices import behind, posted
from commongrid.outreach.rules.following import Follow, Standing, follow
from commongrid.registry import actions as registry
from commongrid.registry.actions import Leaving, Recognised
from commongrid.registry.models import HardshipFlag
from commongrid.registry.rules.facts import Into, NewHome, Told
from commongrid.roster.models import Assignment
from commongrid.roster.queries.helping import without_helper
from commongrid.territory.actions import add_natural_village
from commongrid.territory.rules.editing import Named
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, TOWNSHIP, VILLAGE, id_of
from tests.factories.scopes import scope_at
from tests.outreach.conftest import SECRETARY, all_followed
from tests.proof.world import insert

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.outreach.conftest import Row

TODAY = date(2026, 11, 26)
AROUND = clock("a test", "people.edit", "places.edit", "links.read")
TOWN = scope_at(TOWNSHIP, "people.hardship", "people.read", level="township")
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
        ({"home_state": "empty"}, ("home_empty", TODAY, None)),
        ({"member_state": "dead", "member_ended_on": date(2026, 11, 3)}, ("member_gone", date(2026, 11, 3), None)),
        ({"member_state": "gone"}, ("member_gone", TODAY, None)),
        ({"member_state": "merged"}, ("member_gone", TODAY, None)),
        ({"member_left_on": date(2026, 11, 7)}, ("member_moved", date(2026, 11, 7), None)),
        ({"member_home": UUID(int=2)}, ("own_home", TODAY, None)),
        ({"eased_on": date(2026, 11, 5)}, ("hardship_over", date(2026, 11, 5), None)),
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
    all_followed()
    linked = row.linked()
    assert set(linked.values()) == {row.west}
    assert row.homes[2] not in linked
    assert row.homes[3] not in linked
    with acting(SECRETARY):
        assert links_of(SECRETARY, row.homes[2])[0].to_on == localdate()
    all_followed()
    assert row.linked() == linked, "following again changes nothing"


def test_a_home_left_empty_has_no_contact_until_it_is_taken_back(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    before, done = row.linked(), Act.new()
    registry.died(SECRETARY, done, person_id=row.people[3], told=Told(on=localdate(), keeps_home=True))
    followed(row, {home: who for home, who in before.items() if home != row.homes[3]})
    registry.undo(SECRETARY, Act.new(), done=done.id, told=Told(on=localdate()))
    followed(row, before)


def test_links_and_what_was_declared_go_on_when_the_move_is_taken_back(row: Row, database: Database) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    with database.as_role("owner") as owner:
        owner.execute("UPDATE roster_assignment SET from_on = from_on - 10 WHERE kind = 'linked_household'")
        owner.execute("UPDATE outreach_declaration SET from_on = from_on - 10")
    before, moved, told = row.linked(), Act.new(), Told(on=localdate())
    add_natural_village(AROUND, Act.new(), village=OTHER_VILLAGE, named=Named("新寨", "Xinzhai"))
    home = NewHome(place=OTHER_VILLAGE, natural_village=OTHER_VILLAGE + 1, number="77", began_on=localdate())
    made = UUID(registry.found_household(AROUND, Act.new(), new=home)["household"])
    registry.moved(AROUND, moved, person_id=row.west, into=Into(household=made), told=told)
    followed(row, {}, declared=False)
    registry.undo(AROUND, Act.new(), done=moved.id, told=told)
    followed(row, before, declared=True)


def followed(row: Row, links: dict[UUID, UUID], *, declared: bool | None = None) -> None:
    """Have all follow: links are these, and what the west's member declared goes on or not."""
    all_followed()
    assert row.linked() == links
    with acting(AROUND):
        declares = Declaration.objects.filter(in_force(localdate()), person=row.west).exists()
    assert declared in {None, declares}


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
    all_followed()
    linked = row.linked()
    assert linked[UUID(done["household"])] == linked[row.homes[4]] == row.west
    assert row.homes[5] not in linked


def test_helpers_go_with_their_households_and_end_with_the_last_hardship(row: Row, database: Database) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    told, flags = Told(on=localdate()), [Act.new(), Act.new()]
    moving, merging, into = row.homes[3], row.homes[4], row.homes[5]
    for flagged, act in zip((moving, merging), flags, strict=True):
        registry.flag(AROUND, act, what=Recognised(type_code="dibao", household=flagged), told=told)
    with database.as_role("owner") as owner:
        for n, home in enumerate((moving, merging, row.homes[6])):
            insert(
                owner, "Assignment", id=UUID(int=77 + n), post=id_of("secretary"), kind="named_helper", place=GRID,
                household=home, from_on=date(2026, 1, 1),
            )  # fmt: skip
    new = NewHome(place=OTHER_GRID, natural_village=HAMLET, number="99", began_on=localdate())
    made = UUID(registry.move_household(SECRETARY, Act.new(), household_id=moving, new=new, told=told)["household"])
    registry.merge_households(
        SECRETARY, Act.new(), household_id=merging, into=Into(household=into, as_to_head="97"), told=told
    )
    with acting(SECRETARY):
        ends = {one.household: one.ends for one in loose(SECRETARY, VILLAGE, localdate())}
    assert ends == {moving: False, merging: True}, "as it is shown before"
    helped({(made, OTHER_GRID), (into, GRID), (row.homes[6], GRID)})
    assert row.linked()[made] == row.west
    with acting(AROUND):
        kept = {one.household_id: one.id for one in HardshipFlag.objects.filter(to_on=None)}
    done = Act.new()
    registry.unflag(AROUND, done, flag_id=kept[into], told=told)
    helped({(made, OTHER_GRID), (row.homes[6], GRID)})
    registry.undo(AROUND, Act.new(), done=done.id, told=told)
    helped({(made, OTHER_GRID), (into, GRID), (row.homes[6], GRID)})
    who, gone = row.people[2], Act.new()
    registry.moved(SECRETARY, Act.new(), person_id=who, into=Into(household=row.homes[6], as_to_head="97"), told=told)
    registry.flag(AROUND, Act.new(), what=Recognised(type_code="disabled", person=who), told=told)
    registry.moved(SECRETARY, gone, person_id=who, into=Into(household=row.homes[1], as_to_head="97"), told=told)
    helped({(made, OTHER_GRID), (into, GRID)})
    registry.undo(SECRETARY, Act.new(), done=gone.id, told=told)
    registry.moved_out(SECRETARY, Act.new(), person_id=row.people[3], to="外省", told=told)
    helped({(into, GRID), (row.homes[6], GRID)})


def helped(where: set[tuple[UUID, int]]) -> None:
    """Have all follow: these households have helpers, at these places."""
    all_followed()
    with acting(AROUND):
        ties = Assignment.objects.filter(kind="named_helper", to_on=None)
        assert set(ties.values_list("household", "place")) == where


def test_a_member_who_moves_to_another_village_links_nobody_from_that_day(row: Row, database: Database) -> None:
    for who in (row.west, row.east):
        row.able(who)
    row.adopted(row.plan())
    with database.as_role("owner") as owner:
        owner.execute("UPDATE roster_assignment SET from_on = from_on - 10 WHERE kind = 'linked_household'")
        owner.execute("UPDATE outreach_declaration SET from_on = from_on - 10")
    before, moved_on = row.linked(), localdate()
    assert set(before.values()) == {row.west, row.east}
    add_natural_village(AROUND, Act.new(), village=OTHER_VILLAGE, named=Named("新寨", "Xinzhai"))
    for village, who in ((OTHER_VILLAGE, row.east), (VILLAGE, row.west)):
        home = NewHome(
            place=village, natural_village=HAMLET if village == VILLAGE else village + 1, number="77", began_on=moved_on
        )
        made = UUID(registry.found_household(AROUND, Act.new(), new=home)["household"])
        registry.moved(AROUND, Act.new(), person_id=who, into=Into(household=made), told=Told(on=moved_on))
    all_followed()
    assert set(row.linked().values()) == {row.west}, "who moved inside the village goes on"
    with acting(AROUND):
        assert {links_of(AROUND, home)[0].to_on for home, who in before.items() if who == row.east} == {moved_on}
        assert not Declaration.objects.filter(in_force(moved_on), person=row.east).exists()
    row.adopted(row.plan())
    assert set(row.linked().values()) == {row.west}, "nobody who moved away is asked"


def test_who_moves_into_a_household_is_its_contact_no_more(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    into = Into(household=row.homes[3], as_to_head="10")
    registry.moved(SECRETARY, Act.new(), person_id=row.west, into=into, told=Told(on=localdate()))
    all_followed()
    assert row.homes[3] not in row.linked()
    assert row.linked()[row.homes[4]] == row.west


def test_the_line_of_who_died_comes_off_the_notice_and_it_is_to_be_posted_anew(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET)
    assert _old() == []
    registry.died(SECRETARY, Act.new(), person_id=row.east, told=Told(on=localdate()))
    all_followed()
    with acting(SECRETARY):
        found = posted(SECRETARY, HAMLET)
    assert found is not None
    assert [one["name"] for one in found.content["members"]] == ["某0"]
    assert found.content["everybody"] is False
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET)
    assert _old() == []
    row.able(row.people[3])
    row.adopted(row.plan())
    assert _old() == [HAMLET], "another plan"
    registry.died(SECRETARY, Act.new(), person_id=row.west, told=Told(on=localdate()))
    registry.died(SECRETARY, Act.new(), person_id=row.people[3], told=Told(on=localdate()))
    all_followed()
    with acting(SECRETARY):
        assert posted(SECRETARY, HAMLET) is None, "nobody is left on it"


def _old() -> list[int]:
    with acting(SECRETARY):
        return [one.code for one in behind(SECRETARY, VILLAGE, localdate())]


def test_helpers_and_contacts_follow_a_household_to_another_grid(row: Row, database: Database) -> None:
    row.able(row.west)
    row.adopted(row.plan())
    home = row.homes[3]
    with database.as_role("owner") as owner:
        insert(
            owner, "Assignment", id=UUID(int=77), post=id_of("secretary"), kind="named_helper", place=GRID,
            household=home, from_on=date(2026, 1, 1),
        )  # fmt: skip
    done = Act.new()
    registry.serve_from(SECRETARY, done, household_id=home, place=OTHER_GRID, told=Told(on=localdate()))
    for place in (OTHER_GRID, GRID):
        all_followed()
        with acting(AROUND):
            ties = Assignment.objects.filter(household=home, to_on=None)
            assert set(ties.values_list("kind", "place")) == {("linked_household", place), ("named_helper", place)}
        if place == OTHER_GRID:
            registry.undo(SECRETARY, Act.new(), done=done.id, told=Told(on=localdate()))


def test_a_helper_goes_along_where_a_household_moved_twice_and_stays_behind_where_it_left(
    row: Row, database: Database
) -> None:
    told, today = Told(on=localdate()), localdate()
    twice, leaving = row.homes[3], row.homes[4]
    for home in (twice, leaving):
        registry.flag(AROUND, Act.new(), what=Recognised(type_code="dibao", household=home), told=told)
    with database.as_role("owner") as owner:
        for n, home in enumerate((twice, leaving)):
            insert(
                owner, "Assignment", id=UUID(int=77 + n), post=id_of("secretary"), kind="named_helper", place=GRID,
                household=home, from_on=date(2026, 1, 1),
            )  # fmt: skip
    for number in ("98", "99"):
        new = NewHome(place=OTHER_GRID, natural_village=HAMLET, number=number, began_on=today)
        twice = UUID(registry.move_household(SECRETARY, Act.new(), household_id=twice, new=new, told=told)["household"])
    helped({(twice, OTHER_GRID), (leaving, GRID)})
    add_natural_village(AROUND, Act.new(), village=OTHER_VILLAGE, named=Named("新寨", "Xinzhai"))
    new, gone = NewHome(place=OTHER_VILLAGE, natural_village=OTHER_VILLAGE + 1, number="77", began_on=today), Act.new()
    away = UUID(registry.move_household(AROUND, gone, household_id=leaving, new=new, told=told)["household"])
    helped({(twice, OTHER_GRID)})
    with acting(TOWN):
        (one,) = without_helper(TOWN, today)
        assert (one.id, one.since) == (away, today), "its new place is told that nobody helps it any more"
        (tie,) = Assignment.objects.filter(household=away)
        assert (tie.post_id, tie.place, tie.from_on, tie.to_on) == (id_of("secretary"), OTHER_VILLAGE, today, today)
    registry.undo(AROUND, Act.new(), done=gone.id, told=told)
    helped({(twice, OTHER_GRID), (leaving, GRID)})
    with acting(TOWN):
        assert without_helper(TOWN, today) == []
