"""Keeps the product's processes alive: starts them, starts them again when one dies, ends them in order.

Children run in sessions of their own, so that Ctrl-C reaches the supervisor alone and it decides the order of
leaving; on Linux they are told to end when the supervisor itself is killed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

END_SECONDS = 20.0
LONGEST_WAIT = 30.0
STEADY_SECONDS = 30.0
LOOK_SECONDS = 0.5
PR_SET_PDEATHSIG = 1
LOG_BYTES = 20_000_000


@dataclass(slots=True)
class Child:
    """One process to keep alive; its output goes to `log`, or to ours where that is None."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    deaths: int = 0
    next_try: float = 0.0

    def start(self) -> None:
        """Start it, in a session of its own."""
        output: IO[bytes] | None = self.log.open("ab") if self.log else None
        try:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - we have no threads
            )
        finally:
            if output:
                output.close()
        self.begun = time.monotonic()

    def put_log_aside(self) -> None:
        """Copy a log that has grown large beside itself, one generation, and empty it; the process writes on."""
        if self.log is not None and self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    def dead(self) -> bool:
        """Whether it has ended."""
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        """Ask it to end; it sees to what it started itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End it and all that it started at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:  # the parent died before the line above
        os._exit(1)


@dataclass(slots=True)
class Supervisor:
    """Watches children, and one more thing: `look` is called on every round (the database)."""

    children: list[Child]
    look: Callable[[], None]
    say: Callable[[str], None]
    over: threading.Event = field(default_factory=threading.Event)
    longest_wait: float = LONGEST_WAIT

    def end_on_signals(self) -> None:
        """Ctrl-C and SIGTERM end the watch; what follows is an orderly leave."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_end)

    def _asked_to_end(self, _number: int, _frame: FrameType | None) -> None:
        self.over.set()

    def start(self) -> None:
        """Start all children."""
        for child in self.children:
            child.start()

    def watch(self, until: Callable[[], bool] | None = None) -> None:
        """Keep all alive until somebody asks to end, or a condition holds."""
        while not self.over.wait(LOOK_SECONDS):
            if until is not None and until():
                return
            self.look()
            for child in self.children:
                child.put_log_aside()
                if child.dead():
                    self._again(child)

    def _again(self, child: Child) -> None:
        now = time.monotonic()
        if child.next_try == 0.0:
            code = child.process.returncode if child.process else None
            child.deaths = 1 if now - child.begun > STEADY_SECONDS else child.deaths + 1
            wait = min(self.longest_wait, 0.5 * 2 ** (child.deaths - 1))
            child.next_try = now + wait
            where = f"; see {child.log}" if child.log else ""
            self.say(f"The {child.name} has ended (exit code {code}); it is started again in {wait:.0f} s{where}.")
        elif now >= child.next_try:
            child.next_try = 0.0
            child.start()

    def stop(self) -> None:
        """End the children, the last started first; kill what does not end in time."""
        for child in reversed(self.children):
            child.end()
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline and not all(child.dead() for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.kill()
