"""Ledgers that people make: only columns of the list, masked, grouped with counts; whose they are, who shares them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound
from commongrid.registry import actions, queries
from commongrid.registry.keeping import jobs
from commongrid.registry.models import SavedLedger
from commongrid.registry.rules.facts import NewHome, Told
from commongrid.registry.rules.own_ledgers import SUBJECTS, Spec, arranged, checked, columns, filter_names, suggested
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, OTHER_VILLAGE, TOWNSHIP, VILLAGE, lay
from tests.factories.network import scope_as
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, DAY, OTHER_CLERK, Hamlet

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.bed import Database

CIVIL = scope_at(VILLAGE, "people.edit", "people.read", "people.hardship")
TOLD = Told(on=DAY)
TODAY = date(2026, 11, 24)
MEN = Spec(of="person", columns=("name", "age"), filters={"sex": "1"}, group="relation", order="age", down=True)


def rows(
    spec: Spec, scope: Scope = CLERK, population: str = "resident", *, linked: set[UUID] | None = None
) -> list[dict[str, Any]]:
    wanted = queries.Wanted(place=VILLAGE, population=population, on=TODAY, since=DAY, homes=linked)
    with acting(scope):
        return [dict(row.values) for row in queries.own_rows(scope, spec, wanted)]


def test_no_column_filter_group_or_order_is_ethnic_group_bank_or_religion() -> None:
    keys = {one.key for subject in SUBJECTS.values() for one in subject}
    assert not keys & {"ethnic", "ethnic_sealed", "ethnic_group", "bank", "bank_sealed", "religion"}
    for of, subject in SUBJECTS.items():
        assert len({one.key for one in subject}) == len(subject)
        assert not any(one.groups or one.orders for one in subject if one.sealed or one.key in ("id_number", "phone"))
        assert "hardship" not in filter_names(of, hardship=False)
        assert "hardship" not in columns(of, hardship=False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": ()}, "columns"), ({"columns": ("name", "ethnic_sealed")}, "columns"), ({"of": "matter"}, "of"),
        ({"group": "ethnic_sealed"}, "group"), ({"group": "name"}, "group"), ({"order": "id_number"}, "order"),
        ({"filters": {"ethnic_sealed": "01"}}, "ethnic_sealed"), ({"filters": {"name": "张"}}, "name"),
        ({"filters": {"age_from": "x"}}, "age_from"), ({"filters": {"age_to": "201"}}, "age_to"),
        ({"filters": {"population": "everybody"}}, "population"), ({"filters": {"sex": "1" * 41}}, "sex"),
        ({"filters": {"grid": "第1网格"}}, "grid"), ({"filters": {"registered_place": "9" * 16}}, "registered_place"),
        ({"filters": {"linked": "朱文书"}}, "linked"), ({"filters": {"place": str(VILLAGE)}}, "place"),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(replace(MEN, **change), hardship=True)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("change", [{"columns": ("name", "hardship")}, {"filters": {"hardship": "dibao"}}])
def test_hardship_is_refused_without_its_power(change: dict[str, Any]) -> None:
    spec = replace(MEN, **change)
    assert spec.sealed
    assert checked(spec, hardship=True).sealed
    with pytest.raises(NotAllowed):
        checked(spec, hardship=False)


def test_rows_are_grouped_counted_and_ordered_with_what_is_empty_last() -> None:
    found: list[dict[str, Any]] = [
        {"g": "b", "n": 2},
        {"g": "", "n": 9},
        {"g": "a", "n": None},
        {"g": "a", "n": 1},
        {"g": "a", "n": 3},
    ]
    order, groups = arranged(found, Spec(of="person", columns=("n",), group="g", order="n", down=True))
    assert order == [4, 3, 2, 0, 1]
    assert [(one.value, one.count) for one in groups] == [("a", 3), ("b", 1), ("", 1)]
    by_name = [{"name": "张", "~name": "zhang"}, {"name": "安", "~name": "an"}]
    assert arranged(by_name, Spec(of="person", columns=("name",), order="name"))[0] == [1, 0]
    days: list[dict[str, Any]] = [{"on": date(2026, 1, 2)}, {"on": None}, {"on": date(2025, 1, 2)}]
    assert arranged(days, Spec(of="thing", columns=("on",), order="on"))[0] == [2, 0, 1]


def test_headings_of_others_are_understood_each_column_once() -> None:
    found = suggested("person", ["序号", "姓 名", "基本情况 性别", "年龄(岁)", "备注", "姓名"], hardship=False)
    assert found == ["no", "name", "sex", "age", "", ""]


def test_people_filtered_and_masked_with_head_door_and_flags(village: Hamlet) -> None:
    home, (head, _wife, son, _father) = village.family()
    village.person(village.home("2"), "赵五", sex="1", born_on=date(1940, 1, 1), phone="13812345678")
    actions.flag(CLERK, Act.new(), what=actions.Recognised(type_code="veteran", person=head), told=TOLD)
    for what in (
        actions.Recognised(type_code="disabled", person=son), actions.Recognised(type_code="dibao", household=home)
    ):  # fmt: skip
        actions.flag(CIVIL, Act.new(), what=what, told=TOLD)
    assert sorted(row["name"] for row in rows(MEN)) == ["周一", "周三", "周四", "赵五"]
    old = rows(Spec(of="person", columns=("name", "phone"), filters={"age_from": "60", "sex": "1"}))
    assert [(row["name"], row.get("phone")) for row in old] == [("周四", ""), ("赵五", "138****5678")]
    assert "id_number" not in old[0], "what no column asks for is not opened"
    by_flag = Spec(of="person", columns=("name", "head", "number", "flags"), filters={"flags": "veteran"})
    (row,) = rows(by_flag)
    assert (row["head"], row["number"], row["flags"], row["~household"]) == ("周一", "1", ("veteran",), home)
    sealed = Spec(of="person", columns=("name", "hardship"), filters={"hardship": "dibao"})
    assert [(one["name"], one["hardship"]) for one in rows(sealed, CIVIL)] == [("周一", ("dibao",))]
    with pytest.raises(NotAllowed):
        rows(sealed)
    sneaked = Spec(of="person", columns=("name", "flags"), filters={"flags": "dibao"})
    assert rows(sneaked, CIVIL) == [], "the filter by flag never asks the table of hardship"


def test_households_by_size_with_flags_of_their_people(village: Hamlet) -> None:
    home, (head, _wife, son, _father) = village.family()
    village.home("2")
    actions.left_for_work(CLERK, Act.new(), person_id=son, to="浙江", told=TOLD)
    actions.flag(CLERK, Act.new(), what=actions.Recognised(type_code="veteran", person=head), told=TOLD)
    spec = Spec(of="household", columns=("number", "head", "phone", "people", "away", "flags"))
    assert [(row["number"], row["head"], row["people"], row["away"], row["flags"]) for row in rows(spec)] == [
        ("1", "周一", 4, 1, ("veteran",)), ("2", "", 0, 0, ()),
    ]  # fmt: skip
    assert [row["number"] for row in rows(replace(spec, filters={"people_from": "1", "people_to": "4"}))] == ["1"]
    assert [row["~household"] for row in rows(replace(spec, filters={"flags": "veteran"}))] == [home]
    assert rows(replace(spec, filters={"away_from": "2"})) == []


def test_people_and_households_by_grid_group_registered_place_and_linked_member(village: Hamlet) -> None:
    home, _people = village.family()
    there = UUID(actions.found_household(CLERK, Act.new(), new=NewHome(place=OTHER_GRID, natural_village=HAMLET,
                                                                       number="2"))["household"])  # fmt: skip
    village.person(there, "赵五", registered_place=VILLAGE)
    village.person(there, "赵六", "97", registered_place=FAR_VILLAGE)

    def found(of: str = "person", homes: set[UUID] | None = None, **filters: str) -> list[str]:
        spec = Spec(of=of, columns=("name",) if of == "person" else ("number",), filters=filters)
        return sorted(str(row[spec.columns[0]]) for row in rows(spec, linked=homes))

    assert found(grid=str(OTHER_GRID)) == ["赵五", "赵六"]
    assert found("household", grid=str(GRID)) == ["1"]
    assert found(grid=str(OTHER_GRID), sex="1") == []
    assert found(registered_place=str(VILLAGE)) == ["赵五"]
    assert found(collective=str(VILLAGE)) == []
    assert found(villager_group=str(VILLAGE + 9)) == found("household", villager_group=str(VILLAGE + 9)) == []
    member = str(home)  # any id: whose households they are is known above
    assert found(homes={there}, linked=member) == ["赵五", "赵六"]
    assert found("household", homes={home}, linked=member) == ["1"]
    assert found(homes=set(), linked=member) == []
    with pytest.raises(LookupError):
        found(linked=member)


def test_holdings_by_kind_and_number(village: Hamlet) -> None:
    _home, people = village.family()
    for of, written in (
        ("site", {"kind": "11", "name": "老屋", "owner": str(people[0]), "storeys": "3", "self_built": "1"}),
        ("thing", {"kind": "41", "name": "黄狗", "keeper": str(people[1]), "every_months": "6"}),
        ("organisation", {"kind": "11", "name": "合作社"}),
    ):
        new = actions.NewHolding(of=of, place=VILLAGE, written=written)
        actions.add_holding(CLERK, Act.new(), new=new, told=TOLD)
    (site,) = rows(Spec(of="site", columns=("name",), filters={"self_built": "1", "storeys_from": "2"}))
    assert (site["name"], site["owner"], site["self_built"]) == ("老屋", "周一", "1")
    assert rows(Spec(of="site", columns=("name",), filters={"self_built": "0"})) == []
    (thing,) = rows(Spec(of="thing", columns=("name",), filters={"kind": "41"}))
    assert (thing["name"], thing["keeper"]) == ("黄狗", "吴二")
    assert [row["people"] for row in rows(Spec(of="organisation", columns=("name", "people")))] == [0]


@pytest.fixture
def desk(database: Database) -> Any:
    """The desk's county in a fresh database."""
    return lay(database)


