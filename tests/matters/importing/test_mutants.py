"""Broken files: every seeded fault is reported at its row, and no broken byte ends in a crash or a half import."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from commongrid.kernel.refusals import Refusal
from commongrid.kernel.sheets import Limits, read_rows
from commongrid.matters.importing.jobs import Wish, take_over_file
from commongrid.matters.importing.rules.columns import bind, parse_columns
from commongrid.matters.importing.rules.faults import FAULTS, NOTES, Account, Fault
from commongrid.matters.importing.rules.reading import Reader, Settings
from tests.factories import desk
from tests.figures import Record
from tests.sizes import size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.bed import Database

HEADER = ["nr", "made", "done", "what", "words", "sort", "where", "line", "from", "by", "happy", "again", "about"]
FIELDS = [
    "number",
    "opened",
    "closed",
    "title",
    "text",
    "kind",
    "place",
    "series",
    "source",
    "due",
    "satisfied",
    "reopened",
    "about",
]
COLUMNS = ",".join(f"{field}={header}" for field, header in zip(FIELDS, HEADER, strict=True))
SETTINGS: dict[str, Any] = {
    "zone": ZoneInfo("America/New_York"),
    "now": datetime(2026, 11, 24, tzinfo=UTC),
    "kinds": {"g02": "G02", "a12": "A12"},
    "places": {"990101101201": desk.VILLAGE},
    "unsorted": "Z00",
    "sealed": {"A12": None},
}
CLEAN = ["", "2024-04-16 08:00:00", "2024-04-17 08:00:00", "Bridge", "broken", "G02", "990101101201", "asked",
         "villager", "2024-05-01", "yes", "no", ""]  # fmt: skip
ROWS = 30

SEMANTIC: list[tuple[str, str, str]] = [
    # column, what is written there, the fault or note that must be reported
    ("nr", "", "number_missing"), ("nr", "   ", "number_missing"), ("nr", "N" * 65, "number_too_long"),
    ("nr", "K3", "number_twice"), ("nr", " K3 ", "number_twice"),
    ("made", "", "opened_missing"), ("made", "-", "opened_missing"), ("made", "N/A", "opened_missing"),
    ("made", "NULL", "opened_missing"), ("made", "无", "opened_missing"), ("made", "soon", "opened_unreadable"),
    ("made", "2024-02-30", "opened_unreadable"), ("made", "2024-13-01", "opened_unreadable"),
    ("made", "24-4-16", "opened_unreadable"), ("made", "2024-04-16 25:00", "opened_unreadable"),
    ("made", "2024-04-16 08:61", "opened_unreadable"), ("made", "04/05/2024", "opened_unreadable"),
    ("made", "0001-01-01", "opened_unreadable"), ("made", "9999-12-31", "opened_unreadable"),
    ("made", "=NOW()", "opened_unreadable"), ("made", "13812345678", "opened_unreadable"),
    ("done", "soon", "closed_unreadable"), ("done", "2024-04-31", "closed_unreadable"),
    ("done", "２０２４年４月３１日", "closed_unreadable"), ("done", "2024-04-16 07:59:59", "closed_before_opened"),
    ("done", "1900-01-01", "closed_before_opened"), ("done", "2024年4月15日", "closed_before_opened"),
    ("made", "2024-03-10 02:30", "time_forward"), ("done", "2024-11-03 01:30", "time_first"),
    ("done", "2031-01-01", "closed_later"), ("where", "990101999999", "place_unknown"),
    ("where", "石桥", "place_unknown"),
    ("where", "", "place_unknown"), ("where", "5.20623E+11", "place_unknown"), ("sort", "Pothole", "kind_unsorted"),
    ("sort", "", "kind_unsorted"), ("sort", "G", "kind_unsorted"), ("sort", "A12", "kind_sealed"),
    ("line", "everything", "series_unknown"), ("from", "nobody", "source_unknown"), ("by", "later", "due_unreadable"),
    ("happy", "perhaps", "satisfied_unreadable"), ("again", "often", "reopened_unreadable"),
    ("about", "somebody", "about_unknown"), ("about", "县", "about_county"),
    ("words", "x" * 20_001, "text_cut"),
]  # fmt: skip


def clean() -> list[list[str]]:
    return [[f"K{n}", *CLEAN[1:]] for n in range(ROWS)]


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([HEADER, *rows])
    return written.getvalue().encode(encoding, errors="replace")


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for n, row in enumerate([HEADER, *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(n, column, cell)
    book.close()
    return written.getvalue()


def account_of(data: bytes, name: str = "older.csv", limits: Limits | None = None) -> tuple[Account, list[Fault]]:
    found: list[Fault] = []
    account = Account(sink=lambda fault, _row: found.append(fault))
    sheet = read_rows(data, name, limits=limits)
    reader = Reader(bind(parse_columns(COLUMNS), sheet.header), Settings(**SETTINGS), account)
    for number, row in sheet.numbered:
        reader.read(number, row)
    return account, found


def test_clean_file_has_nothing_to_report() -> None:
    for data in (as_csv(clean()), as_csv(clean(), "gb18030"), as_csv(clean(), "utf-16"), as_workbook(clean())):
        account, found = account_of(data)
        assert (account.taken, account.kept_out, found, dict(account.notes)) == (ROWS, 0, [], {})


@pytest.mark.parametrize(("column", "text", "expected"), SEMANTIC)
def test_every_seeded_fault_is_reported_at_its_row(column: str, text: str, expected: str, figure: Record) -> None:
    for seed in range(size(1, 6)):
        dice = random.Random(f"{column}:{text}:{seed}")
        rows = clean()
        hit = dice.randrange(4, ROWS)  # behind row K3, whose number is doubled
        rows[hit][HEADER.index(column)] = text
        data = as_csv(rows, "gb18030") if seed % 2 else as_csv(rows)
        account, found = account_of(data)
        if expected in NOTES:
            assert (account.notes[expected], account.taken, found) == (1, ROWS, []), dict(account.notes)
            continue
        assert [(one.row, one.code, one.column) for one in found] == [(hit + 2, expected, column)]
        assert (account.taken, account.faults[expected]) == (ROWS - 1, 1)
        assert "13812345678" not in found[0].value
    figure("semantic mutants of lists to import", asked=size(1, 6), done=seed + 1)


def test_there_are_enough_classes() -> None:
    assert len({(expected, text) for _, text, expected in SEMANTIC}) >= 40
    assert {expected for _, _, expected in SEMANTIC} >= (set(FAULTS) | set(NOTES)) - {
        "number_known", "opened_later", "place_default"
    }  # fmt: skip


def broken(data: bytes, dice: random.Random) -> bytes:
    """The file with some bytes changed, cut, doubled, dropped or swapped."""
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
                changed[at:at] = dice.choice(
                    [b'"', b"\0", b"\xff\xfe", b"\r", b",", "，".encode(), b"\n\n", b"PK\3\4", b"\x1f\x8b"]
                )
            case _:
                del changed[max(at, len(changed) // 2) :]
        if not changed:
            return b"x"
    return bytes(changed)


def test_broken_bytes_are_read_or_refused(figure: Record) -> None:
    limits = Limits(sent=1 << 22, unpacked=1 << 24, seconds=20)
    sources: list[tuple[str, Callable[[], bytes]]] = [
        ("older.csv", lambda: as_csv(clean())),
        ("older.csv", lambda: as_csv(clean(), "gb18030")),
        ("older.csv", lambda: as_csv(clean(), "utf-16")),
    ]
    refused = 0
    for n in range(size(400, 3000)):
        dice = random.Random(n)
        name, make = sources[n % len(sources)]
        try:
            account, _found = account_of(broken(make(), dice), name, limits)
        except Refusal:
            refused += 1
        else:
            assert account.rows == account.taken + account.duplicates + account.kept_out
    assert refused
    figure("byte mutants of lists to import", asked=size(400, 3_000), done=n + 1)


def test_broken_workbooks_are_read_or_refused() -> None:
    book, limits = as_workbook(clean()), Limits(sent=1 << 22, unpacked=1 << 24, seconds=20)
    for n in range(size(12, 200)):
        try:
            account_of(broken(book, random.Random(n)), "older.xlsx", limits)
        except Refusal:
            continue


def test_broken_files_leave_all_or_nothing(database: Database, tmp_path: Path) -> None:
    office = desk.lay(database)
    path = tmp_path / "older.csv"
    for n in range(size(12, 200)):
        path.write_bytes(broken(as_csv(clean()), random.Random(1000 + n)))
        wish = Wish(columns=COLUMNS, default_place="990101", system=f"s{n}", yes=True, dates="mdy")
        try:
            taken = take_over_file(path, wish, progress=lambda _share, _rows: None).account.taken
        except Refusal:
            taken = 0
        with office.database.as_role("owner") as owner:
            count = owner.execute(
                "SELECT count(*) FROM matters_matter WHERE external_system = %s", [f"s{n}"]
            ).fetchone()
        assert count == (taken,)
