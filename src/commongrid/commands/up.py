"""`commongrid up`: everything that serves a county, until Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HELP = "Prepare the database, serve and work until Ctrl-C; loads the demo county on the first start."
READY_SECONDS = 90.0
LEAVING_SECONDS = 3.0
"""The server of a killed `up` needs a moment to leave its port."""
ADDRESS_FILE = "up.address"
KEEP_FROM_SERVER = ("DATABASE_OWNER_URL", "COMMONGRID_AS")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to serve, and what to leave out."""
    parser.add_argument("--port", type=int, help="port to serve at (default: PORT, else 8000)")
    parser.add_argument("--host", help="address to listen on (default: COMMONGRID_HOST, else this machine only)")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo county on the first start")
    parser.add_argument("--no-links", action="store_true", help="do not print one-time sign-in links")
    parser.add_argument("--logs", choices=("file", "terminal"), default="file", help="where logs go (default: file)")


def run(args: argparse.Namespace) -> int:
    """Start everything, watch over it, end it in order."""
    from commongrid.commands.opening import database
    from commongrid.config.binaries import say
    from commongrid.config.env import env

    if args.port:
        os.environ["PORT"] = str(args.port)
    if args.host:
        os.environ["COMMONGRID_HOST"] = args.host
    refuse_taken_port(env.HOST, env.PORT)
    with only_one(env.DATA):
        with database() as addresses:
            begun = time.monotonic()
            prepare_all(addresses.app, addresses.owner, demo=not args.no_demo)
            say(f"The county is ready after {time.monotonic() - begun:.1f} s.")
            _serve(addresses.app, args)
        say("Everything has stopped.")
    return 0


def refuse_taken_port(host: str, port: int) -> None:
    """Say early, and in words, that somebody else uses the port."""
    from commongrid.config import postmaster
    from commongrid.config.env import Misconfigured

    deadline = time.monotonic() + LEAVING_SECONDS
    while not postmaster.free(port, host):
        if time.monotonic() < deadline:
            time.sleep(0.2)
            continue
        message = f"Port {port} is in use or not ours to use. Serve elsewhere: make run PORT={port + 1}"
        raise Misconfigured(message)


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """One `up` per data folder; its pid is kept for `down`, its address for `sign-in`."""
    from commongrid.config.env import Misconfigured, env

    data.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (data / "up.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            message = f"This county is being served already (process {file.read().strip()}, data in {data})."
            raise Misconfigured(message) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        (data / ADDRESS_FILE).write_text(env.ADDRESS, encoding="utf-8")
        try:
            yield
        finally:
            (data / ADDRESS_FILE).unlink(missing_ok=True)
            file.truncate(0)


def served_at(data: Path) -> str:
    """The address of the `up` that serves this data folder now; empty where none does."""
    from commongrid.commands.down import running_up

    path = data / ADDRESS_FILE
    return path.read_text(encoding="utf-8").strip() if path.exists() and running_up(data) else ""


def prepare_all(app_url: str, owner_url: str, *, demo: bool) -> None:
    """Migrate as the owner, refuse a mighty role, load the demo county where there is no county."""
    import psycopg

    from commongrid.config.binaries import say
    from commongrid.config.guard import demand_app_role
    from commongrid.config.preparing import code_stamp, prepare, schema_stamp

    if schema_stamp(app_url) != code_stamp():
        say("Preparing the database.")
        prepare(app_url, owner_url)
    with psycopg.connect(app_url) as connection, connection.cursor() as cursor:
        demand_app_role(cursor)
    if demo and _has_no_places(owner_url or app_url):
        say("Loading the demo county (fictional names). This takes some minutes; the sign-in links follow.")
        done = subprocess.run(_own("demo", "--size", "township"), check=False, env=environment(app_url))
        if done.returncode:
            say("The demo county could not be loaded; the county starts empty.")


def _has_no_places(url: str) -> bool:
    import psycopg

    from commongrid.config.env import env

    with psycopg.connect(url, options=f"-c search_path={env.SCHEMA},extensions,pg_temp") as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT FROM territory_place)").fetchone()
    return bool(row and row[0])


