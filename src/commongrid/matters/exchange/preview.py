"""What a sheet would do, row by row, before anybody decides: new, known, changed, probably the same, or faulty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.kernel.moments import order_of
from commongrid.kernel.refusals import N_, TooLarge
from commongrid.kernel.sheets import Cell, Limits, read_rows
from commongrid.matters.exchange import layout, queries
from commongrid.matters.exchange.reading import OrderRead, ResultRead, RowFault, RowReader
from commongrid.matters.importing.rules.columns import bind
from commongrid.matters.queries.systems import CaseRow, cases_numbered

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

MOST_ROWS: Final = 1000
LIMITS: Final = Limits(sent=5 << 20, unpacked=100 << 20, seconds=60, memory=1 << 30)
"""What one sheet of orders may cost; an older system's whole archive goes in by the command line."""

_DATES: Final = ("received", "due", "reply_due")
_NEAR: Final = timedelta(days=queries.ALIKE_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPreview:
    """One order and what would become of it. ``like`` is the order it is probably the same as, here or above."""

    order: OrderRead
    status: str
    key: bytes
    notes: tuple[str, ...] = ()
    like_matter: UUID | None = None
    like_number: str = ""
    like_row: int = 0
    known: CaseRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPreview:
    """One result and the order it is about; ``status`` is new or known."""

    result: ResultRead
    status: str
    case: CaseRow


@dataclass(slots=True, kw_only=True)
class Preview:
    """A sheet as it was read."""

    system: str
    sort: str
    header: tuple[str, ...]
    mapped: dict[str, str]
    lacking: list[layout.Column]
    rows: int = 0
    orders: list[OrderPreview] = field(default_factory=list)
    results: list[ResultPreview] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each status."""
        counted = Counter([*(one.status for one in self.orders), *(one.status for one in self.results)])
        return {**counted, "faulty": len({fault.row for fault in self.faults})}


def header_of(data: bytes, name: str) -> tuple[str, ...]:
    """The headings of a sheet. Refuses what ``read_rows`` refuses."""
    return read_rows(data, name, limits=LIMITS).header


def previewed(scope: Scope, *, system: str, sort: str, data: bytes, name: str) -> Preview:
    """Read a sheet and compare it with what is known.

    Refuses: BadInput for a file that is no sheet or has a heading twice; TooLarge beyond a thousand rows.
    """
    sheet = read_rows(data, name, limits=LIMITS)
    mapped = layout.guessed(sort, sheet.header, queries.remembered(scope, system, sort))
    shown = Preview(system=system, sort=sort, header=sheet.header, mapped=mapped, lacking=layout.lacking(sort, mapped))
    if shown.lacking or sort == "replies":  # of replies only the headings matter
        return shown
    rows: list[tuple[int, list[Cell]]] = []
    for numbered in sheet.numbered:
        rows.append(numbered)
        if len(rows) > MOST_ROWS:
            raise TooLarge(N_("This sheet has more than 1,000 rows. Split it, and send the parts one after the other."))
    shown.rows = len(rows)
    reader = RowReader(bind(mapped, sheet.header), queries.meaning(scope))
    _orders_of_dates(reader, rows)
    if sort == "orders":
        _orders(scope, shown, reader, rows)
    else:
        _results(scope, shown, reader, rows)
    shown.faults = sorted(reader.faults, key=lambda fault: fault.row)
    return shown


def _orders_of_dates(reader: RowReader, rows: Sequence[tuple[int, Sequence[object]]]) -> None:
    """For each column of dates the order of day and month, as its cells reveal it."""
    found = {
        name: order_of(reader.binding.cell(cells, name) for _, cells in rows)[0]
        for name in _DATES
        if name in reader.binding.at
    }
    reader.meaning = type(reader.meaning)(
        kinds=reader.meaning.kinds, places=reader.meaning.places, own_place=reader.meaning.own_place,
        unsorted=reader.meaning.unsorted, zone=reader.meaning.zone, now=reader.meaning.now, orders=found,
    )  # fmt: skip


def _orders(scope: Scope, shown: Preview, reader: RowReader, rows: Sequence[tuple[int, Sequence[object]]]) -> None:
    read = [order for number, cells in rows if (order := reader.order(number, cells)) is not None]
    known = cases_numbered(scope, shown.system, [order.number for order in read])
    keys = {order.row: queries.alike_key(order.text, order.place) for order in read}
    like = queries.alike(scope, set(keys.values()))
    fresh: dict[bytes, list[OrderRead]] = {}
    for order in read:
        key, notes = keys[order.row], tuple(reader.notes.get(order.row, ()))
        case = known.get(order.number)
        if case is not None:
            status = "changed" if _changed(order, case) else "known"
            shown.orders.append(OrderPreview(order=order, status=status, key=key, notes=notes, known=case))
            continue
        if order.about or order.confidential:  # a matter of its own, never put on one that others see
            shown.orders.append(OrderPreview(order=order, status="new", key=key, notes=notes))
            continue
        shown.orders.append(_compared(order, key, notes, like.get(key, []), fresh.get(key, [])))
        fresh.setdefault(key, []).append(order)


def _compared(
    order: OrderRead, key: bytes, notes: tuple[str, ...], before: Iterable[queries.Alike], above: Iterable[OrderRead]
) -> OrderPreview:
    """The same words from the same village on nearly the same day, and no other phone: probably the same."""
    phone = queries.phone_key(order.phone)
    for one in before:
        same_phone = phone is None or one.phone is None or one.phone == phone
        if same_phone and abs(one.received_at - order.received_at) <= _NEAR:
            return OrderPreview(
                order=order, status="alike", key=key, notes=notes, like_matter=one.matter, like_number=one.number
            )
    for earlier in above:
        other = queries.phone_key(earlier.phone)
        same_phone = phone is None or other is None or other == phone
        if same_phone and abs(earlier.received_at - order.received_at) <= _NEAR:
            return OrderPreview(
                order=order, status="alike", key=key, notes=notes, like_row=earlier.row, like_number=earlier.number
            )
    return OrderPreview(order=order, status="new", key=key, notes=notes)


def _changed(order: OrderRead, case: CaseRow) -> bool:
    """Whether the other system says other dates now than it did."""
    later = order.due_at is not None and order.due_at != case.due_at
    return later or (order.reply_due_at is not None and order.reply_due_at != case.reply_due_at)


def _results(scope: Scope, shown: Preview, reader: RowReader, rows: Sequence[tuple[int, Sequence[object]]]) -> None:
    cells_of = dict(rows)
    read = [result for number, cells in rows if (result := reader.result(number, cells)) is not None]
    known = cases_numbered(scope, shown.system, [result.number for result in read])
    for result in read:
        case = known.get(result.number)
        if case is None:
            reader.fault(result.row, "number_unknown", "number", cells_of[result.row])
            continue
        shown.results.append(ResultPreview(result=result, status="known" if _same(result, case) else "new", case=case))


def _same(result: ResultRead, case: CaseRow) -> bool:
    """Whether this was taken in before: the same words of an answer that went out since are about that one."""
    if (case.result, case.satisfied) != (result.result, result.satisfied) or case.result == "rework":
        return False
    return case.replied_at is None or case.result_at is None or case.replied_at <= case.result_at
