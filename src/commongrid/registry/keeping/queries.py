"""Reads of keeping: the rules in force, what belongs to a person, what the clock reported, what was erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.journal.dated import valid
from commongrid.kernel.keeping import Keeping
from commongrid.registry.keeping.listing import Listed
from commongrid.registry.keeping.models import Erasure, RetentionReport, RetentionRule
from commongrid.registry.keeping.tracing import Traces, traces, with_joined
from commongrid.registry.models import Person

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

Cells = dict[str, Any]
PAGE: Final = 60


def kept_tables() -> Iterator[tuple[type[models.Model], Keeping]]:
    """Every table that declares how it is kept; the person's own record last, because the others are found by it."""
    found = [one for one in apps.get_app_config("commongrid").get_models() if hasattr(one, "keeps")]
    for model in sorted(found, key=lambda one: (one is Person, one._meta.db_table)):
        yield model, model.keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long a kind of record is kept, on a day."""

    code: str
    zh: str
    en: str
    length: int | None
    unit: str
    archive: bool
    basis: str


def rules(scope: Scope, today: date) -> dict[str, Rule]:
    """The rules in force on a day, by kind of record, in order."""
    with acting(scope):
        rows = RetentionRule.objects.filter(valid(today)).order_by("position", "code")
        return {
            one.code: Rule(
                code=one.code, zh=one.zh, en=one.en, length=one.length, unit=one.unit, archive=one.archive,
                basis=one.basis,
            )
            for one in rows
        }  # fmt: skip


def values_of(of: Traces) -> dict[str, Any]:
    """The traces as conditions name them."""
    return {
        "people": of.people, "accounts": of.accounts, "parties": of.parties, "homes": of.homes,
        "booklets": of.booklets, "matters": of.matters, "named": of.named, "villages": of.villages, "names": of.names,
    }  # fmt: skip


def counted(table: str, condition: str, values: dict[str, Any]) -> int:
    """How many rows of a table a condition of its declaration finds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}", values)  # noqa: S608 - from a declaration
        return int(cursor.fetchone()[0])