def environment(app_url: str) -> dict[str, str]:
    """What server, worker and children get: the app's address, never the owner's."""
    kept = {name: value for name, value in os.environ.items() if name not in KEEP_FROM_SERVER}
    return {**kept, "DATABASE_URL": app_url, "DJANGO_SETTINGS_MODULE": "commongrid.config.settings"}


def _own(*words: str) -> list[str]:
    return [sys.executable, "-m", "commongrid.cli", *words]


def _serve(app_url: str, args: argparse.Namespace) -> None:
    from commongrid.config.binaries import say
    from commongrid.config.embedded import Cluster
    from commongrid.config.env import env
    from commongrid.config.supervisor import Child, Supervisor

    (env.DATA / "static").mkdir(exist_ok=True)
    metrics = _fresh_folder(env.DATA / "metrics")
    surroundings = {**environment(app_url), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    logs = None if args.logs == "terminal" else _logs(env.DATA / "logs")
    supervisor = Supervisor(
        [
            Child("server", server_command(), surroundings, logs and logs / "server.log"),
            Child("worker", _own("worker"), surroundings, logs and logs / "worker.log"),
        ],
        look=_database_watch(Cluster(env.DATA)) if env.EMBEDDED else _nothing,
        say=say,
        longest_wait=float(env.RESTART_SECONDS),
    )
    supervisor.end_on_signals()
    try:
        supervisor.start()
        waiting = Waiting()
        supervisor.watch(until=waiting.over)
        if not supervisor.over.is_set():
            say(f"Commongrid answers at {env.ADDRESS}/" + ("" if waiting.ready else f" ({waiting.word})"))
            if logs:
                say(f"Logs: {logs}")
            if not args.no_links:
                _print_links(surroundings)
            say("Ctrl-C stops everything; the data stays.")
            supervisor.watch()
        say("Stopping.")
    finally:
        supervisor.stop()


def server_command() -> list[str]:
    """How the web server is called."""
    from commongrid.config.env import env

    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", env.HOST, "--port", str(env.PORT)),
        *("--workers", str(env.SERVERS), "--blocking-threads", "4", "--backpressure", "64", "--no-ws"),
        *("--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        *("--http1-header-read-timeout", "20000"),
        "commongrid.config.wsgi:application",
    ]


class Waiting:
    """Waits for the first readiness of the server."""

    def __init__(self) -> None:
        self.deadline = time.monotonic() + READY_SECONDS
        self.ready = False
        self.word = "not ready yet"

    def over(self) -> bool:
        """Whether the server is ready, or has had its time."""
        from commongrid.config.env import env

        host = "127.0.0.1" if env.HOST in {"0.0.0.0", "::"} else env.HOST  # noqa: S104 - compared, not bound
        try:
            with urllib.request.urlopen(f"http://{host}:{env.PORT}/readyz", timeout=5):
                self.ready = True
        except urllib.error.HTTPError as error:
            self.word = error.read().decode(errors="replace").strip()
        except OSError as error:
            self.word = f"the server does not answer: {error}"
        return self.ready or time.monotonic() > self.deadline


def _print_links(surroundings: dict[str, str]) -> None:
    """One-time sign-in links, one per role that somebody holds."""
    from commongrid.config.binaries import say

    done = subprocess.run(
        _own("sign-in", "--each-role", "--json"), check=False, env=surroundings, capture_output=True, text=True
    )
    if done.returncode:
        say((done.stderr.strip() or "No sign-in links could be made.").splitlines()[-1])
        return
    links: list[dict[str, Any]] = json.loads(done.stdout)["links"]
    say(
        "One-time sign-in links, one per role:"
        if links
        else "No demo is here, so no links are made: `commongrid sign-in POST` makes one for whoever holds a post."
    )
    widest = max((len(link["title"]) for link in links), default=0)
    for link in links:
        say(f"  {link['title']:<{widest}}  {link['url']}")


def _database_watch(cluster: Any) -> Any:
    """Start the bundled database again when it was killed."""
    from commongrid.config.binaries import EmbeddedProblem, say

    def look() -> None:
        if not cluster.running():
            say("The database has ended; it is started again.")
            try:
                cluster.start()
            except EmbeddedProblem as problem:
                say(str(problem))

    return look


def _nothing() -> None:
    return


def _logs(folder: Path) -> Path:
    """The folder of logs."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _fresh_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    return folder
