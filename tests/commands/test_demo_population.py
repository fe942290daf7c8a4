"""The demo's population as arithmetic: kinship holds everywhere, the census comes out, a seed repeats itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commongrid.commands.demo import laying, naming
from commongrid.commands.demo.population.census import MALE, apportioned, census
from commongrid.commands.demo.population.kin import (
    GRANDCHILD,
    HEAD,
    IN_LAW,
    LEVEL,
    MARRIED,
    PARENT,
    SPOUSE,
    Member,
    Planned,
    packed,
    unpacked,
)
from commongrid.commands.demo.population.land import Land, kilometres
from commongrid.commands.demo.population.people import Filled, Hamlet, Home, Someone, Speller, lanes
from commongrid.commands.demo.population.plan import Plan, plan
from commongrid.commands.demo.population.traits import PREFIX, REGION
from commongrid.kernel.identity import id_number
from commongrid.kernel.widths import phone_of
from tests.sizes import FULL, size

TODAY = date(2026, 11, 26)
SHARE = 1.0 if FULL else 0.02
CENSUS = census().shared(SHARE)
BORN = {HEAD: "own", SPOUSE: "own", "20": "child", "30": "child", GRANDCHILD: "grandchild", PARENT: "parent"}
"""Whose child somebody is, by relation; those who married in are nobody's here."""


@cache
def planned(seed: str = "1") -> Plan:
    """The plan of the share."""
    return plan(CENSUS, seed)


def hamlets() -> list[Hamlet]:
    """The natural villages of the county, or of its first townships."""
    townships = naming.county("county", 1)[: size(3, 19)]
    return [
        Hamlet(village.code * 1000 + n, name, village.code * 1000, village.code * 1000 + 500, village.community,
               seat=village.community and township is townships[0])
        for township in townships
        for village in township.villages
        for n, name in enumerate(village.hamlets)
    ]  # fmt: skip


@cache
def spelled(seed: str = "1") -> tuple[Filled, ...]:
    """The share with names and births."""
    return tuple(Speller(planned(seed), hamlets(), TODAY, seed).filled(CENSUS))


def homes() -> list[Home]:
    """All of them."""
    return [home for filled in spelled() for home in filled.homes]


def everybody() -> list[Someone]:
    """All of them, dormitories included."""
    return [one for home in homes() for one in home.people] + [one for filled in spelled() for one in filled.collective]


def older(parent: Someone, child: Someone) -> float:
    """Years between two births."""
    return (child.born - parent.born).days / 365.2425


def parents_and_children(people: list[Someone]) -> list[tuple[Someone, Someone]]:
    """Pairs of which one is the parent of the other, by what they are to the head."""
    by = defaultdict(list)
    for one in people:
        by[one.role].append(one)
    heads = by[HEAD] + by[SPOUSE]
    children = by["20"] + by["30"]
    line = [one for one in children if by[GRANDCHILD]][:1] + by[IN_LAW["20"]] + by[IN_LAW["30"]]
    pairs = [(parent, child) for parent in heads for child in children]
    pairs += [(parent, child) for parent in by[PARENT] for child in by[HEAD]]
    return pairs + [(parent, child) for parent in line for child in by[GRANDCHILD]]


def test_parents_are_18_to_45_years_older_than_their_children() -> None:
    pairs = [pair for home in homes() for pair in parents_and_children(home.people)]
    assert len(pairs) > 3000
    wrong = [(older(*pair), pair[0].role, pair[1].role) for pair in pairs if not 18 <= older(*pair) <= 45]
    assert wrong == []


def test_spouses_are_of_plausible_ages_and_both_sexes() -> None:
    couples = [
        (home.people[0], one) for home in homes() for one in home.people if one.role == SPOUSE
    ]  # fmt: skip
    assert len(couples) > 500
    for head, spouse in couples:
        man, woman = (head, spouse) if head.sex == MALE else (spouse, head)
        assert man.sex != woman.sex
        assert -5 < older(man, woman) < 11
        assert man.marital == woman.marital == MARRIED


