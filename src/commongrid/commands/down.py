"""`commongrid down`: ends a running `up`, or what a killed one left running."""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from pathlib import Path

HELP = "Stop a running `up` of this data folder, or the database that a killed one left running."
SECONDS = 60.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to print."""
    parser.add_argument("--json", action="store_true", help="print what was stopped as JSON")


def run(args: argparse.Namespace) -> int:
    """Stop what runs; nothing running is no fault."""
    from commongrid.config.embedded import EmbeddedProblem, stop_if_unheld
    from commongrid.config.env import env

    pid = running_up(env.DATA)
    ended = pid is not None and _end(pid)
    if pid is not None and not ended:
        message = f"Process {pid} did not end in {SECONDS:.0f} seconds. Look at its last words, then end it yourself."
        raise EmbeddedProblem(message)
    database = env.EMBEDDED and env.DATA.exists() and stop_if_unheld(env.DATA)
    if args.json:
        print(json.dumps({"up": ended, "database": database}))
    else:
        print("Stopped." if ended or database else "Nothing was running.")
    return 0


def running_up(data: Path) -> int | None:
    """The process that serves this data folder: its lock is held, so its pid is true."""
    import fcntl

    path = data / "up.lock"
    if not path.exists():
        return None
    with path.open("r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = file.read().strip()
            return int(text) if text.isdigit() else None
    return None


def _end(pid: int) -> bool:
    deadline = time.monotonic() + SECONDS
    try:
        os.kill(pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.1)
    except ProcessLookupError:
        return True
    return False
