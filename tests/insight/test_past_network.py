"""The network's books of any place and day: equal to a recount from the acts, before and after grids are divided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate, make_aware

from commongrid.insight.queries.county_sheet import county_sheet, rows_behind
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.scope import clock
from commongrid.outreach.queries.coverage import AWAY, LIVED, Coverage, coverage, homes_behind, of_hamlets
from commongrid.registry import actions as registry
from commongrid.registry.actions import Fields, Leaving, NewHolding
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.roster.actions import NewUnit, add_unit
from commongrid.roster.dividing import actions as dividing
from commongrid.roster.dividing.jobs import MOVER
from commongrid.territory.actions import add_villager_group
from commongrid.territory.rules.editing import Named
from commongrid.territory.rules.values import Meaning
from tests.factories.desk import COUNTY, GRID, OTHER_GRID, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, lay
from tests.factories.network import fill, tie
from tests.factories.places import CONTEXT, as_owner, bring
from tests.roster.dividing.conftest import SECRETARY, SINCE, land

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.roster.dividing.conftest import Land

__all__ = ["land"]

EYE = clock("a test", "links.read", "people.read", "matters.read")
TODAY = localdate()
UNDONE = {5, 6, 7, 8, 9}
"""Of what happened, that which was taken back: one of each sort."""
SORTS = ("left", "died", "split", "grouped", "merged")


@dataclass(slots=True)
class Home:
    """A household as the acts say it is."""

    hamlet: int
    place: int
    group: int | None = None
    state: str = LIVED


@dataclass(slots=True)
class Story:
    """What was done, in the order in which it was written: a day, the act, what it does to the households."""

    acts: list[tuple[date, UUID, Callable[[dict[UUID, Home]], None]]] = field(default_factory=list)
    links: dict[UUID, tuple[date, date | None]] = field(default_factory=dict)

    def on(self, day: date) -> dict[UUID, Home]:
        """The households on a day, told anew from the first act."""
        homes: dict[UUID, Home] = {}
        for since, _act, does in self.acts:
            if since <= day:
                does(homes)
        return homes

    def book(self, place: int, day: date) -> tuple[Coverage, set[UUID]]:
        """What the network should say of a place on a day."""
        counts, inside = dict.fromkeys(("linked", "without", "away_linked", "away"), 0), set()
        for ident, home in self.on(day).items():
            if place in {COUNTY, TOWNSHIP, VILLAGE, home.hamlet, home.place, home.group}:
                begun, ended = self.links.get(ident, (day + timedelta(days=1), None))
                has = begun <= day and (ended is None or day < ended)
                counts[("linked" if has else "without") if home.state == LIVED else "away_linked" if has else AWAY] += 1
                inside.add(ident)
        return Coverage(part=place, **counts), inside


def changed(ident: UUID, **columns: object) -> Callable[[dict[UUID, Home]], None]:
    def does(homes: dict[UUID, Home]) -> None:
        for name, value in columns.items() if ident in homes else ():  # else not founded by that day
            setattr(homes[ident], name, value)

    return does


def gone(ident: UUID) -> Callable[[dict[UUID, Home]], None]:
    def does(homes: dict[UUID, Home]) -> None:
        homes.pop(ident, None)

    return does


def came(ident: UUID, home: Home) -> Callable[[dict[UUID, Home]], None]:
    return lambda homes: homes.update({ident: Home(home.hamlet, home.place, home.group, home.state)})


def summed(place: int, day: date) -> Coverage:
    """What the Network page says of a place."""
    parts = of_hamlets(EYE, place, day) if place % 1000 or place == VILLAGE else coverage(EYE, place, day, 1000)
    found = Coverage(part=place)
    for one in parts:
        found += one
    return found


def sheet(place: int, day: date) -> dict[str, int]:
    return {one.code: one.count for one in county_sheet(EYE, place, day)}


def carry(land: Land, story: Story, on: date, **terms: int) -> None:
    """Grids divided anew on a day, and what that does to each household."""
    made = land.propose(**terms)
    at = make_aware(datetime.combine(on, time(12)))
    dividing.adopt(SECRETARY, Act(new_id(), at), division_id=made, on=on)
    dividing.carry_out(MOVER, Act(new_id(), at), division_id=made)
    story.acts += [(on, UUID(int=0), changed(ident, place=place)) for ident, place in land.places().items()]


def lived(land: Land, story: Story, chance: Random, group: int) -> None:
    """Months in which people come and go, households split, end and are put right."""
    people = {home: add(home) for home in land.homes}
    for home in chance.sample(land.homes, 12):
        tie(fill("linked_member", VILLAGE), "linked_household", household=home, from_on=SINCE + timedelta(days=40))
        story.links[home] = (SINCE + timedelta(days=40), None)
    chosen = chance.sample(land.homes, 20)
    others = [one for one in land.homes if one not in chosen]
    for n, home in enumerate(chosen):
        day = TODAY - timedelta(days=chance.randrange(1, 120))
        act, told = Act.new(), Told(on=day)
        sort = SORTS[n % len(SORTS)]
        if sort == "left":
            registry.left_for_work(SECRETARY, Act.new(), person_id=people[home][0], to="贵阳", told=told)
            registry.left_for_work(SECRETARY, act, person_id=people[home][1], to="贵阳", told=told)
        elif sort == "died":
            registry.died(SECRETARY, Act.new(), person_id=people[home][0], told=told)
            registry.died(SECRETARY, act, person_id=people[home][1], told=told)
        elif sort == "split":
            split(act, story.on(TODAY)[home], (home, people[home][1]), told)
            land.homes.append(act.id)
        elif sort == "grouped":
            fields = Fields(of="household", subject=home, written={"villager_group": str(group)})
            registry.correct(SECRETARY, act, fields=fields, told=told)
        else:
            into = Into(household=chance.choice(others))
            registry.merge_households(SECRETARY, act, household_id=home, into=into, told=told)
        was = story.on(TODAY)[home]
        does = {
            "left": changed(home, state=AWAY), "split": came(act.id, Home(was.hamlet, was.place)),
            "grouped": changed(home, group=group),
        }.get(sort, gone(home))  # fmt: skip
        story.acts.append((day, act.id, does))
        if n in UNDONE:
            registry.undo(SECRETARY, Act.new(), done=act.id, told=Told(on=TODAY - timedelta(days=chance.randrange(3))))
            story.acts.pop()


def split(act: Act, was: Home, who: tuple[UUID, UUID], told: Told) -> None:
    """One of a household founds another beside it."""
    home, person = who
    new = NewHome(place=was.place, natural_village=was.hamlet, number=f"分{person.hex[-6:]}", began_on=told.on)
    leaving = Leaving(people=(person,), head=person, home=new)
    registry.split(SECRETARY, act, household_id=home, told=told, leaving=leaving)


def add(home: UUID) -> list[UUID]:
    """Somebody more in a household; answers both who live there."""
    said = NewPerson(name="某某", sex="2", born_on=date(1972, 1, 1))
    registry.moved_in(
        SECRETARY,
        Act.new(),
        into=Into(household=home, as_to_head="10"),
        newcomer=said,
        told=Told(on=SINCE),
        another=True,
    )
    from commongrid.registry.models import Person

    with acting(SECRETARY):
        return list(Person.objects.filter(household=home).order_by("born_on").values_list("id", flat=True))


def test_the_books_of_any_day_are_a_recount_of_the_acts(land: Land) -> None:
    chance, story = Random(7), Story()
    group = int(add_villager_group(SECRETARY, Act.new(), village=VILLAGE, named=Named("一组", "Group 1"))["code"])
    for n, (ident, place) in enumerate(land.places().items()):
        index = land.homes.index(ident)
        story.acts.append((SINCE, UUID(int=n), came(ident, Home(land.hamlets[index // 20], place))))
    lived(land, story, chance, group)
    first, last = TODAY - timedelta(days=15), TODAY
    days = [
        TODAY - timedelta(days=chance.randrange(20, 130)),
        first - timedelta(days=1),
        first,
        last - timedelta(days=1),
        last,
    ]
    carry(land, story, first)
    with acting(EYE):
        before = {day: (sheet(VILLAGE, day), summed(VILLAGE, day)) for day in (days[1], days[3])}
    carry(land, story, last, target=20, upper=26)
    with acting(EYE):
        for day in days:
            grids = {one.place for one in story.on(day).values()}
            for place in {COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, *land.hamlets, group, GRID, OTHER_GRID, *grids}:
                book, inside = story.book(place, day)
                assert summed(place, day) == book, (place, day)
                rows, _more = homes_behind(EYE, place, day, "all")
                assert {one.id for one in rows} == inside, (place, day)
                if day == first - timedelta(days=1):
                    told = sheet(place, day)
                    assert (told["households"], told["linked"], told["away"]) == (book.homes, book.linked, book.away)
        assert {day: (sheet(VILLAGE, day), summed(VILLAGE, day)) for day in before} == before
    assert before[first - timedelta(days=1)][0] != before[last - timedelta(days=1)][0]


def test_a_post_left_at_a_grid_that_ended_heads_none(land: Land) -> None:
    company = NewHolding(of="organisation", place=OTHER_GRID, written={"kind": "11", "name": "下河砖厂"})
    registry.add_holding(SECRETARY, Act.new(), new=company, told=Told(on=SINCE))
    yesterday = TODAY - timedelta(days=1)
    with acting(EYE):
        then = {place: sheet(place, yesterday) for place in (VILLAGE, GRID, OTHER_GRID, land.hamlets[0])}
    assert (then[VILLAGE]["heads"], then[VILLAGE]["headless"], then[VILLAGE]["grids"]) == (1, 1, 2)
    assert then[land.hamlets[0]]["grids"] == 1
    assert then[OTHER_GRID]["organisations"] == 1
    story = Story()
    carry(land, story, TODAY)
    with acting(EYE):
        now = sheet(VILLAGE, TODAY)
        assert (now["heads"], now["members"], now["headless"], now["grids"]) == (0, 0, 4, 4)
        new = {one.place for one in rows_behind(EYE, VILLAGE, TODAY, "grids")[1]}
        fill("grid_head", min(new), from_on=TODAY)
        now = sheet(VILLAGE, TODAY)
        assert now["heads"] + now["headless"] == now["grids"] == 4
        assert sheet(OTHER_GRID, TODAY)["organisations"] == 0
        assert sum(sheet(place, TODAY)["organisations"] for place in new) == 1
        assert {place: sheet(place, yesterday) for place in then} == then
        assert {
            place: sum(sheet(place, TODAY)[one] for one in ("heads", "headless")) for place in new
        } == dict.fromkeys(new, 1)


LIST = [
    *CONTEXT, ("990101101000", "青石镇", "township", "990101000000"),
    ("990101102000", "龙潭乡", "township", "990101000000"),
    ("990101101202", "凯峡河村", "village", "990101101000"), ("990101102201", "龙井村", "village", "990101102000"),
]  # fmt: skip
"""The desk's county without the village."""
NEW, YESTERDAY = 990101101299000, TODAY - timedelta(days=1)


