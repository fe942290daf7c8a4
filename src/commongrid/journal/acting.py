"""The seam: a Scope becomes settings of one PostgreSQL transaction.

Row-level security reads these settings; unset or empty, they see nothing.
Literal ``SET LOCAL`` is used because bound parameters are not accepted there
and because a sharded PostgreSQL propagates it; only integers, ids and names
from closed sets are ever written into it.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction

from commongrid.journal.sending import alone, drop, settle, together
from commongrid.kernel.scope import CENTRE, READING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from commongrid.kernel.scope import Scope

_current: ContextVar[Scope | None] = ContextVar("commongrid_scope", default=None)
_undo: ContextVar[bool] = ContextVar("commongrid_undo", default=False)
_SAFE = re.compile(r"[A-Za-z0-9_.:{},\-]*")
NOTHING = "SET LOCAL cg.lo=''; SET LOCAL cg.hi=''; SET LOCAL cg.narrow=''; SET LOCAL cg.grids=''; \
SET LOCAL cg.households=''; SET LOCAL cg.unit=''; SET LOCAL cg.slip=''; SET LOCAL cg.account=''; \
SET LOCAL cg.post=''; SET LOCAL cg.person=''; SET LOCAL cg.kind=''; SET LOCAL cg.claim=''; \
SET LOCAL cg.units=''; SET LOCAL cg.standing=''"


def current_scope() -> Scope | None:
    """The scope in force here, or None outside ``acting``."""
    return _current.get()


def _array(values: tuple[object, ...]) -> str:
    return "{" + ",".join(map(str, values)) + "}" if values else ""


def settings_of(scope: Scope) -> dict[str, str]:
    """The settings that row-level security reads, as text."""
    return {
        "lo": str(scope.lo),
        "hi": str(scope.hi),
        "narrow": scope.narrow,
        "grids": _array(scope.grids),
        "households": _array(scope.households),
        "unit": str(scope.unit or ""),
        "slip": (scope.slip or b"").hex(),
        "account": str(scope.account or ""),
        "post": str(scope.post or ""),
        "person": str(scope.person or ""),
        "kind": scope.kind,
        "units": _array(scope.units),
        "standing": scope.standing if scope.kind == "post" else "",
    }


def _statement(scope: Scope | None, *, fresh: bool = False) -> str:
    if scope is None:
        return NOTHING
    parts = []
    for name, value in settings_of(scope).items():
        if fresh and not value:
            continue
        if not _SAFE.fullmatch(value):
            message = f"cg.{name} can't hold this value"
            raise ValueError(message)
        parts.append(f"SET LOCAL cg.{name}='{value}'")
    return "; ".join(parts)


def _set(scope: Scope | None, *, fresh: bool = False) -> None:
    """Hand the scope over; in a ``fresh`` transaction what is empty is empty already, so only the rest is sent."""
    settle(_statement(scope, fresh=fresh))


def undo() -> None:
    """Have the outermost ``acting`` roll back instead of commit: something in it was refused."""
    _undo.set(True)
    drop()


def undone() -> bool:
    """Whether the transaction at hand will be rolled back."""
    return _undo.get()


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """Begin or join a transaction and act as ``scope`` in it.

    Joining with the same scope costs nothing; with another, the former settings
    come back on leaving, because a setting outlives a released savepoint. If an
    action inside was refused and the refusal caught (a form shown again), the
    outermost block rolls back.
    """
    before = _current.get()
    if before == scope and connection.in_atomic_block:
        yield
        return
    outermost = before is None
    fresh = not connection.in_atomic_block
    token = _current.set(scope)
    undo_token = _undo.set(False) if outermost else None
    try:
        with transaction.atomic(savepoint=not outermost), together() if outermost else nullcontext():
            _set(scope, fresh=fresh)
            yield
            if outermost and _undo.get():
                transaction.set_rollback(True)
            elif not outermost:
                _set(before)
    finally:
        _current.reset(token)
        if undo_token is not None:
            _undo.reset(undo_token)


@contextmanager
def glancing(scope: Scope) -> Iterator[None]:
    """Act as ``scope`` for single reads, each a transaction of its own on one way; joins a transaction under way."""
    if connection.in_atomic_block or _current.get() is not None:
        with acting(scope):
            yield
        return
    token = _current.set(scope)
    try:
        with alone(_statement(scope, fresh=True)):
            yield
    finally:
        _current.reset(token)


@contextmanager
def handing_over(
    scope: Scope, to_lo: int, to_hi: int, *, unit: UUID | None = None, powers: tuple[str, ...] = ()
) -> Iterator[None]:
    """Let a row leave its author's sight: the one widening, for the statements inside.

    PostgreSQL applies the SELECT policy to the new row of an UPDATE, so an order
    sent to another place or unit would be refused. After the rule has decided,
    the scope becomes the smallest interval, without narrowing, that holds both
    ends (a scope that sees nothing becomes the target alone), and with ``unit``
    the receiving unit's. ``powers`` are those of rows that go along unseen, as
    marks of hardship with their person. Used by actions, and by the one reader that
    ``tests/journal/test_widening.py`` names (ADR 26). No
    savepoint: what fails inside rolls the whole action back, and the former
    scope is back too, because the page that tells of it is rendered in the same transaction.
    """
    lo, hi = (to_lo, to_hi) if scope.lo > scope.hi else (min(scope.lo, to_lo), max(scope.hi, to_hi))
    wide = replace(
        scope, lo=lo, hi=hi, narrow="", grids=(), households=(), unit=unit or scope.unit, units=(), person=None,
        powers=scope.powers | {*READING, CENTRE, *powers}, level="county",
    )  # fmt: skip
    before = _current.get()
    token = _current.set(wide)
    try:
        _set(wide)
        yield
    except BaseException:
        with suppress(DatabaseError):  # a transaction that is broken shows nothing more to anybody
            _set(before)
        raise
    else:
        _set(before)
    finally:
        _current.reset(token)
