"""Sheets of another system: sent, their columns mapped, looked through, and applied as one act or dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, Refusal, TooLarge
from commongrid.matters.actions.cases import Elsewhere
from commongrid.matters.actions.protecting import About, Contact
from commongrid.matters.actions.reporting import Report, report
from commongrid.matters.exchange import layout, queries
from commongrid.matters.exchange.actions.orders import change_order, link_order
from commongrid.matters.exchange.actions.results import Told, take_result
from commongrid.matters.exchange.preview import LIMITS, OrderPreview, Preview, header_of, previewed
from commongrid.matters.models import ExternalBatch, ExternalColumn, ExternalUpload
from commongrid.matters.queries.systems import SystemRow
from commongrid.matters.queries.systems import system as system_row

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

KEPT: Final = timedelta(days=1)
COUNTS: Final = ("system", "rows", "fresh", "known", "changed", "faulty")
TWICE: Final = N_("One column can't be two things. Choose each only once.")
NOTHING_SAID: Final[Mapping[int, str]] = MappingProxyType({})
_NAME: Final = 120
_HEADING: Final = 80


@action("matters.sheet_sent", power="matters.exchange", facts=("system", "sort"))
def send_sheet(scope: Scope, act: Act, *, system: str, sort: str, name: str, data: bytes) -> Line:
    """Keep a sheet, sealed, until this post decides about it; at most a day.

    Refuses: NotFound for an unknown system; BadInput or TooLarge where it is no sheet that can be read.
    """
    of = system_row(scope, system)
    if len(data) > LIMITS.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=LIMITS.sent >> 20)
    header_of(data, name)
    place = scope.place or scope.lo
    ExternalUpload(
        id=act.id, place=place, post=scope.post or act.id, system=of.code, sort=sort, name=name[:_NAME],
        sealed=queries.sealed_upload(data, act.id), at=act.at,
    ).save(force_insert=True)  # fmt: skip
    return _line(scope, act, {"system": of.code, "sort": sort}, upload=act.id)


@action("matters.columns_mapped", power="matters.exchange", facts=("system", "sort"))
def map_columns(scope: Scope, act: Act, *, system: str, sort: str, columns: dict[str, str]) -> Line:
    """Remember which column is which field for this system's sheets; what is left empty is forgotten.

    Refuses: BadInput for an unknown field, one heading for two fields, or one too long.
    """
    of = system_row(scope, system)
    known = {column.field for column in layout.fields(sort)}
    chosen = {name: header.strip() for name, header in columns.items() if header.strip()}
    if set(columns) - known:
        raise BadInput
    if len(set(chosen.values())) < len(chosen):
        raise BadInput(TWICE)
    _remember(act, of.code, sort, [(name, header, 0) for name, header in chosen.items()])
    return _line(scope, act, {"system": of.code, "sort": sort})


@action("matters.replies_laid_out", power="matters.exchange", facts=("system", "rows"))
def lay_out_replies(scope: Scope, act: Act, *, upload_id: UUID, columns: dict[str, str]) -> Line:
    """Take the headings of a system's own sheet, in their order, for every reply from now on; the sheet is dropped.

    ``columns`` says under which heading each field goes; the others stay empty.

    Refuses: NotFound without the sheet; BadInput for an unknown heading or field, one heading for two fields, none for
    the number or the reply, or a heading too long.
    """
    row, data = queries.upload(scope, upload_id)
    header = header_of(data, row.name)
    chosen = {name: heading for name, heading in columns.items() if heading}
    if row.sort != "replies" or not set(chosen.values()) <= set(header):
        raise BadInput
    if set(chosen) - {one.field for one in layout.fields("replies")} or layout.lacking("replies", chosen):
        raise BadInput
    if len(set(chosen.values())) < len(chosen):
        raise BadInput(TWICE)
    at = {header.index(heading): name for name, heading in chosen.items()}
    placed = [(at.get(position, f"_{position}"), heading, position) for position, heading in enumerate(header)]
    _remember(act, row.system, "replies", placed)
    ExternalUpload.objects.filter(id=row.id).delete()
    return _line(scope, act, {"system": row.system, "rows": len(placed)})


def _remember(act: Act, system: str, sort: str, columns: list[tuple[str, str, int]]) -> None:
    """These columns of a system's sheet, and no others. Refuses: BadInput for a heading too long."""
    if any(len(header) > _HEADING for _name, header, _position in columns):
        raise BadInput(N_("A heading has at most 80 characters. Shorten it in the sheet, or ask them for another."))
    ExternalColumn.objects.filter(system=system, sort=sort).delete()
    ExternalColumn.objects.bulk_create(
        ExternalColumn(
            id=uuid5(NAMESPACE_OID, f"commongrid column {system} {sort} {name}"), system=system, sort=sort, field=name,
            header=header, position=position, at=act.at,
        )
        for name, header, position in columns
    )  # fmt: skip


@action("matters.sheet_dropped", power="matters.exchange", facts=("system", "sort"))
def drop_sheet(scope: Scope, act: Act, *, upload_id: UUID) -> Line:
    """Take a sheet away undecided. Refuses: NotFound."""
    row, _data = queries.upload(scope, upload_id)
    ExternalUpload.objects.filter(id=row.id).delete()
    return _line(scope, act, {"system": row.system, "sort": row.sort})


@action("matters.sheets_swept", power="matters.tick", kinds=("clock",), facts=("rows",))
def sweep_sheets(scope: Scope, act: Act) -> Line:
    """Take away sheets that waited for more than a day. Refuses: nothing."""
    gone, _ = ExternalUpload.objects.filter(at__lt=act.at - KEPT).delete()
    return Line(place=scope.lo, facts={"rows": gone}, answer={"rows": gone})


