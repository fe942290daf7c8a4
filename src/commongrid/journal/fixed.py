"""Queries that every request makes: the ORM writes their SQL once per process, then only the values change.

Building a query costs the ORM more than PostgreSQL needs to answer it. The
statement stays the one the models say; nothing is written by hand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from weakref import WeakSet

from django.db import connection
from django.db.models.sql import InsertQuery

from commongrid.journal.acting import current_scope
from commongrid.journal.sending import asked_ahead, forget, remember, remembered, under_way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import Field, Model, QuerySet

_TABLES: Final = re.compile(r'(?:FROM|JOIN) "\w+"')
Parameter: TypeAlias = "Callable[[Mapping[str, Any]], Any]"
"""How to fill a parameter from the named values; the same one wherever the same value stands."""
Made: TypeAlias = "tuple[str, tuple[Parameter, ...]]"
"""A statement and its parameters."""


class Fixed:
    """A query with named values.

    ``build`` makes the queryset (of ``values`` or ``values_list``) from the
    named values; ``samples`` holds one unmistakable value for each name, equal
    to nothing else in the query. ``planned`` keeps PostgreSQL's plan too, one
    per connection: only for queries whose best plan is the same for every
    scope, so never for one that reads a county's rows by the interval.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *, planned: bool = False, **samples: Any) -> None:
        """Nothing is built before the first use."""
        self._build = build
        self._samples = samples
        self._planned = planned
        self._prepared: WeakSet[Any] = WeakSet()
        self._reads = ""
        """The tables, said in a comment of each call: for whoever reads a log, and for the tests' guard."""
        self._made: Made | None = None
        self._values: dict[object, Parameter] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows, columns in the order of the query; those asked for ahead, once."""
        key = self._key(values)
        ahead: list[tuple[Any, ...]] | None = remembered(key)
        if ahead is not None:
            forget(key)
            return ahead
        with connection.cursor() as cursor:
            self._ask(cursor, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def ahead(self, **values: Any) -> None:
        """Ask on the way of the next statement for what ``rows`` of the same values will want soon after.

        Only for what nothing in between changes. Outside a transaction of the seam nothing is asked.
        """
        if under_way():
            key = self._key(values)
            with connection.cursor() as cursor, asked_ahead(lambda found: remember(key, found)):
                self._ask(cursor, values)

    def _key(self, values: Mapping[str, Any]) -> tuple[object, ...]:
        return (id(self), id(current_scope()), *values.values())

    def _ask(self, cursor: Any, values: Mapping[str, Any]) -> None:
        text, parameters = self.made()
        if self._planned:
            parameters = tuple(dict.fromkeys(parameters))
            text = self._kept(cursor, text, parameters)
        cursor.execute(text, [parameter(values) for parameter in parameters])

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)

    def made(self) -> Made:
        """The statement, written by the ORM at the first use."""
        if self._made is None:
            self._made = self._make()
            self._reads = f"/* {' '.join(dict.fromkeys(_TABLES.findall(self._made[0])))} */"
        return self._made

    def _kept(self, cursor: Any, text: str, distinct: Sequence[Parameter]) -> str:
        """The call of the prepared statement, which this connection gets where it has none yet.

        A value that stands in many places of the query is sent once.
        """
        count = len(distinct)
        name = f"fixed_{id(self):x}"
        session = connection.connection
        if session not in self._prepared:
            numbered = (
                text.replace("%s", "{}").format(*(f"${distinct.index(one) + 1}" for one in self.made()[1]))
                if count
                else text
            )
            cursor.execute(f"PREPARE {name} AS {numbered}")
            self._prepared.add(session)
        called = f"EXECUTE {name}({', '.join(['%s'] * count)})" if count else f"EXECUTE {name}"
        return f"{called} {self._reads}"

    def _make(self) -> Made:
        text, parameters = self._build(**self._samples).query.sql_with_params()
        used: set[str] = set()
        made = tuple(self._parameter(value, used) for value in parameters)
        if lost := set(self._samples) - used:
            message = f"{sorted(lost)} can't be found again in the query"
            raise ValueError(message)
        return text, made

    def _parameter(self, value: Any, used: set[str]) -> Parameter:
        """How to fill one parameter: by name where it holds a sample, else always the same."""
        for name, sample in self._samples.items():
            if value is sample or (type(value) is not bool and value == sample):
                used.add(name)
                return self._values.setdefault((name, type(value)), _named(name, value))
        return lambda _: value


def _none() -> QuerySet[Any, Any]:
    raise NotImplementedError


class SideBySide(Fixed):
    """Queries of at most one row each as one: their columns in order, null where a part has no row.

    The first decides: without its row there is none. All are planned once.
    """

    def __init__(self, first: Fixed, *others: Fixed) -> None:
        """Nothing is built before the first use."""
        super().__init__(_none, planned=True)
        self._parts = (first, *others)

    def _make(self) -> Made:
        made = [part.made() for part in self._parts]
        first, *others = (f"({text}) AS part{n}" for n, (text, _) in enumerate(made))
        text = f"SELECT * FROM {first} " + " ".join(f"LEFT JOIN {one} ON true" for one in others)  # noqa: S608 - the ORM's
        return text, tuple(parameter for _, parameters in made for parameter in parameters)


def _named(name: str, sample: Any) -> Callable[[Mapping[str, Any]], Any]:
    """The value of a name, in the driver's own number type where the ORM chose one."""
    kind = type(sample)
    if isinstance(sample, int) and kind is not int:
        return lambda values: kind(values[name])
    return lambda values: values[name]


_inserts: dict[type[Model], tuple[str, tuple[Field[Any, Any], ...]]] = {}


def lay_row(row: Model) -> None:
    """Insert one row under the id it has; the ORM writes the statement once per model, and no signal is sent.

    Raises: IntegrityError and DatabaseError as ``save`` does, where the row is sent.
    """
    text, fields = _inserts.get(type(row)) or _inserts.setdefault(type(row), _insert_of(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
    row._state.adding = False  # noqa: SLF001 - as save says it


def _insert_of(row: Model) -> tuple[str, tuple[Field[Any, Any], ...]]:
    """The statement and the fields whose values it takes, in order."""
    fields = tuple(field for field in row._meta.local_concrete_fields if not field.generated)
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    ((text, _values),) = query.get_compiler(connection=connection).as_sql()
    return text, fields


def dicts(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Rows with the names of their columns."""
    return [dict(zip(names, row, strict=True)) for row in rows]
