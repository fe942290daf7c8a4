"""How a register of a county's size is read: a list by the index of its order, and what stands beside it for a page."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions, queries
from commongrid.registry.models import Household, Organisation, Person, RegisteredHousehold, Site
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.ledgers import LEDGERS
from tests.factories.copies import copies
from tests.factories.desk import COUNTY, GRID, HAMLET, VILLAGE
from tests.factories.scopes import scope_at
from tests.matters.test_plans import Plans
from tests.registry.conftest import CLERK, DAY, Hamlet
from tests.registry.rows import register_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bed import Database

MANY = 4000
LAST = UUID(int=2**128 - 1)
HOMES = copies(
    Household, f"jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'head_id', NULL, 'number', "
    f"lpad(n::text, 5, '0'), 'natural_village', {HAMLET} + n / 100 * 1000, 'place', {HAMLET} + n / 100 * 1000))",
    f"(SELECT m FROM registry_household m LIMIT 1) AS one, generate_series(1, {MANY}) n",
)  # fmt: skip
BOOKLETS = copies(
    RegisteredHousehold, "jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'head_id', NULL, "
    f"'number', lpad(n::text, 5, '0'), 'place', {VILLAGE} + n / 100 * 1000))",
    f"(SELECT m FROM registry_registered_household m LIMIT 1) AS one, generate_series(1, {MANY}) n",
)  # fmt: skip
ORGANISATIONS = copies(
    Organisation, "jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'name', '社' || n, "
    f"'credit_code', '', 'place', {VILLAGE} + n / 100 * 1000))",
    f"(SELECT m FROM registry_organisation m LIMIT 1) AS one, generate_series(1, {MANY}) n",
)  # fmt: skip
PEOPLE = copies(
    Person, "jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'household_id', h.id, 'place', "
    "h.place, 'id_sealed', NULL, 'id_index', NULL, 'account_id', NULL))",
    "(SELECT m FROM registry_person m WHERE household_id IS NOT NULL LIMIT 1) AS one, registry_household h",
)  # fmt: skip
SITES = copies(
    Site, "jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'name', '房' || n, "
    f"'place', {VILLAGE} + n / 100 * 1000))",
    f"(SELECT m FROM registry_site m LIMIT 1) AS one, generate_series(1, {MANY}) n",
)  # fmt: skip
OFFICER = scope_at(COUNTY, "people.read", "people.edit", level="county")


@pytest.fixture
def crowded(village: Hamlet, database: Database) -> None:
    """Some thousand households, booklets, people and organisations in forty villages."""
    register_rows()
    house = actions.NewHolding(of="site", place=GRID, written={"kind": "11", "name": "老屋"})
    actions.add_holding(CLERK, Act.new(), new=house, told=Told(on=DAY, source="普查"))
    with psycopg.connect(database.url("owner"), autocommit=True) as db:
        for statement in (HOMES, BOOKLETS, ORGANISATIONS, PEOPLE, SITES):
            db.execute(statement.encode())
        db.execute("ANALYZE")


def plan_of(table: str, read: Callable[[], object]) -> str:
    """The plan of the last statement that reads a table."""
    watch = Plans(table)
    with acting(OFFICER):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # takes the scope along
        with connection.execute_wrapper(watch):
            read()
    return watch.plans[-1]


def begins(plan: str, column: str, at: int) -> bool:
    """Whether an index is read from a value of a column on, none of what comes before it."""
    return re.search(rf"Index Cond: .*\b{column} >= '?{at}\b", plan) is not None


@pytest.mark.usefixtures("crowded")
def test_a_far_page_of_households_begins_where_its_index_does() -> None:
    after = f"{HAMLET + 38_000}|03850|{LAST}"
    with acting(OFFICER):
        assert queries.homes(OFFICER, COUNTY, after=after).lines[0].number == "03851"
    plan = plan_of("registry_household", lambda: queries.homes(OFFICER, COUNTY, after=after))
    assert begins(plan, "natural_village", HAMLET + 38_000)
    assert "Seq Scan on registry_household" not in plan


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("text", ["03850", "李"])
def test_a_word_reads_only_the_households_and_booklets_that_it_finds(text: str) -> None:
    plan = plan_of("registry_household", lambda: queries.homes(OFFICER, COUNTY, text=text))
    assert "registry_household_number" in plan
    plan = plan_of("registry_registered_household", lambda: queries.booklets(OFFICER, COUNTY, text=text))
    assert "registry_registered_number" in plan


@pytest.mark.usefixtures("crowded")
def test_a_page_of_booklets_counts_the_people_of_its_own_rows() -> None:
    after = f"{VILLAGE + 38_000}|03850|{LAST}"
    with acting(OFFICER):
        lines, total, following = queries.booklets(OFFICER, COUNTY, after=after)
    assert (len(lines), total) == (50, MANY + 1)
    assert following
    plan = plan_of("registry_registered_household", lambda: queries.booklets(OFFICER, COUNTY, after=after))
    assert begins(plan, "place", VILLAGE + 38_000)
    assert "registry_person_booklet" in plan
    assert "HashAggregate" not in plan


@pytest.mark.usefixtures("crowded")
def test_a_list_of_organisations_counts_the_members_of_its_own_rows() -> None:
    wanted, today = queries.Asked(), date(2026, 6, 1)
    plan = plan_of("registry_organisation", lambda: queries.holdings(OFFICER, "organisation", COUNTY, wanted, today))
    assert "SubPlan" in plan
    assert "Join" not in plan
    with acting(OFFICER):
        (line,) = queries.holdings(OFFICER, "organisation", COUNTY, queries.Asked(text="白沙"), today).lines
    assert line.people == 1


@pytest.mark.usefixtures("crowded")
def test_a_list_of_sites_is_read_in_its_order() -> None:
    wanted, today = queries.Asked(), date(2026, 6, 1)
    plan = plan_of("registry_site", lambda: queries.holdings(OFFICER, "site", COUNTY, wanted, today))
    assert "Index Scan using registry_site_list" in plan
    assert "Sort" not in plan


@pytest.mark.usefixtures("crowded")
def test_a_ledger_opens_no_more_records_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, plain = [], sealed.unseal

    def unseal(*of: Any) -> str:
        opened.append(of)
        return plain(*of)

    monkeypatch.setattr(sealed, "unseal", unseal)
    wanted = queries.Wanted(place=COUNTY, population="resident", on=localdate(), since=DAY)
    with acting(OFFICER):
        assert queries.ledger_size(OFFICER, LEDGERS["roster"], wanted) > MANY
        assert opened == []
        assert len(queries.ledger_rows(OFFICER, LEDGERS["roster"], wanted, 200)) == 201
    assert len(opened) == 2 * 201
    plan = plan_of("registry_person", lambda: queries.ledger_rows(OFFICER, LEDGERS["roster"], wanted, 200))
    assert "registry_person_place" in plan
    assert "Hash" not in plan
