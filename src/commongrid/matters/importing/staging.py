"""Rows on their way in: a temporary table of this session, filled by COPY in committed batches.

Nobody else can read it and it is gone with the session, so a takeover that is
broken off leaves nothing behind. Filling it holds no transaction open, which
would stop every reader of the journal; only publishing does, and is short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from commongrid.matters.importing.rules.reading import Taken

COLUMNS = {
    "n": "int4", "id": "uuid", "row": "int4", "number": "text", "opened_at": "timestamptz", "closed_at": "timestamptz",
    "title": "text", "text": "text", "kind": "text", "kind_text": "text", "place": "int8", "place_then": "int8",
    "unit": "uuid", "series": "text", "source": "text", "due_at": "timestamptz", "satisfied": "bool",
    "reopened": "int4", "doubt": "text",
}  # fmt: skip
_DROP = "DROP TABLE IF EXISTS pg_temp.import_stage"
_CREATE = f"CREATE TEMPORARY TABLE import_stage ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"
_COPY = f"COPY pg_temp.import_stage ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"


class Stage:
    """The staged rows of one takeover; a context, because they are personal."""

    def __init__(self) -> None:
        """Nothing staged yet."""
        self.rows = 0

    def __enter__(self) -> Self:
        """Make the table."""
        with connection.cursor() as cursor:
            cursor.execute(_DROP)
            cursor.execute(_CREATE)
        return self

    def __exit__(self, *_exit: object) -> None:
        """Take the table away; a broken connection has done so already."""
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute(_DROP)

    def add(self, batch: Iterable[tuple[UUID, Taken]]) -> None:
        """Stage some rows, each with the id its matter will have."""
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(list(COLUMNS.values()))
            for matter_id, row in batch:
                copy.write_row(
                    (
                        self.rows, matter_id, row.row, row.number, row.opened_at, row.closed_at, row.title,
                        row.text, row.kind, row.kind_text, row.place, row.place_then, row.unit, row.series,
                        row.source, row.due_at, row.satisfied, row.reopened, row.doubt,
                    )
                )  # fmt: skip
                self.rows += 1
