"""Who is still to be placed: so many of each sex and age, drawn until nobody is left."""

from __future__ import annotations

from functools import cache
from math import exp
from random import Random
from typing import Final

from commongrid.commands.demo.population.census import FEMALE, MALE, OLDEST, Census

SEXES: Final = (MALE, FEMALE)


class Pool:
    """The people of a census as counts; whoever is drawn is no longer there."""

    __slots__ = ("chance", "counts", "left")

    def __init__(self, census: Census, chance: Random) -> None:
        """Everybody is still to be placed."""
        self.chance = chance
        self.counts = {sex: census.by_year(sex) for sex in SEXES}
        self.left = census.population

    def among(self, lo: int, hi: int, sexes: tuple[int, ...] = SEXES) -> int:
        """How many of these ages are left."""
        return sum(sum(self.counts[sex][lo : hi + 1]) for sex in sexes)

    def draw(self, sex: int, lo: int, hi: int, near: int | None = None, spread: int = 4) -> int | None:
        """The age of one of this sex, taken out; those about ``near`` come more often. None where nobody is left."""
        lo, hi = max(lo, 0), min(hi, OLDEST)
        if lo > hi:
            return None
        weights: list[float] | list[int] = self.counts[sex][lo : hi + 1]
        if near is not None:
            bell = _bell(spread)
            weights = [count * bell[abs(age - near)] for age, count in enumerate(weights, lo)]
        if not any(weights):
            return None
        age = self.chance.choices(range(lo, hi + 1), weights)[0]
        self.counts[sex][age] -= 1
        self.left -= 1
        return age

    def anyone(self, lo: int, hi: int) -> tuple[int, int] | None:
        """One of either sex, as sex and age."""
        men, women = self.among(lo, hi, (MALE,)), self.among(lo, hi, (FEMALE,))
        if not men + women:
            return None
        sex = MALE if self.chance.random() * (men + women) < men else FEMALE
        age = self.draw(sex, lo, hi)
        return None if age is None else (sex, age)

    def back(self, sex: int, age: int) -> None:
        """Put one back who found no place."""
        self.counts[sex][age] += 1
        self.left += 1


@cache
def _bell(spread: int) -> list[float]:
    return [max(exp(-((distance / spread) ** 2) / 2), 1e-6) for distance in range(2 * OLDEST)]
