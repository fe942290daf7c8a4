"""More of a row that is there, made in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from django.db.models import Model


def copies(model: type[Model], made: str, source: str) -> str:
    """An INSERT of rows that ``made`` (a value of the table's row type) says, for each row of ``source``.

    Columns that the database fills by itself are left to it.
    """
    columns = [str(one.column) for one in model._meta.concrete_fields if not one.generated]
    table = model._meta.db_table
    listed = ", ".join(columns)
    return (
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(f'(made).{one}' for one in columns)} "
        f"FROM (SELECT {made} AS made FROM {source}) AS rows"
    )


def filled_by_itself() -> frozenset[tuple[str, str]]:
    """Tables and columns whose values are PostgreSQL's own."""
    return frozenset(
        (model._meta.db_table, str(one.column))
        for model in apps.get_app_config("commongrid").get_models()
        for one in model._meta.local_concrete_fields
        if one.generated
    )
