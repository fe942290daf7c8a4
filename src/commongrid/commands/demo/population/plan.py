"""A county's people dealt into households, so that the census figures come out.

The most bound come first: four generations, three, grandparents with
grandchildren, parents with children until no child is left, elders with a
grown child. What remains are grown people in just such numbers that couples
and those who live alone use them up: so many over 65 alone and in couples that
the households with somebody old are as many as the census has. Whoever is away
for work comes on top; the census counts who lives here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from commongrid.commands.demo.population.census import FEMALE, MALE, OLD, OLDEST, Census
from commongrid.commands.demo.population.families import (
    APART,
    GROWN,
    SCHOOL_AGE,
    Families,
    NobodyLeft,
    state_of,
    within,
)
from commongrid.commands.demo.population.kin import (
    CHILD,
    HEAD,
    IN_LAW,
    MARRIED,
    PARENT,
    SIBLING,
    SINGLE,
    SPOUSE,
    Member,
    couple_under,
    packed,
    unpacked,
)
from commongrid.commands.demo.population.pool import Pool

COLLECTIVE: Final = ((0.55, 15, 19), (0.16, 12, 14), (0.12, 20, 24), (0.12, 25, 59), (0.05, 70, 92))
"""Who lives in dormitories and homes: pupils who board, students, workers, elders in care; share and ages."""
SKIPPED: Final = 0.11
"""Of households of two generations: grandparents with grandchildren whose parents are away."""
YOUNG: Final = 0.53
"""Of households of two generations: parents with children."""
MIXED: Final = 0.04
"""Of couples: one over 65, the other under."""
CHILDREN: Final = ((1, 2, 3, 4), (0.42, 0.42, 0.13, 0.03))
MORE: Final = 0.03
"""Of households of one generation: with a brother or sister besides."""
WHOLLY_AWAY: Final = 0.015
TRIES: Final = 4


@dataclass(slots=True)
class Plan:
    """Households as bytes (``kin.unpacked``), and who lives in none: sex and age."""

    households: list[bytes] = field(default_factory=list)
    collective: list[tuple[int, int]] = field(default_factory=list)


def plan(census: Census, seed: str) -> Plan:
    """The plan for these figures, the same for the same seed, in no order."""
    planner = _Planner(census, Random(f"population {seed}"))
    planner.deal()
    planner.chance.shuffle(planner.plan.households)
    return planner.plan


class _Planner:
    def __init__(self, census: Census, chance: Random) -> None:
        self.census, self.chance = census, chance
        self.pool = Pool(census, chance)
        self.families = Families(self.pool, chance)
        self.plan = Plan()
        self.old = 0

    def deal(self) -> None:
        """Everybody."""
        one, two, three, four = self.census.generations
        self._collective()
        self._make(four, self._great)
        self._make(three, self._three)
        made = self._make(round(two * SKIPPED), self._skipped)
        made += self._with_children(round(two * YOUNG))
        self._children_left()
        self._grown(two - made)
        self._one_generation(one - self.census.one_person)
        self._rest()
        self._wholly_away(round(self.census.households * WHOLLY_AWAY))

    def _make(self, count: int, draw: Callable[[], tuple[str, list[Member]]]) -> int:
        """So many households of a kind, as far as people for it are left; answers how many."""
        made = 0
        for _ in range(count * TRIES):
            if made == count:
                break
            self.families.begin()
            try:
                kind, people = draw()
            except NobodyLeft:
                self.families.undo()
            else:
                self._add(kind, people)
                made += 1
        return made

    def _add(self, kind: str, people: list[Member]) -> None:
        self.old += any(one.age >= OLD and not one.away for one in people)
        self.plan.households.append(packed(kind, people))

    def _collective(self) -> None:
        count = self.census.population - self.census.household_population
        for share, lo, hi in COLLECTIVE:
            found = (self.pool.anyone(lo, hi) for _ in range(round(count * share)))
            self.plan.collective += [one for one in found if one is not None]

    def _great(self) -> tuple[str, list[Member]]:
        young = self.families.young(self._count(), 0.2)
        heads = self.families.elders(young.line.age, 0.7)
        parents = self.families.elders(max(one.age for one in heads), 0.1)
        if within(parents)[1] < heads[0].age or within(parents)[0] > heads[0].age:
            raise NobodyLeft
        return "great", [
            *couple_under(heads, HEAD),
            *couple_under(parents, PARENT),
            *young.beneath(head_is_parent=True),
        ]

    def _three(self) -> tuple[str, list[Member]]:
        young = self.families.young(self._count(), 0.42)
        elders = self.families.elders(young.line.age, 0.6)
        leads = young.line.away or (elders[0].age < OLD and self.chance.random() < 0.6)  # noqa: PLR2004
        people = [*couple_under(elders, HEAD if leads else PARENT), *young.beneath(head_is_parent=leads)]
        return "three", sorted(people, key=lambda one: one.role != HEAD)

    def _skipped(self) -> tuple[str, list[Member]]:
        """Both parents away, of ages that no census counts here."""
        first, chance = self.families.child(), self.chance
        father = min(max(first.age + 22, round(chance.gauss(first.age + 27, 3))), first.age + 38)
        mother = min(max(first.age + 20, father - chance.randrange(4)), first.age + 36)
        lo, hi = within([Member("", MALE, father), Member("", FEMALE, mother)])
        children = self.families.siblings(first, chance.choices((1, 2, 3), (0.6, 0.34, 0.06))[0], lo, hi)
        elders = self.families.elders(father, 0.62)
        parents = [Member("20", MALE, father, MARRIED, True), Member("38", FEMALE, mother, MARRIED, True)]  # noqa: FBT003
        grand = [one._replace(role="40") for one in children]
        return "skipped", [*couple_under(elders, HEAD), *parents, *grand]

    def _count(self) -> int:
        return int(self.chance.choices(*CHILDREN)[0])

    def _with_children(self, count: int) -> int:
        """Parents with children, as many in each household as use the children up."""
        made = 0
        for _ in range(count * TRIES):
            left = self.pool.among(0, SCHOOL_AGE)
            if not left or made >= count:
                break
            wanted = max(1, round(self.chance.gauss(left / (count - made), 0.8)))
            made += self._make(1, lambda wanted=wanted: self._young(wanted))  # type: ignore[misc]
        return made

    def _young(self, count: int) -> tuple[str, list[Member]]:
        young = self.families.young(count, 0.26)
        if young.line.away and young.partner:
            young = young._replace(line=young.partner, partner=young.line)
        return "young", young.beneath(head_is_parent=False)

    def _children_left(self) -> None:
        """Children whom no parents were left for become brothers and sisters where they fit."""
        rows = self.plan.households
        tries = self.pool.among(0, SCHOOL_AGE) * 200
        for _ in range(tries):
            found = self.pool.anyone(0, SCHOOL_AGE)
            if found is None:
                return
            at = self.chance.randrange(len(rows))
            home = unpacked(rows[at])
            parents = [one for one in home.people if one.role in (HEAD, SPOUSE)]
            lo, hi = within(parents)
            if (
                home.kind == "young"
                and lo <= found[1] <= hi
                and all(abs(one.age - found[1]) >= APART for one in home.people)
            ):
                rows[at] = packed(home.kind, [*home.people, Member(CHILD[found[0]], *found)])
            else:
                self.pool.back(*found)

    def _grown(self, count: int) -> None:
        """Elders with a grown child, of such sizes that the census's people of households come out."""
        multi = self.census.generations[0] - self.census.one_person
        for left in range(count, 0, -1):
            kept = self.census.one_person + multi * 2 + round(multi * MORE)
            size = min(max((self.pool.left - kept) / left, 2), 4)
            wanted = int(size) + (self.chance.random() < size % 1)
            self._make(1, lambda wanted=wanted: self._with_grown(wanted))  # type: ignore[misc]

    def _with_grown(self, size: int) -> tuple[str, list[Member]]:
        families, chance = self.families, self.chance
        both = size > 2 and chance.random() < 0.7  # noqa: PLR2004
        sex = FEMALE if chance.random() < 0.6 else MALE  # noqa: PLR2004
        first = Member("", sex, families.take(sex, 42, 92, 66, 12), MARRIED if both else "30")
        elders = [first, families.partner(first)] if both else [first]
        child = families.grown(elders)
        role, more = CHILD[child.sex], size - len(elders) - 1
        people = [child._replace(role=role, marital=state_of(child.age, chance))]
        if more and child.age >= 24 and (more > 1 or chance.random() < 0.8):  # noqa: PLR2004
            partner = families.partner(child)
            people = [child._replace(role=role, marital=MARRIED), partner._replace(role=IN_LAW[role])]
        while len(people) + len(elders) < size:
            other = families.grown(elders)
            people.append(other._replace(role=CHILD[other.sex], marital=state_of(other.age, chance)))
        elders.sort(key=lambda one: one.sex)
        return "grown", [*couple_under(elders, HEAD), *people]

    def _one_generation(self, count: int) -> None:
        """Couples: so many of two old ones that those who remain can live alone."""
        old = self.pool.among(OLD, OLDEST)
        mixed = round(count * MIXED)
        both = min(max(old - (self.census.with_65plus - self.old), 0), count - mixed, old // 2)
        made = self._make(both, lambda: self._couple(OLD, OLDEST, OLD))
        made += self._make(min(mixed, count - made), lambda: self._couple(OLD, OLD + 8, GROWN, OLD - 1))
        made += self._make(count - made, lambda: self._couple(GROWN, OLD - 1, GROWN, OLD - 1))
        self._make(count - made, self._siblings)

    def _couple(self, lo: int, hi: int, lo_woman: int, hi_woman: int = OLDEST) -> tuple[str, list[Member]]:
        man, woman = couple_under(self.families.pair(lo, hi, lo_woman, hi_woman), HEAD)
        return "couple", [man, woman, *self._away_from([man, woman], 0.5)]

    def _siblings(self) -> tuple[str, list[Member]]:
        first, second = self.families.two()
        return "couple", [first._replace(role=HEAD), second]

    def _away_from(self, parents: list[Member], share: float) -> list[Member]:
        """Grown children who work elsewhere and stand in the household's list."""
        lo, hi = within(parents)
        lo, hi = max(lo, GROWN), min(hi, 47)
        if lo > hi or self.chance.random() >= share:
            return []
        age = min(max(lo, round(self.chance.gauss(min(parents[0].age - 25, 32), 4))), hi)
        sex = MALE if self.chance.random() < 0.6 else FEMALE  # noqa: PLR2004
        marital = MARRIED if age > 27 and sex == MALE and self.chance.random() < 0.6 else SINGLE  # noqa: PLR2004
        child = Member(CHILD[sex], sex, age, marital, True)  # noqa: FBT003
        if marital == SINGLE:
            return [child]
        return [child, Member("38", FEMALE, age - self.chance.randrange(4), MARRIED, True)]  # noqa: FBT003

    def _rest(self) -> None:
        """Those who live alone, old ones first; brothers and sisters beside couples; whoever is left then."""
        for n in range(self.census.one_person):
            old = self.pool.among(OLD, OLDEST) > 0 and n < self.pool.left
            found = self.pool.anyone(OLD if old else GROWN, OLDEST)
            if found is None:
                break
            sex, age = found
            head = Member(HEAD, sex, age, state_of(age, self.chance))
            self._add("alone", [head, *self._away_from([head], 0.25 if head.marital != SINGLE else 0)])
        rows, places = self.plan.households, list(range(len(self.plan.households)))
        self.chance.shuffle(places)
        while places and (found := self.pool.anyone(0, OLDEST)):
            at = places.pop()
            home = unpacked(rows[at])
            if home.kind == "couple" and abs(home.people[0].age - found[1]) < 16 and found[1] >= GROWN:  # noqa: PLR2004
                brother = Member(SIBLING, *found, state_of(found[1], self.chance))
                rows[at] = packed("couple", [*home.people, brother])
            else:
                self.pool.back(*found)
        while found := self.pool.anyone(0, OLDEST):
            self.plan.collective.append(found)

    def _wholly_away(self, count: int) -> None:
        """Households of which nobody lives here."""
        for _ in range(count):
            woman = self.chance.randrange(24, 40)
            man = woman + self.chance.randrange(-1, 5)
            eldest = min(woman - 20, self.chance.randrange(19))
            people = [Member(HEAD, MALE, man, MARRIED), Member(SPOUSE, FEMALE, woman, MARRIED)]
            for age in {eldest, eldest - 3} if self.chance.random() < 0.5 else {eldest}:  # noqa: PLR2004
                sex = self.chance.choice((MALE, FEMALE))
                people += [Member(CHILD[sex], sex, age)] if age >= 0 else []
            self.plan.households.append(packed("away", [one._replace(away=True) for one in people]))
