"""Boundaries: drawn on the map, taken in from a file, derived from dwellings, taken away again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel import boundaries, shapes
from commongrid.kernel.boundaries import SNAP_M
from commongrid.kernel.datum import DATUMS, Datum
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.territory import queries
from commongrid.territory.actions.holding import locked_place, today_of
from commongrid.territory.models import Boundary, BoundaryFile
from commongrid.territory.queries import boundaries as bounds
from commongrid.territory.queries import cells
from commongrid.territory.queries.cells import LAID_OUT, Spot
from commongrid.territory.rules.bounding import Area

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.kernel.shapes import Shape

KEPT: Final = timedelta(days=1)
MOST_AREAS: Final = 20_000
ELSEWHERE: Final = N_(
    "Most of this area lies outside the place around it, or in another village. Look whether it is the right place; a "
    "border that has moved is drawn first for the place around, by whoever answers for both sides."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A boundary as drawn: GeoJSON text in WGS 84; snapped to its neighbours, a crossing line mended, if asked for."""

    shape: str
    snap: bool = False
    mend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spots:
    """Where dwellings stand: degrees, and the places inside a village that each belongs to; no more is known."""

    at: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class _How:
    """Where a boundary comes from and since when it holds."""

    source: str
    on: date
    basis: str = ""


def shape_of(scope: Scope, place: int, drawn: Drawn) -> Shape:
    """The boundary that a drawing means, as it would be kept.

    Refuses: BadInput with the place of the flaw where it is no boundary, and where neighbours hold all of it.
    """
    try:
        found = shapes.read(json.loads(drawn.shape))
    except ValueError:
        raise BadInput(N_("The corners of this area can't be read.")) from None
    if drawn.mend and shapes.flaw(found) is not None:
        found = shapes.mended(found) or found
    _refuse_flaw(found)
    if drawn.snap:
        around = bounds.surroundings(scope, place)
        fitted = boundaries.snapped(found, around.siblings.values(), around.parent, SNAP_M)
        if fitted is None:
            raise BadInput(N_("The neighbours' boundaries hold all of this area."))
        found = fitted
    kept = shapes.read(shapes.written(found))
    _refuse_flaw(kept)
    return kept


def _refuse_flaw(found: Shape) -> None:
    wrong = shapes.flaw(found)
    if wrong is not None and wrong.lon is not None and wrong.lat is not None:
        raise BadInput(
            N_("The line of this area crosses or touches itself at %(lon)s east, %(lat)s north."),
            lon=round(wrong.lon, 5), lat=round(wrong.lat, 5),
        )  # fmt: skip
    if wrong is not None:
        raise BadInput(wrong.text)


def _lay(act: Act, scope: Scope, place: int, found: Shape, how: _How) -> Boundary:
    """The row of a boundary; not saved yet."""
    west, south, east, north = (float(each) for each in found.bounds)
    return Boundary(
        id=act.child(f"boundary {place}").id, place=place, source=how.source, shape=shapes.written(found),
        area_m2=shapes.area_m2(found), west=west, south=south, east=east, north=north, basis=how.basis, by=scope.post,
        valid_from=how.on,
    )  # fmt: skip


def _retire(places: Iterable[int], on: date) -> None:
    """What was in force becomes history; what was derived is gone, for anybody can derive it again."""
    current = Boundary.objects.filter(place__in=list(places), valid_to=None)
    current.filter(source="derived").delete()
    current.update(valid_to=on)


@action("places.boundary_drawn", power="places.edit", facts=("code", "m2"))
def draw_boundary(scope: Scope, act: Act, *, place: int, drawn: Drawn) -> Line:
    """Give a place the boundary that was drawn; the former one stays in its history.

    Overlaps and gaps do not keep it out: neighbours are drawn one after the
    other, and the page that drew it says what is left.

    Refuses: NotYours outside the scope; WrongState when the place has ended;
    BadInput for what is no boundary, and for one that lies mostly elsewhere.
    """
    locked_place(scope, place)
    found = shape_of(scope, place, drawn)
    if bounds.elsewhere(scope, place, found):
        raise BadInput(ELSEWHERE)
    on = today_of(scope, act)
    _retire([place], on)
    row = _lay(act, scope, place, found, _How("drawn", on))
    row.save(force_insert=True)
    return Line(
        place=place, subject=row.id, subject_kind="boundary", facts={"code": place, "m2": round(row.area_m2)},
        answer={"code": place},
    )  # fmt: skip


