"""A form of others is filled: headings, other sheets and looks stay, nothing becomes a formula, hostile ones fail."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Border, Side

from commongrid.kernel import filler
from commongrid.kernel.filling import Filling, demand_form, filled
from commongrid.kernel.refusals import BadInput, TooLarge

SHEET = "花名册"
THIN = Border(*(Side(style="thin"),) * 4)


def form(*, counted: bool = True, foot: bool = True, blank: int = 4) -> bytes:
    """A form as a county office makes it: title, heading, bordered empty rows, a sum and who signs."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = SHEET
    page.merge_cells("A1:E1")
    page["A1"] = "某县老年人统计表"
    for at, name in enumerate(("序号", "姓名", "身份证号", "年龄", "备注"), 1):
        page.cell(2, at, name)
    page.column_dimensions["C"].width = 31
    for row in range(3, 3 + blank):
        for at in range(1, 6):
            page.cell(row, at).border = THIN
        if counted:
            page.cell(row, 1, row - 2)
    if foot:
        page.cell(3 + blank, 1, "合计")
        page.cell(3 + blank, 4, f"=SUM(D3:D{2 + blank})")
        page.merge_cells(start_row=3 + blank, end_row=3 + blank, start_column=1, end_column=3)
        page.cell(4 + blank, 1, "填表人：")
    book.create_sheet("填表说明")["A1"] = "请如实填写"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(data: bytes, **more: bytes) -> bytes:
    """A workbook with other parts in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, more.pop(entry.filename, b"") or old.read(entry))
        for name, content in more.items():
            new.writestr(name, content)
    return out.getvalue()


def people(count: int) -> list[dict[int, str | int]]:
    return [{0: n + 1, 1: f"=张{n}", 2: "1101**********002X", 3: 80 + n} for n in range(count)]


def fill(data: bytes, count: int, **more: Any) -> Any:
    back = filled(data, Filling(sheet=SHEET, first=3, rows=people(count), counted=[0], **more))
    return openpyxl.load_workbook(io.BytesIO(back)), back


def test_more_rows_than_the_form_has_push_what_is_below_down() -> None:
    book, back = fill(form(), 7, foot="甲村 & 乙村")
    page = book[SHEET]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[1] == ["序号", "姓名", "身份证号", "年龄", "备注"]
    assert rows[2] == [1, "=张0", "1101**********002X", 80, None]
    assert [row[0] for row in rows[2:9]] == [1, 2, 3, 4, 5, 6, 7]
    assert (rows[9][0], rows[9][3], rows[10][0]) == ("合计", "=SUM(D3:D9)", "填表人：")
    assert {str(one) for one in page.merged_cells.ranges} == {"A1:E1", "A10:C10"}
    assert page["E9"].border.left.style == "thin"
    assert page["B3"].data_type == "s", "a text that begins like a formula stays a text"
    assert page.column_dimensions["C"].width == 31
    assert page.oddFooter.left.text == "甲村 && 乙村"
    with zipfile.ZipFile(io.BytesIO(form())) as old, zipfile.ZipFile(io.BytesIO(back)) as new:
        assert new.read("xl/worksheets/sheet2.xml") == old.read("xl/worksheets/sheet2.xml")
        assert new.read("xl/styles.xml") == old.read("xl/styles.xml")


def test_fewer_rows_leave_the_rest_of_the_form_as_it_is() -> None:
    page = fill(form(), 2)[0][SHEET]
    assert [page.cell(row, 1).value for row in range(3, 8)] == [1, 2, 3, 4, "合计"]
    assert [page.cell(row, 2).value for row in range(3, 7)] == ["=张0", "=张1", None, None]


def test_an_old_list_below_the_header_is_taken_away_where_told_so() -> None:
    old = openpyxl.load_workbook(io.BytesIO(form(foot=False)))
    old[SHEET]["B3"], old[SHEET]["C3"], old[SHEET]["B6"] = "王旧", "110101194912310021", "李旧"
    out = io.BytesIO()
    old.save(out)
    page = fill(out.getvalue(), 1, clear=True)[0][SHEET]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3, max_row=4)] == [
        [1, "=张0", "1101**********002X", 80, None], [None] * 5,
    ]  # fmt: skip
    assert page["B6"].value is None
    kept = fill(out.getvalue(), 1)[0][SHEET]
    assert (kept["B3"].value, kept["B4"].value) == ("=张0", "王旧"), "otherwise it stays, below the list"


def test_names_of_an_old_list_do_not_go_along_unseen() -> None:
    """Most programs keep texts apart from the cells; one that no cell shows any more is gone from there too."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page, other = book.add_worksheet(SHEET), book.add_worksheet("填表说明")
        for number, row in enumerate((("统计表", ""), ("序号", "姓名"), ("1", "王旧"), ("2", "李旧"), ("3", "在册"))):
            page.write_row(number, 0, row)
        other.write_row(0, 0, ("在册", "请如实填写"))
    back = fill(out.getvalue(), 1, clear=True)[1]
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as old, zipfile.ZipFile(io.BytesIO(back)) as new:
        before, left = (one.read("xl/sharedStrings.xml").decode() for one in (old, new))
        assert "王旧" in before
        assert not any("旧" in new.read(name).decode(errors="replace") for name in new.namelist())
    assert "在册" in left, "another sheet shows it"
    shown = openpyxl.load_workbook(io.BytesIO(back))
    assert [one.value for one in shown["填表说明"][1]] == ["在册", "请如实填写"]
    assert [shown[SHEET]["A1"].value, shown[SHEET]["B2"].value, shown[SHEET]["B3"].value] == ["统计表", "姓名", "=张0"]


