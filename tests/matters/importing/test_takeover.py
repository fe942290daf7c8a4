"""Whole takeovers: what a dry run says, what is published, what is refused, and undoing it."""

from __future__ import annotations

import csv
import gzip
from argparse import ArgumentParser
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import xlsxwriter

from commongrid.commands import import_matters
from commongrid.insight.queries.loop import loop_figures
from commongrid.insight.rules import Question
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotFound, WrongState
from commongrid.kernel.scope import clock
from commongrid.matters import queries as matters
from commongrid.matters.actions import handling
from commongrid.matters.importing import actions, queries
from commongrid.matters.importing.jobs import Result, Wish, scope_of, take_over_file
from commongrid.matters.importing.telling import as_json, lines
from commongrid.roster.queries import scope_for_session
from tests.factories import desk, older

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database

EYE = clock("test", "figures.read")
HEADER = ["nr", "made", "done", "sort", "where", "words"]
CLOSED = "SELECT state, outcome, place, place_then, due_at FROM matters_matter WHERE closed_at IS NOT NULL"
COLUMNS = "number=nr,opened=made,closed=done,kind=sort,place=where,text=words"


@pytest.fixture
def office(database: Database) -> desk.Desk:
    return desk.lay(database)


def file_of(tmp_path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    path = tmp_path / "older.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def take(path: Path, **wish: Any) -> Result:
    wishes: dict[str, Any] = {"columns": COLUMNS, "default_place": "990101", "yes": True} | wish
    return take_over_file(path, Wish(**wishes), progress=lambda _share, _rows: None)


def one(database: Database, sql: str) -> Any:
    with database.as_role("owner") as owner:
        return owner.execute(sql).fetchone()


def test_dry_run_changes_nothing_and_says_everything(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        ["1", "2024-04-16 08:00", "2024-04-17", "G02", "白沙村", "桥断了"],
        ["2", "2024-04-16 08:00", "", "老桥", "石桥", "断"],
        ["1", "2024-04-16 08:00", "", "", "", ""],
        ["3", "", "2024-04-16", "", "", "13812345678"],
        ["4", "2024-04-16 08:00", "2024-04-15", "", "", ""],
    )
    result = take(path, yes=False)
    told = as_json(result)
    assert (told["rows"], told["matters"], told["open"], told["closed"]) == (5, 2, 1, 1)
    assert (told["dry_run"], told["batch"], told["kept_out"]) == (True, None, 2)
    assert told["duplicates"] == {"in_file": 1, "known": 0}
    assert told["unknown_places"] == [{"place": "石桥", "rows": 1}]
    assert told["to_sort"] == [{"kind": "老桥", "rows": 1}]
    examples = {one["code"]: one for one in told["examples"]}
    assert examples["closed_before_opened"]["row"] == 6
    assert examples["closed_before_opened"]["column"] == "done"
    assert examples["opened_missing"]["zh"] != examples["opened_missing"]["en"]
    assert "13812345678" not in str(told)
    assert "nothing was changed" in "\n".join(lines(result)) or "没有改动" in "\n".join(lines(result))
    assert one(office.database, "SELECT count(*) FROM matters_matter") == (0,)
    assert one(office.database, "SELECT count(*) FROM journal_line") == (0,)


def test_published_matters_owe_what_open_ones_owe(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        ["1", "2024-04-16 08:00", "2024-04-17", "G02", "白沙村", "桥断了"],
        ["2", "2024-04-16 08:00", "", "G02", "990101101201", "桥又断了"],
        ["3", "2024-04-16 08:00", "", "", "", "没人管"],
    )
    result = take(path)
    rows = {row.external_number: row for row in matters.queue(scope_of(desk.COUNTY)).rows}
    assert set(rows) == {"2", "3"}
    assert (rows["2"].owner_level, rows["2"].owner_place, rows["2"].step) == ("township", desk.TOWNSHIP, "accept")
    assert (rows["3"].owner_level, rows["3"].owner_place, rows["3"].kind.code) == ("county", desk.COUNTY, "Z00")
    assert all(row.due_at and row.due_at > datetime.now(UTC) for row in rows.values())
    assert rows["2"].number.startswith("990101-2404-1000000")
    assert one(office.database, CLOSED) == (
        "closed", "done", desk.VILLAGE, desk.VILLAGE, None,
    )  # fmt: skip
    line = one(office.database, "SELECT name, author, subject, facts->>'taken' FROM journal_line")
    assert line == ("matters.imported", "clock:matters.import", result.batch, "3")


def test_same_file_again_is_known_and_other_system_is_not(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, ["1", "2024-04-16", "", "", "", ""], ["2", "2024-04-16", "", "", "", ""])
    assert take(path).batch
    again = take(path)
    assert (again.batch, again.account.taken, again.account.duplicates) == (None, 0, 2)
    other = take(path, system="hotline")
    assert (other.account.taken, other.account.duplicates) == (2, 0)
    assert one(office.database, "SELECT count(*), count(DISTINCT number) FROM matters_matter") == (4, 4)


def test_flagged_matters_are_found_and_count_in_no_figure(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        ["1", "2024-04-16", "2024-04-15", "", "", ""],
        ["2", "", "", "", "", ""],
        ["3", "2024-04-16", "soon", "", "", ""],
        ["4", "2024-04-16", "2024-04-17", "", "", ""],
    )
    result = take(path, dirty="flag")
    assert (result.account.taken, result.account.flagged, result.account.kept_out) == (4, 3, 0)
    figures = loop_figures(EYE, Question(at=datetime.now(UTC)))
    assert (figures.count, figures.closed, figures.backlog, figures.flagged) == (1, 1, 0, 3)
    assert one(office.database, "SELECT count(*) FROM matters_matter WHERE doubt = 'closed_before_opened'") == (1,)


def test_batch_is_undone_while_untouched_and_its_numbers_are_free(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, ["1", "2024-04-16", "", "", "", ""], ["2", "2024-04-16", "2024-04-17", "", "", ""])
    batch, scope = take(path).batch, scope_of(desk.COUNTY)
    assert batch is not None
    assert actions.undo(scope, act := Act.new(), batch_id=batch)["taken"] == 2
    assert actions.undo(scope, act, batch_id=batch)["taken"] == 2
    assert one(office.database, "SELECT count(*) FROM matters_matter") == (0,)
    with pytest.raises(WrongState):
        actions.undo(scope, Act.new(), batch_id=batch)
    with pytest.raises(NotFound):
        actions.undo(scope, Act.new(), batch_id=uuid4())
    second = take(path)
    assert second.account.taken == 2
    assert [row.undone_at is None for row in queries.batches(scope)] == [True, False]


def test_batch_that_was_worked_on_is_not_undone(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, ["1", "2024-04-16", "", "", "", ""])
    batch = take(path).batch
    assert batch is not None
    scope = scope_for_session(office.accounts["county_dispatcher"], desk.id_of("county_dispatcher"), date(2026, 1, 1))
    assert scope is not None
    (row,) = matters.queue(scope).rows
    handling.accept(scope, Act.new(), matter_id=row.id, kind_code="G02")
    assert matters.matter(scope, row.id).row.state == "accepted"
    with pytest.raises(WrongState):
        actions.undo(scope_of(desk.COUNTY), Act.new(), batch_id=batch)
    assert one(office.database, "SELECT count(*) FROM matters_matter") == (1,)


def test_sealed_kinds_go_to_the_competent_unit_or_stay_out(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, ["1", "2024-04-16", "", "A12", "白沙村", "x"], ["2", "2024-04-16", "", "D09", "", "x"])
    result = take(path)
    assert result.account.faults["kind_sealed"] == 2
    assert result.batch is None


def test_workbooks_and_kinds_by_file(office: desk.Desk, tmp_path: Path) -> None:
    path = tmp_path / "older.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [60879417, datetime(2024, 4, 16, 3, 3, 15), 45398.5, "Pothole", "", "x"])  # noqa: DTZ001
    book.close()
    kinds = tmp_path / "kinds.csv"
    kinds.write_text("Pothole,Bridges and culverts\n", encoding="utf-8")
    result = take(path, kinds=kinds, zone="America/New_York")
    assert result.account.taken == 1
    found = one(office.database, "SELECT external_number, kind_code, opened_at, closed_at FROM matters_matter")
    assert found == (
        "60879417", "G02", datetime(2024, 4, 16, 7, 3, 15, tzinfo=UTC), datetime(2024, 4, 16, 16, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"columns": "number=nr,opened=born"}, "born"),
        ({"columns": "number=nr,opened=made,age=words"}, "age"),
        ({"zone": "Mars/Olympus"}, "Mars"),
        ({"zone": "../../etc/passwd"}, "time zone"),
        ({"default_place": "990101999"}, "990101999"),
        ({"default_place": "nowhere"}, "nowhere"),
        ({"system": "x" * 25}, "24"),
        ({"system": ""}, "24"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    office: desk.Desk, tmp_path: Path, wish: dict[str, str], says: str
) -> None:
    path = file_of(tmp_path, ["1", "2024-04-16", "", "", "", ""])
    with pytest.raises(BadInput) as refused:
        take(path, **wish)
    assert says in str(refused.value)
    assert one(office.database, "SELECT count(*) FROM matters_matter") == (0,)


def test_order_of_day_and_month_is_asked_for_where_the_file_is_silent(office: desk.Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, ["1", "04/05/2024", "04/06/2024", "", "", ""])
    with pytest.raises(BadInput, match="--dates"):
        take(path)
    assert take(path, dates="dmy").account.taken == 1
    assert one(office.database, "SELECT opened_at FROM matters_matter") == (datetime(2024, 5, 3, 16, tzinfo=UTC),)


def test_file_that_breaks_off_is_refused_whole(office: desk.Desk, tmp_path: Path) -> None:
    path = older.write(tmp_path / "older.csv.gz", older.rows(20_000, ["990101101201"]))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(BadInput):
        take(path, columns=older.COLUMNS)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        stream.write('nr,made\n1,2024-04-16\n2,"2024-04-16\n')
    with pytest.raises(BadInput):
        take(path, columns="number=nr,opened=made")
    assert one(office.database, "SELECT count(*) FROM matters_matter") == (0,)


def test_two_takeovers_at_once_take_a_number_once(
    office: desk.Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, ["1", "2024-04-16", "", "", "", ""])
    assert take(path).account.taken == 1
    monkeypatch.setattr(queries, "known_numbers", lambda *_: set())
    with pytest.raises(WrongState):
        take(path)
    assert one(office.database, "SELECT count(*) FROM matters_matter") == (1,)
    assert one(office.database, "SELECT count(*) FROM matters_import_batch") == (1,)


def test_rows_kept_out_are_written_to_a_new_file(
    office: desk.Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.accounts
    monkeypatch.setattr(import_matters, "county_open", nullcontext)
    path = file_of(tmp_path, ["1", "", "", "", "", "=HYPERLINK(1)"], ["2", "2024-04-16", "", "", "", ""])
    rejects = tmp_path / "rejects.csv"
    parser = ArgumentParser()
    import_matters.arguments(parser)
    command = [str(path), "--columns", COLUMNS, "--default-place", "990101", "--rejects", str(rejects), "--json"]
    assert import_matters.run(parser.parse_args(command)) == 0
    header, *rows = list(csv.reader(rejects.read_text(encoding="utf-8-sig").splitlines()))
    assert header[:3] == ["row", "code", "column"]
    assert rows == [["2", "opened_missing", "made", rows[0][3], rows[0][4], "1", "", "", "", "", "'=HYPERLINK(1)"]]
    assert rejects.stat().st_mode & 0o077 == 0
    with pytest.raises(BadInput):
        import_matters.run(parser.parse_args([*command[:-2], str(path)]))
    assert import_matters.run(parser.parse_args(["--json"])) == 2
