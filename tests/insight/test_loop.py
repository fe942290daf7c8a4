"""The figures of the loop against independent code, over a file full of traps; tallies and boards against both."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commongrid.insight import jobs
from commongrid.insight.queries import behind, board
from commongrid.insight.queries.chosen import kinds_meant
from commongrid.insight.queries.loop import loop_by_series, loop_figures
from commongrid.insight.rules import Question, instant
from commongrid.kernel.act import Act
from commongrid.kernel.places import interval, show
from commongrid.kernel.refusals import BadInput, NotFound
from commongrid.kernel.scope import Scope, clock
from commongrid.matters.importing import actions
from commongrid.matters.importing.jobs import Wish, scope_of, take_over_file
from commongrid.territory import queries as territory
from tests.factories import desk, older
from tests.readers import readers_see

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from commongrid.matters.queries import MatterRow
    from tests.bed import Database

EYE = clock("test.figures", "figures.read")
PLACES = [show(code) for code in (desk.VILLAGE, desk.OTHER_VILLAGE, desk.FAR_VILLAGE, desk.TOWNSHIP)]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def county(scope_kind: str = "post", **changes: Any) -> Scope:
    values: dict[str, Any] = {"kind": scope_kind, "lo": interval(desk.COUNTY).lo, "hi": interval(desk.COUNTY).hi}
    return Scope(**values | {"powers": frozenset(["figures.read", "matters.read"]), "level": "county"} | changes)


@pytest.fixture
def taken(database: Database, tmp_path: Path) -> tuple[list[older.Known], UUID]:
    desk.lay(database)
    path = older.write(tmp_path / "older.csv.gz", older.rows(900, PLACES))
    kinds = tmp_path / "kinds.csv"
    kinds.write_text("older,code\nBridge,G02\nWater,B01\nDog,\n", encoding="utf-8")
    wish = Wish(columns=older.COLUMNS, default_place="990101", zone=older.ZONE, kinds=kinds, yes=True)
    result = take_over_file(path, wish, progress=lambda _share, _rows: None)
    assert result.batch is not None
    return older.understood(path), result.batch


def asked(**changes: Any) -> Question:
    return Question(**{"at": datetime.now(UTC)} | changes)


def agree(known: list[older.Known], question: Question, scope: Scope = EYE) -> None:
    """Every figure equals the independent one."""
    expected = older.figures(known, question.begin, question.end, question.at)
    found = asdict(loop_figures(scope, question))
    for name, value in expected.items():
        assert found[name] == (pytest.approx(value, abs=1e-5) if isinstance(value, float) else value), name


def test_figures_equal_independent_code(taken: tuple[list[older.Known], UUID]) -> None:
    known, _batch = taken
    moments = [datetime(2024, month, day, hour, 7, 9, tzinfo=UTC) for month, day, hour in
               ((3, 10, 6), (3, 10, 7), (3, 11, 0), (6, 1, 9), (11, 3, 5), (11, 3, 6), (11, 9, 0))]  # fmt: skip
    agree(known, asked())
    for begin in (None, *moments):
        for end in (None, *moments):
            agree(known, asked(begin=begin, end=end))
    for at in moments:
        agree(known, asked(at=at))


def test_figures_by_kind_group_place_and_series(taken: tuple[list[older.Known], UUID]) -> None:
    known, _batch = taken
    sorts = {"G02": {"Bridge"}, "G": {"Bridge"}, "B": {"Water"}, "Z00": {"Dog"}}
    for code, words in sorts.items():
        agree([one for one in known if one.row["sort"] in words], asked(kinds=kinds_meant(EYE, code)))
    for place, prefix in ((desk.VILLAGE, show(desk.VILLAGE)), (desk.TOWNSHIP, "990101101"), (desk.COUNTY, "990101")):
        lo, hi = interval(place)
        agree([one for one in known if one.row["where"].startswith(prefix)], asked(lo=lo, hi=hi))
    for series, line in (("asked", ""), ("patrol", "patrol")):
        agree([one for one in known if one.row["line"] == line], asked(series=series))
        by_series = loop_by_series(EYE, asked())
        assert by_series[series] == loop_figures(EYE, asked(series=series))
    assert by_series["systems"].count == 0
    assert by_series["systems"].on_time is None
    with pytest.raises(BadInput):
        kinds_meant(EYE, "X99")


def test_a_post_counts_only_its_own_places(taken: tuple[list[older.Known], UUID]) -> None:
    known, _batch = taken
    village = county(lo=desk.VILLAGE, hi=interval(desk.VILLAGE).hi, level="village")
    agree([one for one in known if one.row["where"] == show(desk.VILLAGE)], asked(), village)
    assert loop_figures(Scope(kind="public"), asked()).count == 0


def every(question: Question, which: str) -> list[MatterRow]:
    """All pages of the rows behind a figure."""
    page = behind.rows_behind(EYE, question, which)
    rows = list(page.rows)
    while page.next:
        page = behind.rows_behind(EYE, question, which, page.next)
        rows += page.rows
    assert len({row.id for row in rows}) == len(rows)
    return rows


def test_rows_behind_are_those_counted(taken: tuple[list[older.Known], UUID]) -> None:
    question = asked(begin=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 9, 1, tzinfo=UTC))
    figures = asdict(loop_figures(EYE, question))
    assert board.board(EYE, desk.COUNTY, question).opened == figures["count"]
    for which in (
        "count",
        "closed",
        "open",
        "within_7d",
        "within_15d",
        "within_30d",
        "on_time",
        "satisfied",
        "backlog",
    ):
        assert len(every(question, which)) == figures[which], which
    assert figures["satisfied"] > 50
    for which, limit in (("slower_half", "median_seconds"), ("slowest_tenth", "p90_seconds")):
        slower = every(question, which)
        took = [(row.closed_at - row.opened_at).total_seconds() for row in every(question, "closed") if row.closed_at]
        assert len(slower) == sum(seconds > figures[limit] for seconds in took) > 0, which
    with pytest.raises(NotFound):
        behind.rows_behind(EYE, question, "worst_person")


def days(known: list[older.Known], first: date, last: date) -> list[older.Known]:
    return [one for one in known if first <= one.opened.astimezone(SHANGHAI).date() < last]


def test_tallies_board_and_live_counts_agree_and_follow_an_undo(
    taken: tuple[list[older.Known], UUID], database: Database
) -> None:
    known, batch = taken
    readers_see()
    assert jobs.tally() == 1
    whole = (date(2024, 3, 10), date(2024, 7, 1))
    zone = territory.calendar(EYE).zone
    begin, end = (board.midnight(day, zone) for day in whole)
    question = asked(begin=begin, end=end, lo=desk.COUNTY, hi=interval(desk.COUNTY).hi)
    tallies = board.ready(county(), desk.COUNTY, *whole)
    assert tallies is not None
    found = board.board(county(), desk.COUNTY, question, tallies)
    assert found.tallied
    expected = days(known, *whole)
    assert found.opened == len(expected)
    assert sum(row.closed for row in found.parts) == sum(one.closed is not None for one in expected)
    assert found.backlog == sum(one.closed is None for one in known)
    live = board.board(county(), desk.COUNTY, question)
    assert not live.tallied
    assert live.parts == found.parts
    township = asked(begin=begin, end=end, lo=desk.TOWNSHIP, hi=interval(desk.TOWNSHIP).hi)
    wide = board.board(county(), desk.TOWNSHIP, township, tallies)
    narrow = county(lo=desk.TOWNSHIP, hi=interval(desk.TOWNSHIP).hi, level="township")
    own = board.board(narrow, desk.TOWNSHIP, township)
    assert (wide.parts, wide.own, wide.tallied, own.tallied) == (own.parts, own.own, True, False)
    assert sum(total.opened for total in tallies.totals.values()) == len(expected)
    assert board.ready(narrow, desk.TOWNSHIP, *whole) is None
    assert board.ready(county(), desk.VILLAGE, *whole) is None

    actions.undo(scope_of(desk.COUNTY), Act.new(), batch_id=batch)
    readers_see()
    assert jobs.tally() == 1
    empty = board.board(county(), desk.COUNTY, question, tallies)
    assert (empty.opened, empty.backlog) == (0, 0)
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM insight_tally").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM matters_matter").fetchone() == (0,)


def test_nothing_is_ready_before_the_first_count(taken: tuple[list[older.Known], UUID]) -> None:
    assert taken
    assert board.ready(county(), desk.COUNTY, None, None) is None
    jobs.recount()
    tallies = board.ready(county(), desk.COUNTY, None, None)
    assert tallies is not None
    assert sum(one.opened for one in tallies.totals.values()) == len(taken[0])


def test_counting_again_changes_nothing(taken: tuple[list[older.Known], UUID], database: Database) -> None:
    assert taken
    readers_see()
    jobs.tally()
    with database.as_role("owner") as owner:
        before = owner.execute("SELECT * FROM insight_tally ORDER BY 1, 2, 3, 4").fetchall()
        backlog = owner.execute("SELECT * FROM insight_backlog ORDER BY 1, 2, 3").fetchall()
        jobs.recount()
        assert owner.execute("SELECT * FROM insight_tally ORDER BY 1, 2, 3, 4").fetchall() == before
        assert owner.execute("SELECT * FROM insight_backlog ORDER BY 1, 2, 3").fetchall() == backlog
        assert owner.execute("SELECT at > now() - interval '10 s' FROM insight_counted").fetchone() == (True,)


def test_board_costs_few_queries(taken: tuple[list[older.Known], UUID]) -> None:
    assert taken
    readers_see()
    jobs.tally()
    whole = (date(2024, 1, 1), date(2025, 1, 1))
    with CaptureQueriesContext(connection) as captured:
        tallies = board.ready(county(), desk.COUNTY, *whole)
        assert tallies is not None
        board.board(county(), desk.COUNTY, asked(), tallies)
    sent = [part.lstrip() for one in captured for part in one["sql"].split(";\n")]
    asked_for = [one for one in sent if one.startswith(("SELECT", "WITH"))]
    assert len(asked_for) <= 2, asked_for


def test_instant_reads_a_bare_date_as_the_county_s_midnight() -> None:
    assert instant("2024-04-16", SHANGHAI) == datetime(2024, 4, 15, 16, tzinfo=UTC)
    assert instant("2024-04-16T03:05:00", SHANGHAI) == datetime(2024, 4, 15, 19, 5, tzinfo=UTC)
    assert instant("2024-04-16T03:05:00Z", SHANGHAI) == datetime(2024, 4, 16, 3, 5, tzinfo=UTC)
    with pytest.raises(BadInput):
        instant("soon", SHANGHAI)


def test_joined_and_months_cover_each_day_once() -> None:
    first = date(2024, 1, 30)
    spans = [(first, first), (first + timedelta(days=1), first + timedelta(days=70)), (first + timedelta(days=90),) * 2]
    joined = jobs.joined(spans)
    assert [(a - first, b - first) for a, b in joined] == [
        (timedelta(0), timedelta(days=70)),
        (timedelta(days=90), timedelta(days=90)),
    ]
    pieces = list(jobs.months(first, first + timedelta(days=70)))
    covered = [first + timedelta(days=n) for n in range(71)]
    assert [day for a, b in pieces for day in covered if a <= day <= b] == covered
