"""The database says what the tables declare; the search functions keep to the scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection

from commongrid.config import walls
from commongrid.journal.acting import acting
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

VILLAGE = 990101001001000
OTHER = 990101002001000
PEOPLE = "INSERT INTO registry_person (id, display_name, place) VALUES (gen_random_uuid(), %s, %s)"


def test_every_scoped_table_has_forced_row_level_security(database: Database) -> None:
    with database.as_role("owner") as owner:
        rows = owner.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind IN ('r', 'p')"
        )
        forced = dict(rows.fetchall())
    assert {model._meta.db_table: wall.scoped for model, wall in walls.walled_models()} == {
        model._meta.db_table: forced[model._meta.db_table] for model, _ in walls.walled_models()
    }


def test_every_exemption_has_a_reason() -> None:
    assert all(wall.scoped or len(wall.exempt) > 10 for _, wall in walls.walled_models())


def test_building_again_changes_nothing(database: Database) -> None:
    query = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
    with database.as_role("owner") as owner:
        before = owner.execute(query).fetchall()
        owner.execute("BEGIN")
        for statement in walls.statements():
            owner.execute(statement.encode())
        owner.execute("COMMIT")
        assert owner.execute(query).fetchall() == before


def test_app_without_scope_sees_no_row_of_any_scoped_table(database: Database) -> None:
    with database.as_role("owner") as owner, database.as_role("app") as app:
        owner.execute(PEOPLE, ["张三丰", VILLAGE])
        for model, wall in walls.walled_models():
            if wall.scoped and wall.read != "open":
                assert app.execute(f"SELECT count(*) FROM {model._meta.db_table}".encode()).fetchone() == (0,)


def test_app_owns_nothing_and_bypasses_nothing(database: Database) -> None:
    with database.as_role("app") as app:
        assert app.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False,
            False,
        )
        assert app.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        ).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SET ROLE county_owner")


@pytest.fixture
def people(database: Database) -> Database:
    """Two people of one name in two townships."""
    with database.as_role("owner") as owner:
        owner.execute(PEOPLE, ["张三丰", VILLAGE])
        owner.execute(PEOPLE, ["张三", OTHER])
    return database


def _found(text: str, lo: int, hi: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM find_people(%s, %s, %s, 10)", [text, lo, hi])
        (count,) = cursor.fetchone()
        return int(count)


@pytest.mark.parametrize(("text", "count"), [("张三", 1), ("三丰", 1), ("丰", 1), ("李", 0), ("%", 0), ("张_", 0)])
def test_search_finds_parts_of_a_name_in_scope_only(people: Database, text: str, count: int) -> None:
    with acting(scope_at(VILLAGE)):
        assert _found(text, 0, 10**15) == count


def test_search_without_scope_finds_nothing(people: Database) -> None:
    assert _found("张三", 0, 10**15) == 0


def test_only_the_app_may_execute_the_search_functions(people: Database) -> None:
    with people.as_role("ro") as ro, pytest.raises(psycopg.errors.InsufficientPrivilege):
        ro.execute("SELECT * FROM find_people('张', 0, 1, 1)")


def test_what_the_publishing_role_may_not_read_it_has_no_grant_to(database: Database) -> None:
    kept = {model._meta.db_table for model, wall in walls.walled_models() if wall.unpublished}
    assert {"registry_hardship_flag", "registry_correction", "accounts_access_line"} <= kept
    with database.as_role("ro") as ro:
        ro.execute("SET cg.lo='0'; SET cg.hi='999999999999999'; SET cg.kind='post'; SET cg.standing='hl'")
        for table in sorted(kept):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ro.execute(f"SELECT 1 FROM {table}".encode())


def test_whatever_an_undone_file_takes_away_is_asked_for_by_index(database: Database) -> None:
    with database.as_role("owner") as owner:
        slow = owner.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE c.contype = 'f' AND c.confrelid::regclass::text ~ "
            "'registry_(person|household|registered_household|site|organisation)$' "
            "AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum AND "
            "(i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))"
        ).fetchall()
    assert slow == []


def test_nobody_adds_a_row_out_of_scope(database: Database) -> None:
    for narrow, place, may in (("", VILLAGE, True), ("", OTHER, False), ("grids", VILLAGE, False)):
        with database.as_role("app") as app, app.transaction():
            for name, value in (("lo", VILLAGE), ("hi", VILLAGE + 999), ("narrow", narrow)):
                app.execute("SELECT set_config(%s, %s, true)", [f"cg.{name}", str(value)])
            if may:
                app.execute(PEOPLE, ["张三丰", place])
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level"), app.transaction():
                    app.execute(PEOPLE, ["张三丰", place])
