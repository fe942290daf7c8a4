"""Crafted lists: every seeded fault is told at its row and column; no broken byte ends in a crash or a half import."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import xlsxwriter

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, Refusal, TooLarge
from commongrid.kernel.sheets import Limits, read_rows
from commongrid.registry.importing import actions, queries
from commongrid.registry.importing.rules import layout
from commongrid.registry.importing.rules.faults import DOUBTS, FAULTS, NOTES, RowFault
from commongrid.registry.importing.rules.reading import RowReader
from commongrid.registry.importing.rules.rows import Meaning
from commongrid.registry.importing.rules.words import FIXED, meanings
from commongrid.registry.rules.fields import FURTHER
from tests.factories.desk import GRID, HAMLET
from tests.figures import Record
from tests.registry.conftest import CLERK, Hamlet, broken_laws
from tests.registry.importing.making import HEAD, HOMES_HEAD, TODAY, family, number, person, row, workbook
from tests.sizes import size

if TYPE_CHECKING:
    from tests.bed import Database

FAR = 990101102201001
LISTS = {
    "relation": (("01", "本人", "Self"), ("02", "户主", "Head"), ("10", "配偶", "Spouse"), ("20", "子", "Son"),
                 ("30", "女", "Daughter"), ("97", "其他亲属", "Other relative")),
    "sex": (("1", "男", "Male"), ("2", "女", "Female")),
    "inflow": (("01", "务工", "Work"),), "domicile": (("01", "自购房屋", "Own home"),),
    "education": (("70", "初级中学", "Junior secondary school"),),
    "occupation": (("5", "农业", "Farming"),), "political": (("13", "群众", "None of these"),),
    "marital": (("20", "已婚", "Married"),),
}  # fmt: skip
MEANING = Meaning(
    today=TODAY,
    natural_villages={"上河": HAMLET, "990101101201001": HAMLET, "两河": None},
    villager_groups={"一组": HAMLET + 10, "远组": FAR + 1, "同名组": None},
    grids={"第1网格": GRID, "远格": FAR + 2, "同名格": None},
    registered={"白沙村": 990101101201000, "同名村": None},
    codes={**{name: meanings(rows, name) for name, rows in LISTS.items()}, "state": meanings(FIXED["state"], "state")},
)
OF_HELD = (
    "any_", "person_", "household_", "site_", "organisation_", "held_", "leader_", "flag_", "credit_code_", "to_on_",
    "ends_",
)  # fmt: skip
"""Faults of the other sheets begin so; ``test_held_mutants`` has them."""
ROWS = 12
LONG = "长" * 130
OLD = number(300, date(1890, 1, 1))

PEOPLE: list[tuple[str, object, str]] = [
    # the field, what is written there, the fault or note that must be told
    ("natural_village", "", "natural_village_missing"), ("natural_village", "-", "natural_village_missing"),
    ("natural_village", "石桥", "natural_village_unknown"), ("natural_village", "两河", "natural_village_several"),
    ("natural_village", "9.90101E+14", "natural_village_unknown"), ("number", "", "number_missing"),
    ("number", "1" * 21, "number_long"), ("number", "1.23457E+20", "number_decimal"), ("number", "=1", "formula_text"),
    ("number", "1\u0007", "unprintable"), ("door", LONG, "door_long"), ("door", "@SUM(A1)", "formula_text"),
    ("villager_group", "九组", "villager_group_unknown"), ("villager_group", "同名组", "villager_group_several"),
    ("villager_group", "远组", "villager_group_apart"), ("relation", "", "relation_missing"),
    ("relation", "邻居", "relation_unknown"), ("relation", "同上", "ditto_here"), ("name", "", "name_missing"),
    ("name", "　", "name_missing"), ("name", "张三、李四、王五" * 10, "name_long"), ("name", "张3", "name_odd"),
    ("name", "<b>张</b>", "name_odd"), ("name", "=cmd|' /C calc'!A0", "formula_text"),
    ("name", "+张三", "formula_text"),
    ("name", "张\u202e三", "unprintable"), ("name", "同上", "ditto_here"), ("sex", "不知", "sex_unknown"),
    ("born_on", "昨天", "born_on_unreadable"), ("born_on", "1990-02-30", "born_on_unreadable"),
    ("born_on", "90-1-1", "born_on_unreadable"), ("born_on", "1990-01", "born_on_unreadable"),
    ("born_on", "04/05/1990", "born_on_unreadable"), ("born_on", "农历1990年正月初五", "born_on_lunar"),
    ("born_on", "庚午年腊月", "born_on_lunar"), ("born_on", "2030-01-01", "born_on_future"),
    ("born_on", "1890-01-01", "born_on_unreadable"), ("born_on", date(1901, 1, 1), "born_on_old"),
    ("born_on", "1981-01-01", "born_on_differs"), ("born_on", datetime(2031, 1, 1), "born_on_future"),  # noqa: DTZ001
    ("id_number", "123", "id_number_length"), ("id_number", "11010519491231002", "id_number_length"),
    ("id_number", "5.20623199001011E+17", "id_number_decimal"), ("id_number", 520623199001011234, "id_number_decimal"),
    ("id_number", number(1)[:6] + "19801331" + number(1)[14:], "id_number_birth"),
    ("id_number", number(1)[:17] + ("1" if number(1)[17] != "1" else "2"), "id_number_sign"),
    ("id_number", "同上", "ditto_here"), ("id_number", "ABCDEFGHIJKLMNOPQR", "id_number_length"),
    ("phone", "12", "phone_unreadable"), ("phone", "1.38123E+10", "phone_decimal"),
    ("phone", "无号码", "phone_unreadable"),
    ("education", "幼儿园", "education_unknown"), ("occupation", "神仙", "occupation_unknown"),
    ("political", "某党", "political_unknown"), ("marital", "不详", "marital_unknown"),
    ("state", "也许", "state_unknown"),
    ("works_at", LONG, "works_at_long"), ("works_at", "-1+1", "formula_text"),
    ("registered_place", "某村", "registered_place_unknown"),
    ("registered_place", "同名村", "registered_place_several"), ("booklet", "1" * 21, "booklet_long"),
    ("booklet", "1.23457E+20", "booklet_decimal"), ("booklet", "", "booklet_missing"),
    ("booklet", "=1", "formula_text"), ("as_in_booklet", "", "as_in_booklet_missing"),
    ("as_in_booklet", "邻居", "as_in_booklet_unknown"), ("as_in_booklet", "同上", "ditto_here"),
    ("collective", "某村", "collective_unknown"), ("collective", "同名村", "collective_several"),
    ("bank", "123", "bank_unreadable"), ("bank", "6222-ABCD-0000-0000", "bank_unreadable"),
    ("bank", "6.22202E+18", "bank_decimal"), ("bank", 6222021234567890123, "bank_decimal"),
    ("since", "去年", "since_unreadable"),
    ("since", "农历八月", "since_lunar"), ("since", "2030-01-01", "since_future"),
    ("former_name", LONG, "any_long"), ("native_place", LONG, "any_long"), ("registered_door", LONG, "any_long"),
    ("workplace", "=1", "formula_text"), ("inflow", "别的", "any_unknown"), ("domicile", "别的", "any_unknown"),
    ("since", "1979-01-01", "since_before_birth"), ("since", "1700-01-01", "since_unreadable"),
]  # fmt: skip
HOMES: list[tuple[str, object, str]] = [
    ("grid", "第9网格", "grid_unknown"), ("grid", "同名格", "grid_several"), ("grid", "远格", "grid_apart"),
    ("lon", "东边", "lon_unreadable"), ("lon", "200", "lon_unreadable"), ("lat", "", "lat_missing"),
    ("began_on", "很久", "began_on_unreadable"), ("began_on", "农历三月", "began_on_lunar"),
    ("began_on", "2033-01-01", "began_on_future"), ("number", "", "number_missing"),
]  # fmt: skip


def clean(n: int) -> dict[str, object]:
    """A row with nothing wrong; the second of household ``n``."""
    return person(
        number=str(n), relation="妻子", name="吴花", id_number=number(n, sex="2"), born_on="1980-01-01", sex="女",
        phone="13812345678", education="初中", state="外出", works_at="浙江", registered_place="白沙村",
        since="2020-01-01", villager_group="一组", door="上河1号", marital="已婚", political="群众", occupation="务农",
        booklet="5224-7", as_in_booklet="妻子", collective="白沙村", bank="6222 0212 3456 7890 123",
        former_name="吴小花", native_place="贵州石阡", registered_door="上河1号", workplace="白沙小学", inflow="务工",
        domicile="自购房屋",
    )  # fmt: skip


def home(n: int) -> dict[str, object]:
    return {"natural_village": "上河", "number": str(n), "grid": "第1网格", "lon": "108.2", "lat": "27.5",
            "began_on": "2001年2月3日", "villager_group": "一组", "door": "上河1号"}  # fmt: skip


def as_csv(rows: Sequence[Sequence[object]], encoding: str = "gb18030") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding, errors="replace")


def read(data: bytes, sort: str = "people", name: str = "a.xlsx") -> tuple[RowReader, list[Any]]:
    """What a file says, read as an import does."""
    sheet = read_rows(data, name, headers=0, marked=True, limits=Limits(sent=1 << 22, unpacked=1 << 25, seconds=20))
    rows = list(sheet.numbered)
    headed = layout.headed(sort, [cells for _, cells in rows[: layout.LOOKED_AT + 2]])
    reader = RowReader(sort, headed, MEANING)
    one = reader.person if sort == "people" else reader.home
    return reader, [one(n, cells, sheet.marks.get(n)) for n, cells in rows[headed.above :]]


def test_clean_rows_have_nothing_to_report() -> None:
    rows = [clean(n) for n in range(1, ROWS)]
    for data in (
        workbook(*rows),
        as_csv([list(HEAD), *map(row, rows)]),
        as_csv([list(HEAD), *map(row, rows)], "utf-8"),
    ):
        reader, found = read(data)
        assert (reader.faults, reader.notes) == ([], {})
        assert {(one.name, one.relation, one.state, one.education, one.bad) for one in found} == {
            ("吴花", "10", "away", "70", False)
        }
    reader, homes = read(workbook(home(1), head=HOMES_HEAD, columns=layout.HOMES), "homes")
    assert (reader.faults, homes[0].began_on, homes[0].lon, homes[0].grid) == ([], date(2001, 2, 3), 108.2, GRID)


@pytest.mark.parametrize(("name", "said", "expected"), [*PEOPLE, *HOMES])
def test_every_seeded_fault_is_told_at_its_row(name: str, said: object, expected: str, figure: Record) -> None:
    of_homes = (name, said, expected) in HOMES
    for seed in range(size(1, 4)):
        dice = random.Random(f"{name}:{said}:{seed}")
        rows = [home(n) if of_homes else clean(n) for n in range(1, ROWS + 1)]
        hit = dice.randrange(ROWS)
        rows[hit][name] = said
        more = {"head": HOMES_HEAD, "columns": layout.HOMES} if of_homes else {}
        if isinstance(said, str) and seed % 3 != 1:
            cells = [row(one, layout.HOMES if of_homes else layout.PEOPLE) for one in rows]
            data, kind = as_csv([list(HOMES_HEAD if of_homes else HEAD), *cells], "utf-8"), "a.csv"
        else:
            data, kind = typed(rows, **more), "a.xlsx"
        reader, found = read(data, "homes" if of_homes else "people", kind)
        told = {(one.row, one.code) for one in reader.faults}
        assert (hit + 2, expected) in told, told
        assert {one for one, _ in told} == {hit + 2}
        assert [one.row for one in found if one.bad] == [hit + 2]
        assert not [one for one in reader.faults if number(hit + 1, sex="2") in one.value]
    figure("semantic mutants of lists of people", asked=size(1, 4), done=seed + 1)


def typed(rows: list[dict[str, object]], head: Any = HEAD, columns: Any = layout.PEOPLE) -> bytes:
    """A workbook whose texts stay texts, whatever they begin with; numbers and dates keep their type."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for n, cells in enumerate([list(head), *(row(one, columns) for one in rows)]):
            for at, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(n, at, cell, day)
                elif isinstance(cell, int):
                    page.write_number(n, at, cell)
                else:
                    page.write_string(n, at, str(cell))
    return out.getvalue()


