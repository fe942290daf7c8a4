"""People and doors are found by what officials know of them, within scope only, numbers only whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions, queries
from commongrid.registry.models import Person
from commongrid.registry.queries import people
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from tests.factories.desk import COUNTY, FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, OTHER_CLERK, Hamlet

ID = "11010519491231002X"


def names(place: int, text: str, **more: Any) -> list[str]:
    scope = scope_at(place, "people.read", **more)
    with acting(scope):
        return [one.name for one in queries.find_people(scope, text)]


@pytest.fixture
def known(village: Hamlet) -> Hamlet:
    """Three people of two households."""
    home = village.home("1")
    village.person(home, "欧阳大山", phone="13812345678", id_number=ID)
    village.person(home, "欧阳小山", "20")
    village.person(village.home("2"), "单于明", phone="13900001111")
    return village


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("大山", ["欧阳大山"]), ("欧阳", ["欧阳大山", "欧阳小山"]), ("山", ["欧阳大山", "欧阳小山"]),
        ("oyds", ["欧阳大山"]), ("OY", ["欧阳大山", "欧阳小山"]), ("cym", ["单于明"]), ("13812345678", ["欧阳大山"]),
        ("138 1234 5678", ["欧阳大山"]), (ID.lower(), ["欧阳大山"]), ("1381234567", []), (ID[:-1], []), ("李", []),
        ("%", []), ("_", []), ("", []), ("o", []), ("欧", ["欧阳大山", "欧阳小山"]), ("明", ["单于明"]),
    ],
)  # fmt: skip
def test_people_are_found_by_what_is_known(known: Hamlet, text: str, found: list[str]) -> None:
    assert names(VILLAGE, text) == found
    assert names(COUNTY, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("大山", ["1"]), ("小山", ["1"]), ("oyxs", ["1"]), ("13900001111", ["2"]), ("2", ["2"]), ("李", [])],
)
def test_a_list_finds_a_household_by_anybody_in_it(known: Hamlet, text: str, found: list[str]) -> None:
    for place in (HAMLET, VILLAGE, COUNTY):
        scope = scope_at(COUNTY if place == COUNTY else VILLAGE, "people.read")
        with acting(scope):
            assert [one.number for one in queries.homes(scope, place, text=text).lines] == found


@pytest.mark.parametrize("text", ["欧", "山", "欧阳", "oy"])
def test_a_narrow_reader_finds_their_own_however_many_there_are_beside(
    known: Hamlet, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MANY", 1)
    with acting(CLERK):
        found = dict(Person.objects.filter(display_name__startswith="欧").values_list("display_name", "household_id"))
    new = NewHome(place=OTHER_GRID, natural_village=HAMLET, number="9", began_on=DAY)
    known.person(UUID(actions.found_household(CLERK, Act.new(), new=new)["household"]), "欧阳山")
    assert names(VILLAGE, text, narrow="grids", grids=(OTHER_GRID,)) == ["欧阳山"]
    own = found["欧阳大山"]
    assert own is not None
    assert len(names(VILLAGE, text, narrow="households", households=(own,))) == 1


def test_a_single_sign_is_a_surname_where_enough_bear_it(known: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MANY", 2)
    known.person(known.home("8"), "大欧", on=DAY)
    assert names(VILLAGE, "欧") == ["欧阳大山", "欧阳小山"]
    monkeypatch.setattr(people, "MANY", 3)
    assert set(names(VILLAGE, "欧")) == {"大欧", "欧阳大山", "欧阳小山"}


@pytest.mark.parametrize(("near", "first"), [(GRID, "欧阳丙"), (OTHER_VILLAGE, "欧阳乙"), (None, "欧阳丙")])
def test_people_near_a_place_come_first_however_many_there_are_beside(
    village: Hamlet, other_hamlet: int, near: int | None, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, name in enumerate(("欧阳甲", "欧阳丙", "欧阳丁")):
        village.person(village.home(str(n)), name)
    new = NewHome(place=OTHER_VILLAGE, natural_village=other_hamlet, number="9", began_on=DAY)
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    newcomer = NewPerson(name="欧阳乙")
    actions.moved_in(OTHER_CLERK, Act.new(), into=Into(household=there), newcomer=newcomer, told=Told(on=DAY))
    monkeypatch.setattr(people, "MANY", 3)  # the village's own use it up
    scope = scope_at(COUNTY, "people.read")
    with acting(scope):
        found = [one.name for one in queries.find_people(scope, "欧阳", near=near)]
        same = queries.namesakes(scope, "欧阳乙", 9, near=near, chosen=there)
        chosen = queries.namesakes(scope, "欧阳丙", 1, near=near, chosen=same[0].id)
    assert found[0] == first
    assert [one.name for one in same] == ["欧阳乙"]
    assert [one.name for one in chosen] == ["欧阳丙"], "somebody of another name is no namesake"


@pytest.mark.parametrize("text", ["大山", "oyds", "13812345678", ID])
def test_nobody_is_found_out_of_scope(known: Hamlet, text: str) -> None:
    assert names(FAR_VILLAGE, text) == []
    assert names(VILLAGE, text, narrow="grids", grids=(OTHER_GRID,)) == []
    assert names(VILLAGE, text, narrow="grids", grids=(GRID,)) == ["欧阳大山"]


def test_who_has_died_is_not_offered(known: Hamlet) -> None:
    scope = scope_at(VILLAGE, "people.read")
    with acting(scope):
        (one,) = queries.find_people(scope, "单于明")
    actions.died(CLERK, Act.new(), person_id=one.id, told=Told(on=DAY))
    assert names(VILLAGE, "单于明") == []


def test_a_door_is_found_by_part_of_it(village: Hamlet) -> None:
    home = village.home("1")
    fields = actions.Fields(of="household", subject=home, written={"door": "上河湾12号"})
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=DAY))
    scope, far = scope_at(VILLAGE, "people.read"), scope_at(FAR_VILLAGE, "people.read")
    with acting(scope):
        assert [one.id for one in queries.find_homes(scope, "湾12")] == [home]
    with acting(far):
        assert queries.find_homes(far, "湾12") == []


def test_the_search_function_without_a_scope_finds_nothing(known: Hamlet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM find_homes('湾', 0, 999999999999999, 10)")
        assert cursor.fetchone() == (0,)
