"""Fixtures of the test bed: cluster, templates, databases, and the guards that watch every query."""

from __future__ import annotations

import fcntl
import itertools
import os
import pickle
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
import pytest
from django.core.cache import cache as entries
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from commongrid.config.embedded import Cluster
from commongrid.config.walls import walled_models
from commongrid.journal.acting import current_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

RUN = Path(os.environ["COMMONGRID_TEST_RUN"])
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
T = TypeVar("T")
_numbers = itertools.count()


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time, over all workers."""
    with (RUN / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@dataclass(eq=False)
class Database:
    """The database of one test: a copy of ``source``, made when somebody first looks into it."""

    cluster: Cluster
    name: str
    source: str = ""
    """Empty where the database is there already."""

    def __post_init__(self) -> None:
        """One thread makes it."""
        self._making = RLock()

    def make(self) -> None:
        """Have it there."""
        with self._making:
            if self.source:
                _copy(administrator(self.cluster), self.name, self.source)
                self.source = ""

    def begin(self, name: str, lay: Callable[[Database], T]) -> T:
        """Put into it what ``lay`` lays, and answer what that answers.

        While nobody has looked into the database it is laid once per run, in a template that this becomes a copy of.
        """
        if not self.source:
            return lay(self)
        began = f"{self.source}_{name}"
        kept = RUN / f"{began}.pickle"
        template(self.cluster, began, self.source, fill=lambda it: kept.write_bytes(pickle.dumps(_at(it, lay))))
        self.source = began
        point_at(self.cluster.role_url("app", self.name))
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - this run wrote it

    def url(self, role: str = "app") -> str:
        """Connection address as one of the roles: owner, app, ro."""
        self.make()
        return self.cluster.role_url(role, self.name)

    @contextmanager
    def as_role(self, role: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A committed connection of its own, past Django and its guards."""
        with psycopg.connect(self.url(role), autocommit=True) as other:
            yield other

    @contextmanager
    def as_admin(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection as superuser: what an attacker of the database would have."""
        self.make()
        with psycopg.connect(self.cluster.admin_dsn(self.name), autocommit=True) as other:
            other.execute("SET search_path = county, extensions")
            yield other


def _at(database: Database, lay: Callable[[Database], T]) -> T:
    """What ``lay`` answers, with Django at that database for as long."""
    point_at(database.url())
    try:
        return lay(database)
    finally:
        connections.close_all()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's cluster: the first worker starts it, the last stops it."""
    it = Cluster(RUN / "data", durable=False)
    users = RUN / "users"
    with locked("cluster"):
        it.start()
        users.write_text(str(int(users.read_text()) + 1 if users.exists() else 1))
    yield it
    connections.close_all()
    administrator(it).close()
    with locked("cluster"):
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if not left:
            it.stop()


@cache
def administrator(cluster: Cluster) -> psycopg.Connection[tuple[Any, ...]]:
    """This worker's one connection that makes databases and drops them."""
    return psycopg.connect(cluster.admin_dsn("postgres"), autocommit=True)


def _manage(cluster: Cluster, database: str, *commands: str) -> None:
    """Run management commands in a process of their own: as the owner, those that begin with "app:" as the app."""
    environment = {
        **os.environ,
        "COMMONGRID_AS": "owner",
        "DATABASE_OWNER_URL": cluster.role_url("owner", database),
        "DATABASE_URL": cluster.role_url("app", database),
    }
    for command in commands:
        if command.startswith("app:"):
            environment["COMMONGRID_AS"] = ""
        done = subprocess.run(
            [sys.executable, "-m", "django", *command.removeprefix("app:").split()],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"


def template(
    cluster: Cluster, name: str, source: str, *commands: str, fill: Callable[[Database], object] | None = None
) -> str:
    """A database made once per run: a copy of ``source`` with commands run on it, then filled."""
    admin = administrator(cluster)
    with locked(f"template-{name}"):
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            return name
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _copy(admin, name, source)
        _manage(cluster, name, *commands)
        if fill is not None:
            fill(Database(cluster, name))
        admin.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
    return name


def _copy(admin: psycopg.Connection[tuple[Any, ...]], name: str, source: str) -> None:
    admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')


@pytest.fixture(scope="session")
def blank_template(cluster: Cluster) -> str:
    """Migrated, walled and seeded, without any place or person."""
    return template(cluster, "t_blank", "commongrid", "prepare")


@pytest.fixture(scope="session")
def hamlet_template(cluster: Cluster, blank_template: str) -> str:
    """The smallest demo county."""
    return template(
        cluster, "t_hamlet", blank_template, "demo_places --size hamlet --seed 7", "app:demo --size hamlet --seed 7"
    )


def point_at(url: str) -> None:
    """Have Django's connection of this thread, and of threads to come, use another database."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    connections.close_all()
    for settings_dict in (connections.databases["default"], connection.settings_dict):
        settings_dict.update(
            NAME=parts["dbname"], USER=parts["user"], PASSWORD=parts["password"], HOST=parts["host"],
            PORT=str(parts["port"]), CONN_MAX_AGE=0,
        )  # fmt: skip


_unmade: Database | None = None
"""The database of the running test."""


def _connected(self: DatabaseWrapper, params: dict[str, Any], connect: Any = DatabaseWrapper.get_new_connection) -> Any:
    """Django's way to a new connection, to a database that is there by then."""
    if _unmade is not None and params["dbname"] == _unmade.name:
        _unmade.make()
    return connect(self, params)


DatabaseWrapper.get_new_connection = _connected  # type: ignore[assignment, method-assign]

FORGET: list[Callable[[], None]] = [entries.close]
"""Called before each database test: caches per process that remember another database."""


@contextmanager
def fresh(cluster: Cluster, template: str, blocker: Any) -> Iterator[Database]:
    """A database of its own, Django connected to it as the app, guards on."""
    global _unmade  # noqa: PLW0603 - one test runs at a time
    _unmade = database = Database(cluster, f"x_{WORKER}_{next(_numbers)}", template)
    with blocker.unblock():
        point_at(cluster.role_url("app", database.name))
        for forget in FORGET:
            forget()
        with connection.execute_wrapper(Guard()):
            yield database
        connections.close_all()
    administrator(cluster).execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')


@pytest.fixture
def database(cluster: Cluster, blank_template: str, django_db_blocker: Any) -> Iterator[Database]:
    """A fresh empty county for this test."""
    with fresh(cluster, blank_template, django_db_blocker) as it:
        yield it


@pytest.fixture
def hamlet(cluster: Cluster, hamlet_template: str, django_db_blocker: Any) -> Iterator[Database]:
    """A fresh demo hamlet for this test."""
    with fresh(cluster, hamlet_template, django_db_blocker) as it:
        yield it


WRITING = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY)\s+\"?(\w+)\"?", re.IGNORECASE)
READING = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+\"?(\w+)\"?", re.IGNORECASE)