@action("places.boundary_removed", power="places.edit", facts=("code",))
def remove_boundary(scope: Scope, act: Act, *, place: int) -> Line:
    """Take a place's boundary away; it stays in the history, and a cell may be derived again.

    Refuses: NotYours outside the scope; WrongState where there is none that anybody set.
    """
    locked_place(scope, place)
    if not Boundary.objects.filter(place=place, valid_to=None).exclude(source="derived").exists():
        raise WrongState(N_("This place has no boundary that could be taken away."))
    _retire([place], today_of(scope, act))
    return Line(place=place, subject_kind="place", facts={"code": place}, answer={"code": place})


# files


@action("places.boundary_file_sent", power="places.edit", facts=("areas",), kinds=("post", "clock"))
def send_boundaries(scope: Scope, act: Act, *, place: int, name: str, datum: Datum, areas: tuple[Area, ...]) -> Line:
    """Keep what a file of boundaries says until it is decided about; at most a day.

    Refuses: NotYours outside the scope; BadInput for an unknown datum, and for a file without areas or with too many.
    """
    if not queries.covers_whole(scope, place):
        raise NotYours
    if datum not in DATUMS:
        raise BadInput(fields={"datum": N_("Say what the numbers of the file are measured on.")})
    if not areas:
        raise BadInput(N_("There is no area in this file."))
    if len(areas) > MOST_AREAS:
        raise BadInput(N_("This file has more than %(most)s areas. Send it in parts."), most=MOST_AREAS)
    BoundaryFile(
        id=act.id, place=place, post=scope.post or act.id, name=name[:120], datum=datum,
        areas=[asdict(one) for one in areas], at=act.at,
    ).save(force_insert=True)  # fmt: skip
    return Line(
        place=place, subject=act.id, subject_kind="boundary_file", facts={"areas": len(areas)}, answer={"file": act.id}
    )


@action("places.boundaries_imported", power="places.edit", facts=("areas", "left_out"), kinds=("post", "clock"))
def import_boundaries(scope: Scope, act: Act, *, file_id: UUID, rows: tuple[int, ...]) -> Line:
    """Give places the boundaries of a file: those of the rows chosen, all or none; the former ones stay as history.

    Refuses: NotFound once the file is gone; NotYours for a place outside the
    scope; BadInput where a chosen area has a fault.
    """
    file = bounds.boundary_file(scope, file_id)
    chosen = [one for one in file.areas if one.area.row in set(rows)]
    if not chosen:
        raise BadInput(N_("Choose at least one area."))
    taken = {one.place: one.area for one in chosen if one.place is not None}
    if len(taken) < len(chosen):
        raise BadInput(N_("An area that was chosen can't be taken in. Look at what is said beside it."))
    on = today_of(scope, act)
    laid = [
        _lay(act, scope, place, shapes.read(area.shape), _How("imported", on))
        for place, area in taken.items()
        if queries.covers_whole(scope, place)
    ]
    if len(laid) < len(taken):
        raise NotYours
    _retire(taken, on)
    Boundary.objects.bulk_create(laid, batch_size=500)
    BoundaryFile.objects.filter(id=file_id).delete()
    facts = {"areas": len(laid), "left_out": len(file.areas) - len(laid)}
    return Line(place=file.place, subject=file_id, subject_kind="boundary_file", facts=facts, answer=facts)