def save(scope: Scope, name: str = "男性", *, spec: Spec = MEN, shared: bool = False) -> UUID:
    return UUID(str(actions.save_ledger(scope, Act.new(), name=name, spec=spec, shared=shared)["ledger"]))


def test_a_ledger_is_its_posts_own_until_it_is_shared_with_the_place(desk: Any) -> None:
    clerk, secretary = scope_as(desk, "clerk"), scope_as(desk, "secretary")
    grid, above = scope_as(desk, "grid_head"), scope_as(desk, "dispatcher")

    def seen(scope: Scope) -> list[tuple[str, bool]]:
        return [(one.name, one.own) for one in queries.own_ledgers(scope)]

    one = save(clerk)
    assert (seen(clerk), seen(secretary)) == ([("男性", True)], [])
    actions.change_ledger(clerk, Act.new(), ledger_id=one, name="全部男性", spec=MEN, shared=True)
    assert (seen(clerk), seen(secretary)) == ([("全部男性", True)], [("全部男性", False)])
    assert (seen(grid), seen(above)) == ([], [])
    with pytest.raises(NotFound):
        actions.change_ledger(secretary, Act.new(), ledger_id=one, name="我的", spec=MEN)
    with pytest.raises(NotFound):
        actions.remove_ledger(secretary, Act.new(), ledger_id=one)
    with pytest.raises(NotAllowed):
        save(grid, "网格", shared=True)
    actions.remove_ledger(clerk, Act.new(), ledger_id=one)
    assert seen(secretary) == []


