"""Two servers on one database, started alike, and what each of them and PostgreSQL have spent of the CPU."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commongrid.config import postmaster

TICK = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 60.0
ROOT = Path(__file__).parents[1]
"""Of the tree that is measured, which need not be the one installed."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where, and its process."""

    port: int
    pid: int


@contextmanager
def serving(target: str, surroundings: dict[str, str], log: Path) -> Iterator[Server]:
    """Granian with one worker and as many threads as the product's own, until the end of the block."""
    port = postmaster.free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--backpressure", "64", "--no-ws", "--log-level", "warning"),
        target,
    ]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = {**os.environ, **surroundings, "PORT": str(port), "PYTHONPATH": path}
    with log.open("wb") as words:
        process = subprocess.Popen(command, env=environment, stdout=words, stderr=words)
    try:
        _wait(port, process, log)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = f"the server does not answer: {log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def spent(*roots: int) -> float:
    """Seconds of CPU, user and system, of whole process trees, ended children included."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.name))
        used[int(entry.name)] = sum(map(int, fields[11:15]))
    total, waiting = 0, list(roots)
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0)
        waiting += children.get(pid, [])
    return total / TICK