WRITERS = {"actions", "jobs", "attachments", "pulses"}
"""Parts of a module's name whose functions may write."""


class Guard:
    """Fails a query on a scoped table outside ``acting``, and a write on our tables outside an action or reader."""

    def __init__(self) -> None:
        """Read from the models which tables are scoped and which are ours."""
        declared = list(walled_models())
        self.ours = {model._meta.db_table for model, _ in declared} - {"accounts_account"}
        self.scoped = {model._meta.db_table for model, wall in declared if wall.scoped and wall.read != "open"}

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """Look at the statement, then run it."""
        text = sql if isinstance(sql, str) else str(sql)
        if not text.startswith("SET LOCAL"):
            if current_scope() is None and (touched := _named(READING, text) & self.scoped):
                message = f"query on {sorted(touched)} outside acting(): {text[:200]}"
                raise AssertionError(message)
            if (written := _named(WRITING, text) & self.ours) and not _within_an_action():
                message = f"write on {sorted(written)} outside an action: {text[:200]}"
                raise AssertionError(message)
        return execute(sql, params, many, context)


@lru_cache(maxsize=4096)
def _named(way: re.Pattern[str], text: str) -> frozenset[str]:
    """The tables that a statement names in this way; most statements come again and again."""
    return frozenset(way.findall(text))


def _within_an_action() -> bool:
    """Whether a writer of ours stands anywhere above the query."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        parts = frame.f_globals.get("__name__", "").split(".")
        if parts[0] == "commongrid" and WRITERS & set(parts[2:]):
            return True
        frame = frame.f_back
    return False
