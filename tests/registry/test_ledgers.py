"""The ready ledgers: who is in each by age, flag, population and period; hardship only for those who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotAllowed, NotFound
from commongrid.kernel.scope import Scope
from commongrid.registry import actions, queries
from commongrid.registry.models import Code, FlagType, RegisteredHousehold
from commongrid.registry.rules.facts import Into, NewPerson, Told
from commongrid.registry.rules.freshness import years
from commongrid.registry.rules.ledgers import LEDGERS, born_between, columns_of, totals
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, Hamlet
from tests.registry.importing.making import person as row_of
from tests.registry.importing.test_taking import send, take

if TYPE_CHECKING:
    from tests.bed import Database

TODAY = date(2026, 11, 24)
CIVIL = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship")
TOLD = Told(on=DAY)
LATER, LATEST = Told(on=date(2026, 5, 2)), Told(on=date(2026, 6, 2))
WANTED = queries.Wanted(place=VILLAGE, population="resident", on=TODAY, since=DAY)


def names(code: str, scope: Scope = CLERK, population: str = "resident", **more: Any) -> list[str]:
    return [str(row["name"]) for row in rows_of(code, scope, population=population, **more)]


def rows_of(code: str, scope: Scope = CLERK, **more: Any) -> list[Mapping[str, Any]]:
    asked = {"place": VILLAGE, "population": "resident", "on": TODAY, "since": date(2026, 1, 1), **more}
    with acting(scope):
        found = queries.ledger_rows(scope, queries.ledger(scope, code), queries.Wanted(**asked))
    return [row.values for row in found]


@given(
    st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 110), st.integers(0, 20), st.dates(date(2000, 1, 1))
)
def test_days_of_birth_are_those_of_the_ages(born: date, youngest: int, more: int, on: date) -> None:
    first, last = born_between((youngest, youngest + more), on)
    if born <= on:
        assert (first <= born <= last) is (youngest <= years(born, on) <= youngest + more)


def test_there_are_at_least_twenty_and_each_has_columns() -> None:
    assert len(LEDGERS) >= 20
    assert all(one.zh and one.en and columns_of(one) for one in LEDGERS.values())


def test_every_flag_and_kind_that_a_ledger_names_is_in_its_list(village: Hamlet) -> None:
    with acting(CLERK):
        flags = dict(FlagType.objects.values_list("code", "sensitive"))
        kinds = set(Code.objects.filter(list="thing").values_list("code", flat=True))
    for one in LEDGERS.values():
        assert {flags[flag] for flag in one.flags} <= {one.sealed}, one.code
        assert set(one.kinds) <= kinds


def test_people_by_age_and_by_population(village: Hamlet) -> None:
    _home, (head, _wife, _son, father) = village.family()
    village.person(village.home("2"), "郑老", sex="2", born_on=date(1940, 1, 1))
    assert names("elders_80") == ["郑老"]
    assert set(names("elders_60")) == {"周四", "郑老"}
    assert names("children") == []
    booklet = UUID(actions.open_booklet(CLERK, Act.new(), new=actions.NewBooklet(place=VILLAGE, number="1"), told=TOLD)[
        "booklet"
    ])  # fmt: skip
    for who in (head, father):
        actions.enrol(CLERK, Act.new(), person_id=who, booklet_id=booklet, as_to_head="", told=TOLD)
    assert set(names("roster", population="registered")) == {"周一", "周四"}
    assert names("elders_60", population="registered") == ["周四"]
    assert len(names("roster")) == 5
    actions.left_for_work(CLERK, Act.new(), person_id=head, to="浙江", told=TOLD)
    assert names("away") == ["周一"]


def test_people_as_of_a_day_are_those_of_that_day(village: Hamlet) -> None:
    home, (head, wife, _son, father) = village.family()
    actions.left_for_work(CLERK, Act.new(), person_id=wife, to="浙江", told=Told(on=date(2026, 4, 1)))
    actions.died(CLERK, Act.new(), person_id=father, told=LATEST)
    village.person(home, "新来", "97", on=date(2026, 7, 1), born_on=date(1950, 1, 1))
    actions.returned(CLERK, Act.new(), person_id=wife, told=Told(on=date(2026, 7, 2)))
    actions.set_head(CLERK, Act.new(), household_id=home, person_id=wife, told=Told(on=date(2026, 7, 2)))
    may = date(2026, 5, 1)
    assert sorted(names("roster", on=may)) == ["吴二", "周一", "周三", "周四"]
    assert names("elders_60", on=may) == ["周四"]
    assert (names("elders_60"), names("away")) == (["新来"], [])
    assert names("away", on=may) == ["吴二"]
    assert names("roster", on=date(2026, 2, 1)) == []
    with acting(CLERK):
        found = queries.ledger_rows(CLERK, LEDGERS["roster"], replace(WANTED, on=may))
        (away,) = queries.ledger_rows(CLERK, LEDGERS["away"], replace(WANTED, on=may))
    assert {row.subject: row.values["relation"] for row in found}[head] == "02", "as they were to the head of then"
    assert away.values["works_at"] == "浙江"


def test_who_left_sight_since_is_named_and_those_registered_are_of_the_day(village: Hamlet, database: Database) -> None:
    _home, (head, *_rest) = village.family()
    actions.enrol(CLERK, Act.new(), person_id=head, booklet_id=_booklet("1"), as_to_head="02", told=LATER)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_stay SET to_on = '2026-06-02' WHERE person_id = %s AND sort = 'living'", [head])
        owner.execute("UPDATE registry_person SET place = %s, household_id = NULL WHERE id = %s", [FAR_VILLAGE, head])
    assert "周一" not in names("roster")
    assert sorted(names("roster", on=date(2026, 5, 3))) == ["吴二", "周一", "周三", "周四"]
    assert names("roster", population="registered", on=date(2026, 5, 1)) == []


def test_what_came_in_with_a_file_began_nobody_knows_when(village: Hamlet) -> None:
    old = row_of(number="1", name="周大山", born_on="1950-01-01")
    take(send(old, row_of(number="1", name="周小", relation="子", born_on="2026-06-01")))
    assert names("roster", on=date(2026, 5, 1)) == ["周大山"]


def test_what_happened_to_those_registered(village: Hamlet) -> None:
    home, (head, _wife, son, _father) = village.family()
    child = NewPerson(name="周小", sex="2", registered_place=HAMLET)
    said = actions.born(CLERK, Act.new(), into=Into(household=home, as_to_head="30"), child=child, told=LATER)
    for who in (UUID(said["person"]), head, son):
        actions.enrol(CLERK, Act.new(), person_id=who, booklet_id=_booklet("1"), as_to_head="20", told=LATER)
    actions.enrol(CLERK, Act.new(), person_id=son, booklet_id=_booklet("2"), as_to_head="", told=LATEST)
    actions.strike(CLERK, Act.new(), person_id=head, told=LATEST)
    actions.died(CLERK, Act.new(), person_id=son, told=LATEST)
    assert names("births", population="registered") == ["周小"], "and her first booklet is no other event"
    assert sorted(names("moves", population="registered")) == ["周一", "周一", "周三"], "entered, and struck off"
    assert names("deaths", population="registered") == ["周三"], "once, whatever he stood in"
    assert sorted(names("changes", population="registered")) == ["周一", "周一", *["周三"] * 3, "周小"]


def test_those_registered_by_place_alone_are_born_and_die_too(village: Hamlet) -> None:
    home = village.home("1")
    village.person(home, "郑老", born_on=date(1940, 1, 1))
    gone = village.person(home, "郑大", "20", registered_place=VILLAGE)
    actions.died(CLERK, Act.new(), person_id=gone, told=LATER)
    assert names("deaths", population="registered") == names("changes", population="registered") == ["郑大"]


def test_booklets_have_a_ledger(village: Hamlet) -> None:
    _home, (head, wife, *_) = village.family()
    for who in (head, wife):
        actions.enrol(CLERK, Act.new(), person_id=who, booklet_id=_booklet("1"), as_to_head="10", told=LATER)
    actions.left_for_work(CLERK, Act.new(), person_id=wife, to="", told=LATEST)
    with acting(CLERK):
        (row,) = queries.ledger_rows(CLERK, LEDGERS["booklets"], WANTED)
    assert (row.of, row.values["name"], row.values["people"], row.values["here"]) == ("booklet", "周一", 2, 1)


def _booklet(number: str) -> UUID:
    with acting(CLERK):
        found = RegisteredHousehold.objects.filter(number=number).first()
    new = actions.NewBooklet(place=HAMLET, number=number)
    return found.id if found else UUID(actions.open_booklet(CLERK, Act.new(), new=new, told=TOLD)["booklet"])


def test_what_happened_in_a_period(village: Hamlet) -> None:
    _home, (head, *_) = village.family()
    actions.died(CLERK, Act.new(), person_id=head, told=Told(on=date(2026, 6, 1)))
    assert names("deaths") == ["周一"]
    assert names("deaths", since=date(2026, 6, 2)) == []
    assert len(names("moves")) == 4
    assert len(names("changes")) == 5


def test_hardship_is_for_those_who_may_see_it(village: Hamlet) -> None:
    home, (head, _wife, son, _father) = village.family()
    for what in (
        actions.Recognised(type_code="disabled", person=son), actions.Recognised(type_code="dibao", household=home)
    ):  # fmt: skip
        actions.flag(CIVIL, Act.new(), what=what, told=TOLD)
    actions.flag(CLERK, Act.new(), what=actions.Recognised(type_code="veteran", person=head), told=TOLD)
    assert names("veterans") == ["周一"]
    assert names("disabled", CIVIL) == ["周三"]
    assert names("allowances", CIVIL) == ["周一"], "a household's flag names its head"
    with pytest.raises(NotAllowed):
        names("disabled")
    with pytest.raises(NotFound):
        names("nonsense")
    with acting(CLERK):
        assert not any(one.sealed for one in queries.offered(CLERK))


def test_flags_elsewhere_crowd_nobody_out(village: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    _home, people = village.family()
    for who in people:
        actions.flag(CLERK, Act.new(), what=actions.Recognised(type_code="veteran", person=who), told=TOLD)
    new = actions.NewBooklet(place=VILLAGE, number="1")
    booklet = UUID(actions.open_booklet(CLERK, Act.new(), new=new, told=TOLD)["booklet"])
    actions.enrol(CLERK, Act.new(), person_id=people[3], booklet_id=booklet, as_to_head="", told=TOLD)
    monkeypatch.setattr("commongrid.registry.queries.ledgers.MOST", 1)
    assert names("veterans", population="registered") == ["周四"]


def test_numbers_are_masked_and_other_villages_are_not_there(village: Hamlet) -> None:
    village.person(village.home("1"), "赵五", phone="13812345678", id_number="11010519491231002X")
    wanted = queries.Wanted(place=VILLAGE, population="resident", on=TODAY, since=DAY)
    with acting(CLERK):
        row = queries.ledger_rows(CLERK, LEDGERS["roster"], wanted)[0]
        assert (row.values["phone"], row.values["id_number"]) == ("138****5678", "1101**********002X")
    far = scope_at(FAR_VILLAGE, "people.read")
    with acting(far):
        assert queries.ledger_rows(far, LEDGERS["roster"], wanted) == []


def test_homes_sites_and_things(village: Hamlet) -> None:
    _home, people = village.family()
    for who in people:
        actions.left_for_work(CLERK, Act.new(), person_id=who, to="", told=TOLD)
    assert names("homes_away") == ["周一"]
    for of, written in (
        ("site", {"kind": "12", "name": "老屋", "hazard": "23", "self_built": "1"}),
        ("thing", {"kind": "41", "name": "黄狗"}),
        ("thing", {"kind": "12", "name": "红瓶", "every_months": "6"}),
        ("organisation", {"kind": "41", "name": "理事会"}),
    ):
        new = actions.NewHolding(of=of, place=GRID, written=written)
        actions.add_holding(CLERK, Act.new(), new=new, told=TOLD)
    assert [names(code) for code in ("hazards", "self_built", "dogs", "due", "organisations")] == [
        ["老屋"], ["老屋"], ["黄狗"], ["红瓶"], ["理事会"],
    ]  # fmt: skip


def test_registered_place_and_collective_are_columns_and_who_belongs_is_asked_for(village: Hamlet) -> None:
    home = village.home("2")
    village.person(home, "郑老", sex="2", registered_place=VILLAGE, collective=VILLAGE)
    village.person(home, "郑客", "97", sex="1", registered_place=FAR_VILLAGE)
    village.person(home, "郑新", "97")
    for belongs, found in (
        ("registered", ["郑老"]), ("not_registered", ["郑客", "郑新"]), ("collective", ["郑老"]),
        ("not_collective", ["郑客", "郑新"]),
    ):  # fmt: skip
        assert sorted(names("roster", belongs=belongs)) == sorted(found), belongs
    assert names("roster", population="registered", belongs="collective") == ["郑老"]
    row = next(row for row in rows_of("roster") if row["name"] == "郑老")
    assert (row["registered_place"], row["collective"], row["no"]) == (VILLAGE, VILLAGE, 1)
    village.person(village.home("10"), "十户")
    assert [row["number"] for row in rows_of("roster")] == ["2", "2", "2", "10"], "as they are numbered, not as text"


def test_every_column_of_a_ledger_stands_in_its_rows(village: Hamlet) -> None:
    home, (_head, _wife, son, _father) = village.family()
    for what in (
        actions.Recognised(type_code="disabled", person=son, body="县残联"),
        actions.Recognised(type_code="disabled_severe", person=son),
        actions.Recognised(type_code="dibao", household=home),
    ):  # fmt: skip
        actions.flag(CIVIL, Act.new(), what=what, told=TOLD)
    for of, written in (
        ("site", {"kind": "12", "name": "老屋", "hazard": "23", "self_built": "1"}),
        ("thing", {"kind": "41", "name": "黄狗", "every_months": "12"}),
        ("organisation", {"kind": "41", "name": "理事会"}),
    ):  # fmt: skip
        actions.add_holding(CLERK, Act.new(), new=actions.NewHolding(of=of, place=GRID, written=written), told=TOLD)
    seen = set()
    for code, one in LEDGERS.items():
        for row in rows_of(code, CIVIL, since=date(2000, 1, 1)):
            assert {key for key, _head in columns_of(one)} <= set(row), code
            seen.add(one.of)
    assert seen == {"person", "flag", "stay", "site", "thing", "organisation"}
    (row,) = rows_of("disabled", CIVIL)
    assert (row["flag"], row["body"]) == (("disabled", "disabled_severe"), "县残联"), "one person, one row"


def test_totals_by_place_and_in_all(village: Hamlet) -> None:
    village.family()
    found = totals(LEDGERS["roster"], rows_of("roster"))
    assert found.sorts[:4] == ("people", "homes", "male", "female")
    assert found.all[:2] == (4, 1)
    assert [numbers for _place, numbers in found.places] == [found.all]
    wanted = queries.Wanted(place=VILLAGE, population="resident", on=TODAY, since=date(2026, 1, 1))
    with acting(CLERK):
        for one in queries.offered(CLERK):
            rows = [row.values for row in queries.ledger_rows(CLERK, one, wanted)]
            assert queries.ledger_totals(CLERK, one, wanted).all == totals(one, rows).all, one.code
    happened = totals(LEDGERS["changes"], rows_of("changes"))
    assert dict(zip(happened.sorts, happened.all, strict=True)) == {
        "way:in": 4, "way:out": 0, "way:within": 0, "why:moved_in": 4,
    }  # fmt: skip
    row = {"place": 1, "people": 3, "registered": 2}
    homes = totals(LEDGERS["homes_away"], [row, {**row, "place": 2}])
    assert (homes.sorts, homes.all) == (("homes", "people", "registered"), (2, 6, 4))
    assert homes.places == ((1, (1, 3, 2)), (2, (1, 3, 2)))
    assert totals(LEDGERS["roster"], []).all == (0, 0, 0, 0)


def test_homes_of_those_registered_and_how_many_are(village: Hamlet) -> None:
    _home, people = village.family()
    for who in people:
        actions.left_for_work(CLERK, Act.new(), person_id=who, to="", told=TOLD)
    assert names("homes_away", population="registered") == []
    fields = actions.Fields(of="person", subject=people[0], written={"registered_place": str(VILLAGE)})
    actions.correct(CLERK, Act.new(), fields=fields, told=TOLD)
    (row,) = rows_of("homes_away", population="registered")
    assert (row["people"], row["registered"]) == (4, 1)
