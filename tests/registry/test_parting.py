"""A divorce: what both are from then on, who is what to the head, who moves out at once, taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.registry import actions
from commongrid.registry.models import Person, Stay
from commongrid.registry.rules.facts import NewHome, Told
from tests.factories.desk import GRID, HAMLET
from tests.registry.conftest import CLERK, Hamlet, broken_laws

if TYPE_CHECKING:
    from uuid import UUID

TOLD = Told(on=date(2026, 5, 1), source="离婚证")
NEW = NewHome(place=GRID, natural_village=HAMLET, number="7")


def divorce(person: UUID, spouse: UUID | None, *leave: UUID, told: Told = TOLD) -> tuple[Act, Any]:
    act = Act.new()
    leaving = actions.Leaving(people=leave, head=leave[0], home=NEW) if leave else None
    made = actions.divorced(CLERK, act, person_id=person, spouse_id=spouse, told=told, leaving=leaving)
    return act, made


def test_both_stay_and_only_the_marriage_ends(village: Hamlet) -> None:
    home, (head, wife, son, _father) = village.family()
    act, _made = divorce(head, wife)
    found = [village.read(one) for one in (head, wife, son)]
    assert [(one.marital, one.as_in_home) for one in found] == [("40", "02"), ("40", "99"), ("", "20")]
    assert {one.household_id for one in found} == {home}
    with acting(CLERK):
        assert Stay.objects.get(person_id=wife, to_on=None).why_began == "divorced"
    assert broken_laws() == []
    with pytest.raises(WrongState):
        divorce(wife, head)
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert (village.read(wife).as_in_home, village.read(wife).marital) == ("10", "20")
    assert broken_laws() == []


def test_who_leaves_founds_a_household_with_whom_they_take_along(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    divorce(head, wife, wife, son)
    with acting(CLERK):
        gone = {one.id: (one.as_in_home, one.household_id) for one in Person.objects.filter(id__in=(wife, son))}
    assert gone[wife][0] == "02"
    assert gone[son] == ("20", gone[wife][1])
    assert gone[son][1] != home
    assert (village.read(father).as_in_home, village.read(head).marital) == ("50", "40")
    assert broken_laws() == []


def test_where_the_head_leaves_the_other_leads_the_household(village: Hamlet) -> None:
    home, (head, wife, *_) = village.family()
    divorce(wife, head, head)
    assert village.read_home(home).head_id == wife
    assert (village.read(wife).as_in_home, village.read(head).as_in_home) == ("02", "02")
    assert broken_laws() == []


def test_a_son_and_his_wife_divorce_and_one_whose_spouse_is_nowhere(village: Hamlet) -> None:
    home, (head, _wife, son, _father) = village.family()
    daughter_in_law = village.person(home, "郑五", "38", sex="2", marital="20")
    divorce(daughter_in_law, son)
    assert (village.read(daughter_in_law).as_in_home, village.read(son).as_in_home) == ("99", "20")
    divorce(head, None)
    assert village.read(head).marital == "40"
    assert broken_laws() == []


def test_what_a_divorce_refuses(village: Hamlet) -> None:
    home, (head, wife, son, _father) = village.family()
    with pytest.raises(BadInput):
        divorce(head, head)
    for leave in ((head, wife), (son,)):
        with pytest.raises(BadInput) as refused:
            divorce(head, wife, *leave)
        assert "people" in refused.value.fields
    brother = village.person(home, "周四", "70", sex="1", marital="20")
    for one, other in ((head, brother), (brother, wife)):
        with pytest.raises(BadInput) as refused:
            divorce(one, other)
        assert "spouse" in refused.value.fields
    single = village.person(home, "郑六", "97", marital="10")
    with pytest.raises(WrongState, match="not married"):
        divorce(head, single)
    with pytest.raises(actions.Meanwhile):
        divorce(head, wife, told=Told(on=TOLD.on, seen=village.read(head).version - 1))
