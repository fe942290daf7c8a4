"""The list of households as a spreadsheet: what this reader sees, masked, with its purpose, logged as an export."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.places import is_code
from commongrid.kernel.refusals import NotFound
from commongrid.registry.queries.exporting import homes_to_export, people_to_export
from commongrid.surfaces.console.matters.export import safe
from commongrid.surfaces.console.register.words import HOME_STATES, PERSON_STATES, read_aloud, trail
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.downloads import workbook
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language, when
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries.exporting import ExportedHome, ExportedPerson

MOST: Final = 5_000
"""So many households at most; more are narrowed first."""


class Export(Form):
    """What the list is for."""

    purpose = forms.CharField(
        label=gettext_lazy("What you need the list for"),
        help_text=gettext_lazy("It is kept in the access log and written on the sheet."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what you need the list for.")},
    )
    place = forms.CharField(required=False, max_length=15, widget=forms.HiddenInput)
    state = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    q = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


@door("people.read", methods=("GET", "POST"))
def export(request: Asked) -> HttpResponse:
    """Ask for the purpose, then hand out the sheet."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in ("place", "state", "q")}
    form = Export(request.POST or None, initial=asked)
    if request.method != "POST":
        _place_of(request.scope, asked["place"])
        return _asked(request, form)
    if not form.is_valid():
        return _asked(request, form, status=422)
    given = form.cleaned_data
    if given["state"] not in {"", *HOME_STATES}:
        raise NotFound
    place = _place_of(request.scope, given["place"])
    homes = homes_to_export(request.scope, place, state=given["state"], text=given["q"], most=MOST + 1)
    if len(homes) > MOST:
        form.add_error(None, _("More than 5,000 households: choose a smaller place or a state first."))
        return _asked(request, form, status=422)
    people = people_to_export(request.scope, homes)
    about = Access(event="exported", about=f"households.{len(homes)}.people.{len(people)}", reason=given["purpose"])
    accounts.log_access(request.scope, Act.new(), access=about)
    sheet = _sheet(request.scope, homes, people, given["purpose"])
    return workbook(sheet, f"households-{timezone.localtime():%Y%m%d-%H%M}.xlsx")


def _place_of(scope: Scope, text: str) -> int:
    if text:
        if not (text.isascii() and text.isdecimal() and is_code(int(text))):
            raise NotFound
        return int(text)
    home = territory.home(scope)
    if home is None:
        raise NotFound
    return home


def _asked(request: Asked, form: Export, status: int = 200) -> HttpResponse:
    context = {"form": form, "trail": trail(None, (_("Export the list"), ""))}
    return render(request, "console/register/export.html", context, status=status)


def _sheet(scope: Scope, homes: Sequence[ExportedHome], people: Sequence[ExportedPerson], purpose: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        made = _("Exported %(when)s for: %(purpose)s. Only for this purpose.") % {
            "when": when(timezone.now()), "purpose": purpose,
        }  # fmt: skip
        _page(book, _("List of households"), made, _HOME_HEADS, _home_rows(scope, homes))
        _page(book, _("List of people"), made, _PEOPLE_HEADS, _people_rows(scope, homes, people))
    return out.getvalue()


def _page(book: Any, title: str, made: str, heads: Sequence[Any], rows: Iterable[Sequence[str]]) -> None:
    page = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#E3EFEA", "border": 1})
    text = book.add_format({"num_format": "@", "valign": "top"})
    page.write_string(0, 0, safe(made))
    for at, name in enumerate(heads):
        page.set_column(at, at, 18, text)
        page.write_string(1, at, str(name), head)
    for number, cells in enumerate(rows, 2):
        for at, value in enumerate(cells):
            page.write_string(number, at, safe(value), text)
    page.freeze_panes(2, 0)


_HOME_HEADS: Final = (
    gettext_lazy("Natural village"), gettext_lazy("Villager group"), gettext_lazy("Number"), gettext_lazy("Door"),
    gettext_lazy("Head"), gettext_lazy("State"),
)  # fmt: skip
_PEOPLE_HEADS: Final = (
    gettext_lazy("Natural village"), gettext_lazy("Number"), gettext_lazy("Name"), gettext_lazy("To the head"),
    gettext_lazy("Sex"), gettext_lazy("Date of birth"), gettext_lazy("Identity number"), gettext_lazy("Phone"),
    gettext_lazy("State"), gettext_lazy("Works or studies at"),
)  # fmt: skip


def _names(scope: Scope, homes: Iterable[ExportedHome]) -> dict[int | None, str]:
    codes = {code for home in homes for code in (home.natural_village, home.villager_group) if code}
    return {code: row.label(language()) for code, row in territory.places(scope, codes).items()}


def _home_rows(scope: Scope, homes: Sequence[ExportedHome]) -> Iterable[Sequence[str]]:
    names = _names(scope, homes)
    for one in homes:
        state = _(HOME_STATES[one.state][0])
        village, group = names.get(one.natural_village, ""), names.get(one.villager_group, "")
        yield village, group, one.number, one.door, one.head, state


def _people_rows(
    scope: Scope, homes: Sequence[ExportedHome], people: Iterable[ExportedPerson]
) -> Iterable[Sequence[str]]:
    names, by_id, words = _names(scope, homes), {home.id: home for home in homes}, read_aloud(scope, "relation", "sex")
    for one in people:
        home = by_id[one.home]
        yield (
            names.get(home.natural_village, ""), home.number, one.name, words["relation"].get(one.as_to_head, ""),
            words["sex"].get(one.sex, ""), one.born_on.isoformat() if one.born_on else "", one.id_number, one.phone,
            _(PERSON_STATES[one.state][0]), one.works_at,
        )  # fmt: skip


urlpatterns = [path("export", export, name="households_export")]
