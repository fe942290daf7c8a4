"""Barriers and bridges: drawn on the map of a village, taken away again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line as Told
from commongrid.journal.actions import action
from commongrid.kernel.places import level_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.territory import queries
from commongrid.territory.models import Barrier
from commongrid.territory.queries.boundaries import outlines
from commongrid.territory.rules.barring import BARRIERS, read_line

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

LONGEST, MOST = 60, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A barrier or bridge as drawn: its sort, its name, GeoJSON text in WGS 84."""

    sort: str
    shape: str
    name: str = ""


@action("places.barrier_drawn", power="grids.divide", facts=("sort",), kinds=("post", "clock"))
def draw_barrier(scope: Scope, act: Act, *, village: int, drawn: Line) -> Told:
    """Draw a line that nobody walks across, or a way over one.

    Refuses: NotYours for a village out of scope; BadInput for an unknown sort, a name that is too long or a line that
    can't be read or lies elsewhere; WrongState where a village has a hundred of them.
    """
    if level_of(village) != "village" or not queries.covers_whole(scope, village):
        raise NotYours
    if drawn.sort not in BARRIERS:
        raise BadInput(fields={"sort": N_("Choose one of the list.")})
    name = " ".join(drawn.name.split())
    if len(name) > LONGEST or not name.isprintable():
        raise BadInput(fields={"name": N_("A name has at most 60 characters.")})
    own = outlines(scope, [village]).get(village)
    points = read_line(drawn.shape, own.box if own else None)
    if Barrier.objects.filter(place=village, valid_to=None).count() >= MOST:
        raise WrongState(N_("This village has a hundred barriers. Take away those that are none any more."))
    today = queries.calendar(scope).day_of(act.at)
    Barrier.objects.create(
        id=act.id, place=village, sort=drawn.sort, name=name, by=scope.post, valid_from=today,
        line={"type": "LineString", "coordinates": points},
    )  # fmt: skip
    return Told(
        place=village, subject=act.id, subject_kind="barrier", facts={"sort": drawn.sort}, answer={"barrier": act.id}
    )


@action("places.barrier_removed", power="grids.divide", kinds=("post", "clock"))
def remove_barrier(scope: Scope, act: Act, *, barrier_id: UUID) -> Told:
    """Take a barrier or bridge away; it stays in the history. Refuses: NotYours out of scope; WrongState once gone."""
    found = Barrier.objects.select_for_update().filter(id=barrier_id).first()
    if found is None or not queries.covers_whole(scope, found.place):
        raise NotYours
    if found.valid_to is not None:
        raise WrongState(N_("This line was taken away already."))
    found.valid_to = max(queries.calendar(scope).day_of(act.at), found.valid_from)
    found.save(update_fields=["valid_to"])
    return Told(place=found.place, subject=found.id, subject_kind="barrier", answer={"barrier": found.id})
