"""What the clock looks at for rechecks: ratings that owe one, causes whose day has come, orders that are overdue.

The draw runs over the rating's own number, which whoever did the work never
sees; with the seed that is published after its month anybody at the centre can
check it by hand. It is made for each centre when a week is over (or the month
in it): so many of the week's good ratings, those with the lowest numbers, that
of the month's the share is drawn so far, rounded up. No order is given sooner
than a week after the end, so that its day tells nothing of the draw either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.models import Matter, RecheckCause
from commongrid.matters.queries.vocabulary import limits

LOOKS_BACK: Final = timedelta(days=21)
"""How long after the end a rating is still looked at: the job may stand still two weeks without missing any."""
COUNTS_BACK: Final = timedelta(days=62)
"""How long before that the ratings may have been given, which the draw counts by month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A rating that owes a recheck: of which matter, whether it was good, since when the order waits, how many days."""

    rating: UUID
    matter: UUID
    good: bool
    since: datetime
    delay_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a recheck was ordered, for the centre alone."""

    cause: str
    reason: str
    post: UUID | None
    at: datetime
    ordered: bool


_OWED = """
WITH rated AS MATERIALIZED (
  SELECT r.id, r.matter_id, r.round, r.solved, r.satisfied, r.at, r.place, s.month, date_trunc('week', t.local) AS week,
    ('x' || left(h.hash, 8))::bit(32)::bigint & 4294967295 AS number,
    ('x' || substr(h.hash, 9, 8))::bit(32)::bigint & 4294967295 AS delay,
    LEAST(date_trunc('week', t.local) + interval '7 days', s.month + interval '1 month') AS week_over
  FROM matters_rating r
  CROSS JOIN LATERAL (SELECT r.at AT TIME ZONE %(zone)s AS local) t
  JOIN matters_draw_seed s ON s.month = date_trunc('month', t.local)::date
  CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(s.value || ':' || r.id::text, 'UTF8')), 'hex') AS hash) h
  WHERE r.solved AND r.at >= date_trunc('month', %(first)s AT TIME ZONE %(zone)s) AT TIME ZONE %(zone)s
), placed AS (
  SELECT id, row_number() OVER (PARTITION BY place, month, week ORDER BY number, id) AS nth,
    count(*) OVER (PARTITION BY place, month, week) AS here,
    count(*) OVER (PARTITION BY place, month ORDER BY week) AS so_far
  FROM rated WHERE satisfied AND week_over <= %(now)s AT TIME ZONE %(zone)s
), drawn AS (
  SELECT id FROM placed WHERE nth <= ceil(%(share)s * so_far) - ceil(%(share)s * (so_far - here))
)
SELECT r.id, m.id, r.satisfied, GREATEST(m.closed_at, r.at) AS since, 7 + r.delay %% 7
FROM rated r JOIN matters_matter m ON m.id = r.matter_id AND m.round = r.round
WHERE m.closed_at > %(since)s AND m.closed_at <= %(now)s AND m.state = 'closed' AND NOT m.sealed
  AND (NOT r.satisfied OR r.id IN (SELECT id FROM drawn))
  AND NOT EXISTS (SELECT 1 FROM matters_recheck_cause c WHERE c.rating = r.id)
ORDER BY since, r.id LIMIT %(limit)s
"""


def owed(scope: Scope, now: datetime, zone: str, limit: int = 500) -> list[Owed]:
    """Ratings of matters that ended lately which owe a recheck and have none: every low one, the good ones drawn."""
    since = now - LOOKS_BACK
    values: dict[str, Any] = {
        "zone": zone, "since": since, "first": since - COUNTS_BACK, "now": now,
        "share": limits(scope)["recheck_share"].amount, "limit": limit,
    }  # fmt: skip
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_OWED, values)
        return [
            Owed(rating=rating, matter=matter, good=good, since=since, delay_days=int(delay))
            for rating, matter, good, since, delay in cursor
        ]


def to_order(scope: Scope, now: datetime, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """Closed matters with a cause whose time has come and no recheck waiting: a cause of each, and the matter."""
    with acting(scope):
        found = RecheckCause.objects.filter(
            recheck=None, order_at__lte=now, matter__state="closed", matter__recheck_level=""
        ).order_by("matter_id", "order_at")
        return list(found.distinct("matter_id").values_list("id", "matter_id")[:limit])


def late(scope: Scope, now: datetime) -> list[tuple[UUID, datetime]]:
    """Matters whose recheck is overdue, with the deadline that passed."""
    with acting(scope):
        found = Matter.objects.filter(recheck_due_at__lte=now).exclude(recheck_level="").order_by("recheck_due_at")
        return [(one, due) for one, due in found.values_list("id", "recheck_due_at") if due is not None]


def causes(scope: Scope, matter_id: UUID) -> list[Cause]:
    """Why this matter is or was rechecked; empty for everybody but the centre."""
    with acting(scope):
        found = RecheckCause.objects.filter(matter_id=matter_id).order_by("at", "id")
        return [
            Cause(cause=one.cause, reason=one.reason, post=one.post, at=one.at, ordered=one.recheck_id is not None)
            for one in found
        ]
