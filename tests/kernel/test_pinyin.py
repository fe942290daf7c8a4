"""Names are found by their initials and ordered as a dictionary orders them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import pinyin


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("单雄信", "sxx"), ("曾国藩", "zgf"), ("仇英", "qy"), ("尉迟恭", "ycg"), ("解缙", "xj"), ("查良镛", "zly"),
        ("欧阳修", "oyx"), ("区志强", "ozq"), ("朴志勇", "pzy"), ("任长霞", "rcx"), ("令狐冲", "lhc"), ("A3组", "a3z"),
        ("阿依·古丽", "aygl"), ("王　伟", "ww"), ("", ""),
    ],
)  # fmt: skip
def test_initials_of_people_read_surnames_as_surnames(name: str, initials: str) -> None:
    assert pinyin.initials(name) == initials


@pytest.mark.parametrize(
    ("name", "initials"),
    [("石阡县", "sqx"), ("长坡村", "cpc"), ("任家寨村", "rjzc"), ("第3网格", "d3wg"), ("重庆", "cq")],
)
def test_initials_of_places_read_them_as_words(name: str, initials: str) -> None:
    assert pinyin.initials(name, place=True) == initials


def test_sort_key_orders_by_syllable_then_tone_then_character() -> None:
    names = ["张三", "单一", "李四", "李斯", "欧阳锋", "陈二", "丽娜", "李娜"]
    assert sorted(names, key=pinyin.sort_key) == ["陈二", "李娜", "李斯", "李四", "丽娜", "欧阳锋", "单一", "张三"]


def test_every_surname_reading_has_a_tone() -> None:
    for surname, readings in pinyin._SURNAMES.items():
        assert len(surname) == len(readings)
        assert all(reading[:-1].isalpha() and reading[-1] in "1234" for reading in readings)


@given(st.text(max_size=30))
def test_any_text_has_initials_and_a_key(name: str) -> None:
    assert "\0" not in pinyin.initials(name)
    assert isinstance(pinyin.sort_key(name), str)
