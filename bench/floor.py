"""The floor: the smallest honest Django, django-ninja and psycopg doing the same insert or read on the same database.

No session, no account, no scope, no row-level security (it connects as the
owner), no page: parse and validate JSON, one or two statements, answer JSON.
Nobody could put it into service; it says what the tools alone cost.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import uuid_utils
from django.conf import settings

_PARTS = urlsplit(os.environ["FLOOR_DATABASE_URL"])
settings.configure(
    SECRET_KEY="floor",  # noqa: S106 - nothing is signed
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="bench.floor",
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _PARTS.path.lstrip("/"),
            "USER": _PARTS.username,
            "PASSWORD": unquote(_PARTS.password or ""),
            "HOST": _PARTS.hostname,
            "PORT": str(_PARTS.port),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {"options": f"-c search_path={os.environ['FLOOR_SCHEMA']},extensions"},
        }
    },
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.urls import path  # noqa: E402
from ninja import NinjaAPI, Schema  # noqa: E402

if TYPE_CHECKING:
    from django.http import HttpRequest


class Reported(Schema):
    """A report as it comes in."""

    place: int
    kind: UUID
    kind_code: str
    text: str
    name: str = ""
    phone: str = ""
    urgency: str = "normal"


class Made(Schema):
    """What was made."""

    id: UUID


class Said(Schema):
    """Words of a step."""

    note: str = ""


class Row(Schema):
    """One line of the queue."""

    id: UUID
    number: str
    title: str
    place: int
    place_name: str
    kind: str
    state: str
    step: str
    source: str
    urgency: str
    owner_level: str
    owner: str | None
    unit: str | None
    due_at: datetime | None
    warn_at: datetime | None
    opened_at: datetime
    reopened: int
    supervised_at: datetime | None
    raised_level: str
    provisional: bool


class Part(Schema):
    """One line of the board."""

    code: int
    name: str
    opened: int
    closed: int
    with_deadline: int
    on_time: int
    reopened: int
    backlog: int
    late: int


api = NinjaAPI(urls_namespace="floor", docs_url=None, openapi_url=None)

_REPORT = """
INSERT INTO matters_matter (
  id, number, place, place_then, kind_id, kind_code, series, source, urgency, title, text, state, step, owner_level,
  owner_place, handler_level, clock, due_at, warn_at, alarm_at, provisional, deadline_no, raised_level, finish_from,
  finish_due_at, opened_at, outcome, ordered, given_back, reopened, round, tries, to_rate, rating, sealed, confidential,
  anonymous, external_system, external_number, doubt
) VALUES (
  %(id)s, 'F' || nextval('matters_number'), %(place)s, %(place)s, %(kind)s, %(kind_code)s, 'asked', 'villager',
  %(urgency)s, %(title)s, %(text)s, 'reported', 'accept', 'village', %(village)s, '', 'respond',
  %(at)s::timestamptz + interval '1 day', %(at)s::timestamptz + interval '18 hours',
  %(at)s::timestamptz + interval '18 hours', false, 1, '', %(at)s, %(at)s::timestamptz + interval '15 days', %(at)s, '',
  false, false, 0, 1, 0, true, '', false, false, false, '', '', ''
) RETURNING id"""
_QUEUE = """
SELECT m.id, m.number, m.title, m.place, p.name AS place_name, k.zh AS kind, m.state, m.step, m.source, m.urgency,
  m.owner_level, o.name AS owner, u.name_zh AS unit, m.due_at, m.warn_at, m.opened_at, m.reopened, m.supervised_at,
  m.raised_level, m.provisional
FROM matters_matter m JOIN territory_place p ON p.code = m.place JOIN matters_kind k ON k.id = m.kind_id
LEFT JOIN territory_place o ON o.code = m.owner_place LEFT JOIN roster_unit u ON u.id = m.unit_id
WHERE m.closed_at IS NULL AND {whose} ORDER BY m.due_at, m.id LIMIT 50"""
_LOCK = "SELECT state, owner_level, place FROM matters_matter WHERE id = %s FOR UPDATE"
_MOVE = """
UPDATE matters_matter SET state = 'accepted', step = 'divert', accepted_at = %s, due_at = %s, warn_at = %s,
  alarm_at = %s, clock = 'respond', deadline_no = deadline_no + 1, raised_level = '' WHERE id = %s"""
_HISTORY = """
INSERT INTO journal_line (
  id, timeline, name, author, post, role, place, place_now, unit, subject_kind, subject, at, facts, answer)
