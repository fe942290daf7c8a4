"""Sheets of sites, things, organisations, members and flags: taken in, recognised again, changed, undone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, WrongState
from commongrid.kernel.scope import clock
from commongrid.registry import actions as registry
from commongrid.registry.importing import actions, looking, queries
from commongrid.registry.importing.rules.held_columns import HELD
from commongrid.registry.importing.standing import later_on
from commongrid.registry.models import Flag, HardshipFlag, Membership, Organisation, Site, Thing
from commongrid.registry.queries import changes_of
from commongrid.registry.rules.facts import Told
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet
from tests.registry.importing.making import number, workbook
from tests.registry.importing.test_taking import counts, send, take

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

OFFICE = scope_at(TOWNSHIP, "people.edit", "people.read", "people.hardship")
SCHOOL = {"natural_village": "上河", "name": "白沙小学", "kind": "学校", "built_on": "1998年9月1日"}
WELL = {"natural_village": "上河", "name": "老井", "kind": "水井", "every_months": "6", "last_check_on": "2026-05-31",
        "condition": "完好"}  # fmt: skip
COOP = {"place": "白沙村", "name": "白沙茶叶专业合作社", "kind": "农民专业合作社"}


def sheet(sort: str, *rows: dict[str, Any], scope: Scope = CLERK) -> UUID:
    """A filled template, sent and looked through."""
    columns = HELD[sort]
    data = workbook(*rows, head=[column.heading for column in columns], columns=columns)
    return send(data=data, sort=sort, scope=scope)


def faults(upload: UUID, scope: Scope = CLERK) -> list[str]:
    with acting(scope):
        found = queries.found(scope, upload)
    return [code for _row, code, *_more in found["faults"]]


def undo(answer: dict[str, Any], scope: Scope = CLERK) -> None:
    actions.undo_import(scope, Act.new(), batch_id=UUID(answer["batch"]), reason="表格版本错了")


def owner(village: Hamlet) -> UUID:
    """Somebody with an identity number, in household 1."""
    return village.person(village.home("1"), "周大山", id_number=number(1), born_on=date(1980, 1, 1))


def test_sites_come_in_are_known_again_changed_and_undone(village: Hamlet) -> None:
    who = owner(village)
    house = {"natural_village": "同上", "door": "上河3号", "kind": "住房", "person": "周大山", "number": "1",
             "storeys": 2, "self_built": "是", "lon": "108.2", "lat": "27.5"}  # fmt: skip
    answer = take(sheet("sites", SCHOOL, house))
    assert counts(answer) == (2, 0, 0, 0, 0)
    with acting(CLERK):
        found = {one.door or one.name: one for one in Site.objects.all()}
        home = found["上河3号"]
        assert (home.owner_id, home.storeys, home.self_built, home.natural_village) == (who, 2, True, HAMLET)
        assert (home.place, home.confirmed.keys() >= {"storeys", "owner"}) == (GRID, True)
        assert [(one.field, one.source) for one in changes_of(CLERK, home.id)] == [("*", "表格导入 by file")]
    with pytest.raises(BadInput, match="nothing new"):
        take(sheet("sites", SCHOOL, house))
    second = take(sheet("sites", SCHOOL, {**house, "storeys": "3", "self_built": "否"}))
    assert counts(second) == (0, 1, 1, 0, 0)
    with acting(CLERK):
        home = Site.objects.get(id=home.id)
        assert (home.storeys, home.self_built, home.version) == (3, False, 2)
        stands = later_on(CLERK, queries.batch(CLERK, UUID(answer["batch"])))
    assert [(one.what, one.subject) for one in stands] == [("changed", home.id), ("changed", home.id)]
    with pytest.raises(WrongState, match="says what"):
        undo(answer)
    undo(second)
    with acting(CLERK):
        home = Site.objects.get(id=home.id)
        assert (home.storeys, home.self_built) == (2, True)
    undo(answer)
    with acting(CLERK):
        assert not Site.objects.exists()


def test_things_keep_their_checks_and_stand_at_sites(village: Hamlet) -> None:
    take(sheet("sites", SCHOOL))
    first = take(sheet("things", {**WELL, "site": "白沙小学"}))
    with acting(CLERK):
        well = Thing.objects.get()
        assert (well.site_id, well.condition) == (Site.objects.get().id, "sound")
        assert (well.last_check_on, well.next_check_on) == (date(2026, 5, 31), date(2026, 11, 30))
    assert faults(sheet("things", {**WELL, "last_check_on": "2026-01-01"})) == ["held_later"]
    again = take(sheet("things", {**WELL, "last_check_on": "2026-06-30", "condition": "损坏"}))
    assert counts(again) == (0, 1, 0, 0, 0)
    with acting(CLERK):
        well = Thing.objects.get()
        assert (well.condition, well.next_check_on) == ("fault", date(2026, 12, 30))
    undo(again)
    undo(first)


def test_organisations_have_their_officers_and_members_from_people(village: Hamlet) -> None:
    who = owner(village)
    other = village.person(village.homes[0], "吴花", "10", born_on=date(1982, 1, 1))
    made = take(sheet("organisations", COOP))
    leader = {"place": "白沙村", "organisation": "白沙茶叶专业合作社", "person": "周大山", "id_number": number(1),
              "duty": "负责人", "from_on": "2024-01-01"}  # fmt: skip
    member = {**leader, "organisation": "同上", "person": "吴花", "id_number": "", "duty": "成员"}
    upload = sheet("members", leader, member, {**leader, "person": "吴花", "id_number": ""}, leader)
    assert faults(upload) == ["leader_held", "held_twice"]
    answer = take(upload, good_only=True)
    assert counts(answer) == (2, 0, 0, 2, 0)
    with acting(CLERK):
        held = {(one.person_id, one.duty, one.from_on) for one in Membership.objects.all()}
        assert held == {(who, "leader", date(2024, 1, 1)), (other, "member", date(2024, 1, 1))}
        of = Organisation.objects.get()
        assert "leader" in of.confirmed
        stands = later_on(CLERK, queries.batch(CLERK, UUID(made["batch"])))
    assert {(one.what, one.of, one.subject) for one in stands} == {("members", "organisation", of.id)}
    with pytest.raises(BadInput, match="nothing new"):
        take(sheet("members", leader, member))
    undo(answer)
    undo(made)
    for _twice in "12":
        new = registry.NewHolding(of="organisation", place=VILLAGE, written={"name": COOP["name"], "kind": "13"})
        registry.add_holding(CLERK, Act.new(), new=new, told=Told(on=date(2026, 1, 1)))
    assert faults(sheet("members", leader)) == ["organisation_several"]


def test_whom_a_row_names_is_found_or_the_row_is_out(village: Hamlet) -> None:
    owner(village)
    village.person(village.home("2"), "周大山", born_on=date(1990, 1, 1))
    well = {**WELL, "person": "周大山"}
    told = {
        "person_several": well, "person_unknown": {**well, "person": "何人"}, "site_unknown": {**WELL, "site": "何处"},
        "person_otherwise": {**well, "person": "吴花", "id_number": number(1)},
        "held_nameless": {**WELL, "name": "", "mark": ""},
    }  # fmt: skip
    for code, row in told.items():
        assert faults(sheet("things", row)) == [code]
    take(sheet("things", {**well, "number": "2"}))
    far = {"place": "白沙村", "organisation": "没有的社", "person": "周大山", "duty": "成员"}
    assert faults(sheet("members", far)) == ["organisation_unknown"]
    registry.add_holding(
        OFFICE, Act.new(), told=Told(on=date(2026, 1, 1)),
        new=registry.NewHolding(of="site", place=VILLAGE, written={"name": "白沙小学", "kind": "22"}),
    )  # fmt: skip
    registry.add_holding(
        OFFICE, Act.new(), told=Told(on=date(2026, 1, 1)),
        new=registry.NewHolding(of="site", place=VILLAGE, written={"name": "白沙小学", "kind": "41"}),
    )  # fmt: skip
    assert faults(sheet("sites", SCHOOL)) == ["held_several"]
    assert faults(sheet("things", {**WELL, "site": "白沙小学"})) == ["site_several"]


def test_an_organisation_is_known_by_its_code_wherever_it_is(village: Hamlet) -> None:
    coded = {**COOP, "credit_code": "91520623MA6DLXYH0A"}
    assert faults(sheet("organisations", coded)) == ["credit_code_unreadable"]
    coded["credit_code"] = "91350100M000100Y43"
    take(sheet("organisations", coded))
    assert counts(take(sheet("organisations", {**coded, "name": "白沙茶业合作社"}))) == (0, 1, 0, 0, 0)
    upload = sheet("organisations", {**coded, "place": "青石镇"}, scope=OFFICE)
    assert faults(upload, OFFICE) == ["held_elsewhere"]
    far = scope_at(FAR_VILLAGE, "people.edit", "people.read")
    upload = sheet("organisations", {**coded, "place": "龙井村"}, scope=far)
    with acting(far):
        decision = actions.Decision(digest=queries.upload(far, upload).digest)
    with pytest.raises(BadInput) as refused:
        actions.take_in(far, Act.new(), upload_id=upload, decision=decision)
    assert "credit_code" in refused.value.fields


def test_flags_come_in_with_source_and_body_and_are_known_again(village: Hamlet) -> None:
    who = owner(village)
    veteran = {"flag": "退役军人", "person": "周大山", "id_number": number(1), "from_on": "2019-08-01",
               "body": "县退役军人事务局", "basis": "优待证"}  # fmt: skip
    upload = sheet("flags", veteran, {**veteran, "flag": "同上", "person": ""}, {"flag": "脱贫不稳定户", "number": "1"})
    assert faults(upload) == ["held_twice", "flag_procedure"]
    told = {
        "flag_of_person": {"flag": "退役军人", "natural_village": "上河", "number": "1"},
        "flag_of_home": {"flag": "空挂户", "natural_village": "上河", "number": "1", "person": "周大山"},
        "household_unknown": {"flag": "空挂户", "natural_village": "上河", "number": "77"},
    }
    for code, said in told.items():
        assert faults(sheet("flags", said)) == [code]
    answer = take(upload, good_only=True)
    with acting(CLERK):
        row = Flag.objects.get()
        assert (row.person_id, row.household_id, row.from_on) == (who, village.homes[0], date(2019, 8, 1))
        assert (row.body, row.basis, row.source) == ("县退役军人事务局", "优待证", "表格导入 by file")
    upload = sheet("flags", {**veteran, "body": "别的机关"})
    with acting(CLERK):
        assert queries.found(CLERK, upload)["notes"] == {"held_kept": [2]}
    registry.unflag(CLERK, Act.new(), flag_id=row.id, told=Told(on=date(2026, 6, 1)))
    assert faults(sheet("flags", veteran)) == ["held_later"]
    with acting(CLERK):
        stands = later_on(CLERK, queries.batch(CLERK, UUID(answer["batch"])))
    assert [(one.what, one.person) for one in stands] == [("ended", who)]


def test_hardship_is_for_those_who_may_see_it_also_where_the_worker_reads(village: Hamlet) -> None:
    owner(village)
    poor = {
        "flag": "低保对象",
        "natural_village": "上河",
        "number": "1",
        "person": "周大山",
        "basis": "民政〔2026〕1号",
    }
    registered = {**poor, "flag": "残疾人"}
    upload = sheet("flags", registered)
    assert faults(upload) == ["flag_barred"]
    answer = take_as(OFFICE, sheet("flags", registered, scope=OFFICE))
    with acting(CLERK):
        assert not HardshipFlag.objects.exists()
    with acting(OFFICE):
        row = HardshipFlag.objects.get()
        assert (row.body, str(row.batch)) == ("", answer["batch"])
    # the worker sees hardship; what it tells a sender who doesn't is the same as before the flag was there
    sent = queries.upload(CLERK, upload)
    worker = clock("registry.files", "people.edit", lo=sent.lo, hi=sent.hi)
    file = looking.read_file(worker, queries.data_of(CLERK, upload), sent, today=date(2026, 11, 24))
    assert (file.hardship, [one.why for one in looking.look(worker, file).held]) == (False, ["flag_barred"])
    with pytest.raises(WrongState, match="can't show"):
        undo(answer, scope_at(TOWNSHIP, "people.edit", "people.read"))
    undo(answer, OFFICE)
    with acting(OFFICE):
        assert not HardshipFlag.objects.exists()


def take_as(scope: Scope, upload: UUID) -> dict[str, Any]:
    with acting(scope):
        decision = actions.Decision(digest=queries.upload(scope, upload).digest)
    return actions.take_in(scope, Act.new(), upload_id=upload, decision=decision)


def test_a_sheet_ends_memberships_and_is_undone(village: Hamlet) -> None:
    who = owner(village)
    other = village.person(village.homes[0], "吴花", "10", born_on=date(1982, 1, 1))
    take(sheet("organisations", COOP))
    leader = {"place": "白沙村", "organisation": "白沙茶叶专业合作社", "person": "周大山", "duty": "负责人",
              "from_on": "2024-01-01"}  # fmt: skip
    take(sheet("members", leader))
    over = {**leader, "from_on": "", "to_on": "2026-06-01"}
    following = {**leader, "person": "吴花", "from_on": "2026-06-01"}
    told = {
        "ends_before": {**over, "to_on": "2023-05-01"}, "any_future": {**over, "to_on": "2031-01-01"},
        "to_on_before": {**leader, "to_on": "2023-05-01"}, "ends_nothing": {**over, "duty": "成员"},
        "leader_held": {**following, "from_on": "2026-05-31", "to_on": "2026-07-01"},
    }  # fmt: skip
    for code, row in told.items():
        assert faults(sheet("members", row)) == [code]
    answer = take(sheet("members", following, over))
    assert counts(answer) == (1, 1, 0, 0, 0)
    with acting(CLERK):
        held = {(one.person_id, one.from_on, one.to_on) for one in Membership.objects.all()}
        assert held == {(who, date(2024, 1, 1), date(2026, 6, 1)), (other, date(2026, 6, 1), None)}
    with pytest.raises(BadInput, match="nothing new"):
        take(sheet("members", over, following))
    assert faults(sheet("members", {**over, "to_on": "2026-06-02"})) == ["ends_otherwise"]
    registry.leave(
        CLERK, Act.new(), membership_id=membership_of(other), told=Told(on=date(2026, 7, 1))
    )  # fmt: skip
    with pytest.raises(WrongState, match="says what"):
        undo(answer)


def test_a_sheet_ends_flags_brings_times_that_are_over_and_is_undone(village: Hamlet) -> None:
    who = owner(village)
    veteran = {"flag": "退役军人", "person": "周大山", "from_on": "2019-08-01"}
    take(sheet("flags", veteran))
    ends = {"flag": "退役军人", "person": "周大山", "to_on": "2026-03-01"}
    vacant = {"flag": "空挂户", "natural_village": "上河", "number": "1"}
    past = {**vacant, "from_on": "2020-01-01", "to_on": "2021-01-01"}
    assert faults(sheet("flags", {**vacant, "to_on": "2021-01-01"})) == ["ends_nothing"]
    answer = take(sheet("flags", ends, past))
    assert counts(answer) == (1, 1, 0, 0, 0)
    with acting(CLERK):
        held = {(one.type_code, one.person_id, one.from_on, one.to_on) for one in Flag.objects.all()}
        ended = Flag.objects.get(person_id=who)
        begun = [one.field for one in changes_of(CLERK, acts=[UUID(answer["batch"])])]
    assert {(one[1], one[2], one[3]) for one in held} == {
        (who, date(2019, 8, 1), date(2026, 3, 1)), (None, date(2020, 1, 1), date(2021, 1, 1)),
    }  # fmt: skip
    assert begun.count("flag") == 3
    with pytest.raises(BadInput, match="nothing new"):
        take(sheet("flags", ends, past))
    again = registry.flag(
        CLERK, Act.new(), what=registry.Recognised(type_code=ended.type_code, person=who),
        told=Told(on=date(2026, 4, 1)),
    )  # fmt: skip
    with acting(CLERK):
        stands = later_on(CLERK, queries.batch(CLERK, UUID(answer["batch"])))
    assert [(one.what, one.person) for one in stands] == [("flagged", who)]
    registry.undo(CLERK, Act.new(), done=UUID(again["flag"]), told=Told(on=date(2026, 4, 2), source="误登"))
    undo(answer)
    with acting(CLERK):
        assert [(one.person_id, one.to_on) for one in Flag.objects.all()] == [(who, None)]
    again = take(sheet("flags", ends))
    registry.died(CLERK, Act.new(), person_id=who, told=Told(on=date(2026, 5, 1)))
    with pytest.raises(WrongState, match="can't show"):
        undo(again)


def membership_of(person: UUID) -> UUID:
    with acting(CLERK):
        return Membership.objects.get(person_id=person).id


def test_hardship_is_ended_by_sheet_only_by_those_who_may_see_it(village: Hamlet) -> None:
    owner(village)
    row = {"flag": "残疾人", "natural_village": "上河", "number": "1", "person": "周大山", "from_on": "2026-01-01"}
    take_as(OFFICE, sheet("flags", row, scope=OFFICE))
    over = {**row, "from_on": "", "to_on": "2026-02-01"}
    assert faults(sheet("flags", over)) == ["flag_barred"]
    answer = take_as(OFFICE, sheet("flags", over, scope=OFFICE))
    with acting(OFFICE):
        assert HardshipFlag.objects.get().to_on == date(2026, 2, 1)
    with pytest.raises(WrongState, match="can't show"):
        undo(answer, scope_at(TOWNSHIP, "people.edit", "people.read"))
    undo(answer, OFFICE)
    with acting(OFFICE):
        assert HardshipFlag.objects.get().to_on is None
