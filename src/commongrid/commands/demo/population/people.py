"""The plan spelled out, hamlet by hamlet: names, births, numbers, trades, homes on the land, booklets, flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from commongrid.commands.demo.population import names, traits
from commongrid.commands.demo.population.census import FEMALE, MALE, OLD, Census, apportioned
from commongrid.commands.demo.population.kin import (
    CHILD,
    GRANDCHILD,
    HEAD,
    LEVEL,
    PARENT,
    SIBLING,
    SINGLE,
    SON_IN_LAW,
    SPOUSE,
    Member,
    Planned,
    unpacked,
)
from commongrid.commands.demo.population.land import Land, Lane
from commongrid.commands.demo.population.plan import Plan

OWN_BOOKLET: Final = {"great": 0.15, "three": 0.15, "grown": 0.1}
"""Of households where the young stand in a booklet of their own."""
ELSEWHERE: Final = 0.05
"""Of a town's households: registered in a village of the county."""
SEAT: Final = 6
"""The county town is so many times as large as the town of a township."""
BEGINS: Final = 27
"""The age at which the head of a household usually founded it."""
LONGEST: Final = 40
WITH_NUMBER, WITH_PHONE, ELDERS_PHONE, OWN_PHONE = 0.985, 0.87, 0.55, 16
VISITED: Final = (20, 330)
SELDOM: Final = (366, 700)
DENSE: Final = 7919
HOME_RATES: Final = (("dibao_edge", 0.012), ("rigid_spending", 0.004), ("disabled_severe", 0.008))


@dataclass(frozen=True, slots=True)
class Hamlet:
    """A natural village to be peopled: its code and name, its village, the grid it is served from."""

    code: int
    name: str
    village: int
    grid: int
    urban: bool
    seat: bool = False


@dataclass(slots=True, kw_only=True)
class Someone:
    """A person with everything the register keeps."""

    role: str
    name: str
    sex: int
    born: date
    number: str
    phone: str
    education: str
    occupation: str
    political: str
    marital: str
    works_at: str
    away: bool
    since: date
    flags: list[str]
    booklet: int = 0
    as_in_booklet: str = ""


@dataclass(slots=True, kw_only=True)
class Home:
    """A household: who is in it, where it stands, since when, what is recognised of it."""

    kind: str
    number: int
    point: tuple[float, float]
    began: date
    visited: date
    storeys: int
    area: int
    registered_at: int
    people: list[Someone]
    flags: list[str]


@dataclass(slots=True)
class Filled:
    """A hamlet with its homes, and those who live in a dormitory there."""

    hamlet: Hamlet
    homes: list[Home] = field(default_factory=list)
    collective: list[Someone] = field(default_factory=list)


