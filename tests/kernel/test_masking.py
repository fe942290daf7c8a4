"""Masks tell two people apart and let nobody be found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import masking

ID, PHONE = "450011199001011234", "13812341234"


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("张三丰", "张*丰"),
        ("张三", "张*"),
        ("张", "*"),
        ("", ""),
        ("欧阳明月", "欧**月"),
        ("阿依·古丽", "阿依·**"),
        (" 李四 ", "李*"),
        ("John Smith", "J*** S****"),
    ],
)
def test_names_keep_enough_to_tell_two_apart(written: str, masked: str) -> None:
    assert masking.name(written) == masked


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (PHONE, "138****1234"),
        ("+86 138-1234-1234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0856-7621234", "*********34"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_phones_keep_no_more_than_the_rule_allows(written: str, masked: str) -> None:
    assert masking.phone(written) == masked


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (ID, "4500**********1234"),
        ("45001119900101123x", "4500**********123X"),
        ("450011900101123", "4500*******1123"),
        ("12345678", "******78"),
        ("1234567", "*******"),
    ],
)
def test_identity_numbers_keep_region_and_end(written: str, masked: str) -> None:
    assert masking.id_number(written) == masked


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (f"身份证{ID}，电话{PHONE}。", "身份证4500**********1234，电话138****1234。"),
        ("电话１３８１２３４１２３４", "电话138****1234"),
        ("138 1234 1234 / +8613812341234", "138****1234 / 138****1234"),
        ("座机0856-7621234", "座机0856******34"),
        ("卡号6222 0211 1100 1234 567", "卡号***************4567"),
        ("编号1234567", "编号*****67"),
        ("2026年11月24日，3组12号，990101-2611-0412", "2026年11月24日，3组12号，990101-2611-0412"),
    ],
)
def test_numbers_in_sentences_are_masked_and_dates_are_not(written: str, masked: str) -> None:
    assert masking.text(written) == masked


def test_the_gate_finds_what_may_not_be_published() -> None:
    assert masking.holds_numbers(f"请找{PHONE}")
    assert masking.holds_numbers(ID)
    assert not masking.holds_numbers("3月5日在村委会开会，请12户参加")


@given(
    st.text(alphabet="张三 电话身份证,，。", max_size=20),
    st.sampled_from([ID, PHONE]),
    st.text(alphabet="。李四 的", max_size=20),
)
def test_no_whole_number_survives_in_any_sentence(before: str, number: str, after: str) -> None:
    assert number not in masking.text(before + number + after)


@given(st.text(max_size=40))
def test_any_text_can_be_masked(written: str) -> None:
    for mask in (masking.name, masking.phone, masking.id_number, masking.text, masking.cell):
        assert isinstance(mask(written), str)


def test_a_cell_in_a_list_of_faults_shows_its_ends() -> None:
    assert [masking.cell(text) for text in ("", "张", "张三", "张三丰", PHONE)] == [
        "",
        "*",
        "**",
        "张*丰",
        "1********4",
    ]
