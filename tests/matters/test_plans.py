"""Which index a list reads, and how many queries it makes, at every width of scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import psycopg.types.json
import pytest
from django.db import connection
from django.utils import timezone

from commongrid.kernel.scope import public
from commongrid.matters import queries
from commongrid.matters.models import Matter
from commongrid.matters.queries import publishing
from tests.factories.copies import copies
from tests.factories.desk import COUNTY, TOWNSHIP, VILLAGE, Desk, id_of, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.bed import Database

MANY = copies(
    Matter,
    """jsonb_populate_record(m, jsonb_build_object(
  'id', gen_random_uuid(), 'number', 'P' || n, 'slip_hash', NULL, 'due_at', now() + n * interval '7 seconds',
  'place', (ARRAY[%(village)s, %(village)s + 1, %(other)s, %(far)s, %(far)s, %(far)s, %(far)s, %(far)s])[n %% 8 + 1],
  'unit_id', CASE n %% 8 WHEN 0 THEN %(unit)s ELSE %(elsewhere)s END,
  'owner_level', 'unit', 'owner_place', NULL, 'state', 'diverted', 'step', 'start'))""",
    """(SELECT NULL::matters_matter) AS none, generate_series(1, 8000) n,
LATERAL (SELECT jsonb_populate_record(NULL::matters_matter, %(row)s::jsonb) AS m) AS one""",
)


@pytest.fixture
def crowded(database: Database) -> Desk:
    """Eight thousand open matters, most of them in another township."""
    desk = lay(database)
    with psycopg.connect(database.url("owner"), autocommit=True) as db:
        kind = db.execute(
            "SELECT id, code FROM matters_kind WHERE parent <> '' AND visibility = 'public' LIMIT 1"
        ).fetchone()
        assert kind is not None
        plain = {one.attname: one.get_default() for one in Matter._meta.concrete_fields if one.has_default()}
        row = {
            **plain,
            "place_then": VILLAGE, "kind_id": str(kind[0]), "kind_code": kind[1], "series": "asked",
            "source": "villager", "urgency": "normal", "title": "路", "text": "", "clock": "respond", "round": 1,
            "provisional": False, "deadline_no": 1, "raised_level": "", "handler_level": "", "outcome": "",
            "opened_at": "2026-01-01T00:00:00Z", "ordered": True, "given_back": False, "reopened": 0, "tries": 0,
            "to_rate": True, "rating": "", "sealed": False, "confidential": False, "anonymous": False,
            "external_system": "", "external_number": "", "doubt": "",
        }  # fmt: skip
        places = {"village": VILLAGE, "other": VILLAGE + 1000, "far": 990101102201000}
        units = {"unit": str(id_of("transport_unit")), "elsewhere": str(id_of("water_county_unit"))}
        db.execute(MANY.encode(), {**places, **units, "row": psycopg.types.json.Jsonb(row)})
        db.execute("ANALYZE matters_matter")
    return desk


SCOPES = {
    "county": (scope_at(COUNTY, "matters.read", level="county"), "matters_open_pressing"),
    "township": (scope_at(TOWNSHIP, "matters.read", level="township"), "matters_open_township_queue"),
    "village": (scope_at(VILLAGE, "matters.read", level="village"), "matters_open_"),
    "unit": (
        scope_at(TOWNSHIP, "matters.read", level="unit", narrow="unit", unit=id_of("transport_unit")),
        "matters_open_unit_queue",
    ),
}


class Plans:
    """Keeps the plan of every statement that reads a table, and counts all statements."""

    def __init__(self, table: str = "matters_matter") -> None:
        """Nothing yet."""
        self.plans: list[str] = []
        self.count = 0
        self.reads = f'FROM "{table}"'

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """Explain the statement, then run it."""
        if not str(sql).startswith(("SET LOCAL", "PREPARE", "EXPLAIN")):
            self.count += 1
        if self.reads in str(sql) and not str(sql).startswith("EXPLAIN"):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, params)
                self.plans.append("\n".join(row[0] for row in cursor.fetchall()))
        return execute(sql, params, many, context)


def test_a_number_is_found_by_its_last_digits_through_an_index(crowded: Desk) -> None:
    county = SCOPES["county"][0]
    with crowded.database.as_admin() as admin:
        admin.execute("UPDATE matters_matter SET number = '990101-2611-' || lpad(substr(number, 2), 4, '0')")
        admin.execute("VACUUM ANALYZE matters_matter")
    for typed in ("37", "0037", "2611-0037", "990101-2611-0037"):
        assert {row.number for row in queries.search(county, typed)} == {"990101-2611-0037"}, typed
        assert {row.number for row in queries.queue(county, queries.Filters(text=typed)).rows} == {"990101-2611-0037"}
    assert len(queries.search(county, "990101-2611-003")) == 10
    with crowded.database.as_admin() as admin:
        admin.execute("SET enable_seqscan = off")
        plan = "\n".join(
            row[0]
            for row in admin.execute(
                "EXPLAIN SELECT id FROM matters_matter WHERE reverse(replace(number, '-', '')) COLLATE \"C\" >= '7300'"
                " AND reverse(replace(number, '-', '')) COLLATE \"C\" < '7300:'"
            ).fetchall()
        )
    assert "matters_matter_number_end" in plan


def test_the_last_digits_find_nothing_out_of_sight(crowded: Desk) -> None:
    numbers = {row.number for row in queries.queue(SCOPES["village"][0]).rows}
    with crowded.database.as_admin() as admin:
        admin.execute("UPDATE matters_matter SET number = '990101-2611-' || lpad(substr(number, 2), 4, '0')")
        hidden = admin.execute(
            "SELECT number FROM matters_matter WHERE place > %s ORDER BY number LIMIT 1", [TOWNSHIP + 10**6]
        ).fetchone()
    assert numbers
    assert hidden is not None
    assert queries.search(SCOPES["village"][0], hidden[0][-4:]) == []
    assert queries.search(SCOPES["county"][0], hidden[0][-4:]) != []


@pytest.mark.parametrize(("scope", "index"), SCOPES.values(), ids=SCOPES.keys())
def test_queue_reads_its_index_in_three_queries(crowded: Desk, scope: Scope, index: str) -> None:
    queries.queue(scope)
    watch = Plans()
    with connection.execute_wrapper(watch):
        page = queries.queue(scope)
    assert len(page.rows) == queries.PAGE
    assert watch.count <= 3  # the rows, and the names of places and of units
    (plan,) = watch.plans
    assert index in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("scope", [one for one, _ in SCOPES.values()], ids=SCOPES.keys())
def test_queue_by_statement_built_once_equals_the_one_built_anew(crowded: Desk, scope: Scope) -> None:
    first = queries.queue(scope)
    again = queries.queue(scope, queries.Filters(series="asked"))
    assert first == again


FACES = """
INSERT INTO matters_public_face (id, kind_code, place, opened_on, state)
SELECT gen_random_uuid(), (ARRAY['G02', 'F01', 'B03', 'G03'])[n %% 4 + 1], %(village)s + n %% 3 * 1000,
  current_date - (n %% 7300), 'open' FROM generate_series(1, 60000) n
"""


def test_counts_for_the_public_read_the_days_of_their_year_alone(database: Database) -> None:
    """Twenty years of faces: a year is read from its index, never the whole table."""
    lay(database)
    with psycopg.connect(database.url("owner"), autocommit=True) as db:
        db.execute(FACES.encode(), {"village": VILLAGE})
        db.execute("VACUUM ANALYZE matters_public_face")
    watch, year = Plans("matters_public_face"), timezone.localdate().year - 1
    with connection.execute_wrapper(watch):
        found = publishing.counts(public(), year)
    assert found
    (plan,) = watch.plans
    assert "matters_public_face_year" in plan
    assert "Seq Scan" not in plan
