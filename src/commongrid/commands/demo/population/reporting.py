"""What was made held against the census, figure by figure, counted from the rows of the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from commongrid.commands.demo.population.census import OLDEST, Census
from commongrid.journal.acting import acting
from commongrid.journal.models import Line
from commongrid.kernel.refusals import N_, NotFound
from commongrid.registry.queries.census import Counted, counted_as_census
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

TOLERANCE: Final = 0.01
"""So far at most may a figure be from the census, as a share of it."""
FEW: Final = 3
"""Or so many in number, where the share of a small figure is less than one."""
ACT: Final = "registry.peopled"
MEAN: Final = N_("people in a hundred households")
GENERATIONS: Final = (
    N_("households of one generation"),
    N_("households of two generations"),
    N_("households of three generations"),
    N_("households of four generations or more"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: what it counts (and of which ages), what the census has, what was made."""

    name: str
    ages: str = ""
    census: int
    made: int

    @property
    def difference(self) -> int:
        """How many more were made."""
        return self.made - self.census

    @property
    def close(self) -> bool:
        """Whether it is within what is tolerated."""
        return abs(self.difference) <= max(FEW, self.census * TOLERANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures, as of the day on which the people were entered, and what no census has."""

    on: date
    source: str
    figures: tuple[Figure, ...]
    away: int
    headless: int

    def as_json(self) -> dict[str, object]:
        """For other programs."""
        return {
            "on": self.on.isoformat(), "source": self.source, "away": self.away, "households_without_one_head":
            self.headless, "figures": [
                {"figure": one.name, "ages": one.ages, "census": one.census, "made": one.made,
                 "difference": one.difference, "within_tolerance": one.close}
                for one in self.figures
            ],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """For people at a prompt."""
        yield _("Made against the census, as of %(on)s (%(source)s):") % {"on": self.on, "source": self.source}
        for one in self.figures:
            mark = "" if one.close else "  !"
            yield f"{one.census:>9,} {one.made:>9,} {one.difference:>+6,}  {_(one.name)} {one.ages}".rstrip() + mark
        yield _("%(away)s more are away for work and stay in their households' lists.") % {"away": f"{self.away:,}"}
        if self.headless:
            yield _("%(count)s households don't have one head.") % {"count": self.headless}


def report(scope: Scope, county: int, census: Census) -> Report:
    """Count the register and compare. Refuses: NotFound where no population was ever entered."""
    with acting(scope):
        last = Line.objects.filter(name=ACT).order_by("-at").values_list("at", flat=True).first()
    if last is None:
        raise NotFound(N_("There is no population to count. Load one with: commongrid demo --size county"))
    on = territory.calendar(scope).day_of(last)
    return compared(counted_as_census(scope, county, on), census, on)


def compared(counted: Counted, census: Census, on: date) -> Report:
    """Each figure of the census beside the one that was counted."""
    figures = (*_totals(counted, census), *_homes(counted, census), *_pyramid(counted, census))
    return Report(on=on, source=census.source, figures=figures, away=counted.away, headless=counted.headless)


def _totals(counted: Counted, census: Census) -> Iterator[Figure]:
    men, women = (sum(n for (sex, _), n in counted.people.items() if sex == its) for its in ("1", "2"))
    yield Figure(name=N_("people who live here"), census=census.population, made=men + women)
    yield Figure(name=N_("men who live here"), census=sum(census.male), made=men)
    yield Figure(name=N_("women who live here"), census=sum(census.female), made=women)
    yield Figure(name=N_("of them in towns"), census=census.urban, made=counted.urban)
    yield Figure(name=N_("people in households"), census=census.household_population, made=counted.in_homes)


def _homes(counted: Counted, census: Census) -> Iterator[Figure]:
    homes = counted.homes
    count = sum(homes.values())
    yield Figure(name=N_("households that are lived in"), census=census.households, made=count)
    mean = round(100 * census.household_population / census.households)
    yield Figure(name=MEAN, census=mean, made=round(100 * counted.in_homes / count) if count else 0)
    alone = sum(n for (size, _, _), n in homes.items() if size == 1)
    yield Figure(name=N_("households of one person"), census=census.one_person, made=alone)
    for number, (name, told) in enumerate(zip(GENERATIONS, census.generations, strict=True), 1):
        yield Figure(name=name, census=told, made=sum(n for (_, its, _), n in homes.items() if its == number))
    old = sum(n for (_, _, old), n in homes.items() if old)
    yield Figure(name=N_("households with somebody over 65"), census=census.with_65plus, made=old)


def _pyramid(counted: Counted, census: Census) -> Iterator[Figure]:
    for sex, name, told in (("1", N_("men of"), census.male), ("2", N_("women of"), census.female)):
        for low, high, count in zip(census.ages_from, (*census.ages_from[1:], OLDEST + 1), told, strict=True):
            made = sum(counted.people.get((sex, age), 0) for age in range(low, high))
            yield Figure(name=name, ages=str(low) if high - low == 1 else f"{low}-{high - 1}", census=count, made=made)
