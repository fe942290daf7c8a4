"""Who is to staff the grids of a proposal: planned here before its day, appointed by the clock on it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.act import is_id
from commongrid.kernel.refusals import NotFound, Refusal
from commongrid.roster import queries
from commongrid.roster.dividing import actions
from commongrid.roster.dividing.queries import divisions
from commongrid.roster.dividing.queries import seats as planned
from commongrid.roster.dividing.rules.words import LEFT_WORDS, may
from commongrid.roster.rules import GRID_ROLES, may_appoint
from commongrid.surfaces.console.dividing.words import SORTS, codes_in, title_of, trail
from commongrid.surfaces.console.network.staffing import FAULTS
from commongrid.surfaces.console.network.words import village
from commongrid.surfaces.console.posts.appointing import AppointForm, searched
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.roster.dividing.queries.divisions import DivisionRow, GridRow
    from commongrid.roster.dividing.queries.seats import SeatRow, Sitting
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow

HEAD: Final = "grid_head"


class SeatForm(AppointForm):
    """Who is to be what in a grid to come; from when is the proposal's day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without days and unit."""
        super().__init__(*args, units=[], **kwargs)
        del self.fields["from_on"], self.fields["last_on"]

    def seat(self, grid: UUID) -> actions.Seat:
        """As the action takes it."""
        given = self.cleaned_data
        return actions.Seat(
            grid=grid, role=given["role"], person=self.meant, name=given["display_name"],
            title_zh=given["title_zh"], title_en=given["title_en"], office_phone=given["office_phone"],
        )  # fmt: skip


def _asked(request: Asked, division_id: UUID) -> DivisionRow:
    """The proposal, if all of its village is in scope. Refuses: NotFound."""
    found = divisions.division(request.scope, division_id)
    village(request.scope, found.place)
    return found


@door("posts.appoint")
def page(request: Asked, division_id: UUID) -> HttpResponse:
    """Each grid of the proposal with who is planned for it, whom it may take on, and what is lacking."""
    row = _asked(request, division_id)
    grids = [] if row.fault else divisions.grids_of(request.scope, row.id)
    names = territory.places(request.scope, codes_in(grids))
    told = _grids(request.scope, row, grids, names)
    title = gettext("Staff the new grids")
    context = {
        "division": row, "title": title, "place": village(request.scope, row.place), "grids": told,
        "may_staff": may(row.state, "staff"), "headless": sum("no_head" in one["faults"] for one in told),
        "divides": request.scope.may("grids.divide"),
        "trail": trail(request.scope, row.place, (title_of(row), reverse("division", args=[row.id])), (title, "")),
    }  # fmt: skip
    return render(request, "console/dividing/staff.html", context)


def _grids(
    scope: Scope, row: DivisionRow, grids: Sequence[GridRow], names: Mapping[int, PlaceRow]
) -> list[dict[str, Any]]:
    on = max(row.adopts_on, localdate()) if row.adopts_on else localdate()
    found = planned.seats(scope, row.id, on)
    each, twice = defaultdict(list), planned.grids_each(found)
    for one in found:
        each[one.grid].append(one)
    open_ = may(row.state, "staff")
    sits = planned.sitting(scope, grids, on) if open_ else {}
    heads = _may_head(scope, row) if open_ else {}
    roles = {one.code: one.label(language()) for one in queries.roles(scope)}
    taken = {(one.person, one.role) for one in found}
    return [
        {
            "row": one, "today": names.get(one.code or 0), "became": names.get(one.became or 0),
            "sort": (gettext(SORTS[one.sort][0]), SORTS[one.sort][1]),
            "seats": [_seat(each_seat, roles) for each_seat in each[one.id]],
            "stays": [(who, roles[who.role]) for who in sits.get(one.id, []) if one.same],
            "goes_on": [
                (who, roles[who.role]) for who in sits.get(one.id, [])
                if not one.same and (who.person, who.role) not in taken
            ],
            "heads": [
                (who, name) for who, name in heads.get(one.id, [])
                if who != scope.person and (who, HEAD) not in {(seat.person, seat.role) for seat in each[one.id]}
            ],
            "faults": _lacks(one, each[one.id], sits.get(one.id, []), twice) if open_ else {},
        }
        for one in grids
    ]  # fmt: skip


