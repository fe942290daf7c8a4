"""A village of two hamlets, forty households in today's two grids, and its secretary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.scope import clock
from commongrid.outreach.jobs import answer_divisions, work_out_divisions
from commongrid.outreach.queries.declaring import declared_room
from commongrid.registry import actions as registry
from commongrid.registry.models import Household
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.jobs import MOVER
from commongrid.roster.dividing.queries import divisions
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.territory.actions import add_natural_village, cover
from commongrid.territory.rules.editing import Named
from tests.factories.desk import GRID, HAMLET, OTHER_GRID, VILLAGE, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from commongrid.roster.dividing.queries.divisions import GridRow, HomeRow
    from tests.bed import Database

POWERS = ("grids.divide", "places.edit", "people.edit", "people.read", "links.read", "posts.appoint")
SECRETARY = scope_at(VILLAGE, *POWERS, level="village")
CLOCK = clock("a test", *POWERS)
SINCE = date(2026, 1, 1)
EAST, NORTH = 0.0005, 0.0005
"""Degrees between two houses, some fifty metres."""
WIDE = 10
"""Houses in a row; two rows to a hamlet."""
TERMS = Terms(target=10, lower=6, upper=14, change=0)


@dataclass(slots=True)
class Land:
    """The households, ten in a row from west to east, two rows in each hamlet, the second hamlet north of the first."""

    homes: list[UUID] = field(default_factory=list)
    hamlets: list[int] = field(default_factory=list)

    def propose(self, **terms: Any) -> UUID:
        """A proposal, worked out."""
        given = {"target": 10, "lower": 6, "upper": 14, "change": 0, **terms}
        made = UUID(actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=Terms(**given))["division"])
        assert work_out_divisions() == 1
        return made

    def again(self, made: UUID, **terms: Any) -> None:
        """The same, worked out anew."""
        given = {"target": 10, "lower": 6, "upper": 14, "change": 0, **terms}
        actions.work_out_anew(SECRETARY, Act.new(), division_id=made, terms=Terms(**given))
        assert answer_divisions() or work_out_divisions() == 1

    def paint(self, made: UUID, **painted: Any) -> None:
        """Drawn by hand."""
        declared = tuple(sorted(declared_room(SECRETARY, VILLAGE, localdate()).items()))
        actions.paint(SECRETARY, Act.new(), division_id=made, painted=actions.Painted(**painted), declared=declared)

    def adopt(self, made: UUID, on: date | None = None) -> None:
        """Adopted and carried out on its day."""
        day = on or localdate()
        actions.adopt(SECRETARY, Act.new(), division_id=made, on=day)
        at = timezone.make_aware(datetime.combine(day, time(12))) if on else timezone.now()
        actions.carry_out(MOVER, Act(new_id(), at), division_id=made)

    def grids(self, made: UUID) -> list[GridRow]:
        """The grids of a proposal."""
        with acting(SECRETARY):
            return divisions.grids_of(SECRETARY, made)

    def drawn(self, made: UUID) -> dict[UUID, HomeRow]:
        """The households of a proposal."""
        with acting(SECRETARY):
            return {one.household: one for one in divisions.homes_of(SECRETARY, made)}

    def numbers(self, made: UUID) -> dict[UUID, int]:
        """The number of each household's grid in a proposal."""
        number = {one.id: one.number for one in self.grids(made)}
        return {home: number[one.grid] for home, one in self.drawn(made).items()}

    def row(self, made: UUID) -> divisions.DivisionRow:
        """The proposal."""
        with acting(SECRETARY):
            return divisions.division(SECRETARY, made)

    def places(self) -> dict[UUID, int]:
        """Which grid each household is served from now."""
        with acting(CLOCK):
            return dict(Household.objects.filter(id__in=self.homes).values_list("id", "place"))


def add_home(land: Land, n: int, place: int, *, number: str = "", point: bool = True, party: bool = False) -> UUID:
    """A household with somebody in it, at the n-th spot."""
    hamlet = land.hamlets[n // (2 * WIDE) % 2]
    new = NewHome(
        place=place, natural_village=hamlet, number=number or str(n + 1), door=f"{n + 1}号", began_on=SINCE,
        lon=107.0 + n % WIDE * EAST if point else None,
        lat=26.0 + (n // WIDE + n // (2 * WIDE)) * NORTH if point else None,
    )  # fmt: skip
    made = UUID(registry.found_household(SECRETARY, Act.new(), new=new)["household"])
    said = NewPerson(name=f"某{n}", sex="1", born_on=date(1970, 1, 1), political="01" if party else "13")
    registry.moved_in(SECRETARY, Act.new(), into=Into(household=made), newcomer=said, told=Told(on=SINCE), another=True)
    land.homes.append(made)
    return made


def laid() -> Land:
    """The households; today's grids lie badly: every other house is the other grid's."""
    other = add_natural_village(SECRETARY, Act.new(), village=VILLAGE, named=Named("下河", "Xiahe"))
    land = Land(hamlets=[HAMLET, int(other["code"])])
    cover(SECRETARY, Act.new(), grid=OTHER_GRID, covers=(land.hamlets[1],))
    for n in range(4 * WIDE):
        add_home(land, n, (GRID, OTHER_GRID)[n % 2], party=n % 5 == 0)
    return land


@pytest.fixture
def land(database: Database) -> Land:
    """The desk's county with these households."""
    lay(database)
    return database.begin("land", lambda _: laid())


TOMORROW = localdate() + timedelta(days=1)
