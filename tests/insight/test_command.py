"""`commongrid figures loop`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from commongrid.commands import figures_loop
from commongrid.kernel.refusals import BadInput, Refusal
from commongrid.matters.importing.jobs import Wish, take_over_file
from tests.factories import desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database

ROWS = """number,opened,closed,kind
1,2024-04-16 00:00,2024-04-16 00:10,G02
2,2024-04-16 23:59:59,2024-04-24 00:00,B01
3,2024-04-17 00:00,,G02
"""


@pytest.fixture
def _county(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.lay(database)
    monkeypatch.setattr(figures_loop, "county_open", nullcontext)
    path = tmp_path / "older.csv"
    path.write_text(ROWS, encoding="utf-8")
    columns = "number=number,opened=opened,closed=closed,kind=kind"
    take_over_file(path, Wish(columns=columns, default_place="990101", yes=True), progress=lambda _share, _rows: None)


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    parser = ArgumentParser()
    figures_loop.arguments(parser)
    assert figures_loop.run(parser.parse_args([*words, "--json"])) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("_county")
def test_periods_are_half_open_days_of_the_county(capsys: pytest.CaptureFixture[str]) -> None:
    day = answer(capsys, "--from", "2024-04-16", "--to", "2024-04-17")
    assert {name: day[name] for name in ("count", "closed", "open", "backlog", "within_7d", "within_15d")} == {
        "count": 2, "closed": 2, "open": 0, "backlog": 1, "within_7d": 1, "within_15d": 2,
    }  # fmt: skip
    assert day["median_seconds"] == (600 + 7 * 86400 + 1) / 2
    assert (day["on_time"], day["reopened"], day["satisfied"]) == (None, None, None)
    assert day["asked"]["from"] == "2024-04-15T16:00:00+00:00"
    then = answer(capsys, "--at", "2024-04-16T00:05:00")
    assert (then["count"], then["closed"], then["open"], then["backlog"], then["p90_seconds"]) == (3, 0, 3, 1, None)
    assert answer(capsys, "--kind", "G")["count"] == 2
    assert answer(capsys, "--place", "990101101")["count"] == 0
    patrol = answer(capsys, "--series", "patrol")
    assert (patrol["count"], "by_series" in patrol) == (0, False)


@pytest.mark.usefixtures("_county")
def test_the_four_series_stand_apart_beside_what_they_come_to(capsys: pytest.CaptureFixture[str]) -> None:
    whole = answer(capsys)
    assert {series: one["count"] for series, one in whole["by_series"].items()} == {
        "asked": 3, "patrol": 0, "systems": 0, "register": 0,
    }  # fmt: skip
    assert whole["by_series"]["asked"]["closed"] == whole["closed"] == 2
    parser = ArgumentParser()
    figures_loop.arguments(parser)
    assert figures_loop.run(parser.parse_args([])) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["asked", "patrol", "systems", "register", "all"]
    assert lines[0].split() == ["count", "3", "0", "0", "0", "3"]


@pytest.mark.usefixtures("_county")
@pytest.mark.parametrize(
    "words",
    [
        ("--from", "soon"), ("--at", "2024-02-30"), ("--from", "2024-05-01", "--to", "2024-04-01"), ("--kind", "X"),
        ("--place", "999999"), ("--place", "here"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as refused:
        answer(capsys, *words)
    assert refused.value.status in (404, BadInput.status)
