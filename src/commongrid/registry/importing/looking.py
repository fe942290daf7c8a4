"""The dry run: a file read, compared with the register, and told row by row; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection

from commongrid.accounts import sealed
from commongrid.kernel.moments import order_of
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_, TooLarge
from commongrid.kernel.sheets import Cell, Limits, read_rows
from commongrid.registry.importing import held, queries
from commongrid.registry.importing.rules import layout, matching
from commongrid.registry.importing.rules.held import PlacedHeld
from commongrid.registry.importing.rules.held_columns import HELD
from commongrid.registry.importing.rules.held_reading import HeldRead, HeldReader
from commongrid.registry.importing.rules.homes import PlacedHome, planned_homes
from commongrid.registry.importing.rules.known import Facts, Known
from commongrid.registry.importing.rules.matching import Placed
from commongrid.registry.importing.rules.reading import RowReader
from commongrid.registry.importing.rules.rows import HomeRead, Meaning, PersonRead
from commongrid.registry.queries import Pointed, astray

if TYPE_CHECKING:
    from datetime import date

    from commongrid.kernel.scope import Scope
    from commongrid.kernel.sheets import Sheet
    from commongrid.registry.importing.queries import UploadRow
    from commongrid.registry.importing.rules.faults import RowFault

MOST_ROWS: Final = 120_000
LIMITS: Final = Limits(sent=32 << 20, unpacked=600 << 20, seconds=180, memory=2 << 30)
"""What one file may cost: a township's whole list goes in at once."""
DATES: Final = (
    "born_on", "since", "began_on", "built_on", "last_check_on", "next_check_on", "founded_on", "from_on",
)  # fmt: skip
TOLD_EVERY: Final = 2_000
Progress = Callable[[float], None]
Row = tuple[int, list[Cell]]
Planned = Placed | PlacedHome | PlacedHeld


_ready: ContextVar[tuple[UUID, File] | None] = ContextVar("commongrid_file", default=None)


@contextmanager
def read_before(upload: UUID, file: File) -> Iterator[None]:
    """Have a file at hand that was read before the act that takes it in began.

    An act's transaction holds every reader of the journal back; reading a hundred thousand rows is no part of it.
    """
    token = _ready.set((upload, file))
    try:
        yield
    finally:
        _ready.reset(token)


def ready(upload: UUID) -> File | None:
    """The file of an upload, where it was read before."""
    found = _ready.get()
    return found[1] if found is not None and found[0] == upload else None


def silent(_share: float) -> None:
    """Nobody waits for the progress."""


def awake(_share: float) -> None:
    """A word to PostgreSQL while a long file is read within a transaction, so that it isn't taken for forgotten."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@dataclass(slots=True, kw_only=True)
class File:
    """A file as it was read: its rows, and what each says."""

    sort: str
    headed: layout.Headed
    rows: list[Row]
    reader: RowReader
    people: list[tuple[PersonRead, Facts]] = field(default_factory=list)
    homes: list[HomeRead] = field(default_factory=list)
    held: list[HeldRead] = field(default_factory=list)
    hardship: bool = False


@dataclass(slots=True, kw_only=True)
class Look:
    """What a file would do: every row with what becomes of it, all faults, and the notes."""

    file: File
    placed: list[Placed] = field(default_factory=list)
    homes: list[PlacedHome] = field(default_factory=list)
    held: list[PlacedHeld] = field(default_factory=list)
    astray: dict[str, list[int]] = field(default_factory=dict)

    @property
    def each(self) -> Sequence[Planned]:
        """The rows with what becomes of them."""
        return self.placed or self.homes or self.held

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each status."""
        return dict(Counter(one.status for one in self.each))

    @property
    def faults(self) -> list[RowFault]:
        """Every fault by row: what a row says wrong, and what only other rows or the register could tell."""
        return sorted(self.file.reader.faults, key=lambda fault: fault.row)

    @property
    def fresh_homes(self) -> int:
        """How many households would be new."""
        if self.file.sort == "homes":
            return sum(one.status == "new" for one in self.homes)
        coming = (one for one in self.placed if one.status == "new" or (one.status == "changed" and one.joins))
        return len({one.read.home for one in coming if one.new_home})

    @property
    def digest(self) -> str:
        """What was planned, in a few signs."""
        return matching.digest(self.each)


