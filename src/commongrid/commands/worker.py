"""`commongrid worker`: the clock's work, round by round."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

HELP = "Run the clock's jobs (started by `up`; by hand where server and worker live apart)."
MODULES = ("journal", "accounts", "territory", "registry", "roster", "ledger", "matters", "outreach", "civic", "merit",
           "notices", "insight", "surfaces.console")  # fmt: skip
ROUND_SECONDS = 1.0
BEAT_SECONDS = 5.0
LONG_SECONDS = 60.0
"""A job apart may take as long without anybody being alarmed."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """How long to work."""
    parser.add_argument("--once", action="store_true", help="run every job once and end")


def run(args: argparse.Namespace) -> int:
    """Work until asked to end."""
    from commongrid.commands.opening import county_open

    with county_open():
        from django.db import connection

        from commongrid.config.guard import demand_app_role

        with connection.cursor() as cursor:
            demand_app_role(cursor)
        load_timetable()
        worker = Worker()
        if args.once:
            return 1 if worker.round(everything=True) else 0
        signal.signal(signal.SIGTERM, worker.end)
        signal.signal(signal.SIGINT, worker.end)
        worker.work()
    return 0


def load_timetable() -> None:
    """Import the jobs of every module, so that they are on the timetable."""
    for module in MODULES:
        name = f"commongrid.{module}"
        if find_spec(name) is not None and find_spec(f"{name}.jobs") is not None:
            import_module(f"{name}.jobs")


class Worker:
    """Runs what is due, one job after the other; a failing job fails alone and is tried at its next time."""

    def __init__(self) -> None:
        """Everything is due at once."""
        import structlog

        self.log = structlog.get_logger("worker")
        self.over = threading.Event()
        self.next: dict[str, float] = {}
        self.next_beat = 0.0

    def end(self, *_signal: object) -> None:
        """Finish the job at hand, then end."""
        self.over.set()

    def work(self) -> None:
        """Round after round; jobs apart beside them, each in a thread of its own."""
        from commongrid.kernel.timetable import TIMETABLE

        self.log.info("worker begins")
        apart = [threading.Thread(target=self._work_apart, args=(one,), name=one.name, daemon=True)
                 for one in TIMETABLE.values() if one.apart]  # fmt: skip
        for thread in apart:
            thread.start()
        while not self.over.is_set():
            self.round()
            self.over.wait(ROUND_SECONDS)
        for thread in apart:
            thread.join(ROUND_SECONDS)
        self.log.info("worker ends")

    def _work_apart(self, entry: Any) -> None:
        """One job again and again; an idle round is noted now and then only."""
        from django.db import connection

        noted = 0.0
        try:
            while not self.over.is_set():
                idle = time.monotonic() < noted + BEAT_SECONDS
                well = self._run(entry, idle=idle)
                if not well or not idle:
                    noted = time.monotonic()
                self.over.wait(entry.seconds if well else BEAT_SECONDS)
        finally:
            connection.close()

    def round(self, *, everything: bool = False) -> int:
        """Run what is due; answers how many jobs failed."""
        from commongrid.kernel.timetable import TIMETABLE

        self._beat()
        failed = 0
        for entry in list(TIMETABLE.values()):
            if self.over.is_set():
                break
            if everything or (not entry.apart and time.monotonic() >= self.next.get(entry.name, 0.0)):
                failed += not self._run(entry)
                self.next[entry.name] = time.monotonic() + entry.seconds
                self._beat()
        return failed

    def _run(self, entry: Any, *, idle: bool = False) -> bool:
        """Run a job and note it; ``idle``: only where there was something to do."""
        from commongrid.journal import pulses

        begun, every = time.perf_counter(), max(entry.seconds, LONG_SECONDS) if entry.apart else entry.seconds
        try:
            handled = entry.run()
        except Exception:  # the edge: a job fails alone
            self.log.exception("job failed", job=entry.name)
            self._note(lambda: pulses.miss(entry.name, every=every, ms=_ms(begun)))
            return False
        if handled:
            self.log.info("job", job=entry.name, handled=handled, ms=_ms(begun))
        elif idle:
            return True
        return self._note(lambda: pulses.beat(entry.name, every=every, ms=_ms(begun), handled=handled or 0))

    def _beat(self) -> None:
        from commongrid.journal import pulses

        if time.monotonic() >= self.next_beat:
            self._note(lambda: pulses.beat(pulses.WORKER, every=BEAT_SECONDS))
            self.next_beat = time.monotonic() + BEAT_SECONDS

    def _note(self, write: Callable[[], None]) -> bool:
        """Write a pulse; a database that is away is waited for, with a fresh connection each time."""
        from django.db import Error, connection

        try:
            write()
        except Error:
            self.log.exception("the database does not answer")
            connection.close()
            self.over.wait(ROUND_SECONDS)
            return False
        return True


def _ms(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)