def test_every_fault_has_its_mutant_and_there_are_forty_classes() -> None:
    by_rows = {expected for _, _, expected in (*PEOPLE, *HOMES)}
    assert len(by_rows) >= 40
    compared = {"id_number_twice", "twice", "home_twice", "home_ended", "second_head", "head_otherwise", "no_head",
                "head_out", "elsewhere", "ended", "lives_elsewhere", "booklet_elsewhere", "booklet_ended",
                "booklet_other", "booklet_second_head", "booklet_head_otherwise", "sex_kept", "back_early"}  # fmt: skip
    elsewhere = {"formula", "ditto_first", "sex_differs"}
    assert {code for code in FAULTS if not code.startswith(OF_HELD)} == {
        code for code in by_rows if not code.startswith(OF_HELD)
    } | compared | elsewhere
    assert set(DOUBTS) == {"other_name", "like_name", "other_home", "post_holder", "came_back", "left_before"}
    assert set(NOTES) == {
        "hidden", "formula_left", "merged", "door_kept", "group_kept", "since_kept", "no_birth", "grid_kept",
        "held_kept", "astray", "web_map",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1985-03-07", date(1985, 3, 7)), ("1985/3/7", date(1985, 3, 7)), ("1985.3.7", date(1985, 3, 7)),
        ("1985年3月7日", date(1985, 3, 7)), ("19850307", date(1985, 3, 7)), ("１９８５－０３－０７", date(1985, 3, 7)),
        (19850307, date(1985, 3, 7)), (datetime(1985, 3, 7), date(1985, 3, 7)), ("31113", date(1985, 3, 7)),  # noqa: DTZ001
        (date(1945, 8, 15), date(1945, 8, 15)),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(said: object, meant: date) -> None:
    reader, found = read(typed([person(born_on=said)]))
    assert (reader.faults, found[0].born_on) == ([], meant)


def test_dates_of_1904_are_those_of_the_workbook() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        for at, cell in enumerate(row(person())):
            page.write(1, at, cell)
        page.write_datetime(
            1, HEAD.index("出生日期 Date of birth"), date(1950, 6, 1), book.add_format({"num_format": 14})
        )
    _reader, found = read(out.getvalue())
    assert found[0].born_on == date(1950, 6, 1)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("户主", "02"), ("本人", "02"), ("戶主", "02"), ("妻", "10"), ("丈夫", "10"), ("长子", "20"), ("次女", "30"),
        ("叔叔", "97"), ("子 Son", "20"), ("20", "20"), ("HEAD", "02"),
    ],
)  # fmt: skip
def test_relations_are_read_as_people_say_them(word: str, code: str) -> None:
    _reader, found = read(workbook(person(relation=word)))
    assert found[0].relation == code


