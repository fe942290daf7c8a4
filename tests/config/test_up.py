"""`commongrid up` as a person lives with it: start, stop, start again, and after the worst."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from commongrid.config import postmaster
from commongrid.config.embedded import Cluster


@contextmanager
def served(folder: Path, port: int, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`up` in a process of its own; it is ended, and with it what it started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment = {**kept, "COMMONGRID_DATA": str(folder), "PORT": str(port), "COMMONGRID_SERVERS": "1"}
    command = [sys.executable, "-m", "commongrid.cli", "up", "--no-demo", "--no-links", *words]
    with subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_as_at_a_terminal,  # noqa: PLW1509 - it takes no lock that another thread may hold
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            if process.stderr and not process.stderr.closed:
                process.communicate()


def _as_at_a_terminal() -> None:
    """Ctrl-C counts, also where whoever runs the tests works in the background and ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ready(port: int, seconds: float = 120) -> dict[str, Any]:
    """The first answer of /readyz that says ready."""
    deadline = time.monotonic() + seconds
    said: object = "nothing"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                facts: dict[str, Any] = json.load(answer)
                return facts
        except urllib.error.HTTPError as error:
            said = error.read()
            error.close()
        except OSError as error:
            said = error
        time.sleep(0.2)
    raise AssertionError(said)


def children(pid: int) -> list[int]:
    """Processes started by another, and theirs."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1]) == pid:
                found += [int(entry.name), *children(int(entry.name))]
        except OSError:
            continue
    return found


def test_up_serves_stops_on_ctrl_c_and_recovers_after_kill_of_everything(folder: Path) -> None:
    port = postmaster.free_port()
    with served(folder, port) as up:
        assert ready(port) == {"ready": True, "database": "ok", "migrations": "ok", "worker": "ok"}
        cluster = Cluster(folder)
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 'acknowledged' AS word")
        for child in children(up.pid):
            surroundings = Path(f"/proc/{child}/environ").read_bytes()
            assert b"county_owner" not in surroundings
            assert b"DATABASE_OWNER_URL" not in surroundings
        with served(folder, postmaster.free_port()) as second:
            _, said = second.communicate()
            assert second.returncode == 1
            assert "is being served already" in said
        up.send_signal(signal.SIGINT)
        _, said = up.communicate()
        assert (up.returncode, said.splitlines()[-1]) == (0, "Everything has stopped.")
    assert not cluster.running()
    assert postmaster.free(port)

    with served(folder, port) as up:
        ready(port)
        everything = [up.pid, *children(up.pid)]
        server = postmaster.alive(cluster.pgdata)
        assert server
        for pid in (*everything, server):
            os.kill(pid, signal.SIGKILL)
    with served(folder, port) as up:
        ready(port)
        with psycopg.connect(cluster.owner_url) as owner:
            assert owner.execute("SELECT word FROM kept").fetchone() == ("acknowledged",)


def test_up_starts_again_what_is_killed_and_leaves_with_term(folder: Path) -> None:
    port = postmaster.free_port()
    with served(folder, port) as up:
        ready(port)
        cluster = Cluster(folder)
        server = postmaster.alive(cluster.pgdata)
        assert server
        os.kill(server, signal.SIGKILL)
        for pid in children(up.pid):
            os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        ready(port)
        assert postmaster.alive(cluster.pgdata) != server
        up.terminate()
        _, said = up.communicate()
        assert up.returncode == 0
        assert "The database has ended; it is started again." in said
        assert "The server has ended" in said


def test_a_taken_port_is_said_before_anything_is_made(folder: Path) -> None:
    import socket

    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        with served(folder, port) as up:
            _, said = up.communicate()
    assert up.returncode == 1
    assert said == f"Port {port} is in use or not ours to use. Serve elsewhere: make run PORT={port + 1}\n"
    assert not folder.exists()


@pytest.mark.parametrize("seconds", [0.3])
def test_an_early_ctrl_c_leaves_nothing(folder: Path, seconds: float) -> None:
    with served(folder, postmaster.free_port()) as up:
        time.sleep(seconds)
        up.send_signal(signal.SIGINT)
        up.communicate(timeout=60)
    assert up.returncode != 0
    assert not Cluster(folder).running()
