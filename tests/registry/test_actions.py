"""People and households, thin as they are: entered in scope, refused in words, found again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import UniqueViolation

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import NewHome
from commongrid.territory import actions as territory
from commongrid.territory.rules.editing import Named
from tests.factories.places import as_owner, bring, whole
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

VILLAGE, OTHER = 990101101201000, 990101101202000
CLERK = scope_at(VILLAGE, "posts.appoint", "places.edit", "people.edit")


@pytest.fixture
def hamlet(database: Database) -> int:
    with as_owner(database):
        bring(whole(), date(2026, 1, 5))
    added = territory.add_natural_village(CLERK, Act.new(), village=VILLAGE, named=Named("上河"))
    return int(added["code"])


def test_found_household_once_and_records_its_act(hamlet: int) -> None:
    act = Act.new()
    for _again in range(2):
        answer = actions.found_household(CLERK, act, new=NewHome(place=VILLAGE, natural_village=hamlet, number=" 1 2 "))
        assert answer == {"household": str(act.id)}
    with acting(CLERK):
        assert queries.household(CLERK, act.id).number == "12"
        assert [line.name for line in journal.history(CLERK, act.id)] == ["registry.household_added"]
    with acting(scope_at(OTHER)), pytest.raises(NotYours):
        queries.household(scope_at(OTHER), act.id)


def test_found_household_refuses(hamlet: int) -> None:
    def add(place: int = VILLAGE, natural_village: int = hamlet, number: str = "1") -> object:
        new = NewHome(place=place, natural_village=natural_village, number=number)
        return actions.found_household(CLERK, Act.new(), new=new)

    add()
    for wrong, field in (
        ({"number": " "}, "number"),
        ({"number": "1"}, "number"),
        ({"number": "9" * 21}, "number"),
        ({"number": "1\x00"}, "number"),
        ({"natural_village": VILLAGE}, "natural_village"),
        ({"natural_village": OTHER + 1}, "natural_village"),
    ):
        with pytest.raises(BadInput) as refused:
            add(**wrong)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotYours):
        add(place=OTHER)


@pytest.mark.usefixtures("database")
def test_add_person_refuses_and_is_harmless_twice() -> None:
    act = Act.new()
    for _again in range(2):
        assert actions.add_person(CLERK, act, display_name=" 张 三 ", place=VILLAGE) == {"person": str(act.id)}
    for name in ("", "  ", "长" * 61, "张\x00"):
        with pytest.raises(BadInput):
            actions.add_person(CLERK, Act.new(), display_name=name, place=VILLAGE)
    with pytest.raises(NotYours):
        actions.add_person(CLERK, Act.new(), display_name="李四", place=OTHER)
    with pytest.raises(NotAllowed):
        actions.add_person(scope_at(VILLAGE), Act.new(), display_name="李四", place=VILLAGE)


def test_an_account_is_one_persons(database: Database) -> None:
    people = [
        actions.add_person(CLERK, Act.new(), display_name=name, place=VILLAGE)["person"] for name in ("张三", "李四")
    ]
    with database.as_role("owner") as owner, pytest.raises(UniqueViolation, match="account_once"):
        owner.execute("UPDATE registry_person SET account_id = 1 WHERE id = ANY(%s)", [people])
