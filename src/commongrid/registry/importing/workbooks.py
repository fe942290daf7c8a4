"""Workbooks that are handed out: the template with this area's places and codes, and the file sent with what to do."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override
from xlsxwriter.utility import xl_col_to_name

from commongrid.kernel.sheets import text_of
from commongrid.registry.importing.rules import layout
from commongrid.registry.importing.rules.faults import DOUBTS, FAULTS
from commongrid.registry.importing.rules.words import FIXED

if TYPE_CHECKING:
    from commongrid.registry.importing.looking import Look
    from commongrid.registry.importing.rules.columns import Column

ROWS: Final = 2_000
"""Rows of a template that carry drop-downs and text format."""
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The same content makes the same bytes, whenever the workbook is asked for."""
LISTS: Final = "名录 Lists"
NOTES: Final = "说明 Notes"
HEADED: Final = {"bold": True, "bg_color": "#E3EFEA", "border": 1, "text_wrap": True, "valign": "vcenter"}
NEEDED: Final = {**HEADED, "bg_color": "#CFE5DB"}
FAULT: Final = {"bg_color": "#FBE3E0", "num_format": "@", "text_wrap": True, "valign": "top"}
TEXT: Final = {"num_format": "@", "valign": "top"}
EXPLAINED: Final = (
    (
        "每人一行；同一户各行写同一个自然村和户号，其中只有一行写“户主”。",
        "One row per person; all of a household have the same natural village and number, and one row says “Head”.",
    ),
    (
        "身份证号和电话按文本填写。长数字变成 5.2E+17 就已丢了位数，须重新输入。",
        "Identity numbers and phones are text. A number that became 5.2E+17 has lost digits; type it again.",
    ),
    (
        "日期写公历，如 1985-03-07、1985/3/7、1985年3月7日、19850307。不要写农历。",
        "Dates are solar: 1985-03-07, 1985/3/7, 1985年3月7日, 19850307. Never lunar ones.",
    ),
    (
        "自然村、户号、门牌、小组、户籍地、住入日期可以写“同上”；合并的单元格按每一行都有该内容处理。",
        "Natural village, number, door, group, registration and day may say 同上; a merged cell counts for each row.",
    ),
    (
        "不读取公式：请复制后“选择性粘贴为数值”。隐藏的行照样读取，并会提示。",
        "Formulas are not read: copy them and paste as values. Hidden rows are read too, and you are told.",
    ),
    (
        "空着的格子不会改掉登记里已有的内容。",
        "An empty cell leaves what the register has.",
    ),
    (
        "导入前先核对：哪些新增、变更、未变、存疑、有误；有误的表格会带着“问题”一列退给您。导入后可以整批撤销。",
        "You see first what is new, changed, in doubt or faulty; a column says what to do; a whole file can be undone.",
    ),
)  # fmt: skip
"""What the sheet of explanations says, in both languages."""


def template(sort: str, *, offered: Mapping[str, Sequence[str]]) -> bytes:
    """An empty sheet with headings in both languages, drop-downs, text columns and a sheet of explanations."""
    out = io.BytesIO()
    with _book(out) as book:
        page = book.add_worksheet(layout.sheet_name(sort))
        _headings(book, page, layout.LAYOUTS[sort])
        _explained(book, sort)
        _choices(book, page, sort, dict(enumerate(layout.LAYOUTS[sort])), offered)
    return out.getvalue()


