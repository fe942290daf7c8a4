"""The figures of the loop, counted from the matters themselves, exact to the microsecond, in one statement."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from commongrid.insight.queries.chosen import (
    ANSWERED,
    CLOSED_AT,
    DONE,
    DOUBTFUL,
    FORMER,
    MERGED,
    RATING,
    REOPENED,
    SOUND,
    of_whom,
    opened_within,
    then,
)
from commongrid.insight.rules import DAY, SERIES, WITHIN_DAYS, LoopFigures, seconds
from commongrid.journal.acting import acting
from commongrid.journal.locks import taken
from commongrid.kernel.refusals import N_, BadInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commongrid.insight.rules import Question
    from commongrid.kernel.scope import Scope

_WITHIN = ", ".join(f"count(*) FILTER (WHERE done AND taken <= {n * DAY})" for n in WITHIN_DAYS)
_ASKED = """
asked AS MATERIALIZED (
  SELECT m.id, COALESCE({merged}, m.id) AS lead, {merged} IS NOT NULL AS merged,
    m.series, {done} IS TRUE AS done, {rating} AS rating, {outcome} AS outcome,
    (extract(epoch FROM {closed_at} - m.opened_at) * 1000000)::float8 AS taken,
    {due} IS NOT NULL AS timed, {answered} <= {due} AS timely,
    CASE WHEN m.batch IS NOT NULL AND m.reopened = 0 THEN o.reopened
         ELSE {reopened} END AS again,
    o.satisfied AS told
  FROM matters_matter m {former} LEFT JOIN matters_origin o
    ON m.batch IS NOT NULL AND o.matter_id = m.id AND (o.satisfied IS NOT NULL OR o.reopened IS NOT NULL)
  WHERE {whom} AND {period}
)"""
_RATED = """
last_round AS (
  SELECT a.id AS matter_id, r.satisfied, rank() OVER (PARTITION BY a.id ORDER BY r.round DESC) AS back
  FROM asked a JOIN matters_rating r ON r.matter_id = a.lead
    AND r.reporter IS NOT DISTINCT FROM CASE WHEN a.merged THEN a.id END
  WHERE a.done AND a.rating = 'rated' AND r.at <= %(at)s
), rated AS (SELECT matter_id, bool_and(satisfied) AS satisfied FROM last_round WHERE back = 1 GROUP BY matter_id)"""
_COUNT = f"""
SELECT {{group}}, count(*), count(*) FILTER (WHERE done),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY taken) FILTER (WHERE done),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY taken) FILTER (WHERE done),
  {_WITHIN},
  count(*) FILTER (WHERE done AND timed AND timely), count(*) FILTER (WHERE done AND timed),
  count(*) FILTER (WHERE again), count(again),
  count(*) FILTER (WHERE done AND COALESCE(r.satisfied, told)),
  count(*) FILTER (WHERE done AND COALESCE(r.satisfied, told) IS NOT NULL),
  count(*) FILTER (WHERE done AND rating = 'not_rated'), count(*) FILTER (WHERE done AND outcome = 'disagrees')
FROM asked LEFT JOIN rated r ON r.matter_id = asked.id GROUP BY 1"""  # noqa: S608 - our own constants
_BACKLOG = """
SELECT {group}, count(*) FROM (
  SELECT series FROM matters_matter m {former}
  WHERE {whom} AND m.opened_at <= %(at)s AND m.closed_at IS NULL AND f.matter_id IS NULL
  UNION ALL SELECT series FROM matters_matter m {former}
  WHERE {whom} AND m.opened_at <= %(at)s AND m.closed_at > %(at)s AND f.matter_id IS NULL
) AS waiting GROUP BY 1"""
_FLAGGED = """
SELECT {group}, count(*) FROM (SELECT series FROM matters_matter m WHERE {whom} AND {period}) AS doubtful GROUP BY 1"""
_THEN = {
    "former": FORMER, "done": DONE, "closed_at": CLOSED_AT, "answered": ANSWERED, "reopened": REOPENED,
    "due": then("finish_due_at"), "rating": RATING, "outcome": then("outcome"), "merged": MERGED,
}  # fmt: skip
_LOCK = 0x10095
PATIENCE = "60s"
BUSY = N_("Somebody is having as many matters counted just now. Please try again in a minute.")
SLOW = N_(
    "Counting so many matters took longer than a minute and was given up. Choose a shorter period or a smaller place; "
    "whoever runs the server has the figures from the command line."
)
NOTHING = (0, 0, None, None, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def loop_figures(scope: Scope, question: Question) -> LoopFigures:
    """The figures of the loop for a question, as far as the scope reaches."""
    return _grouped(scope, question, "'' AS series").get("") or _figures(NOTHING, 0, 0)


def loop_by_series(scope: Scope, question: Question, *, heavy: bool = False) -> dict[str, LoopFigures]:
    """The same for each of the four series apart; they are never added up.

    ``heavy``: so many matters that only one such count runs in a county at a time, for ``PATIENCE`` at most.

    Refuses: Unavailable while another one counts, BadInput where it takes too long.
    """
    with acting(scope), _alone() if heavy else nullcontext():
        found = _grouped(scope, question, "series")
    return {series: found.get(series) or _figures(NOTHING, 0, 0) for series in SERIES}


@contextmanager
def _alone() -> Iterator[None]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if not taken(_LOCK):
                raise Unavailable(BUSY)
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            yield
            cursor.execute("SET LOCAL statement_timeout = 0")
    except OperationalError as late:
        if not isinstance(late.__cause__, QueryCanceled):
            raise
        raise BadInput(SLOW) from late


def _grouped(scope: Scope, question: Question, group: str) -> dict[str, LoopFigures]:
    whom, values = of_whom(question, scope)
    period, more = opened_within(question)
    parts = _THEN | {"whom": whom, "period": period, "group": group}
    doubtful = parts | {"whom": whom.replace(SOUND, DOUBTFUL)}
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(f"WITH {_ASKED},{_RATED}{_COUNT}".format(**parts), values | more)
        counted = {row[0]: row[1:] for row in cursor}
        cursor.execute(_BACKLOG.format(**parts), values)
        backlog = dict(cursor.fetchall())
        cursor.execute(_FLAGGED.format(**doubtful), values | more)
        flagged = dict(cursor.fetchall())
    groups = {*counted, *backlog, *flagged}
    return {one: _figures(counted.get(one, NOTHING), backlog.get(one, 0), flagged.get(one, 0)) for one in groups}


def _figures(row: tuple[Any, ...], backlog: int, flagged: int) -> LoopFigures:
    count, closed, median, p90, in_7, in_15, in_30, *rest = row
    on_time, timed, again, known, satisfied, rated, silent, disagrees = rest
    return LoopFigures(
        count=count,
        closed=closed,
        open=count - closed,
        median_seconds=seconds(median),
        p90_seconds=seconds(p90),
        within_7d=in_7,
        within_15d=in_15,
        within_30d=in_30,
        on_time=on_time if timed else None,
        reopened=again if known else None,
        satisfied=satisfied if rated else None,
        backlog=backlog,
        with_deadline=timed,
        reopening_known=known,
        rated=rated,
        flagged=flagged,
        not_rated=silent,
        disagrees=disagrees,
    )
