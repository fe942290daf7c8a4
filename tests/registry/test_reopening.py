"""What was approved or accepted and is undone waits again: for the village, for the other side, for who reported it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.registry import actions, jobs, queries
from commongrid.registry.models import Person
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from tests.factories.desk import FAR_VILLAGE, GRID, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, OTHER_CLERK, Hamlet, broken_laws
from tests.registry.test_changes import FIELD, TOLD, offer, report, state


def test_a_report_stands_open_again_when_what_it_led_to_is_undone(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked, act = report(home, "died", head), Act.new()
    with pytest.raises(WrongState):
        actions.reopen_change(CLERK, Act.new(), request_id=asked, reason="x")
    actions.approve_change(CLERK, act, request_id=asked)
    with pytest.raises(WrongState):
        actions.reopen_change(CLERK, Act.new(), request_id=asked, reason="x")
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=DAY, source="报错了人"))
    with acting(CLERK):
        found = queries.request(CLERK, asked)
        assert (found.state, found.reason, found.carried_by, found.decided_by) == ("open", "报错了人", None, None)
        assert [line.name.removeprefix("registry.change_") for line in queries.history(CLERK, found)] == [
            "reported", "approved", "reopened",
        ]  # fmt: skip
        (line,) = (one for one in queries.history(CLERK, found) if one.name == "registry.change_reopened")
        assert queries.asked_again(CLERK, line) == (FIELD.post, VILLAGE)
        assert asked in [one.id for one in queries.requests(CLERK)[0]]
    actions.approve_change(CLERK, Act.new(), request_id=asked)
    assert (state(asked), village.read(head).state) == ("done", "dead")
    assert broken_laws() == []


def test_what_was_so_at_once_waits_for_the_village_when_it_is_undone(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    asked = report(home, "left", head, to="浙江义乌")
    actions.undo(CLERK, Act.new(), done=asked, told=Told(on=DAY, source="没有走"))
    assert (state(asked), village.read(head).state) == ("open", "here")
    actions.refuse_change(CLERK, Act.new(), request_id=asked, reason="没有走")
    assert state(asked) == "refused"


def test_what_a_matter_asked_for_is_of_nobody_again_when_it_is_undone(village: Hamlet) -> None:
    matter, home, act = UUID(int=9), village.family()[0], Act.new()
    actions.open_change(jobs.CHANGES, Act.new(), sort="born", matter=matter, place=GRID, on=DAY)
    with acting(jobs.CHANGES):
        asked = cast("UUID", queries.change_of_matter(jobs.CHANGES, matter))
    actions.born(CLERK, act, into=Into(household=home), child=NewPerson(name="周小五"), told=TOLD)
    actions.approve_change(CLERK, Act.new(), request_id=asked, entered=act.id)
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=DAY, source="重复录入"))
    with acting(CLERK):
        found = queries.request(CLERK, asked)
        assert (found.state, found.household, found.person) == ("open", None, None)
        assert not Person.objects.filter(id=act.id).exists()
    again = Act.new()
    actions.born(CLERK, again, into=Into(household=home), child=NewPerson(name="周小五"), told=TOLD)
    actions.approve_change(CLERK, Act.new(), request_id=asked, entered=again.id)
    with acting(CLERK):
        assert queries.request(CLERK, asked).person == again.id


@pytest.mark.parametrize("offered_since", [False, True])
def test_a_record_is_on_offer_again_when_taking_it_over_is_undone(
    village: Hamlet, other_hamlet: int, offered_since: bool
) -> None:
    both = scope_at(TOWNSHIP, "people.edit", "people.read", role="both")
    home, (head, *_) = village.family()
    new = NewHome(place=OTHER_VILLAGE, natural_village=other_hamlet, number="1")
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    offered, act = offer(head), Act.new()
    with pytest.raises(WrongState):
        actions.reopen_offer(both, Act.new(), handover_id=offered, reason="x")
    actions.accept_record(OTHER_CLERK, act, handover_id=offered, into=Into(household=there))
    if offered_since:
        actions.offer_record(OTHER_CLERK, Act.new(), person_id=head, to_place=FAR_VILLAGE, note="", told=TOLD)
    actions.undo(both, Act.new(), done=act.id, told=Told(on=DAY, source="接错了户"))
    with acting(both):
        found = queries.handover(both, offered)
    assert (found.state, found.reason) == ("withdrawn" if offered_since else "offered", "接错了户")
    assert village.read(head).household_id == home