def offered(
    codes: Mapping[str, Iterable[tuple[str, str]]], places: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """The lists of a template: code lists as (zh, en), places as text, words that are the same everywhere."""
    found = {name: [f"{zh} {en}" for zh, en in rows] for name, rows in codes.items()}
    found |= {name: list(rows) for name, rows in places.items()}
    return found | {name: [f"{zh} {en}" for _code, zh, en in rows] for name, rows in FIXED.items()}


def returned(look: Look, *, offered: Mapping[str, Sequence[str]]) -> bytes:
    """The file as it was sent, its faulty cells marked, with a column that says what to do in both languages.

    Only values come back, as text: no formula, macro or format of the file survives. A repeated upload passes the
    column over.
    """
    out, headed = io.BytesIO(), look.file.headed
    problems = _problems(look)
    columns = [n for n, name in enumerate(headed.header) if name != layout.NAMED]
    last = len(columns)
    with _book(out, whole=len(look.file.rows) <= ROWS) as book:
        page = book.add_worksheet(layout.sheet_name(look.file.sort))
        text, fault = book.add_format(TEXT), book.add_format(FAULT)
        head, needed = book.add_format(HEADED), book.add_format(NEEDED)
        fields = {place: field for field, place in headed.at.items()}
        required = {column.field for column in layout.LAYOUTS[look.file.sort] if column.needed}
        page.set_column(0, last - 1, 16, text)
        page.set_column(last, last, 70)
        page.freeze_panes(1, 0)
        for at, n in enumerate(columns):
            page.write_string(0, at, headed.header[n], needed if fields.get(n) in required else head)
        page.write_string(0, last, layout.NAMED, needed)
        for number, (row, cells) in enumerate(look.file.rows, 1):
            wrong = problems.get(row, {})
            for at, n in enumerate(columns):
                said = text_of(cells[n]) if n < len(cells) else ""
                page.write_string(number, at, said, fault if fields.get(n) in wrong else text)
            if wrong:
                page.write_string(number, last, "\n".join(line for lines in wrong.values() for line in lines), fault)
        _choices(book, page, look.file.sort, _placed(look, columns), offered)
    return out.getvalue()


def _placed(look: Look, columns: Sequence[int]) -> dict[int, Column]:
    """Where each known column stands in the workbook that comes back."""
    by_field = {column.field: column for column in layout.LAYOUTS[look.file.sort]}
    places = {place: at for at, place in enumerate(columns)}
    return {places[place]: by_field[field] for field, place in look.file.headed.at.items()}


def _problems(look: Look) -> dict[int, dict[str, list[str]]]:
    """By row and field: what is wrong or doubtful, in Chinese and in English."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    said: dict[str, str] = {}
    for fault in look.faults:
        found[fault.row][fault.field].append(said.setdefault(fault.code, both(*FAULTS[fault.code])))
    for one in look.placed:
        if one.status == "doubt":
            found[one.read.row][one.at].append(said.setdefault(one.why, both(*DOUBTS[one.why])))
    return found


def both(what: str, remedy: str) -> str:
    """A sentence and its remedy, in Chinese and in English."""
    lines = []
    for code in ("zh-hans", "en"):
        with override(code):
            lines.append(f"{_(what)}{'' if code == 'zh-hans' else ' '}{_(remedy)}")
    return " / ".join(lines)


def _book(out: io.BytesIO, *, whole: bool = True) -> Any:
    """A workbook whose texts stay texts; a long one is written row by row."""
    how = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {**how, "in_memory": True, **({} if whole else {"constant_memory": True})})
    book.set_properties({"created": MADE, "comments": f"commongrid {layout.VERSION}"})
    return book


def _headings(book: Any, page: Any, columns: Sequence[Column]) -> None:
    text, plain = book.add_format(TEXT), book.add_format({"valign": "top"})
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width, text if column.text else plain)
        page.write_string(0, at, column.heading, book.add_format(NEEDED if column.needed else HEADED))
    page.set_row(0, 34)
    page.freeze_panes(1, 0)


def _explained(book: Any, sort: str) -> None:
    page = book.add_worksheet(NOTES)
    head, text = book.add_format(HEADED), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 1, 60, text)
    page.write_string(0, 0, f"填写说明(模板第 {layout.VERSION} 版)", head)
    page.write_string(0, 1, f"How to fill this in (template {layout.VERSION})", head)
    row = 1
    for zh, en in {"people": EXPLAINED, "homes": EXPLAINED[2:]}.get(sort, (EXPLAINED[2], *EXPLAINED[4:])):
        page.write_string(row, 0, zh, text)
        page.write_string(row, 1, en, text)
        row += 1
    for column in layout.LAYOUTS[sort]:
        if column.hint_zh or column.needed:
            need = ("必填。", "Needed. ") if column.needed else ("", "")
            page.write_string(row, 0, f"{column.zh}:{need[0]}{column.hint_zh}", text)
            page.write_string(row, 1, f"{column.en}: {need[1]}{column.hint_en}", text)
            row += 1


def _choices(
    book: Any, page: Any, sort: str, columns: Mapping[int, Column], offered: Mapping[str, Sequence[str]]
) -> None:
    """A sheet with the lists, and drop-downs that draw on it; a text that is in none of them is only warned of."""
    lists = book.add_worksheet(LISTS)
    shown = [(at, column, offered[column.offered]) for at, column in columns.items() if offered.get(column.offered)]
    for row in range(1 + max((len(choices) for _at, _column, choices in shown), default=0)):
        for n, (_at, column, choices) in enumerate(shown):
            if row <= len(choices):
                lists.write_string(row, n, choices[row - 1] if row else column.heading)
    for n, (at, column, choices) in enumerate(shown):
        letter = xl_col_to_name(n)
        source = f"='{LISTS}'!${letter}$2:${letter}${len(choices) + 1}"
        rule = {"validate": "list", "source": source, "error_type": "warning", "input_title": column.zh[:32]}
        page.data_validation(
            1, at, ROWS, at, rule | ({"input_message": column.hint_zh[:255]} if column.hint_zh else {})
        )
    lists.set_column(0, len(columns), 28)
    if sort == "people":
        page.set_landscape()
