"""Before somebody is entered: who is in the register already is found, elsewhere only that there is one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.pinyin import sort_key
from commongrid.kernel.scope import public
from commongrid.registry import actions, queries
from commongrid.registry.models import ChangeRequest
from commongrid.registry.queries import Alike
from commongrid.registry.rules.facts import Into, NewPerson, Told
from tests.factories.desk import FAR_VILLAGE, GRID, OTHER_VILLAGE, VILLAGE
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import CLERK, DAY, Hamlet
from tests.registry.importing.making import number

if TYPE_CHECKING:
    from tests.bed import Database

BORN = date(1980, 5, 6)
TOLD = Told(on=DAY)


def found(home: UUID, name: str, born: date | None = None, id_number: str = "") -> Alike:
    """Who may be the same as somebody who is about to be entered."""
    return queries.alike(CLERK, NewPerson(name=name, born_on=born, id_number=id_number), home, GRID)


def far(database: Database, place: int, name: str, **more: object) -> UUID:
    """Somebody whom the clerk does not see."""
    ident = new_id()
    said = {"display_name": name, "sort_key": sort_key(name), "place": place, "state": "here", "born_on": BORN, **more}
    with database.as_role("owner") as owner:
        insert(owner, "Person", id=ident, **said)
    return ident


def test_who_may_be_the_same_is_found_in_sight(village: Hamlet) -> None:
    home, other = village.home("1"), village.home("2")
    mountain = village.person(other, "周大山", born_on=BORN)
    nobodys = village.person(home, "吴二")
    for name, born, who in (
        ("周大山", BORN, mountain),  # the same name and birth, in another household
        ("周大衫", BORN, mountain),  # one that sounds the same, in the same village
        ("吴二", date(1990, 1, 1), nobodys),  # the same name in the household, whose birth nobody knows
        ("吴二", None, nobodys),
    ):
        assert [one.id for one in found(home, name, born).seen] == [who], name
    assert found(home, "周大山", BORN).seen[0].home == "2"
    for name, born in (("周大山", date(1980, 5, 7)), ("周大海", BORN), ("周大山", None), ("郑七", BORN)):
        assert not found(home, name, born), name
    actions.died(CLERK, Act.new(), person_id=mountain, told=TOLD)
    assert not found(home, "周大山", BORN), "who has died is nobody who moves in"


def test_elsewhere_only_that_there_is_one(village: Hamlet, database: Database) -> None:
    home = village.home("1")
    for place in (OTHER_VILLAGE, FAR_VILLAGE):
        assert not found(home, f"周{place % 7}山", BORN)
        far(database, place, f"周{place % 7}山")
        assert found(home, f"周{place % 7}山", BORN) == Alike(elsewhere=True)
    far(database, OTHER_VILLAGE, "钱大海")
    assert not found(home, "钱大孩", BORN), "what sounds the same counts in the village alone"
    another = (VILLAGE // 10**9 + 1) * 10**9 + 1_001_000
    far(database, another, "孙大海")
    assert not found(home, "孙大海", BORN), "another county is asked nothing"
    with acting(public()):
        assert not queries.alike(public(), NewPerson(name="钱大海", born_on=BORN), home, GRID), "and nobody else asks"


def test_a_number_tells_them_together_and_apart(village: Hamlet, database: Database) -> None:
    home, other = village.home("1"), village.home("2")
    one, two, three = (number(n) for n in (1, 2, 3))
    here = village.person(other, "周大山", id_number=one)
    born = village.read(here).born_on
    assert found(home, "改了名", id_number=one) == found(home, "周大山", born, one)
    assert (found(home, "改了名", id_number=one).seen[0].id, found(home, "改了名", id_number=one).numbered) == (
        here,
        True,
    )
    assert not found(home, "周大山", born, two), "another number is another person"
    far(database, FAR_VILLAGE, "吴二", id_index=sealed.index(three), id_sealed=b"x")
    assert found(home, "吴三", id_number=three) == Alike(elsewhere=True, numbered=True)
    assert found(home, "吴二", BORN) == Alike(elsewhere=True)
    assert not found(home, "吴二", BORN, two)


def test_nobody_is_entered_twice_unless_somebody_knows_better(village: Hamlet) -> None:
    home, other = village.home("1"), village.home("2")
    village.person(other, "周大山", born_on=BORN)
    into, said = Into(household=home), NewPerson(name="周大山", born_on=BORN)
    with pytest.raises(actions.Twice) as refused:
        actions.moved_in(CLERK, Act.new(), into=into, newcomer=said, told=TOLD)
    assert list(refused.value.fields) == ["another"]
    act = Act.new()
    for _ in range(2):
        actions.moved_in(CLERK, act, into=into, newcomer=said, told=TOLD, another=True)
    child = NewPerson(name="周小五")
    actions.born(CLERK, Act.new(), into=into, child=child, told=TOLD)
    with pytest.raises(actions.Twice):
        actions.born(CLERK, Act.new(), into=Into(household=other), child=child, told=TOLD)
    actions.born(CLERK, Act.new(), into=Into(household=other), child=child, told=TOLD, another=True)


def test_a_birth_that_may_be_entered_already_waits_though_the_county_lets_it_pass(
    village: Hamlet, database: Database
) -> None:
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_change_rule SET approve = false WHERE sort = 'born'")
    home, _people = village.family()
    field = scope_at(VILLAGE, "people.confirm", "people.read", role="grid", narrow="grids", grids=(GRID,))
    change = actions.Change(sort="born", household=home, said={"name": "周小五"})
    first, second = (
        UUID(actions.report_change(field, Act.new(), change=change, told=TOLD)["request"]) for _ in range(2)
    )
    with acting(CLERK):
        states = [ChangeRequest.objects.get(id=one).state for one in (first, second)]
    assert states == ["done", "open"]
    with pytest.raises(actions.Twice):
        actions.approve_change(CLERK, Act.new(), request_id=second)
