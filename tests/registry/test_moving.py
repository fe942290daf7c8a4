"""A whole household moves: at once within scope, else offered and taken over as one; undone where it can be."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotFound, NotYours, WrongState
from commongrid.registry import actions, queries
from commongrid.registry.models import Handover, Household, Person, RegisteredHousehold, Stay
from commongrid.registry.rules.facts import Into, NewHome, Told
from tests.factories.desk import FAR_VILLAGE, HAMLET, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws

if TYPE_CHECKING:
    from tests.bed import Database

TOLD = Told(on=date(2026, 5, 1))
OTHER_CLERK = scope_at(OTHER_VILLAGE, "people.edit", "people.read", role="other clerk")
OFFICE = scope_at(TOWNSHIP, "people.edit", "people.read", role="office")
STRANGER = scope_at(FAR_VILLAGE, "people.edit", "people.read", role="stranger")
THERE = OTHER_VILLAGE + 1
NEW = NewHome(place=THERE, natural_village=THERE, number="7", door="下河7号")


@pytest.fixture(autouse=True)
def other_hamlet(village: Hamlet, database: Database) -> None:
    """A natural village in the other village."""
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)"
            " VALUES (%s, 'natural_village', '', '下河', 'Xiahe', 'xh', 'xiahe', %s, '2020-01-01')",
            [THERE, OTHER_VILLAGE],
        )


def offer(home: UUID, *, registered: bool = False) -> UUID:
    to = actions.Offer(place=OTHER_VILLAGE, note="进城", registered=registered)
    made = actions.offer_household(CLERK, Act.new(), household_id=home, to=to, told=TOLD)
    return UUID(made["handover"])


def booklet(*people: UUID) -> UUID:
    new = actions.NewBooklet(place=VILLAGE, number="522001")
    made = UUID(actions.open_booklet(CLERK, Act.new(), new=new, told=Told(on=DAY))["booklet"])
    for one, role in zip(people, ("02", "10", "20", "50"), strict=False):
        actions.enrol(CLERK, Act.new(), person_id=one, booklet_id=made, as_to_head=role, told=Told(on=DAY))
    return made


def test_within_scope_everybody_moves_at_once_as_what_they_are(village: Hamlet) -> None:
    home, people = village.family()
    act = Act.new()
    made = actions.move_household(OFFICE, act, household_id=home, new=NEW, told=TOLD)
    with acting(OTHER_CLERK):
        found = {one.id: one for one in Person.objects.filter(household_id=made["household"])}
        assert [found[one].as_in_home for one in people] == ["02", "10", "20", "50"]
        new = Household.objects.get(id=made["household"])
        assert (new.head_id, new.place, new.state, new.began_on) == (people[0], THERE, "lived", TOLD.on)
    old = village.read_home(home)
    assert (old.state, old.became, old.ended_on) == ("ended", new.id, TOLD.on)
    with acting(CLERK):
        assert len(queries.members_on(CLERK, home, date(2026, 4, 1))) == 4, "readable as it was"
    with acting(OFFICE):
        assert Stay.objects.filter(household_id=home, to_on=TOLD.on, why_ended="moved").count() == 4
    actions.undo(OFFICE, Act.new(), done=act.id, told=TOLD)
    assert (village.read_home(home).state, village.read(people[3]).household_id) == ("lived", home)
    assert broken_laws() == []
    with pytest.raises(NotYours):
        actions.move_household(CLERK, Act.new(), household_id=home, new=NEW, told=TOLD)


def test_the_registration_goes_along_where_that_was_chosen(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    old = booklet(father, head, wife)
    act = Act.new()
    actions.move_household(OFFICE, act, household_id=home, new=NEW, told=TOLD, registered=True)
    with acting(OFFICE):
        found = Person.objects.get(id=wife)
        new = found.booklet
        assert new is not None
        assert (found.registered_place, new.place, new.number, new.head_id) == (
            OTHER_VILLAGE, OTHER_VILLAGE, "522001", father,
        )  # fmt: skip
        assert Person.objects.get(id=son).booklet_id is None
        assert RegisteredHousehold.objects.get(id=old).ended_on == TOLD.on
        assert Stay.objects.filter(sort="registered", to_on=None, booklet=new, head=True).count() == 1
    actions.undo(OFFICE, Act.new(), done=act.id, told=TOLD)
    assert village.read(head).booklet_id == old


def test_who_stays_in_the_booklet_gets_another_head_and_a_number_that_is_taken_is_told(village: Hamlet) -> None:
    home, (head, wife, *_) = village.family()
    elsewhere = village.person(village.home("2"), "钱六")
    old = booklet(head, wife, elsewhere)
    act = Act.new()
    actions.move_household(OFFICE, act, household_id=home, new=NEW, told=TOLD, registered=True)
    with acting(OFFICE):
        assert RegisteredHousehold.objects.get(id=old).head_id == elsewhere
        assert Person.objects.get(id=wife).as_in_booklet == "10"
    actions.undo(OFFICE, Act.new(), done=act.id, told=TOLD)
    new = actions.NewBooklet(place=OTHER_VILLAGE, number="522001")
    actions.open_booklet(OTHER_CLERK, Act.new(), new=new, told=TOLD)
    with pytest.raises(BadInput) as refused:
        actions.move_household(OFFICE, Act.new(), household_id=home, new=NEW, told=TOLD, registered=True)
    assert list(refused.value.fields) == ["registered"]


def test_an_offered_household_is_taken_over_as_one_and_on_offer_again_when_that_is_undone(village: Hamlet) -> None:
    home, people = village.family()
    offered = offer(home)
    with acting(OTHER_CLERK):
        found = queries.handover(OTHER_CLERK, offered)
        assert (found.name, found.people, found.household) == ("周一", 4, home)
        assert not Person.objects.filter(id=people[0]).exists()
    for scope in (STRANGER, CLERK):
        with pytest.raises(NotFound):
            actions.accept_household(scope, Act.new(), handover_id=offered, new=NEW)
    with pytest.raises(NotFound):
        actions.accept_record(OTHER_CLERK, Act.new(), handover_id=offered, into=Into(household=home))
    act = Act.new()
    made = actions.accept_household(OTHER_CLERK, act, handover_id=offered, new=NEW)
    with acting(OTHER_CLERK):
        assert Person.objects.filter(household_id=made["household"]).count() == 4
    with acting(CLERK):
        assert not Person.objects.filter(id__in=people).exists()
        assert Handover.objects.get(id=offered).state == "accepted"
    assert village.read_home(home).state == "ended"
    actions.undo(OFFICE, Act.new(), done=act.id, told=Told(on=TOLD.on, source="没有搬"))
    with acting(CLERK):
        row = Handover.objects.get(id=offered)
        assert (row.state, row.reason) == ("offered", "没有搬")
    assert village.read(people[0]).household_id == home
    assert broken_laws() == []


def test_what_an_offer_of_a_household_refuses(village: Hamlet) -> None:
    home, (head, *_) = village.family()
    with pytest.raises(WrongState, match="Nobody lives"):
        offer(village.home("9"))
    offered = offer(home)
    with pytest.raises(WrongState, match="on offer already"):
        offer(home)
    with pytest.raises(WrongState, match="on offer already"):
        actions.offer_record(CLERK, Act.new(), person_id=head, to_place=OTHER_VILLAGE, note="", told=TOLD)
    elsewhere = NewHome(place=HAMLET, natural_village=HAMLET, number="7")
    with pytest.raises(BadInput) as refused:
        actions.accept_household(OTHER_CLERK, Act.new(), handover_id=offered, new=elsewhere)
    assert "another village" in refused.value.fields["number"]
    actions.refuse_record(OTHER_CLERK, Act.new(), handover_id=offered, reason="没有来")
    again = offer(home)
    actions.withdraw_record(CLERK, Act.new(), handover_id=again)
    actions.move_household(OFFICE, Act.new(), household_id=home, new=NEW, told=TOLD)
    with pytest.raises(WrongState, match="has ended"):
        offer(home)


def test_nobody_is_offered_from_a_day_before_they_came(village: Hamlet) -> None:
    home, _people = village.family()
    late = village.person(home, "周五", "97", on=date(2026, 5, 2))
    with pytest.raises(BadInput) as refused:
        offer(home)
    assert "on" in refused.value.fields
    with pytest.raises(BadInput) as refused:
        actions.offer_record(CLERK, Act.new(), person_id=late, to_place=OTHER_VILLAGE, note="", told=TOLD)
    assert "on" in refused.value.fields


def test_nobody_is_registered_before_they_left_the_booklet_before(village: Hamlet) -> None:
    _home, (head, *_) = village.family()
    booklet(head)
    actions.strike(CLERK, Act.new(), person_id=head, told=TOLD)
    new = actions.NewBooklet(place=VILLAGE, number="522002")
    other = UUID(actions.open_booklet(CLERK, Act.new(), new=new, told=Told(on=DAY))["booklet"])
    with pytest.raises(BadInput) as refused:
        actions.enrol(CLERK, Act.new(), person_id=head, booklet_id=other, as_to_head="", told=Told(on=DAY))
    assert "another booklet" in refused.value.fields["on"]
    actions.enrol(CLERK, Act.new(), person_id=head, booklet_id=other, as_to_head="", told=TOLD)
