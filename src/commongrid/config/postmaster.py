"""The server process of a database folder: is it alive, is its lock stale, which port is free, how is it tuned."""

from __future__ import annotations

import os
import random
import signal
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST_PORT, HIGHEST_PORT = 20_000, 32_000  # below the range that the system gives to outgoing connections
ORPHAN_SECONDS = 10.0
PROC = Path("/proc")
ASK_ENCRYPTION = struct.pack("!ii", 8, 80877103)
"""The protocol's SSLRequest."""


def alive(pgdata: Path) -> int | None:
    """The pid of the living postmaster of this folder, verified; None where its lock file is missing or stale."""
    pid = _pid(pgdata)
    return pid if pid is not None and _serves(pid, pgdata) else None


def clear_stale(pgdata: Path) -> None:
    """Remove the lock file of a server that was killed, after verifying that nothing of it lives.

    Backends of a killed postmaster still hold its memory: they are given time to notice, then ended. PostgreSQL
    itself only fails where the old pid now belongs to another program.
    """
    lock = pgdata / "postmaster.pid"
    if not lock.exists() or not PROC.exists():
        return
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (orphans := list(_orphans(pgdata))) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in orphans:
        _end(pid)
    if alive(pgdata) is None:
        lock.unlink(missing_ok=True)


def answers(port: int) -> bool:
    """Whether a PostgreSQL speaks on a port of this machine: asked about encryption, it says yes or no."""
    if not port:
        return False
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as probe:
            probe.sendall(ASK_ENCRYPTION)
            return probe.recv(1) in {b"S", b"N"}
    except OSError:
        return False


def free(port: int, host: str = LOOPBACK) -> bool:
    """Whether we could listen on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody uses now, chosen at random so that clusters started together rarely meet."""
    for _ in range(200):
        port = random.randint(LOWEST_PORT, HIGHEST_PORT)  # noqa: S311 - not a secret
        if free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    return int(port)


def settings(port: int, *, logs: Path, durable: bool) -> str:
    """The tuned settings. The log names no statement, value or row: they hold personal data."""
    lines = [
        "# Written by commongrid at each start; change settings by ALTER SYSTEM.",
        f"listen_addresses = '{LOOPBACK}'",
        f"port = {port}",
        "unix_socket_directories = ''",
        "max_connections = 120",
        "password_encryption = 'scram-sha-256'",
        f"shared_buffers = '{_shared_megabytes()}MB'",
        "effective_cache_size = '2GB'",
        "work_mem = '16MB'",
        "maintenance_work_mem = '128MB'",
        "max_wal_size = '2GB'",
        "min_wal_size = '128MB'",
        "checkpoint_timeout = '15min'",
        "wal_compression = 'pglz'",
        "random_page_cost = 1.1",
        "jit = off",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
        "default_text_search_config = 'pg_catalog.simple'",
        "logging_collector = on",
        f"log_directory = '{_quoted(logs)}'",
        "log_filename = 'postgresql-%a.log'",
        "log_truncate_on_rotation = on",
        "log_rotation_age = '1d'",
        "log_rotation_size = '20MB'",
        "log_file_mode = 0600",
        "log_min_messages = 'log'",
        "log_min_error_statement = 'panic'",
        "log_error_verbosity = 'terse'",
    ]
    if not durable:
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "shared_buffers = '128MB'"]
        lines += ["max_parallel_workers_per_gather = 0"]  # a worker costs more than a tiny table
        lines += ["scram_iterations = 1"]  # a test signs in at the database many times
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _shared_megabytes() -> int:
    """A sixteenth of the memory, from 64 to 384 MB: web, worker and database stay below 2 GB together."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(64, min(384, memory // 16))


def _pid(pgdata: Path) -> int | None:
    try:
        first = (pgdata / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0].strip()
    except OSError:
        return None
    return int(first) if first.isdigit() and int(first) > 1 else None


def _serves(pid: int, pgdata: Path) -> bool:
    """Whether a process is a PostgreSQL of this folder: its working directory is the folder (it goes there first)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's process; its working directory decides
    if not PROC.exists():
        return True  # PostgreSQL's own check decides at the start
    try:
        return (PROC / str(pid) / "cwd").readlink() == pgdata.resolve()
    except OSError:
        return False


def _orphans(pgdata: Path) -> Iterator[int]:
    """Processes left of a killed postmaster."""
    if alive(pgdata) is not None:
        return
    for entry in PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _serves(int(entry.name), pgdata):
            command = (entry / "cmdline").read_bytes() if (entry / "cmdline").exists() else b""
            if b"postgres" in command:
                yield int(entry.name)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
