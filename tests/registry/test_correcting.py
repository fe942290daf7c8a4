"""Fields corrected with what stood there before; whole acts undone where nothing later stands on them; flags."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.registry import actions, queries
from commongrid.registry.models import Correction, Flag, HardshipFlag, Person, Stay
from commongrid.registry.rules.facts import NewHome, NewPerson, Told
from tests.factories.desk import COUNTY, GRID, HAMLET, OTHER_VILLAGE, VILLAGE
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws
from tests.registry.importing.making import number

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.bed import Database

LATER = Told(on=date(2026, 5, 1), source="村级核实")
CIVIL = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship")
ID = "11010519491231002X"


def _correct(subject: UUID, seen: int | None = None, **written: str) -> Act:
    act = Act.new()
    fields = actions.Fields(of="person", subject=subject, written=written)
    actions.correct(CLERK, act, fields=fields, told=replace(LATER, seen=seen))
    return act


@pytest.mark.parametrize("code", ["999999999999999", str(OTHER_VILLAGE), str(COUNTY), str(HAMLET)])
def test_a_villager_group_is_one_of_the_same_village(village: Hamlet, code: str) -> None:
    fields = actions.Fields(of="household", subject=village.home("1"), written={"villager_group": code})
    with pytest.raises(BadInput) as refused:
        actions.correct(CLERK, Act.new(), fields=fields, told=LATER)
    assert set(refused.value.fields) == {"villager_group"}


def test_whoever_stands_in_a_booklet_is_registered_where_that_is(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五")
    with pytest.raises(BadInput):
        _correct(one, registered_place="888888888888000")
    opened = actions.open_booklet(CLERK, Act.new(), new=actions.NewBooklet(place=HAMLET, number="B1"), told=LATER)
    booklet = UUID(opened["booklet"])
    actions.enrol(CLERK, Act.new(), person_id=one, booklet_id=booklet, as_to_head="02", told=LATER)
    with pytest.raises(BadInput) as refused:
        _correct(one, registered_place=str(VILLAGE))
    assert set(refused.value.fields) == {"registered_place"}
    _correct(one, registered_place=str(HAMLET), education="70")


def test_nobody_is_over_120_by_their_identity_number(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五")
    with pytest.raises(BadInput):
        _correct(one, id_number=number(1, date(1890, 1, 1)))


def test_what_was_undone_is_no_longer_fresh_and_a_later_day_stays(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五", education="70")
    act = _correct(one, phone="13812345678", education="20")
    keeper = scope_at(VILLAGE, "people.confirm", "people.edit")
    for day in (date(2026, 9, 1), date(2026, 3, 1)):
        actions.confirm(keeper, Act.new(), of="person", subject=one, fields=("education",), told=Told(on=day))
    assert village.read(one).confirmed["education"] == "2026-09-01"
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=date(2026, 10, 2), source="x"))
    assert "phone" not in village.read(one).confirmed
    assert village.read(one).confirmed["education"] == DAY.isoformat(), "found with the record"
    actions.left_for_work(CLERK, Act.new(), person_id=one, to="浙江", told=Told(on=date(2026, 10, 3)))
    assert village.read(one).confirmed["works_at"] == "2026-10-03"


def test_a_correction_keeps_what_stood_there_and_is_undone(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五", phone="13812345678")
    act = _correct(one, display_name="赵武", phone="139 0000 1111", education="70")
    found = village.read(one)
    assert (found.display_name, found.initials, found.education) == ("赵武", "zw", "70")
    assert sealed.unseal(found.phone_sealed, "registry_person", "phone_sealed", one) == "13900001111"
    assert found.confirmed["phone"] == "2026-05-01"
    with acting(CLERK):
        rows = Correction.objects.filter(act=act.id)
        assert set(rows.values_list("field", flat=True)) >= {"display_name", "phone_sealed", "education"}
        assert "139" not in "".join(f"{row.before}{row.after}" for row in rows)
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=date(2026, 5, 2), source="写错了人"))
    back = village.read(one)
    assert (back.display_name, back.education, back.initials) == ("赵五", "", "zw")
    assert sealed.unseal(back.phone_sealed, "registry_person", "phone_sealed", one) == "13812345678"
    assert back.phone_index == sealed.index("13812345678")
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=act.id, told=LATER)


def test_elements_of_the_standard_are_corrected_field_by_field(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五", registered_place=VILLAGE, collective=VILLAGE)
    assert (village.read(one).registered_place, village.read(one).collective) == (VILLAGE, VILLAGE)
    said = {"former_name": "赵小五", "native_place": "贵州石阡", "registered_door": "上河1号", "workplace": "白沙小学",
            "inflow": "05", "domicile": "04"}  # fmt: skip
    act = _correct(one, None, **said)
    with acting(CLERK):
        card = queries.person_card(CLERK, one)
    assert card.further == said
    assert set(card.confirmed) >= {*said, "collective"}
    with pytest.raises(BadInput):
        _correct(one, inflow="77")
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=date(2026, 5, 2), source="写错了人"))
    assert not any(getattr(village.read(one), name) for name in said)


def test_an_undoing_waits_for_what_stands_on_it(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五")
    first = _correct(one, works_at="浙江")
    second = _correct(one, works_at="福建")
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=first.id, told=LATER)
    actions.undo(CLERK, Act.new(), done=second.id, told=LATER)
    actions.undo(CLERK, Act.new(), done=first.id, told=LATER)
    assert village.read(one).works_at == ""


def test_a_split_is_undone_whole(village: Hamlet) -> None:
    home, (head, _wife, son, _father) = village.family()
    act = Act.new()
    leaving = actions.Leaving(
        people=(head, son), head=son, home=NewHome(place=GRID, natural_village=HAMLET, number="9")
    )
    new = UUID(actions.split(CLERK, act, household_id=home, leaving=leaving, told=LATER)["household"])
    actions.undo(CLERK, Act.new(), done=act.id, told=LATER)
    assert broken_laws() == []
    assert village.read_home(home).head_id == head
    with acting(CLERK):
        assert Person.objects.filter(household_id=home).count() == 4
        assert not Stay.objects.filter(household_id=new).exists()


def test_a_person_entered_by_mistake_is_gone_after_undoing(village: Hamlet) -> None:
    home, _people = village.family()
    act = Act.new()
    into = actions.Into(household=home, as_to_head="97")
    actions.moved_in(CLERK, act, into=into, newcomer=NewPerson(name="弄错", id_number=ID), told=Told(on=DAY))
    actions.undo(CLERK, Act.new(), done=act.id, told=LATER)
    with acting(CLERK):
        assert not Person.objects.filter(id=act.id).exists()
    assert broken_laws() == []
    with pytest.raises(NotFound):
        actions.undo(CLERK, Act.new(), done=Act.new().id, told=LATER)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"born_on": "2099-01-01"}, "born_on"),
        ({"born_on": "昨天"}, "born_on"),
        ({"id_number": "123"}, "id_number"),
        ({"marital": "77"}, "marital"),
        ({"phone": "1"}, "phone"),
    ],
)
def test_what_can_not_be_read_is_refused_and_nothing_changes(
    village: Hamlet, written: dict[str, str], field: str
) -> None:
    one = village.person(village.home("1"), "赵五")
    with pytest.raises(BadInput) as refused:
        _correct(one, None, works_at="浙江", **written)
    assert list(refused.value.fields) == [field]
    assert village.read(one).works_at == ""


def test_an_identity_number_says_birth_and_sex(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五")
    _correct(one, id_number=ID)
    assert (village.read(one).born_on, village.read(one).sex) == (date(1949, 12, 31), "2")


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"id_number": ID}, "id_number"),
        ({"id_number": ID, "born_on": "1950-01-01"}, "born_on"),
        ({"id_number": ID, "born_on": "1949-12-31"}, "id_number"),
    ],
)
def test_an_identity_number_contradicts_nobody(village: Hamlet, written: dict[str, str], field: str) -> None:
    one = village.person(village.home("1"), "赵五", sex="1", born_on=date(1980, 1, 1))
    with pytest.raises(BadInput) as refused:
        _correct(one, None, **written)
    assert field in refused.value.fields
    assert village.read(one).id_index is None


def test_nobody_is_given_another_birth_than_the_number_kept_says(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五", id_number=ID)
    with pytest.raises(BadInput) as refused:
        _correct(one, born_on="1950-01-01")
    assert list(refused.value.fields) == ["born_on"]
    _correct(one, born_on="", sex="")
    assert (village.read(one).born_on, village.read(one).sex) == (date(1949, 12, 31), "2")


def test_what_somebody_is_to_the_head_is_mended_with_a_stay_of_its_own(village: Hamlet) -> None:
    _home, (head, _wife, son, _father) = village.family()
    act = _correct(son, as_in_home="30")
    assert broken_laws() == []
    assert village.read(son).as_in_home == "30"
    for who, code in ((son, "02"), (son, "01"), (head, "97")):
        with pytest.raises(BadInput):
            _correct(who, as_in_home=code)
    actions.undo(CLERK, Act.new(), done=act.id, told=LATER)
    assert broken_laws() == []
    assert village.read(son).as_in_home == "20"


def test_a_household_is_corrected_and_its_point_is_fresh(village: Hamlet) -> None:
    home = village.home("1")
    house = actions.NewHolding(of="site", place=GRID, written={"kind": "11", "name": "老屋"})
    site = actions.add_holding(CLERK, Act.new(), new=house, told=LATER)["site"]
    written = {"number": "17", "lon": "108.25", "lat": "27.5", "dwelling": str(site)}
    fields = actions.Fields(of="household", subject=home, written=written)
    actions.correct(CLERK, Act.new(), fields=fields, told=LATER)
    found = village.read_home(home)
    assert (found.number, found.point, str(found.dwelling_id)) == ("17", "measured", str(site))
    assert {found.confirmed[name] for name in ("number", "point", "dwelling")} == {"2026-05-01"}


def test_two_at_once_the_second_is_told(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五")
    seen = village.read(one).version
    _correct(one, seen, works_at="浙江")
    with pytest.raises(WrongState):
        _correct(one, seen, works_at="福建")


def test_confirming_changes_nothing_but_freshness(village: Hamlet) -> None:
    one = village.person(village.home("1"), "赵五", phone="13812345678")
    grid = scope_at(VILLAGE, "people.confirm")
    before = village.read(one).version
    actions.confirm(grid, Act.new(), of="person", subject=one, fields=("phone",), told=LATER)
    after = village.read(one)
    assert (after.confirmed["phone"], after.version) == ("2026-05-01", before)


def test_a_hardship_flag_needs_its_power_and_is_seen_with_it_alone(village: Hamlet) -> None:
    home, people = village.family()
    allowance = actions.Recognised(type_code="dibao", household=home, body="镇民政办")
    with pytest.raises(NotAllowed):
        actions.flag(CLERK, Act.new(), what=allowance, told=LATER)
    act = Act.new()
    actions.flag(CIVIL, act, what=allowance, told=LATER)
    with acting(CLERK):
        assert not HardshipFlag.objects.exists()
    with acting(CIVIL):
        assert HardshipFlag.objects.get().type_code == "dibao"
    with pytest.raises(NotFound):
        actions.unflag(CLERK, Act.new(), flag_id=act.id, told=LATER)
    veteran = actions.Recognised(type_code="veteran", person=people[3])
    held = actions.flag(CLERK, Act.new(), what=veteran, told=LATER)["flag"]
    stale = Told(on=LATER.on, seen=village.read(people[3]).version - 1)
    with pytest.raises(actions.Meanwhile):
        actions.unflag(CLERK, Act.new(), flag_id=UUID(held), told=stale)
    with pytest.raises(BadInput):
        actions.flag(CLERK, Act.new(), what=veteran, told=LATER)
    with acting(CLERK):
        assert Flag.objects.get().household_id == home
    watched = actions.Recognised(type_code="marginal", household=home)
    with pytest.raises(NotAllowed):
        actions.flag(CIVIL, Act.new(), what=watched, told=LATER)


def test_what_only_its_procedure_recognises_no_form_ends(village: Hamlet, database: Database) -> None:
    home, flag = village.home("1"), Act.new().id
    with database.as_role("owner") as owner, owner.transaction():
        owner.execute(
            "INSERT INTO registry_hardship_flag (id, type_code, place, household_id, from_on, source, body, began_by)"
            " VALUES (%s, 'marginal', %s, %s, %s, '', '', %s)",
            [flag, GRID, home, DAY, flag],
        )
    with pytest.raises(NotAllowed):
        actions.unflag(CIVIL, Act.new(), flag_id=flag, told=LATER)
    with acting(CIVIL):
        assert queries.flags_of(CIVIL, household=home)[0].procedure


def _history(of: Scope, subject: UUID) -> list[tuple[str, str, str]]:
    with acting(of):
        return [(one.field, one.before, one.after) for one in queries.changes_of(of, subject) if one.field != "*"]


def test_a_flag_is_ended_and_taken_back_and_the_history_says_so(village: Hamlet) -> None:
    _home, people = village.family()
    who, began, ended = people[3], Act.new(), Act.new()
    actions.flag(CLERK, began, what=actions.Recognised(type_code="veteran", person=who), told=Told(on=DAY))
    actions.unflag(CLERK, ended, flag_id=began.id, told=LATER)
    assert {("flag", "", "veteran"), ("flag", "veteran", "")} <= set(_history(CLERK, who))
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=began.id, told=LATER)
    other = village.home("2")
    actions.moved(CLERK, Act.new(), person_id=who, into=actions.Into(household=other), told=LATER)
    actions.undo(CLERK, Act.new(), done=ended.id, told=LATER)
    with acting(CLERK):
        flag = Flag.objects.get()
        assert (flag.to_on, flag.household_id) == (None, other)
    actions.undo(CLERK, Act.new(), done=began.id, told=LATER)
    with acting(CLERK):
        assert not Flag.objects.exists()


def test_what_was_recognised_is_not_in_force_again_after_a_death(village: Hamlet) -> None:
    _home, people = village.family()
    began, ended = Act.new(), Act.new()
    actions.flag(CLERK, began, what=actions.Recognised(type_code="veteran", person=people[3]), told=Told(on=DAY))
    actions.unflag(CLERK, ended, flag_id=began.id, told=LATER)
    actions.died(CLERK, Act.new(), person_id=people[3], told=LATER)
    with pytest.raises(WrongState):
        actions.undo(CLERK, Act.new(), done=ended.id, told=LATER)


def test_that_hardship_was_recognised_is_history_to_those_alone_who_see_it(village: Hamlet) -> None:
    home, _people = village.family()
    act = Act.new()
    what = actions.Recognised(type_code="dibao", household=home, body="镇民政办")
    actions.flag(CIVIL, act, what=what, told=LATER)
    assert ("hardship", "", str(act.id)) in _history(CIVIL, home)
    assert not [line for line in _history(CLERK, home) if line[0] == "hardship"]
    with pytest.raises(NotFound):
        actions.undo(CLERK, Act.new(), done=act.id, told=LATER)
    actions.undo(CIVIL, Act.new(), done=act.id, told=LATER)
    with acting(CIVIL):
        assert not HardshipFlag.objects.exists()


def test_a_death_is_undone_and_everybody_is_what_they_were(village: Hamlet) -> None:
    home, (head, wife, son, father) = village.family()
    act = Act.new()
    actions.died(CLERK, act, person_id=head, told=LATER)
    actions.undo(CLERK, Act.new(), done=act.id, told=LATER)
    assert broken_laws() == []
    assert village.read_home(home).head_id == head
    assert [village.read(one).as_in_home for one in (head, wife, son, father)] == ["02", "10", "20", "50"]
    assert village.read(head).state == "here"


def test_a_household_comes_to_another_natural_village(village: Hamlet, database: Database) -> None:
    home, _people = village.family()
    other, far = VILLAGE + 40, OTHER_VILLAGE + 1
    with database.as_role("owner") as owner:
        for code, parent in ((other, VILLAGE), (far, OTHER_VILLAGE)):
            insert(
                owner, "Place", code=code, level="natural_village", name="下河", name_en="Xiahe", parent=parent,
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
    taken = NewHome(place=GRID, natural_village=other, number="9")
    actions.found_household(CLERK, Act.new(), new=taken)

    def belongs(code: object, of: UUID = home, number: str = "1") -> None:
        written = {"natural_village": str(code), "number": number}
        fields = actions.Fields(of="household", subject=of, written=written)
        actions.correct(CLERK, Act.new(), fields=fields, told=LATER)

    wrong: tuple[tuple[object, str, str], ...] = (
        (far, "1", "natural_village"), (GRID, "1", "natural_village"), ("", "1", "natural_village"),
        (other, "9", "number"),
    )  # fmt: skip
    for place, said, field in wrong:
        with pytest.raises(BadInput) as refused:
            belongs(place, number=said)
        assert list(refused.value.fields) == [field]
    belongs(other)
    assert (village.read_home(home).natural_village, village.read_home(home).place) == (other, GRID)
    act = Act.new()
    actions.found_household(CLERK, act, new=NewHome(place=HAMLET, natural_village=HAMLET, number="3"))
    one = village.person(act.id, "赵五")
    belongs(other, of=act.id, number="3")
    assert (village.read_home(act.id).place, village.read(one).place) == (other, other), "no grid serves it"
    assert broken_laws() == []