def test_a_shared_one_goes_on_when_its_post_has_ended(desk: Any, database: Database) -> None:
    """Any post of the place may take it over or remove it; what was not shared goes a year later."""
    clerk, secretary, above = (scope_as(desk, name) for name in ("clerk", "secretary", "dispatcher"))
    one, other, _own = save(clerk, shared=True), save(clerk, "共用", shared=True), save(clerk, "自己")
    with database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET to_on = from_on WHERE id = %s", [clerk.post])
    assert [(row.name, row.own) for row in queries.own_ledgers(secretary)] == [("共用", True), ("男性", True)]
    with pytest.raises(NotFound):
        actions.remove_ledger(above, Act.new(), ledger_id=one)
    actions.change_ledger(secretary, Act.new(), ledger_id=one, name="男性", spec=MEN)
    actions.remove_ledger(secretary, Act.new(), ledger_id=other)
    with acting(secretary):
        assert SavedLedger.objects.get(id=one).post == secretary.post
    with database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET to_on = '2020-01-01', from_on = '2019-01-01' WHERE id = %s", [clerk.post])
    jobs.apply_periods()
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT name FROM registry_saved_ledger").fetchall() == [("男性",)]


def test_it_needs_a_name_of_its_own_and_keeps_its_subject(desk: Any) -> None:
    clerk = scope_as(desk, "clerk")
    one = save(clerk)
    for name in ("", " ", "x" * 41, "a\nb\x00"):
        with pytest.raises(BadInput):
            save(clerk, name)
    with pytest.raises(BadInput) as refused:
        save(clerk)
    assert "another ledger of this name" in refused.value.fields["name"]
    with pytest.raises(BadInput):
        actions.change_ledger(clerk, Act.new(), ledger_id=one, name="x", spec=Spec(of="household", columns=("number",)))
    assert actions.change_ledger(clerk, Act.new(), ledger_id=one, name="男性", spec=MEN)["ledger"] == str(one)


