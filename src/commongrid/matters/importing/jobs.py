"""A whole takeover: a file in, its account out, and with ``yes`` its matters published.

Used by the command line; long, so it reports how far it is, and holds no
transaction open while it reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commongrid.kernel.act import Act, new_id
from commongrid.kernel.moments import Order, order_of
from commongrid.kernel.places import county_of, interval, parse
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import Scope, clock
from commongrid.kernel.sheets import Cell, Sheet, read_rows
from commongrid.matters.importing import actions, queries
from commongrid.matters.importing.rules.columns import Binding, bind, parse_columns
from commongrid.matters.importing.rules.faults import Account, Dirty, Sink
from commongrid.matters.importing.rules.reading import Reader, Settings, Taken
from commongrid.matters.importing.staging import Stage
from commongrid.matters.rules.named import UNSORTED
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

JOB = "matters.import"
BATCH = 5_000
SAMPLE = 20_000
"""Rows looked at to learn the order of day and month."""

SYSTEM_LENGTH = 24
Numbered = tuple[int, Sequence[Cell]]
Progress = Callable[[float, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator asks for, as written on the command line."""

    columns: str
    default_place: str = ""
    zone: str = ""
    kinds: Path | None = None
    dirty: Dirty = "keep-out"
    dates: Order = ""
    system: str = "older"
    sheet: str = ""
    yes: bool = False


@dataclass(slots=True)
class Result:
    """What came of it: the account, how it was read, and the batch if it was published."""

    account: Account
    zone: str
    county: int
    batch: UUID | None = None
    orders: dict[str, Order] = field(default_factory=dict)


def take_over_file(path: Path, wish: Wish, *, progress: Progress, sink: Sink | None = None) -> Result:
    """Read a file of matters and, where wished, publish them; everything else is a dry run.

    Refuses: BadInput or TooLarge for the file, the columns, the zone, the
    places or the kinds; nothing is taken over then.
    """
    columns = parse_columns(wish.columns)
    county = _county(wish)
    scope = scope_of(county.code)
    sheet = read_rows(path, path.name, sheet=wish.sheet)
    binding = bind(columns, sheet.header)
    rows, orders = _with_orders(sheet, binding, wish)
    settings = _settings(scope, county, wish, orders)
    result = Result(Account(sink=sink), str(settings.zone), county.code, orders=orders)
    reader = Reader(binding, settings, result.account)
    with Stage() as stage:
        for batch in batched_rows(rows):
            fresh = _fresh(scope, wish.system, reader, batch)
            if wish.yes:
                stage.add(fresh)
            progress(sheet.done(), result.account.rows)
        if wish.yes and stage.rows:
            result.batch = _publish(scope, path, wish, result, stage)
    return result


def scope_of(county: int) -> Scope:
    """The clock's scope for the takeover: one county, one power."""
    return clock(JOB, "matters.import", lo=interval(county).lo, hi=interval(county).hi)


def undo(batch_id: UUID) -> dict[str, object]:
    """Undo a takeover. Refuses what ``actions.undo`` refuses."""
    return actions.undo(clock(JOB, "matters.import"), Act.new(), batch_id=batch_id)


def batched_rows(rows: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    """Rows in batches, each small enough to be looked up in one query."""
    while batch := list(islice(rows, BATCH)):
        yield batch


def _county(wish: Wish) -> territory.CountyRow:
    """The county of the default place where it is a code, else the county of this register."""
    everywhere = clock(JOB)
    if any(sign.isdigit() for sign in wish.default_place):
        with suppress(BadInput):
            code = county_of(parse(wish.default_place))
            if code is not None:
                return territory.county(clock(JOB, lo=interval(code).lo, hi=interval(code).hi))
    return territory.county(everywhere)


def _settings(scope: Scope, county: territory.CountyRow, wish: Wish, orders: dict[str, Order]) -> Settings:
    kinds = queries.kind_words(scope, county.code)
    places = queries.place_words(scope, county.code)
    if not wish.system or len(wish.system) > SYSTEM_LENGTH or not wish.system.isprintable():
        raise BadInput(N_("The name of the older system has 1 to 24 characters."))
    return Settings(
        zone=zone_named(wish.zone or county.zone),
        now=datetime.now(UTC),
        kinds=_kinds_of(kinds, wish),
        places=places.codes,
        unsorted=UNSORTED,
        default_place=queries.place_named(places, wish.default_place) if wish.default_place else None,
        dirty=wish.dirty,
        orders=orders,
        raised=kinds.raised,
        sealed=kinds.sealed,
        now_at=places.now,
    )


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name in the tz database. Refuses: BadInput."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadInput(
            N_('There is no time zone "%(zone)s". Write a name such as Asia/Shanghai or America/New_York.'),
            zone=name[:40],
        ) from None


def _kinds_of(kinds: queries.KindWords, wish: Wish) -> dict[str, str]:
    if wish.kinds is None:
        return dict(kinds.codes)
    sheet = read_rows(wish.kinds, wish.kinds.name, headers=0)
    return queries.mapped_kinds(kinds, ((number, [str(cell) for cell in cells]) for number, cells in sheet.numbered))


def _with_orders(sheet: Sheet, binding: Binding, wish: Wish) -> tuple[Iterator[Numbered], dict[str, Order]]:
    """The rows, and for each column of dates the order of day and month: as told, else as the first rows reveal.

    Refuses: BadInput where dates like 04/05/2024 reveal nothing.
    """
    names = [name for name in ("opened", "closed", "due") if name in binding.at]
    if wish.dates:
        return sheet.numbered, dict.fromkeys(names, wish.dates)
    head = list(islice(sheet.numbered, SAMPLE))
    found = {name: order_of(binding.cell(row, name) for _, row in head) for name in names}
    revealed = {order for order, _ in found.values() if order}
    shared = revealed.pop() if len(revealed) == 1 else ""
    orders = {name: order or shared for name, (order, _) in found.items()}
    for name, (_, needed) in found.items():
        if needed and not orders[name]:
            raise BadInput(
                N_('In the column "%(column)s" 04/05 may be April or May: say --dates mdy or --dates dmy.'),
                column=binding.headers[name],
            )
    return chain(iter(head), sheet.numbered), orders


def _fresh(scope: Scope, system: str, reader: Reader, batch: list[Numbered]) -> list[tuple[UUID, Taken]]:
    """The rows of a batch that become matters: read, and not known from before."""
    reader.known = queries.known_numbers(scope, system, [reader.number_of(row) for _, row in batch])
    return [(new_id(), taken) for number, row in batch if (taken := reader.read(number, row))]


def _publish(scope: Scope, path: Path, wish: Wish, result: Result, stage: Stage) -> UUID:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").digest()
    act = Act.new()
    takeover = actions.Takeover(
        system=wish.system, file_hash=digest, place=result.county, rows=result.account.rows, staged=stage.rows
    )
    actions.take_over(scope, act, takeover=takeover)
    return act.id
