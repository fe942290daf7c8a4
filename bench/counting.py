"""The statements behind one request, counted in this process: all but the scope's settings and plans kept for later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.driving import Ask

PLUMBING = ("SET LOCAL", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PREPARE")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    from django.db import connection

    statements: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        text = str(sql).lstrip()
        if not text.startswith(PLUMBING):
            statements.append(text)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield statements


def queries(make: Callable[[], Ask]) -> list[str]:
    """What one request asks the database, after two that fill this process's memory."""
    for _ in range(2):
        _send(make())
    with watched() as statements:
        _send(make())
    return statements


def _send(one: Ask) -> None:
    from django.test import Client

    client = Client(headers=one.headers, SERVER_NAME="127.0.0.1")
    response: Any = client.generic(one.method, one.path, one.body, one.headers.get("Content-Type", "text/html"))
    if response.status_code != one.status:
        message = f"{one.path}: {response.status_code}"
        raise RuntimeError(message)
