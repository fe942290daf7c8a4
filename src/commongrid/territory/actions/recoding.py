"""Re-coding: every column of every table that names a place follows it, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from psycopg.errors import ExclusionViolation, UniqueViolation

from commongrid.journal.actions import Line, action
from commongrid.kernel.places import county_of
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.territory import queries
from commongrid.territory.models import GridCover, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

_FOLLOW = """
UPDATE {table} AS here SET {column} = moved.new
FROM unnest(%s::bigint[], %s::bigint[]) AS moved(old, new)
WHERE here.{column} = moved.old
"""


@action("places.recoded", power="places.import", facts=("moved", "rows"), kinds=("clock",))
def recode(scope: Scope, act: Act, *, moves: tuple[tuple[int, int], ...], on: date) -> Line:
    """Carry every reference from old codes to new ones.

    The columns are found from the models: every ``PlaceField`` that follows,
    and the journal's ``place_now``; ``place_then`` and what is sealed stay. What
    a grid serves is closed under the old codes and opened under the new ones.
    The places themselves must exist already. Needs the owner role, because the
    journal lets nobody else change ``place_now``.

    Refuses: BadInput for a code that is no place or moves twice; WrongState
    where two rows would become one (two villages merged that both have a unit
    of one function).
    """
    follow = dict(moves)
    codes = set(follow) | set(follow.values())
    known = set(Place.objects.filter(code__in=codes).values_list("code", flat=True))
    if len(follow) != len(moves) or codes != known or set(follow) & set(follow.values()):
        raise BadInput(N_("A re-coding must lead from places that are known to places that are known, each once."))
    rows = sum(_follow(column, follow) for column in queries.place_columns())
    _carry_covers(act, follow, on)
    county = county_of(moves[0][1]) or moves[0][1]
    return Line(
        place=county, subject_kind="place", facts={"moved": len(moves), "rows": rows},
        answer={"moved": len(moves), "rows": rows},
    )  # fmt: skip


def _follow(column: queries.PlaceColumn, follow: Mapping[int, int]) -> int:
    """Change one column; the number of rows that followed."""
    statement = _FOLLOW.format(table=column.table, column=column.column)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [list(follow), list(follow.values())])
            return max(int(cursor.rowcount), 0)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation | ExclusionViolation):
            raise
        raise WrongState(
            N_("Two rows of %(table)s would become one in the same place. End or move one of them first."),
            table=column.table,
        ) from error


def _carry_covers(act: Act, follow: Mapping[int, int], on: date) -> None:
    """Grids and what they serve, under their new codes from the day on."""
    current = GridCover.objects.filter(valid_to=None)
    touched = list(current.filter(grid__in=list(follow)) | current.filter(covered__in=list(follow)))
    current.filter(id__in=[each.id for each in touched]).update(valid_to=on)
    GridCover.objects.bulk_create(
        GridCover(
            id=act.child(f"cover {each.id}").id,
            grid=follow.get(each.grid, each.grid), covered=follow.get(each.covered, each.covered), valid_from=on,
        )
        for each in touched
    )  # fmt: skip
