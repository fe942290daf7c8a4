"""Ledgers that people make: made, changed, removed, shown with their groups, handed out, laid into a form of others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.delimited import harmless
from commongrid.kernel.filling import LIMITS, Filling, filled
from commongrid.kernel.refusals import N_, NotFound, Refusal, TooLarge
from commongrid.registry import actions, queries
from commongrid.registry.importing.forms import read_form
from commongrid.registry.rules.ledgers import MOST, POPULATIONS
from commongrid.registry.rules.own_ledgers import RUNNING_NUMBER, SUBJECTS, Spec, arranged, columns
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.register import ledger_words, own_filters, own_forms, own_long
from commongrid.surfaces.console.register.ledgers import POPULATION_NAMES, SHOWN, said_then, wanted_of
from commongrid.surfaces.console.register.words import trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import workbook
from commongrid.surfaces.shared.times import day, language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Callable

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import LedgerRow, OwnLedger, Wanted
    from commongrid.surfaces.shared.doors import Asked

COUNTED: Final = ("age", "people", "away", "storeys", "every_months")
"""Columns whose values are numbers in a form too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The rows of a ledger in their order, their texts, and the groups they fall into."""

    heads: tuple[str, ...]
    rows: list[LedgerRow]
    texts: list[tuple[str, ...]]
    group: str
    groups: list[tuple[str, int]]

    def table(self, name: str) -> handing.Table:
        """As one table; each group under its name and number."""
        rows, at = [], 0
        for named, count in self.groups or [("", len(self.texts))]:
            if self.groups:
                rows.append(handing.Row((f"{named} ({count})",), head=True))
            rows += handing.rows_of(self.texts[at : at + count])
            at += count
        return handing.Table(name=name, heads=self.heads, rows=rows)

    def counts(self) -> handing.Table:
        """How many rows each group has."""
        rows = handing.rows_of((named, str(count)) for named, count in self.groups)
        return handing.Table(name=gettext("Counts"), heads=(self.group, gettext("Number of rows")), rows=rows)


@door("people.read", methods=("GET", "POST"))
def page(request: Asked, ledger_id: UUID) -> HttpResponse:
    """A ledger that somebody made; sent with a purpose it comes as a file. Each look at one of hardship is logged."""
    own = queries.own_ledger(request.scope, ledger_id)
    wanted = wanted_of(request, own.spec.filters.get("population", POPULATIONS[0]))
    narrowed = own_filters.narrowed(request.scope, own.spec, wanted)
    lost = own_filters.lost(request.scope, own.spec, narrowed)
    rows = [] if lost else queries.own_rows(request.scope, own.spec, narrowed)
    form = handing.Purpose(request.scope, request.POST or None)
    if request.method == "POST" and lost:
        form.add_error(None, gettext(lost[0]))
    long = len(rows) > MOST
    if request.method == "POST" and long and request.POST.get("into") in ("docx", "form"):
        form.add_error(None, gettext(handing.AT_ONCE))
    if request.method == "POST" and form.is_valid():
        try:
            if long:
                return own_long.prepared(request, own, wanted, form)
            return _exported(request, own, shown(request.scope, own.spec, rows, wanted), wanted, form)
        except Refusal as refusal:
            form.refuse(refusal)
    if own.spec.sealed:
        looked = Access(event="revealed", about=f"ledger.own.{min(len(rows), SHOWN)}", place=wanted.place)
        accounts.log_access(request.scope, Act.new(), access=looked)
    context = _context(request, own, rows, wanted)
    return render(request, "console/register/own_ledger.html", context | {"form": form, "lost": lost},
                  status=422 if form.errors else 200)  # fmt: skip


def _context(request: Asked, own: OwnLedger, rows: list[LedgerRow], wanted: Wanted) -> dict[str, Any]:
    cut = len(rows) > MOST
    found = shown(request.scope, own.spec, rows[:SHOWN] if cut else rows, wanted, day)
    lines = zip(found.rows[:SHOWN], found.texts[:SHOWN], strict=True)
    opens = [n for n, key in enumerate(own.spec.columns) if key in ("name", "head")] or [0]
    return {
        "own": own, "title": own.name, "subject": own_forms.SUBJECT_NAMES[own.spec.of], "heads": found.heads,
        "rows": [(ledger_words.address(row), list(zip(found.heads, texts, strict=True))) for row, texts in lines],
        "groups": [] if cut else found.groups,
        "begins": {} if cut else _begins(found), "group": found.group, "cut": cut, "opens": opens[0],
        "total": min(len(rows), MOST), "more": len(rows) > SHOWN, "wanted": wanted,
        "place": territory.place(request.scope, wanted.place), "population": wanted.population,
        "places": ledger_words.places_near(request.scope, wanted.place), "place_now": str(wanted.place),
        "populations": list(POPULATION_NAMES.items()), "with_people": own.spec.of == "person",
        "then": said_then(own.spec.of, wanted),
        "filters": _filters(request.scope, own.spec),
        "trail": [*trail(), (gettext("Ledgers"), reverse("ledgers"))],
    }  # fmt: skip


def _begins(found: Shown) -> dict[int, str]:
    """Before which of the rows a group begins, and how it is headed."""
    at, heads = 0, {}
    for name, count in found.groups:
        heads[at] = f"{name} ({count})"
        at += count
    return heads


def shown(
    scope: Scope, spec: Spec, rows: list[LedgerRow], wanted: Wanted, day: Callable[[date], str] = date.isoformat
) -> Shown:
    """The rows arranged and read aloud."""
    known = columns(spec.of, hardship=True)
    if "linked" in spec.columns or "linked" in (spec.group, spec.order):
        rows = ledger_words.linked(scope, rows, wanted.on)
    order, groups = arranged([row.values for row in rows], spec)
    rows = [rows[n] for n in order]
    said = ledger_words.own_words(scope, rows, {key: one.codes for key, one in known.items() if one.codes})
    return Shown(
        heads=tuple(gettext(known[key].name) for key in spec.columns), rows=rows,
        texts=[ledger_words.cells(spec.columns, row, said, day) for row in rows],
        group=gettext(known[spec.group].name) if spec.group else "",
        groups=[
            (ledger_words.cell(spec.group, one.value, said, day) or gettext("Not said"), one.count) for one in groups
        ],
    )  # fmt: skip


def _filters(scope: Scope, spec: Spec) -> list[str]:
    """What a ledger is filtered by, in words."""
    codes = {**ledger_words.code_words(scope), **ledger_words.flag_words(scope)}
    found, named = [], own_filters.said(scope, spec)
    for key, one in columns(spec.of, hardship=True).items():
        if one.filter == "range" and {f"{key}_from", f"{key}_to"} & set(spec.filters):
            ends = f"{spec.filters.get(f'{key}_from', '')}–{spec.filters.get(f'{key}_to', '')}"
            found.append(f"{gettext(one.name)} {ends}")
        elif key in spec.filters:
            code = spec.filters[key]
            text = named.get(key) or codes.get(one.codes or key, {}).get(code, code)
            found.append(f"{gettext(one.name)}: {text}")
    return found


def _exported(request: Asked, own: OwnLedger, found: Shown, wanted: Wanted, form: handing.Purpose) -> HttpResponse:
    """The ledger as a file, or laid into its form; logged as an export with its purpose."""
    tables = [found.table(own.name), *([found.counts()] if found.groups else [])]
    named = territory.place(request.scope, wanted.place).label(language())
    made = handing.handed(request.scope, title=own.name, place=named, form=form, tables=tables[:1])
    into = request.POST.get("into", "")
    laid = _laid(request.scope, own, found, made.told) if into == "form" else b""
    handing.log(request.scope, f"own.{own.spec.of}", made, place=wanted.place, subject=own.id)
    if laid:
        return workbook(laid, f"form-{timezone.localtime():%Y%m%d-%H%M}.xlsx")
    return handing.answer(replace(made, tables=tables), f"{own.spec.of}-ledger", into)


def _laid(scope: Scope, own: OwnLedger, found: Shown, told: str) -> bytes:
    """The form with the rows in it, numbers as numbers; what it may be used for stands at the foot of each page."""
    if own.laid is None:
        raise NotFound
    at = {key: n for n, key in enumerate(own.spec.columns)}
    rows: list[dict[int, str | int]] = []
    for n, (row, texts) in enumerate(zip(found.rows, found.texts, strict=True), 1):
        values: dict[int, str | int] = {}
        for place, key in own.laid.at:
            number = row.values.get(key) if key in COUNTED else n if key == RUNNING_NUMBER else None
            values[place] = number if isinstance(number, int) else harmless(texts[at[key]]) if key in at else ""
        rows.append(values)
    counted = [place for place, key in own.laid.at if key == RUNNING_NUMBER]
    filling = Filling(
        sheet=own.laid.sheet, first=own.laid.first, rows=rows, counted=counted, clear=own.laid.clear, foot=told
    )
    return filled(queries.form_of(scope, own.id), filling)


@door("people.read", methods=("GET", "POST"))
def new(request: Asked) -> HttpResponse:
    """Make a ledger: first what it is about, then what is in it."""
    of = request.POST.get("of") or request.GET.get("of", "")
    if of not in SUBJECTS:
        context = {"subjects": own_forms.subjects(), "trail": _trail()}
        return render(request, "console/register/own_subject.html", context, status=422 if request.POST else 200)
    form = _form(request, of, None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = actions.save_ledger(
                request.scope, request.act, name=form.cleaned_data["name"], spec=form.spec(of, None),
                shared=form.cleaned_data.get("shared", False),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("The ledger is made."))
            return redirect("own_ledger", ledger_id=answer["ledger"])
    return _asked(request, form, of, gettext("Make a ledger"), reverse("ledgers"))


@door("people.read", methods=("GET", "POST"))
def change(request: Asked, ledger_id: UUID) -> HttpResponse:
    """Rename a ledger of one's own, or change what is in it."""
    own = _own(request.scope, ledger_id)
    form = _form(request, own.spec.of, own)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_ledger(
                request.scope, request.act, ledger_id=own.id, name=form.cleaned_data["name"],
                spec=form.spec(own.spec.of, own.spec), shared=form.cleaned_data.get("shared", False),
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("The ledger is changed."))
            return redirect("own_ledger", ledger_id=own.id)
    return _asked(request, form, own.spec.of, gettext("Change the ledger"), reverse("own_ledger", args=[own.id]))


