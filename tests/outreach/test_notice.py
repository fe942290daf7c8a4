"""The notice: what may stand on it, when it names doors, what the loudspeaker says."""

from __future__ import annotations

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
from commongrid.outreach import actions
from commongrid.outreach.queries.notices import always, duties, posted
from commongrid.outreach.rules.duties import NUMBERS
from commongrid.outreach.rules.notice import A_SECOND, FIELDS, SECONDS, Looked, leaks, members, refused, spoken
from commongrid.outreach.rules.words import is_phone
from tests.factories.desk import COUNTY, GRID, HAMLET, VILLAGE
from tests.factories.scopes import scope_at
from tests.outreach.conftest import SECRETARY

if TYPE_CHECKING:
    from tests.outreach.conftest import Row


def looked(name: str, count: int, first: int = 1) -> Looked:
    doors = tuple(f"{n}号" for n in range(first, first + count))
    return Looked(name=name, title_zh="联户党员", title_en="Linked Party member", phone="0990-1", doors=doors)


def content(*lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "village": "白沙村", "natural_village": "上河", "village_en": "Baisha Village",
        "natural_village_en": "Shanghe", "members": list(lines), "duties": [{"zh": "甲", "en": "A"}],
        "heads": [{"name": "秦", "grid_zh": "第1网格", "grid_en": "Grid 1", "phone": ""}], "always": "12345",
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


def test_refuses_a_number_in_a_name_or_title() -> None:
    line = members([looked("甲", 6)], homes=6, with_doors=False)[0]
    assert leaks(content(line)) == []
    assert leaks(content({**line, "title_zh": "党员 450000199001011234"}))


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("0990-1234567", True), ("13900000000", True), ("+86 139 0000 0000", True), ("110", True),
        ("450000199001011234", False), ("困难户 13900000000", False), ("12", False), ("-110", False),
    ],
)  # fmt: skip
def test_refuses_all_but_a_telephone_number(text: str, fine: bool) -> None:
    assert is_phone(text) is fine


@given(st.integers(0, 40))
def test_spoken_fits_half_a_minute_and_says_whom_to_call(count: int) -> None:
    lines = members([looked(f"某某{n}", 9) for n in range(count)], homes=9 * count, with_doors=True)
    for language, pace in A_SECOND.items():
        said = spoken(content(*lines), language)
        assert "12345" in said
        assert len(said if language == "zh" else said.split()) <= SECONDS * pace
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
    assert {one["name"] for one in found.content["members"]} == {"某0", "某7"}
    assert found.content["heads"][0]["name"] == "秦网格"
    actions.take_down(SECRETARY, Act.new(), natural_village=HAMLET)
    with acting(anybody):
        assert posted(anybody, HAMLET) is None
    with pytest.raises(WrongState):
        actions.take_down(SECRETARY, Act.new(), natural_village=HAMLET)


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
