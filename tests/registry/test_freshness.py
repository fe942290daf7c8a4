"""Complete and fresh: rules of plain values, a household's list, the clock's counts against the rules themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions, jobs, queries
from commongrid.registry.models import Household, Person, RecordTally
from commongrid.registry.queries import completeness
from commongrid.registry.queries.completeness import record_of
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.freshness import Record, Rule, Score, asked_of, gap, gaps, score
from tests.factories.desk import COUNTY, GRID, HAMLET, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet

TODAY = date(2026, 11, 24)
PHONE = Rule(of="person", field="phone", who="adults", fresh_days=365, weight=2)
NAME = Rule(of="person", field="display_name", need="needed")


def record(*held: str, born: date | None = date(1980, 1, 1), away: bool = False, **confirmed: str) -> Record:
    return Record(of="person", held=frozenset(held), confirmed=confirmed, born_on=born, away=away)


@pytest.mark.parametrize(
    ("who", "born", "away", "asked"),
    [
        ("all", None, False, True),
        ("adults", date(2008, 11, 24), False, True),
        ("adults", date(2008, 11, 25), False, False),
        ("adults", None, False, True),
        ("children", date(2008, 11, 25), False, True),
        ("children", date(2020, 11, 24), False, True),
        ("children", date(2020, 11, 25), False, False),
        ("children", None, False, False),
        ("elders", date(1966, 11, 24), False, True),
        ("elders", date(1966, 11, 25), False, False),
        ("away", date(1980, 1, 1), True, True),
        ("away", date(1980, 1, 1), False, False),
    ],
)
def test_whom_a_field_is_asked_of(who: str, born: date | None, away: bool, asked: bool) -> None:
    assert asked_of(Rule(of="person", field="x", who=who), record(born=born, away=away), TODAY) is asked


def test_missing_stale_and_fresh() -> None:
    assert gap(PHONE, record(), TODAY).why == "missing"  # type: ignore[union-attr]
    stale = gap(PHONE, record("phone", phone="2025-11-24"), TODAY)
    assert stale is not None
    assert (stale.why, stale.since) == ("stale", TODAY)
    assert gap(PHONE, record("phone", phone="2025-11-25"), TODAY) is None
    never = gap(PHONE, record("phone"), TODAY)
    assert never is not None
    assert (never.why, never.since) == ("stale", None)
    assert gap(NAME, record("display_name"), TODAY) is None, "a name never goes stale"


def test_the_needed_and_missing_come_first() -> None:
    rules = [PHONE, NAME, Rule(of="person", field="sex", need="needed", fresh_days=1)]
    found = gaps(rules, record("sex", sex="2026-01-01"), TODAY)
    assert [one.field for one in found] == ["display_name", "sex", "phone"]


@given(st.sets(st.sampled_from(["phone", "display_name"])), st.dates(date(2024, 1, 1), TODAY))
def test_a_score_is_what_is_asked_less_the_gaps(held: set[str], day: date) -> None:
    one = record(*held, phone=day.isoformat())
    found = score([PHONE, NAME], one, TODAY)
    assert found == Score(asked=3, fresh=3 - sum(gap.weight for gap in gaps([PHONE, NAME], one, TODAY)))
    assert score([], one, TODAY).share is None


def test_what_to_ask_a_household_next_time(village: Hamlet) -> None:
    home, people = village.family()
    with acting(CLERK):
        asked, total = queries.to_ask(CLERK, home, TODAY)
    assert {one.name for one in asked} >= {"", "周一"}
    wanted = {gap.field for one in asked if one.subject == people[0] for gap in one.gaps}
    assert "phone" in wanted
    assert "works_at" not in wanted, "only who is away is asked where"
    fields = actions.Fields(of="person", subject=people[0], written={"phone": "13812345678"})
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=date(2026, 5, 1)))
    with acting(CLERK):
        after, better = queries.to_ask(CLERK, home, TODAY)
        stale = queries.to_ask(CLERK, home, date(2027, 5, 1))[0]
    assert "phone" not in {gap.field for one in after if one.subject == people[0] for gap in one.gaps}
    assert "phone" in {gap.field for one in stale if one.subject == people[0] for gap in one.gaps}
    assert total.asked == better.asked
    assert total.fresh + 2 == better.fresh


def test_the_database_counts_as_the_rules_do(village: Hamlet) -> None:
    for number in ("1", "2"):
        village.family(number)
    with acting(CLERK):
        rules = queries.field_rules(CLERK, TODAY)
        people = list(Person.objects.exclude(household=None))
        records = [*map(record_of, people), *map(record_of, Household.objects.all())]
        by_rules = sum((score(rules, one, TODAY) for one in records), Score())
        tallies = [one for one in queries.counted(CLERK, VILLAGE, TODAY) if one.of in ("person", "household")]
        by_home = sum((one.score for one in queries.home_scores(CLERK, GRID, TODAY)[0]), Score())
    assert sum((one.score for one in tallies), Score()) == by_rules == by_home
    assert {one.place for one in tallies} == {GRID}


def test_a_natural_village_has_its_own_board_whatever_grid_serves_it(village: Hamlet) -> None:
    village.family()
    with acting(CLERK):
        of_grid, of_hamlet = (
            [one for one in queries.counted(CLERK, at, TODAY) if one.of in ("person", "household")]
            for at in (GRID, HAMLET)
        )
        assert of_grid == of_hamlet
        assert {one.place for one in of_hamlet} == {GRID}
        assert sum((one.score for one in of_hamlet), Score()) == queries.home_scores(CLERK, HAMLET, TODAY)[0][0].score
        asked = [queries.lacking(CLERK, at, "person", "phone", TODAY)[0] for at in (GRID, HAMLET)]
    assert asked[0] == asked[1] != []


def test_the_households_of_a_grid_have_pages(village: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "HOMES", 1)
    homes = {village.home(number) for number in ("1", "2")}
    for home in homes:
        village.person(home, "周大山")
    with acting(CLERK):
        pages = [queries.home_scores(CLERK, GRID, TODAY, page) for page in (1, 2, 3)]
    assert [more for _, more in pages] == [True, False, False]
    assert {one.id for some, _ in pages for one in some} == homes


def test_a_stale_field_says_since_when(village: Hamlet) -> None:
    day = date(2025, 3, 1)
    one = village.person(village.home("1", day), "赵五", phone="13812345678", on=day, born_on=date(1980, 1, 1))
    del one
    with acting(CLERK):
        tally = next(t for t in queries.counted(CLERK, VILLAGE, TODAY) if t.field == "phone")
    assert (tally.asked, tally.missing, tally.stale) == (1, 0, 1)
    assert tally.since == date(2025, 3, 1) + timedelta(days=365)


def test_the_clock_counts_by_village_and_again_harmlessly(village: Hamlet) -> None:
    village.family()
    assert jobs.count() == jobs.count() > 0
    county = scope_at(COUNTY, "people.read")
    with acting(county):
        tallies, at = queries.tallied(county, COUNTY)
        assert {one.place for one in tallies} == {VILLAGE}
        assert at is not None
        assert RecordTally.objects.count() == len(tallies)
