"""Children are kept alive, and leave in order."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from commongrid.config import supervisor
from commongrid.config.supervisor import Child, Supervisor

STAY = "import time; time.sleep(60)"
FALL = "import sys; sys.exit(3)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('in', flush=True); time.sleep(60)"


def _child(name: str, program: str, log: Path | None = None) -> Child:
    return Child(name, [sys.executable, "-c", program], dict(os.environ), log)


def _wait(seconds: float) -> object:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() > deadline


def test_a_dead_child_is_started_again_and_said() -> None:
    said: list[str] = []
    child = _child("worker", STAY)
    watch = Supervisor([child], look=lambda: None, say=said.append)
    watch.start()
    first = child.process
    assert first
    first.kill()
    first.wait()
    deadline = time.monotonic() + 20
    watch.watch(until=lambda: (child.process is not first and not child.dead()) or time.monotonic() > deadline)
    assert child.process is not first
    assert said == ["The worker has ended (exit code -9); it is started again in 0 s."]
    watch.stop()
    assert child.dead()


def test_a_log_that_grows_is_put_aside_and_written_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "LOG_BYTES", 10_000)
    log = tmp_path / "worker.log"
    child = _child("worker", "import time\nwhile True: print('line ' * 100, flush=True); time.sleep(.02)", log)
    watch = Supervisor([child], look=lambda: None, say=print)
    watch.start()
    aside, deadline = log.with_suffix(".log.1"), time.monotonic() + 30
    watch.watch(until=lambda: aside.exists() or time.monotonic() > deadline)
    until = time.monotonic() + 20
    while log.stat().st_size == 0 and time.monotonic() < until:
        time.sleep(0.05)
    watch.stop()
    assert aside.stat().st_size > 10_000
    assert log.read_bytes().startswith(b"line "), "no hole is left where the old lines stood"


def test_a_child_that_falls_again_and_again_is_waited_for_longer() -> None:
    said: list[str] = []
    child = _child("server", FALL)
    watch = Supervisor([child], look=lambda: None, say=said.append)
    watch.start()
    deadline = time.monotonic() + 30
    watch.watch(until=lambda: len(said) >= 3 or time.monotonic() > deadline)
    assert [line.rsplit("in ", 1)[1] for line in said[:3]] == ["0 s.", "1 s.", "2 s."]
    watch.stop()


def test_the_wait_grows_no_longer_than_it_may() -> None:
    said: list[str] = []
    watch = Supervisor([_child("server", FALL)], look=lambda: None, say=said.append, longest_wait=0.5)
    watch.start()
    deadline = time.monotonic() + 30
    watch.watch(until=lambda: len(said) >= 3 or time.monotonic() > deadline)
    assert [line.rsplit("in ", 1)[1] for line in said[:3]] == ["0 s.", "0 s.", "0 s."]
    watch.stop()


def test_a_stubborn_child_is_killed_after_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "END_SECONDS", 0.5)
    child = _child("server", STUBBORN, tmp_path / "log")
    watch = Supervisor([child], look=lambda: None, say=lambda _: None)
    watch.start()
    deadline = time.monotonic() + 20
    while "in" not in (tmp_path / "log").read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    watch.stop()
    assert child.process
    assert child.process.returncode == -9


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, sys, time
from commongrid.config.supervisor import Child, Supervisor
child = Child("c", [sys.executable, "-c", {STAY!r}], dict(os.environ))
Supervisor([child], look=lambda: None, say=print).start()
print(child.process.pid, flush=True)
time.sleep(60)
"""
    import subprocess

    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].startswith("Z"):
            break
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{pid}").exists()
