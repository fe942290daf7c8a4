"""Barriers, bridges and roads: drawn on the map of a village, roads also taken in from a file; taken away again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line as Told
from commongrid.journal.actions import action
from commongrid.kernel.places import interval, level_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.territory import queries
from commongrid.territory.models import Barrier, Place
from commongrid.territory.queries.boundaries import outlines
from commongrid.territory.rules.barring import BARRIERS, Point, read_line, shared_out

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

LONGEST, MOST, MOST_POINTS = 60, 100, 20_000
SEVERAL = "MultiLineString"


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


@action("places.roads_imported", power="places.edit", facts=("villages", "lines"))
def import_roads(scope: Scope, act: Act, *, place: int, name: str, roads: tuple[tuple[Point, ...], ...]) -> Told:
    """Give the villages of a place the roads of a file that lead through or past them, instead of an earlier file's.

    A village without any boundary gets none, nor does one that the file does not reach; what it has stays.

    Refuses: NotYours for a place out of scope; BadInput where no village is reached or one has too many points.
    """
    if not queries.covers_whole(scope, place):
        raise NotYours
    villages = Place.objects.in_force().filter(code__range=interval(place), level="village")
    own = outlines(scope, villages.values_list("code", flat=True))
    found = shared_out(roads, {village: one.box for village, one in own.items()})
    if not found:
        raise BadInput(N_("These roads lie near none of the villages here. Longitude comes first; look at the datum."))
    if max(sum(map(len, lines)) for lines in found.values()) > MOST_POINTS:
        text = N_("The roads of one village have more than %(most)s points. Make them simpler.")
        raise BadInput(text, most=MOST_POINTS)
    today = queries.calendar(scope).day_of(act.at)
    former = Barrier.objects.filter(place__in=found, sort="road", line__type=SEVERAL, valid_to=None)
    former.update(valid_to=today)
    Barrier.objects.bulk_create(
        Barrier(
            id=act.child(f"roads {village}").id, place=village, sort="road", name=name[:LONGEST], by=scope.post,
            valid_from=today, line={"type": SEVERAL, "coordinates": lines},
        )
        for village, lines in found.items()
    )  # fmt: skip
    facts = {"villages": len(found), "lines": len(roads)}
    return Told(place=place, subject_kind="place", facts=facts, answer=facts)


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
