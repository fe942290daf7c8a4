"""Migrations in strides: operations of one sort that follow each other are worked out in one go.

Django works out all models anew for each operation, which takes several times as long as PostgreSQL needs for the
tables. What is done to the database, and in which order, stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    Migration,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

SORTS = ((CreateModel,), (AddField, AddIndex, AddConstraint), (RemoveIndex, RemoveConstraint))
"""None of these looks at what another of its sort changes."""


def _sort(operation: Operation) -> int:
    """Which of them it is; any other stands by itself."""
    return next((n for n, sort in enumerate(SORTS) if type(operation) in sort), id(operation))


def _apply(migration: Migration, state: ProjectState, editor: BaseDatabaseSchemaEditor) -> ProjectState:
    for _, operations in groupby(migration.operations, key=_sort):
        stride, before = list(operations), state.clone()
        if len(stride) > 1:
            state.__dict__.pop("apps", None)  # worked out when asked for, not after each operation
        for operation in stride:
            operation.state_forwards(migration.app_label, state)
        for operation in stride:
            operation.database_forwards(migration.app_label, editor, before, state)
    return state


@contextmanager
def in_strides() -> Iterator[None]:
    """Migrations applied inside go so; one that is no transaction goes by single steps."""
    own = Migration.apply

    def apply(
        migration: Migration,
        state: ProjectState,
        editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,  # noqa: FBT001, FBT002 - Django's
    ) -> ProjectState:
        return _apply(migration, state, editor) if migration.atomic else own(migration, state, editor, collect_sql)

    Migration.apply = apply  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Migration.apply = own  # type: ignore[method-assign]
