"""Families drawn from the pool: every parent 18 to 45 years older than a child, couples of like age."""

from __future__ import annotations

from random import Random
from typing import Final

from commongrid.commands.demo.population.census import FEMALE, MALE, OLDEST
from commongrid.commands.demo.population.kin import (
    DIVORCED,
    MAN_MARRIES,
    MARRIED,
    SIBLING,
    SINGLE,
    SPOUSE,
    WIDOWED,
    WOMAN_MARRIES,
    Line,
    Member,
)
from commongrid.commands.demo.population.pool import Pool

YOUNGEST_PARENT, OLDEST_MOTHER, OLDEST_FATHER = 19, 39, 44
"""Full years between a parent's age and a child's, at least and at most: by their births it is 18 to 45."""
USUAL: Final = 25
APART: Final = 2
"""Full years between brothers and sisters at least, so that their births are a year apart."""
GROWN: Final = 18
SCHOOL_AGE: Final = 19
"""Up to here they count as children of the house."""
MAN_OLDER, MAN_YOUNGER = 10, 4
"""By so many years at most the man of a couple is older or younger."""
GONE: Final = ((MARRIED, 0.62), (DIVORCED, 0.24), (WIDOWED, 0.14))
"""Where one parent is not at home: away for work, divorced, dead."""


class NobodyLeft(Exception):
    """The pool has nobody who would fit; whoever was drawn for it goes back."""