def test_a_place_to_filter_by_is_one_within_scope_and_in_force(desk: Any, database: Database) -> None:
    clerk = scope_as(desk, "clerk")
    for place in (OTHER_VILLAGE, HAMLET, VILLAGE + 77):
        with pytest.raises(BadInput) as refused:
            save(clerk, spec=replace(MEN, filters={"grid": str(place)}))
        assert "outside what your post sees" in refused.value.fields["grid"]
    for scope, near, far in ((CLERK, VILLAGE, OTHER_VILLAGE), (OTHER_CLERK, OTHER_VILLAGE, VILLAGE)):
        for place, found in ((near, []), (far, ["registered_place"]), (TOWNSHIP, ["registered_place"])):
            spec = replace(MEN, filters={"registered_place": str(place)})
            assert list(queries.lost(scope, spec)) == found
    by_grid = replace(MEN, filters={"grid": str(OTHER_GRID), "registered_place": str(HAMLET)})
    one = save(clerk, spec=by_grid)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = current_date WHERE code = %s", [OTHER_GRID])
    with acting(clerk):
        assert list(queries.lost(clerk, queries.own_ledger(clerk, one).spec)) == ["grid"]
    with pytest.raises(BadInput):
        actions.change_ledger(clerk, Act.new(), ledger_id=one, name="男性", spec=by_grid)


def test_one_of_hardship_is_offered_only_to_those_who_may_see_it(desk: Any) -> None:
    township = scope_as(desk, "township_principal")
    sealed = Spec(of="person", columns=("name", "hardship"))
    one = save(township, "困难人员", spec=sealed, shared=True)
    other = scope_as(desk, "dispatcher")
    assert [own.name for own in queries.own_ledgers(township)] == ["困难人员"]
    assert queries.own_ledgers(other) == []
    with acting(other):
        assert SavedLedger.objects.filter(id=one).exists(), "the row is shared with the place"
        with pytest.raises(NotAllowed):
            queries.own_ledger(other, one)
    with pytest.raises(NotAllowed):
        save(other, "困难", spec=sealed)
