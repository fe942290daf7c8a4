"""What an administrator runs once: harmless twice, and one county never sees another."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from commongrid.config.embedded import Cluster
from commongrid.config.guard import MightyRole, complaint, demand_app_role
from commongrid.config.provisioning import new_passwords, provision_sql


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"p_{uuid4().hex}"
    with psycopg.connect(cluster.admin_dsn("postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        yield name
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _signed_in(cluster: Cluster, role: str, password: str, database: str) -> str:
    return psycopg.conninfo.make_conninfo(
        host="127.0.0.1", port=cluster.port, user=role, password=password, dbname=database
    )


def test_two_counties_in_one_database_do_not_see_each_other(cluster: Cluster, empty: str) -> None:
    passwords = {schema: new_passwords() for schema in ("east", "west")}
    with psycopg.connect(cluster.admin_dsn(empty)) as admin:
        for schema, words in passwords.items():
            admin.execute(provision_sql(schema, empty, words).encode())
    for schema, words in passwords.items():
        with psycopg.connect(_signed_in(cluster, f"{schema}_owner", words["owner"], empty)) as owner:
            owner.execute("CREATE TABLE place (name text)")
            owner.execute("INSERT INTO place VALUES (current_schema())")
            owner.execute(f"GRANT SELECT ON place TO {schema}_app")
    for schema, other in (("east", "west"), ("west", "east")):
        with psycopg.connect(_signed_in(cluster, f"{schema}_app", passwords[schema]["app"], empty)) as app:
            assert app.execute("SELECT name FROM place").fetchone() == (schema,)
            assert app.execute("SHOW search_path").fetchone() == (f"{schema}, extensions, pg_temp",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(f"SELECT name FROM {other}.place")


def test_running_it_again_changes_nothing(cluster: Cluster, empty: str) -> None:
    words = new_passwords()
    with psycopg.connect(cluster.admin_dsn(empty), autocommit=True) as admin:
        for _ in range(2):
            admin.execute(provision_sql("south", empty, words).encode())
        rows = admin.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
            "WHERE rolname LIKE 'south%' ORDER BY 1"
        ).fetchall()
    never = (False, False, False, False)
    assert rows == [
        ("south_app", True, *never),
        ("south_owner", True, *never),
        ("south_ro", True, *never),
        ("south_search", False, *never),
    ]


def test_an_administrator_who_is_no_superuser_can_run_it(cluster: Cluster) -> None:
    admin_name, name = "hosted_admin", f"p_{uuid4().hex}"
    with psycopg.connect(cluster.admin_dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {admin_name} LOGIN CREATEROLE PASSWORD 'x'")
        admin.execute(f'CREATE DATABASE "{name}" OWNER {admin_name} TEMPLATE template0')
        words = new_passwords()
        try:
            for _ in range(2):
                with psycopg.connect(_signed_in(cluster, admin_name, "x", name)) as hosted:
                    hosted.execute(provision_sql("hosted", name, words).encode())
            with psycopg.connect(_signed_in(cluster, "hosted_owner", words["owner"], name)) as owner:
                owner.execute("CREATE TABLE t (a int)")
            with psycopg.connect(_signed_in(cluster, "hosted_app", words["app"], name)) as app:
                assert complaint(app.cursor()) == ""
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            admin.execute(f"DROP OWNED BY {admin_name}")
            for role in ("hosted_app", "hosted_owner", "hosted_ro", "hosted_search", admin_name):
                admin.execute(f"DROP ROLE {role}")


def test_nobody_but_the_owner_makes_tables(cluster: Cluster, empty: str) -> None:
    words = new_passwords()
    with psycopg.connect(cluster.admin_dsn(empty)) as admin:
        admin.execute(provision_sql("north", empty, words).encode())
    for name in ("app", "ro"):
        with psycopg.connect(_signed_in(cluster, f"north_{name}", words[name], empty), autocommit=True) as role:
            for schema in ("north", "public", "extensions"):
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                    role.execute(f"CREATE TABLE {schema}.mine (a int)")


def test_a_password_with_a_quote_stays_a_password() -> None:
    sql = provision_sql("county", "grid", {"owner": "a'b", "app": "x", "ro": "y"})
    assert "PASSWORD 'a''b'" in sql


def test_the_guard_lets_the_app_pass(cluster: Cluster, empty: str) -> None:
    words = new_passwords()
    with psycopg.connect(cluster.admin_dsn(empty)) as admin:
        admin.execute(provision_sql("guarded", empty, words).encode())
    with psycopg.connect(_signed_in(cluster, "guarded_app", words["app"], empty)) as app:
        assert complaint(app.cursor()) == ""


def test_the_guard_refuses_mighty_roles(cluster: Cluster, empty: str) -> None:
    with psycopg.connect(cluster.admin_dsn(empty)) as admin:
        admin.execute(provision_sql("held", empty, new_passwords()).encode())
        assert complaint(admin.cursor()) == "The role postgres is a superuser"
        admin.execute("SET LOCAL search_path = held; SET LOCAL ROLE held_owner")
        admin.execute("CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY")
        with pytest.raises(MightyRole, match=r"The role held_owner owns tables that it must only use \(t\)"):
            demand_app_role(admin.cursor())
        admin.execute("RESET ROLE; GRANT held_owner TO held_app; SET LOCAL ROLE held_app")
        assert "owns tables" in complaint(admin.cursor())
        admin.execute("RESET ROLE; ALTER ROLE held_ro BYPASSRLS; SET LOCAL ROLE held_ro")
        assert complaint(admin.cursor()) == "The role held_ro bypasses row-level security"
        admin.rollback()
