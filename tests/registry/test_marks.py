"""Marks go with the person, also those that the mover may not see; a registration ends wherever it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.accounts import sealed
from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotFound, NotYours
from commongrid.kernel.scope import Scope
from commongrid.registry import actions
from commongrid.registry.models import Flag, HardshipFlag, Person, RegisteredHousehold, Stay
from commongrid.registry.rules.facts import Into, NewHome, Told
from tests.factories.desk import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, OTHER_CLERK, Hamlet, broken_laws
from tests.registry.test_changes import offer

if TYPE_CHECKING:
    from tests.bed import Database

TOLD = Told(on=date(2026, 5, 1))
EARLIER = Told(on=date(2026, 4, 1))
CIVIL = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship", role="civil")
OTHER_CIVIL = scope_at(OTHER_VILLAGE, "people.read", "people.hardship", role="other civil")
OFFICE = scope_at(TOWNSHIP, "people.edit", "people.read", role="office")


def marked(person: UUID) -> None:
    """A veteran with a low-income allowance."""
    for code in ("veteran", "disabled"):
        actions.flag(CIVIL, Act.new(), what=actions.Recognised(type_code=code, person=person), told=EARLIER)


def held(scope: Scope, person: UUID) -> set[tuple[str, UUID | None, bool]]:
    """What this reader sees in force of the person: type, household, and whether it lies in scope."""
    with acting(scope):
        return {
            (mark.type_code, mark.household_id, scope.covers(mark.place))
            for table in (Flag, HardshipFlag)
            for mark in table.objects.filter(person_id=person, to_on=None)
        }


def booklet(scope: Scope, place: int, *people: UUID) -> UUID:
    new = actions.NewBooklet(place=place, number="B1")
    made = UUID(actions.open_booklet(scope, Act.new(), new=new, told=EARLIER)["booklet"])
    for one in people:
        actions.enrol(scope, Act.new(), person_id=one, booklet_id=made, as_to_head="20", told=EARLIER)
    return made


def handed_over(person: UUID, hamlet: int) -> UUID:
    new = NewHome(place=OTHER_VILLAGE, natural_village=hamlet, number="1")
    there = UUID(actions.found_household(OTHER_CLERK, Act.new(), new=new)["household"])
    actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offer(person), into=Into(household=there))
    return there


def test_hidden_marks_follow_a_record_that_is_handed_over(village: Hamlet, other_hamlet: int) -> None:
    _home, (_head, wife, *_) = village.family()
    marked(wife)
    there = handed_over(wife, other_hamlet)
    assert held(CIVIL, wife) == set(), "whoever kept the record has them no more"
    assert held(OTHER_CIVIL, wife) == {("veteran", there, True), ("disabled", there, True)}


def test_hidden_marks_follow_a_move_by_a_clerk_who_does_not_see_them_and_come_back(village: Hamlet) -> None:
    home, (_head, wife, *_) = village.family()
    other = village.home("2")
    marked(wife)
    act = Act.new()
    actions.moved(CLERK, act, person_id=wife, into=Into(household=other), told=TOLD)
    assert {where for _code, where, _seen in held(CIVIL, wife)} == {other}
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert held(CIVIL, wife) == {("veteran", home, True), ("disabled", home, True)}


def test_marks_end_with_the_record_and_are_back_when_that_is_undone(village: Hamlet) -> None:
    home, (_head, wife, *_) = village.family()
    marked(wife)
    act = Act.new()
    actions.died(CLERK, act, person_id=wife, told=TOLD)
    assert held(CIVIL, wife) == set()
    with acting(CIVIL):
        assert HardshipFlag.objects.get().to_on == TOLD.on
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert held(CIVIL, wife) == {("veteran", home, True), ("disabled", home, True)}


def test_who_is_registered_out_of_sight_can_die_and_the_booklet_goes_on(village: Hamlet, other_hamlet: int) -> None:
    _home, (_head, wife, son, _father) = village.family()
    of = booklet(CLERK, VILLAGE, wife, son)
    handed_over(wife, other_hamlet)
    with acting(OTHER_CLERK):
        assert not RegisteredHousehold.objects.filter(id=of).exists()
    act = Act.new()
    actions.died(OTHER_CLERK, act, person_id=wife, told=TOLD)
    with acting(CLERK):
        assert RegisteredHousehold.objects.get(id=of).head_id == son
        stay = Stay.objects.get(person_id=wife, sort="registered")
        assert (stay.to_on, stay.why_ended) == (TOLD.on, "died")
    with acting(OTHER_CLERK):
        assert (Person.objects.get(id=wife).state, Person.objects.get(id=wife).booklet_id) == ("dead", None)
    for scope in (OTHER_CLERK, CLERK):
        with pytest.raises((NotYours, NotFound)):
            actions.undo(scope, Act.new(), done=act.id, told=TOLD)
    with acting(CLERK):
        assert RegisteredHousehold.objects.get(id=of).head_id == son, "an act is undone as a whole or not at all"
    actions.undo(OFFICE, Act.new(), done=act.id, told=TOLD)
    with acting(OFFICE):
        assert RegisteredHousehold.objects.get(id=of).head_id == wife
        assert Person.objects.get(id=wife).state == "here"


def test_a_booklet_that_has_ended_bars_nobody_from_dying(village: Hamlet, database: Database) -> None:
    _home, (_head, wife, *_) = village.family()
    of = booklet(CLERK, VILLAGE, wife)
    with database.as_role("owner") as owner:
        owner.execute(
            "UPDATE registry_registered_household SET ended_on = %s, head_id = NULL WHERE id = %s", [TOLD.on, of]
        )
    actions.died(CLERK, Act.new(), person_id=wife, told=TOLD)
    assert village.read(wife).state == "dead"
    assert broken_laws() == []


def of_the_home(scope: Scope, home: UUID) -> set[tuple[str, bool]]:
    """What is recognised of a household as a whole: type, and whether it is in force."""
    with acting(scope):
        return {
            (mark.type_code, mark.to_on is None)
            for table in (Flag, HardshipFlag)
            for mark in table.objects.filter(household_id=home, person=None)
        }


def recognised(home: UUID, *codes: str) -> None:
    """Something of the household as a whole, told by civil affairs."""
    for code in codes:
        what = actions.Recognised(type_code=code, household=home, basis="会议纪要")
        actions.flag(CIVIL, Act.new(), what=what, told=EARLIER)


def test_what_was_recognised_of_a_household_goes_on_where_it_merges(village: Hamlet) -> None:
    """Also what the clerk who merges may not see; what the other household has already is not doubled."""
    one, two = village.home("1"), village.home("2")
    village.person(one, "周一")
    village.person(two, "吴二")
    recognised(one, "migrant_out", "dibao", "alleviated")
    recognised(two, "alleviated")
    act = Act.new()
    actions.merge_households(CLERK, act, household_id=one, into=Into(household=two, as_to_head="97"), told=TOLD)
    assert of_the_home(CIVIL, one) == {("migrant_out", False), ("dibao", False), ("alleviated", False)}
    assert of_the_home(CIVIL, two) == {("migrant_out", True), ("dibao", True), ("alleviated", True)}
    with acting(CIVIL):
        went_on = HardshipFlag.objects.get(household_id=two, type_code="dibao")
        basis = sealed.unseal(went_on.basis_sealed, "registry_hardship_flag", "basis_sealed", went_on.id)
    assert (basis, went_on.from_on) == ("会议纪要", TOLD.on)

    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert of_the_home(CIVIL, one) == {("migrant_out", True), ("dibao", True), ("alleviated", True)}
    assert of_the_home(CIVIL, two) == {("alleviated", True)}


def test_what_was_recognised_of_a_household_ends_with_it(village: Hamlet) -> None:
    """The last of it has died: nobody is there of whom it could still be true."""
    home = village.home("1")
    last = village.person(home, "周一")
    recognised(home, "migrant_out", "dibao")
    act = Act.new()
    actions.died(CLERK, act, person_id=last, told=TOLD)
    assert of_the_home(CIVIL, home) == {("migrant_out", False), ("dibao", False)}
    actions.undo(CLERK, Act.new(), done=act.id, told=TOLD)
    assert of_the_home(CIVIL, home) == {("migrant_out", True), ("dibao", True)}


def test_the_journal_does_not_tell_whom_a_mark_of_hardship_is_about(village: Hamlet) -> None:
    one = village.person(village.home("1"), "周大山")
    acts = [Act.new(), Act.new(), Act.new()]
    made = actions.flag(CIVIL, acts[0], what=actions.Recognised(type_code="disabled", person=one), told=EARLIER)
    actions.unflag(CIVIL, acts[1], flag_id=UUID(made["flag"]), told=TOLD)
    actions.undo(CIVIL, acts[2], done=acts[1].id, told=TOLD)
    secretary = scope_at(VILLAGE, "people.read", "journal.read")
    for act in acts:
        line = journal.line(secretary, act.id)
        assert line is not None
        assert (line.subject, line.subject_kind, line.place) == (None, "", VILLAGE), line.name
    assert {line.name for line in journal.history(CIVIL, one)} == {"registry.person_moved_in"}
