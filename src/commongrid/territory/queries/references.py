"""Which columns of which tables hold place codes that follow a re-coding, found from the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.db import connection

from commongrid.journal.acting import acting
from commongrid.territory.models import PlaceField

if TYPE_CHECKING:
    from django.db import models

    from commongrid.kernel.scope import Scope

BENEATH: Final = frozenset({"journal_line.place_now", "journal_file.place"})
"""Columns of modules beneath this one, which can't use PlaceField and still follow."""


@dataclass(frozen=True, slots=True)
class PlaceColumn:
    """One column that follows."""

    model: type[models.Model]
    table: str
    column: str

    def __str__(self) -> str:
        """Table and column."""
        return f"{self.table}.{self.column}"


def place_columns() -> list[PlaceColumn]:
    """Every column that holds a place and follows a re-coding, in order of table and column."""
    found = []
    for model in apps.get_app_config("commongrid").get_models():
        for field in model._meta.local_concrete_fields:
            each = PlaceColumn(model, model._meta.db_table, field.column or field.name)
            if (isinstance(field, PlaceField) and field.follows) or str(each) in BENEATH:
                found.append(each)
    return sorted(found, key=str)


def references_to(scope: Scope, code: int) -> dict[str, int]:
    """How many rows of each table name a place, as far as the scope sees them; the journal is left out."""
    found: dict[str, int] = {}
    with acting(scope):
        for each in place_columns():
            if each.table.startswith("journal_"):
                continue
            count = each.model._default_manager.filter(**{each.column: code}).count()
            if count:
                found[each.table] = found.get(each.table, 0) + count
    return found


def kept_up_by(scope: Scope, code: int) -> int:
    """How many rows keep a place from ending: those of tables whose model says by ``keeps_up`` which do."""
    rows = ((each, getattr(each.model, "keeps_up", None)) for each in place_columns())
    return sum(
        each.model._default_manager.filter(which, **{each.column: code}).count()
        for each, which in rows
        if which is not None
    )


def may_import() -> bool:
    """Whether this connection may re-code: the owner may, the app and the reports may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('journal_timeline', 'INSERT')")  # which no other role may write
        return bool(cursor.fetchone()[0])
