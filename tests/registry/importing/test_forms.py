"""The header of a form of others is found below its title, over one row or two, in whichever sheet it stands."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from commongrid.kernel.refusals import BadInput
from commongrid.registry.importing import forms
from commongrid.registry.importing.forms import read_form


def book(sheets: dict[str, list[list[Any]]], merged: tuple[str, ...] = ()) -> bytes:
    """A workbook with these sheets; ranges of the last one are merged."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    for one in merged:
        page.merge_cells(one)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_header_of_one_row_below_title_and_unit() -> None:
    data = book({
        "说明": [["请如实填写"], ["填报单位", "时间"]],
        "表": [["某县老年人统计表"], ["填报单位：", None, "填表日期："],
              ["序号", "姓名*", "身份证号码", "年龄（周岁）", "家庭住址", "备注"], [1], [2]],
    }, ("A1:F1",))  # fmt: skip
    found = read_form(data, "表.xlsx", "person", hardship=False)
    assert (found.sheet, found.first) == ("表", 4)
    assert found.means == ("no", "name", "id_number", "age", "door", "")


def test_a_header_of_two_rows() -> None:
    data = book({
        "表": [["汇总表"], ["序号", "户主", "人口情况", None, "联系电话"],
              [None, None, "人口数", "外出人数", None], [1]],
    }, ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"))  # fmt: skip
    found = read_form(data, "表.xlsx", "household", hardship=False)
    assert found.first == 4
    assert found.headings == ("序号", "户主", "人口情况 人口数", "人口情况 外出人数", "联系电话")
    assert found.means == ("no", "head", "people", "away", "phone")


def test_hardship_is_meant_only_for_those_who_may_see_it() -> None:
    data = book({"表": [["姓名", "困难类型", "姓名"], [None]]})
    assert read_form(data, "a.xlsx", "person", hardship=True).means == ("name", "hardship", "")
    assert read_form(data, "a.xlsx", "person", hardship=False).means == ("name", "", "")


@pytest.mark.parametrize("rows", [[["只有一格"]], [[None]], []])
def test_without_a_header_it_says_so(rows: list[list[Any]]) -> None:
    with pytest.raises(BadInput):
        read_form(book({"表": rows}), "a.xlsx", "person", hardship=False)


def test_all_sheets_together_take_no_longer_than_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left then is not looked at: a form whose header was found comes in, another says so."""
    late = iter([0.0, *[1000.0] * 20])
    monkeypatch.setattr(forms, "monotonic", lambda: next(late))
    sheets = {"表": [["姓名", "年龄"]], "另表": [["姓名", "年龄", "联系电话"]]}
    assert read_form(book(sheets), "a.xlsx", "person", hardship=False).sheet == "表"
    late = iter([0.0, *[1000.0] * 20])
    with pytest.raises(BadInput):
        read_form(book({"说明": [["请如实填写"]], **sheets}), "a.xlsx", "person", hardship=False)
