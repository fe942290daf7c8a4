"""Who lives in the demo's households: families as they are, some with a grandparent, some with the young away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

from commongrid.commands.demo import hours, naming
from commongrid.kernel.scope import Scope
from commongrid.registry.actions import left_for_work, moved_in
from commongrid.registry.rules.facts import Into, NewPerson, Told

AWAY_TO: Final = ("广东东莞", "浙江义乌", "贵阳", "福建晋江", "重庆")
MALE, FEMALE = "1", "2"
OF_NONE: Final = "13"
"""GB/T 4762: of no party, as most grown people."""


def settle(scope: Scope, chance: Random, household: UUID, since: date, political: str = OF_NONE) -> list[UUID]:
    """A family moves in: a couple, mostly children, now and then a grandparent; one in three has somebody away.

    ``political`` is what the man belongs to.
    """
    surname = chance.choice(naming.SURNAMES)
    age = chance.randrange(28, 62)
    people = [
        replace(_person(chance, surname, MALE, since.year - age, marital="20"), political=political),
        replace(
            _person(chance, chance.choice(naming.SURNAMES), FEMALE, since.year - age + 2, "10", marital="20"),
            political=OF_NONE,
        ),
    ]
    for n in range(chance.randrange(3)):
        sex = chance.choice((MALE, FEMALE))
        born = since.year - age + 24 + 3 * n
        if born < since.year:
            people.append(_person(chance, surname, sex, born, "20" if sex == MALE else "30"))
    if chance.random() < 0.4:  # noqa: PLR2004 - four in ten households hold three generations
        people.append(_person(chance, surname, chance.choice((MALE, FEMALE)), since.year - age - 26, "50"))
    told = Told(on=since, source="入户登记")
    made = [_enter(scope, household, one, told) for one in people]
    if len(made) > 2 and chance.random() < 1 / 3:  # noqa: PLR2004 - somebody stays at home
        left_for_work(scope, hours.act_on(told.on), person_id=made[0], to=chance.choice(AWAY_TO), told=told)
    return made


def _person(chance: Random, surname: str, sex: str, year: int, as_to_head: str = "", marital: str = "") -> NewPerson:
    given = naming.GIVEN[0 if sex == MALE else 1 :: 2]
    born = date(year, chance.randrange(1, 13), chance.randrange(1, 28))
    phone = "" if as_to_head else f"1390000{chance.randrange(10**4):04}"
    name = surname + chance.choice(given)
    return NewPerson(name=name, sex=sex, born_on=born, phone=phone, as_to_head=as_to_head, marital=marital)


def _enter(scope: Scope, household: UUID, one: NewPerson, told: Told) -> UUID:
    into = Into(household=household, as_to_head=one.as_to_head)
    return UUID(str(moved_in(scope, hours.act_on(told.on), into=into, newcomer=one, told=told, another=True)["person"]))
