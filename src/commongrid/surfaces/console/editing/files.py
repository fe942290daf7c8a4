"""Whole lists as files: out as a spreadsheet or CSV, in again after a dry run that names every fault."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from commongrid.kernel import sheets
from commongrid.kernel.dated import Change, changed_columns, read_values
from commongrid.kernel.delimited import harmless
from commongrid.kernel.refusals import BadInput, Refusal, TooLarge
from commongrid.matters.actions.editing import MOST
from commongrid.matters.queries import dated
from commongrid.surfaces.console.editing.areas import RULES, WORDING, Area, choices, typed
from commongrid.surfaces.console.editing.forms import FileForm
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import saved, workbook

if TYPE_CHECKING:
    from commongrid.kernel.dated import Column, Values, Vocabulary
    from commongrid.surfaces.shared.doors import Asked

LARGEST: Final = 2 << 20
SALT: Final = "commongrid.editing"
AN_HOUR: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a row of a file: its number, the column and a sentence."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dry:
    """A file as read: what it would begin and change, and what is wrong with it."""

    changes: tuple[tuple[UUID | None, Values], ...]
    new: int
    changed: int
    same: int
    faults: tuple[Fault, ...]


def _export(request: Asked, area: Area, code: str) -> HttpResponse:
    of = area.vocabulary(code)
    empty = request.GET.get("template") == "1"
    rows = [] if empty else [one.values for one in dated.versions(request.scope, of)]
    heads = [gettext(column.label) for column in of.columns]
    body = [[_cell(column, values[column.code]) for column in of.columns] for values in rows]
    if request.GET.get("form") == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([heads, *body])
        return saved(b"\xef\xbb\xbf" + text.getvalue().encode(), f"{of.code}.csv", "text/csv; charset=utf-8")
    return workbook(_workbook(of, heads, body, request), f"{of.code}.xlsx")


def _cell(column: Column, value: object) -> str:
    plain = typed(value)
    if isinstance(plain, list):
        return "|".join(plain)
    text = ("1" if plain else "0") if isinstance(plain, bool) else str(plain)
    return harmless(text) if column.sort in ("text", "words") else text


def _workbook(of: Vocabulary, heads: list[str], body: list[list[str]], request: Asked) -> bytes:
    """The rows, with drop-downs for what is chosen from a list and codes kept as text."""
    import xlsxwriter

    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, lists = book.add_worksheet(of.code), book.add_worksheet("lists")
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        lists.hide()
        found = choices(request.scope, of)
        for number, (column, head) in enumerate(zip(of.columns, heads, strict=True)):
            sheet.write_string(0, number, head, bold)
            sheet.set_column(number, number, 18, text)
            codes = [code for code, *_n in (found.get(column.source) or column.choices) if code]
            lists.write_column(0, number, codes)
            if codes and column.sort != "several":
                letter = xlsxwriter.utility.xl_col_to_name(number)
                sheet.data_validation(
                    1,
                    number,
                    MOST,
                    number,
                    {"validate": "list", "source": f"=lists!${letter}$1:${letter}${len(codes)}"},
                )
        for row, cells in enumerate(body, 1):
            for number, cell in enumerate(cells):
                sheet.write_string(row, number, cell, text)
        sheet.freeze_panes(1, 0)
    return packed.getvalue()


def _import(request: Asked, area: Area, code: str) -> HttpResponse:
    of = area.vocabulary(code)
    dry: Dry | None = None
    form = FileForm(None)
    if request.method == "POST" and request.POST.get("kept"):
        return _take(request, area, of)
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                dry = _read(request, of, form.cleaned_data["file"])
            except Refusal as refusal:
                form.refuse(refusal)
    kept = ""
    if dry is not None and dry.changes and not dry.faults:
        packed = [[str(row) if row else "", {name: typed(value) for name, value in values.items()}]
                  for row, values in dry.changes]  # fmt: skip
        kept = signing.dumps([of.code, form.cleaned_data["on"].isoformat(), packed], salt=SALT, compress=True)
    context = {
        "area": area, "of": of, "form": form, "dry": dry, "kept": kept, "title": gettext("Bring in a file"),
        "trail": [(gettext(area.title), ""), (gettext(of.title), reverse(f"{area.name}_list", args=[of.code])),
                  (gettext("Bring in a file"), "")],
    }  # fmt: skip
    return render(request, "console/editing/file.html", context, status=422 if form.errors else 200)


def _read(request: Asked, of: Vocabulary, sent: Any) -> Dry:
    """Read a file against what is in force: all rows, all faults."""
    if sent.size > LARGEST:
        raise TooLarge(_("This file has more than %(megabytes)d MB."), megabytes=LARGEST >> 20)
    sheet = sheets.read_rows(sent.read(), sent.name or "rows.csv", limits=sheets.Limits(LARGEST, 32 << 20, 60, 1 << 30))
    columns = _columns(of, sheet.header)
    known = dated.known(choices(request.scope, of))
    current = {one.key: one for one in dated.versions(request.scope, of)}
    changes: list[tuple[UUID | None, Values]] = []
    faults: list[Fault] = []
    same = 0
    seen: set[str] = set()
    for number, cells in sheet.numbered:
        raw = {name: sheets.text_of(cells[at]).removeprefix("'") for name, at in columns.items()}
        try:
            values = read_values(of, raw, known)
            former = current.get(key := of.key_of(values))
            if key in seen:
                raise BadInput(_("This row comes twice in the file."))
            if former is None and not of.new:
                raise BadInput(_("There is no such row, and rows can't be added to this list."))
        except Refusal as refusal:
            faults += _faults(of, number, refusal)
            continue
        seen.add(key)
        if former is not None and not changed_columns(of, former.values, values):
            same += 1
            continue
        changes.append((former.id if former else None, values))
    if len(changes) > MOST:
        raise TooLarge(_("This file changes more rows than one act can take."))
    new = sum(row is None for row, _values in changes)
    return Dry(changes=tuple(changes), new=new, changed=len(changes) - new, same=same, faults=tuple(faults))


def _columns(of: Vocabulary, header: tuple[str, ...]) -> dict[str, int]:
    """Where each column stands, by its code or its name in either language."""
    places = sheets.column_names(header)
    found: dict[str, int] = {}
    for column in of.columns:
        names = {column.code, column.label}
        for language in ("zh-hans", "en"):
            with override(language):
                names.add(gettext(column.label))
        at = next((places[plain] for name in names if (plain := sheets.plain_name(name)) in places), None)
        if at is not None:
            found[column.code] = at
        elif column.needed or column.fixed:
            raise BadInput(_("The column “%(name)s” is missing. Start from the template."), name=gettext(column.label))
    return found


def _faults(of: Vocabulary, number: int, refusal: Refusal) -> list[Fault]:
    if not refusal.fields:
        return [Fault(row=number, column="", text=gettext(refusal.text))]
    return [
        Fault(row=number, column=gettext(of.column(name).label), text=refusal.at(name, gettext))
        for name in refusal.fields
    ]


def _take(request: Asked, area: Area, of: Vocabulary) -> HttpResponse:
    """Carry out what the dry run showed, as one act."""
    try:
        code, on, packed = signing.loads(request.POST["kept"], salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        raise BadInput(_("This preview is too old. Choose the file again.")) from None
    if code != of.code:
        raise BadInput(_("This preview is too old. Choose the file again."))
    from datetime import date

    changes = tuple(
        Change(row=UUID(row) if row else None, values=values, on=date.fromisoformat(on)) for row, values in packed
    )
    area.carry_out(request, of, changes)
    messages.success(request, _("The file was brought in."))
    return HttpResponseRedirect(reverse(f"{area.name}_list", args=[of.code]))


@door("worklist.read")
def rules_export(request: Asked, vocabulary: str) -> HttpResponse:
    """A list as a spreadsheet, as CSV, or as an empty template."""
    return _export(request, RULES, vocabulary)


@door("worklist.edit", methods=("GET", "POST"))
def rules_import(request: Asked, vocabulary: str) -> HttpResponse:
    """A list from a file: dry run first, then all of it as one act."""
    return _import(request, RULES, vocabulary)


@door("texts.edit")
def wording_export(request: Asked, vocabulary: str) -> HttpResponse:
    """Texts as a spreadsheet, as CSV, or as an empty template."""
    return _export(request, WORDING, vocabulary)


@door("texts.edit", methods=("GET", "POST"))
def wording_import(request: Asked, vocabulary: str) -> HttpResponse:
    """Texts from a file: dry run first, then all of it as one act."""
    return _import(request, WORDING, vocabulary)