@action("matters.orders_imported", power="matters.exchange", facts=COUNTS)
def import_orders(
    scope: Scope,
    act: Act,
    *,
    upload_id: UUID,
    good_only: bool = False,
    apart: tuple[int, ...] = (),
    about: Mapping[int, str] = NOTHING_SAID,
) -> Line:
    """Make matters of a sheet's orders, as one act.

    An order that is probably the same as another goes on that one's matter,
    unless its row is among ``apart``; of a known one only its dates are taken
    over. ``about`` says of rows whom in the government they are about, whatever
    the sheet says: such an order becomes a matter of its own, handled where
    nobody answers to them. Without ``good_only`` a single faulty row keeps everything out.

    Refuses: BadInput with faulty rows, or where a row is refused by its own rule: then nothing was taken in.
    """
    row, data = queries.upload(scope, upload_id)
    of = system_row(scope, row.system)
    shown = _readable(scope, row, data, good_only=good_only)
    made: dict[int, UUID] = {}
    for read in shown.orders:
        said = about.get(read.order.row, read.order.about)
        one = replace(read, order=replace(read.order, about=said))
        try:
            made[one.order.row] = _take_in(scope, act, of, one, made, apart=bool(said) or one.order.row in apart)
        except Refusal as refusal:
            raise _at_row(refusal, one.order.row) from refusal
    ExternalUpload.objects.filter(id=row.id).delete()
    return _done(scope, act, shown, data)


@action("matters.results_imported", power="matters.exchange", facts=COUNTS)
def import_results(scope: Scope, act: Act, *, upload_id: UUID, good_only: bool = False) -> Line:
    """Record the results of a sheet, as one act; what was known already is left as it is.

    Refuses: as ``import_orders``.
    """
    row, data = queries.upload(scope, upload_id)
    shown = _readable(scope, row, data, good_only=good_only)
    for one in shown.results:
        if one.status != "new":
            continue
        told = Told(
            result=one.result.result, satisfied=one.result.satisfied, text=one.result.said, due_at=one.result.due_at
        )
        step = act.child(f"result:{one.result.row}")
        try:
            take_result(scope, step, matter_id=one.case.matter, case_id=one.case.id, told=told)
        except Refusal as refusal:
            raise _at_row(refusal, one.result.row) from refusal
    ExternalUpload.objects.filter(id=row.id).delete()
    return _done(scope, act, shown, data)


def _readable(scope: Scope, row: queries.SheetRow, data: bytes, *, good_only: bool) -> Preview:
    shown = previewed(scope, system=row.system, sort=row.sort, data=data, name=row.name)
    if shown.lacking:
        raise BadInput(N_("Say first which column is which."))
    if shown.faults and not good_only:
        raise BadInput(N_("Some rows are faulty. Correct the sheet, or tick that only the good rows shall be taken."))
    if not shown.orders and not shown.results:
        raise BadInput(N_("There is no good row in this sheet."))
    return shown


def _take_in(
    scope: Scope, act: Act, of: SystemRow, one: OrderPreview, made: Mapping[int, UUID], *, apart: bool
) -> UUID:
    """The matter of one order: a fresh one, or the one it is put on."""
    order, step = one.order, act.child(f"order:{one.order.row}")
    if one.known is not None:
        if one.status == "changed":
            change_order(
                scope, step, matter_id=one.known.matter, case_id=one.known.id, due_at=order.due_at,
                reply_due_at=order.reply_due_at,
            )  # fmt: skip
        return one.known.matter
    elsewhere = Elsewhere(
        system=of.code, number=order.number, received_at=order.received_at, due_at=order.due_at,
        reply_due_at=order.reply_due_at, alike=one.key, batch=act.id,
    )  # fmt: skip
    same = one.like_matter or made.get(one.like_row)
    if one.status == "alike" and same is not None and not apart:
        link_order(scope, step, matter_id=same, elsewhere=elsewhere)
        return same
    told = Report(
        kind_code=order.kind, place=order.place, text=order.text, urgency=order.urgency, source=of.source,
        contact=Contact(name=order.name, phone=order.phone), external_system=of.code, external_number=order.number,
        elsewhere=elsewhere, about=About(whom=order.about, words=order.about_words if order.about else ""),
        confidential=order.confidential,
    )  # fmt: skip
    report(scope, step, report=told)
    return step.id


def _at_row(refusal: Refusal, row: int) -> BadInput:
    """The same refusal, saying in which row; nothing of the sheet was taken in."""
    why = next(iter(refusal.fields.values()), refusal.text)
    return BadInput(N_("Row %(row)s can't be taken in, so nothing of this sheet was."), fields={"sheet": why}, row=row)


def _done(scope: Scope, act: Act, shown: Preview, data: bytes) -> Line:
    counts = shown.counts
    facts = {
        "system": shown.system, "rows": shown.rows, "fresh": counts.get("new", 0) + counts.get("alike", 0),
        "known": counts.get("known", 0), "changed": counts.get("changed", 0), "faulty": counts["faulty"],
    }  # fmt: skip
    ExternalBatch(
        id=act.id, place=scope.place or scope.lo, sort=shown.sort, file_hash=hashlib.sha256(data).digest(),
        post=scope.post, at=act.at, **facts,
    ).save(force_insert=True)  # fmt: skip
    return _line(scope, act, facts, batch=act.id)


def _line(scope: Scope, act: Act, facts: Mapping[str, object], **more: object) -> Line:
    return Line(
        place=scope.place or scope.lo, subject=act.id, subject_kind="exchange", facts=facts, answer={**facts, **more}
    )