def barred(of: Traces) -> bool:
    """Whether something stands against an erasure at all: somebody in office cannot be erased."""
    return any(
        counted(model._meta.db_table, f"({keeps.whose}) AND ({keeps.bars})", values_of(of))
        for model, keeps in kept_tables()
        if keeps.bars
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an erasure would do, by kind of record: how many rows go, how many an archive keeps."""

    goes: dict[str, int]
    held: dict[str, int]


def outlook(scope: Scope, of: Traces, today: date) -> Outlook:
    """What an erasure would do, counted as far as this post sees: it learns of no matter that is out of its sight."""
    in_force = rules(scope, today)
    goes: dict[str, int] = {}
    held: dict[str, int] = {}
    with acting(scope):
        for model, keeps in kept_tables():
            if not keeps.whose:
                continue
            kind = keeps.kind or "person"
            archive = kind if kind in in_force and in_force[kind].archive else ""
            found = counted(model._meta.db_table, keeps.whose, values_of(of))
            part = counted(model._meta.db_table, f"({keeps.whose}) AND ({keeps.part_of})", values_of(of))
            if archive or part:
                held[archive or keeps.archive] = held.get(archive or keeps.archive, 0) + (found if archive else part)
            if not archive and found > part:
                goes[kind] = goes.get(kind, 0) + found - part
    return Outlook(goes=goes, held=held)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What the clock did on one day: per kind of record what was removed, held and left for the next day."""

    on: date
    at: datetime
    rows: tuple[Cells, ...]


def reports(scope: Scope, limit: int = PAGE) -> list[ReportRow]:
    """The clock's reports, the newest first."""
    with acting(scope):
        found = RetentionReport.objects.order_by("-on")[:limit]
        return [ReportRow(on=one.on, at=one.at, rows=tuple(one.rows)) for one in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    """One erasure as the county reads it."""

    id: UUID
    at: datetime
    post: UUID | None
    basis: str
    reason: str
    rows: dict[str, int]
    held: dict[str, int]
    waits: bool


def erasures(scope: Scope, limit: int = PAGE) -> list[ErasureRow]:
    """Who was erased, the newest first: no name, only why and what is kept."""
    with acting(scope):
        return [
            ErasureRow(
                id=one.id, at=one.at, post=one.post, basis=one.basis, reason=one.reason, rows=one.rows, held=one.held,
                waits=one.done_at is None,
            )
            for one in Erasure.objects.order_by("-at")[:limit]
        ]  # fmt: skip


def waiting(scope: Scope) -> list[UUID]:
    """Erasures that come back for what was still worked on."""
    with acting(scope):
        return list(Erasure.objects.filter(done_at=None).order_by("at").values_list("id", flat=True))


def known(scope: Scope) -> list[Listed]:
    """Every erasure of the database, as the list beside it knows them."""
    with acting(scope):
        rows = Erasure.objects.order_by("at").values_list("id", "place", "basis", "people")
        return [Listed(act=ident, place=place, basis=basis, people=tuple(ids)) for ident, place, basis, ids in rows]


def due(scope: Scope, before: date) -> list[UUID]:
    """People whose record ended before a day and who are not erased yet, the longest ended first."""
    with acting(scope):
        found = Person.objects.filter(ended_on__lt=before, erased_at=None, state__in=("gone", "dead"))
        return list(found.order_by("ended_on", "id").values_list("id", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table of the file for a person: its name there, and its rows with sealed values opened."""

    table: str
    name: str
    rows: tuple[Cells, ...]


OPENED_AS: Final = {"id_sealed": "id_number"}
INTERNAL: Final = frozenset({
    "sort_key", "initials", "id_index", "phone_index", "slip_hash", "password", "secret_hash", "version", "batch",
    "received_hash", "stored_hash", "alike", "erased_at", "pressing", "township", "post", "made_by",
})  # fmt: skip
"""Columns that say nothing of a person: keys, order, hashes, and who of the offices wrote a row."""


def everything(scope: Scope, wide: Scope, person_id: UUID) -> list[Section]:
    """Everything that is held of a person, table by table: for their own eyes.

    Records of the register are read with the ``wide`` scope wherever they lie; matters and dispute files only as far
    as the post at the counter sees them and who reported them, so that no confidence is given away on this way.
    """
    with acting(wide):
        of = traces(wide, with_joined(person_id))
    seen = traces(scope, of.people)
    of.parties, of.matters, of.named = seen.parties, seen.matters, seen.named
    sections = []
    for model, keeps in kept_tables():
        if not keeps.whose:
            continue
        with acting(scope if keeps.own_sight else wide):
            if rows := _rows_of(model, keeps, of):
                name = str(model._meta.verbose_name)
                sections.append(Section(table=model._meta.db_table, name=name, rows=rows))
    return sections


def _rows_of(model: type[models.Model], keeps: Keeping, of: Traces) -> tuple[Cells, ...]:
    columns = [str(one.column) for one in model._meta.concrete_fields if one.column not in INTERNAL]
    listed = ", ".join(map(connection.ops.quote_name, columns))
    sql = f"SELECT {listed} FROM {model._meta.db_table} WHERE {keeps.own or keeps.whose}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, values_of(of))
        return tuple(_opened(model._meta.db_table, dict(zip(columns, row, strict=True))) for row in cursor.fetchall())


def _opened(table: str, row: Cells) -> Cells:
    """A row with its sealed values opened, under their names without the seal."""
    found: dict[str, Any] = {}
    for column, value in row.items():
        if column == "sealed" or column.endswith("_sealed"):
            text = sealed.unseal(value, table, column, row["id"]) if value else ""
            name = OPENED_AS.get(column, column.removesuffix("_sealed"))
            found[name] = text or found.get(name, "")  # of a change either the one or the other is written
        elif isinstance(value, memoryview | bytes):
            continue
        else:
            found[column] = value
    return found
