"""Laws of one network, whatever is done to it in whatever order: grids, households and links through the real actions.

Every living household is in exactly one grid, every grid of a proposal hangs together and keeps its limits or says that
it doesn't, nobody has two contacts, and the books of coverage add up over grids and over natural villages.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from operator import add
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.division.arranging import areas, placed
from commongrid.kernel.division.graph import walking_graph
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import clock
from commongrid.outreach import actions as outreach
from commongrid.outreach.actions import Meeting, Said
from commongrid.outreach.jobs import PLANNER, have_links_follow
from commongrid.outreach.queries import links
from commongrid.outreach.queries.coverage import Coverage, coverage, of_hamlets
from commongrid.outreach.queries.declaring import declared_room
from commongrid.outreach.rules.planning import Terms as LinkTerms
from commongrid.registry import actions as registry
from commongrid.registry.actions import Leaving
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.roster.dividing import actions as dividing
from commongrid.roster.dividing.models import DivisionHome
from commongrid.roster.dividing.queries import material
from commongrid.roster.dividing.rules.counting import Village
from commongrid.territory.actions import Line, draw_barrier
from commongrid.territory.models import Place
from tests.factories.desk import HAMLET, VILLAGE, lay
from tests.factories.network import fill
from tests.factories.scopes import scope_at
from tests.kernel.division.laws import connected
from tests.roster.dividing.conftest import EAST, SECRETARY, Land, laid

if TYPE_CHECKING:
    from tests.bed import Database

BRANCH = scope_at(VILLAGE, "links.read", "links.edit", "people.edit", "people.read", level="village")
EYE = clock("a test", "links.read", "links.edit", "people.read", "grids.divide")
STEPS = (
    "paint", "paint", "lock", "again", "adopt", "link", "split", "die", "leave", "move", "barrier", "staff", "propose",
)  # fmt: skip
AGAIN = ("propose", "adopt", "link", "die", "again", "adopt")
"""What is done at the end in any case."""


@dataclass(slots=True)
class Walk:
    """A village, its open proposals, and those counted since anything that they count has changed."""

    land: Land
    chance: Random
    open: list[UUID] = field(default_factory=list)
    fresh: set[UUID] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    numbers: count[int] = field(default_factory=lambda: count(500))

    def living(self) -> dict[UUID, int]:
        """The households that have not ended, with their place."""
        with acting(EYE):
            return dict(Household.objects.exclude(state="ended").order_by("number").values_list("id", "place"))

    def people(self, home: UUID) -> list[UUID]:
        """Who lives there."""
        with acting(EYE):
            found = Person.objects.filter(household=home, state__in=("here", "away")).order_by("born_on", "id")
            return list(found.values_list("id", flat=True))

    def some(self) -> UUID:
        """Any living household."""
        return self.chance.choice([*self.living()])

    def proposal(self) -> UUID:
        """Any open one, asked for where there is none."""
        if not self.open:
            self.propose()
        return self.chance.choice(self.open)

    # what is done

    def propose(self) -> None:
        target = self.chance.choice((8, 10, 14))
        made = self.land.propose(target=target, lower=target - 4, upper=target + 4, shares=self.chance.random() < 0.5)
        self.open.append(made)
        self.fresh.add(made)

    def paint(self) -> None:
        made = self.proposal()
        home = self.chance.choice([*self.land.drawn(made)])
        number = self.chance.choice([None, *(one.number for one in self.land.grids(made))])
        self.land.paint(made, homes=(home,), grid=number, locked=self.chance.random() < 0.5)

    def lock(self) -> None:
        made = self.proposal()
        number = self.chance.choice([one.number for one in self.land.grids(made)])
        dividing.lock_grid(SECRETARY, Act.new(), division_id=made, number=number, locked=self.chance.random() < 0.7)

    def again(self) -> None:
        made = self.proposal()
        self.land.again(made, target=9, lower=5, upper=13)
        self.fresh.add(made)

    def adopt(self) -> None:
        made = self.proposal()
        try:
            self.land.adopt(made)
        except Refusal:  # stale: worked out anew it can be adopted
            self.again()
            self.land.adopt(made)
        self.open, self.fresh = [], set()

    def link(self) -> None:
        self.fresh = set()
        for home in self.land.homes[::5]:
            for who in self.people(home)[:1]:
                said = Said(answer="able", capacity=self.chance.choice((6, 10, 15)))
                outreach.declare(BRANCH, Act.new(), village=VILLAGE, person_id=who, said=said, on=localdate())
        terms = LinkTerms(target=5, most=15)
        made = UUID(outreach.propose(BRANCH, Act.new(), village=VILLAGE, terms=terms)["plan"])
        outreach.work_out(PLANNER, Act.new(), plan_id=made)
        meeting = Meeting(on=localdate(), entitled=9, present=9, in_favour=8)
        outreach.approve(BRANCH, Act.new(), plan_id=made, meeting=meeting)
        outreach.adopt(BRANCH, Act.new(), plan_id=made, on=localdate())

    def split(self) -> None:
        self.fresh = set()
        home = self.some()
        said = NewPerson(name="某某", sex="2", born_on=localdate().replace(year=1972))
        into = Into(household=home, as_to_head="10")
        who = UUID(registry.moved_in(BRANCH, Act.new(), into=into, newcomer=said, told=self.told)["person"])
        new = NewHome(
            place=self.chance.choice(self.grids()), natural_village=self.chance.choice(self.land.hamlets),
            number=str(next(self.numbers)), began_on=localdate(), lon=107 + self.chance.random() * 9 * EAST, lat=26.0,
        )  # fmt: skip
        leaving = Leaving(people=(who,), head=who, home=new)
        registry.split(BRANCH, Act.new(), household_id=home, leaving=leaving, told=self.told)

    def die(self) -> None:
        self.fresh = set()
        for who in self.people(self.some()):
            registry.died(BRANCH, Act.new(), person_id=who, told=self.told)

    def leave(self) -> None:
        """A contact leaves the village, or anybody where there is none."""
        self.fresh = set()
        with acting(EYE):
            held = [one.person for one in links.links_on(EYE, VILLAGE, localdate())]
        who = self.chance.choice(sorted(held)) if held else self.people(self.some())[0]
        registry.moved_out(BRANCH, Act.new(), person_id=who, to="外省", told=self.told)

    def move(self) -> None:
        """All of a household move in with another."""
        self.fresh = set()
        one, other = self.chance.sample([*self.living()], 2)
        into = Into(household=other, as_to_head="97")
        registry.merge_households(BRANCH, Act.new(), household_id=one, into=into, told=self.told)

    def barrier(self) -> None:
        self.fresh = set()
        at = 107 + (self.chance.randrange(9) + 0.5) * EAST
        river = f'{{"type": "LineString", "coordinates": [[{at}, 25.99], [{at}, 26.01]]}}'
        draw_barrier(SECRETARY, Act.new(), village=VILLAGE, drawn=Line(sort="barrier", shape=river, name="凯峡河"))

    def staff(self) -> None:
        fill("grid_head", self.chance.choice(self.grids()), from_on=localdate())

    @property
    def told(self) -> Told:
        return Told(on=localdate())

    def grids(self) -> list[int]:
        """The grids in force."""
        with acting(EYE):
            found = Place.objects.in_force().filter(level="grid", parent=VILLAGE).order_by("code")
            return list(found.values_list("code", flat=True))

    def followed(self) -> None:
        """Have the links follow; a line waits for every older transaction of the server."""
        for _ in range(100):
            have_links_follow()
            with acting(EYE):
                held = {one.household for one in links.links_on(EYE, VILLAGE, localdate())}
            if held <= self.living().keys():
                return
            time.sleep(0.1)

    # what holds

    def laws(self) -> None:
        living, grids = self.living(), self.grids()
        assert set(living.values()) <= set(grids), "every living household is in one grid, and it is in force"
        for made in self.open:
            with acting(EYE):
                of = Counter(DivisionHome.objects.filter(division=made).values_list("household", flat=True))
            assert set(of.values()) == {1}, "no household is twice in a proposal"
            if made in self.fresh:
                assert sum(one.homes for one in self.land.grids(made)) == len(of)
                assert of.keys() == living.keys(), "and all of them are in it"
                self.grids_say_what_they_lack(made)
        with acting(EYE):
            held = links.links_on(EYE, VILLAGE, localdate())
            (whole,) = coverage(EYE, VILLAGE, localdate(), 1000)
            by_hamlet = of_hamlets(EYE, VILLAGE, localdate())
            by_grid = [one for grid in grids for one in of_hamlets(EYE, grid, localdate())]
        assert max(Counter(one.household for one in held).values(), default=0) <= 1
        assert {one.household for one in held} <= living.keys()
        nothing = Coverage(part=VILLAGE)
        assert whole == reduce(add, by_hamlet, nothing) == reduce(add, by_grid, nothing)
        assert whole.homes == len(living)
        assert whole.linked + whole.away_linked == len(held)

    def grids_say_what_they_lack(self, made: UUID) -> None:
        """Sizes and whether a grid hangs together, looked at from the outside."""
        with acting(EYE):
            task = material.task(EYE, made, localdate(), declared_room(EYE, VILLAGE, localdate()))
        village = Village(task)
        given, _missing = placed(village.given)
        graph = walking_graph(given.points, areas(given, village.rules), village.terrain)
        label = np.array([one.grid for one in task.homes])
        for one in self.land.grids(made):
            mine = np.flatnonzero(label == (one.code or one.number))
            said = {each["fault"] for each in one.faults}
            is_so = {
                "too_small": len(mine) < task.terms.lower, "too_large": len(mine) > task.terms.upper,
                "in_pieces": not connected(graph, mine), "no_head": not given.heads[mine].any(),
            }  # fmt: skip
            assert len(mine) == one.homes
            assert {fault for fault, holds in is_so.items() if holds} == said & is_so.keys(), (one.number, is_so, said)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_laws_hold_after_every_step(database: Database, seed: int) -> None:
    lay(database)
    walk = Walk(laid(), Random(seed))
    assert HAMLET in walk.land.hamlets
    steps = [*STEPS, *STEPS]
    walk.chance.shuffle(steps)
    for step in ["propose", *steps, *AGAIN]:
        try:
            getattr(walk, step)()
        except Refusal:
            continue
        walk.done[step] += 1
        walk.followed()
        walk.laws()
    assert walk.done.keys() == set(STEPS), "each of them was done at least once"
