"""Boundaries: drawn and changed on the map, brought in from a file, derived where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel import boundaries, geofiles
from commongrid.kernel import shapes as kernel_shapes
from commongrid.kernel.division.statement import ACCESS
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.kernel.sketch import sketch
from commongrid.registry.queries import points
from commongrid.roster import queries as roster
from commongrid.surfaces.console.mapping import tiles
from commongrid.surfaces.console.mapping.fitting import Homes, fitting, homes_around, told
from commongrid.surfaces.console.mapping.pages import place_of, trail
from commongrid.surfaces.console.place_forms import LEVELS
from commongrid.surfaces.console.register.homes import day_asked
from commongrid.surfaces.console.templatetags.console_tags import land
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.errors import sentence
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import colon, language
from commongrid.territory import actions, queries
from commongrid.territory.actions import Drawn, Spots
from commongrid.territory.queries import boundaries as bounds
from commongrid.territory.rules.barring import roads
from commongrid.territory.rules.bounding import areas

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.boundaries import Misfit
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow
    from commongrid.territory.queries.boundaries import FileRow

SOURCES: Final = {"drawn": N_("Drawn on the map"), "imported": N_("From a file"), "derived": N_("Derived from homes")}
DATUMS: Final = {
    "cgcs2000": N_("CGCS2000 (land survey, since 2008)"), "wgs84": N_("WGS 84 (satellite receivers, OpenStreetMap)"),
    "gcj02": N_("GCJ-02 (Chinese web maps: Amap, Tencent)"),
}  # fmt: skip


WIDE: Final = 380
"""Of the drawing of an earlier boundary."""
OUT: Final = 0.01
"""The share of an area outside the place around it from which it is not chosen by itself."""
ENOUGH: Final = 1000
"""Homes that tell whether a file of roads lies where people live."""


def to_edit(request: Asked, code: int) -> PlaceRow:
    """The place, if all of it is in scope and it exists now. Refuses: NotFound for others."""
    row = place_of(request, code)
    if row.ended or not queries.covers_whole(request.scope, code):
        raise NotFound
    return row


# draw


class DrawForm(Form):
    """A boundary as GeoJSON; the map writes it, and it can be pasted."""

    shape = forms.CharField(
        label=_("Boundary as GeoJSON"), widget=forms.Textarea(attrs={"rows": "4", "spellcheck": "false"}),
        help_text=_("The map fills this in. A polygon copied from another program (WGS 84) can be pasted."),
        error_messages={"required": _("Draw the boundary on the map first.")},
    )  # fmt: skip


@door("places.edit", methods=("GET", "POST"))
def boundary(request: Asked, code: int) -> HttpResponse:
    """Draw a place's boundary, look at what does not fit, snap it to its neighbours, keep it or take it away.

    Of a place that has ended, and of any other, the boundary of an earlier day is drawn beside today's.
    """
    if request.method != "POST" and place_of(request, code).ended and queries.covers_whole(request.scope, code):
        return _page(request, place_of(request, code), DrawForm())
    place = to_edit(request, code)
    if request.method != "POST":
        own = bounds.outlines(request.scope, [code]).get(code)
        return _page(request, place, DrawForm(initial={"shape": json.dumps(own.shape) if own else ""}))
    do = request.POST.get("do", "check")
    if do == "remove":
        return _remove(request, place)
    form = DrawForm(request.POST)
    if not form.is_valid():
        return _page(request, place, form, status=422)
    drawn = Drawn(shape=form.cleaned_data["shape"], snap=do == "snap", mend=do in {"mend", "snap"})
    try:
        if do == "save":
            actions.draw_boundary(request.scope, request.act, place=code, drawn=drawn)
            messages.success(request, gettext("Saved. The former boundary stays in the history."))
            _tell_left(request, place)
            return HttpResponseRedirect(reverse("map_at", args=[code]))
        found = actions.shape_of(request.scope, code, drawn)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, place, form, status=refusal.status)
    fitted = DrawForm(initial={"shape": json.dumps(kernel_shapes.written(found))})
    misfits = told(request.scope, bounds.misfits(request.scope, code, found))
    homes = homes_around(request.scope, place).off(code, found)
    return _page(
        request, place, fitted, checked=kernel_shapes.area_m2(found), misfits=misfits, homes_off=homes
    )  # fmt: skip


TOLD_AT_ONCE: Final = 3
"""Misfits told after saving; the page of the boundary tells all."""


def _tell_left(request: Asked, place: PlaceRow) -> None:
    """Say what does not fit around a boundary that was just saved."""
    own = kernel_shapes.read(bounds.outlines(request.scope, [place.code])[place.code].shape)
    misfits = told(request.scope, bounds.misfits(request.scope, place.code, own))
    said = [f"{one.text}{colon()}{land(one.m2)}" for one in misfits[:TOLD_AT_ONCE]]
    if homes := homes_around(request.scope, place).off(place.code, own):
        said.append(homes)
    if said:
        messages.warning(request, gettext("What is left: %(what)s") % {"what": "; ".join(said)})


def _remove(request: Asked, place: PlaceRow) -> HttpResponse:
    try:
        actions.remove_boundary(request.scope, request.act, place=place.code)
    except Refusal as refusal:
        form = DrawForm({"shape": request.POST.get("shape", "")})
        form.refuse(refusal)
        return _page(request, place, form, status=refusal.status)
    messages.success(request, gettext("Taken away. It stays in the history."))
    return HttpResponseRedirect(reverse("place_boundary", args=[place.code]))


def _page(request: Asked, place: PlaceRow, form: DrawForm, *, status: int = 200, **more: object) -> HttpResponse:
    """The drawing page; ``more`` says what a check found."""
    parent = place.parent or place.code
    former = bounds.former_boundaries(request.scope, place.code)
    faces = roster.faces(request.scope, {one.by for one in former if one.by})
    context: dict[str, Any] = {
        "place": place, "form": form, "trail": trail(request, place.code, (gettext("Boundary"), "")),
        "what": gettext(LEVELS[place.level]),
        **tiles.base(), "around": f"{reverse('map_shapes', args=[parent])}?level={place.level}",
        "points": reverse("map_points", args=[place.code]) if request.scope.may("people.read") else "",
        "former": [
            (one, gettext(SOURCES[one.source]), faces[one.by].label(language()) if one.by in faces else "")
            for one in former
        ],
        "set": any(one.valid_to is None and one.source != "derived" for one in former),
        **(_past(request, place, str(former[0].valid_from)) if former else {}), **more,
    }  # fmt: skip
    return render(request, "console/map/boundary.html", context, status=status)


def _past(request: Asked, place: PlaceRow, last: str) -> dict[str, Any]:
    """The boundary of the day that the address names, drawn beside today's; an ended place begins with its last."""
    on = day_asked(request.GET.get("on", last if place.ended else ""), localdate())
    if on == localdate():
        return {"on": on}
    then, now = bounds.outline_on(request.scope, place.code, on), bounds.outlines(request.scope, [place.code])
    found = {"then": then, "now": now.get(place.code)}
    shapes = {when: kernel_shapes.read(one.shape) for when, one in found.items() if one}
    return {"on": on, "past": then, "today": found["now"], "sketch": sketch(shapes, WIDE)}