def test_each_household_has_one_head_who_is_at_home_where_anybody_is() -> None:
    for home in homes():
        assert [one.role for one in home.people].count(HEAD) == 1
        assert home.people[0].role == HEAD
        assert not home.people[0].away or all(one.away for one in home.people)
        assert (home.kind == "away") == all(one.away for one in home.people)


def test_each_booklet_has_one_head() -> None:
    apart = 0
    for home in homes():
        booklets = Counter((one.booklet, one.as_in_booklet == HEAD) for one in home.people)
        numbers = {one.booklet for one in home.people}
        assert all(booklets[number, True] == 1 for number in numbers)
        apart += len(numbers) > 1
    assert apart > 20


def test_brothers_and_sisters_are_born_a_year_apart() -> None:
    for home in homes():
        for role in (("20", "30"), (GRANDCHILD,)):
            born = sorted(one.born for one in home.people if one.role in role and not one.away)
            if home.kind in {"young", "three", "great", "skipped"}:
                assert all((after - before).days > 365 for before, after in pairwise(born))


def test_identity_numbers_are_valid_lie_in_no_region_and_belong_to_one() -> None:
    numbers = [one.number for one in everybody() if one.number]
    assert len(set(numbers)) == len(numbers) > 0.95 * len(everybody())
    for one in everybody():
        if one.number:
            read = id_number(one.number, today=TODAY)
            assert (read.born_on, read.sex, read.text[:6]) == (one.born, str(one.sex), REGION)


def test_phones_are_one_each_in_a_range_that_nobody_has() -> None:
    phones = [one.phone for one in everybody() if one.phone]
    assert len(set(phones)) == len(phones) > 0.5 * len(everybody())
    assert all(phone_of(phone) == phone and phone.startswith(PREFIX) and len(phone) == 11 for phone in phones)


def test_hamlets_have_a_clan_of_their_own() -> None:
    shares = []
    for filled in spelled():
        surnames = Counter(home.people[0].name[0] for home in filled.homes if home.people[0].sex == MALE)
        if surnames.total() >= 10 and filled.hamlet.name[1] == "家":
            shares.append(surnames[filled.hamlet.name[0]] / surnames.total())
    assert len(shares) > 5
    assert 0.5 < sum(shares) / len(shares) < 0.8
    everywhere = Counter(one.name[0] for one in everybody())
    assert everywhere.most_common(1)[0][1] < 0.2 * everywhere.total()


def test_children_have_their_fathers_surname() -> None:
    for home in homes():
        by = defaultdict(list)
        for one in home.people:
            by[one.role].append(one)
        fathers = [one for one in by[HEAD] + by[SPOUSE] if one.sex == MALE]
        if fathers:
            assert {one.name[0] for one in by["20"] + by["30"]} <= {fathers[0].name[0]}


def test_homes_stand_in_the_county_near_their_hamlet() -> None:
    land = Land("1")
    for filled in spelled():
        points = [kilometres(home.point) for home in filled.homes]
        assert all(land.holds(point) for point in points)
        assert len({home.point for home in filled.homes}) == len(points)
        for x, y in points:
            assert abs(x - points[0][0]) < 3
            assert abs(y - points[0][1]) < 3


def test_somebody_is_away_for_work_and_children_stay_behind() -> None:
    flags = Counter(flag for one in everybody() for flag in one.flags)
    children = [one for one in everybody() if one.born.year > TODAY.year - 16]
    away = [one for one in everybody() if one.away]
    assert 0.06 < len(away) / len(everybody()) < 0.2
    assert all(one.works_at for one in away)
    assert 0.1 < flags["left_behind_child"] / len(children) < 0.4
    assert 0.02 < flags["disabled"] / len(everybody()) < 0.08


