"""The queue as a spreadsheet: what this post sees under these filters, with the purpose, logged as an export."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

import xlsxwriter
from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.matters import queries
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.console.matters.filtering import filters_of
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.downloads import workbook
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import when

MOST: Final = 5000
"""So many rows at most; more are narrowed first."""
UNSAFE: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet program might take for a formula."""
WIDTHS: Final = (20, 44, 22, 24, 12, 14, 24, 18, 18, 16)


class Export(Form):
    """What the list is for."""

    purpose = forms.CharField(
        label=gettext_lazy("What you need the list for"),
        help_text=gettext_lazy("It is kept in the access log and written on the sheet."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what you need the list for.")},
    )
    query = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)


@door("matters.read", methods=("GET", "POST"))
def export(request: Asked) -> HttpResponse:
    """Ask for the purpose, then hand out the sheet."""
    if request.method != "POST":
        return _asked(request, Export(initial={"query": request.GET.urlencode()[:600]}))
    form = Export(request.POST)
    if not form.is_valid():
        return _asked(request, form, status=422)
    filters, _given = filters_of(QueryDict(form.cleaned_data["query"]))
    rows = queries.whole(request.scope, filters, MOST + 1)
    if len(rows) > MOST:
        form.add_error(None, _("More than 5,000 matters: narrow the list first, by state, class or place."))
        return _asked(request, form, status=422)
    purpose = form.cleaned_data["purpose"]
    accounts.log_access(
        request.scope, Act.new(), access=Access(event="exported", about=f"matters.{len(rows)}", reason=purpose)
    )
    sheet = _sheet(present.rows(request.scope, rows), purpose)
    return workbook(sheet, f"matters-{timezone.localtime():%Y%m%d-%H%M}.xlsx")


def _asked(request: Asked, form: Export, status: int = 200) -> HttpResponse:
    back = str(form["query"].value() or "")
    return render(request, "console/matters/export.html", {"form": form, "back": back}, status=status)


def _sheet(rows: Iterable[present.Shown], purpose: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(_("Matters")[:31])
        head = book.add_format({"bold": True, "bg_color": "#E3EFEA", "border": 1})
        text = book.add_format({"num_format": "@", "valign": "top"})
        made = {"when": when(timezone.now()), "purpose": purpose}
        page.write_string(0, 0, _("Exported %(when)s for: %(purpose)s. Only for this purpose.") % made)
        for at, (name, width) in enumerate(zip(_headings(), WIDTHS, strict=True)):
            page.set_column(at, at, width, text)
            page.write_string(1, at, name, head)
        for number, one in enumerate(rows, 2):
            for at, value in enumerate(_cells(one)):
                page.write_string(number, at, safe(value), text)
        page.freeze_panes(2, 1)
    return out.getvalue()


def _headings() -> tuple[str, ...]:
    return (
        _("Number"), _("Title"), _("Kind"), _("Place"), _("Urgency"), _("Source"), _("Has it"), _("State"),
        _("Due"), _("Reported"),
    )  # fmt: skip


def _cells(one: present.Shown) -> tuple[str, ...]:
    row = one.row
    return (
        row.number, one.title, one.kind, one.place, words.say(words.URGENCIES, row.urgency), one.source, one.owner,
        one.state, _moment(row.due_at), _moment(row.opened_at),
    )  # fmt: skip


def _moment(at: object) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if hasattr(at, "tzinfo") else ""  # type: ignore[arg-type]


def safe(value: str) -> str:
    """The text of a cell that no program takes for a formula."""
    return f"'{value}" if value.startswith(UNSAFE) else value


urlpatterns = [path("export", export, name="matters_export")]
