"""Many rows at once: people by COPY through a table of this session, changes column by column, each with its history.

Row-level security lets nobody COPY into its tables, so new people go through a
temporary table and one INSERT, which passes the same policies as any other.
Stays and the marks of entering follow from those rows inside PostgreSQL and bear
the ids of what was entered: in that order their indexes grow at the end. What
is changed leaves its former value in Correction, as every act of the register does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection

from commongrid.accounts import sealed
from commongrid.kernel.sealing import Sealer, place_of
from commongrid.registry.rules.fields import FURTHER

if TYPE_CHECKING:
    from commongrid.kernel.act import Act

CORRECTION: Final = "registry_correction"
PERSON_COLUMNS: Final = {
    "id": "uuid", "display_name": "text", "sort_key": "text", "initials": "text", "place": "int8", "state": "text",
    "sex": "text", "born_on": "date", "id_sealed": "bytea", "id_index": "bytea", "phone_sealed": "bytea",
    "phone_index": "bytea", "education": "text", "occupation": "text", "political": "text", "marital": "text",
    "works_at": "text", "household_id": "uuid", "as_in_home": "text", "registered_place": "int8",
    "booklet_id": "uuid", "as_in_booklet": "text", "collective": "int8", "bank_sealed": "bytea",
    **dict.fromkeys(FURTHER, "text"), "confirmed": "jsonb",
    "source": "text", "batch": "uuid",
}  # fmt: skip
MORE_COLUMNS: Final = {"n": "int4", "head": "bool", "since": "date"}
"""What a staged person carries besides: its place in the file, whether it is the head, since when it lives there."""
HOME_COLUMNS: Final = {
    "id": "uuid", "place": "int8", "natural_village": "int8", "villager_group": "int8", "number": "text",
    "state": "text", "door": "text", "lon": "float8", "lat": "float8", "point": "text", "head_id": "uuid",
    "began_on": "date", "confirmed": "jsonb", "batch": "uuid",
}  # fmt: skip
BOOKLET_COLUMNS: Final = {
    "id": "uuid", "place": "int8", "number": "text", "sort": "text", "head_id": "uuid", "version": "int4",
    "batch": "uuid",
}  # fmt: skip
HELD_COLUMNS: Final = {
    "name": "text", "kind": "text", "use": "text", "hazard": "text", "built_on": "date", "storeys": "int2",
    "area_m2": "numeric", "self_built": "bool", "owner_id": "uuid", "mark": "text", "keeper_id": "uuid",
    "site_id": "uuid", "every_months": "int2", "last_check_on": "date", "next_check_on": "date", "condition": "text",
    "credit_code": "text", "founded_on": "date",
}  # fmt: skip
TYPES: Final = {**PERSON_COLUMNS, **HOME_COLUMNS, **HELD_COLUMNS, "as_to_head": "text", "ended_on": "date"}
TABLES: Final = {
    "person": "registry_person", "household": "registry_household", "booklet": "registry_registered_household",
    "site": "registry_site", "thing": "registry_thing", "organisation": "registry_organisation",
}  # fmt: skip

_STAYS = """
INSERT INTO registry_stay (id, person_id, sort, household_id, place, name, as_to_head, head, from_on, why_began,
  why_ended, began_by, batch)
SELECT id, id, 'living', household_id, place, display_name, as_in_home, head,
  COALESCE(since, CASE WHEN head THEN (SELECT max(s.to_on) FROM registry_stay s
    WHERE s.household_id = p.household_id AND s.head) END),
  'imported', '', batch, batch FROM pg_temp.import_person p
"""
_ENROLLED = """
INSERT INTO registry_stay (id, person_id, sort, booklet_id, place, name, as_to_head, head, from_on, why_began,
  why_ended, began_by, batch)
SELECT md5(id::text || 'booklet')::uuid, id, 'registered', booklet_id, registered_place, display_name, as_in_booklet,
  as_in_booklet = '02', CASE WHEN as_in_booklet = '02' THEN (SELECT max(s.to_on) FROM registry_stay s
    WHERE s.booklet_id = p.booklet_id AND s.head) END,
  'enrolled', '', batch, batch FROM pg_temp.import_person p WHERE booklet_id IS NOT NULL
"""
_ENTERED = """
INSERT INTO registry_correction (id, act, no, of, subject, place, household, field, before, after, since_on, source, at)
SELECT id, batch, %(first)s + n, %(of)s, id, place, {household}, '*', '', '', %(on)s,
  %(source)s, %(at)s FROM pg_temp.{table}
"""
_CORRECTIONS = """
INSERT INTO registry_correction (id, act, no, of, subject, place, household, field, before, after, before_sealed,
  after_sealed, since_on, source, at)