@door("places.edit", methods=("GET", "POST"))
def cells(request: Asked, code: int) -> HttpResponse:
    """Derive cells for the places below one that have no boundary, from where homes stand; asked before."""
    place = to_edit(request, code)
    form = Form(request.POST if request.method == "POST" else None)
    spots = Spots(at=tuple(points.dwellings(request.scope, code))) if request.scope.may("people.read") else Spots(at=())
    if request.method == "POST":
        try:
            done = actions.derive_cells(request.scope, request.act, parent=code, spots=spots)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            said = ngettext("%(count)s cell was derived.", "%(count)s cells were derived.", done["cells"])
            messages.success(request, said % {"count": done["cells"]})
            return HttpResponseRedirect(reverse("map_at", args=[code]))
    context = {
        "place": place, "form": form, "homes": len(spots.at),
        "trail": trail(request, code, (gettext("Derive cells"), "")),
    }  # fmt: skip
    return render(request, "console/map/cells.html", context, status=422 if form.errors else 200)


# files


class SendForm(Form):
    """A file of boundaries or roads, and what its numbers are measured on."""

    what = forms.ChoiceField(
        label=_("What the file holds"), initial="areas", widget=forms.RadioSelect,
        choices=[("areas", _("Boundaries: areas")), ("roads", _("Roads and paths: lines"))],
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip

    sheet = forms.FileField(
        label=_("File"),
        help_text=_("GeoJSON, a Shapefile as .zip, GeoPackage or KML; at most 32 MB."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.zip,.gpkg,.kml"}),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )
    datum = forms.ChoiceField(
        label=_("Measured on"), choices=[(code, _(text)) for code, text in DATUMS.items()], widget=forms.RadioSelect,
        help_text=_("Ask whoever made the map. A wrong choice lies some 500 metres off."),
        error_messages={
            "required": _("Say what the numbers of the file are measured on."),
            "invalid_choice": _("Say what the numbers of the file are measured on."),
        },
    )  # fmt: skip
    mend = forms.BooleanField(label=_("Mend lines that cross themselves"), required=False)


@door("places.edit", methods=("GET", "POST"))
def send(request: Asked, code: int) -> HttpResponse:
    """Send a file of boundaries of places within this one, and see those that wait; or of roads, taken in at once."""
    place = to_edit(request, code)
    form, status = SendForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return HttpResponseRedirect(_sent(request, code, form))
            except Refusal as refusal:
                form.add_error("sheet", sentence(refusal))
                status = refusal.status
    waiting = bounds.boundary_files(request.scope)
    context = {
        "place": place, "form": form, "waiting": waiting,
        "trail": trail(request, code, (gettext("Import boundaries or roads"), "")),
    }  # fmt: skip
    return render(request, "console/map/import.html", context, status=status)


def _sent(request: Asked, code: int, form: SendForm) -> str:
    """Where to go on: to the file that waits, or to the place that has its roads."""
    given, datum = form.cleaned_data["sheet"], form.cleaned_data["datum"]
    found = geofiles.features(given.read(geofiles.LARGEST + 1), str(given.name))
    if form.cleaned_data["what"] == "roads":
        return _laid(request, code, str(given.name), roads(found, datum))
    read = areas(found, datum, mend=form.cleaned_data["mend"])
    answer = actions.send_boundaries(
        request.scope, request.act, place=code, name=str(given.name), datum=datum, areas=read
    )
    return reverse("boundary_file", args=[str(answer["file"])])


def _laid(request: Asked, code: int, name: str, lines: tuple[tuple[tuple[float, float], ...], ...]) -> str:
    """Take roads in, and say how many homes lie by one: few in a file that is measured on something else."""
    done = actions.import_roads(request.scope, request.act, place=code, name=name, roads=lines)
    said = ngettext(
        "%(villages)s village has the roads of this file.", "%(villages)s villages have the roads of this file.",
        done["villages"],
    )  # fmt: skip
    messages.success(request, said % done)
    known = points.dwellings(request.scope, code) if request.scope.may("people.read") else []
    homes = [(lon, lat) for lon, lat, _of in known]
    homes = homes[:: 1 + len(homes) // ENOUGH]
    near = kernel_shapes.beside(lines, homes, ACCESS)
    if 2 * near < len(homes):
        doubt = gettext("Only %(near)s of %(homes)s homes lie within 300 metres of a road. Was the datum right?")
        messages.warning(request, doubt % {"near": near, "homes": len(homes)})
    return reverse("map_at", args=[code])


DOINGS: Final[dict[str, tuple[Callable[..., object], str]]] = {
    "take": (actions.import_boundaries, N_("Boundaries taken in.")),
    "snap": (actions.snap_boundaries, N_("Snapped to neighbours, not taken in yet.")),
    "drop": (actions.drop_boundary_file, N_("The file is dropped.")),
}  # fmt: skip
"""What is done with a file, and what is said then."""


@door("places.edit", methods=("GET", "POST"))
def file(request: Asked, file_id: UUID) -> HttpResponse:
    """Look through a file of boundaries: which place each area is, what is wrong, how it fits; decide about it."""
    row = bounds.boundary_file(request.scope, file_id)
    form, chosen = Form(request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        do = request.POST.get("do", "")
        doing, done = DOINGS.get(do, DOINGS["take"])
        chosen = {int(each) for each in request.POST.getlist("row") if each.isascii() and each.isdigit()}
        try:
            doing(request.scope, request.act, file_id=file_id, **({} if do == "drop" else {"rows": tuple(chosen)}))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext(done))
            if do != "snap":
                return HttpResponseRedirect(reverse("map_at", args=[row.place]))
            row = bounds.boundary_file(request.scope, file_id)  # shown at once, so that what is chosen stays so
    context = _looked(request, row, form, chosen)
    return render(request, "console/map/file.html", context, status=422 if form.errors else 200)


SKETCHED: Final = 200
"""Areas of a file drawn beside their table."""


def _looked(request: Asked, row: FileRow, form: Form, chosen: set[int] | None) -> dict[str, Any]:
    """What the page of a file shows: each area with its place, its former boundary and how it fits among the others.

    Whether homes speak against its datum is said above them. ``chosen``: which are ticked, at first all that lie
    within the place around them.
    """
    shapes = {one.place: kernel_shapes.read(one.area.shape) for one in row.good if one.place and one.area.shape}
    fit = bounds.fit(request.scope, shapes)
    names = queries.places(request.scope, {*shapes, *fit.gaps})
    there = bounds.outlines(request.scope, names)
    misfits, homes = fitting(request.scope, fit), Homes(request.scope, row.place)
    outside = {
        code for code, shape in shapes.items() if _out(fit.around.get(code, ())) > OUT * kernel_shapes.area_m2(shape)
    }
    off = {code: said for code, shape in shapes.items() if (said := homes.off(code, shape))}
    drawn = sketch(dict(sorted(shapes.items())[:SKETCHED]), WIDE)
    doubt = None
    if request.scope.may("people.read") and row.good:
        doubt = boundaries.doubt(shapes, points.dwellings_by_place(request.scope, row.place), row.datum)  # type: ignore[arg-type]
    return {
        "file": row, "form": form, "doubt": doubt, "datum": gettext(DATUMS[row.datum]),
        "better": gettext(DATUMS[doubt.better]) if doubt and doubt.better else "",
        "trail": trail(
            request, row.place, (gettext("Import boundaries or roads"), reverse("place_boundaries", args=[row.place])),
            (row.name, ""),
        ),
        "rows": [
            (
                one, names.get(one.place or 0), there.get(one.place or 0), gettext(one.fault) if one.fault else "",
                misfits.get(one.place or 0, []), off.get(one.place or 0, ""),
                one.place not in outside if chosen is None else one.area.row in chosen,
                round(kernel_shapes.area_m2(shapes[one.place])) if one.place in shapes else None,
            )
            for one in row.areas
        ],
        "gaps": [(names[code], told(request.scope, found)) for code, found in sorted(fit.gaps.items())],
        "misfits": any(misfits.values()) or bool(fit.gaps), "sketch": drawn, "outside": outside,
        "drawn": [(names[code].label(language()), stroke) for code, stroke in drawn.strokes.items()],
    }  # fmt: skip


def _out(misfits: Iterable[Misfit]) -> float:
    """Square metres outside the place around."""
    return sum(one.m2 for one in misfits if one.what == "outside")


urlpatterns = [
    path("<int:code>/boundary/", boundary, name="place_boundary"),
    path("<int:code>/cells/", cells, name="place_cells"),
    path("<int:code>/import/", send, name="place_boundaries"),
    path("files/<uuid:file_id>/", file, name="boundary_file"),
]
