"""The bundled PostgreSQL: made on the first start, found again on the next, stopped when nobody needs it.

`Cluster` starts and stops one database folder; `held` shares it between commands by a lock on
`$COMMONGRID_DATA/lock`: the first starts it, the last to leave stops it. It listens on 127.0.0.1 only, on a free port
that is remembered, with passwords kept in the keys folder. The wheel gives nothing but binaries.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from commongrid.config import keys, postmaster
from commongrid.config.binaries import EmbeddedProblem, Programs, Runner, programs, runner, say, system_home
from commongrid.config.env import env
from commongrid.config.provisioning import new_passwords, provision_sql

__all__ = ["DATABASE", "Cluster", "EmbeddedProblem", "held", "provision_sql"]

DATABASE = "commongrid"
ADMIN = "postgres"
TRIES = 5


class Cluster:
    """One database folder and the server on it. `durable=False` is for throw-away test clusters only."""

    def __init__(self, data: Path, *, durable: bool = True, schema: str | None = None) -> None:
        """Name the cluster of a data folder; nothing is made or started yet."""
        self.data = data.absolute()
        self.durable = durable
        self.schema = schema or env.SCHEMA
        self._note = self.data / "embedded.json"
        self._user: Runner | None = None
        self._programs: Programs | None = None

    # -- what others ask ------------------------------------------------------------------------------------------

    def running(self) -> bool:
        """Whether a server of this folder lives and answers."""
        return postmaster.alive(self.pgdata) is not None and postmaster.answers(self.port)

    def start(self) -> None:
        """Make the cluster where it is not made, start it where it does not run, bring roles and schema up to date."""
        self._make_data_folder()
        if not self.running():
            if not (self.pgdata / "PG_VERSION").exists():
                self._make()
            postmaster.clear_stale(self.pgdata)
            self._start_on_a_free_port()
        self._provision()

    def stop(self) -> None:
        """Stop the server; what was acknowledged is on disk. Nothing happens where none runs."""
        if postmaster.alive(self.pgdata) is None:
            return
        self._run("pg_ctl", "stop", "-D", self.pgdata, "-m", "fast", "-w", "-t", "90")

    def admin_dsn(self, database: str = DATABASE) -> str:
        """The superuser's address, for administration and tests; the server never gets it."""
        return self._url(ADMIN, self._passwords()["admin"], database)

    @property
    def owner_url(self) -> str:
        """The address of the role that migrates and re-codes."""
        return self._role_url("owner")

    @property
    def app_url(self) -> str:
        """The address of the role that serves and works."""
        return self._role_url("app")

    @property
    def ro_url(self) -> str:
        """The address of the role that reads reports."""
        return self._role_url("ro")

    def role_url(self, name: str, database: str = DATABASE) -> str:
        """The address of one of the roles owner, app, ro in any database of this cluster."""
        return self._url(f"{self.schema}_{name}", self._passwords()[name], database)

    @property
    def port(self) -> int:
        """The port remembered for this folder; 0 before the first start."""
        return int(self._notes().get("port", 0))

    @property
    def home(self) -> Path:
        """The folder that holds the database and its logs; elsewhere when the system user cannot reach ours."""
        return Path(self._notes().get("home") or self.data / "postgres")

    @property
    def pgdata(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.home / "main"

    @property
    def user(self) -> Runner:
        """As whom the database runs."""
        if self._user is None:
            self._user = runner()
        return self._user

    @property
    def programs(self) -> Programs:
        """PostgreSQL's programs, of the version that made this folder."""
        if self._programs is None:
            made = self.pgdata / "PG_VERSION"
            version = int(made.read_text(encoding="ascii")) if made.exists() else None
            self._programs = programs(self.user, version=version)
        return self._programs

    # -- backing up and bringing back -----------------------------------------------------------------------------

    def copy(self) -> Iterator[bytes]:
        """The running database as one tar with the log that makes it whole and a manifest, while others write."""
        self._write_access(self.pgdata)
        with psycopg.connect(self.admin_dsn("postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_reload_conf()")
            slot = f"backup_{os.getpid()}"  # holds the log back until this session ends
            admin.execute("SELECT pg_create_physical_replication_slot(%s, true, true)", [slot])
            command: list[str | Path] = [
                self.programs["pg_basebackup"], "-D", "-", "-F", "tar", "-X", "fetch", "--checkpoint=fast", "--no-sync",
                "--no-password", "-h", postmaster.LOOPBACK, "-p", str(self.port), "-U", ADMIN,
            ]  # fmt: skip
            yield from self.user.said(command, PGPASSWORD=self._passwords()["admin"])

    def bring_back(self, unpack: Callable[[Path], None]) -> None:
        """Put a copied database into this empty folder: unpacked, held against its manifest, not started."""
        self._make_data_folder()
        making = self._reachable_home() / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        unpack(making)
        for path in (making, *making.rglob("*")):
            self.user.own(path)
        if (version := int((making / "PG_VERSION").read_text(encoding="ascii"))) != self.programs.version:
            self._programs = programs(self.user, version=version)
        self.user.run([self.programs["pg_verifybackup"], making], seconds=None)
        making.rename(self.pgdata)

    def remove(self) -> None:
        """Stop the server and delete its folder, of a cluster that was made to be looked at."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    # -- making ---------------------------------------------------------------------------------------------------

    def _make_data_folder(self) -> None:
        try:
            self.data.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as error:
            message = f"The data folder {self.data} cannot be made: {error.strerror}."
            raise EmbeddedProblem(message) from error
        if not os.access(self.data, os.W_OK | os.X_OK):
            message = f"The data folder {self.data} cannot be written. Own it, or set COMMONGRID_DATA to another one."
            raise EmbeddedProblem(message)

    def _make(self) -> None:
        """Choose the folder, then run initdb beside it and move the finished cluster into place."""
        home = self._reachable_home()
        making = home / "making"
        shutil.rmtree(making, ignore_errors=True)
        words = home / "words"
        words.touch(mode=0o600)
        self.user.own(words)
        words.write_text(self._passwords()["admin"], encoding="ascii")
        try:
            self._run(
                "initdb", "-D", making, "-U", ADMIN, f"--pwfile={words}", "--auth=scram-sha-256", "--encoding=UTF8",
                "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums",
                *([] if self.durable else ["--no-sync", "--set", "scram_iterations=1"]),
            )  # fmt: skip
        finally:
            words.unlink()
        self._write_access(making)
        with (making / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude = 'commongrid.conf'  # rewritten at each start; your own: ALTER SYSTEM\n")
        making.rename(self.pgdata)

    def _write_access(self, pgdata: Path) -> None:
        """Who may come in: everybody from this machine with a password; the administrator also for a backup."""
        path = pgdata / "pg_hba.conf"
        text = f"host all all 127.0.0.1/32 scram-sha-256\nhost replication {ADMIN} 127.0.0.1/32 scram-sha-256\n"
        path.write_text(text, encoding="ascii")
        self.user.own(path)

    def _reachable_home(self) -> Path:
        home = self.data / "postgres"
        if not self.user.switch or self.user.reaches(self.data):
            self._make_home(home)
            return home
        folder = f"{self.data.name or 'data'}-{hashlib.sha256(str(self.data).encode()).hexdigest()[:12]}"
        home = system_home(self.user) / folder
        say(f"The user {self.user.name} cannot reach {self.data}: the database is kept in {home}.")
        self._make_home(home)
        self._remember(home=str(home))
        return home

    def _make_home(self, home: Path) -> None:
        if not home.exists():
            home.mkdir(mode=0o700)
            self.user.own(home)

    # -- starting -------------------------------------------------------------------------------------------------

    def _start_on_a_free_port(self) -> None:
        _ = self.programs  # without programs of the right version nothing below is worth trying
        problem: EmbeddedProblem | None = None
        for _ in range(TRIES):
            if not (self.port and postmaster.free(self.port)):
                self._remember(port=postmaster.free_port())
            self._write_settings()
            try:
                self._run("pg_ctl", "start", "-D", self.pgdata, "-l", self.home / "start.log", "-w", "-t", "120")
            except EmbeddedProblem as error:
                problem = error
                if postmaster.free(self.port):  # not the port: trying again would not help
                    break
            else:
                return
        message = f"The bundled database in {self.home} does not start. {problem} {self._last_words()}"
        raise EmbeddedProblem(message)

    def _write_settings(self) -> None:
        path = self.pgdata / "commongrid.conf"
        text = postmaster.settings(self.port, logs=self.home / "log", durable=self.durable)
        path.write_text(text, encoding="utf-8")
        self.user.own(path)

    def _last_words(self) -> str:
        logs = [self.home / "start.log", *(self.home / "log").glob("*.log")]
        logs = [log for log in logs if log.exists()]
        if not logs:
            return ""
        newest = max(logs, key=lambda log: log.stat().st_mtime)
        return " ".join(newest.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])

    def _provision(self) -> None:
        """Roles, schema and extensions, again only when what they should be has changed."""
        text = provision_sql(self.schema, DATABASE, self._passwords())
        stamp = hashlib.sha256(text.encode()).hexdigest()
        stamps = self._notes().get("provisioned", {})
        if stamps.get(self.schema) == stamp:
            return
        try:
            with psycopg.connect(self.admin_dsn("postgres"), autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
            with psycopg.connect(self.admin_dsn()) as connection:
                connection.execute(text.encode())
        except psycopg.OperationalError as error:
            message = f"The bundled database in {self.home} does not let its administrator in: {error}"
            raise EmbeddedProblem(message) from error
        self._remember(provisioned={**stamps, self.schema: stamp})

    # -- small things ---------------------------------------------------------------------------------------------

    def _run(self, name: str, *arguments: str | Path) -> None:
        self.user.run([self.programs[name], *arguments])

    def _role_url(self, name: str) -> str:
        return self.role_url(name)

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def _passwords(self) -> dict[str, str]:
        fresh = new_passwords()
        text = keys.kept(
            keys.folder(self.data), keys.DATABASE, json.dumps({"admin": fresh["owner"], **new_passwords()})
        )
        passwords: dict[str, str] = json.loads(text)
        return passwords

    def _notes(self) -> dict[str, Any]:
        try:
            notes: dict[str, Any] = json.loads(self._note.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as error:
            message = f"The note {self._note} of the bundled database cannot be read: {error}"
            raise EmbeddedProblem(message) from error
        return notes

    def _remember(self, **facts: object) -> None:
        making = self._note.with_suffix(".making")
        making.write_text(json.dumps({**self._notes(), **facts}, indent=1) + "\n", encoding="utf-8")
        making.replace(self._note)


@contextmanager
def held(data: Path) -> Iterator[Cluster]:
    """Hold the bundled database: the first holder starts it, the last to leave stops it.

    The gate is locked only while somebody comes or goes, so a start and a stop never cross.
    """
    cluster = Cluster(data)
    cluster._make_data_folder()  # noqa: SLF001 - the lock lives in it
    with (data / "lock").open("ab") as lock:
        with _gate(data):
            fcntl.flock(lock, fcntl.LOCK_SH)
            try:
                cluster.start()
            except BaseException:
                _leave(cluster, lock.fileno())
                raise
        try:
            yield cluster
        finally:
            with _undisturbed(), _gate(data):
                _leave(cluster, lock.fileno())


def _leave(cluster: Cluster, lock: int) -> None:
    fcntl.flock(lock, fcntl.LOCK_UN)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody else holds it still
    try:
        cluster.stop()
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


@contextmanager
def _gate(data: Path) -> Iterator[None]:
    with (data / "lock.gate").open("ab") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C while the database stops waits until it has stopped."""
    stopping = {signal.SIGINT, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop_if_unheld(data: Path) -> bool:
    """Stop a server that nobody holds, left by a killed command; answers whether one was stopped."""
    cluster = Cluster(data)
    with (data / "lock").open("ab") as lock, _gate(data):
        if not cluster.running():
            return False
        _leave(cluster, lock.fileno())
        return not cluster.running()
