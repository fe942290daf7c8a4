"""Sealed values under a new key: batch by batch, while the county works.

The columns are found from the models (every binary column named ``sealed`` or
``…_sealed``), so that a new table can't be forgotten. Each value is replaced only
where it still is what was read, so whatever a clerk writes meanwhile stays.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models

from commongrid.accounts.sealed import TOTP_AAD, sealer
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.sealing import SealBroken, place_of

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

BATCH: Final = 500
_STALE: Final = """
SELECT {key}, {column} FROM {table}
WHERE {column} IS NOT NULL AND length({column}) > 2 AND {key} > %s
  AND substring({column} FROM 3 FOR get_byte({column}, 1)) <> %s
ORDER BY {key} LIMIT %s
"""
_REPLACE: Final = "UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"
_BY_KEY: Final = """
SELECT encode(substring({column} FROM 3 FOR get_byte({column}, 1)), 'escape'), count(*) FROM {table}
WHERE {column} IS NOT NULL AND length({column}) > 2 GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column that holds sealed values, with the key of its table."""

    table: str
    column: str
    key: str


@dataclass(slots=True)
class Resealed:
    """How far a rotation has come: values sealed anew, and those that did not open (as table, column, row)."""

    values: int
    broken: list[str]


def sealed_columns() -> list[SealedColumn]:
    """Every sealed column of every table, in order."""
    found = []
    for model in apps.get_app_config("commongrid").get_models():
        for field in model._meta.local_concrete_fields:
            column = field.column or field.name
            if isinstance(field, models.BinaryField) and (column == "sealed" or column.endswith("_sealed")):
                found.append(SealedColumn(model._meta.db_table, column, model._meta.pk.column or "id"))
    return sorted(found, key=lambda one: (one.table, one.column))


def reseal(scope: Scope, *, batch: int = BATCH) -> Iterator[Resealed]:
    """Seal every value anew with the newest key, a batch in a transaction; tells after each how far it has come.

    Apart from the journal: nothing that anybody knows has changed. Harmless to break off and to run again.
    """
    told = Resealed(0, [])
    for one in sealed_columns():
        last = UUID(int=0)
        while True:
            with acting(scope):
                rows = _stale(one, last, batch)
                for key, value in rows:
                    _reseal(one, key, value, told)
            if not rows:
                break
            last = rows[-1][0]
            yield told
    with acting(scope):
        _reseal_second_factors(told)
    yield told


def values_by_key(scope: Scope) -> dict[str, int]:
    """How many sealed values there are under each key, second factors aside."""
    counted: dict[str, int] = {}
    with acting(scope), connection.cursor() as cursor:
        for one in sealed_columns():
            cursor.execute(_BY_KEY.format(table=one.table, column=one.column))
            for key, count in cursor.fetchall():
                counted[key] = counted.get(key, 0) + count
    return counted


@action("accounts.keys_rotated", power="accounts.rotate", facts=("key", "values", "broken"), kinds=("clock",))
def keys_rotated(scope: Scope, act: Act, *, key: str, values: int, broken: int, place: int) -> Line:
    """Leave in the journal that every sealed value was sealed anew, with which key (换钥). Refuses: nothing."""
    facts = {"key": key, "values": values, "broken": broken}
    return Line(place=place, subject_kind="keys", facts=facts, answer={"values": values})


def _stale(one: SealedColumn, after: UUID, batch: int) -> list[tuple[UUID, bytes]]:
    statement = _STALE.format(table=one.table, column=one.column, key=one.key)
    with connection.cursor() as cursor:
        cursor.execute(statement, [after, sealer().current.encode(), batch])
        return [(key, bytes(value)) for key, value in cursor.fetchall()]


def _reseal(one: SealedColumn, key: UUID, value: bytes, told: Resealed) -> None:
    try:
        fresh = sealer().reseal(value, place_of(one.table, one.column, key))
    except SealBroken:
        told.broken.append(f"{one.table}.{one.column} {key}")
        return
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE.format(table=one.table, column=one.column, key=one.key), [fresh, key, value])
        told.values += max(int(cursor.rowcount), 0)


def _reseal_second_factors(told: Resealed) -> None:
    """Secrets of time codes and recovery codes, which allauth keeps as text inside its own rows."""
    for one in Authenticator.objects.select_for_update().exclude(type="webauthn"):
        fresh = dict(one.data)
        for name in ("secret", "seed"):
            if isinstance(fresh.get(name), str):
                try:
                    sealed = sealer().reseal(b64decode(fresh[name]), TOTP_AAD)
                except (SealBroken, ValueError):
                    told.broken.append(f"mfa_authenticator.{name} {one.pk}")
                    continue
                fresh[name] = b64encode(sealed).decode()
        if fresh != one.data:
            one.data = fresh
            one.save(update_fields=["data"])
            told.values += 1
