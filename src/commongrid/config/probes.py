"""What machines ask the server: is it alive, is it ready, how is it doing.

`/livez` says that the process answers. `/readyz` looks at the database, the preparation of the schema and the
worker's heartbeat. `/metrics` is for Prometheus, behind the bearer token of the keys folder. They stand before Django:
no host name, session, scope or county data is involved, and nothing in them depends on who asks.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

Environ = dict[str, Any]
Start = Callable[..., Any]
Answer = tuple[str, str, bytes, dict[str, str]]
Application = Callable[[Environ, Start], Iterable[bytes]]

METHODS = frozenset({"GET", "HEAD", "POST"})
REQUESTS = Counter("commongrid_requests_total", "Requests answered.", ["method", "status"])
SECONDS = Histogram(
    "commongrid_request_seconds",
    "Time to answer.",
    ["method"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10),
)
JSON, TEXT = "application/json", "text/plain; version=0.0.4; charset=utf-8"
WORKER_SILENT_AFTER = 180.0  # a long job, such as tallying a whole import, holds the round up


def watched(application: Application) -> Application:
    """The application with the three addresses in front, and every answer counted."""
    pages: dict[str, Callable[[Environ], Answer]] = {"/livez": _livez, "/readyz": _readyz, "/metrics": _metrics}

    def call(environ: Environ, start_response: Start) -> Iterable[bytes]:
        page = pages.get(environ.get("PATH_INFO", ""))
        if page is not None:
            return _answer(page, environ, start_response)
        return _counted(application, environ, start_response)

    return call


def _counted(application: Application, environ: Environ, start_response: Start) -> Iterable[bytes]:
    method = environ.get("REQUEST_METHOD", "")
    method = method if method in METHODS else "other"
    begun = time.perf_counter()

    def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
        REQUESTS.labels(method, status[:3]).inc()
        return start_response(status, headers, *rest)

    try:
        return application(environ, start)
    finally:
        SECONDS.labels(method).observe(time.perf_counter() - begun)


def _answer(page: Callable[[Environ], Answer], environ: Environ, start_response: Start) -> Iterable[bytes]:
    if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
        status, kind, body, more = "405 Method Not Allowed", JSON, b"{}", {"Allow": "GET, HEAD"}
    else:
        status, kind, body, more = page(environ)
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **more,
    }
    start_response(status, list(headers.items()))
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


def _livez(_environ: Environ) -> Answer:
    return "200 OK", JSON, b'{"alive": true}\n', {}


def _readyz(_environ: Environ) -> Answer:
    facts = readiness()
    ready = all(word == "ok" for word in facts.values())
    body = json.dumps({"ready": ready, **facts}).encode() + b"\n"
    return ("200 OK" if ready else "503 Service Unavailable"), JSON, body, {}


def readiness() -> dict[str, str]:
    """What the server needs, each `ok` or what is wrong with it."""
    from django.db import DatabaseError, InterfaceError, close_old_connections, connection

    from commongrid.config.preparing import code_stamp
    from commongrid.journal.pulses import WORKER, pulses

    facts = {"database": "ok", "migrations": "ok", "worker": "ok"}
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT obj_description(to_regnamespace(current_schema())::oid, 'pg_namespace')")
            if cursor.fetchone()[0] != code_stamp():
                facts["migrations"] = "the schema is not prepared for this version"
        ages = [pulse.age for pulse in pulses() if pulse.job == WORKER]
        if not ages or ages[0] > WORKER_SILENT_AFTER:
            facts["worker"] = "no heartbeat"
    except (DatabaseError, InterfaceError):
        connection.close()
        facts.update(database="does not answer", migrations="unknown", worker="unknown")
    return facts


def _metrics(environ: Environ) -> Answer:
    from django.conf import settings

    kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), settings.KEYS.metrics.encode()):
        body = b'{"refused": "a bearer token is needed"}\n'
        return "401 Unauthorized", JSON, body, {"WWW-Authenticate": 'Bearer realm="metrics"'}
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    own = CollectorRegistry(auto_describe=False)
    own.register(_Jobs())
    return "200 OK", TEXT, generate_latest(registry) + generate_latest(own), {}


class _Jobs(Collector):
    """The worker's jobs, read from the database when asked for."""

    def collect(self) -> Iterator[Metric]:
        """Age, failures and work of every job, and whether the database answers."""
        from django.db import DatabaseError, InterfaceError, close_old_connections

        from commongrid.journal.pulses import pulses

        close_old_connections()
        try:
            rows = pulses()
        except (DatabaseError, InterfaceError):
            rows = None
        yield GaugeMetricFamily(
            "commongrid_database_up", "Whether the database answers.", value=float(rows is not None)
        )
        age = GaugeMetricFamily("commongrid_job_age_seconds", "Since the job last ended well.", labels=["job"])
        fails = GaugeMetricFamily("commongrid_job_fails", "Rounds failed in a row.", labels=["job"])
        for row in rows or []:
            age.add_metric([row.job], row.age)
            fails.add_metric([row.job], row.fails)
        yield age
        yield fails
