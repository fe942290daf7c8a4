"""The ready ledgers as pages, and as spreadsheets with purpose and expiry."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.registry import queries
from commongrid.registry.rules.ledgers import EXPIRES_DAYS, MOST, POPULATIONS, columns_of
from commongrid.surfaces.console.matters.export import safe
from commongrid.surfaces.console.register.homes import day_asked, place_asked
from commongrid.surfaces.console.register.words import HOME_STATES, WHY, read_aloud, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import workbook
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language, when
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import LedgerRow, Wanted
    from commongrid.registry.rules.ledgers import Ledger
    from commongrid.surfaces.shared.doors import Asked

SHOWN: Final = 200
"""Rows on the page; the spreadsheet has all."""
POPULATION_NAMES: Final = {"resident": _("Lives here"), "registered": _("Is registered here")}
GROUPS: Final = (
    (_("People"), ("person", "flag")), (_("What happened"), ("stay",)),
    (_("Homes, sites, things, organisations"), ("household", "site", "thing", "organisation")),
)  # fmt: skip


class Purpose(Form):
    """What the ledger is exported for."""

    purpose = forms.CharField(
        label=_("What you need the list for"),
        help_text=_("It is kept in the access log and written on the sheet."),
        max_length=200,
        error_messages={"required": _("Say what you need the list for.")},
    )


def name_of(of: Ledger) -> str:
    """A ledger's name in the reader's language."""
    return of.zh if language() == "zh" else of.en


@door("people.read")
def offered(request: Asked) -> HttpResponse:
    """Every ready ledger that this reader may open."""
    found = queries.offered(request.scope)
    groups = [(name, [(one.code, name_of(one)) for one in found if one.of in kinds]) for name, kinds in GROUPS]
    return render(request, "console/register/ledgers.html", {"groups": groups, "trail": trail()})


@door("people.read", methods=("GET", "POST"))
def page(request: Asked, code: str) -> HttpResponse:
    """One ledger of a place; sent with a purpose it comes as a spreadsheet. Each look at one of hardship is logged."""
    of = queries.ledger(request.scope, code)
    wanted = _wanted(request)
    rows = queries.ledger_rows(request.scope, of, wanted)
    form = Purpose(request.POST or None)
    if request.method == "POST" and len(rows) > MOST:
        form.add_error(None, gettext("More than 5,000 rows: choose a smaller place first."))
    if request.method == "POST" and form.is_valid():
        return _exported(request, of, rows, form.cleaned_data["purpose"])
    if of.sealed:
        looked = Access(event="revealed", about=f"ledger.{of.code}.{min(len(rows), SHOWN)}")
        accounts.log_access(request.scope, Act.new(), access=looked)
    words, heads = _words(request.scope, rows), [gettext(head) for _key, head in columns_of(of)]
    context = {
        "of": of, "title": name_of(of), "heads": heads,
        "rows": [(_address(one), list(zip(heads, _cells(of, one, words), strict=True))) for one in rows[:SHOWN]],
        "total": min(len(rows), MOST), "more": len(rows) > SHOWN, "form": form, "wanted": wanted,
        "place": territory.place(request.scope, wanted.place), "population": wanted.population,
        "populations": list(POPULATION_NAMES.items()), "with_people": of.of in ("person", "flag", "stay"),
        "with_period": of.of == "stay",
        "trail": [*trail(), (gettext("Ledgers"), reverse("ledgers"))],
    }  # fmt: skip
    return render(request, "console/register/ledger.html", context, status=422 if form.errors else 200)


def _wanted(request: Asked) -> Wanted:
    today = localdate()
    population = request.GET.get("population", POPULATIONS[0])
    on = day_asked(request.GET.get("on", ""), today)
    since = request.GET.get("since", "")
    return queries.Wanted(
        place=place_asked(request), population=population if population in POPULATIONS else POPULATIONS[0], on=on,
        since=min(day_asked(since, today), on) if since else on.replace(day=1),
    )  # fmt: skip


def _address(row: LedgerRow) -> str:
    if row.of == "person":
        return reverse("person", args=[row.subject])
    if row.of == "household":
        return reverse("household", args=[row.subject])
    return reverse("holding", args=[row.of, row.subject]) if row.of else ""


def _words(scope: Scope, rows: list[LedgerRow]) -> Mapping[str, Callable[[Any], str]]:
    """How the value of each column reads."""
    codes = read_aloud(scope, "relation", "sex", "site", "thing", "organisation", "hazard")
    places = territory.places(scope, {one.values["place"] for one in rows if one.values.get("place")})
    kinds = {**codes["organisation"], **codes["site"], **codes["thing"]} if not rows else codes.get(rows[0].of, {})

    def detail(value: str) -> str:
        sort, found, code = value.partition(":")
        named = {"why": WHY, "state": {one: text for one, (text, _tone) in HOME_STATES.items()}}.get(sort)
        if found and named is not None:
            return gettext(named[code]) if code in named else ""
        return codes["hazard"].get(code, "") if found and sort == "hazard" else value

    return {
        "place": lambda code: places[code].label(language()) if code in places else "",
        "relation": lambda code: codes["relation"].get(code, ""), "sex": lambda code: codes["sex"].get(code, ""),
        "kind": lambda code: kinds.get(code, code), "detail": detail,
    }  # fmt: skip


def _cells(of: Ledger, row: LedgerRow, words: Mapping[str, Callable[[Any], str]]) -> list[str]:
    found = []
    for key, _head in columns_of(of):
        value = row.values.get(key)
        if value is None or value == "":
            found.append("")
        else:
            found.append(words[key](value) if key in words else _plain(value))
    return found


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _exported(request: Asked, of: Ledger, rows: list[LedgerRow], purpose: str) -> HttpResponse:
    """The ledger as a spreadsheet, logged as an export with its purpose."""
    about = Access(event="exported", about=f"ledger.{of.code}.{len(rows)}", reason=purpose)
    accounts.log_access(request.scope, Act.new(), access=about)
    words = _words(request.scope, rows)
    body = [_cells(of, one, words) for one in rows]
    return workbook(_sheet(of, body, purpose), f"{of.code}-{timezone.localtime():%Y%m%d-%H%M}.xlsx")


def _sheet(of: Ledger, body: list[list[str]], purpose: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(name_of(of)[:31].replace("/", " "))
        head = book.add_format({"bold": True, "bg_color": "#E3EFEA", "border": 1})
        text = book.add_format({"num_format": "@", "valign": "top"})
        until = localdate() + timedelta(days=EXPIRES_DAYS)
        told = gettext("Exported %(when)s for: %(purpose)s. Only for this purpose; delete it by %(until)s.") % {
            "when": when(timezone.now()), "purpose": purpose, "until": when(until, "date"),
        }  # fmt: skip
        sheet.write_string(0, 0, safe(told))
        for at, (_key, name) in enumerate(columns_of(of)):
            sheet.set_column(at, at, 16, text)
            sheet.write_string(1, at, gettext(name), head)
        for number, cells in enumerate(body, 2):
            for at, value in enumerate(cells):
                sheet.write_string(number, at, safe(value), text)
        sheet.freeze_panes(2, 0)
    return out.getvalue()


urlpatterns = [
    path("ledgers", offered, name="ledgers"),
    path("ledgers/<slug:code>", page, name="ledger"),
]
