"""The rows behind a figure: the same condition, as a list, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection

from commongrid.insight.queries.chosen import (
    ANSWERED,
    CLOSED_AT,
    DONE,
    DOUBTFUL,
    FORMER,
    MERGED,
    OPEN_THEN,
    RATING,
    REOPENED,
    SOUND,
    of_whom,
    opened_within,
    then,
)
from commongrid.insight.rules import WITHIN_DAYS
from commongrid.journal.acting import acting
from commongrid.kernel.refusals import N_, NotFound
from commongrid.matters.models import Matter
from commongrid.matters.queries.rows import MatterRow, rows_of

if TYPE_CHECKING:
    from commongrid.insight.queries.chosen import Values
    from commongrid.insight.rules import Question
    from commongrid.kernel.scope import Scope

SLOWER: Final = {"slower_half": 0.5, "slowest_tenth": 0.9}
"""Those that took longer than the median, and than nine in ten."""
_TAKEN = f"{CLOSED_AT} - m.opened_at"
_RATINGS = f"""FROM matters_rating r WHERE r.matter_id = COALESCE({MERGED}, m.id) AND r.at <= %(at)s
  AND r.reporter IS NOT DISTINCT FROM CASE WHEN {MERGED} IS NOT NULL THEN m.id END"""
_PLEASED = f"""COALESCE(
  (SELECT bool_and(r.satisfied) {_RATINGS} AND r.round = (SELECT max(r.round) {_RATINGS}) AND {RATING} = 'rated'),
  (SELECT o.satisfied FROM matters_origin o WHERE o.matter_id = m.id))"""  # noqa: S608 - our own constants
"""What the person said last by then, of all units that answered; else what an older system knew."""
_REOPENED_THERE = "EXISTS (SELECT 1 FROM matters_origin o WHERE o.matter_id = m.id AND o.reopened)"
_SLOWER = """{done} AND {taken} > (
  SELECT percentile_cont({share}) WITHIN GROUP (ORDER BY {taken})
  FROM matters_matter m {former} WHERE {{whom}} AND {{period}} AND {done})"""
WHICH: Final[dict[str, str]] = {
    "count": "true",
    "closed": DONE,
    "open": f"({DONE}) IS NOT TRUE",
    **{f"within_{days}d": f"{DONE} AND {_TAKEN} <= interval '{days} days'" for days in WITHIN_DAYS},
    "on_time": f"{DONE} AND {ANSWERED} <= {then('finish_due_at')}",
    "not_on_time": f"{DONE} AND {ANSWERED} > {then('finish_due_at')}",
    **{name: _SLOWER.format(done=DONE, taken=_TAKEN, former=FORMER, share=share) for name, share in SLOWER.items()},
    "satisfied": f"{DONE} AND {_PLEASED}",
    "reopened": f"{REOPENED} OR {_REOPENED_THERE}",
    "not_rated": f"{DONE} AND {RATING} = 'not_rated'",
    "disagrees": f"{DONE} AND {then('outcome')} = 'disagrees'",
    "backlog": OPEN_THEN,
    "late": f"{OPEN_THEN} AND m.closed_at IS NULL AND m.due_at < %(at)s",
    "flagged": "true",
}
"""What each figure means, as a condition on its rows."""

ANY_TIME = ("backlog", "late")
"""Figures that do not ask when a matter was opened."""

_IDS = """
SELECT m.id FROM matters_matter m {former}
WHERE {whom} AND {period} AND ({which}) AND {after} ORDER BY m.opened_at DESC, m.id DESC LIMIT %(limit)s
"""
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the rows behind a figure, and the mark from which the next one goes on; empty at the end."""

    rows: tuple[MatterRow, ...]
    next: str


def rows_behind(scope: Scope, question: Question, which: str, after: str = "") -> Behind:
    """The matters that a figure counts, newest first, from behind a mark.

    Refuses: NotFound for a figure that has no rows.
    """
    if which not in WHICH:
        raise NotFound(N_("There is no such figure."))
    whom, values = of_whom(question, scope)
    period, more = opened_within(question) if which not in ANY_TIME else ("true", {})
    if which == "flagged":
        whom = whom.replace(SOUND, DOUBTFUL)
    mark = _mark(after)
    behind = "(m.opened_at, m.id) < (%(after_at)s, %(after_id)s)" if mark else "true"
    values |= more | {"limit": PAGE + 1} | (mark or {})
    with acting(scope), connection.cursor() as cursor:
        condition = WHICH[which].format(whom=whom, period=period)
        statement = _IDS.format(former=FORMER, whom=whom, period=period, which=condition, after=behind)
        cursor.execute(statement, values)
        ids = [row[0] for row in cursor]
        found = rows_of(scope, Matter.objects.filter(id__in=ids[:PAGE]).order_by("-opened_at", "-id"))
    following = f"{found[-1].opened_at.isoformat()}_{found[-1].id}" if len(ids) > PAGE and found else ""
    return Behind(tuple(found), following)


def _mark(text: str) -> Values | None:
    """A mark as it stands in an address; what is none begins at the start."""
    at, _, last = text.partition("_")
    try:
        return {"after_at": datetime.fromisoformat(at), "after_id": UUID(last)}
    except ValueError:
        return None
