"""The matters a question is about, as one SQL condition that figures and the rows behind them share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel.refusals import N_, BadInput
from commongrid.matters.queries.veil import covers_some

if TYPE_CHECKING:
    from datetime import date

    from commongrid.insight.rules import Question
    from commongrid.kernel.scope import Scope

Values = dict[str, Any]
"""Parameters of a statement."""

FORMER = """LEFT JOIN (
  SELECT DISTINCT ON (e.matter_id) e.* FROM matters_former_end e
  WHERE e.closed_at <= %(at)s AND e.until > %(at)s ORDER BY e.matter_id, e.until
) f ON f.matter_id = m.id"""
"""The end in force at the moment asked about where it did not stay; for now there is none."""


def then(column: str) -> str:
    """A column of a matter's end as it stood at the moment asked about."""
    return f"CASE WHEN f.matter_id IS NULL THEN m.{column} ELSE f.{column} END"


CLOSED_AT, RATING, MERGED = then("closed_at"), then("rating"), f"({then('merged_into_id')})"
DONE = f"{CLOSED_AT} <= %(at)s"
"""Closed by the moment asked about; every end counts (closed, not accepted, withdrawn, merged)."""

OPEN_THEN = "m.opened_at <= %(at)s AND f.matter_id IS NULL AND (m.closed_at IS NULL OR m.closed_at > %(at)s)"
WHOLE = "m.parent_id IS NULL"
"""Parts of a matter are never counted as matters."""
SOUND, DOUBTFUL = "m.doubt = ''", "m.doubt <> '' AND m.batch IS NOT NULL"
ANSWERED = f"COALESCE({then('finished_at')}, {CLOSED_AT})"

REOPENED_AT = """(SELECT min(l.at) FROM journal_line l
  WHERE l.subject_kind = 'matter' AND l.subject = m.id AND l.facts ->> 'to' = 'reopened')"""
"""A matter is reopened once, by a rating, a visit, a recheck or another system: the journal says when."""
REOPENED = f"m.reopened > 0 AND COALESCE({REOPENED_AT} <= %(at)s, true)"
_ENDED_THEN = "EXISTS (SELECT 1 FROM matters_former_end e WHERE e.matter_id = m.id AND e.until > %(at)s)"
_KINDS = """
SELECT DISTINCT code FROM matters_kind
WHERE (code = %(code)s OR parent = %(code)s) AND (parent <> '' OR code = %(code)s)
"""


def _told(scope: Scope) -> str:
    """What may be counted before whoever did the work: not what is closed while its rating is held back from them."""
    if not covers_some(scope):
        return "true"
    own = {"unit": "true", "grids": "m.handler_level = 'grid'", "": "m.handler_level = 'village'"}[scope.narrow]
    mine = own if scope.narrow == "unit" else f"m.unit_id IS NULL AND {own}"
    return f"NOT (m.held AND (m.closed_at IS NOT NULL OR {_ENDED_THEN}) AND {mine})"


def of_whom(question: Question, scope: Scope) -> tuple[str, Values]:
    """The condition on place, kind and series, without any period; doubtful dates are never counted.

    Nor is what would tell a handler how a matter was rated before their ratings are released.
    """
    parts = [SOUND, WHOLE, _told(scope)]
    values: Values = {"at": question.at}
    if question.lo is not None:
        parts.append("m.place_then BETWEEN %(lo)s AND %(hi)s")
    if question.kinds:
        parts.append("m.kind_code = ANY(%(kinds)s)")
    if question.series:
        parts.append("m.series = %(series)s")
    values |= {"lo": question.lo, "hi": question.hi, "kinds": list(question.kinds), "series": question.series}
    return " AND ".join(parts), values


def opened_within(question: Question) -> tuple[str, Values]:
    """The condition on the period of opening: begin included, end not."""
    parts = ["true"]
    if question.begin is not None:
        parts.append("m.opened_at >= %(begin)s")
    if question.end is not None:
        parts.append("m.opened_at < %(end)s")
    return " AND ".join(parts), {"begin": question.begin, "end": question.end}


def kinds_meant(scope: Scope, code: str) -> tuple[str, ...]:
    """The codes a kind stands for: itself, or all of a group, on any day.

    Refuses: BadInput for a kind that the work list never had.
    """
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_KINDS, {"code": code})
        codes = tuple(sorted(row[0] for row in cursor))
    if not codes:
        raise BadInput(N_('There is no kind with the code "%(code)s".'), code=code)
    return codes


def days_of(begin: date | None, end: date | None) -> tuple[str, Values]:
    """The same period over the tallies' days."""
    parts = ["true"]
    if begin is not None:
        parts.append("t.day >= %(first_day)s")
    if end is not None:
        parts.append("t.day < %(last_day)s")
    return " AND ".join(parts), {"first_day": begin, "last_day": end}