@pytest.mark.parametrize("how", ["coded anew", "merged"])
def test_a_day_before_a_village_is_coded_anew_or_merged_counts_as_it_did(
    database: Database, land: Land, how: str
) -> None:
    story, before, middle = Story(), TODAY - timedelta(days=20), TODAY - timedelta(days=3)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_from = '2020-01-01' WHERE level = 'natural_village'")
    for home in land.homes[:12]:
        tie(fill("linked_member", VILLAGE), "linked_household", household=home, from_on=SINCE)
    fill("grid_head", OTHER_GRID)
    company = NewHolding(of="organisation", place=OTHER_GRID, written={"kind": "41", "name": "上河红白理事会"})
    registry.add_holding(SECRETARY, Act.new(), new=company, told=Told(on=SINCE))
    carry(land, story, TODAY - timedelta(days=9))
    grids = set(land.places().values())
    fill("grid_head", min(grids), from_on=middle)
    around = (TOWNSHIP, VILLAGE, OTHER_VILLAGE, land.hamlets[1], OTHER_GRID, min(grids))
    with acting(EYE):
        then = {(place, day): _book(place, day) for place in around for day in (before, middle)}
        parts = coverage(EYE, TOWNSHIP, middle, 1000)
    with as_owner(database):
        if how == "merged":
            bring(LIST, YESTERDAY, meaning=Meaning(lineage=((VILLAGE, OTHER_VILLAGE),)))
        else:
            bring([*LIST, ("990101101299", "白沙村", "village", "990101101000")], YESTERDAY)
    with acting(EYE):
        assert {key: _book(*key) for key in then} == then
        assert coverage(EYE, TOWNSHIP, middle, 1000) == parts
        now = OTHER_VILLAGE if how == "merged" else NEW
        for day in (YESTERDAY, TODAY):
            assert sheet(now, day)["households"] == len(land.homes)
            assert sheet(VILLAGE, day)["households"] == 0
            for home, grid in land.places().items():
                assert home in {one.id for one in homes_behind(EYE, grid, day, "all")[0]}
        if how == "coded anew":
            assert _book(NEW, middle)[::2] == then[VILLAGE, middle][::2], "under its new code it is what it was"


