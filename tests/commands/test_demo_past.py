"""The demo's half year before: the same for the same seed, and every figure of it is what its rows add up to."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from commongrid.commands.demo import journeys, past, tales
from commongrid.insight import jobs
from commongrid.insight.queries import board as boards
from commongrid.insight.queries.loop import loop_by_series
from commongrid.insight.rules import Question
from commongrid.journal.acting import acting
from commongrid.kernel.places import interval
from commongrid.kernel.scope import clock
from tests.readers import readers_see

if TYPE_CHECKING:
    from tests.bed import Database

COUNTY = 990101 * 10**9
VILLAGES = {COUNTY + (101201 + n) * 1000: [COUNTY + (101201 + n) * 1000 + 5, COUNTY + (101201 + n) * 1000 + 6]
            for n in range(6)}  # fmt: skip
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SCOPE = clock("test", "figures.read", "matters.read", lo=interval(COUNTY).lo, hi=interval(COUNTY).hi)
COUNTED = """
SELECT series, count(*), count(*) FILTER (WHERE closed_at <= now()),
  count(*) FILTER (WHERE closed_at <= now() AND finish_due_at IS NOT NULL),
  count(*) FILTER (WHERE closed_at <= now() AND COALESCE(finished_at, closed_at) <= finish_due_at),
  count(*) FILTER (WHERE closed_at IS NULL OR closed_at > now())
FROM matters_matter WHERE parent_id IS NULL AND (NOT sealed OR %s) GROUP BY 1
"""


def told(seed: str, count: int = 160) -> list[tuple[object, ...]]:
    """A plan as plain values."""
    return [
        (one.at, one.place, one.tale.kind, one.spot, one.source, one.urgency, one.fate, one.contact, one.matter)
        for one in past.plan(seed, VILLAGES, count, NOW)
    ]


def test_plan_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert told("7") == told("7")
    assert told("7") != told("8")


def test_plan_spreads_over_half_a_year_all_villages_urgencies_and_series() -> None:
    plan = past.plan("1", VILLAGES, 160, NOW)
    assert [one.at for one in plan] == sorted(one.at for one in plan)
    assert NOW - timedelta(days=past.DAYS) <= plan[0].at < plan[-1].at <= NOW
    assert {one.place // 1000 * 1000 for one in plan} == set(VILLAGES)
    assert {one.urgency for one in plan} == set(past.URGENCIES)
    assert {one.fate for one in plan} == set(past.FATES)
    often = Counter(next(n for n, (group, _) in enumerate(tales.SERIES) if one.tale in group) for one in plan)
    assert set(often) == {0, 1, 2, 3}
    assert often.most_common(1)[0][0] == 0
    assert Counter(one.fate for one in plan)["well"] > 80


def test_past_goes_its_ways_and_every_figure_agrees_with_the_rows(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        grids = "SELECT code FROM territory_place WHERE level = 'village' ORDER BY code"
        villages = [row[0] for row in owner.execute(grids).fetchall()]
        before = owner.execute("SELECT count(*) FROM matters_matter").fetchone()
        assert before is not None
        assert journeys.remember("a seed", villages, 24, datetime.now(UTC)) == 24
        found = (
            "SELECT number, title, state, outcome, urgency, closed_at FROM matters_matter ORDER BY opened_at LIMIT 16"
        )
        rows = owner.execute(found).fetchall()
        assert len({row[0] for row in rows}) == 16
        assert all(row[5] is not None for row in rows), rows
        readers_see()
        jobs.tally()
        counted = {row[0]: row[1:] for row in owner.execute(COUNTED, [True]).fetchall()}
        open_to_all = {row[0]: row[1:] for row in owner.execute(COUNTED, [False]).fetchall()}
    now = datetime.now(UTC)
    figures = loop_by_series(SCOPE, Question(at=now, lo=SCOPE.lo, hi=SCOPE.hi))
    live = {
        series: (one.count, one.closed, one.with_deadline, one.on_time or 0, one.backlog)
        for series, one in figures.items()
        if one.count
    }
    assert live == counted
    with acting(SCOPE):
        ready = boards.ready(SCOPE, COUNTY, None, None)
    assert ready is not None
    tallied = {
        series: (one.opened, one.closed, one.with_deadline, one.on_time, one.backlog)
        for series, one in ready.totals.items()
        if one.opened
    }
    assert tallied == open_to_all
    assert sum(row[0] for row in counted.values()) > before[0]