class Speller:
    """Spells a plan out; bounded by one hamlet at a time."""

    def __init__(
        self, plan: Plan, hamlets: Sequence[Hamlet], today: date, seed: str, along: Mapping[int, Lane] | None = None
    ) -> None:
        """Lay the land under the hamlets, unless their lanes are known."""
        self.plan, self.today = plan, today
        self.hamlets = hamlets
        self.chance = Random(f"people {seed}")
        self.births = traits.Births(today)
        self.phones = 0
        self.land = Land(seed)
        self.lanes = along or lanes(self.land, hamlets, seed)
        self.rural = [one.code for one in hamlets if not one.urban] or [one.code for one in hamlets]

    def filled(self, census: Census) -> Iterator[Filled]:
        """Every hamlet with its people, in order."""
        homes = _shares(self.hamlets, len(self.plan.households), self._urban_share(census), self.chance)
        towns = [one for one in self.hamlets if one.urban]
        wards = dict(
            zip(
                (one.code for one in towns),
                apportioned(len(self.plan.collective), [SEAT if one.seat else 1 for one in towns]),
                strict=True,
            )
        )
        first = loner = 0
        for hamlet, count in zip(self.hamlets, homes, strict=True):
            clan = names.Clan(hamlet.name, self.chance)
            rows = self.plan.households[first : first + count]
            made = Filled(hamlet)
            made.homes = [self._home(hamlet, clan, n, len(rows), unpacked(row)) for n, row in enumerate(rows)]
            ward = wards.get(hamlet.code, 0)
            made.collective = [self._loner(sex, age) for sex, age in self.plan.collective[loner : loner + ward]]
            first, loner = first + count, loner + ward
            yield made

    def _urban_share(self, census: Census) -> float:
        """Of the households, those in towns: all who live in dormitories do."""
        return (census.urban - len(self.plan.collective)) / census.household_population

    def _home(self, hamlet: Hamlet, clan: names.Clan, n: int, count: int, planned: Planned) -> Home:
        chance, people = self.chance, planned.people
        began = self._began(people[0].age)
        surnames = family_names(people, clan, chance)
        away = {LEVEL[one.role] for one in people if one.away}
        found = [self._someone(one, surname, clan, began, away) for one, surname in zip(people, surnames, strict=True)]
        visited = VISITED if chance.random() < 0.85 else SELDOM  # noqa: PLR2004 - the rest is due again
        elsewhere = hamlet.urban and chance.random() < ELSEWHERE
        stand(planned, found, own=chance.random() < OWN_BOOKLET.get(planned.kind, 0))
        return Home(
            kind=planned.kind, number=n + 1, point=self.land.home(self.lanes[hamlet.code], n, count, chance),
            began=began, visited=self.today - timedelta(days=chance.randrange(*visited)),
            storeys=chance.choices((1, 2, 3, 4), (30, 44, 22, 4))[0], area=chance.randrange(80, 320),
            registered_at=chance.choice(self.rural) if elsewhere else hamlet.code, people=found,
            flags=self._home_flags(planned, urban=hamlet.urban),
        )  # fmt: skip

    def _began(self, age: int) -> date:
        years = min(max(age - BEGINS, 0), LONGEST)
        return self.today - timedelta(days=years * 365 + self.chance.randrange(31, 400))

    def _someone(self, one: Member, surname: str, clan: names.Clan, began: date, away: set[int]) -> Someone:
        chance, age = self.chance, one.age
        born = self.births.born(age, chance)
        flags = traits.flags_of(age, one.sex, chance)
        left = "" if one.away else traits.left_behind(LEVEL[one.role], one.sex, age, one.marital, away)
        political = traits.political(age, chance)
        flags += [left] if left else []
        flags += ["party_member"] if political == traits.PARTY else []
        sign = clan.sign(born.year) if surname == clan.surname else ""
        return Someone(
            role=one.role, name=surname + names.given(one.sex, born.year, sign, chance), sex=one.sex, born=born,
            number=self.births.number(born, one.sex) if chance.random() < WITH_NUMBER else "", phone=self._phone(age),
            education=traits.education(age, chance),
            occupation=traits.occupation(age, away=one.away, chance=chance), political=political,
            marital=one.marital if age >= traits.GROWN else SINGLE,
            works_at=chance.choices(traits.AWAY_TO, traits.SHARE_AWAY)[0] if one.away else "", away=one.away,
            since=max(began, born), flags=flags,
        )  # fmt: skip

    def _loner(self, sex: int, age: int) -> Someone:
        """Somebody who lives in a dormitory or a home, since not long ago."""
        chance = self.chance
        marital = "30" if age >= OLD else SINGLE
        clan = names.Clan("", chance)
        began = self.today - timedelta(days=chance.randrange(31, 700))
        return self._someone(Member(HEAD, sex, age, marital), names.other(chance), clan, began, set())

    def _phone(self, age: int) -> str:
        """A number of its own, in a range that nobody has."""
        if age < OWN_PHONE or self.chance.random() >= (ELDERS_PHONE if age >= OLD else WITH_PHONE):
            return ""
        self.phones += 1
        return f"{traits.PREFIX}{self.phones * DENSE % 10**8:08}"

    def _home_flags(self, planned: Planned, *, urban: bool) -> list[str]:
        """What is recognised of a household, by who lives there."""
        chance, here = self.chance, planned.here
        if not here:
            return ["migrant_out"]
        alone = here[0] if len(here) == 1 else None
        old = all(one.age >= OLD for one in here)
        found = [code for code, rate in HOME_RATES if chance.random() < rate]
        if alone and alone.age >= OLD:
            found.append("elder_alone")
        elif old:
            found.append("empty_nest")
        if alone and alone.age >= 60 and alone.marital == SINGLE and chance.random() < 0.6:  # noqa: PLR2004
            found.append("tekun_home")
        elif chance.random() < (0.11 if old else 0.045):
            found.append("dibao")
        if old and chance.random() < 0.2:  # noqa: PLR2004
            found.append("no_labour")
        if chance.random() < 0.16:  # noqa: PLR2004
            found.append("relocation" if urban else "alleviated")
        return found


