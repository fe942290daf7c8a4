"""What is heard of late: it reaches back behind what was told since, and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.registry import actions, queries
from commongrid.registry.models import Person, Stay
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from tests.factories.desk import GRID, HAMLET
from tests.registry.conftest import CLERK, Hamlet, broken_laws
from tests.registry.importing.making import number
from tests.registry.importing.making import person as row
from tests.registry.importing.test_taking import send, take

LATE = Told(on=date(2026, 4, 15))
MAY = Told(on=date(2026, 5, 1))
JUNE = Told(on=date(2026, 6, 1))


def died(person: UUID, told: Told = LATE) -> UUID:
    act = Act.new()
    actions.died(CLERK, act, person_id=person, told=told)
    return act.id


def lives(home: UUID, on: date) -> dict[str, str]:
    with acting(CLERK):
        return {one.name: one.as_to_head for one in queries.members_on(CLERK, home, on)}


def rows() -> list[tuple[object, ...]]:
    """Every stay there is."""
    with acting(CLERK):
        columns = ("id", "person_id", "as_to_head", "head", "from_on", "to_on", "why_began", "why_ended", "ended_by")
        return sorted(Stay.objects.values_list(*columns), key=str)


def takes_back(act: UUID, before: list[tuple[object, ...]]) -> None:
    actions.undo(CLERK, Act.new(), done=act, told=Told(on=date(2026, 7, 1), source="x"))
    assert rows() == before
    assert broken_laws() == []


def test_a_head_who_died_before_a_later_child_came(village: Hamlet) -> None:
    home = village.home("1")
    old = village.person(home, "周老", sex="1", born_on=date(1940, 1, 1))
    village.person(home, "周子", "20", sex="1", born_on=date(1980, 1, 1))
    child = NewPerson(name="周小", sex="2")
    actions.born(CLERK, Act.new(), into=Into(household=home, as_to_head="40"), child=child, told=MAY)
    before = rows()
    act = died(old)
    assert broken_laws() == []
    assert lives(home, date(2026, 4, 14)) == {"周老": "02", "周子": "20"}
    assert lives(home, date(2026, 4, 16)) == {"周子": "02"}
    assert lives(home, date(2026, 6, 1)) == {"周子": "02", "周小": "97"}
    with acting(CLERK):
        wanted = queries.Wanted(place=GRID, population="resident", on=date(2026, 7, 1), since=date(2026, 4, 1))
        found = queries.ledger_rows(CLERK, queries.ledger(CLERK, "changes"), wanted)
    told = [(str(one.values["name"]), str(one.values["why"]), str(one.values["day"])) for one in found]
    assert told == [("周老", "died", "2026-04-15"), ("周小", "born", "2026-05-01")], "each once, on its day"
    takes_back(act, before)


def test_somebody_who_died_before_the_day_of_the_import(village: Hamlet) -> None:
    named = {"number": "1", "id_number": number(1)}
    take(send(row(name="周大山", **named), row(number="1", relation="配偶", name="吴花", id_number=number(2))))
    with acting(CLERK):
        people = {one.display_name: one for one in Person.objects.exclude(household=None)}
        home = people["吴花"].household_id
    before, day = rows(), localdate() - timedelta(days=3)
    act = died(people["周大山"].id, Told(on=day))
    assert home is not None
    assert lives(home, day - timedelta(days=400)) == {"周大山": "02", "吴花": "10"}, "nobody said since when"
    assert lives(home, day) == {"吴花": "02"}
    assert broken_laws() == []
    actions.undo(CLERK, Act.new(), done=act, told=Told(on=localdate(), source="x"))
    assert rows() == before


def test_a_relation_corrected_later_bars_no_earlier_death(village: Hamlet) -> None:
    home, (head, _wife, son, father) = village.family()
    for who, code in ((father, "60"), (son, "97")):
        fields = actions.Fields(of="person", subject=who, written={"as_in_home": code})
        actions.correct(CLERK, Act.new(), fields=fields, told=JUNE)
    before = rows()
    first = died(father)
    assert lives(home, JUNE.on) == {"周一": "02", "吴二": "10", "周三": "97"}
    takes_back(first, before)
    second = died(head)
    assert lives(home, MAY.on) == {"吴二": "02", "周三": "20", "周四": "97"}
    takes_back(second, before)


def test_a_head_who_died_before_a_split_and_before_another_became_head(village: Hamlet) -> None:
    home, (head, wife, son, _father) = village.family()
    new = NewHome(place=GRID, natural_village=HAMLET, number="9")
    leaving = actions.Leaving(people=(son,), head=son, home=new)
    actions.split(CLERK, Act.new(), household_id=home, leaving=leaving, told=MAY)
    actions.set_head(CLERK, Act.new(), household_id=home, person_id=wife, told=JUNE)
    before = rows()
    act = died(head)
    assert broken_laws() == []
    assert lives(home, JUNE.on) == {"吴二": "02", "周四": "97"}
    takes_back(act, before)
    died(wife)
    assert lives(home, JUNE.on)["周一"] == "02"
    assert broken_laws() == []


def test_moves_told_in_the_wrong_order_are_refused_with_the_way_out(village: Hamlet) -> None:
    first, second, third = (village.home(one) for one in "123")
    for home, name in ((first, "赵主"), (second, "钱主"), (third, "孙主")):
        village.person(home, name, sex="1")
    one = village.person(first, "周大山", "97")
    actions.moved(CLERK, Act.new(), person_id=one, into=Into(household=second, as_to_head="97"), told=MAY)
    with pytest.raises(BadInput) as refused:
        actions.moved(CLERK, Act.new(), person_id=one, into=Into(household=third, as_to_head="97"), told=LATE)
    assert "Undo that move first" in refused.value.fields["on"]
    died(one)
    assert lives(second, date(2026, 5, 2)) == {"钱主": "02"}, "who had died did not move"
    assert broken_laws() == []


def test_an_entry_can_not_be_undone_behind_somebody_who_died_since(village: Hamlet) -> None:
    home, (head, _wife, _son, father) = village.family()
    act = died(head)
    died(father, JUNE)
    before = rows()
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=act, told=Told(on=date(2026, 7, 1), source="x"))
    assert rows() == before
    assert lives(home, JUNE.on).keys() == {"吴二", "周三"}


def test_of_two_moves_on_one_day_the_last_is_the_one_that_holds_again(village: Hamlet) -> None:
    homes = [village.home(str(n)) for n in (1, 2, 3)]
    for home in homes:
        village.person(home, "户主")
    people = [village.person(homes[0], f"周{n}", "97") for n in range(6)]
    for one in people:
        for home in homes[1:]:
            actions.moved(CLERK, Act.new(), person_id=one, into=Into(household=home, as_to_head="97"), told=MAY)
    for one in people:
        actions.undo(CLERK, Act.new(), done=died(one), told=JUNE)
        assert broken_laws() == []
        assert village.read(one).household_id == homes[2]


def test_nobody_moves_in_before_the_last_of_a_home_left(village: Hamlet) -> None:
    home = village.home("1")
    old = village.person(home, "周老")
    actions.died(CLERK, Act.new(), person_id=old, told=Told(on=MAY.on, keeps_home=True))
    with pytest.raises(BadInput) as refused:
        village.person(home, "新来", on=LATE.on)
    assert "Others lived" in refused.value.fields["on"]
    village.person(home, "新来", on=MAY.on)
    assert broken_laws() == []


@pytest.mark.parametrize("keeps_home", [False, True])
def test_nobody_is_back_in_a_home_that_all_others_left_since(village: Hamlet, keeps_home: bool) -> None:
    home = village.home("1")
    head, other = village.person(home, "周老"), village.person(home, "周子", "20")
    first, last = died(other), Act.new()
    actions.died(CLERK, last, person_id=head, told=Told(on=MAY.on, keeps_home=keeps_home))
    with pytest.raises(WrongState, match="later"):
        actions.undo(CLERK, Act.new(), done=first, told=JUNE)
    for one in (last.id, first):
        actions.undo(CLERK, Act.new(), done=one, told=JUNE)
        assert broken_laws() == []


def test_a_home_whose_others_went_away_is_lived_in_by_who_is_back(village: Hamlet) -> None:
    home = village.home("1")
    head, other = village.person(home, "周老"), village.person(home, "周子", "20")
    done = died(other)
    actions.left_for_work(CLERK, Act.new(), person_id=head, to="贵阳", told=MAY)
    assert village.read_home(home).state == "away"
    actions.undo(CLERK, Act.new(), done=done, told=JUNE)
    assert village.read_home(home).state == "lived"
    assert broken_laws() == []
