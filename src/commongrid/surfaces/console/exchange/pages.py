"""The desk of other systems: what is open there, replies that wait, templates, and what went in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.matters.exchange import actions, layout, queries, workbooks
from commongrid.matters.queries import vocabulary
from commongrid.matters.queries.systems import SystemRow
from commongrid.matters.queries.systems import system as system_row
from commongrid.matters.queries.systems import systems as system_rows
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.exchange import sheets
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.downloads import workbook
from commongrid.surfaces.shared.errors import sentence
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.matters.exchange.queries import BatchRow, ToReply, Waiting

MOST_PLACES: Final = 600
SHOWN: Final = 8
SORTS: Final = {"orders": N_("Orders in"), "results": N_("Results in"), "replies": N_("Replies out")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemShown:
    """A system with what waits there."""

    row: SystemRow
    name: str
    waiting: Waiting | None
    to_reply: list[ToReply]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchShown:
    """A sheet that went in or out, in words."""

    row: BatchRow
    system: str
    sort: str


@door("matters.exchange")
def desk(request: Asked) -> HttpResponse:
    """Every system with what is open, what waits for its reply, and the last sheets."""
    return _desk(request)


def _desk(request: Asked, status: int = 200) -> HttpResponse:
    scope, lang = request.scope, language()
    open_now = queries.waiting(scope)
    rows = system_rows(scope)
    named = {row.code: row.label(lang) for row in rows}
    shown = []
    for row in rows:
        replies = queries.to_reply(scope, row.code)
        shown.append(
            SystemShown(
                row=row, name=named[row.code], waiting=open_now.get(row.code), to_reply=replies[:SHOWN],
                more=max(0, len(replies) - SHOWN),
            )
        )  # fmt: skip
    batches = [
        BatchShown(row=one, system=named.get(one.system, one.system), sort=_(SORTS[one.sort]))
        for one in queries.batches(scope)
    ]
    return render(request, "console/exchange/desk.html", {"systems": shown, "batches": batches}, status=status)


@door("matters.exchange")
def template(request: Asked, code: str, sort: str) -> HttpResponse:
    """An empty sheet to be filled in, with the places and kinds of this post to choose from."""
    if sort not in layout.LAYOUTS or sort == "replies":
        raise NotFound
    of = system_row(request.scope, code)
    book = workbooks.template(
        sort, places=places_offered(request.scope), kinds=kinds_offered(request.scope),
        remembered=queries.remembered(request.scope, of.code, sort),
    )  # fmt: skip
    return workbook(book, f"{of.code}-{sort}.xlsx")


def places_offered(scope: Scope) -> list[str]:
    """Names with their codes: the county's townships and villages, or a township's villages and natural villages."""
    if scope.place is None:
        return []
    found: list[str] = []
    above = [scope.place]
    while above and len(found) < MOST_PLACES:
        each = territory.children_each(scope, above)
        below = [row for code in above for row in each[code] if row.level in ("township", "village", "natural_village")]
        found += [f"{row.name} {row.code}" for row in below]
        further = ("township", "village") if interval(scope.place).lo % 10**9 else ("township",)
        above = [row.code for row in below if row.level in further]
    return found[:MOST_PLACES]


def kinds_offered(scope: Scope) -> list[str]:
    """Codes and names of the kinds in force."""
    return [f"{row.code} {row.zh}" for row in vocabulary.kinds(scope) if row.parent]


class Wording(Form):
    """The reply in other words."""

    text = forms.CharField(
        label=gettext_lazy("Reply to the other system"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("The person's answer stays as it is. Empty: the reply is the answer again."),
        error_messages={"max_length": gettext_lazy("This is too long: at most 4,000 characters.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@door("matters.exchange", methods=("GET", "POST"))
def reword(request: Asked, case_id: UUID) -> HttpResponse:
    """Word a reply otherwise before it goes out, beside the answer that the person reads."""
    one = queries.one_to_reply(request.scope, case_id)
    form = Wording(request.POST if request.method == "POST" else None, initial={"text": one.reply})
    if request.method == "POST" and form.is_valid():
        actions.word_reply(request.scope, request.act, case_id=case_id, text=form.cleaned_data["text"])
        messages.success(request, _("The reply goes out in these words."))
        return redirect("exchange")
    context = {"one": one, "original": one.original or one.reply, "form": form}
    return render(request, "console/exchange/reword.html", context, status=422 if form.errors else 200)


@door("matters.exchange", methods=("POST",))
def export(request: Asked, code: str) -> HttpResponse:
    """Mark the answered orders of a system as replied, and go to their sheet."""
    try:
        answer = actions.export_replies(request.scope, request.act, system=code)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
        return _desk(request, status=refusal.status)
    ready = ngettext(
        "%(rows)s reply is ready. Take the sheet to the other system.",
        "%(rows)s replies are ready. Take the sheet to the other system.",
        answer["rows"],
    )
    messages.success(request, ready % {"rows": answer["rows"]})
    return redirect("exchange_batch", batch_id=answer["batch"])


@door("matters.exchange")
def batch(request: Asked, batch_id: UUID) -> HttpResponse:
    """One export: its rows as they went out, and the sheet."""
    row = queries.batch(request.scope, batch_id)
    if row.sort != "replies":
        raise NotFound
    of = system_row(request.scope, row.system)
    context = {"row": row, "system": of.label(language()), "replies": queries.replies_of(request.scope, batch_id)}
    return render(request, "console/exchange/batch.html", context)


@door("matters.exchange")
def batch_sheet(request: Asked, batch_id: UUID) -> HttpResponse:
    """The sheet of an export, the same whenever it is asked for; each time it goes out is logged."""
    row = queries.batch(request.scope, batch_id)
    if row.sort != "replies":
        raise NotFound
    found = queries.replies_of(request.scope, batch_id)
    label = system_row(request.scope, row.system).label(language())
    told = handing.handed(
        request.scope, title=label, place="", form=_("Replies to %(system)s") % {"system": label},
        tables=[handing.Table(name=label, heads=(), rows=handing.rows_of(() for _reply in found))],
    )  # fmt: skip
    handing.log(request.scope, "replies", told, place=request.scope.place or request.scope.lo)
    book = workbooks.replies(
        found,
        columns=queries.reply_layout(request.scope, row.system),
        zone=territory.calendar(request.scope).zone,
    )
    return workbook(book, f"{row.system}-{row.at:%Y%m%d}-{str(batch_id)[-4:]}.xlsx")


urlpatterns = [
    path("", desk, name="exchange"),
    path("<slug:code>/template/<slug:sort>.xlsx", template, name="exchange_template"),
    path("<slug:code>/export", export, name="exchange_export"),
    path("replies/<uuid:case_id>/", reword, name="exchange_reply"),
    path("batches/<uuid:batch_id>/", batch, name="exchange_batch"),
    path("batches/<uuid:batch_id>/replies.xlsx", batch_sheet, name="exchange_batch_sheet"),
    *sheets.urlpatterns,
]