def family_names(people: Sequence[Member], clan: names.Clan, chance: Random) -> list[str]:
    """Surnames: children have their father's, whoever married in has another."""
    own = clan.family(chance)
    heir = people[0].sex == FEMALE and any(one.role == PARENT for one in people)
    married_in = names.other(chance, own)
    son_in_law = names.other(chance, own) if any(one.role == SON_IN_LAW for one in people) else own
    husband = any(one.role == SPOUSE and one.sex == MALE for one in people)
    mother_leads = people[0].sex == FEMALE and not heir and people[0].marital != SINGLE
    of_head = married_in if mother_leads else own
    found = []
    for one in people:
        match one.role:
            case "02" | "70":
                found.append(of_head)
            case "10":
                found.append(own if mother_leads and one.sex == MALE else names.other(chance, own) if not heir
                             else married_in)  # fmt: skip
            case "20" | "30":
                found.append(married_in if heir and husband else own)
            case "28":
                found.append(son_in_law)
            case "40":
                found.append(son_in_law)
            case "50":
                found.append(own if one.sex == MALE else names.other(chance, own))
            case _:
                found.append(names.other(chance, own))
    return found


def stand(planned: Planned, people: Sequence[Someone], *, own: bool) -> None:
    """Who stands in which booklet, as what to its head: all in one, or the old and the young apart."""
    for one in people:
        one.as_in_booklet = one.role
    if not own:
        return
    elders_lead = not any(one.role == PARENT for one in people)
    apart = [one for one in people if (LEVEL[one.role] < 0) == elders_lead and (elders_lead or one.role == PARENT)]
    if planned.kind == "grown":
        apart = apart[:1]
    for n, one in enumerate(apart):
        one.booklet = 1
        if n == 0:
            one.as_in_booklet = HEAD
        elif one.role == GRANDCHILD:
            one.as_in_booklet = CHILD[one.sex]
        elif one.role != SIBLING:
            one.as_in_booklet = SPOUSE


def lanes(land: Land, hamlets: Sequence[Hamlet], seed: str) -> dict[int, Lane]:
    """The lane of each hamlet."""
    chance = Random(f"lanes {seed}")
    townships: dict[int, dict[int, list[int]]] = {}
    for one in hamlets:
        townships.setdefault(one.village // 10**6, {}).setdefault(one.village, []).append(one.code)
    found: dict[int, Lane] = {}
    for stretch, villages in zip(land.stretches(len(townships)), townships.values(), strict=True):
        most = max(map(len, villages.values()))
        for codes, laid in zip(
            villages.values(), land.hamlets(stretch, len(villages), most, chance), strict=True
        ):  # fmt: skip
            found |= dict(zip(codes, laid, strict=False))
    return found


def _shares(hamlets: Sequence[Hamlet], count: int, urban: float, chance: Random) -> list[int]:
    """How many homes each hamlet has: the towns their share, the county town the largest."""
    weights = [
        (SEAT if one.seat else 1) * chance.uniform(0.7, 1.3) if one.urban else chance.lognormvariate(0, 0.4)
        for one in hamlets
    ]
    towns, country = (
        sum(w for w, one in zip(weights, hamlets, strict=True) if one.urban is it) for it in (True, False)
    )
    urban = 0 if not towns else 1 if not country else urban
    parts = [
        weight * (urban / towns if one.urban else (1 - urban) / country)
        for weight, one in zip(weights, hamlets, strict=True)
    ]
    return apportioned(count, parts)
