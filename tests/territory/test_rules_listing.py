"""What a list says: columns, codes, levels, and a sentence for every fault."""

from __future__ import annotations

import pytest

from commongrid.kernel.refusals import BadInput
from commongrid.territory.rules.listing import PlaceList, read_list
from tests.factories.places import HEADER, VILLAGES, whole


def listed(*rows: tuple[object, ...], **columns: str) -> PlaceList:
    return read_list(enumerate(rows, start=1), columns)


def sentence(*rows: tuple[object, ...]) -> str:
    """The one fault of a list, with its row."""
    (fault,) = listed(HEADER, *rows).faults
    return f"{fault.row}: {fault}"


def test_read_list_with_english_headings() -> None:
    found = listed(HEADER, *whole())
    assert (len(found.places), found.faults, found.notes) == (15, (), ())
    village = found.places[-1]
    assert (village.row, village.code, village.level, village.name, village.kind) == (
        16, 990101201203000, "village", "坪上村村民委员会", "village",
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        ("编码", "名称", "级别", "上级"),
        ("统计用区划代码", "名称", "层级", "上级代码"),
        ("区划代码", "单位名称", "类型", "父级编码"),
        ("代码(12位)", "区划名称", "级次", "上级编码"),
        (" Code ", "NAME", "Level", "parent_code"),
    ],
)
def test_read_list_with_other_headings(header: tuple[str, ...]) -> None:
    if header[0] == "代码(12位)":
        with pytest.raises(BadInput, match="No column of codes"):
            listed(header, *whole())
        assert len(listed(header, *whole(), code="代码(12位)", name="区划名称").places) == 15
    else:
        assert listed(header, *whole()).places == listed(HEADER, *whole()).places


def test_read_list_without_heading_and_with_significant_digits() -> None:
    rows = [(code.rstrip("0").ljust(9 if level == "township" else 6 if level == "county" else 12, "0"), name)
            for code, name, level, _parent in whole() if level not in {"province", "prefecture"}]  # fmt: skip
    found = listed(*rows)
    assert found.faults == ()
    assert [each.code for each in found.places] == [int(code) * 1000 for code, *_ in whole()[2:]]
    assert [each.level for each in found.places] == ["county", *["township"] * 3, *["village"] * 9]


def test_read_list_without_heading_passes_over_the_rural_class() -> None:
    found = listed(("990101101201", "220", "朝阳村村委会"), ("990101001001", "111", "城北社区居委会"))
    assert [(each.name, each.kind_or_guess) for each in found.places] == [
        ("朝阳村村委会", "village"), ("城北社区居委会", "community"),
    ]  # fmt: skip


def test_read_list_without_heading_tells_parent_from_code() -> None:
    found = listed(*((code, parent, name) for code, name, _level, parent in VILLAGES))
    assert (len(found.places), found.faults) == (9, ())


def test_read_list_takes_numbers_of_spreadsheets_and_full_width_digits() -> None:
    found = listed(HEADER, (990101101201.0, "甲村", "", None), ("９９０１０１１０１２０２", "乙村", "村", ""))
    assert [each.code for each in found.places] == [990101101201000, 990101101202000]


def test_read_list_passes_over_empty_rows_and_unknown_columns_and_says_so() -> None:
    found = listed((*HEADER, "备注"), (*VILLAGES[0], "x"), ("", " ", None, ""), (*VILLAGES[1], ""))
    assert [str(note) for note in found.notes] == ["Columns passed over: 备注.", "Empty rows were passed over."]
    assert len(found.places) == 2


def test_read_list_takes_places_inside_villages_where_the_level_is_said() -> None:
    found = listed(
        HEADER, ("990101101201001", "上河", "自然村", "990101101201"), ("990101101201-002", "1网格", "网格", "")
    )
    assert [(each.code, each.level) for each in found.places] == [
        (990101101201001, "natural_village"), (990101101201002, "grid"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(), ("", "")], "The list is empty."),
        ([HEADER], "The list has headings but no places."),
        ([("a", "name"), ("x", "y")], "No column of codes was found. Name its heading code or 编码."),
        ([("code", "b"), ("990101101201", "y")], "No column of names was found. Name its heading name or 名称."),
    ],
)
def test_read_list_refuses(rows: list[tuple[object, ...]], expected: str) -> None:
    with pytest.raises(BadInput) as refused:
        listed(*rows)
    assert str(refused.value) == expected


def test_read_list_refuses_columns_that_are_not_there() -> None:
    with pytest.raises(BadInput, match="The list has no heading nummer"):
        listed(HEADER, *whole(), code="nummer")
    with pytest.raises(BadInput, match="has no field colour"):
        listed(HEADER, *whole(), colour="code")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("", "甲村", "village", ""), "2: 甲村 has no code."),
        (("990101101201", "", "village", ""), "2: 990101101201 has no name."),
        (("990101101201", "123", "village", ""), "2: 990101101201 has no name that can be read."),
        (("990101101201", "长" * 101, "village", ""), "2: The name of 990101101201 is longer than 100 characters."),
        (
            ("99010110120", "甲村", "village", ""),
            "2: 99010110120 is not a place code: 6, 9, 12 or 15 digits are expected.",
        ),
        (
            ("9.901E+11", "甲村", "", ""),
            "2: A spreadsheet has shortened the code 9.901E+11; format the column as text.",
        ),
        (("090101101201", "甲村", "", ""), "2: 090101101201 is not a place code: no province has such a number."),
        (("990101101201", "甲村", "镇", ""), "2: The code 990101101201 is not of the level 镇."),
        (("990101101201", "甲村", "星系", ""), "2: 星系 is not a level."),
        (("990101101201", "甲村", "village", "990101201000"), "2: 990101201000 is not the parent of 990101101201."),
        (("990101101201", "甲村", "village", "990101000000"), "2: 990101000000 is not the parent of 990101101201."),
        (
            ("990101101201001", "甲", "", ""),
            "2: 990101101201-001 lies inside a village: say whether it is a natural village, group or grid.",
        ),
    ],
)
def test_read_list_says_what_is_wrong_with_a_row(row: tuple[object, ...], expected: str) -> None:
    assert sentence(row) == expected


def test_read_list_says_where_a_code_repeats() -> None:
    assert sentence(VILLAGES[0], VILLAGES[0]) == "3: 990101001001 stands in row 2 already."
    other = (VILLAGES[0][0], "城南社区居民委员会", "community", "")
    assert sentence(VILLAGES[0], other) == (
        "3: 990101001001 has two names: 城北社区居民委员会 in row 2 and 城南社区居民委员会 here."
    )
