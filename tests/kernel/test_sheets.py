"""Spreadsheets and delimited files: the same rows from every program, a clear sentence for every broken one."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import delimited, sheets
from commongrid.kernel.places import parse
from commongrid.kernel.refusals import BadInput, Refusal, TooLarge
from commongrid.kernel.sheets import Limits, read_rows
from tests.figures import Record
from tests.sizes import size

TEXT = '代码,名称\n520623001001,"白沙村\n(新)"\n\n520623001002,凯峡河村,多一格\n３,\n'
ROWS = [(2, ["520623001001", "白沙村\n(新)"]), (4, ["520623001002", "凯峡河村", "多一格"]), (5, ["３", ""])]


def workbook(fill: Callable[[Any], None]) -> bytes:
    """A spreadsheet as openpyxl writes it."""
    book = openpyxl.Workbook()
    fill(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def of_rows(*rows: list[object]) -> bytes:
    def fill(book: Any) -> None:
        for row in rows:
            book.active.append(row)

    return workbook(fill)


def everything(data: bytes | Path, name: str = "x.csv", **how: Any) -> list[tuple[int, list[sheets.Cell]]]:
    return list(read_rows(data, name, **how).numbered)


class TestDelimited:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_every_encoding_gives_the_same_rows(self, encoding: str, newline: str) -> None:
        sheet = read_rows(TEXT.replace("\n", newline).encode(encoding), "x.csv")
        assert sheet.header == ("代码", "名称")
        assert [(n, [c.replace("\r", "") for c in cells if isinstance(c, str)]) for n, cells in sheet.numbered] == ROWS
        assert sheet.done() == 1

    @pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
    def test_the_separator_is_found(self, separator: str) -> None:
        text = f'a{separator}b\n1{separator}"x,y;z|"\n'
        assert everything(text.encode()) == [(2, ["1", "x,y;z|"])]

    def test_a_single_column_needs_no_separator(self) -> None:
        assert everything("代码\n520623\n".encode()) == [(2, ["520623"])]

    def test_a_gzip_is_unpacked_whatever_it_is_called(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.csv"
        path.write_bytes(gzip.compress(TEXT.encode()))
        assert everything(path, path.name) == ROWS

    def test_nul_bytes_are_left_out(self) -> None:
        assert everything(b"a,b\n1\x00,2\n") == [(2, ["1", "2"])]

    def test_a_file_without_a_last_newline_is_whole(self) -> None:
        assert everything(b"a,b\n1,2") == [(2, ["1", "2"])]

    def test_without_header_every_row_is_given(self) -> None:
        sheet = read_rows(b"\n1,2\n3,4\n", "x.csv", headers=0)
        assert sheet.header == ()
        assert list(sheet.rows) == [["1", "2"], ["3", "4"]]

    def test_two_header_rows_are_joined(self) -> None:
        sheet = read_rows("户主,,住址\n姓名,电话,\n张三,1,上河\n".encode(), "x.csv", headers=2)
        assert sheet.header == ("户主 姓名", "户主 电话", "住址")
        assert list(sheet.rows) == [["张三", "1", "上河"]]

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "empty"),
            (b"\n \n", "empty"),
            (b",,\n,\n", "no rows"),
            (b"a,b\n\xff\xfe\x81,\xff", "encoding"),
            (b"\x1f\x8b\x08\x00broken", "damaged"),
            (gzip.compress(TEXT.encode(), mtime=0)[:-12], "damaged"),
            (b'a,b\n1,"2\n3,4\n5,6\n', "row 2"),
            (b'a,b\n1,"' + b"x" * 200_000, "row 2"),
            (b"%PDF-1.4", "not a table"),
            (b"\x89PNG\r\n", "not a table"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        ],
    )
    def test_a_refusal_names_what_is_wrong(self, data: bytes, says: str) -> None:
        with pytest.raises(BadInput, match=says):
            everything(data)

    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match=r"gone\.csv"):
            everything(tmp_path / "gone.csv", "gone.csv")

    def test_a_file_larger_than_allowed_is_refused(self) -> None:
        with pytest.raises(TooLarge):
            everything(b"a,b\n1,2\n", limits=Limits(sent=4))

    def test_a_gzip_that_unpacks_to_more_than_allowed_is_refused(self) -> None:
        bomb = gzip.compress(b"a,b\n" + b"0" * 50_000_000)
        with pytest.raises(TooLarge, match="1 MB"):
            everything(bomb, limits=Limits(unpacked=1 << 20))

    @given(
        st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\x1e")), min_size=2, max_size=4))
    )
    def test_what_the_csv_module_writes_is_read_back(self, rows: list[list[str]]) -> None:
        written = io.StringIO(newline="")
        writer = csv.writer(written, quoting=csv.QUOTE_ALL)
        writer.writerow(["a", "b", "c", "d"])
        writer.writerows(rows)
        expected = [[*row, *[""] * (4 - len(row))] for row in rows if any(cell.strip() for cell in row)]
        assert list(read_rows(written.getvalue().encode(), "x.csv").rows) == expected

    def test_sniff_prefers_the_separator_that_fits_every_row(self) -> None:
        assert delimited.sniff("a;b\n1,5;2,5\n3,5;4,5\n") == ";"
        assert delimited.sniff("") == ","


class TestWorkbook:
    def test_numbers_keep_all_their_digits_and_dates_their_type(self) -> None:
        data = of_rows(
            ["代码", "数", "时间", "日", "钟", "真"],
            [520623001001003, 0.25, datetime(2024, 1, 2, 3, 4, 5), date(2024, 1, 2), time(9, 0), True],  # noqa: DTZ001 - a cell has no zone
            [5.20623e11, 450011199001011234, None, None, None, "石阡"],
        )
        first, second = everything(data, "x.xlsx")
        moment = datetime.fromisoformat("2024-01-02T03:04:05")
        assert first == (2, ["520623001001003", "0.25", moment, date(2024, 1, 2), time(9, 0), "TRUE"])
        assert second[1][0] == "520623000000"
        assert parse(str(second[1][0])) == 520623000000000
        assert not str(second[1][1]).isdigit(), (
            "eighteen digits typed as a number are lost already and must not look whole"
        )

    def test_empty_rows_and_columns_before_the_table_are_counted_and_passed_over(self) -> None:
        def fill(book: Any) -> None:
            book.active["C3"], book.active["D3"] = "代码", "名称"
            book.active["C5"] = 520623

        sheet = read_rows(workbook(fill), "x.xlsx")
        assert sheet.header == ("", "", "代码", "名称")
        assert list(sheet.numbered) == [(5, ["", "", "520623", ""])]
        assert sheet.done() == 1

    def test_the_first_visible_sheet_is_read_or_the_one_that_was_named(self) -> None:
        def fill(book: Any) -> None:
            book.active.title, book.active.sheet_state = "lists", "hidden"
            book.active.append(["hidden"])
            for title in ("一月", "二月"):
                book.create_sheet(title).append([title])

        data = workbook(fill)
        assert read_rows(data, "x.xlsx").header == ("一月",)
        assert read_rows(data, "x.xlsx", sheet="二月").header == ("二月",)
        with pytest.raises(BadInput, match="no such sheet"):
            read_rows(data, "x.xlsx", sheet="三月")

    def test_half_read_rows_end_their_child(self) -> None:
        sheet = read_rows(of_rows(["a"], [1], [2], [3]), "x.xlsx")
        rows = sheet.rows
        assert next(rows) == ["1"]
        rows.close()  # type: ignore[attr-defined]

    def test_more_cells_than_memory_are_refused(self) -> None:
        written = io.BytesIO()
        book = xlsxwriter.Workbook(written)
        corner = book.add_worksheet()
        corner.write(0, 0, "a")
        corner.write(1_048_575, 16_383, "b")
        book.close()
        with pytest.raises(TooLarge, match="memory or time"):
            everything(written.getvalue(), "x.xlsx", limits=Limits(memory=1 << 30))

    def test_a_zip_that_declares_too_much_is_not_opened(self) -> None:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("[Content_Types].xml", "")
            packed.writestr("xl/workbook.xml", b"0" * 5_000_000)
        with pytest.raises(TooLarge, match="4 MB"):
            everything(written.getvalue(), "x.xlsx", limits=Limits(unpacked=4 << 20))

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"PK\x03\x04nothing", "damaged"),
            (of_rows(["a"])[:-30], "damaged"),
            (of_rows(["a"]).replace(b"xl/workbook.xml", b"xl/workbook.bin"), "no workbook"),
            (of_rows(), "no rows"),
        ],
    )
    def test_a_refusal_names_what_is_wrong(self, data: bytes, says: str) -> None:
        with pytest.raises(BadInput, match=says):
            everything(data, "x.xlsx")

    def test_entities_that_multiply_are_not_followed(self) -> None:
        plain, written = of_rows(["a"], [1]), io.BytesIO()
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(written, "w") as new:
            for entry in old.namelist():
                body = old.read(entry)
                if entry == "xl/workbook.xml":
                    body = f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]><w>&l11;</w>'.encode()
                new.writestr(entry, body)
        with pytest.raises(Refusal):
            everything(written.getvalue(), "x.xlsx")


class TestColumns:
    def test_names_are_compared_without_width_case_and_spaces(self) -> None:
        assert sheets.column_names(["Ｃｏｄｅ ", "名　称", ""]) == {"code": 0, "名 称": 1}

    def test_a_name_that_comes_twice_is_refused(self) -> None:
        with pytest.raises(BadInput, match="same name"):
            sheets.column_names(["代码", "名称", " 代码"])


BASES = (
    TEXT.encode() * 5,
    TEXT.encode("gb18030") * 5,
    TEXT.encode("utf-16"),
    gzip.compress(TEXT.encode() * 50, mtime=0),
    of_rows(["代码", "名称"], [520623, "石阡"], [None, date(2024, 1, 1)]),
)


def mutant(chance: random.Random, data: bytes) -> bytes:
    """The file with some bytes changed, taken out, doubled or cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(changed) + 1)
        end = min(len(changed), start + chance.randint(0, 40))
        match chance.randrange(4):
            case 0:
                changed[start:end] = chance.randbytes(end - start)
            case 1:
                del changed[start:end]
            case 2:
                changed[start:start] = changed[start:end]
            case _:
                changed[start : start + 1] = chance.choice((b"\0", b'"', b"\xff", b"\n", b"", b","))
    return bytes(changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.1 else changed)


