"""`commongrid import places`: what it prints, applies and refuses, for every kind of file."""

from __future__ import annotations

import csv
import json
from contextlib import nullcontext
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from django.utils import translation

from commongrid.commands import import_places, opening
from commongrid.kernel.refusals import BadInput, Unavailable
from commongrid.kernel.scope import clock
from commongrid.territory import queries
from tests.factories.places import HEADER, Row, as_owner, whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bed import Database

EYE = clock("test")


class Terminal:
    """Somebody at a terminal: runs the command and reads what it prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *words: object) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        import argparse

        parser = argparse.ArgumentParser()
        import_places.arguments(parser)
        with translation.override("en"):
            code = import_places.run(parser.parse_args([str(word) for word in words]))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def counts(self, *words: object) -> dict[str, Any]:
        """What it prints as JSON, without zeros, if it did not fail."""
        code, out, _err = self.run(*words, "--json")
        assert code == 0
        told = json.loads(out)
        assert list(told) == [
            "county", "township", "village", "natural_village", "grid", "applied", "changes", "notes",
        ]  # fmt: skip
        levels = ("county", "township", "village", "natural_village", "grid")
        return {level: {what: n for what, n in told[level].items() if n} for level in levels} | {
            "applied": told["applied"], "changes": told["changes"],
        }  # fmt: skip


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setattr(opening, "county_open", lambda **_how: nullcontext())
    return Terminal(capsys)


def written(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> Path:
    text = StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding=encoding)
    return path


def later() -> list[Row]:
    """A list in which two villages are gone, one is renamed and one re-coded."""
    gone = {"990101001001", "990101201203"}
    rows = [row for row in whole() if row[0] not in gone]
    new = {"990101001201": ("990101001201", "新溪口村村民委员会"), "990101101202": ("990101101299", "河口村村民委员会")}
    return [(*new[row[0]], *row[2:]) if row[0] in new else row for row in rows]


def test_import_places_from_first_list_to_a_changed_one(database: Database, terminal: Terminal, tmp_path: Path) -> None:
    first, second = written(tmp_path / "1.csv", [HEADER, *whole()]), written(tmp_path / "2.csv", [HEADER, *later()])
    with as_owner(database):
        looked = terminal.counts(first, "--preview")
        assert (looked["village"], looked["applied"]) == ({"new": 9}, False)
        assert queries.counties(EYE) == []
        taken = terminal.counts(first)
        assert [taken[level] for level in ("county", "township", "village")] == [{"new": 1}, {"new": 3}, {"new": 9}]
        assert taken["applied"]
        again = terminal.counts(first)
        assert (again["village"], again["changes"]) == ({"unchanged": 9}, [])

        expected = {"renamed": 1, "recoded": 1, "ended": 2, "unchanged": 5}
        preview = terminal.counts(second)
        assert (preview["village"], preview["applied"]) == (expected, False)
        assert {change["what"]: change["code"] for change in preview["changes"]} == {
            "renamed": "990101001201", "recoded": "990101101299", "ended": "990101201203",
        }  # fmt: skip
        code, out, _err = terminal.run(second)
        assert (code, out.splitlines()[-1]) == (0, "Nothing was changed. Run it again with --yes to apply this.")
        assert "re-coded: 990101101202 河口村村民委员会 -> 990101101299 河口村村民委员会" in out
        assert "renamed: 990101001201 溪口村村民委员会 -> 新溪口村村民委员会" in out
        assert not queries.place(EYE, 990101201203000).ended

        applied = terminal.counts(second, "--yes")
        assert (applied["village"], applied["applied"]) == (expected, True)
        assert terminal.counts(second)["village"] == {"unchanged": 7}
        code, _out, err = terminal.run(first, "--yes")
        assert code == 1
        assert "Row 8: 990101001001 ended on" in err
        assert "Nothing was changed: the list has 3 faults." in err
        resumed = terminal.counts(first, "--yes", "--resume")
        assert resumed["village"] == {"new": 2, "renamed": 1, "recoded": 1, "unchanged": 5}


def test_import_places_reads_every_kind_of_file(database: Database, terminal: Terminal, tmp_path: Path) -> None:
    chinese = {"province": "省级", "prefecture": "地级", "county": "县级", "township": "乡级"}
    rows = [
        (code.rstrip("0").ljust({"county": 6, "township": 9}.get(level, 2), "0") if level in chinese else code, name,
         chinese.get(level, "村级"), parent)
        for code, name, level, parent in whole()
    ]  # fmt: skip
    book = xlsxwriter.Workbook(tmp_path / "list.xlsx")
    sheet = book.add_worksheet()
    for at, (code, name, _level, _parent) in enumerate(whole()):
        sheet.write_number(at, 0, int(code))
        sheet.write_string(at, 1, name)
    book.close()
    files = [
        written(tmp_path / "gb.csv", [("统计用区划代码", "名称", "级别", "上级"), *rows], "gb18030"),
        written(tmp_path / "bom.csv", [HEADER, *whole()], "utf-8-sig"),
        written(tmp_path / "bare.csv", [row[:2] for row in whole()]),
        tmp_path / "list.xlsx",
    ]
    with as_owner(database):
        assert terminal.counts(files[0])["village"] == {"new": 9}
        for file in files[1:]:
            assert terminal.counts(file)["village"] == {"unchanged": 9}, file


def test_import_places_refuses_in_words(database: Database, terminal: Terminal, tmp_path: Path) -> None:
    good = written(tmp_path / "good.csv", [HEADER, *whole()])
    bad = written(tmp_path / "bad.csv", [HEADER, *whole()[:-1], ("9901", "", "village", ""), ("x", "甲", "", "")])
    with as_owner(database):
        code, out, err = terminal.run(bad, "--json")
        assert code == 1
        assert [fault["row"] for fault in json.loads(out)["faults"]] == [16, 17]
        assert "Row 17: x is not a place code" in err
        for words, sentence in (
            ((tmp_path / "none.csv",), "There is no file"),
            ((good, "--columns", "code"), "Write --columns as field=heading"),
            ((good, "--columns", "colour=code"), "has no field colour"),
            ((good, "--extent", "12"), None),
            ((good, "--extent", "x"), "x is not a place code"),
            ((good, "--on", "2999-01-01"), "can't be a day to come"),
        ):
            if sentence is not None:
                with pytest.raises(BadInput, match=sentence):
                    terminal.run(*words)
        lineage = written(tmp_path / "lineage.csv", [("旧代码", "新代码"), ("990101101201", ""), ("1", "2")])
        code, _out, err = terminal.run(good, "--lineage", lineage)
        assert (code, err.count("Row ")) == (1, 2)
        assert queries.counties(EYE) == []
    with pytest.raises(Unavailable, match="DATABASE_OWNER_URL"):
        terminal.run(good)
    with pytest.raises(SystemExit):
        terminal.run(good, "--on", "yesterday")


def test_import_places_merges_by_lineage(database: Database, terminal: Terminal, tmp_path: Path) -> None:
    with as_owner(database):
        terminal.run(written(tmp_path / "1.csv", [HEADER, *whole()]))
        fewer = written(tmp_path / "2.csv", [HEADER, *(row for row in whole() if row[0] != "990101101201")])
        pairs = written(tmp_path / "pairs.csv", [("old", "new"), ("990101101201", "990101101202")])
        assert terminal.counts(fewer, "--lineage", pairs, "--yes")["village"] == {"ended": 1, "unchanged": 8}
        assert [row.code for row in queries.successors(EYE, 990101101201000)] == [990101101202000]
