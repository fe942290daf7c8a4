"""The list of households as Excel or Word: what this reader sees, masked, with its purpose, logged as an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.kernel.places import is_code
from commongrid.kernel.refusals import NotFound
from commongrid.registry.queries.exporting import home_keys, homes_of, homes_to_export, people_to_export
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.handing import MOST
from commongrid.surfaces.console.register.words import HOME_STATES, PERSON_STATES, read_aloud, trail
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries.exporting import ExportedHome, ExportedPerson


class Export(handing.Purpose):
    """What the list is for, and which list."""

    place = forms.CharField(required=False, max_length=15, widget=forms.HiddenInput)
    state = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    q = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


@door("people.read", methods=("GET", "POST"))
def export(request: Asked) -> HttpResponse:
    """Ask for the purpose, then hand out the list."""
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in ("place", "state", "q")}
    form = Export(request.scope, request.POST or None, initial=asked)
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
        return _prepared(request, form, place)
    people = people_to_export(request.scope, homes)
    of = _list(request.scope, place, homes, people, form)
    handing.log(request.scope, "households", of, place=place)
    return handing.answer(of, "households", request.POST.get("into", ""))


def _prepared(request: Asked, form: Export, place: int) -> HttpResponse:
    rows = {"place": place, "state": form.cleaned_data["state"], "q": form.cleaned_data["q"]}
    wish = handing.Wish(what="households", title=_("List of households"), place=place, stem="households", rows=rows)
    return handing.prepared(request, form, wish) or _asked(request, form, status=422)


def long_list(eyes: handing.Eyes, asked: Mapping[str, Any]) -> Iterator[handing.LongTable]:
    """The households, then their people."""
    with eyes.open() as scope:
        keys = home_keys(scope, asked["place"], state=asked["state"], text=asked["q"])
    handing.demand_room(len(keys))
    eyes.steps = 2 * len(keys)

    def homes() -> Iterator[handing.Row]:
        for part in eyes.batches(keys):
            with eyes.open() as scope:
                lines = handing.rows_of(_home_rows(scope, homes_of(scope, part)))
            yield from lines

    def people() -> Iterator[handing.Row]:
        number = 0
        for part in eyes.batches(keys):
            with eyes.open() as scope:
                found = homes_of(scope, part)
                lines = handing.rows_of(_people_rows(scope, found, people_to_export(scope, found)))
            number += len(lines)
            handing.demand_room(number)
            yield from lines

    yield handing.LongTable(name=_("List of households"), heads=tuple(map(str, _HOME_HEADS)), rows=homes())
    yield handing.LongTable(name=_("List of people"), heads=tuple(map(str, _PEOPLE_HEADS)), rows=people())


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


def _list(
    scope: Scope, place: int, homes: Sequence[ExportedHome], people: Sequence[ExportedPerson], form: Export
) -> handing.Handed:
    tables = (
        (_("List of households"), _HOME_HEADS, _home_rows(scope, homes)),
        (_("List of people"), _PEOPLE_HEADS, _people_rows(scope, homes, people)),
    )
    return handing.handed(
        scope, title=_("List of households"), place=territory.place(scope, place).label(language()), form=form,
        tables=[
            handing.Table(name=name, heads=tuple(map(str, heads)), rows=handing.rows_of(rows))
            for name, heads, rows in tables
        ],
    )  # fmt: skip


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