VALUES (%s, 1, 'matters.accepted', 'floor', NULL, '', %s, %s, NULL, 'matter', %s, %s, %s, '{}')"""
_BOARD = """
WITH t AS MATERIALIZED (
  SELECT place_then / 1000000 * 1000000 AS place, count(*) AS opened, count(closed_at) AS closed,
    count(*) FILTER (WHERE closed_at IS NOT NULL AND finish_due_at IS NOT NULL) AS with_deadline,
    count(*) FILTER (WHERE closed_at IS NOT NULL AND COALESCE(finished_at, closed_at) <= finish_due_at) AS on_time,
    count(*) FILTER (WHERE reopened > 0) AS reopened
  FROM matters_matter
  WHERE place_then BETWEEN %(lo)s AND %(hi)s AND opened_at >= %(since)s::date AND series = 'asked' GROUP BY 1
), b AS MATERIALIZED (
  SELECT place_then / 1000000 * 1000000 AS place, count(*) AS open, count(*) FILTER (WHERE due_at < now()) AS late
  FROM matters_matter WHERE place_then BETWEEN %(lo)s AND %(hi)s AND closed_at IS NULL AND series = 'asked' GROUP BY 1
)
SELECT p.code, p.name, COALESCE(t.opened, 0), COALESCE(t.closed, 0), COALESCE(t.with_deadline, 0),
  COALESCE(t.on_time, 0), COALESCE(t.reopened, 0), COALESCE(b.open, 0), COALESCE(b.late, 0)
FROM territory_place p LEFT JOIN t ON t.place = p.code LEFT JOIN b ON b.place = p.code
WHERE p.parent = %(lo)s AND p.level = 'township' AND p.valid_to IS NULL ORDER BY p.sort_key, p.code"""


@api.post("/report", response=Made)
def report(request: HttpRequest, given: Reported) -> dict[str, Any]:
    """One row."""
    values = {
        **given.dict(),
        "id": UUID(bytes=uuid_utils.uuid7().bytes),
        "title": given.text[:60],
        "village": given.place // 1000 * 1000,
        "at": datetime.now(UTC),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, values)
        return {"id": cursor.fetchone()[0]}


@api.get("/queue", response=list[Row])
def queue(request: HttpRequest, lo: int, hi: int, unit: UUID | None = None) -> list[dict[str, Any]]:
    """Fifty rows with their names."""
    whose = "m.unit_id = %(unit)s" if unit else "m.place BETWEEN %(lo)s AND %(hi)s"
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE.format(whose=whose), {"lo": lo, "hi": hi, "unit": unit})
        return _dicts(cursor)


@api.post("/accept/{matter_id}", response=Made)
def accept(request: HttpRequest, matter_id: UUID, said: Said) -> dict[str, Any]:
    """Lock, look, change, leave a line of history."""
    now = datetime.now(UTC)
    act = UUID(bytes=uuid_utils.uuid7().bytes)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [matter_id])
        state, owner, place = cursor.fetchone()
        if state != "reported":
            raise ValueError(state)
        cursor.execute(_MOVE, [now, now, now, now, matter_id])
        facts = json.dumps({"from": state, "to": "accepted", "had": owner, "note": said.note})
        cursor.execute(_HISTORY, [act, place, place, matter_id, now, facts])
    return {"id": matter_id}


@api.get("/board", response=list[Part])
def board(request: HttpRequest, lo: int, hi: int, since: str) -> list[dict[str, Any]]:
    """Counts by township, counted now."""
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, {"lo": lo, "hi": hi, "since": since})
        names = list(Part.model_fields)
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _dicts(cursor: Any) -> list[dict[str, Any]]:
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


urlpatterns = [path("", api.urls)]
application = get_wsgi_application()
