"""Fewer ways to the database and back: what need not be answered at once goes along with the next statement.

Every way costs the application and PostgreSQL as much as many a statement. In a
transaction of the seam three things can wait: its settings (``SET LOCAL``),
rows that an action lays down, whose INSERT answers nothing, and queries asked
ahead, whose answer is wanted later. They are sent in order, before the next
statement and in one text with it, settings and rows at the latest before the
transaction ends; what PostgreSQL refuses is raised there, so inside the action,
whose own line is a statement, and inside a savepoint, whose end is one.
A savepoint rolled back takes what waits in it along. Each statement still
passes all of Django's execute wrappers by itself. What goes past them (COPY)
must not need a row that waits.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from django.db import NotSupportedError, connection
from psycopg import ServerCursor

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

T = TypeVar("T")
LARGEST: Final = 100_000
"""A longer text is sent at once."""
_LAID: Final = 'INSERT INTO "'
"""How the ORM begins an INSERT; statements written by hand never wait."""
_BACK: Final = "ROLLBACK TO SAVEPOINT "
"""How Django takes back a savepoint."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A text that waits: how many answers PostgreSQL gives to it, and who wants the rows of a query asked ahead."""

    text: str
    answers: int = 1
    wanted: Callable[[list[tuple[Any, ...]]], None] | None = None

    @property
    def row(self) -> bool:
        """Whether it lays down a row."""
        return self.text.startswith(_LAID)


class Sending:
    """What waits in one transaction; the innermost execute wrapper of its connection."""

    def __init__(self, always: str = "") -> None:
        """Nothing waits yet; ``always`` goes before every statement."""
        self.always = always
        self.waiting: list[Waits] = []
        self.memory: dict[Hashable, Any] = {}

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        """Let a statement wait, or send it after those that wait."""
        cursor = context["cursor"].cursor
        text = str(sql)
        if text.startswith(_BACK):
            self.waiting.clear()  # all that waits came after the savepoint, and a broken transaction takes nothing else
        if text.startswith((_BACK, "PREPARE ")):
            return execute(sql, params, many, context)
        if (wanted := _ahead.get()) is not None:
            self.waiting.append(Waits(cursor.mogrify(sql, params), wanted=wanted))
            return None
        if _later.get() and not many and text.startswith(_LAID) and " RETURNING " not in text:
            self.waiting.append(Waits(cursor.mogrify(sql, params)))
            return self.flush() if len(self.waiting[-1].text) > LARGEST else None
        if not self.waiting and not self.always:
            return execute(sql, params, many, context)
        if many or isinstance(cursor, ServerCursor):
            self.flush()
            return execute(sql, params, many, context)
        text, waited = self.taken(cursor.mogrify(sql, params))
        result = execute(text, None, False, context)  # noqa: FBT003 - Django's order
        _hand_out(cursor, waited)
        while cursor.nextset():
            pass
        return result

    def taken(self, *more: str) -> tuple[str, list[Waits]]:
        """All that waits, and more, as one text, and what waited; nothing waits any longer."""
        waited = [*([Waits(self.always, answers=_statements(self.always))] if self.always else ()), *self.waiting]
        self.waiting.clear()
        return ";\n".join([*(one.text for one in waited), *more]), waited

    @property
    def rows(self) -> bool:
        """Whether rows wait, or only settings and queries."""
        return any(one.row for one in self.waiting)

    def flush(self) -> None:
        """Send what waits, for a statement that no other can travel with."""
        if self.always:
            message = "a glance is single statements"
            raise NotSupportedError(message)
        if self.waiting:
            text, waited = self.taken()
            with connection.cursor() as cursor, connection.wrap_database_errors:
                cursor.cursor.execute(text)
                _hand_out(cursor.cursor, waited)

    def drop(self) -> None:
        """Forget the rows that wait; settings stay, for whatever is still read."""
        self.waiting = [one for one in self.waiting if not one.row]


def _statements(settings: str) -> int:
    """How many statements a text of settings is; no value in it holds a semicolon."""
    return settings.count(";") + 1


def _hand_out(cursor: Any, waited: list[Waits]) -> None:
    """Give the queries asked ahead their rows, from the first answer on; the cursor stays at the one after the last."""
    last = max((n for n, one in enumerate(waited) if one.wanted is not None), default=-1)
    for one in waited[: last + 1]:
        if one.wanted is not None:
            one.wanted(cursor.fetchall())
        for _ in range(one.answers):
            cursor.nextset()


_sending: ContextVar[Sending | None] = ContextVar("commongrid_sending", default=None)
_later: ContextVar[bool] = ContextVar("commongrid_later", default=False)
_ahead: ContextVar[Callable[[list[tuple[Any, ...]]], None] | None] = ContextVar("commongrid_ahead", default=None)


@contextmanager
def together() -> Iterator[None]:
    """The outermost block of a transaction: what waits in it is sent before it ends, and dropped if it fails."""
    sending = Sending()
    token = _sending.set(sending)
    try:
        with connection.execute_wrapper(sending):
            yield
            if sending.rows:
                sending.flush()
    finally:
        _sending.reset(token)


@contextmanager
def alone(settings: str) -> Iterator[None]:
    """Outside a transaction: each statement inside is one of its own, under these settings, on one way.

    PostgreSQL runs a text of several statements as one transaction where none has begun.
    """
    with connection.execute_wrapper(Sending(settings)):
        yield


@contextmanager
def later() -> Iterator[None]:
    """Rows laid down inside wait for the next statement."""
    token = _later.set(True)
    try:
        yield
    finally:
        _later.reset(token)


@contextmanager
def asked_ahead(wanted: Callable[[list[tuple[Any, ...]]], None]) -> Iterator[None]:
    """The query inside waits for the next statement; its rows are handed to ``wanted`` then, or never."""
    token = _ahead.set(wanted)
    try:
        yield
    finally:
        _ahead.reset(token)


def answered() -> None:
    """Send what was asked ahead, where no statement has come by that it could travel with."""
    sending = _sending.get()
    if sending is not None and any(one.wanted for one in sending.waiting):
        sending.flush()


def settle(statement: str) -> None:
    """Settings of the transaction: with the next statement where one is under way, else at once."""
    sending = _sending.get()
    if sending is not None and connection.in_atomic_block:
        sending.waiting.append(Waits(statement, answers=_statements(statement)))
        return
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop() -> None:
    """Forget the rows that wait: the transaction is going to be rolled back."""
    sending = _sending.get()
    if sending is not None:
        sending.drop()


def remember(key: Hashable, value: object) -> None:
    """Keep something for the rest of this transaction."""
    sending = _sending.get()
    if sending is not None:
        sending.memory[key] = value


def under_way() -> bool:
    """Whether there is a transaction of the seam for something to wait in."""
    return _sending.get() is not None and connection.in_atomic_block


def forget(key: Hashable) -> None:
    """Keep it no longer."""
    sending = _sending.get()
    if sending is not None:
        sending.memory.pop(key, None)


def remembered(key: Hashable) -> Any:
    """What was kept in this transaction, or None."""
    sending = _sending.get()
    return None if sending is None else sending.memory.get(key)


def once(key: Hashable, ask: Callable[[], T]) -> T:
    """What was asked for before in this transaction, else ask: for what a form and its action both look at."""
    known = remembered(key)
    if known is None:
        known = ask()
        remember(key, known)
    return cast("T", known)
