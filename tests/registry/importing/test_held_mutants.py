"""Crafted sheets of sites, things, organisations, members, flags: every seeded fault is told at its row."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from commongrid.kernel.refusals import Refusal
from commongrid.kernel.sheets import Limits, read_rows
from commongrid.registry.importing.rules import layout
from commongrid.registry.importing.rules.faults import FAULTS
from commongrid.registry.importing.rules.held_columns import HELD
from commongrid.registry.importing.rules.held_reading import HeldRead, HeldReader
from commongrid.registry.importing.rules.words import FIXED, meanings
from tests.factories.desk import HAMLET, VILLAGE
from tests.figures import Record
from tests.registry.importing.making import number, row
from tests.registry.importing.test_mutants import MEANING, OF_HELD, as_csv, broken, typed
from tests.sizes import size

LISTS = {
    "site": (("22", "学校", "School"),),
    "use": (("01", "住宅", "Housing"),),
    "hazard": (("23", "危房", "Unsafe house"),),
    "thing": (("21", "水井", "Well"),),
    "organisation": (("13", "农民专业合作社", "Cooperative"),),
    "duty": (("leader", "负责人", "Leader"),),
    "flag": (("veteran", "退役军人与优抚户", "Veteran"),),
}
HERE = replace(
    MEANING,
    places={"白沙村": VILLAGE, "同名村": None},
    codes={**MEANING.codes, **{name: meanings(rows, name) for name, rows in (LISTS | FIXED).items()}},
)
CLEAN: dict[str, dict[str, object]] = {
    "sites": {
        "natural_village": "上河",
        "name": "白沙小学",
        "kind": "22",
        "door": "上河1号",
        "use": "住宅",
        "hazard": "危房",
        "person": "周大山",
        "id_number": number(1),
        "built_on": "1998年9月1日",
        "storeys": "2",
        "self_built": "否",
        "lon": "108.2",
        "lat": "27.5",
        "grid": "第1网格",
    },
    "things": {
        "natural_village": "上河",
        "name": "老井",
        "kind": "水井",
        "mark": "A-1",
        "site": "白沙小学",
        "person": "周大山",
        "number": "1",
        "every_months": "6",
        "last_check_on": "2026-01-01",
        "next_check_on": "2026-07-01",
        "condition": "完好",
    },
    "organisations": {
        "place": "白沙村",
        "name": "合作社",
        "kind": "农民专业合作社",
        "credit_code": "91350100M000100Y43",
        "founded_on": "2015/3/4",
    },
    "members": {
        "place": "白沙村",
        "organisation": "合作社",
        "person": "周大山",
        "duty": "负责人",
        "from_on": "20240101",
        "to_on": "20260101",
    },
    "flags": {
        "flag": "退役军人",
        "natural_village": "上河",
        "number": "1",
        "person": "周大山",
        "from_on": "2019-08-01",
        "to_on": "2026-08-01",
        "body": "县民政局",
        "basis": "优待证",
    },
}
LONG = "长" * 201
SEEDED: list[tuple[str, str, object, str]] = [
    # the sheet, the field, what is written there, the fault that must be told
    ("sites", "natural_village", "", "natural_village_missing"),
    ("sites", "natural_village", "两河", "natural_village_several"),
    ("sites", "kind", "", "any_missing"),
    ("sites", "kind", "庙", "any_unknown"),
    ("sites", "name", "长" * 61, "any_long"),
    ("sites", "name", "=1+1", "formula_text"),
    ("sites", "door", LONG, "door_long"),
    ("sites", "use", "别的", "any_unknown"),
    ("sites", "id_number", "123", "id_number_length"),
    ("sites", "id_number", 520623199001011234, "id_number_decimal"),
    ("sites", "built_on", "农历八月", "any_lunar"),
    ("sites", "built_on", "2031-01-01", "any_future"),
    ("sites", "built_on", "很久", "any_unreadable"),
    ("sites", "storeys", "两层", "any_unreadable"),
    ("sites", "storeys", "0", "any_unreadable"),
    ("sites", "storeys", "1000", "any_unreadable"),
    ("sites", "self_built", "也许", "any_unknown"),
    ("sites", "lon", "200", "lon_unreadable"),
    ("sites", "lat", "", "lat_missing"),
    ("sites", "grid", "远格", "grid_apart"),
    ("sites", "person", "张\u202e三", "unprintable"),
    ("sites", "hazard", "同上", "ditto_here"),
    ("things", "mark", "长" * 41, "any_long"),
    ("things", "every_months", "0", "any_unreadable"),
    ("things", "every_months", "半年", "any_unreadable"),
    ("things", "last_check_on", "2033-01-01", "any_future"),
    ("things", "next_check_on", "明年", "any_unreadable"),
    ("things", "condition", "凑合", "any_unknown"),
    ("things", "number", "1.23457E+20", "number_decimal"),
    ("things", "site", "@SUM(A1)", "formula_text"),
    ("organisations", "place", "同名村", "any_several"),
    ("organisations", "place", "石桥", "any_unknown"),
    ("organisations", "place", "", "any_missing"),
    ("organisations", "name", "", "any_missing"),
    ("organisations", "name", "社" * 81, "any_long"),
    ("organisations", "credit_code", "91350100M000100Y44", "credit_code_unreadable"),
    ("organisations", "credit_code", "123", "credit_code_unreadable"),
    ("organisations", "founded_on", "04/05/2015", "any_unreadable"),
    ("members", "organisation", "", "any_missing"),
    ("members", "person", "", "any_missing"),
    ("members", "duty", "", "any_missing"),
    ("members", "duty", "会长", "any_unknown"),
    ("members", "person", "-1", "formula_text"),
    ("members", "from_on", "2030-01-01", "any_future"),
    ("members", "to_on", "2023-12-31", "to_on_before"),
    ("members", "to_on", "2030-01-01", "any_future"),
    ("flags", "to_on", "腊月", "any_lunar"),
    ("flags", "to_on", "2019-07-31", "to_on_before"),
    ("flags", "flag", "", "any_missing"),
    ("flags", "flag", "富裕户", "any_unknown"),
    ("flags", "basis", LONG, "any_long"),
    ("flags", "body", "局" * 61, "any_long"),
    ("flags", "from_on", date(1700, 1, 1), "any_unreadable"),
    ("flags", "from_on", "1700-01-01", "any_unreadable"),
]


def read(data: bytes, sort: str, name: str = "a.xlsx") -> tuple[HeldReader, list[HeldRead]]:
    """What a file says, read as an import does."""
    sheet = read_rows(data, name, headers=0, marked=True, limits=Limits(sent=1 << 22, unpacked=1 << 25, seconds=20))
    rows = list(sheet.numbered)
    headed = layout.headed(sort, [cells for _, cells in rows[: layout.LOOKED_AT + 2]])
    reader = HeldReader(sort, headed, HERE)
    return reader, [reader.held(n, cells, sheet.marks.get(n)) for n, cells in rows[headed.above :]]


def head(sort: str) -> list[str]:
    return [column.heading for column in HELD[sort]]


def table(sort: str, rows: list[dict[str, object]]) -> bytes:
    return as_csv([head(sort), *(row(one, HELD[sort]) for one in rows)], "utf-8")


@pytest.mark.parametrize("sort", HELD)
def test_clean_rows_have_nothing_to_report(sort: str) -> None:
    for data, name in ((table(sort, [CLEAN[sort]]), "a.csv"), (typed([CLEAN[sort]], head(sort), HELD[sort]), "a.xlsx")):
        reader, found = read(data, sort, name)
        assert (reader.faults, reader.notes, [one.bad for one in found]) == ([], {}, [False])
        assert set(found[0].said) == CLEAN[sort].keys() - {
            "natural_village", "place", "grid", "person", "id_number", "number", "site", "organisation", "flag"
        }  # fmt: skip


@pytest.mark.parametrize(("sort", "name", "said", "expected"), SEEDED)
def test_every_seeded_fault_is_told_at_its_row(
    sort: str, name: str, said: object, expected: str, figure: Record
) -> None:
    for seed in range(size(1, 4)):
        dice = random.Random(f"{sort}:{name}:{said}:{seed}")
        rows = [dict(CLEAN[sort]) for _ in range(6)]
        hit = dice.randrange(len(rows))
        rows[hit][name] = said
        if isinstance(said, str) and not seed % 2:
            reader, found = read(table(sort, rows), sort, "a.csv")
        else:
            reader, found = read(typed(rows, head(sort), HELD[sort]), sort)
        assert {(one.row, one.code) for one in reader.faults} == {(hit + 2, expected)}
        assert [one.row for one in found if one.bad] == [hit + 2]
        assert not [one for one in reader.faults if number(1) in one.value]
    figure("semantic mutants of lists of other records", asked=size(1, 4), done=seed + 1)


def test_every_fault_of_these_sheets_has_its_mutant() -> None:
    beside = Path(__file__).with_name("test_held.py").read_text(encoding="utf-8")
    told = {expected for *_row, expected in SEEDED}
    of_held = {code for code in FAULTS if code.startswith(OF_HELD)}
    assert not [code for code in of_held - told if f'"{code}"' not in beside]


def test_the_same_as_above_and_old_headings() -> None:
    rows: list[list[Any]] = [
        ["自然村", "场所名称", "类别", "业主"],
        ["上河", "甲", "学校", "张　三"],
        ["同上", "乙", "学校", ""],
    ]
    reader, found = read(as_csv(rows), "sites", "a.csv")
    assert (reader.faults, [(one.place, one.person) for one in found]) == ([], [(HAMLET, "张三"), (HAMLET, "")])


def test_broken_bytes_are_read_or_refused(figure: Record) -> None:
    refused = 0
    for n in range(size(100, 1000)):
        sort = list(HELD)[n % len(HELD)]
        try:
            read(broken(table(sort, [CLEAN[sort]] * 5), random.Random(n)), sort, "a.csv")
        except Refusal:
            refused += 1
    assert refused
    figure("byte mutants of lists of other records", asked=size(100, 1_000), done=n + 1)
