"""Grids and who staffs them: heads, members and forces, what is missing, who carries two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import interval, level_of, village_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.outreach.queries.notices import duties
from commongrid.outreach.rules.duties import WHOM
from commongrid.roster import queries
from commongrid.roster.dividing.queries.seats import SHOWN, coming
from commongrid.surfaces.console.network.words import area, page_named
from commongrid.surfaces.console.register.homes import day_asked
from commongrid.surfaces.shared.doors import door
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.roster.queries import Staffing
    from commongrid.surfaces.shared.doors import Asked

FAULTS: Final = {
    "no_head": N_("Without a head"), "no_member": N_("Without a member"),
    "twice": N_("Somebody has two grids"), "not_eligible": N_("Head not eligible"),
    "not_checked": N_("Head not in the register"),
}  # fmt: skip
"""What the page calls each fault of a grid's staff."""
KINDS: Final = {
    "member": N_("Party member"), "probationary": N_("probationary member"), "enthusiast": N_("enthusiast"),
}  # fmt: skip
"""What somebody in a grid is."""


@door("posts.read")
def page(request: Asked) -> HttpResponse:
    """The grids of a place on a day with their people; those with one fault where it is asked for."""
    code = area(request)
    row = territory.place(request.scope, code)
    on = day_asked(request.GET.get("on", ""), localdate())
    fault, asked = request.GET.get("fault", ""), page_named(request, 1)
    if fault not in {"", *FAULTS}:
        raise NotFound
    grids, more = queries.grid_staff(request.scope, code, on, fault=fault, page=asked)
    whole = request.GET.get("coming", "") == "all"
    ahead, further = coming(request.scope, *interval(code), most=None if whole else SHOWN)
    villages = territory.places(request.scope, {one.place for one in ahead})
    address = reverse("staffing") + f"?place={code}&on={on}&fault="
    context = {
        "place": row, "on": on, "today": on == localdate(), "fault": fault,
        "rows": [(one, village_of(one.grid), [(mark, gettext(FAULTS[mark])) for mark in FAULTS if mark in one.faults],
                  {role: [(who, gettext(KINDS[who.kind]) if who.kind in KINDS else "") for who in one.of(role)]
                   for role in ("grid_head", "grid_member", "grid_force")}) for one in grids],
        "duties": [(gettext(text), duties(request.scope, on, whom)) for whom, text in WHOM if whom != "linked"],
        "coming": [(one, villages[one.place], one.grids - one.headless) for one in ahead],
        "further": further,
        "may_staff": request.scope.may("posts.appoint"), "may_divide": request.scope.may("grids.divide"),
        "wide": level_of(code) in ("county", "township"),
        "lanes": _lanes(queries.staffing(request.scope, code, on), address, fault),
        "may_appoint": request.scope.may("posts.appoint") and request.scope.covers(code) and on == localdate(),
        "previous": f"{address}{fault}&page={asked - 1}" if asked > 1 else "",
        "next": f"{address}{fault}&page={asked + 1}" if more else "",
        "trail": [(gettext("Network"), reverse("network") + f"?place={code}"), (gettext("Grid staff"), "")],
    }  # fmt: skip
    return render(request, "console/network/staffing.html", context)


def _lanes(found: Staffing, address: str, fault: str) -> list[dict[str, object]]:
    """All grids, and those with each fault; the one that is shown is marked."""
    counts = {"": found.grids, **found.faults}
    texts = {"": N_("Grids"), **FAULTS}
    return [
        {"text": gettext(texts[one]), "count": count, "url": address + one, "current": one == fault,
         "tone": "late" if count and one == "no_head" else "warn" if count and one not in {"", "not_checked"} else ""}
        for one, count in counts.items()
    ]  # fmt: skip
