"""The ready ledgers as pages, and as files with purpose and expiry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import TooMany
from commongrid.registry import queries
from commongrid.registry.rules.ledgers import BELONGS, MOST, PAID, POPULATIONS, Count, columns_of, totals
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.register import ledger_words
from commongrid.surfaces.console.register.homes import day_asked, place_asked
from commongrid.surfaces.console.register.words import trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import day, language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from commongrid.registry.queries import Wanted
    from commongrid.registry.rules.ledgers import Ledger
    from commongrid.surfaces.shared.doors import Asked

SETTLING: Final = timedelta(days=5)
"""In the first days of a month its ledgers are those of the month before."""
SHOWN: Final = 200
"""Rows on the page; the spreadsheet has all."""
POPULATION_NAMES: Final = {"resident": _("Lives here"), "registered": _("Is registered here")}
BELONGING: Final = {
    "": _("Everybody"), "registered": _("Registered in the village"), "not_registered": _("Registered elsewhere"),
    "collective": _("Members of the collective"), "not_collective": _("Not members of the collective"),
}  # fmt: skip
PAYERS: Final = {"": _("Everybody"), "1": _("Paid"), "0": _("Not paid")}
GROUPS: Final = (
    (pgettext_lazy("records", "People"), ("person", "flag")), (pgettext_lazy("change", "What happened"), ("stay",)),
    (_("Homes, sites, things, organisations"), ("household", "booklet", "site", "thing", "organisation")),
)  # fmt: skip


def name_of(of: Ledger) -> str:
    """A ledger's name in the reader's language."""
    return of.zh if language() == "zh" else of.en


def _payments(request: Asked, of: Ledger) -> list[tuple[str, str]]:
    """The payments that a ledger of payment may be asked for, by name."""
    found = queries.payments(request.scope, of.paid) if of.paid else []
    return [(one.code, one.zh if language() == "zh" else one.en) for one in found]


@door("people.read")
def offered(request: Asked) -> HttpResponse:
    """Every ready ledger that this reader may open, and those that somebody made."""
    found = queries.offered(request.scope)
    groups = [(name, [(one.code, name_of(one)) for one in found if one.of in kinds]) for name, kinds in GROUPS]
    context = {
        "groups": groups, "own": queries.own_ledgers(request.scope), "trail": trail(),
        "may_see_exports": request.scope.may("people.looks"),
    }  # fmt: skip
    return render(request, "console/register/ledgers.html", context)


@door("people.read", methods=("GET", "POST"))
def page(request: Asked, code: str) -> HttpResponse:
    """One ledger of a place; sent with a purpose it comes as a spreadsheet. Each look at one of hardship is logged."""
    of = queries.ledger(request.scope, code)
    wanted = _wanted(request, of)
    total = queries.ledger_size(request.scope, of, wanted)
    form = handing.Purpose(request.scope, request.POST or None)
    if request.method == "POST" and total > MOST and request.POST.get("into") == "docx":
        form.add_error(None, gettext(handing.AT_ONCE))
    if request.method == "POST" and form.is_valid():
        try:
            return _exported(request, of, wanted, form) if total <= MOST else _prepared(request, of, wanted, form)
        except TooMany as refusal:
            form.refuse(refusal)
    shown = queries.ledger_rows(request.scope, of, wanted, SHOWN)[:SHOWN]
    if of.sealed:
        looked = Access(event="revealed", about=f"ledger.{of.code}.{len(shown)}")
        accounts.log_access(request.scope, Act.new(), access=looked)
    keys = [key for key, _head in columns_of(of)]
    said, heads = ledger_words.words(request.scope, shown), [gettext(head) for _key, head in columns_of(of)]
    context = {
        "of": of, "title": name_of(of), "heads": heads,
        "sums": None if total > MOST or not total else ledger_words.summed(
            request.scope, of, queries.ledger_totals(request.scope, of, wanted)
        ),
        "rows": [
            (ledger_words.address(one), list(zip(heads, ledger_words.cells(keys, one, said, day), strict=True)))
            for one in shown
        ],
        "total": min(total, MOST), "more": total > SHOWN, "long": total > MOST, "form": form, "wanted": wanted,
        "place": territory.place(request.scope, wanted.place), "population": wanted.population,
        "opens": keys.index("name"), "belongings": list(BELONGING.items()) if of.of_people else [],
        "places": ledger_words.places_near(request.scope, wanted.place), "place_now": str(wanted.place),
        "populations": list(POPULATION_NAMES.items()), "with_people": of.of_people or of.of == "household",
        "payments": _payments(request, of), "payers": list(PAYERS.items()),
        "with_period": of.of == "stay", "then": said_then(of.of, wanted),
        "trail": [*trail(), (gettext("Ledgers"), reverse("ledgers"))],
    }  # fmt: skip
    return render(request, "console/register/ledger.html", context, status=422 if form.errors else 200)


def wanted_of(request: Asked, population: str = POPULATIONS[0]) -> Wanted:
    """Which rows the address asks for; of the population given where it says none."""
    today = localdate()
    population = request.GET.get("population", population)
    on = day_asked(request.GET.get("on", ""), today)
    since = request.GET.get("since", "")
    return queries.Wanted(
        place=place_asked(request), population=population if population in POPULATIONS else POPULATIONS[0], on=on,
        since=min(day_asked(since, today), on) if since else (on - SETTLING).replace(day=1),
        belongs=belongs if (belongs := request.GET.get("belongs", "")) in BELONGS else "",
    )  # fmt: skip


def _wanted(request: Asked, of: Ledger) -> Wanted:
    """Which rows the address asks for; of a ledger of payment, for which payment, and who of them alone."""
    wanted = wanted_of(request)
    payment = queries.payment_asked(request.scope, of, request.GET.get("payment", ""), wanted.on)
    paid = request.GET.get("paid", "")
    return replace(wanted, payment=payment, paid=paid if of.paid and paid in PAID else "")


def said_then(of: str, wanted: Wanted) -> str:
    """Which sentence says what a ledger of an earlier day tells of that day: that of people, or of other records."""
    if of == "stay" or wanted.on >= localdate():
        return ""
    return "people" if of in ("person", "flag") else "records"


def _exported(request: Asked, of: Ledger, wanted: Wanted, form: handing.Purpose) -> HttpResponse:
    """The ledger as a file with its totals, logged as an export with its purpose."""
    rows, place = queries.ledger_rows(request.scope, of, wanted), wanted.place
    said, keys = ledger_words.words(request.scope, rows), [key for key, _head in columns_of(of)]
    table = handing.Table(
        name=name_of(of), heads=tuple(gettext(head) for _key, head in columns_of(of)),
        rows=handing.rows_of(ledger_words.cells(keys, one, said) for one in rows),
    )  # fmt: skip
    heads, sums = ledger_words.summed(request.scope, of, totals(of, [row.values for row in rows]))
    total = handing.Table(name=gettext("Totals"), heads=heads, rows=handing.rows_of(sums))
    named = territory.place(request.scope, place).label(language())
    made = handing.handed(request.scope, title=name_of(of), place=named, form=form, tables=[table])
    handing.log(request.scope, f"ledger.{of.code}", made, place=place)
    return handing.answer(replace(made, tables=[table, total]), of.code, request.POST.get("into", ""))


def _prepared(request: Asked, of: Ledger, wanted: Wanted, form: handing.Purpose) -> HttpResponse:
    rows = {"code": of.code, **ledger_words.kept(wanted)}
    wish = handing.Wish(what=f"ledger.{of.code}", title=name_of(of), place=wanted.place, stem=of.code, rows=rows)
    return handing.prepare(request, form, wish)


def long_list(eyes: handing.Eyes, asked: Mapping[str, Any]) -> Iterator[handing.LongTable]:
    """A ledger of any length, then its totals."""
    wanted = ledger_words.wanted_again(asked)
    with eyes.open() as scope:
        of = queries.ledger(scope, asked["code"])
        keys = queries.ledger_keys(scope, of, wanted)
    handing.demand_room(len(keys))
    eyes.steps, count, columns = len(keys), Count(of), columns_of(of)

    def rows() -> Iterator[handing.Row]:
        number = 0
        for part in eyes.batches(keys):
            with eyes.open() as scope:
                queries.ledger(scope, of.code)
                found = queries.ledger_batch(scope, of, wanted, part, number + 1)
                said = ledger_words.words(scope, found)
                lines = handing.rows_of(ledger_words.cells([key for key, _head in columns], one, said) for one in found)
            number += len(found)
            for one in found:
                count.add(one.values)
            yield from lines

    yield handing.LongTable(name=name_of(of), heads=tuple(gettext(head) for _key, head in columns), rows=rows())
    with eyes.open() as scope:
        heads, sums = ledger_words.summed(scope, of, count.totals())
    yield handing.LongTable(name=gettext("Totals"), heads=heads, rows=handing.rows_of(sums), sums=True)


urlpatterns = [
    path("ledgers", offered, name="ledgers"),
    path("ledgers/<slug:code>", page, name="ledger"),
]