def test_full_width_same_as_above_merged_hidden_and_formulas() -> None:
    def fill(page: Any) -> None:
        page.merge_cells("A4:A5")
        page.row_dimensions[3].hidden = True
        page.cell(3, HEAD.index("出生日期 Date of birth") + 1, "=DATE(MID(E3,7,4),MID(E3,11,2),MID(E3,13,2))")
        page.cell(5, HEAD.index("姓名 Name") + 1, '="周"&"五"')

    wide = number(1).translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"})
    rows = [
        person(id_number=wide, name="李　明", phone="１３８ １２３４ ５６７８"),
        person(natural_village="同上", number="〃", relation="妻", name="吴花", id_number=number(2, sex="2")),
        person(relation="长子", name="周三"), person(natural_village="", relation="次子", name="周五"),
    ]  # fmt: skip
    reader, found = read(workbook(*rows, fill=fill))
    assert (found[0].id_number, found[0].name, found[0].phone) == (number(1), "李明", "13812345678")
    assert (found[1].home, found[1].born_on) == ((HAMLET, "1"), date(1980, 1, 1))
    assert found[3].home == (HAMLET, "1")
    assert reader.faults == [RowFault(5, "formula", "name")]
    assert reader.notes == {3: ["hidden", "formula_left"], 4: ["merged", "no_birth"], 5: ["merged"]}
    first = read(workbook(person(natural_village="同上")))[0]
    assert [one.code for one in first.faults] == ["ditto_first"]
    other = read(workbook(person(id_number=number(4), sex="女")))[0]
    assert [one.code for one in other.faults] == ["sex_differs"]