def test_changed_files_are_read_or_refused_and_never_break_the_reader(figure: Record) -> None:
    """3,000 mutants in the nightly run, a seeded sample otherwise."""
    for number in range(size(200, 3_000)):
        chance = random.Random(f"sheets:{number}")
        data = mutant(chance, BASES[number % len(BASES)])
        try:
            for _, cells in read_rows(data, "x.csv").numbered:
                assert not any("\0" in cell for cell in cells if isinstance(cell, str)), number
        except Refusal:
            continue
    figure("byte mutants of spreadsheets and lists", asked=size(200, 3_000), done=number + 1)


class TestMarks:
    def test_hidden_rows_merged_cells_and_formulas_are_told(self) -> None:
        def fill(book: Any) -> None:
            page = book.active
            for row in (["户号", "姓名"], ["1", "甲"], [None, "乙"], ["2", "=1+1"], ["3", "丁"]):
                page.append(row)
            page.merge_cells("A2:A3")
            page.row_dimensions[5].hidden = True

        data = workbook(fill)
        sheet = read_rows(data, "x.xlsx", marked=True)
        rows = dict(sheet.numbered)
        assert rows[3] == ["1", "乙"]
        assert dict(sheet.marks) == {
            2: sheets.Marks(merged=True), 3: sheets.Marks(merged=True), 4: sheets.Marks(formulas=(1,)),
            5: sheets.Marks(hidden=True),
        }  # fmt: skip
        plain = read_rows(data, "x.xlsx")
        assert dict(plain.numbered)[3] == ["", "乙"]
        assert plain.marks == {}

    def test_empty_rows_and_many_pieces_keep_their_numbers(self) -> None:
        def fill(book: Any) -> None:
            page = book.active
            page["A1"] = "名称"
            for n in range(2, 20_000, 3):
                page.cell(n, 1, "很长的一段话" * 8)
            page.cell(15_002, 2, "=A1")
            page.row_dimensions[9_002].hidden = True

        sheet = read_rows(workbook(fill), "x.xlsx", marked=True)
        assert len(list(sheet.rows)) == 6_666
        assert dict(sheet.marks) == {9_002: sheets.Marks(hidden=True), 15_002: sheets.Marks(formulas=(1,))}
