"""A sheet of another system: sent, its columns mapped where need be, looked through row by row, applied or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from commongrid.kernel import masking
from commongrid.kernel.act import new_id
from commongrid.kernel.refusals import N_, NotFound, Refusal, TooLarge
from commongrid.matters.exchange import actions, layout, queries
from commongrid.matters.exchange.preview import LIMITS, OrderPreview, Preview, ResultPreview, previewed
from commongrid.matters.exchange.reading import FAULTS, NOTES, RowFault
from commongrid.matters.queries.systems import system as system_row
from commongrid.surfaces.shared.about import CHOICES, NOBODY
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.errors import sentence
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope

STATUSES: Final = {
    "new": (N_("New"), "ok"), "known": (N_("Known already"), ""), "changed": (N_("Other dates"), "info"),
    "alike": (N_("Probably the same"), "warn"),
}  # fmt: skip
RESULTS: Final = {
    "solved": (N_("Solved"), "ok"), "not_solved": (N_("Not solved"), "late"), "rework": (N_("Back for rework"), "warn"),
}  # fmt: skip
TITLES: Final = {"orders": N_("Orders"), "results": N_("Results"), "replies": N_("Layout of replies")}
CUT: Final = 90
WHOM: Final = tuple(one for one in CHOICES if one[0] != "unit")
"""Whom an order may be said to be about; which office it is, the county finds out where nobody knows."""


class Send(Form):
    """Choose a sheet."""

    sheet = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("The template filled in, or the sheet as the other system hands it out: .xlsx or CSV."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.gz"}),
        error_messages={
            "required": gettext_lazy("Choose the spreadsheet."),
            "empty": gettext_lazy("This file is empty."),
        },
    )


class Mapping(Form):
    """Say which column is which; remembered for this system."""

    def __init__(self, *args: Any, sort: str, header: tuple[str, ...], **kwargs: Any) -> None:
        """One select per field, offering the headings of the sheet."""
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((one, one) for one in dict.fromkeys(header) if one)]
        for column in layout.fields(sort):
            self.fields[column.field] = forms.ChoiceField(
                label=column.zh if language() == "zh" else column.en,
                choices=choices,
                required=column.needed,
                widget=forms.Select(attrs={"class": "control middle"}),
                error_messages={"required": _("Choose the column: a row can't do without it.")},
            )


class Apply(Form):
    """Decide about a sheet."""

    good_only = forms.BooleanField(
        label=gettext_lazy("Take only the good rows, leave the faulty ones out"), required=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultShown:
    """A fault in both languages: what is wrong and what to do."""

    row: int
    column: str
    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShown:
    """An order of the preview, masked."""

    one: OrderPreview
    status: str
    tone: str
    text: str
    who: str
    place: str
    notes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultShown:
    """A result of the preview, masked."""

    one: ResultPreview
    status: str
    tone: str
    result: str
    result_tone: str
    said: str


@door("matters.exchange", methods=("GET", "POST"))
def send(request: Asked, code: str, sort: str) -> HttpResponse:
    """Choose a sheet of orders or results, or their empty sheet of replies; it goes on to what it would do."""
    if sort not in TITLES:
        raise NotFound
    of = system_row(request.scope, code)
    form = Send(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _sent(request, code, sort, form)
            except Refusal as refusal:
                form.add_error("sheet", sentence(refusal))
                status = refusal.status
    context = {"form": form, "system": of, "name": of.label(language()), "sort": sort, "title": _(TITLES[sort])}
    return render(request, "console/exchange/send.html", context, status=status)


def _sent(request: Asked, code: str, sort: str, form: Send) -> HttpResponse:
    given = form.cleaned_data["sheet"]
    if (given.size or 0) > LIMITS.sent:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=LIMITS.sent >> 20)
    answer = actions.send_sheet(
        request.scope, request.act, system=code, sort=sort, name=str(given.name)[:120], data=given.read()
    )
    return redirect("exchange_sheet", upload_id=answer["upload"])


@door("matters.exchange", methods=("GET", "POST"))
def sheet(request: Asked, upload_id: UUID) -> HttpResponse:
    """What the sheet would do, row by row; POST applies it."""
    row, shown = _looked(request.scope, upload_id)
    if shown.lacking or row.sort == "replies":
        return redirect("exchange_columns", upload_id=upload_id)
    form = Apply(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, shown, form)
    try:
        answer = _applied(request, row, shown, good_only=form.cleaned_data["good_only"])
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(None, " ".join([sentence(refusal), *(_(text) for text in refusal.fields.values())]))
        return _page(request, row, shown, form, status=refusal.status)
    messages.success(
        request,
        _("%(fresh)s taken in, %(changed)s with other dates, %(known)s known already, %(faulty)s left out.")
        % {name: answer[name] for name in ("fresh", "changed", "known", "faulty")},
    )
    return redirect("exchange")


def _applied(request: Asked, row: queries.SheetRow, shown: Preview, *, good_only: bool) -> dict[str, Any]:
    if row.sort == "results":
        return actions.import_results(request.scope, request.act, upload_id=row.id, good_only=good_only)
    apart = tuple(
        one.order.row
        for one in shown.orders
        if one.status == "alike" and request.POST.get(f"same-{one.order.row}") == "apart"
    )
    about = {one.order.row: said for one in shown.orders if (said := request.POST.get(f"about-{one.order.row}"))}
    about = {number: "" if said == NOBODY else said for number, said in about.items()}
    return actions.import_orders(
        request.scope, request.act, upload_id=row.id, good_only=good_only, apart=apart, about=about
    )


def _looked(scope: Scope, upload_id: UUID) -> tuple[queries.SheetRow, Preview]:
    row, data = queries.upload(scope, upload_id)
    return row, previewed(scope, system=row.system, sort=row.sort, data=data, name=row.name)


def _page(request: Asked, row: queries.SheetRow, shown: Preview, form: Apply, status: int = 200) -> HttpResponse:
    scope = request.scope
    places = {one.order.place for one in shown.orders}
    named = {code: one.label(language()) for code, one in territory.places(scope, places).items()} if places else {}
    counts = shown.counts
    context = {
        "row": row, "form": form, "name": system_row(scope, row.system).label(language()), "title": _(TITLES[row.sort]),
        "rows": shown.rows, "counts": [(_(text), counts.get(code, 0), tone) for code, (text, tone) in STATUSES.items()],
        "faulty": counts["faulty"], "faults": [_fault(one) for one in shown.faults],
        "orders": [_order(one, named) for one in shown.orders], "results": [_result(one) for one in shown.results],
        "whom": WHOM, "good": len(shown.orders) + len(shown.results),
        "act": request.act.id if request.method == "POST" and status == 200 else new_id(),  # noqa: PLR2004 - HTTP
    }  # fmt: skip
    return render(request, "console/exchange/sheet.html", context, status=status)


def _fault(one: RowFault) -> FaultShown:
    what, remedy = FAULTS[one.code]

    def both(lang: str) -> str:
        with override(lang):
            return f"{_(what)} {_(remedy)}"

    return FaultShown(row=one.row, column=one.column, value=one.value, zh=both("zh-hans"), en=both("en"))


def _cut(text: str) -> str:
    plain = " ".join(masking.text(text).split())
    return plain if len(plain) <= CUT else f"{plain[:CUT]}…"


def _order(one: OrderPreview, named: dict[int, str]) -> OrderShown:
    order = one.order
    text, tone = STATUSES[one.status]
    who = " ".join(part for part in (masking.name(order.name), masking.phone(order.phone)) if part)
    return OrderShown(
        one=one, status=_(text), tone=tone, text=_cut(order.text), who=who, place=named.get(order.place, ""),
        notes=[_(NOTES[note]) for note in one.notes],
    )  # fmt: skip


def _result(one: ResultPreview) -> ResultShown:
    text, tone = STATUSES[one.status]
    result, result_tone = RESULTS[one.result.result]
    return ResultShown(
        one=one, status=_(text), tone=tone, result=_(result), result_tone=result_tone, said=_cut(one.result.said)
    )


@door("matters.exchange", methods=("GET", "POST"))
def columns(request: Asked, upload_id: UUID) -> HttpResponse:
    """Say once which column is which; every later sheet is read the same way, every later reply laid out so."""
    row, shown = _looked(request.scope, upload_id)
    form = Mapping(request.POST or None, sort=row.sort, header=shown.header, initial=shown.mapped)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _remembered(request, row, form.cleaned_data)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return (
                    redirect("exchange") if row.sort == "replies" else redirect("exchange_sheet", upload_id=upload_id)
                )
    context = {"form": form, "row": row, "name": system_row(request.scope, row.system).label(language())}
    return render(request, "console/exchange/columns.html", context, status=status)


def _remembered(request: Asked, row: queries.SheetRow, columns: dict[str, str]) -> None:
    """Keep what was said of the columns; with replies the sheet itself is not needed any more."""
    if row.sort != "replies":
        actions.map_columns(request.scope, request.act, system=row.system, sort=row.sort, columns=columns)
        return
    actions.lay_out_replies(request.scope, request.act, upload_id=row.id, columns=columns)
    messages.success(request, _("Replies leave in their layout from now on."))


@door("matters.exchange", methods=("POST",))
def drop(request: Asked, upload_id: UUID) -> HttpResponse:
    """Take the sheet away undecided."""
    actions.drop_sheet(request.scope, request.act, upload_id=upload_id)
    messages.success(request, _("The sheet was dropped. Nothing was taken in."))
    return redirect("exchange")


urlpatterns = [
    path("<slug:code>/in/<slug:sort>/", send, name="exchange_send"),
    path("sheets/<uuid:upload_id>/", sheet, name="exchange_sheet"),
    path("sheets/<uuid:upload_id>/columns", columns, name="exchange_columns"),
    path("sheets/<uuid:upload_id>/drop", drop, name="exchange_drop"),
]