def test_a_header_of_two_rows_below_a_title_is_found() -> None:
    title = ["白沙村人口台账"]
    first = ["户信息", "", "人员信息", "", "", ""]
    second = ["所在自然村", "户编号", "姓名", "家庭关系", "身份证号", "备注"]
    cells = [title, first, second, ["上河", "1", "周大山", "户主", number(1), "x"]]
    assert read(as_csv(cells), name="a.csv")[1][0].name == "周大山"
    split = [["自然村", "户号", "姓名*", "", "身份证号"], ["", "", "", "与户主关系", ""], cells[3][:5]]
    found = read(as_csv(split), name="a.csv")[1]
    assert [(one.row, one.relation, one.name) for one in found] == [(3, "02", "周大山")]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (["甲", "乙"], "names its columns"), (["姓名", "户号", "自然村"], "lacks a column"),
        ([*HEAD, "身份证号"], "same name"),
    ],
)  # fmt: skip
def test_headers_that_can_not_serve_are_refused(head: list[str], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read(as_csv([head, ["上河"] * len(head)]), name="a.csv")


def test_the_first_template_is_understood_and_a_newer_one_refused() -> None:
    first = [
        "自然村 Natural village",
        "户号 Household number",
        "与户主关系 To the head",
        "姓名 Name",
        "身份证件号码 Identity number",
        "性别 Sex",
        "出生日期 Date of birth",
        "联系电话 Phone",
        "文化程度 Education",
        "职业 Occupation",
        "政治面貌 Political status",
        "婚姻状况 Marital status",
        "是否外出 Away",
        "务工或就学去向 Works or studies at",
        "户籍地 Registered at",
        "住入日期 Lives there since",
        "门牌地址 Door",
        "村民小组 Villager group",
    ]
    since = {"booklet", "as_in_booklet", "collective", "bank", *FURTHER}
    assert set(layout.headed("people", [first]).at) == {column.field for column in layout.PEOPLE} - since
    layout.demand_version("人员 People v1")
    layout.demand_version("Sheet1")
    with pytest.raises(BadInput, match="newer"):
        layout.demand_version("人员 People v999")


def broken(data: bytes, dice: random.Random) -> bytes:
    """The file with some bytes changed, cut, doubled or dropped."""
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        at, to = sorted((dice.randrange(len(changed) + 1), dice.randrange(len(changed) + 1)))
        match dice.randrange(5):
            case 0:
                changed[at : at + 1] = dice.randbytes(1)
            case 1:
                del changed[at : min(to, at + 40)]
            case 2:
                changed[at:at] = changed[at : min(to, at + 40)]
            case 3:
                changed[at:at] = dice.choice([b'"', b"\0", b"\xff\xfe", b"\r", b",", b"PK\3\4"])
            case _:
                del changed[max(at, len(changed) // 2) :]
    return bytes(changed) or b"x"


def test_broken_bytes_are_read_or_refused(figure: Record) -> None:
    table = as_csv([list(HEAD), *(row(clean(n)) for n in range(1, ROWS))])
    book = workbook(*(clean(n) for n in range(1, ROWS)))
    refused = 0
    for n in range(size(300, 3000)):
        data, name = (book, "a.xlsx") if n % 15 == 0 else (table, "a.csv")
        try:
            read(broken(data, random.Random(n)), name=name)
        except Refusal:
            refused += 1
    assert refused
    figure("byte mutants of lists of people", asked=size(300, 3_000), done=n + 1)


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "x")
        packed.writestr("xl/workbook.xml", b"0" * (40 << 20))
    with pytest.raises(TooLarge):
        read(out.getvalue())


def test_broken_files_leave_all_or_nothing(village: Hamlet, database: Database) -> None:
    whole = workbook(*family(1, 1), *family(2, 2))
    for n in range(size(6, 60)):
        data = broken(whole, random.Random(n)) if n else whole
        try:
            sent = actions.send_file(CLERK, Act.new(), sort="people", name="a.xlsx", data=data)
            upload = UUID(sent["upload"])
            actions.look_through(CLERK, Act.new(), upload_id=upload)
            seen = queries.upload(CLERK, upload)
            taken = actions.take_in(CLERK, Act.new(), upload_id=upload, decision=actions.Decision(digest=seen.digest))
            actions.undo_import(CLERK, Act.new(), batch_id=UUID(taken["batch"]), reason="试")
        except Refusal:
            pass
        with database.as_role("owner") as owner:
            left = owner.execute("SELECT count(*) FROM registry_person WHERE source = 'import'").fetchone()
        assert left == (0,)
    assert broken_laws() == []
