"""Acts of life: each does it, refuses, is harmless twice; and whatever is done, the laws of the register hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotYours, Refusal, WrongState
from commongrid.registry import actions, queries
from commongrid.registry.models import Correction, Household, Membership, Person, Stay
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws
from tests.registry.importing.making import number as numbered
from tests.sizes import size

LATER = date(2026, 5, 1)
TODAY = Told(on=LATER)
ID = "11010519491231002X"
"""The example of GB 11643-1999, annex A."""


def test_a_family_has_one_head_and_a_stay_each(village: Hamlet) -> None:
    home, people = village.family()
    assert broken_laws() == []
    assert village.read_home(home).head_id == people[0]
    assert [village.read(one).as_in_home for one in people] == ["02", "10", "20", "50"]


def test_a_person_is_entered_sealed_and_with_birth_and_sex_from_the_number(village: Hamlet) -> None:
    one = village.read(village.person(village.home("1"), "赵 五", id_number=ID.lower(), phone="138 1234 5678"))
    assert (one.display_name, one.sex, one.born_on, one.initials) == ("赵 五", "2", date(1949, 12, 31), "zw")
    assert ID.encode() not in bytes(one.id_sealed or b"")
    assert set(one.confirmed) == {"display_name", "sex", "born_on", "id_number", "phone"}


def test_the_same_number_anywhere_in_the_county_is_refused_without_showing_whose(village: Hamlet) -> None:
    village.person(village.home("1"), "赵五", id_number=ID)
    far = scope_at(FAR_VILLAGE, "people.edit")
    with acting(far):
        assert Person.objects.count() == 0
    with pytest.raises(BadInput) as refused:
        village.person(village.home("2"), "另一人", id_number=ID)
    assert list(refused.value.fields) == ["id_number"]
    assert "赵" not in str(refused.value.fields)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "甲", "id_number": "11010519491231002x", "born_on": date(1950, 1, 1)}, "born_on"),
        ({"name": "甲", "id_number": ID, "sex": "1"}, "sex"),
        ({"name": "甲", "id_number": "123"}, "id_number"),
        ({"name": "甲", "born_on": date(2030, 1, 1)}, "born_on"),
        ({"name": "甲", "born_on": date(1890, 1, 1)}, "born_on"),
        ({"name": "甲", "phone": "12"}, "phone"),
        ({"name": "甲", "education": "999"}, "education"),
    ],
)
def test_what_can_not_be_is_refused_with_its_field(village: Hamlet, said: dict[str, object], field: str) -> None:
    home = village.home("1")
    with pytest.raises(BadInput) as refused:
        village.person(home, **said)  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]
    with acting(CLERK):
        assert not Person.objects.filter(household_id=home).exists()


def test_the_head_dies_and_the_spouse_follows(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    act = Act.new()
    for _again in range(2):
        actions.died(CLERK, act, person_id=head, told=TODAY)
    assert village.read_home(home).head_id == wife
    assert [village.read(one).as_in_home for one in (wife, son, father)] == ["02", "20", "97"]
    gone = village.read(head)
    assert (gone.state, gone.ended_on, gone.household_id) == ("dead", LATER, None)
    assert broken_laws() == []
    with acting(CLERK):
        assert [line.name for line in journal.history(CLERK, head)][-1] == "registry.person_died"
    with pytest.raises(WrongState):
        actions.died(CLERK, Act.new(), person_id=head, told=TODAY)


def test_the_last_to_go_ends_the_household_and_it_stays_readable(village: Hamlet) -> None:
    home = village.home("1")
    alone = village.person(home, "独居")
    actions.died(CLERK, Act.new(), person_id=alone, told=TODAY)
    of = village.read_home(home)
    assert (of.state, of.ended_on, of.head_id) == ("ended", LATER, None)
    with acting(CLERK):
        stays = list(Stay.objects.filter(household_id=home).values_list("name", "from_on", "to_on", "why_ended"))
    assert stays == [("独居", DAY, LATER, "died")]


def test_a_split_household_reads_as_it_was(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    leaving = actions.Leaving(
        people=(son,), head=son, home=NewHome(place=GRID, natural_village=HAMLET, number="9", began_on=LATER)
    )
    new = UUID(actions.split(CLERK, Act.new(), household_id=home, leaving=leaving, told=TODAY)["household"])
    assert village.read_home(new).head_id == son
    assert broken_laws() == []
    with acting(CLERK):
        in_march = Stay.objects.filter(household_id=home, from_on__lte=DAY).exclude(to_on__lte=DAY)
        now = Stay.objects.filter(household_id=home, to_on=None)
        assert sorted(in_march.values_list("name", flat=True)) == ["吴二", "周一", "周三", "周四"]
        assert sorted(now.values_list("name", flat=True)) == ["吴二", "周一", "周四"]
    everybody = actions.Leaving(
        people=(head, wife, father), head=head, home=NewHome(place=GRID, natural_village=HAMLET, number="8")
    )
    with pytest.raises(BadInput):
        actions.split(CLERK, Act.new(), household_id=home, leaving=everybody, told=TODAY)


def test_two_clerks_at_once_the_second_is_told(village: Hamlet) -> None:
    home, (_head, _wife, son, _father) = village.family()
    seen = village.read_home(home).version
    leaving = actions.Leaving(people=(son,), head=son, home=NewHome(place=GRID, natural_village=HAMLET, number="9"))
    actions.split(CLERK, Act.new(), household_id=home, leaving=leaving, told=replace(TODAY, seen=seen))
    into, late = Into(household=home, as_to_head="97"), replace(TODAY, seen=seen)
    with pytest.raises(actions.Meanwhile) as refused:
        actions.moved_in(CLERK, Act.new(), into=into, newcomer=NewPerson(name="来客"), told=late)
    assert (refused.value.subject, refused.value.version) == (home, village.read_home(home).version)


def test_no_act_is_entered_on_a_record_that_was_changed_meanwhile(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    other = village.home("2")
    spouse = village.person(other, "新娘", sex="2", born_on=date(2005, 1, 1))
    into, late = Into(household=other, as_to_head="97"), replace(TODAY, seen=1)
    award = actions.Recognised(type_code="veteran", person=head)
    for one in (head, wife, son, father):
        fields = actions.Fields(of="person", subject=one, written={"works_at": "浙江"})
        actions.correct(CLERK, Act.new(), fields=fields, told=TODAY)
    acts: list[Callable[[], object]] = [
        lambda: actions.moved(CLERK, Act.new(), person_id=son, into=into, told=late),
        lambda: actions.married(CLERK, Act.new(), person_id=son, spouse_id=spouse, into=into, told=late),
        lambda: actions.died(CLERK, Act.new(), person_id=father, told=late),
        lambda: actions.moved_out(CLERK, Act.new(), person_id=father, to="", told=late),
        lambda: actions.left_for_work(CLERK, Act.new(), person_id=son, to="", told=late),
        lambda: actions.returned(CLERK, Act.new(), person_id=son, told=late),
        lambda: actions.flag(CLERK, Act.new(), what=award, told=late),
        lambda: actions.set_head(CLERK, Act.new(), household_id=home, person_id=wife, told=late),
        lambda: actions.merge_households(CLERK, Act.new(), household_id=home, into=into, told=late),
    ]
    for act in acts:
        with pytest.raises(actions.Meanwhile):
            act()
    actions.flag(CLERK, Act.new(), what=award, told=replace(TODAY, seen=village.read(head).version))
    assert village.read_home(home).head_id == head


def test_a_wedding_moves_one_of_them(village: Hamlet) -> None:
    home, (_head, _wife, son, _father) = village.family()
    bride = village.person(village.home("2"), "新娘", sex="2", born_on=date(2005, 1, 1))
    into = Into(household=home, as_to_head="38")
    actions.married(CLERK, Act.new(), person_id=son, spouse_id=bride, into=into, told=TODAY)
    assert (village.read(bride).as_in_home, village.read(son).marital) == ("38", "20")
    assert broken_laws() == []
    with pytest.raises(WrongState):
        actions.married(CLERK, Act.new(), person_id=son, spouse_id=bride, into=into, told=TODAY)


def test_nothing_happens_before_a_birth_or_before_the_household(village: Hamlet) -> None:
    home, (head, *_rest) = village.family()
    early, child = date(1979, 5, 1), {"born_on": date(2026, 4, 1)}
    award = actions.Recognised(type_code="veteran", person=head)
    acts: list[Callable[[], object]] = [
        lambda: village.person(home, "小一", "20", on=DAY, **child),
        lambda: village.person(home, "老王", "97", on=date(2025, 12, 31)),
        lambda: actions.flag(CLERK, Act.new(), what=award, told=Told(on=early)),
        lambda: actions.left_for_work(CLERK, Act.new(), person_id=head, to="", told=Told(on=early)),
    ]
    for act in acts:
        with pytest.raises(BadInput) as refused:
            act()
        assert set(refused.value.fields) == {"on"}
    began = actions.Fields(of="household", subject=home, written={"began_on": "2025-01-01"})
    actions.correct(CLERK, Act.new(), fields=began, told=TODAY)
    village.person(home, "老王", "97", on=date(2025, 12, 31))


def test_a_child_does_not_marry_and_who_moves_is_something_to_the_head(village: Hamlet) -> None:
    home, (_head, _wife, son, _father) = village.family()
    girl = village.person(village.home("2"), "小二", sex="2", born_on=date(2012, 1, 1))
    bride = village.person(village.home("3"), "新娘", sex="2", born_on=date(2005, 1, 1))
    into = Into(household=home)
    with pytest.raises(BadInput):
        actions.married(CLERK, Act.new(), person_id=son, spouse_id=girl, into=into, told=TODAY)
    actions.married(CLERK, Act.new(), person_id=son, spouse_id=bride, into=into, told=TODAY)
    assert (village.read(bride).as_in_home, village.read(bride).confirmed["marital"]) == ("38", LATER.isoformat())
    with acting(CLERK):
        found = queries.spouse_of(CLERK, queries.person_card(CLERK, son))
        assert found is not None
        assert found.id == bride
        assert queries.spouse_of(CLERK, queries.person_card(CLERK, girl)) is None


def test_who_stay_are_to_the_new_head_what_can_be_told(village: Hamlet) -> None:
    home = village.home("1")
    old = village.person(home, "周老", sex="1", born_on=date(1950, 1, 1))
    son = village.person(home, "周子", "20", sex="1", born_on=date(1975, 1, 1))
    wife = village.person(home, "吴媳", "38", sex="2", born_on=date(1976, 1, 1))
    child = village.person(home, "周孙", "40", sex="2", born_on=date(2010, 1, 1))
    aunt = village.person(home, "周姑", "70", sex="2", born_on=date(1980, 1, 1))
    actions.died(CLERK, Act.new(), person_id=old, told=TODAY)
    assert [village.read(one).as_in_home for one in (son, wife, child, aunt)] == ["02", "10", "30", "97"]
    assert "as_in_home" not in village.read(aunt).confirmed, "a guess is asked for next time"
    assert village.read(wife).confirmed["as_in_home"] == LATER.isoformat()


def test_children_of_whoever_joins_their_spouse_are_children_there(village: Hamlet) -> None:
    home, other = village.home("1"), village.home("2")
    village.person(home, "丈夫", sex="1", born_on=date(1980, 1, 1))
    village.person(other, "妻子", sex="2", born_on=date(1982, 1, 1))
    children = [village.person(other, name, code) for name, code in (("女儿", "30"), ("小儿", "20"), ("外婆", "50"))]
    into = Into(household=home, as_to_head="10")
    actions.merge_households(CLERK, Act.new(), household_id=other, into=into, told=TODAY)
    assert [village.read(one).as_in_home for one in children] == ["30", "20", "97"]


def test_a_whole_household_moves_by_merging_into_an_empty_one(village: Hamlet) -> None:
    home, people = village.family()
    roles = [village.read(one).as_in_home for one in people]
    new = village.home("2")
    actions.merge_households(CLERK, Act.new(), household_id=home, into=Into(household=new), told=TODAY)
    assert [village.read(one).as_in_home for one in people] == roles
    assert (village.read_home(new).head_id, village.read_home(home).became) == (people[0], new)
    assert broken_laws() == []


def test_who_all_are_away_make_a_household_away(village: Hamlet) -> None:
    home, people = village.family()
    for one in people:
        actions.left_for_work(CLERK, Act.new(), person_id=one, to="广东东莞", told=TODAY)
    assert village.read_home(home).state == "away"
    actions.returned(CLERK, Act.new(), person_id=people[3], told=TODAY)
    assert village.read_home(home).state == "lived"
    assert broken_laws() == []


def test_who_go_or_stay_away_make_their_household_away(village: Hamlet) -> None:
    home, people = village.family()
    for one in people[2:]:
        actions.left_for_work(CLERK, Act.new(), person_id=one, to="广东东莞", told=TODAY)
    new = NewHome(place=GRID, natural_village=HAMLET, number="77")
    leaving = actions.Leaving(people=tuple(people[2:]), head=people[2], home=new)
    founded = UUID(actions.split(CLERK, Act.new(), household_id=home, leaving=leaving, told=TODAY)["household"])
    assert (village.read_home(founded).state, village.read_home(home).state) == ("away", "lived")
    back = Into(household=founded, as_to_head="97")
    actions.merge_households(CLERK, Act.new(), household_id=home, into=back, told=TODAY)
    assert village.read_home(founded).state == "lived"
    assert broken_laws() == []


def test_days_that_can_not_be_are_refused(village: Hamlet) -> None:
    home, people = village.family()
    for on in (date.today() + timedelta(days=2), date(1700, 1, 1), DAY - timedelta(days=30)):  # noqa: DTZ011 - any day
        with pytest.raises(BadInput):
            actions.died(CLERK, Act.new(), person_id=people[0], told=Told(on=on))
    assert village.read_home(home).head_id == people[0]


def test_out_of_scope_is_out_of_reach(village: Hamlet) -> None:
    _home, people = village.family()
    with pytest.raises(NotYours):
        actions.died(scope_at(FAR_VILLAGE, "people.edit"), Act.new(), person_id=people[0], told=TODAY)


def test_what_stood_there_before_is_kept(village: Hamlet) -> None:
    _home, people = village.family()
    act = Act.new()
    actions.left_for_work(CLERK, act, person_id=people[2], to="浙江", told=Told(on=LATER, source="本人电话"))
    with acting(CLERK):
        kept = list(
            Correction.objects.filter(act=act.id, of="person").values_list("field", "before", "after", "source")
        )
    assert sorted(kept) == [("state", "here", "away", "本人电话"), ("works_at", "", "浙江", "本人电话")]


def _step(draw: Random, village: Hamlet, on: date) -> Callable[[], object]:
    """Any act, on any of those who are there; it may be refused."""
    with acting(CLERK):
        people = list(
            Person.objects.filter(state__in=("here", "away"))
            .exclude(household=None)
            .order_by("id")
            .values_list("id", flat=True)
        )
        homes = list(Household.objects.exclude(state="ended").order_by("id").values_list("id", flat=True))
    one, other = draw.choice(people), draw.choice(people)
    into = Into(household=draw.choice(homes), as_to_head=draw.choice(("10", "20", "30", "97", "50")))
    told, act = Told(on=on), Act.new()
    new = NewHome(place=GRID, natural_village=HAMLET, number=str(draw.randrange(10**6)))
    choices: tuple[Callable[[], object], ...] = (
        lambda: actions.born(CLERK, act, into=into, child=NewPerson(name="娃", born_on=on), told=told, another=True),
        lambda: actions.moved_in(CLERK, act, into=into, newcomer=NewPerson(name="客"), told=told, another=True),
        lambda: actions.moved(CLERK, act, person_id=one, into=into, told=told),
        lambda: actions.died(CLERK, act, person_id=one, told=told),
        lambda: actions.moved_out(CLERK, act, person_id=one, to="外县", told=told),
        lambda: actions.left_for_work(CLERK, act, person_id=one, to="外省", told=told),
        lambda: actions.returned(CLERK, act, person_id=one, told=told),
        lambda: actions.married(CLERK, act, person_id=one, spouse_id=other, into=into, told=told),
        lambda: actions.set_head(CLERK, act, household_id=into.household, person_id=one, told=told),
        lambda: actions.merge_households(CLERK, act, household_id=draw.choice(homes), into=into, told=told),
        lambda: actions.split(
            CLERK, act, household_id=into.household, told=told,
            leaving=actions.Leaving(people=(one, other) if one != other else (one,), head=one, home=new),
        ),
    )  # fmt: skip
    return draw.choice(choices)


@pytest.mark.parametrize("seed", range(size(3, 30)))
def test_whatever_is_done_the_laws_hold(village: Hamlet, seed: int) -> None:
    draw = Random(seed)
    for number in ("1", "2", "3"):
        village.family(number)
    done = 0
    for n in range(60):
        try:
            _step(draw, village, LATER + timedelta(days=n // 3))()
        except Refusal:
            continue
        done += 1
        assert broken_laws() == []
    assert done > 15


def test_who_left_the_county_comes_back_in_the_same_record(village: Hamlet) -> None:
    home = village.home("1")
    village.person(home, "甲乙", sex="1")
    one = village.person(home, "周大山", "20", id_number=numbered(1))
    actions.moved_out(CLERK, Act.new(), person_id=one, to="浙江", told=Told(on=date(2026, 4, 1)))
    with pytest.raises(BadInput, match=r"."):
        village.person(home, "周小山", "20", on=date(2026, 9, 1), id_number=numbered(1))
    with pytest.raises(BadInput):
        village.person(home, "周大山", "20", on=date(2026, 3, 20), id_number=numbered(1))
    act, other = Act.new(), village.home("2")
    said = NewPerson(name="周大山", id_number=numbered(1), phone="13812345678")
    made = actions.moved_in(CLERK, act, into=Into(household=other), newcomer=said, told=Told(on=date(2026, 9, 1)))
    back = village.read(one)
    assert (UUID(made["person"]), back.state, back.ended_on) == (one, "here", None)
    assert (back.household_id, back.as_in_home, back.works_at) == (other, "02", "")
    assert back.phone_index is not None
    assert broken_laws() == []
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=date(2026, 9, 2), source="x"))
    assert (village.read(one).state, village.read(one).ended_on) == ("gone", date(2026, 4, 1))
    assert broken_laws() == []


def test_with_a_death_duties_end_and_the_spouse_is_widowed(village: Hamlet) -> None:
    _home, (head, wife, son, father) = village.family()
    new = actions.NewHolding(of="organisation", place=VILLAGE, written={"kind": "41", "name": "合作社"})
    org = UUID(actions.add_holding(CLERK, Act.new(), new=new, told=Told(on=DAY))["organisation"])
    actions.join(CLERK, Act.new(), organisation_id=org, person_id=head, duty="leader", told=Told(on=DAY))
    act = Act.new()
    actions.died(CLERK, act, person_id=head, told=Told(on=date(2026, 5, 1)))
    with acting(CLERK):
        assert [one.to_on for one in Membership.objects.filter(organisation_id=org)] == [date(2026, 5, 1)]
    assert [village.read(one).marital for one in (wife, son, father)] == ["30", "", ""]
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=date(2026, 5, 2), source="x"))
    assert village.read(wife).marital == "20"
    with acting(CLERK):
        assert Membership.objects.filter(organisation_id=org, to_on=None).exists()
    actions.died(CLERK, Act.new(), person_id=father, told=Told(on=date(2026, 5, 1)))
    assert village.read(wife).marital == "20", "not of whoever lives there too"
