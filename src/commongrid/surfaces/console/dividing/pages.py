"""One proposal: today's and the proposed grids side by side, drawn by hand, worked out anew, adopted with a date."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.outreach.queries.declaring import declared_room
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.queries import divisions, seats
from commongrid.roster.dividing.rules.words import LEFT_WORDS, STATE_WORDS, may
from commongrid.surfaces.console import history
from commongrid.surfaces.console.dividing import beside, drawing, forms
from commongrid.surfaces.console.dividing.village import offered
from commongrid.surfaces.console.dividing.words import (
    SORTS,
    TONES,
    codes_in,
    compared,
    fault,
    gap_said,
    lacks,
    title_of,
    trail,
)
from commongrid.surfaces.console.mapping import tiles
from commongrid.surfaces.console.network.words import village
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.paging import page_asked
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from commongrid.roster.dividing.queries.divisions import DivisionRow, GridRow
    from commongrid.surfaces.console.dividing.beside import Side
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.surfaces.shared.forms import Form

PAGE: Final = 200
"""Homes of one page of a list."""
MOVES: Final = ("edit", "work out", "copy", "adopt", "call off", "drop")


def _asked(request: Asked, division_id: UUID) -> DivisionRow:
    """The proposal, if all of its village is in scope. Refuses: NotFound."""
    found = divisions.division(request.scope, division_id)
    village(request.scope, found.place)
    return found


@door("grids.divide")
def page(request: Asked, division_id: UUID) -> HttpResponse:
    """A proposal: its figures beside today's, the map, each grid with what it lacks, and what may be done.

    While it is worked out the page asks again by itself, and is loaded anew once that is over.
    """
    row = _asked(request, division_id)
    if request.headers.get("HX-Request") and row.state != "asked":
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _shown(request, row)


def _shown(request: Asked, row: DivisionRow, asked: Form | None = None) -> HttpResponse:
    grids = [] if row.fault else divisions.grids_of(request.scope, row.id)  # a fault's figures are not theirs
    now = {int(one["code"]) for one in row.figures.get("each", [])}
    names = territory.places(request.scope, codes_in(grids) | now)
    offered_sides = beside.others(request.scope, row)
    other = beside.chosen(request.GET.get("beside", ""), offered_sides)
    sides, rest = beside.paired(request.scope, row, grids, other, names)
    context = {
        "division": row, "title": title_of(row), "place": village(request.scope, row.place),
        "trail": trail(request.scope, row.place, (title_of(row), "")),
        "state": (gettext(STATE_WORDS[row.state]), TONES[row.state]), "fault": fault(row),
        "compared": compared(row.figures, other.figures if other else None) if grids else [],
        "grids": _told(grids, names, sides), "rest": rest, "others": offered_sides, "other": other,
        "beside": title_of(other) if other else "", "stale": divisions.stale(request.scope, row) if grids else 0,
        "regridded": bool(grids) and divisions.regridded(request.scope, row),
        "gap": gap_said(row), "locks": sum(one.locked for one in grids),
        "may": {name.replace(" ", "_"): may(row.state, name) for name in MOVES},
        "staff": _staff(request, row, grids),
        "history": history.acts(request.scope, row.id), **_forms(request, row, grids, asked), **tiles.base(),
    }  # fmt: skip
    status = 422 if asked is not None and asked.errors else 200
    return render(request, "console/dividing/division.html", context, status=status)


def _staff(request: Asked, row: DivisionRow, grids: Sequence[GridRow]) -> dict[str, Any]:
    """How many are planned for the grids of a proposal, which have nobody to head them, who was left out on its day."""
    found = seats.seats(request.scope, row.id, localdate())
    headed = {one.grid for one in found if one.role == "grid_head"}
    number = {one.id: one.number for one in grids}
    return {
        "offered": may(row.state, "staff") and bool(grids), "may": request.scope.may("posts.appoint"),
        "planned": sum(one.post is None and not one.left for one in found),
        "headless": sum(not one.same and one.id not in headed for one in grids),
        "left": [(one.name, number.get(one.grid, "—"), gettext(LEFT_WORDS[one.left])) for one in found if one.left],
    }  # fmt: skip


def _told(grids: Sequence[GridRow], names: dict[int, Any], sides: dict[UUID, Side]) -> list[dict[str, Any]]:
    """Each grid with its names, what kind it is, what it lacks, and what it is read beside."""
    return [
        {
            "row": one, "today": names.get(one.code or 0), "became": names.get(one.became or 0),
            "sort": (gettext(SORTS[one.sort][0]), SORTS[one.sort][1]), "lacks": lacks(one, names),
            "side": sides.get(one.id),
        }
        for one in grids
    ]  # fmt: skip


def _forms(request: Asked, row: DivisionRow, grids: Sequence[GridRow], asked: Form | None) -> dict[str, Form]:
    """The forms beside the proposal; the one that was refused as it was typed."""
    hamlets = offered(request.scope, row.place)
    fresh: dict[str, Form] = {
        "terms": forms.TermsForm(auto_id="terms_%s", initial=asdict(row.terms)).offer(hamlets),
        "painting": forms.PaintForm(auto_id="paint_%s").offer(hamlets, numbered(grids)),
        "adopting": forms.AdoptForm(auto_id="adopt_%s"),
    }
    return {name: asked if asked is not None and type(asked) is type(form) else form for name, form in fresh.items()}


def numbered(grids: Sequence[GridRow]) -> list[tuple[int, str]]:
    """The grids of a proposal, for a choice."""
    return [(one.number, gettext("Grid %(number)s") % {"number": one.number}) for one in grids]


@door("grids.divide")
def grid(request: Asked, division_id: UUID, number: int) -> HttpResponse:
    """The homes of one grid of a proposal, to be put elsewhere or locked without the map."""
    row = _asked(request, division_id)
    grids = divisions.grids_of(request.scope, row.id)
    one = next((each for each in grids if each.number == number), None)
    if one is None:
        raise NotFound
    homes = divisions.homes_of(request.scope, row.id, one.id)
    names = territory.places(request.scope, {home.now for home in homes if home.now} | codes_in(grids))
    title = gettext("Grid %(number)s") % {"number": number}
    context = {
        "division": row, "title": title, "grid": _told([one], names, {})[0], "may_edit": may(row.state, "edit"),
        "homes": [(home, names[home.now].label(language()) if home.now in names else "") for home in homes],
        "painting": forms.PaintForm(auto_id="paint_%s").offer([], numbered(grids)),
        "trail": trail(request.scope, row.place, (title_of(row), reverse("division", args=[row.id])), (title, "")),
    }  # fmt: skip
    return render(request, "console/dividing/grid.html", context)


@door("grids.divide")
def changes(request: Asked, division_id: UUID) -> HttpResponse:
    """The homes that change grids, by the grid they leave."""
    row = _asked(request, division_id)
    page = page_asked(request.GET.get("page", ""))
    found = divisions.movers(request.scope, row.id, (page - 1) * PAGE, PAGE + 1)
    numbers = {one.id: one.number for one in divisions.grids_of(request.scope, row.id)}
    names = territory.places(request.scope, {one.now for one in found if one.now})
    title = gettext("Who changes grids")
    context = {
        "division": row, "title": title, "count": row.figures.get("changed", 0),
        "homes": [
            (one, names[one.now].label(language()) if one.now in names else "—", numbers[one.grid])
            for one in found[:PAGE]
        ],
        "previous": f"?page={page - 1}" if page > 1 else "", "next": f"?page={page + 1}" if len(found) > PAGE else "",
        "trail": trail(request.scope, row.place, (title_of(row), reverse("division", args=[row.id])), (title, "")),
    }  # fmt: skip
    return render(request, "console/dividing/changes.html", context)


@door("grids.divide")
def map_data(request: Asked, division_id: UUID) -> HttpResponse:
    """What the map of a proposal draws: cells of its grids, homes, barriers."""
    row = _asked(request, division_id)
    other = beside.chosen(request.GET.get("beside", ""), beside.others(request.scope, row))
    response = JsonResponse(
        drawing.drawn(request.scope, row, other), json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}
    )
    response["Cache-Control"] = "private, no-store"
    return response


@door("grids.divide", methods=("POST",))
def paint(request: Asked, division_id: UUID) -> HttpResponse:
    """Put homes, or all of a natural village, into another grid of the proposal."""
    row = _asked(request, division_id)
    form = forms.PaintForm(request.POST, auto_id="paint_%s")
    form.offer(offered(request.scope, row.place), numbered(divisions.grids_of(request.scope, row.id)))

    def do() -> None:
        painted = form.painted(request.POST.getlist("homes"))
        declared = tuple(sorted(declared_room(request.scope, row.place, localdate()).items()))
        actions.paint(request.scope, request.act, division_id=division_id, painted=painted, declared=declared)

    return _do(request, row, form, do, N_("Put by hand. Work the rest out anew when you have put what you want."))


@door("grids.divide", methods=("POST",))
def lock(request: Asked, division_id: UUID, number: int) -> HttpResponse:
    """Lock a grid of the proposal as it is, or let it go."""
    _asked(request, division_id)
    locked = request.POST.get("locked") == "1"
    actions.lock_grid(request.scope, request.act, division_id=division_id, number=number, locked=locked)
    messages.success(request, gettext("Locked.") if locked else gettext("No longer locked."))
    return HttpResponseRedirect(reverse("division", args=[division_id]) + "#grids")


@door("grids.divide", methods=("POST",))
def again(request: Asked, division_id: UUID) -> HttpResponse:
    """Work the proposal out anew; what is locked stays."""
    row = _asked(request, division_id)
    form = forms.TermsForm(request.POST, auto_id="terms_%s").offer(offered(request.scope, row.place))

    def do() -> None:
        actions.work_out_anew(request.scope, request.act, division_id=division_id, terms=form.terms)

    return _do(request, row, form, do, N_("It is being worked out anew."))


@door("grids.divide", methods=("POST",))
def copy(request: Asked, division_id: UUID) -> HttpResponse:
    """Keep a copy of the proposal beside it."""
    _asked(request, division_id)
    made = actions.keep_copy(request.scope, request.act, division_id=division_id)
    messages.success(request, gettext("This is the copy. The other stays as it is."))
    return HttpResponseRedirect(reverse("division", args=[made["division"]]))


@door("grids.divide", methods=("POST",))
def adopt(request: Asked, division_id: UUID) -> HttpResponse:
    """Adopt the proposal from a day on."""
    row = _asked(request, division_id)
    form = forms.AdoptForm(request.POST, auto_id="adopt_%s")

    def do() -> None:
        actions.adopt(request.scope, request.act, division_id=division_id, on=form.cleaned_data["on"])

    return _do(request, row, form, do, N_("Adopted. On its day grids and households follow within a minute."))


@door("grids.divide", methods=("POST",))
def call_off(request: Asked, division_id: UUID) -> HttpResponse:
    """Take the adoption back before its day."""
    _asked(request, division_id)
    actions.call_off(request.scope, request.act, division_id=division_id)
    messages.success(request, gettext("Called off. Today's grids stay."))
    return HttpResponseRedirect(reverse("division", args=[division_id]))


@door("grids.divide", methods=("POST",))
def drop(request: Asked, division_id: UUID) -> HttpResponse:
    """Drop the proposal."""
    row = _asked(request, division_id)
    actions.drop(request.scope, request.act, division_id=division_id)
    messages.success(request, gettext("The proposal was dropped. No grid was changed."))
    return HttpResponseRedirect(reverse("dividing", args=[row.place]))


def _do(request: Asked, row: DivisionRow, form: Form, do: Callable[[], None], done: str) -> HttpResponse:
    """Carry it out; where it is refused, show the proposal with the form as it was typed."""
    if form.is_valid():
        try:
            do()
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext(done))
            return HttpResponseRedirect(reverse("division", args=[row.id]))
    return _shown(request, row, form)
