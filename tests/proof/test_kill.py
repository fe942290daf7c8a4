"""kill -9 of PostgreSQL and of the app under sixteen writers: nothing acknowledged is lost, doubled or half-written.

Each writer reports matters over HTTP as a villager would, and sends an
unanswered report again with the same act. Nightly, twenty rounds each; so that
falling again and again takes minutes and not a quarter of an hour, the
supervisor's longest wait is set to a second.
"""

from __future__ import annotations

import contextlib
import http
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psycopg
import pytest

from commongrid.config import postmaster
from commongrid.config.embedded import Cluster
from commongrid.kernel.act import new_id
from tests.config.conftest import folder as folder  # noqa: PLC0414 - a fixture
from tests.config.test_up import children, ready, served
from tests.figures import Record
from tests.sizes import size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRITERS = 16
ROUNDS = size(2, 20)
AN_ADDRESS = 60
"""Reports from one address before the writer moves to another, below the throttle."""
SOUND = {
    "acknowledged twice or not at all": "SELECT count(*) FROM unnest(%(acks)s::uuid[]) a"
    " WHERE (SELECT count(*) FROM matters_matter m WHERE m.id = a) <> 1",
    "acknowledged without its line": "SELECT count(*) FROM unnest(%(acks)s::uuid[]) a"
    " WHERE (SELECT count(*) FROM journal_line l WHERE l.id = a AND l.name = 'matters.reported') <> 1",
    "matter without claim or line": "SELECT count(*) FROM matters_matter m WHERE m.text LIKE 'drill %%' AND ("
    "NOT EXISTS (SELECT FROM journal_line l WHERE l.id = m.id)"
    " OR NOT EXISTS (SELECT FROM journal_claim c WHERE c.id = m.id))",
    "line without its matter": "SELECT count(*) FROM journal_line l WHERE l.name = 'matters.reported'"
    " AND NOT EXISTS (SELECT FROM matters_matter m WHERE m.id = l.id)",
    "claim without its line": "SELECT count(*) FROM journal_claim c"
    " WHERE NOT EXISTS (SELECT FROM journal_line l WHERE l.id = c.id)",
    "matter without contact": "SELECT count(*) FROM matters_matter m WHERE m.text LIKE 'drill %%' AND NOT EXISTS"
    " (SELECT FROM matters_party p WHERE p.matter_id = m.id)",
}


@dataclass
class Drill:
    """Writers and what was acknowledged to them."""

    port: int
    place: int
    acks: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)
    retried: int = 0

    def write(self, n: int) -> None:
        """Report again and again; the same act until it is answered."""
        chance, sent = random.Random(n), 0
        while not self.over.is_set():
            act, tries = str(new_id()), 0
            while not self.over.is_set():
                address = f"127.{n + 1}.{sent // AN_ADDRESS % 250}.1"
                with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                    if self._send(act, address):
                        self.acks.add(act)
                        self.retried += bool(tries)
                        break
                tries += 1
                time.sleep(chance.uniform(0.02, 0.1))
            sent += 1

    def _send(self, act: str, address: str) -> bool:
        """One try: open the page for its token, send the form; acknowledged is a redirect to the slip."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(address, 0))
        try:
            link.request("GET", f"/report/tell?kind=G02&at={self.place}")
            page = link.getresponse()
            page.read()
            cookie = page.headers.get("Set-Cookie", "").split(";")[0]
            if page.status != http.HTTPStatus.OK or not cookie:
                return False
            body = urlencode({
                "csrfmiddlewaretoken": cookie.split("=", 1)[1], "act": act, "kind": "G02", "at": self.place,
                "urgency": "normal", "text": f"drill {act}", "name": "某人", "phone": "13800001234",
            })  # fmt: skip
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
            link.request("POST", "/report/send", body, headers)
            answer = link.getresponse()
            answer.read()
            return answer.status == 302 and "/s/" in answer.headers.get("Location", "")
        finally:
            link.close()


def lay_demo(folder: Path) -> None:
    """The smallest demo county, by the command that anybody would use."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    command = [sys.executable, "-m", "commongrid.cli", "demo", "--size", "hamlet"]
    subprocess.run(command, env={**kept, "COMMONGRID_DATA": str(folder)}, check=True, capture_output=True)


def _kill_database(_up: int, folder: Path) -> None:
    """The postmaster and every backend, at once."""
    pid = postmaster.alive(Cluster(folder).pgdata)
    assert pid is not None
    for one in [*children(pid), pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _kill_app(up: int, folder: Path) -> None:
    """Everything that ``up`` started but the database."""
    database = postmaster.alive(Cluster(folder).pgdata)
    spared = {database, *(children(database) if database else ())}
    for one in children(up):
        if one not in spared:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)


@pytest.mark.nightly
@pytest.mark.drill
@pytest.mark.parametrize("kill", [_kill_database, _kill_app], ids=["database", "app"])
def test_nothing_acknowledged_is_lost_doubled_or_half_written(
    folder: Path, kill: Callable[[int, Path], None], monkeypatch: pytest.MonkeyPatch, figure: Record
) -> None:
    monkeypatch.setenv("COMMONGRID_RESTART_SECONDS", "1")
    port = postmaster.free_port()
    lay_demo(folder)
    with served(folder, port) as up:
        ready(port)
        with psycopg.connect(Cluster(folder).owner_url) as owner:
            (place,) = owner.execute("SELECT min(code) FROM territory_place WHERE level = 'village'").fetchone() or (0,)
        drill, rounds = Drill(port, place), 0
        threads = [threading.Thread(target=drill.write, args=[n]) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            while rounds < ROUNDS:
                before = len(drill.acks)
                time.sleep(1.5)
                kill(up.pid, folder)
                ready(port)
                deadline = time.monotonic() + 60
                while len(drill.acks) < before + WRITERS and time.monotonic() < deadline:
                    time.sleep(0.1)
                rounds += 1
        finally:
            drill.over.set()
            for thread in threads:
                thread.join()
        with psycopg.connect(Cluster(folder).owner_url) as owner:
            found = {
                what: (owner.execute(query, {"acks": sorted(drill.acks)}).fetchone() or (None,))[0]
                for what, query in SOUND.items()
            }
    print(f"{ROUNDS} kills ({kill.__name__}): {len(drill.acks)} acknowledged, {drill.retried} after a retry, {found}")
    whom = "the app" if kill is _kill_app else "PostgreSQL"
    figure(f"kill -9 of {whom} under 16 writers", asked=ROUNDS, done=rounds, wrong=sum(map(int, found.values())))
    assert found == dict.fromkeys(SOUND, 0)
    assert len(drill.acks) > ROUNDS * WRITERS