def test_merges_over_rows_that_are_filled_go_and_those_within_a_row_repeat() -> None:
    book = openpyxl.load_workbook(io.BytesIO(form(foot=False)))
    book[SHEET].merge_cells("D3:E3")
    book[SHEET].merge_cells("B4:B6")
    out = io.BytesIO()
    book.save(out)
    page = fill(out.getvalue(), 3)[0][SHEET]
    assert {str(one) for one in page.merged_cells.ranges} == {"A1:E1", "D3:E3", "D4:E4", "D5:E5"}
    assert page["B5"].value == "=张2"


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("SUM(D3:D6)", "SUM(D3:D9)"), ("D7+D2", "D10+D2"), ("SUM($D$3:$D$6)*'3:6'!A7", "SUM($D$3:$D$9)*'3:6'!A7"),
        ("COUNTA(B3:B5)", "COUNTA(B3:B5)"), ("LOG10(A1)", "LOG10(A1)"),
    ],
)  # fmt: skip
def test_formulas_below_mean_what_they_meant(formula: str, moved: str) -> None:
    assert filler.moved(formula, 7, 3) == moved


def test_a_formula_shared_with_one_written_over_goes_with_it() -> None:
    with zipfile.ZipFile(io.BytesIO(form(foot=False, counted=False))) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").decode()
    for cell, formula in (("D3", '<f t="shared" ref="D3:D6" si="0">A3</f>'), ("D6", '<f t="shared" si="0"/><v>1</v>')):
        sheet = re.sub(rf'<c r="{cell}"([^>/]*)(?:/>|></c>)', rf'<c r="{cell}"\1>{formula}</c>', sheet)
    assert sheet.count("<f ") == 2
    back = fill(packed(form(foot=False, counted=False), **{"xl/worksheets/sheet1.xml": sheet.encode()}), 1)[1]
    with zipfile.ZipFile(io.BytesIO(back)) as new:
        assert b"<f" not in new.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "name",
    [
        "xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.xml", "xl/connections.xml", "xl/macrosheets/sheet1.xml", "../evil.xml", "/abs.xml",
        "XL/workbook.xml",
    ],
)  # fmt: skip
def test_forms_that_act_or_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(BadInput):
        demand_form(packed(form(), **{name: b"x"}))


def test_what_is_no_workbook_or_too_large_is_refused() -> None:
    for data in (b"", b"a,b\n1,2", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04broken", packed(form())[:300]):
        with pytest.raises(BadInput):
            demand_form(data)
    with pytest.raises(TooLarge):
        demand_form(packed(form(), **{"xl/big.bin": b"0" * (65 << 20)}))


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="3"><c r="B3" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    "sheet", [ENTITIES, b"<worksheet/>", b"not xml", b"", ENTITIES.replace(b"w [", b'w SYSTEM "file:///etc/passwd" [')]
)
def test_a_sheet_that_cannot_be_filled_says_so(sheet: bytes) -> None:
    data = packed(form(), **{"xl/worksheets/sheet1.xml": sheet or b" "})
    with pytest.raises(BadInput, match="can't be filled"):
        fill(data, 2)


def test_a_sheet_that_is_not_there_says_so() -> None:
    with pytest.raises(BadInput):
        filled(form(), Filling(sheet="没有", first=3, rows=people(1)))