def _lacks(
    grid: GridRow, seats: Sequence[SeatRow], sits: Sequence[Sitting], twice: Mapping[object, int]
) -> dict[str, str]:
    return {code: gettext(FAULTS[code]) for code in planned.lacking(grid, seats, sits, twice)}


def _seat(one: SeatRow, roles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": one, "role": roles[one.role], "why": gettext(LEFT_WORDS[one.left]) if one.left else "",
        "title": (one.title_en if language() == "en" else "") or one.title_zh,
    }  # fmt: skip


def _may_head(scope: Scope, row: DivisionRow) -> dict[UUID, list[tuple[UUID, str]]]:
    """Who may head each grid by the register, for those who read it."""
    return planned.may_head_each(scope, row.id, row.place, localdate()) if scope.may("people.read") else {}


@door("posts.appoint", methods=("GET", "POST"))
def seat(request: Asked, division_id: UUID, number: int) -> HttpResponse:
    """Plan somebody for a grid: with one press somebody who is offered, else by name, in any role of a grid."""
    row = _asked(request, division_id)
    grid = next((one for one in divisions.grids_of(request.scope, row.id) if one.number == number), None)
    if grid is None:
        raise NotFound
    back = reverse("division_staff", args=[row.id]) + f"#grid-{number}"
    who = request.POST.get("who", "")
    if request.method == "POST" and is_id(who):
        chosen = actions.Seat(grid=grid.id, role=request.POST.get("role", HEAD), person=UUID(who))
        actions.plan_seat(request.scope, request.act, division_id=row.id, seat=chosen)
        return _planned(request, back)
    roles = [
        (one.code, one.label(language())) for one in queries.roles(request.scope)
        if one.code in GRID_ROLES and may_appoint(request.scope.level, one.level)
    ]  # fmt: skip
    near = row.place
    form = SeatForm(request.POST, near=near, roles=roles) if request.method == "POST" else _fresh(request, near, roles)
    if request.method == "POST" and form.is_answered(request.scope, request.act):
        try:
            actions.plan_seat(request.scope, request.act, division_id=row.id, seat=form.seat(grid.id))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _planned(request, back)
    heads = {str(one): name for one, name in _may_head(request.scope, row).get(grid.id, [])}
    title = gettext("Plan somebody for grid %(number)s") % {"number": number}
    context = {
        "division": row, "title": title, "form": form, "heads": heads, "back": back, "number": number,
        **searched(request, near, heads, {"role": form["role"].value() or HEAD}),
        "trail": trail(
            request.scope, row.place, (gettext("Staff the new grids"), reverse("division_staff", args=[row.id])),
            (title, ""),
        ),
    }  # fmt: skip
    return render(request, "console/dividing/seat.html", context, status=422 if form.errors else 200)


def _fresh(request: Asked, near: int, roles: list[tuple[str, str]]) -> SeatForm:
    form = SeatForm(initial={"role": request.GET.get("role", HEAD)}, near=near, roles=roles)
    form.choose(request.scope, request.GET.get("person", ""))
    return form


def _planned(request: Asked, back: str) -> HttpResponse:
    messages.success(request, gettext("Planned. They get the post on the day the grids begin, and nothing before."))
    return HttpResponseRedirect(back)


@door("posts.appoint", methods=("POST",))
def take_back(request: Asked, division_id: UUID, seat_id: UUID) -> HttpResponse:
    """Plan somebody no longer."""
    row = _asked(request, division_id)
    done = actions.take_seat_back(request.scope, request.act, division_id=row.id, seat_id=seat_id)
    messages.success(request, gettext("No longer planned."))
    return HttpResponseRedirect(reverse("division_staff", args=[row.id]) + f"#grid-{done['number']}")
