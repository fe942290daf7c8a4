"""Lists of places for tests: a fictional county, as rows of a file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.territory import actions
from commongrid.territory.rules.listing import read_list
from tests.bed import point_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from commongrid.territory.rules.listing import Listed
    from tests.bed import Database

Row = tuple[str, str, str, str]
IMPORTER = clock("import places", "places.import")

HEADER: Row = ("code", "name", "level", "parent")
COUNTY: Row = ("990101000000", "云岭县", "county", "990100000000")
CONTEXT: list[Row] = [
    ("990000000000", "虚构省", "province", ""),
    ("990100000000", "虚构市", "prefecture", "990000000000"),
    COUNTY,
]
TOWNSHIPS: list[Row] = [
    ("990101001000", "青石街道", "township", "990101000000"),
    ("990101101000", "白沙镇", "township", "990101000000"),
    ("990101201000", "龙潭乡", "township", "990101000000"),
]
VILLAGES: list[Row] = [
    ("990101001001", "城北社区居民委员会", "community", "990101001000"),
    ("990101001201", "溪口村村民委员会", "village", "990101001000"),
    ("990101001202", "石坪村村民委员会", "village", "990101001000"),
    ("990101101201", "朝阳村村民委员会", "village", "990101101000"),
    ("990101101202", "河口村村民委员会", "village", "990101101000"),
    ("990101101203", "凯峡河村村民委员会", "village", "990101101000"),
    ("990101201201", "朝阳村村民委员会", "village", "990101201000"),
    ("990101201202", "龙井村村民委员会", "village", "990101201000"),
    ("990101201203", "坪上村村民委员会", "village", "990101201000"),
]
SIBLING: list[Row] = [
    ("990102000000", "清溪县", "county", "990100000000"),
    ("990102001000", "南门街道", "township", "990102000000"),
    ("990102001001", "南门社区居民委员会", "community", "990102001000"),
]


def whole() -> list[Row]:
    """The county's list, without a heading row."""
    return [*CONTEXT, *TOWNSHIPS, *VILLAGES]


def read(rows: Sequence[Sequence[object]], *, header: Sequence[object] | None = HEADER) -> tuple[Listed, ...]:
    """The places of a list that has no faults."""
    found = read_list(enumerate([header, *rows] if header else rows, start=1))
    assert found.faults == ()
    return found.places


@contextmanager
def as_owner(database: Database) -> Iterator[None]:
    """Django connected as the owner, as the import command is."""
    point_at(database.url("owner"))
    try:
        yield
    finally:
        point_at(database.url())


def bring(rows: Sequence[Sequence[object]], on: date, **more: object) -> dict[str, object]:
    """Import a list as the command does."""
    return actions.import_places(IMPORTER, Act.new(), listed=read(rows), on=on, **more)  # type: ignore[arg-type]