SELECT r.id, %(act)s, r.no, r.of, r.subject, r.place, r.household, r.field, r.before, r.after, r.before_sealed,
  r.after_sealed, %(on)s, %(source)s, %(at)s
FROM unnest(%(ids)s::uuid[], %(nos)s::int[], %(ofs)s::text[], %(subjects)s::uuid[], %(places)s::bigint[],
  %(households)s::uuid[], %(fields)s::text[], %(befores)s::text[], %(afters)s::text[], %(sealed_befores)s::bytea[],
  %(sealed_afters)s::bytea[])
  AS r(id, no, of, subject, place, household, field, before, after, before_sealed, after_sealed)
"""
_FOLLOW = (
    """
UPDATE registry_stay s SET to_on = GREATEST(%(on)s, s.from_on), why_ended = 'corrected', ended_by = %(act)s
FROM registry_person p WHERE p.id = ANY(%(people)s) AND s.person_id = p.id AND s.to_on IS NULL
  AND s.as_to_head <> CASE s.sort WHEN 'living' THEN p.as_in_home ELSE p.as_in_booklet END
""",
    """
INSERT INTO registry_stay (id, person_id, sort, household_id, booklet_id, place, name, as_to_head, head, from_on,
  why_began, why_ended, began_by, batch)
SELECT md5(s.id::text || %(act)s::text)::uuid, s.person_id, s.sort, s.household_id, s.booklet_id, s.place, s.name,
  CASE s.sort WHEN 'living' THEN p.as_in_home ELSE p.as_in_booklet END, s.head, s.to_on, 'corrected', '', %(act)s,
  %(act)s
FROM registry_stay s JOIN registry_person p ON p.id = s.person_id
WHERE p.id = ANY(%(people)s) AND s.ended_by = %(act)s AND s.why_ended = 'corrected'
""",
)
"""A stay as what somebody is now begins where one as something else ends: what they were stays readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """When something became so and by which file: what every correction of a batch says."""

    act: Act
    on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One column of one record: before and after as text, or in the clear for a sealed one."""

    record: Record
    column: str
    before: str
    after: str
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record that changes: person, household or booklet, its id, where it belongs, its household."""

    of: str
    subject: UUID
    place: int
    household: UUID | None

    def change(self, column: str, before: str, after: str, *, hidden: bool = False) -> Change:
        """One column of it, changed; ``hidden`` where it is sealed."""
        return Change(record=self, column=column, before=before, after=after, sealed=hidden)


