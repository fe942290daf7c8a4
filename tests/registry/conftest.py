"""A natural village with an empty household or two, and the clerk who keeps their records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions
from commongrid.registry.models import Household, Person, Stay
from commongrid.registry.rules.facts import HEADS, Into, NewHome, NewPerson, Told
from tests.factories.desk import GRID, HAMLET, OTHER_VILLAGE, VILLAGE, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

CLERK = scope_at(VILLAGE, "people.edit", "people.read", "posts.appoint")
OTHER_CLERK = scope_at(OTHER_VILLAGE, "people.edit", "people.read", role="other clerk")
DAY = date(2026, 3, 1)


@dataclass(slots=True)
class Hamlet:
    """What the tests do at the clerk's desk."""

    homes: list[UUID] = field(default_factory=list)

    def home(self, number: str, began_on: date = date(2026, 1, 1)) -> UUID:
        """A household founded on the first of January."""
        new = NewHome(place=GRID, natural_village=HAMLET, number=number, began_on=began_on)
        ident = UUID(actions.found_household(CLERK, Act.new(), new=new)["household"])
        self.homes.append(ident)
        return ident

    def person(self, home: UUID, name: str, as_to_head: str = "", on: date = DAY, **said: object) -> UUID:
        """Somebody who moves in."""
        made = actions.moved_in(
            CLERK,
            Act.new(),
            into=Into(household=home, as_to_head=as_to_head),
            newcomer=NewPerson(name=name, **said),  # type: ignore[arg-type]
            told=Told(on=on),
            another=True,
        )
        return UUID(made["person"])

    def family(self, number: str = "1") -> tuple[UUID, list[UUID]]:
        """A couple, their son and a grandfather."""
        home = self.home(number)
        people = [
            self.person(home, "周一", sex="1", born_on=date(1980, 1, 1), marital="20"),
            self.person(home, "吴二", "10", sex="2", born_on=date(1982, 1, 1), marital="20"),
            self.person(home, "周三", "20", sex="1", born_on=date(2006, 1, 1)),
            self.person(home, "周四", "50", sex="1", born_on=date(1950, 1, 1)),
        ]
        return home, people

    def read(self, person: UUID) -> Person:
        """The record as the clerk reads it."""
        with acting(CLERK):
            return Person.objects.get(id=person)

    def read_home(self, household: UUID) -> Household:
        """The household as the clerk reads it."""
        with acting(CLERK):
            return Household.objects.get(id=household)


def broken_laws() -> list[str]:
    """Every law of the register that the rows break, in words."""
    with acting(CLERK):
        stays = {stay.person_id: stay for stay in Stay.objects.filter(sort="living", to_on=None)}
        people = list(Person.objects.exclude(source="post").exclude(household=None, state__in=("here", "away")))
        homes = list(Household.objects.all())
    return [*_people_faults(people, stays), *_apart(homes, people, stays), *_home_faults(homes, people, stays)]


def _people_faults(people: list[Person], stays: dict[UUID, Stay]) -> Iterator[str]:
    for one in people:
        stay = stays.get(one.id)
        if one.state in ("here", "away"):
            if stay is None or (stay.household_id, stay.as_to_head) != (one.household_id, one.as_in_home):
                yield f"{one.display_name}: the stay does not say where they live"
        elif stay is not None or one.household_id is not None:
            yield f"{one.display_name}: has ended and still lives somewhere"


def _apart(homes: list[Household], people: list[Person], stays: dict[UUID, Stay]) -> Iterator[str]:
    """Who lies elsewhere than the household they live in, or their stay does."""
    at = {of.id: of.place for of in homes}
    for one in people:
        if one.household_id is not None and {one.place, stays[one.id].place} != {at[one.household_id]}:
            yield f"{one.display_name}: lies elsewhere than the household"


def _home_faults(homes: list[Household], people: list[Person], stays: dict[UUID, Stay]) -> Iterator[str]:
    for of in homes:
        inside = [one for one in people if one.household_id == of.id]
        heads = [one.id for one in inside if one.id in stays and stays[one.id].head]
        if heads != ([of.head_id] if inside else []):
            yield f"household {of.number}: {len(heads)} heads for {len(inside)} people"
        if any((one.as_in_home in HEADS) != (one.id == of.head_id) for one in inside):
            yield f"household {of.number}: the head is not the only one who is called so"
        if inside and of.state in ("ended", "empty"):
            yield f"household {of.number}: has ended, or is empty, with people in it"
        if not inside and of.state not in ("ended", "empty"):
            yield f"household {of.number}: is {of.state} without anybody"
        if inside and (of.state == "away") != all(one.state == "away" for one in inside):
            yield f"household {of.number}: away, or not, against its people"


@pytest.fixture
def village(database: Database) -> Hamlet:
    """The desk's county with this hamlet's clerk."""
    lay(database)
    return Hamlet()


@pytest.fixture
def other_hamlet(village: Hamlet, database: Database) -> int:
    """A natural village in the other village."""
    code = OTHER_VILLAGE + 1
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)"
            " VALUES (%s, 'natural_village', '', '下河', 'Xiahe', 'xh', 'xiahe', %s, '2020-01-01')",
            [code, OTHER_VILLAGE],
        )
    return code
