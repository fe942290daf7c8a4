"""What machines ask: alive, ready, measured."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection

from commongrid.commands.worker import Worker
from commongrid.config import preparing, probes
from commongrid.journal import pulses
from commongrid.kernel import timetable

if TYPE_CHECKING:
    from tests.bed import Database


def _inner(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("418 I'm a teapot", [])
    return [b"inner"]


def _get(path: str, method: str = "GET", **headers: str) -> tuple[str, dict[str, str], bytes]:
    got: dict[str, Any] = {}

    def start(status: str, pairs: list[tuple[str, str]], *_rest: object) -> None:
        got.update(status=status[:3], headers=dict(pairs))

    body = b"".join(probes.watched(_inner)({"PATH_INFO": path, "REQUEST_METHOD": method, **headers}, start))
    return got["status"], got["headers"], body


@pytest.fixture
def prepared(database: Database) -> Database:
    """A database that carries the stamp of this code."""
    with database.as_role("owner") as owner:
        owner.execute(f"COMMENT ON SCHEMA county IS '{preparing.code_stamp()}'")
    return database


def test_alive_without_any_database() -> None:
    assert _get("/livez")[::2] == ("200", b'{"alive": true}\n')


def test_everything_else_is_the_application() -> None:
    assert _get("/livezz")[::2] == ("418", b"inner")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_only_asking_is_answered(path: str) -> None:
    status, headers, _ = _get(path, "POST")
    assert (status, headers["Allow"]) == ("405", "GET, HEAD")


def test_ready_with_database_preparation_and_heartbeat(prepared: Database) -> None:
    assert _ready() == ("503", {"database": "ok", "migrations": "ok", "worker": "no heartbeat"})
    pulses.beat(pulses.WORKER, every=5)
    assert _ready() == ("200", {"database": "ok", "migrations": "ok", "worker": "ok"})


def test_not_ready_with_a_schema_of_another_version(prepared: Database) -> None:
    with prepared.as_role("owner") as owner:
        owner.execute("COMMENT ON SCHEMA county IS 'commongrid 0123456789abcdef'")
    assert _ready()[1]["migrations"] == "the schema is not prepared for this version"


def test_not_ready_with_an_old_heartbeat(prepared: Database) -> None:
    pulses.beat(pulses.WORKER, every=5)
    with prepared.as_role("owner") as owner:
        owner.execute("UPDATE journal_pulse SET done_at = done_at - interval '10 minutes'")
    assert _ready()[1]["worker"] == "no heartbeat"


def test_not_ready_without_database(prepared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    assert _ready() == ("503", {"database": "does not answer", "migrations": "unknown", "worker": "unknown"})


def _ready() -> tuple[str, dict[str, str]]:
    status, _, body = _get("/readyz")
    facts = json.loads(body)
    assert facts.pop("ready") is (status == "200")
    return status, facts


@pytest.mark.parametrize("words", ["", "Bearer", "Bearer wrong", "Basic x", "Bearer \xff"])
def test_metrics_refuse_without_the_token(words: str) -> None:
    status, headers, body = _get("/metrics", HTTP_AUTHORIZATION=words)
    assert (status, headers["WWW-Authenticate"]) == ("401", 'Bearer realm="metrics"')
    assert b"commongrid_" not in body


def test_metrics_tell_requests_and_jobs(prepared: Database) -> None:
    pulses.beat("matters.tick", every=60)
    _get("/somewhere")
    status, _, body = _get("/metrics", HTTP_AUTHORIZATION=f"Bearer {settings.KEYS.metrics}")
    assert status == "200"
    assert b'commongrid_requests_total{method="GET",status="418"}' in body
    assert b'commongrid_job_age_seconds{job="matters.tick"}' in body
    assert b"commongrid_database_up 1.0" in body


def test_the_worker_notes_rounds_and_failures(prepared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall() -> int:
        raise RuntimeError

    monkeypatch.setattr(timetable, "TIMETABLE", {})
    timetable.every(seconds=60, name="good")(lambda: 3)
    timetable.every(seconds=60, name="bad")(fall)
    worker = Worker()
    assert worker.round() == 1
    assert worker.round() == 0  # nothing is due again yet
    assert worker.round(everything=True) == 1
    rows = {row.job: row for row in pulses.pulses()}
    assert (rows["good"].handled, rows["good"].fails, rows["bad"].fails) == (3, 0, 2)
    assert rows["bad"].done_at is None
    assert pulses.WORKER in rows


def test_a_long_job_apart_holds_up_no_other(prepared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def long() -> int:
        begun.set()
        return int(let_go.wait(10))

    def short() -> int:
        if begun.is_set():
            worker.end()
        return int(begun.is_set())

    worker = Worker()
    monkeypatch.setattr(timetable, "TIMETABLE", {})
    timetable.every(seconds=60, name="long", apart=True)(long)
    timetable.every(seconds=0, name="short")(short)
    worker.work()
    assert not let_go.is_set(), "the round went on while the other was still at work"
    let_go.set()
    for thread in threading.enumerate():
        if thread.name == "long":
            thread.join(10)
            assert not thread.is_alive(), "told to end, the job apart went on"
    assert {row.job: row.handled for row in pulses.pulses()} == {"short": 1, "long": 1, pulses.WORKER: 0}


def test_two_jobs_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def other() -> int:
        return 0

    monkeypatch.setattr(timetable, "TIMETABLE", {})
    timetable.every(seconds=1, name="x")(lambda: 0)
    with pytest.raises(ValueError, match="two jobs are called x"):
        timetable.every(seconds=1, name="x")(other)
