"""A laid county, a way to sign in, matters on their way, and a count of the queries behind a page."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from tests.factories import desk as factory
from tests.factories.scenes import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bed import Database
    from tests.factories.desk import Desk

PLUMBING = ("SET LOCAL", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PREPARE")


class Counter:
    """Counts statements that read or write rows.

    The seam's settings and savepoints are not among them, nor is a standing
    query's plan, which each connection gets once.
    """

    def __init__(self) -> None:
        """Nothing yet."""
        self.statements: list[str] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """Keep the statement, then run it."""
        text = str(sql).lstrip()
        if not text.startswith(PLUMBING):
            self.statements.append(text)
        return execute(sql, params, many, context)


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements run inside."""
    counter = Counter()
    with connection.execute_wrapper(counter):
        yield counter.statements


@pytest.fixture
def county(database: Database) -> Desk:
    """The desk's county."""
    return factory.lay(database)


@pytest.fixture
def scene(county: Desk) -> Scene:
    """Matters are made with it."""
    return Scene(county)


@pytest.fixture
def as_post(county: Desk) -> Callable[..., Client]:
    """A client signed in as somebody of the desk, reading English."""

    def client(name: str, language: str = "en") -> Client:
        return county.sign_in(Client(raise_request_exception=True), name, language)

    return client