class Families:
    """Draws families; what is drawn for one that doesn't come about goes back."""

    def __init__(self, pool: Pool, chance: Random) -> None:
        """Draw from this pool."""
        self.pool, self.chance = pool, chance
        self.taken: list[tuple[int, int]] = []

    def begin(self) -> None:
        """What is drawn from now on stands together."""
        self.taken = []

    def undo(self) -> None:
        """Everybody drawn since goes back."""
        for sex, age in self.taken:
            self.pool.back(sex, age)
        self.taken = []

    def take(self, sex: int, lo: int, hi: int, near: int, spread: int = 4) -> int:
        """The age of one who fits. Raises NobodyLeft."""
        age = self.pool.draw(sex, lo, hi, near, spread)
        if age is None:
            raise NobodyLeft
        self.taken.append((sex, age))
        return age

    def child(self) -> Member:
        """Some child. Raises NobodyLeft."""
        found = self.pool.anyone(0, SCHOOL_AGE)
        if found is None:
            raise NobodyLeft
        self.taken.append(found)
        return Member("", *found)

    def siblings(self, first: Member, count: int, lo: int, hi: int) -> tuple[Member, ...]:
        """The first child and as many more as there are between these ages, born at least a year apart."""
        found = [first]
        for _ in range(count - 1):
            sex = self.chance.choice((MALE, FEMALE))
            age = self.pool.draw(sex, lo, min(hi, SCHOOL_AGE), first.age, 5)
            if age is None:
                break
            if any(abs(one.age - age) < APART for one in found):
                self.pool.back(sex, age)
                continue
            self.taken.append((sex, age))
            found.append(Member("", sex, age))
        return tuple(sorted(found, key=lambda one: -one.age))

    def young(self, count: int, lone: float, man_leads: float = 0.9) -> Line:
        """Parents with so many children; in a share of families one parent is not at home. Raises NobodyLeft."""
        first, chance = self.child(), self.chance
        missing = (MALE if chance.random() < 0.7 else FEMALE) if chance.random() < lone else 0  # noqa: PLR2004
        lo = max(first.age + YOUNGEST_PARENT, WOMAN_MARRIES)
        mother = self._parent(FEMALE, lo, first.age + OLDEST_MOTHER, first.age + USUAL, invented=missing == FEMALE)
        children = self.siblings(first, count, max(0, mother - OLDEST_MOTHER), mother - YOUNGEST_PARENT)
        lo = max(mother - MAN_YOUNGER, children[0].age + YOUNGEST_PARENT, MAN_MARRIES)
        hi = min(mother + MAN_OLDER, children[-1].age + OLDEST_FATHER)
        father = self._parent(MALE, lo, hi, mother + 2, invented=missing == MALE)
        state = chance.choices([one for one, _ in GONE], [share for _, share in GONE])[0] if missing else MARRIED
        both = [Member("", sex, age, state, sex == missing) for sex, age in ((MALE, father), (FEMALE, mother))]
        if state != MARRIED:
            return Line(next(one for one in both if not one.away), None, children)
        man, woman = both
        return Line(man, woman, children) if chance.random() < man_leads else Line(woman, man, children)

    def _parent(self, sex: int, lo: int, hi: int, near: int, *, invented: bool) -> int:
        if lo > hi:
            raise NobodyLeft
        if invented:
            return min(max(lo, round(self.chance.gauss(near, 3))), hi)
        return self.take(sex, lo, hi, near)

    def elders(self, child: int, both: float, near: int = USUAL - 2) -> list[Member]:
        """The parents of somebody of this age, or the one who is left; the man first. Raises NobodyLeft."""
        lo, hi = child + YOUNGEST_PARENT, child + OLDEST_MOTHER
        if self.chance.random() < both:
            mother = self.take(FEMALE, lo, hi, child + near, 5)
            father = self.take(
                MALE, max(lo, mother - MAN_YOUNGER), min(child + OLDEST_FATHER, mother + MAN_OLDER), mother + 2
            )
            return [Member("", MALE, father, MARRIED), Member("", FEMALE, mother, MARRIED)]
        sex = FEMALE if self.chance.random() < 0.64 else MALE  # noqa: PLR2004 - women live longer
        return [Member("", sex, self.take(sex, lo, hi, child + near + 2, 5), WIDOWED)]

    def pair(self, lo: int, hi: int, lo_woman: int, hi_woman: int) -> list[Member]:
        """A couple whose man and woman are of these ages. Raises NobodyLeft."""
        man = self.take(MALE, max(lo, MAN_MARRIES), hi, (lo + hi) // 2, OLDEST)
        woman = self.take(
            FEMALE, max(lo_woman, man - MAN_OLDER, WOMAN_MARRIES), min(hi_woman, man + MAN_YOUNGER), man - 2
        )
        return [Member("", MALE, man, MARRIED), Member("", FEMALE, woman, MARRIED)]

    def grown(self, parents: list[Member]) -> Member:
        """A grown child of these, mostly a son. Raises NobodyLeft."""
        sex = MALE if self.chance.random() < 0.72 else FEMALE  # noqa: PLR2004 - daughters marry out
        lo, hi = within(parents)
        age = self.take(sex, max(lo, GROWN), hi, max(one.age for one in parents) - USUAL, 6)
        return Member("", sex, age)

    def partner(self, of: Member, lo: int = WOMAN_MARRIES, hi: int = OLDEST) -> Member:
        """Somebody for one to be married to. Raises NobodyLeft."""
        if of.sex == MALE:
            woman = self.take(FEMALE, max(lo, of.age - MAN_OLDER), min(hi, of.age + MAN_YOUNGER), of.age - 2)
            return Member(SPOUSE, FEMALE, woman, MARRIED)
        man = self.take(MALE, max(lo, of.age - MAN_YOUNGER, MAN_MARRIES), min(hi, of.age + MAN_OLDER), of.age + 2)
        return Member(SPOUSE, MALE, man, MARRIED)

    def two(self) -> list[Member]:
        """Two grown ones of like age who are brothers or sisters. Raises NobodyLeft."""
        found = self.pool.anyone(GROWN, OLDEST)
        if found is None:
            raise NobodyLeft
        self.taken.append(found)
        for sex in (found[0], MALE + FEMALE - found[0]):
            age = self.pool.draw(sex, max(GROWN, found[1] - 15), found[1] + 15, found[1], 5)
            if age is not None:
                self.taken.append((sex, age))
                return [Member("", *found), Member(SIBLING, sex, age)]
        raise NobodyLeft


def within(parents: list[Member]) -> tuple[int, int]:
    """Between which ages a child of these may be."""
    lo = max(one.age - (OLDEST_MOTHER if one.sex == FEMALE else OLDEST_FATHER) for one in parents)
    return max(lo, 0), min(one.age for one in parents) - YOUNGEST_PARENT


def state_of(age: int, chance: Random) -> str:
    """Whether somebody grown who lives without a partner never married, is divorced or widowed."""
    if age < WOMAN_MARRIES + 5:
        return SINGLE
    shares = (0.75, 0.2, 0.05) if age < 45 else (0.35, 0.25, 0.4) if age < 65 else (0.12, 0.08, 0.8)  # noqa: PLR2004
    return chance.choices((SINGLE, DIVORCED, WIDOWED), shares)[0]