def _form(request: Asked, of: str, own: OwnLedger | None) -> own_forms.Own:
    initial = own_forms.initial_of(own.name, own.spec, shared=own.shared) if own else {"columns": _usual(of)}
    return own_forms.Own(
        request.POST or None, scope=request.scope, of=of, laid=bool(own and own.laid), initial=initial,
        may_share=actions.may_share(request.scope),
    )  # fmt: skip


def _usual(of: str) -> list[str]:
    """The columns that are ticked at first."""
    usual = ("place", "number", "kind", "name", "head", "relation", "sex", "age", "people", "keeper", "owner", "leader")
    return [key for key in columns(of, hardship=False) if key in usual]


def _asked(request: Asked, form: own_forms.Own, of: str, title: str, back: str) -> HttpResponse:
    context = {
        "form": form, "of": of, "title": title, "back": back, "subject": own_forms.SUBJECT_NAMES[of],
        "by": [form[name] for name in form.fields if name.startswith("by_")], "trail": _trail(),
    }  # fmt: skip
    return render(request, "console/register/own_form.html", context, status=422 if form.errors else 200)


@door("people.read", methods=("POST",))
def remove(request: Asked, ledger_id: UUID) -> HttpResponse:
    """Remove a ledger of one's own."""
    actions.remove_ledger(request.scope, request.act, ledger_id=ledger_id)
    messages.success(request, gettext("The ledger is gone; no record was touched."))
    return redirect("ledgers")