@action("places.boundary_file_snapped", power="places.edit", facts=("areas",))
def snap_boundaries(scope: Scope, act: Act, *, file_id: UUID, rows: tuple[int, ...]) -> Line:
    """Fit areas of a file that waits to their neighbours and parents, one after the other, before they are taken in.

    To neighbours outside the file, to areas that were not chosen, and to those fitted before is left what they hold.

    Refuses: NotFound once the file is gone; BadInput where none is chosen, and where neighbours hold all of one.
    """
    file = bounds.boundary_file(scope, file_id)
    read = {one.place: shapes.read(one.area.shape) for one in file.areas if one.place is not None and one.area.shape}
    chosen = {one.place: one.area for one in file.areas if one.place is not None and one.area.row in set(rows)}
    if not chosen:
        raise BadInput(N_("Choose at least one area."))
    fitted: dict[int, Shape] = {}
    for family in bounds.families(scope, read):
        parent = fitted.get(family.of, family.parent)
        held = {code: shape for code, shape in family.shapes.items() if shape is not None and code not in chosen}
        for code in sorted(family.shapes.keys() & chosen.keys()):
            fitted[code] = held[code] = _snapped(read[code], held, parent, chosen[code].row)
    areas = {
        area.row: replace(area, shape=shapes.written(fitted[place]), parts=shapes.parts(fitted[place]), snapped=True)
        for place, area in chosen.items() if place in fitted
    }  # fmt: skip
    kept = [asdict(areas.get(one.area.row, one.area)) for one in file.areas]
    BoundaryFile.objects.filter(id=file_id).update(areas=kept)
    facts = {"areas": len(areas)}
    return Line(place=file.place, subject=file_id, subject_kind="boundary_file", facts=facts, answer=facts)


def _snapped(own: Shape, held: Mapping[int, Shape], parent: Shape | None, row: int) -> Shape:
    """Fitted to what neighbours hold."""
    found = boundaries.snapped(own, held.values(), parent, SNAP_M)
    kept = shapes.read(shapes.written(found)) if found is not None else None
    if kept is None or shapes.flaw(kept) is not None:
        raise BadInput(
            N_("Nothing is left of the area in row %(row)s: it lies outside its parent, or neighbours hold all of it."),
            row=row,
        )
    return kept


@action("places.boundary_file_dropped", power="places.edit")
def drop_boundary_file(scope: Scope, act: Act, *, file_id: UUID) -> Line:
    """Forget a file of boundaries that nobody takes in. Refuses: NotFound once it is gone."""
    row = bounds.boundary_file(scope, file_id)
    BoundaryFile.objects.filter(id=file_id).delete()
    return Line(place=row.place, subject=file_id, subject_kind="boundary_file")


@action("places.boundary_files_swept", power="places.edit", facts=("files",), kinds=("clock",))
def sweep_boundary_files(scope: Scope, act: Act, *, place: int) -> Line:
    """Forget the files of a place that nobody decided about within a day."""
    gone, _by = BoundaryFile.objects.filter(at__lt=act.at - KEPT).delete()
    return Line(place=place, facts={"files": gone}, answer={"files": gone})


# derived


@action("places.cells_derived", power="places.edit", facts=("code", "cells"), kinds=("post", "clock"))
def derive_cells(scope: Scope, act: Act, *, parent: int, spots: Spots) -> Line:
    """Divide a place among its children that have no boundary of their own, by where dwellings stand.

    The land is the parent's boundary less those that children have; without one
    a field around the dwellings. A grid that alone serves natural villages is
    those together. Made anew in place of what was derived before.

    Refuses: NotYours outside the scope; WrongState for a place that holds none.
    """
    found = locked_place(scope, parent)
    if found.level not in LAID_OUT:
        raise WrongState(N_("Nothing is laid out within such a place."))
    made = sum(_cells_of(scope, act, parent, level, spots) for level in LAID_OUT[found.level])
    facts = {"code": parent, "cells": made}
    return Line(place=parent, subject_kind="place", facts=facts, answer=facts)


def _cells_of(scope: Scope, act: Act, parent: int, level: str, spots: Spots) -> int:
    """Derive the boundaries of one level; answers how many, none where they would be as they are now."""
    planned = cells.plan(scope, parent, level, spots.at)
    if not planned.stale:
        return 0
    how = _How("derived", today_of(scope, act), planned.basis)
    Boundary.objects.filter(place__in=planned.codes, source="derived", valid_to=None).delete()
    made = planned.cells().items()
    good = [_lay(act, scope, code, shape, how) for code, shape in made if shapes.flaw(shape) is None]
    Boundary.objects.bulk_create(good, batch_size=500)
    return len(good)
