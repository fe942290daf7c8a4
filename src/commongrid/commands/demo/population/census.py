"""The figures of a real rural county's census that the demo county is made to match; the county itself stays fictional.

Only counts are taken over: people by age and sex, households by size, generations and age of who lives there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

MALE, FEMALE = 1, 2
OLD: Final = 65
OLDEST: Final = 99
_THINNING: Final = 0.82
"""Of those over 85, so many reach the next birthday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """People and households who live here; ``male`` and ``female`` by the age groups that begin at ``ages_from``."""

    source: str
    population: int
    urban: int
    households: int
    household_population: int
    one_person: int
    generations: tuple[int, int, int, int]
    with_65plus: int
    ages_from: tuple[int, ...]
    male: tuple[int, ...]
    female: tuple[int, ...]

    def by_year(self, sex: int) -> list[int]:
        """How many of a sex are of each age from 0 to 99."""
        found = [0] * (OLDEST + 1)
        groups = self.male if sex == MALE else self.female
        for low, high, count in zip(self.ages_from, (*self.ages_from[1:], OLDEST + 1), groups, strict=True):
            thinning = _THINNING if high > OLDEST else 1.0
            weights = [thinning**n for n in range(high - low)]
            found[low:high] = apportioned(count, weights)
        return found

    def group_of(self, age: int) -> int:
        """The position of an age's group."""
        return sum(low <= age for low in self.ages_from) - 1

    def shared(self, share: float) -> Census:
        """A county of the same build with so large a share of the people."""
        if share == 1:
            return self
        groups = apportioned(round(self.population * share), [*self.male, *self.female])
        generations = [round(count * share) for count in self.generations]
        return Census(
            source=self.source, population=sum(groups), urban=round(self.urban * share), households=sum(generations),
            household_population=round(self.household_population * share), one_person=round(self.one_person * share),
            generations=(generations[0], generations[1], generations[2], generations[3]),
            with_65plus=round(self.with_65plus * share), ages_from=self.ages_from,
            male=tuple(groups[: len(self.male)]), female=tuple(groups[len(self.male) :]),
        )  # fmt: skip


def apportioned(count: int, weights: list[float] | list[int]) -> list[int]:
    """A whole number divided by weights into whole numbers that add up to it."""
    whole, before, given = sum(weights), 0.0, 0
    parts = []
    for weight in weights:
        before += weight
        upto = round(count * before / whole) if whole else 0
        parts.append(upto - given)
        given = upto
    return parts


@cache
def census() -> Census:
    """The figures as they are kept beside this file."""
    read: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    values: dict[str, Any] = {name: tuple(told) if isinstance(told, list) else told for name, told in read.items()}
    return Census(**values)
