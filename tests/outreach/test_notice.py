"""The notice: what may stand on it, when it names doors, what the loudspeaker says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import NotYours, WrongState
from commongrid.kernel.scope import public
from commongrid.matters.queries.dated import versions
from commongrid.matters.rules.publishing import Guarded
from commongrid.outreach import actions
from commongrid.outreach.queries.notices import always, duties, posted
from commongrid.outreach.rules.duties import NUMBERS
from commongrid.outreach.rules.notice import (
    A_SECOND,
    FIELDS,
    SECONDS,
    Looked,
    as_read,
    complaint,
    doors_told,
    is_door,
    members,
    refused,
    spoken,
)
from commongrid.outreach.rules.words import is_phone
from commongrid.registry.actions import Fields, correct
from commongrid.registry.rules.facts import Told
from tests.factories.desk import COUNTY, GRID, HAMLET, VILLAGE, lay
from tests.factories.places import as_owner
from tests.factories.scopes import scope_at
from tests.outreach.conftest import SECRETARY, laid

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.outreach.conftest import Row


def looked(name: str, count: int, first: int = 1) -> Looked:
    doors = tuple(f"{n}号" for n in range(first, first + count))
    return Looked(name=name, title_zh="联户党员", title_en="Linked Party member", phone="0990-1", doors=doors)


def content(*lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "village": "白沙村", "natural_village": "上河", "village_en": "Baisha Village",
        "natural_village_en": "Shanghe", "members": list(lines),
        "duties": [{"zh": "甲", "en": "A", "does_zh": "讲政策", "does_en": "Tells you"}],
        "heads": [{"name": "秦", "grid_zh": "第1网格", "grid_en": "Grid 1", "phone": ""}], "always": "12345",
        "everybody": True,
        "from_on": "2026-11-26",
    }  # fmt: skip


@given(st.lists(st.integers(0, 20), max_size=8), st.integers(0, 30), st.booleans())
def test_refuses_a_list_that_would_single_out(counts: list[int], missing: int, with_doors: bool) -> None:
    lines = members([looked(str(n), count) for n, count in enumerate(counts)], homes=sum(counts) + missing,
                    with_doors=with_doors)  # fmt: skip
    named = [one for one in lines if one["doors"]]
    assert not named or (with_doors and not missing and all(count >= 5 for count in counts))
    assert all(one["count"] == 0 or one["count"] >= 5 for one in lines), "counts below five are not told"
    assert refused(content(*lines)) == []


def test_doors_are_in_the_order_of_their_numbers() -> None:
    (line,) = members([looked("甲", 12)], homes=12, with_doors=True)
    assert line["doors"] == [f"{n}号" for n in range(1, 13)]


@pytest.mark.parametrize("field", ["watched", "hardship", "reason", "state"])
def test_refuses_a_field_that_no_notice_may_hold(field: str) -> None:
    line = members([looked("甲", 6)], homes=6, with_doors=False)[0]
    assert refused({**content(line), field: "x"}) == [field]
    assert refused(content({**line, field: "x"})) == [f"members.{field}"]
    assert refused({name: value for name, value in content(line).items() if name != "duties"}) == ["duties"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "13812345678"), ("title_zh", "党员 450000199001011234"), ("title_zh", "低保户联系人"),
        ("title_zh", "联系张三丰"), ("title_en", "for the poor household"), ("phone", "张三 13812345678"),
        ("doors", ["低保户8号"]), ("doors", ["8号", "张三家"]), ("doors", ["13812345678"]),
        ("natural_village", "特困安置点"), ("duties", [{"zh": "送低保金", "en": "A"}]),
        ("duties", [{"zh": "甲", "en": "A", "does_zh": "送低保金", "does_en": ""}]),
        ("heads", [{"name": "秦", "grid_zh": "孤儿网格", "grid_en": "", "phone": ""}]),
    ],
)  # fmt: skip
def test_refuses_what_no_public_text_may_say(field: str, text: Any) -> None:
    names, guarded = ("张三丰",), [Guarded(word) for word in ("低保", "特困", "孤儿", "poor household")]
    line = members([looked("甲", 6)], homes=6, with_doors=True)[0]
    assert complaint(content(line), names, guarded) is None
    whole = {**content(line), field: text} if field in FIELDS else content({**line, field: text})
    assert complaint(whole, names, guarded) is not None


@pytest.mark.parametrize(
    ("door", "fine"),
    [
        ("8号", True), ("8", True), ("0012", True), ("上河8号", True), ("白沙村上河12-3号", True),
        ("三号楼2单元501室", True), ("第3组8号", True), ("附5号", True), ("", False), ("上河", False),
        ("张三家", False), ("8号（低保）", False), ("低保户8号", False), ("村口", False), ("138123", False),
    ],
)  # fmt: skip
def test_a_door_is_a_number_and_words_of_an_address(door: str, fine: bool) -> None:
    assert is_door(door, ("白沙村", "上河")) is fine


def test_homes_are_all_called_by_door_or_all_by_number() -> None:
    assert doors_told({1: ("8号", "1"), 2: ("9号", "2")}, ()) == {1: "8号", 2: "9号"}
    assert doors_told({1: ("8号", "1"), 2: ("张三家", "2")}, ()) == {1: "1", 2: "2"}
    assert doors_told({1: ("8号", "1"), 2: ("张三家", "五保")}, ()) == {}


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("0990-1234567", True), ("13900000000", True), ("+86 139 0000 0000", True), ("110", True),
        ("450000199001011234", False), ("困难户 13900000000", False), ("12", False), ("-110", False),
    ],
)  # fmt: skip
def test_refuses_all_but_a_telephone_number(text: str, fine: bool) -> None:
    assert is_phone(text) is fine


def test_a_title_that_all_have_is_not_read_under_every_name() -> None:
    plain, other = ({**members([looked(name, 6)], homes=6, with_doors=False)[0]} for name in "甲乙")
    other |= {"title_zh": "组长", "title_en": "Leader of the group"}
    assert [one["title_zh"] for one in as_read(content(plain, other))["members"]] == ["", "组长"]


@given(st.integers(0, 40))
def test_spoken_fits_half_a_minute_and_says_whom_to_call(count: int) -> None:
    lines = members([looked(f"某某{n}", 9) for n in range(count)], homes=9 * count, with_doors=True)
    for language, pace in A_SECOND.items():
        said = spoken(content(*lines), language)
        assert "12345" in said
        assert {"zh": "代办", "en": "errands"}[language] in said
        figures_apart = re.sub(r"\d", " 0 ", said).split()
        assert len(said if language == "zh" else figures_apart) <= SECONDS * pace
        assert "号" not in said


def test_posted_notice_is_read_by_everybody_and_holds_no_more_than_allowed(row: Row) -> None:
    with pytest.raises(WrongState):
        actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET)
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    for place in (GRID, VILLAGE):
        with pytest.raises(NotYours):
            actions.post_notice(SECRETARY, Act.new(), natural_village=place)
    act = Act.new()
    assert actions.post_notice(SECRETARY, act, natural_village=HAMLET) == actions.post_notice(
        SECRETARY, act, natural_village=HAMLET
    )
    anybody = public()
    with acting(anybody):
        found = posted(anybody, HAMLET)
    assert found is not None
    assert set(found.content) == set(FIELDS)
    assert refused(found.content) == []
    assert len(found.content["duties"]) == 10
    assert all(one["does_zh"] and one["does_en"] for one in found.content["duties"]), "each says what it means"
    assert {one["name"] for one in found.content["members"]} == {"某0", "某7"}
    assert found.content["heads"][0]["name"] == "秦网格"
    actions.take_down(SECRETARY, Act.new(), natural_village=HAMLET)
    with acting(anybody):
        assert posted(anybody, HAMLET) is None
    with pytest.raises(WrongState):
        actions.take_down(SECRETARY, Act.new(), natural_village=HAMLET)


def test_what_is_written_beside_a_door_never_reaches_the_notice(row: Row) -> None:
    more = laid(9)
    row.able(row.west)
    row.able(more.west)
    row.adopted(row.plan(target=8))
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET, with_doors=True)
    assert sorted(_doors()) == sorted(f"{n}号" for n in range(1, 17))
    written = Fields(of="household", subject=row.homes[3], written={"door": "低保户某3家 13812345678"})
    correct(SECRETARY, Act.new(), fields=written, told=Told(on=localdate()))
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET, with_doors=True)
    assert sorted(_doors(), key=int) == [str(n) for n in range(1, 17)], "all by their numbers then"


def test_says_that_every_household_has_a_contact_only_where_it_is_so(row: Row) -> None:
    row.able(row.west, capacity=3)
    row.adopted(row.plan())
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET)
    found = _said()
    assert found["everybody"] is False
    assert "每户都有" not in spoken(found, "zh")
    assert "every household" not in spoken(found, "en")
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET)
    assert "每户都有" in spoken(_said(), "zh")


def _said() -> dict[str, Any]:
    with acting(SECRETARY):
        found = posted(SECRETARY, HAMLET)
    assert found is not None
    return found.content


def _doors() -> list[str]:
    return [door for one in _said()["members"] for door in one["doors"]]


def test_duties_and_the_number_that_always_answers_are_rows(row: Row) -> None:
    keeper = scope_at(COUNTY, "worklist.edit", level="county")
    with acting(keeper):
        assert [one.code for one in duties(keeper, localdate())][:3] == ["policy", "opinions", "errands"]
        assert {one.code.partition("_")[0] for one in duties(keeper, localdate(), "head")} == {"head"}
        assert {one.code.partition("_")[0] for one in duties(keeper, localdate(), "member")} == {"member"}
        assert always(localdate()) == "12345"
        number = versions(keeper, NUMBERS)[0]
    changed = Change(row=number.id, values={**number.values, "number": "0990-12345"}, on=localdate())
    actions.change_duties(keeper, Act.new(), vocabulary=NUMBERS.code, changes=(changed,))
    with acting(keeper):
        assert always(localdate()) == "0990-12345"


def test_duties_of_before_come_to_say_what_they_mean_and_what_officials_wrote_stays(database: Database) -> None:
    lay(database)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE outreach_duty SET does_zh = '', does_en = ''")
        owner.execute("UPDATE outreach_duty SET id = gen_random_uuid(), zh = '政策员' WHERE code = 'policy'")
    with as_owner(database):
        actions.seed()
    with acting(SECRETARY):
        said = {one.code: one.does_en for one in duties(SECRETARY, localdate())}
    assert said.pop("policy") == "", "a version of the county's own is left as it is"
    assert len(said) == 9
    assert all(said.values())