@door("people.read", methods=("GET", "POST"))
def send(request: Asked) -> HttpResponse:
    """Send a form of somebody else's; its header is found and its columns are suggested."""
    form = own_forms.Send(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("own_ledger_columns", ledger_id=_sent(request, form))
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"form": form, "trail": _trail()}
    return render(request, "console/register/own_send.html", context, status=422 if form.errors else 200)


def _sent(request: Asked, form: own_forms.Send) -> UUID:
    given, of = form.cleaned_data["sheet"], form.cleaned_data["of"]
    if (given.size or 0) > LIMITS.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=LIMITS.sent >> 20)
    data, name = given.read(), str(given.name)[-120:]
    found = read_form(data, name, of, hardship=request.scope.may("people.hardship"))
    at = tuple((place, key) for place, key in enumerate(found.means) if key)
    known = tuple(dict.fromkeys(key for _place, key in at if key != RUNNING_NUMBER)) or ("place",)
    laid = queries.Laid(name=name, sheet=found.sheet, first=found.first, at=at, clear=False)
    answer = actions.save_ledger(
        request.scope, request.act, name=form.cleaned_data["name"], spec=Spec(of=of, columns=known),
        form=actions.Form(data=data, laid=laid),
    )  # fmt: skip
    return UUID(str(answer["ledger"]))


