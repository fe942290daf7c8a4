"""The queue as Excel or Word: what this post sees under these filters, with the purpose, logged as an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.matters import queries
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.handing import MOST
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.console.matters.filtering import filters_of
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Export(handing.Purpose):
    """What the list is for, and which list."""

    query = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)


@door("matters.read", methods=("GET", "POST"))
def export(request: Asked) -> HttpResponse:
    """Ask for the purpose, then hand out the list."""
    if request.method != "POST":
        return _asked(request, Export(request.scope, initial={"query": request.GET.urlencode()[:600]}))
    form = Export(request.scope, request.POST)
    if not form.is_valid():
        return _asked(request, form, status=422)
    filters, _given = filters_of(QueryDict(form.cleaned_data["query"]))
    rows = queries.whole(request.scope, filters, MOST + 1)
    if len(rows) > MOST:
        return _prepared(request, form)
    shown = present.rows(request.scope, rows)
    table = handing.Table(name=_("Matters"), heads=_headings(), rows=handing.rows_of(map(_cells, shown)))
    home = territory.home(request.scope) or request.scope.lo
    named = territory.places(request.scope, {home}).get(home)
    of = handing.handed(
        request.scope, title=_("List of matters"), place=named.label(language()) if named else "",
        form=form, tables=[table],
    )  # fmt: skip
    handing.log(request.scope, "matters", of, place=home)
    return handing.answer(of, "matters", request.POST.get("into", ""))


def _asked(request: Asked, form: Export, status: int = 200) -> HttpResponse:
    back = str(form["query"].value() or "")
    return render(request, "console/matters/export.html", {"form": form, "back": back}, status=status)


def _prepared(request: Asked, form: Export) -> HttpResponse:
    home = territory.home(request.scope) or request.scope.lo
    rows = {"query": form.cleaned_data["query"]}
    wish = handing.Wish(what="matters", title=_("List of matters"), place=home, stem="matters", rows=rows)
    return handing.prepared(request, form, wish) or _asked(request, form, status=422)


def long_list(eyes: handing.Eyes, asked: Mapping[str, Any]) -> Iterator[handing.LongTable]:
    """The queue under these filters, of any length."""
    filters, _given = filters_of(QueryDict(asked["query"]))
    with eyes.open() as scope:
        keys = queries.whole_keys(scope, filters)
    handing.demand_room(len(keys))
    eyes.steps = len(keys)

    def rows() -> Iterator[handing.Row]:
        for part in eyes.batches(keys):
            with eyes.open() as scope:
                lines = handing.rows_of(map(_cells, present.rows(scope, queries.whole_batch(scope, filters, part))))
            yield from lines

    yield handing.LongTable(name=_("Matters"), heads=_headings(), rows=rows())


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


urlpatterns = [path("export", export, name="matters_export")]