def test_a_centre_stays_with_a_township_that_is_coded_anew(database: Database) -> None:
    lay(database)
    unit = NewUnit(place=OTHER_TOWNSHIP, type="centre", name_zh="龙潭乡网格中心", valid_from=date(2020, 1, 1))
    add_unit(clock("a test", "posts.appoint"), Act.new(), unit=unit)
    came, before = 990101103000000, TODAY - timedelta(days=3)
    with as_owner(database):
        rest = [one for one in LIST if not one[0].startswith("990101102")]
        bring(
            [
                *rest, ("990101101201", "白沙村", "village", "990101101000"),
                ("990101103000", "龙潭乡", "township", "990101000000"),
                ("990101103201", "龙井村", "village", "990101103000"),
            ],
            YESTERDAY,
        )  # fmt: skip
    with acting(EYE):
        counted = {(place, day): sheet(place, day)["centres"] for place in (COUNTY, OTHER_TOWNSHIP, came, TOWNSHIP)
                   for day in (before, YESTERDAY, TODAY)}  # fmt: skip
    assert {key for key, count in counted.items() if count} == {
        (COUNTY, before), (COUNTY, YESTERDAY), (COUNTY, TODAY), (OTHER_TOWNSHIP, before), (came, before),
        (came, YESTERDAY), (came, TODAY),
    }  # fmt: skip


def _book(place: int, day: date) -> tuple[dict[str, int], Coverage, set[UUID]]:
    """What is said of a place on a day, with the households behind it."""
    behind = {one.id for one in homes_behind(EYE, place, day, "all")[0]}
    return sheet(place, day), replace(summed(place, day), part=place), behind
