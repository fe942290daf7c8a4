"""How the network of a county is counted: the links once and not for each household, grids and their people at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connection
from django.utils.timezone import localdate

from commongrid.insight.queries.county_sheet import county_sheet
from commongrid.journal.acting import acting
from commongrid.kernel.scope import clock
from commongrid.outreach.queries.coverage import coverage, whole
from commongrid.outreach.queries.links import loads
from commongrid.registry.models import Household
from commongrid.roster.models import Assignment
from commongrid.roster.queries import staffing
from tests.factories.copies import copies
from tests.factories.desk import COUNTY, HAMLET, TOWNSHIP, VILLAGE
from tests.matters.test_plans import Plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bed import Database
    from tests.outreach.conftest import Row

MANY = 4000
TODAY = localdate()
EARLIER = TODAY - timedelta(days=90)
EYE = clock("a test", "links.read", "people.read", "posts.read")
HOMES = copies(
    Household, f"jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'head_id', NULL, 'number', "
    f"lpad(n::text, 5, '0'), 'natural_village', {HAMLET} + n / 100 * 1000, 'place', {HAMLET} + n / 100 * 1000))",
    f"(SELECT m FROM registry_household m LIMIT 1) AS one, generate_series(1, {MANY}) n",
)  # fmt: skip
LINKS = copies(
    Assignment, "jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'household_id', h.id, "
    "'place', h.place))",
    "(SELECT m FROM roster_assignment m LIMIT 1) AS one, registry_household h "
    "WHERE NOT EXISTS (SELECT FROM roster_assignment a WHERE a.household_id = h.id)",
)  # fmt: skip


@pytest.fixture
def crowded(row: Row, database: Database) -> None:
    """Forty villages of a hundred households, each with a contact."""
    row.able(row.west)
    row.adopted(row.plan(most=10))
    with psycopg.connect(database.url("owner"), autocommit=True) as db:
        for text in (HOMES, LINKS):
            db.execute(text.encode())
        db.execute("ANALYZE")


def plan_of(table: str, read: Callable[[], object]) -> str:
    """The plan of the last statement that reads a table."""
    watch = Plans(table)
    with acting(EYE):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # takes the scope along
        with connection.execute_wrapper(watch):
            read()
    return watch.plans[-1]


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("on", [TODAY, EARLIER])
def test_links_are_read_once_for_a_county_on_any_day(on: object) -> None:
    for read in (lambda: coverage(EYE, COUNTY, on, 10**6), lambda: whole(EYE, TOWNSHIP, on)):  # type: ignore[arg-type]
        plan = plan_of("registry_household", read)
        assert re.search(r"Group Key:.*registry_household\.id = \(hashed SubPlan", plan), plan


@pytest.mark.usefixtures("crowded")
def test_links_of_a_village_are_found_by_its_place() -> None:
    assert "roster_assignment_place" in plan_of("roster_assignment", lambda: loads(EYE, VILLAGE, TODAY))


@pytest.mark.usefixtures("crowded")
def test_whoever_staffs_grids_is_read_once() -> None:
    (asked,) = (one for one in statements(lambda: staffing(EYE, COUNTY, TODAY)) if "WITH held" in one)
    assert "WITH held AS MATERIALIZED" in asked, "else an exclusion constraint's index is read through for each grid"


def test_a_sheet_asks_once_for_all_its_households(row: Row) -> None:
    asked = statements(lambda: county_sheet(EYE, COUNTY, TODAY))
    assert sum(one.startswith('SELECT "registry_household"') for one in asked) == 1
    assert not [one for one in asked if one.startswith('SELECT COUNT(*) AS "__count" FROM "registry_household"')]
    assert row.homes


def statements(read: Callable[[], object]) -> list[str]:
    """What is asked of the database."""
    asked: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql.lstrip())
        return execute(sql, *rest)

    with acting(EYE):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # takes the scope along
        with connection.execute_wrapper(watch):
            read()
    return asked
