"""Names that nobody entered, and numbers said in signs: the mask and the gate of public texts find them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from commongrid.kernel.refusals import BadInput
from commongrid.matters.queries import publishing as texts
from commongrid.matters.rules import surnames
from commongrid.matters.rules.publishing import found, masked
from tests.factories.desk import VILLAGE
from tests.matters.test_publishing import GUARDED, publish

if TYPE_CHECKING:
    from tests.factories.scenes import Scene


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("邻居王大山把沟堵了", "王大山"), ("李 小 芳家的狗", "李 小 芳"),
        ("打一三八一二三四一二三四", "一三八一二三四"),
        ("姓王的占了路", "王"), ("隔壁的陈二河家", "陈二河"), ("电话 1 3 8 1 2 3 4 1 2 3 4", "1 3 8"),
        ("找过杨书记两次", "杨"), ("王大姐说水停了", "王"), ("欧阳老师的房子", "欧阳"), ("感谢高书记上门", "高"),
        ("石老师来过", "石"), ("任主任说修", "任主任"), ("万大爷家", "万"), ("于医生", "于"), ("向大妈家停水", "向"),
        ("邻居安大山", "安大山"), ("村民向大山", "向大山"), ("姓名：水小花", "水小花"), ("有个名叫和平安的", "和平安"),
        ("找水大爷问过", "水大爷"), ("姓付的", "付"), ("司徒大妈", "司徒"), ("户主：代春华", "代春华"),
    ],
)  # fmt: skip
def test_names_nobody_entered_and_numbers_that_are_spelt_are_masked_and_refused(text: str, gone: str) -> None:
    shown = masked(text, ("李小芳",), GUARDED)
    assert gone not in shown
    assert found(text, ("李小芳",), GUARDED)
    assert found(shown, ("李小芳",), GUARDED) == ()


@pytest.mark.parametrize(
    "text",
    [
        "百姓方便",
        "村民反映路灯不亮",
        "二〇二六年十一月三十日",
        "2026-11-30",
        "村民小组的水管",
        "已向书记反映",
        "由村副书记、第一书记答复",
        "黄泥组组长已到场",
        "县委书记信箱",
        "担任书记五年",
        "对于老师和家长",
        "经常主任不在",
        "提高老师待遇",
        "村民代表大会和村民满意度",
        "村民向村委会反映，村民常年缺水",
        "村民安全、村民水费、村民农田、村民和睦",
        "组长应到，支书全程参加，村长都来了",
        "治安主任、儿童主任、语文老师、工程队长",
        "由书记带队，原主任和会计在场，自来水师傅也来了",
        "感谢书记，感谢老师",
        "户主和家人，姓名和电话",
        "邻居关系好，隔壁单元",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert masked(text, (), GUARDED) == text


def test_every_surname_is_known() -> None:
    """Of each what is told by the family, by what is written down, and where it is no everyday sign, by the rest."""
    double = surnames.DOUBLE.split("|")
    assert len({*surnames.SINGLE, *double}) >= 550
    assert len(set(surnames.SINGLE)) == len(surnames.SINGLE)
    missed = [
        (one, text)
        for one in (*surnames.SINGLE, *double)
        for text in (f"姓{one}的", f"姓名：{one}建国", *([f"邻居{one}建国"] if one not in surnames.EVERYDAY else []))
        if not found(text, (), ())
    ]
    assert missed == []


def test_everyday_words_are_about_surnames() -> None:
    assert set(surnames.NEVER_TITLED) <= set(surnames.EVERYDAY) <= set(surnames.SINGLE)
    assert [word for word in surnames.BEGINNINGS.split("|") if word[0] not in surnames.LIKELY] == []
    ends = surnames.ENDINGS.split("|")
    assert [word for word in ends if word[-1] not in surnames.LIKELY or len(word) != 2] == []


def test_the_preview_and_the_gate_know_who_lives_in_the_township(scene: Scene) -> None:
    matter = scene.at_township("桥面塌了", kind="G02")
    born = "INSERT INTO registry_person (id, display_name, place) VALUES (%s, '兰大树', %s)"
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(born, [uuid4(), VILLAGE])
    dispatcher = scene.as_post("dispatcher")
    assert texts.draft(dispatcher, matter, "桥", "兰大树把桥压塌了").text == "兰*树把桥压塌了"
    with pytest.raises(BadInput) as refused:
        publish(scene, matter, text="兰大树把桥压塌了")
    assert set(refused.value.fields) == {"text"}
