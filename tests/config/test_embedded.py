"""The bundled PostgreSQL: made, shared, stopped, and found again after the worst."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from commongrid.config import binaries, postmaster
from commongrid.config.embedded import Cluster, EmbeddedProblem, held, stop_if_unheld

HOLD = """
import sys, pathlib
from commongrid.config.embedded import held
with held(pathlib.Path(sys.argv[1])) as cluster:
    print("in", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database until it reads a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "in\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _keep(cluster: Cluster, word: str) -> None:
    with psycopg.connect(cluster.owner_url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        owner.execute("INSERT INTO kept VALUES (%s)", [word])


def _kept(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.owner_url) as owner:
        return [word for (word,) in owner.execute("SELECT word FROM kept ORDER BY word").fetchall()]


def test_a_second_start_keeps_the_data(folder: Path) -> None:
    with held(folder) as cluster:
        _keep(cluster, "one")
        first = cluster.port
    assert not cluster.running()
    with held(folder) as cluster:
        assert (_kept(cluster), cluster.port) == (["one"], first)


def test_it_runs_as_an_ordinary_user_on_this_machine_only(folder: Path) -> None:
    with held(folder) as cluster:
        pid = postmaster.alive(cluster.pgdata)
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        with psycopg.connect(cluster.app_url) as app:
            assert app.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
            assert app.execute("SHOW fsync").fetchone() == ("on",)
            assert app.execute("SHOW data_checksums").fetchone() == ("on",)
            assert app.execute("SELECT 'Ä' < 'a', lower('ÄÖ')").fetchone() == (False, "äö")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgresql://county_app:wrong@127.0.0.1:{cluster.port}/commongrid")


def test_the_last_to_leave_stops_it(folder: Path) -> None:
    with holder(folder) as other:
        with held(folder) as cluster:
            assert cluster.running()
        assert cluster.running()
        other.communicate("\n")
        assert not cluster.running()


def test_after_kill_of_everything_the_next_start_recovers(folder: Path) -> None:
    with holder(folder) as other:
        cluster = Cluster(folder)
        _keep(cluster, "acknowledged")
        pid = postmaster.alive(cluster.pgdata)
        assert pid
        other.kill()
        os.kill(pid, signal.SIGKILL)
    assert (cluster.pgdata / "postmaster.pid").exists()
    with held(folder) as cluster:
        assert _kept(cluster) == ["acknowledged"]


def test_a_server_left_by_a_killed_command_is_used_then_stopped(folder: Path) -> None:
    with holder(folder) as other:
        other.kill()
        other.wait()
    cluster = Cluster(folder)
    assert cluster.running()
    with held(folder) as cluster:
        assert cluster.running()
    assert not cluster.running()


def test_down_stops_only_what_nobody_holds(folder: Path) -> None:
    with holder(folder) as other:
        assert not stop_if_unheld(folder)
        other.kill()
        other.wait()
    assert stop_if_unheld(folder)
    assert not stop_if_unheld(folder)


def test_a_stale_lock_with_the_number_of_another_program_is_no_obstacle(folder: Path) -> None:
    with held(folder) as cluster:
        _keep(cluster, "one")
    lock = cluster.pgdata / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lock.write_text(f"{stranger.pid}\n{cluster.pgdata}\n1\n{cluster.port}\n\n127.0.0.1\n")
        binaries.runner().own(lock)
        assert postmaster.alive(cluster.pgdata) is None
        with held(folder) as cluster:
            assert _kept(cluster) == ["one"]
        assert stranger.poll() is None
        stranger.kill()


def test_a_taken_port_is_left_to_its_user(folder: Path) -> None:
    with held(folder) as cluster:
        before = cluster.port
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # those who just left may linger
        stranger.bind(("127.0.0.1", before))
        stranger.listen()
        with held(folder) as cluster:
            assert cluster.port != before
            assert cluster.running()
        after = cluster.port
    with held(folder) as cluster:
        assert cluster.port == after


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the database to another user")
def test_as_root_a_folder_out_of_reach_is_replaced_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    private = Path(tempfile.mkdtemp(prefix="cg-private-"))  # mode 0700, ours alone
    data = private / "data"
    elsewhere: Path | None = None
    try:
        with held(data) as cluster:
            elsewhere = cluster.home
            _keep(cluster, "one")
            assert elsewhere.parent == binaries.SYSTEM_HOME
            assert f"the database is kept in {elsewhere}" in capsys.readouterr().err
        with held(data) as cluster:
            assert _kept(cluster) == ["one"]
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        Cluster(data).stop()
        shutil.rmtree(private)
        if elsewhere is not None:
            shutil.rmtree(elsewhere)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the database to another user")
def test_as_root_programs_out_of_reach_are_copied_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user = binaries.runner()
    found = binaries.programs(user).folder
    private = Path(tempfile.mkdtemp(prefix="cg-private-"))
    package = found.parent.parent
    shutil.copytree(package, private / package.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, private / libraries.name, symlinks=True)
    home = Path(tempfile.mkdtemp(prefix="cg-system-"))
    home.chmod(0o755)
    monkeypatch.setattr(binaries, "SYSTEM_HOME", home)
    monkeypatch.setenv("COMMONGRID_POSTGRES_BIN", str(private / package.name / found.parent.name / "bin"))
    try:
        copied = binaries.programs(user)
        assert copied.folder.is_relative_to(home)
        assert "PostgreSQL's programs are copied" in capsys.readouterr().err
        assert "PostgreSQL" in user.run([copied["psql"], "--version"]).stdout
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(private)
        shutil.rmtree(home)


def test_a_data_folder_that_is_a_file_is_refused_in_words(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(EmbeddedProblem, match="cannot be made"), held(folder):
        pass
    folder.unlink()


def test_a_database_of_another_version_is_refused_in_words(folder: Path) -> None:
    with held(folder) as cluster:
        home = cluster.pgdata
    (home / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedProblem, match="No PostgreSQL of version 16, which made this database,"), held(folder):
        pass


def test_a_broken_database_says_its_last_words(folder: Path) -> None:
    with held(folder) as cluster:
        pass
    (cluster.pgdata / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedProblem, match="does not start"), held(folder):
        pass


def test_two_first_starts_at_once_make_one_database(folder: Path) -> None:
    begun = time.monotonic()
    racers = [
        subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [racer.communicate(b"\n")[0] for racer in racers] == [b"in\n"] * 3
    assert not Cluster(folder).running()
    assert time.monotonic() - begun < 60
