"""Many households entered at once by the clock: staged by COPY in tables of this session, then written as one act.

Row-level security lets nobody COPY into the register, so the rows go through temporary tables and one INSERT each,
which passes the same policies as any other. Every record gets the mark of entering, every person their stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from django.db import connection

from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope
from commongrid.territory import queries as territory

HOMES: Final = {
    "id": "uuid", "place": "int8", "natural_village": "int8", "number": "text", "state": "text", "door": "text",
    "lon": "float8", "lat": "float8", "point": "text", "head_id": "uuid", "dwelling_id": "uuid", "began_on": "date",
    "confirmed": "jsonb",
}  # fmt: skip
DWELLINGS: Final = {
    "id": "uuid", "place": "int8", "natural_village": "int8", "kind": "text", "door": "text", "lon": "float8",
    "lat": "float8", "use": "text", "owner_id": "uuid", "built_on": "date", "storeys": "int2", "area_m2": "numeric",
    "self_built": "bool", "confirmed": "jsonb",
}  # fmt: skip
BOOKLETS: Final = {
    "id": "uuid", "place": "int8", "number": "text", "sort": "text", "head_id": "uuid", "began_on": "date",
}  # fmt: skip
PEOPLE: Final = {
    "id": "uuid", "display_name": "text", "sort_key": "text", "initials": "text", "place": "int8", "state": "text",
    "sex": "text", "born_on": "date", "id_sealed": "bytea", "id_index": "bytea", "phone_sealed": "bytea",
    "phone_index": "bytea", "education": "text", "occupation": "text", "political": "text", "marital": "text",
    "works_at": "text", "household_id": "uuid", "as_in_home": "text", "booklet_id": "uuid", "as_in_booklet": "text",
    "registered_place": "int8", "collective": "int8", "confirmed": "jsonb", "source": "text",
}  # fmt: skip
FLAGS: Final = {
    "type_code": "text", "place": "int8", "person_id": "uuid", "household_id": "uuid", "from_on": "date",
    "body": "text",
}  # fmt: skip
STAGES: Final = {
    "person": {**PEOPLE, "since": "date"}, "home": HOMES, "dwelling": DWELLINGS, "booklet": BOOKLETS, "flag": FLAGS,
}  # fmt: skip
INTO: Final = {
    "booklet": "registry_registered_household", "home": "registry_household", "person": "registry_person",
    "dwelling": "registry_site",
}  # fmt: skip
"""In the order in which they are written."""
ALWAYS: Final = {"booklet": {"version": "1"}, "dwelling": {"name": "''", "hazard": "''", "version": "1"}}
"""What new rows of a table begin with."""
SOURCE: Final = "demo"

_STAYS = """
INSERT INTO registry_stay (id, person_id, sort, household_id, booklet_id, place, name, as_to_head, head, from_on,
  why_began, why_ended, began_by)
SELECT md5(id::text || 'living')::uuid, id, 'living', household_id, NULL, place, display_name, as_in_home,
  as_in_home = '02', since, 'moved_in', '', %(act)s FROM pg_temp.stage_person WHERE household_id IS NOT NULL
UNION ALL
SELECT md5(id::text || 'registered')::uuid, id, 'registered', NULL, booklet_id, registered_place, display_name,
  as_in_booklet, as_in_booklet = '02', since, 'enrolled', '', %(act)s FROM pg_temp.stage_person
WHERE booklet_id IS NOT NULL
"""
_ENTERED = """
INSERT INTO registry_correction (id, act, no, of, subject, place, household, field, before, after, since_on, source, at)
SELECT md5(id::text || %(act)s::text)::uuid, %(act)s, row_number() OVER (), of, id, place, household, '*', '', '',
  %(on)s, %(source)s, %(at)s
FROM (SELECT 'household' AS of, id, place, id AS household FROM pg_temp.stage_home
  UNION ALL SELECT 'person', id, place, household_id FROM pg_temp.stage_person
  UNION ALL SELECT 'site', id, place, NULL FROM pg_temp.stage_dwelling
  UNION ALL SELECT 'booklet', id, place, NULL FROM pg_temp.stage_booklet) entered
"""
_FLAGS = """
INSERT INTO {table} (id, type_code, place, person_id, household_id, from_on, source, body, began_by{more})
SELECT md5(concat(s.person_id, s.household_id, s.type_code))::uuid, s.type_code, s.place, s.person_id, s.household_id,
  s.from_on, %(source)s, s.body, %(act)s{none}
FROM pg_temp.stage_flag s JOIN registry_flag_type t ON t.code = s.type_code
  AND t.valid_from <= %(on)s AND (t.valid_to IS NULL OR t.valid_to > %(on)s) WHERE {which}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What is announced: the place that holds all of it, and how many people and homes are staged."""

    place: int
    people: int
    homes: int


class Stage:
    """Rows on their way into the register, in tables of this session; a context, because they are personal."""

    def __enter__(self) -> Self:
        """Make the tables."""
        with connection.cursor() as cursor:
            for name, columns in STAGES.items():
                kinds = ", ".join(f"{column} {kind}" for column, kind in columns.items())
                cursor.execute(f"DROP TABLE IF EXISTS pg_temp.stage_{name}")
                cursor.execute(f"CREATE TEMPORARY TABLE stage_{name} ({kinds})")
        return self

    def __exit__(self, *_exit: object) -> None:
        """Take them away; a broken connection has done so already."""
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                for name in STAGES:
                    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.stage_{name}")

    def add(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        """Copy rows of one kind in."""
        columns = STAGES[name]
        statement = f"COPY pg_temp.stage_{name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)

    def empty(self) -> None:
        """Be ready for the next act."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f"pg_temp.stage_{name}" for name in STAGES))


@action("registry.peopled", power="people.edit", facts=("people", "homes"), kinds=("clock",))
def people(scope: Scope, act: Act, *, staged: Staged) -> Line:
    """Enter the staged people with their homes, dwellings, booklets, stays and flags, all or none (演示数据写入).

    Refuses: BadInput where what is staged is not what was announced.
    """
    on = territory.calendar(scope).day_of(act.at)
    values: dict[str, Any] = {"act": act.id, "at": act.at, "on": on, "source": SOURCE}
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM pg_temp.stage_person), (SELECT count(*) FROM pg_temp.stage_home)")
        if cursor.fetchone() != (staged.people, staged.homes):
            raise BadInput(N_("The staged rows are not those that were read. Nothing was taken over; try again."))
        for name, table in INTO.items():
            columns, more = (PEOPLE if name == "person" else STAGES[name]), ALWAYS.get(name, {})
            names, given = ", ".join((*columns, *more)), ", ".join((*columns, *more.values()))
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {given} FROM pg_temp.stage_{name}")  # noqa: S608 - names of ours
        cursor.execute(_STAYS, values)
        cursor.execute(
            _FLAGS.format(table="registry_flag", more=", basis", none=", ''", which="NOT t.sensitive"), values
        )
        cursor.execute(_FLAGS.format(table="registry_hardship_flag", more="", none="", which="t.sensitive"), values)
        cursor.execute(_ENTERED, values)
    facts = {"people": staged.people, "homes": staged.homes}
    return Line(place=staged.place, subject=act.id, subject_kind="place", facts=facts, answer=facts)