@door("people.read", methods=("GET", "POST"))
def columns_of_form(request: Asked, ledger_id: UUID) -> HttpResponse:
    """Say once which column of the form is which; from then on it is filled so."""
    own, hardship = _own(request.scope, ledger_id), request.scope.may("people.hardship")
    if own.laid is None:
        raise NotFound
    found = read_form(queries.form_of(request.scope, own.id), own.laid.name, own.spec.of, hardship=hardship)
    form = own_forms.Lay(
        request.POST or None, of=own.spec.of, hardship=hardship, headings=found.headings,
        initial=own_forms.laid_initial(own.laid),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        laid = queries.Laid(
            name=own.laid.name, sheet=found.sheet, first=form.cleaned_data["first"], at=form.at(),
            clear=form.cleaned_data["clear"] == "1",
        )  # fmt: skip
        try:
            actions.lay_ledger(request.scope, request.act, ledger_id=own.id, laid=laid)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("The form is laid out. Say what it is for, and have it filled."))
            return redirect("own_ledger", ledger_id=own.id)
    context = {"form": form, "own": own, "sheet": found.sheet, "trail": _trail()}
    return render(request, "console/register/own_columns.html", context, status=422 if form.errors else 200)


def _own(scope: Scope, ledger_id: UUID) -> OwnLedger:
    """A ledger that this post may change. Refuses: NotFound for others'."""
    own = queries.own_ledger(scope, ledger_id)
    if not own.own:
        raise NotFound
    return own


def _trail() -> list[tuple[str, str]]:
    return [*trail(), (gettext("Ledgers"), reverse("ledgers"))]


urlpatterns = [
    path("ledgers/own/new", new, name="own_ledger_new"),
    path("ledgers/own/form", send, name="own_ledger_form"),
    path("ledgers/own/<uuid:ledger_id>", page, name="own_ledger"),
    path("ledgers/own/<uuid:ledger_id>/change", change, name="own_ledger_change"),
    path("ledgers/own/<uuid:ledger_id>/columns", columns_of_form, name="own_ledger_columns"),
    path("ledgers/own/<uuid:ledger_id>/remove", remove, name="own_ledger_remove"),
]