def read_file(scope: Scope, data: bytes, row: UploadRow, *, today: date, progress: Progress = silent) -> File:
    """Read a file that was sent.

    Refuses: BadInput for what is no sheet, whose header can't be found, or whose template is newer than this system;
    TooLarge beyond 120,000 rows.
    """
    sort = row.sort
    sheet = read_rows(data, row.name, headers=0, marked=True, limits=LIMITS)
    layout.demand_version(sheet.name)
    numbered = sheet.numbered
    first = list(islice(numbered, layout.LOOKED_AT + 2))
    headed = layout.headed(sort, [cells for _, cells in first])
    rows = list(_counted(first[headed.above :], numbered, sheet, progress))
    meant = _with_orders(queries.meaning(scope, today), headed, rows)
    reader = (HeldReader if sort in HELD else RowReader)(sort, headed, meant)
    file = File(sort=sort, headed=headed, rows=rows, reader=reader)
    if isinstance(reader, HeldReader):
        sees = row.hardship and (scope.kind == "clock" or "h" in scope.standing)
        file.held, file.hardship = [reader.held(number, cells, sheet.marks.get(number)) for number, cells in rows], sees
    elif sort == "people":
        file.people = list(_people(reader, rows, sheet))
    else:
        file.homes = [reader.home(number, cells, sheet.marks.get(number)) for number, cells in rows]
    return file


def look(scope: Scope, file: File, answered: Mapping[int, str] | None = None, *, lock: bool = False) -> Look:
    """Compare a file with the register as it is now; ``answered`` are the clerk's answers to doubts, by row."""
    if file.held:
        sheet = held.Sheet(
            sort=file.sort, rows=file.held, today=file.reader.meaning.today, hardship=file.hardship, lock=lock
        )
        looked = Look(file=file, held=held.placed(scope, sheet))
    elif file.sort == "homes":
        keys = {one.home for one in file.homes if not one.bad}
        found = Known(homes=queries.homes_known(scope, keys, lock=lock))
        looked = Look(file=file, homes=planned_homes(file.homes, found))
    else:
        looked = Look(
            file=file, placed=matching.planned(file.people, queries.known(scope, file.people, lock=lock), answered)
        )
    _tell(file.reader, looked.each)
    if not lock:
        looked.astray = astray(scope, _points(looked.each))
    return looked


def _points(placed: Iterable[Planned]) -> Iterator[Pointed]:
    """The points that rows say, in the village of each."""
    for one in placed:
        if isinstance(one, Placed) or one.status == "out":
            continue
        said = one.read.said if isinstance(one, PlacedHeld) else {"lon": one.read.lon, "lat": one.read.lat}
        lon, lat = said.get("lon"), said.get("lat")
        village = village_of(one.read.place if isinstance(one, PlacedHeld) else one.read.natural_village)
        if village is not None and lon is not None and lat is not None:
            yield Pointed(one.read.row, village, (lon, lat))


def _tell(reader: RowReader, placed: Iterable[Planned]) -> None:
    """The faults that only the comparison could tell, beside those of the rows."""
    own = [fault for fault in reader.faults if not fault.compared]
    reader.faults[:] = own
    for one in placed:
        if one.status == "out" and one.why:
            reader.fault(one.read.row, one.why, one.at)


def _counted(first: list[Row], rest: Iterable[Row], sheet: Sheet, progress: Progress) -> Iterator[Row]:
    yield from first
    for n, row in enumerate(rest, len(first)):
        if n >= MOST_ROWS:
            raise TooLarge(
                N_("This sheet has more than 120,000 rows. Split it by village, and send one after another.")
            )
        if n % TOLD_EVERY == 0:
            progress(sheet.done())
        yield row


def _with_orders(meaning: Meaning, headed: layout.Headed, rows: Sequence[Row]) -> Meaning:
    """For each column of dates the order of day and month, as its cells reveal it."""
    orders = {name: order_of(headed.cell(cells, name) for _, cells in rows)[0] for name in DATES if name in headed.at}
    return replace(meaning, orders=orders)


def _people(reader: RowReader, rows: Iterable[Row], sheet: Sheet) -> Iterator[tuple[PersonRead, Facts]]:
    """Every person with the blind indexes of the numbers."""
    for number, cells in rows:
        read = reader.person(number, cells, sheet.marks.get(number))
        yield (
            read,
            Facts(
                id_index=sealed.index(read.id_number),
                phone_index=sealed.index(read.phone),
                bank_index=sealed.index(read.bank) if read.bank else None,
            ),
        )


def header_of(data: bytes, name: str, sort: str) -> layout.Headed:
    """The header of a file, without reading on. Refuses: as ``read_file``."""
    sheet = read_rows(data, name, headers=0, limits=LIMITS)
    layout.demand_version(sheet.name)
    return layout.headed(sort, [cells for _, cells in islice(sheet.numbered, layout.LOOKED_AT + 2)])
