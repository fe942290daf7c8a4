"""The talent register and the duty rota: done, refused, harmless twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, NotYours, WrongState
from commongrid.roster import actions, queries
from commongrid.roster.actions import Nomination, Opinion
from commongrid.roster.queries import TalentRow, Turn
from tests.factories.desk import FAR_VILLAGE, GRID, TOWNSHIP, VILLAGE, id_of
from tests.factories.network import TODAY, scope_as

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.factories.desk import Desk

SAID = Opinion(on=TODAY, listed=True, words="手艺好", reserve=True)


def named(**more: Any) -> Nomination:
    given: dict[str, Any] = {"person": id_of("mediator_person"), "sort": "craft", "by": "visit", "skill": "石匠"} | more
    return Nomination(**given)


def name(scope: Scope, **more: Any) -> UUID:
    return UUID(
        actions.name_talent(scope, Act.new(), village=VILLAGE, named=named(**more), on=TODAY, today=TODAY)["talent"]
    )


def listed(scope: Scope, **wanted: Any) -> list[TalentRow]:
    with acting(scope):
        return queries.talents(scope, VILLAGE, TODAY, **wanted)[0]


def one_id(scope: Scope) -> UUID:
    return next(row.id for row in listed(scope))


def test_named_decided_taken_off(desk: Desk) -> None:
    clerk, secretary = scope_as(desk, "clerk"), scope_as(desk, "secretary")
    one = name(clerk)
    assert [(row.name, row.state) for row in listed(clerk)] == [("覃调解", "nominated")]
    act: dict[str, Any] = {"talent_id": one, "said": SAID}
    actions.decide_talent(secretary, Act.new(), **act)
    assert [(row.state, row.opinion, row.reserve) for row in listed(clerk, reserve=True)] == [
        ("listed", "手艺好", True)
    ]
    actions.end_talent(clerk, Act.new(), talent_id=one, on=TODAY)
    assert listed(clerk) == []
    with pytest.raises(WrongState):
        actions.end_talent(clerk, Act.new(), talent_id=one, on=TODAY)
    with pytest.raises(WrongState):
        actions.decide_talent(secretary, Act.new(), **act)


def test_a_later_opinion_keeps_the_former_and_who_was_declined_is_named_again(desk: Desk) -> None:
    clerk, secretary = scope_as(desk, "clerk"), scope_as(desk, "secretary")
    name(clerk)
    actions.decide_talent(secretary, Act.new(), talent_id=one_id(clerk), said=SAID)
    later, first = Act.new(), one_id(clerk)
    for _ in range(2):  # sent twice it is one opinion
        actions.decide_talent(secretary, later, talent_id=first, said=replace(SAID, words="手艺更好"))
    assert [(row.opinion, row.reserve) for row in listed(clerk)] == [("手艺更好", True)]
    assert [(row.opinion, row.to_on) for row in listed(clerk, state="former")] == [("手艺好", TODAY)]
    no = replace(SAID, listed=False, words="不再做")
    actions.decide_talent(secretary, Act.new(), talent_id=one_id(clerk), said=no)
    assert listed(clerk) == listed(clerk, reserve=True) == []  # who is not taken in stands in no list
    assert [(row.opinion, row.to_on) for row in listed(clerk, state="declined")] == [("不再做", TODAY)]
    name(clerk)
    assert [row.state for row in listed(clerk)] == ["nominated"]


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), date(1879, 12, 31)])
def test_named_from_a_day_that_cannot_be(desk: Desk, on: date) -> None:
    with pytest.raises(BadInput) as refused:
        actions.name_talent(scope_as(desk, "clerk"), Act.new(), village=VILLAGE, named=named(), on=on, today=TODAY)
    assert list(refused.value.fields) == ["on"]


def test_named_twice_for_the_same_is_refused(desk: Desk) -> None:
    clerk = scope_as(desk, "clerk")
    name(clerk)
    with pytest.raises(WrongState):
        name(clerk, skill="别的说法")
    name(clerk, sort="culture", skill="唱山歌")
    assert len(listed(clerk)) == 2
    assert [row.sort for row in listed(clerk, sort="culture")] == ["culture"]


@pytest.mark.parametrize("wrong", [{"sort": "x"}, {"by": "x"}, {"skill": "  "}, {"skill": "石" * 121}])
def test_named_badly(desk: Desk, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        name(scope_as(desk, "clerk"), **wrong)


def test_talents_stay_in_scope(desk: Desk) -> None:
    clerk = scope_as(desk, "clerk")
    one = name(clerk)
    with pytest.raises(NotYours):
        actions.name_talent(clerk, Act.new(), village=FAR_VILLAGE, named=named(), on=TODAY, today=TODAY)
    with pytest.raises(NotYours):
        actions.name_talent(clerk, Act.new(), village=GRID, named=named(), on=TODAY, today=TODAY)
    with pytest.raises(NotYours):
        name(clerk, person=UUID(int=5))
    with pytest.raises(NotAllowed):
        actions.decide_talent(clerk, Act.new(), talent_id=one, said=SAID)
    far = scope_as(desk, "far_dispatcher")
    with acting(far), pytest.raises(NotFound):
        queries.talent(far, one)


def test_nobody_decides_about_themselves(desk: Desk) -> None:
    secretary = scope_as(desk, "secretary")
    one = name(secretary, person=id_of("secretary_person"))
    with pytest.raises(BadInput):
        actions.decide_talent(secretary, Act.new(), talent_id=one, said=SAID)
    with pytest.raises(BadInput):
        actions.decide_talent(secretary, Act.new(), talent_id=name(secretary), said=replace(SAID, words=" "))


# the rota


def turns(scope: Scope) -> list[Turn]:
    with acting(scope):
        return queries.turns(scope, TOWNSHIP, TODAY - timedelta(days=30), TODAY + timedelta(days=90))


def set_turns(scope: Scope, first: int = 0, last: int = 0, today: date = TODAY, **more: Any) -> None:
    given: dict[str, Any] = {"place": TOWNSHIP, "post": id_of("dispatcher"), "part": "night"} | more
    given |= {"first": TODAY + timedelta(days=first), "last": TODAY + timedelta(days=last)}
    actions.set_turns(scope, Act.new(), of=actions.Turns(**given), today=today)


def test_turns_cover_each_day_once(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    set_turns(scope, 0, 6)
    set_turns(scope, 5, 8)
    assert [one.on for one in turns(scope)] == [TODAY + timedelta(days=n) for n in range(9)]
    assert {(one.name, one.part, one.holds) for one in turns(scope)} == {("王调度", "night", True)}
    set_turns(scope, part="day")
    assert [one.part for one in turns(scope)][:2] == ["day", "night"]


def test_a_turn_of_a_post_that_ended_says_so(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    set_turns(scope, 0, 2, post=id_of("grid_head"))
    actions.end_post(scope, Act.new(), post_id=id_of("grid_head"), on=TODAY + timedelta(days=1))
    assert [one.holds for one in turns(scope)] == [True, False, False]


def test_turns_refused(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    for wrong in (
        {"part": "x"},
        {"post": UUID(int=5)},
        {"post": id_of("county_admin")},
        {"first": 3, "last": 2},
        {"last": 62},
        {"first": -1},
    ):
        with pytest.raises(BadInput):
            set_turns(scope, **wrong)
    with pytest.raises(NotYours):
        set_turns(scope, place=FAR_VILLAGE)
    with pytest.raises(NotAllowed):
        set_turns(scope_as(desk, "grid_head"), place=GRID)
    assert turns(scope) == []


def test_turn_taken_off_unless_it_is_over(desk: Desk) -> None:
    scope = scope_as(desk, "dispatcher")
    set_turns(scope, -1, 0, today=TODAY - timedelta(days=1))
    past, now = turns(scope)
    actions.remove_turn(scope, Act.new(), turn_id=now.id, today=TODAY)
    with pytest.raises(WrongState):
        actions.remove_turn(scope, Act.new(), turn_id=past.id, today=TODAY)
    with pytest.raises(NotYours):
        actions.remove_turn(scope_as(desk, "far_dispatcher"), Act.new(), turn_id=past.id, today=TODAY)
    assert [one.id for one in turns(scope)] == [past.id]