@dataclass(slots=True)
class Book:
    """The history of one batch as it is written: numbers every correction through."""

    kept: Kept
    count: int = 0
    sealer: Sealer = field(default_factory=sealed.sealer)

    def add(self, table: str, rows: Iterable[Sequence[Any]], columns: Mapping[str, str]) -> int:
        """Copy rows into a table of this session; answers how many."""
        names = ", ".join(columns)
        number = 0
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())}) "
                "ON COMMIT DROP"
            )
            with cursor.copy(f"COPY pg_temp.{table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(list(columns.values()))
                for row in rows:
                    copy.write_row(row)
                    number += 1
        return number

    def people(self, rows: Iterable[Sequence[Any]]) -> None:
        """Enter people with their stays; rows as ``PERSON_COLUMNS`` and then ``MORE_COLUMNS``."""
        number = self.add("import_person", rows, {**PERSON_COLUMNS, **MORE_COLUMNS})
        names = ", ".join(PERSON_COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO registry_person ({names}) SELECT {names} FROM pg_temp.import_person")  # noqa: S608 - columns of ours
            cursor.execute(_STAYS)
            cursor.execute(_ENROLLED)
        self._entered("person", "import_person", "household_id", number)

    def homes(self, rows: Iterable[Sequence[Any]]) -> None:
        """Enter households; rows as ``HOME_COLUMNS`` and a number."""
        number = self.add("import_home", rows, {**HOME_COLUMNS, "n": "int4"})
        names = ", ".join(HOME_COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO registry_household ({names}) SELECT {names} FROM pg_temp.import_home")  # noqa: S608 - columns of ours
        self._entered("household", "import_home", "id", number)

    def booklets(self, rows: Iterable[Sequence[Any]]) -> None:
        """Enter registered households; rows as ``BOOKLET_COLUMNS`` and a number."""
        number = self.add("import_booklet", rows, {**BOOKLET_COLUMNS, "n": "int4"})
        names = ", ".join(BOOKLET_COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO registry_registered_household ({names}) SELECT {names} FROM pg_temp.import_booklet"  # noqa: S608 - columns of ours
            )
        self._entered("booklet", "import_booklet", "NULL::uuid", number)

    def _entered(self, of: str, table: str, household: str, number: int) -> None:
        values: dict[str, Any] = {
            "of": of,
            "first": self.count,
            "on": self.kept.on,
            "source": self.kept.source,
            "at": self.kept.act.at,
        }
        with connection.cursor() as cursor:
            cursor.execute(_ENTERED.format(table=table, household=household), values)
        self.count += number

    def change(self, changes: Sequence[Change]) -> None:
        """Write changes column by column, keep what stood there before, and count each record's version up once."""
        if not changes:
            return
        self.keep(changes)
        by_column: dict[tuple[str, str], list[Change]] = defaultdict(list)
        for one in changes:
            by_column[one.record.of, one.column].append(one)
        _returned(by_column)
        for (of, column), some in by_column.items():
            self._write(of, column, some)
        for of, table in TABLES.items():
            touch(table, {one.record.subject for one in changes if one.record.of == of})
        with connection.cursor() as cursor:
            as_to_head = ("as_in_home", "as_in_booklet")
            people = [one.record.subject for one in changes if one.column in as_to_head]
            for statement in _FOLLOW:
                cursor.execute(statement, {"people": people, "on": self.kept.on, "act": self.kept.act.id})

    def _write(self, of: str, column: str, some: Sequence[Change]) -> None:
        ids, table = [one.record.subject for one in some], TABLES[of]
        if column.endswith("_sealed"):
            pairs = [(one.record.subject, one.after) for one in some]
            hidden: dict[str, list[Any]] = {
                column: [self.sealer.seal(text, place_of(table, column, at)) if text else None for at, text in pairs]
            }
            if (index := column.replace("_sealed", "_index")) in TYPES:
                hidden[index] = [sealed.index(text) for _, text in pairs]
            write(table, ids, hidden)
        else:
            write(table, ids, {column: [one.after or (None if TYPES[column] != "text" else "") for one in some]})

    def keep(self, changes: Sequence[Change]) -> None:
        """Leave in the history what changed, was entered, or began and ended beside the record."""
        if not changes:
            return
        rows = [self._correction(one) for one in changes]
        columns = list(zip(*rows, strict=True))
        names = ("ids", "nos", "ofs", "subjects", "places", "households", "fields", "befores", "afters",
                 "sealed_befores", "sealed_afters")  # fmt: skip
        values: dict[str, Any] = {name: list(column) for name, column in zip(names, columns, strict=True)}
        more: dict[str, Any] = {
            "act": self.kept.act.id,
            "on": self.kept.on,
            "source": self.kept.source,
            "at": self.kept.act.at,
        }
        with connection.cursor() as cursor:
            cursor.execute(_CORRECTIONS, {**values, **more})

    def _correction(self, one: Change) -> tuple[Any, ...]:
        self.count += 1
        row = self.kept.act.child(f"row {self.count}").id
        before, after = one.before, one.after
        said: tuple[Any, ...] = (before, after, None, None)
        if one.sealed:
            said = ("", "", self._seal(before, "before_sealed", row), self._seal(after, "after_sealed", row))
        its = one.record
        return row, self.count, its.of, its.subject, its.place, its.household, one.column, *said

    def _seal(self, text: str, column: str, row: UUID) -> bytes | None:
        return self.sealer.seal(text, place_of(CORRECTION, column, row)) if text else None


def _returned(by_column: dict[tuple[str, str], list[Change]]) -> None:
    """Whether a person's record has ended and on which day are written at once: neither stands without the other."""
    ended = {one.record.subject: one.after or None for one in by_column.pop(("person", "ended_on"), ())}
    states = [one for one in by_column.get(("person", "state"), ()) if one.record.subject in ended]
    if states:
        ids = [one.record.subject for one in states]
        write(TABLES["person"], ids, {"state": [one.after for one in states], "ended_on": [ended[one] for one in ids]})


def write(table: str, ids: Sequence[UUID], columns: Mapping[str, Sequence[Any]]) -> None:
    """Write one column of many rows, or a sealed one together with its index."""
    kinds = [TYPES[name] for name in columns]
    sets = ", ".join(f"{name} = v.{name}::{kind}" for name, kind in zip(columns, kinds, strict=True))
    given = ", ".join(f"%s::{'bytea' if kind == 'bytea' else 'text'}[]" for kind in kinds)
    statement = (
        f"UPDATE {table} AS r SET {sets} "  # noqa: S608 - names of ours
        f"FROM unnest(%s::uuid[], {given}) AS v(row_id, {', '.join(columns)}) WHERE r.id = v.row_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids), *(list(values) for values in columns.values())])


def touch(table: str, ids: Iterable[UUID]) -> None:
    """Count the version of records up: something about them changed."""
    if found := list(ids):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET version = version + 1 WHERE id = ANY(%s)", [found])  # noqa: S608 - a table of ours


def text_of(value: object) -> str:
    """A value as a correction keeps it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
