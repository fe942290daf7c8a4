"""One head to a household, whoever comes; and homes that stand empty, new ones and those that the last have left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import Into, NewPerson, Told
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = Told(on=date(2026, 5, 1))


def test_nobody_becomes_a_second_head(village: Hamlet) -> None:
    home, (_head, _wife, son, _father) = village.family()
    other = village.home("2")
    man = village.person(other, "郑七", sex="1", born_on=date(1990, 1, 1))
    bride = village.person(other, "新娘", "97", sex="2", born_on=date(1999, 1, 1))
    into = Into(household=home, as_to_head="02")
    child, newcomer = NewPerson(name="小一"), NewPerson(name="吴九", as_to_head="02")
    ways: list[Callable[[], object]] = [
        lambda: actions.born(CLERK, Act.new(), into=into, child=child, told=TODAY),
        lambda: actions.moved_in(CLERK, Act.new(), into=into, newcomer=newcomer, told=TODAY),
        lambda: actions.moved_in(CLERK, Act.new(), into=Into(household=home), newcomer=newcomer, told=TODAY),
        lambda: actions.moved(CLERK, Act.new(), person_id=man, into=into, told=TODAY),
        lambda: actions.married(CLERK, Act.new(), person_id=son, spouse_id=bride, into=into, told=TODAY),
        lambda: actions.merge_households(CLERK, Act.new(), household_id=other, into=into, told=TODAY),
    ]
    for way in ways:
        with pytest.raises(BadInput) as refused:
            way()
        assert "has a head" in refused.value.fields["as_to_head"]
    for code in ("no", "0"):
        with pytest.raises(BadInput) as refused:
            actions.merge_households(
                CLERK, Act.new(), household_id=other, into=Into(household=home, as_to_head=code), told=TODAY
            )
        assert list(refused.value.fields) == ["as_to_head"]
    assert broken_laws() == []


def test_the_last_who_leave_may_leave_an_empty_home(village: Hamlet) -> None:
    home, other = village.home("1"), village.home("2")
    assert village.read_home(home).state == "empty"
    one = village.person(home, "赵五", sex="1", born_on=date(1950, 1, 1))
    assert village.read_home(home).state == "lived"
    left = Act.new()
    actions.moved(CLERK, left, person_id=one, into=Into(household=other), told=replace(TODAY, keeps_home=True))
    found = village.read_home(home)
    assert (found.state, found.head_id, found.ended_on) == ("empty", None, None)
    with acting(CLERK):
        assert queries.members_on(CLERK, home, DAY)[0].name == "赵五", "as it was stays readable"
    actions.moved(CLERK, Act.new(), person_id=one, into=Into(household=home), told=TODAY)
    assert (village.read_home(home).state, village.read_home(home).head_id) == ("lived", one)
    assert village.read_home(other).state == "ended"
    assert broken_laws() == []


def test_the_first_of_a_household_is_not_taken_back_from_under_others(village: Hamlet) -> None:
    home, acts = village.home("1"), [Act.new(), Act.new()]
    for act, name, role in zip(acts, ("赵五", "钱六"), ("", "97"), strict=True):
        into = Into(household=home, as_to_head=role)
        actions.moved_in(CLERK, act, into=into, newcomer=NewPerson(name=name), told=TODAY)
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=acts[0].id, told=TODAY)
    for act in reversed(acts):
        actions.undo(CLERK, Act.new(), done=act.id, told=TODAY)
        assert broken_laws() == []
    assert village.read_home(home).state == "empty"