def test_census_comes_out_to_the_number() -> None:
    rows = [unpacked(row) for row in planned().households]
    lived = [home for home in rows if home.here]
    people = Counter((one.sex, CENSUS.group_of(one.age)) for home in lived for one in home.here)
    people += Counter((sex, CENSUS.group_of(age)) for sex, age in planned().collective)
    assert people == Counter(
        {
            (sex, n): count
            for sex, told in ((1, CENSUS.male), (2, CENSUS.female))
            for n, count in enumerate(told)
            if count
        }
    )
    generations = Counter(home.generations for home in lived)
    assert tuple(generations[n] for n in range(1, 5)) == CENSUS.generations
    assert sum(len(home.here) == 1 for home in lived) == CENSUS.one_person
    assert abs(sum(len(home.here) for home in lived) - CENSUS.household_population) <= 3
    assert abs(sum(home.old for home in lived) - CENSUS.with_65plus) <= 3
    towns = sum(
        len(filled.collective) + sum(not one.away for home in filled.homes for one in home.people)
        for filled in spelled()
        if filled.hamlet.urban
    )
    assert towns == pytest.approx(CENSUS.urban, rel=0.02 if FULL else 0.06)


def test_same_seed_makes_the_same_county_and_another_seed_another() -> None:
    again = tuple(Speller(plan(CENSUS, "1"), hamlets(), TODAY, "1").filled(CENSUS))
    assert again == spelled()
    assert plan(CENSUS, "2").households != planned().households
    assert Land("1").outline() == Land("1").outline() != Land("2").outline()


def test_the_figures_kept_agree_with_themselves() -> None:
    told = census()
    assert sum(told.male) + sum(told.female) == told.population
    assert sum(told.generations) == told.households
    assert round(told.household_population / told.households, 2) == 2.64


@given(count=st.integers(0, 400_000), weights=st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_apportioned_adds_up(count: int, weights: list[int]) -> None:
    parts = apportioned(count, weights)
    assert sum(parts) == (count if sum(weights) else 0)
    assert all(part >= 0 for part in parts)


MEMBERS = st.builds(
    Member, st.sampled_from(sorted(LEVEL)), st.sampled_from((1, 2)), st.integers(0, 99),
    st.sampled_from(("10", "20", "30", "40")), st.booleans(),
)  # fmt: skip


@given(st.lists(MEMBERS, min_size=1, max_size=12))
def test_packed_households_come_back(people: list[Member]) -> None:
    assert unpacked(packed("three", people)) == Planned("three", tuple(people))


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10**6))
def test_any_seed_brings_the_households_of_the_census(seed: int) -> None:
    small = census().shared(0.01)
    rows = [unpacked(row) for row in plan(small, str(seed)).households]
    assert sum(bool(home.here) for home in rows) == small.households
    generations = Counter(home.generations for home in rows if home.here)
    assert all(abs(generations[n] - count) <= 3 for n, count in enumerate(small.generations, 1))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_township_has_two_villages_worth_dividing_along_a_stream(seed: str) -> None:
    villages = [one for township in naming.county("township", int(seed)) for one in township.villages]
    laid = [Hamlet(one.code * 1000 + n, name, one.code * 1000, one.code * 1000 + 6 + n % 3, urban=False)
            for one in villages for n, name in enumerate(one.hamlets, 1)]  # fmt: skip
    along = {code: replace(lane, row=laying.ROW) for code, lane in lanes(Land(seed), laid, seed).items()}
    first = [one for one in laid if one.village in {each.code * 1000 for each in villages[:2]}]
    share = census().shared(laying.SHARE["township"])

    def filled() -> list[Filled]:
        return list(Speller(plan(share, seed), first, TODAY, seed, along).filled(share))

    homes, members = Counter[int](), Counter[int]()
    for one in filled():
        lane = along[one.hamlet.code]
        homes[one.hamlet.village] += len(one.homes)
        members[one.hamlet.village] += sum(who.political == "01" for home in one.homes for who in home.people)
        spots = [kilometres(home.point) for home in one.homes]
        assert max(hypot(x - lane.at[0], y - lane.at[1]) for x, y in spots) < 0.5, "a hamlet, not a road"
        sides = Counter((x - lane.at[0]) * lane.way[1] > (y - lane.at[1]) * lane.way[0] for x, y in spots)  # which bank
        assert min(sides[True], sides[False]) >= min(15, len(spots) - laying.ROW)
    assert all(200 <= count <= 450 for count in homes.values()), homes
    assert all(count >= 15 for count in members.values()), members
    assert filled() == filled(), "the same seed, the same villages"
