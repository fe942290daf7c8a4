"""Households that are served from another grid, by a division, by hand or by a list: what is theirs goes along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import F, Q

from commongrid.journal.acting import handing_over
from commongrid.journal.actions import Line, action
from commongrid.kernel.places import interval, village_of
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry.actions.desk import OF, Desk, change, desk, home
from commongrid.registry.actions.people import refuse_place
from commongrid.registry.models import (
    ChangeRequest,
    Correction,
    Flag,
    HardshipFlag,
    Household,
    Membership,
    Organisation,
    Person,
    Site,
    Stay,
    Thing,
)
from commongrid.registry.rules.facts import Told
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

OF_A_HOME: Final[tuple[tuple[Any, str], ...]] = (
    (Person, "household__in"), (Stay, "household__in"), (Flag, "household__in"), (HardshipFlag, "household__in"),
    (ChangeRequest, "household__in"), (Thing, "household__in"),
)  # fmt: skip
"""Tables whose rows lie where the household of a column does."""
AROUND: Final[tuple[Any, ...]] = (
    Person, Site, Thing, Organisation, Membership, Stay, Flag, HardshipFlag, ChangeRequest, Household,
)  # fmt: skip
"""Tables that may hold rows of a grid which belong to none of its homes; the household last: one that has ended."""
DATED: Final = (Stay, Flag, HardshipFlag)
"""Of these what is over stays where it was, so that the past is counted as before."""
SOURCE: Final = "网格划分"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrid:
    """Which homes are served from which grid from now on, and to which grid goes what no home of an ended one takes."""

    homes: tuple[tuple[UUID, int], ...]
    rest: tuple[tuple[int, int], ...]
    on: date


@dataclass(slots=True)
class _Rows:
    """Corrections of one act, numbered."""

    act: Act
    on: date
    made: list[Correction]

    def add(self, record: Household | Organisation, to: int) -> None:
        """That a household or an organisation was moved from one grid to another."""
        number = len(self.made) + 1
        of = record.id if isinstance(record, Household) else None
        self.made.append(
            Correction(
                id=self.act.child(f"row {number}").id, act=self.act.id, no=number, of=OF[type(record)],
                subject=record.id, place=to, household=of, field="place", before=str(record.place), after=str(to),
                since_on=self.on, source=SOURCE, at=self.act.at,
            )
        )  # fmt: skip


@action("registry.homes_regridded", power="grids.divide", facts=("homes", "on"), kinds=("clock",))
def regrid(scope: Scope, act: Act, *, village: int, to: Regrid) -> Line:
    """Homes of a village are served from other grids from a day on; who lives there and what holds now goes along.

    What lies in an ended grid and belongs to none of its homes goes where its nearest home went if it has a point, else
    to the grid that carries the ended one on. Stays and flags that are over, former values of fields, matters and the
    journal stay where they were; the new grid reads the former values too.

    Refuses: NotYours for a grid or home of another village.
    """
    inside = interval(village)
    wanted = dict(to.homes)
    if not all(inside.holds(code) for code in (*wanted.values(), *(code for pair in to.rest for code in pair))):
        raise NotYours
    homes = list(Household.objects.select_for_update(of=("self",)).filter(id__in=wanted, place__range=inside))
    if len(homes) != len(wanted):
        raise NotYours
    rows, by_grid = _Rows(act, to.on, []), defaultdict(list)
    for one in sorted(homes, key=lambda each: each.id):
        if one.place != wanted[one.id]:
            rows.add(one, wanted[one.id])
            by_grid[wanted[one.id]].append(one.id)
    for code, moved in by_grid.items():
        Household.objects.filter(id__in=moved).update(place=code, version=F("version") + 1)
        _move(moved, code, to.on)
    count, around = len(rows.made), _nearest(homes, wanted)
    for was, then in to.rest:
        _carry_rest(was, then, around, rows)
    Correction.objects.bulk_create(rows.made, batch_size=500)
    return Line(
        place=village, subject_kind="household", facts={"homes": count, "on": to.on}, answer={"homes": count},
    )  # fmt: skip


@action("registry.grid_carried", power="places.edit", facts=("from_place", "on"))
def carry_grid(scope: Scope, act: Act, *, grid: int, to: int, on: date) -> Line:
    """What lies in a grid that ends without homes goes to another: sites, things, organisations, and what still holds.

    Marks of hardship that the editor doesn't see go along with their people.

    Refuses: NotYours for grids out of scope, or of two villages.
    """
    if not (scope.covers(grid) and scope.covers(to)) or village_of(grid) != village_of(to):
        raise NotYours
    rows = _Rows(act, on, [])
    with handing_over(scope, *interval(village_of(grid) or grid), powers=(HARDSHIP,)):
        _carry_rest(grid, to, [], rows)
    Correction.objects.bulk_create(rows.made, batch_size=500)
    return Line(place=to, subject_kind="place", facts={"from_place": grid, "on": on}, answer={"rows": len(rows.made)})


@action("registry.household_served", power="people.edit", kinds=("post", "clock"))
def serve_from(scope: Scope, act: Act, *, household_id: UUID, place: int, told: Told) -> Line:
    """One household is served from another grid of its village from a day on; what holds of it now goes along.

    Its contact and helpers follow behind the journal, as after a division.

    Refuses: NotYours out of scope; WrongState where it has ended or was changed meanwhile; BadInput for what is no grid
    of its village today, or the one that serves it, and for a day before one of the two grids or the last such change.
    """
    at = desk(scope, act, told)
    of = home(at, household_id, seen=told.seen)
    refuse_place(scope, place, ("grid",))
    if village_of(place) != village_of(of.place):
        raise BadInput(fields={"place": N_("Choose a grid of the same village.")})
    if of.place == place:
        raise BadInput(fields={"place": N_("The household is served from this grid already.")})
    _refuse_before(at, of, place)
    change(at, of, place=place)
    carry_homes(scope, {of.id: place}, told.on)
    return Line(place=of.place, subject=of.id, subject_kind="household", answer={"household": of.id})


def _refuse_before(at: Desk, of: Household, place: int) -> None:
    """Refuse a day on which a grid did not exist, or the household was served from a third: what was counted stays."""
    moved = Correction.objects.stood().filter(subject=of.id, field="place").order_by("-at", "-no")
    days = [row.valid_from for row in territory.places(at.scope, [of.place, place]).values()]
    since = max([*days, *moved.values_list("since_on", flat=True)[:1]])
    if at.on < since:
        raise BadInput(
            fields={"on": N_("Before %(since)s one of the two grids did not exist, or the household was served from "
                             "another. Choose that day or a later one.")},
            since=since.isoformat(),
        )  # fmt: skip


def carry_homes(scope: Scope, to: Mapping[UUID, int], on: date) -> None:
    """What holds of homes from a day on, unseen marks of hardship too, lies where they are served from since.

    Refuses: WrongState for a grid that has ended, where homes were served from before.
    """
    by_grid = defaultdict(list)
    for one, code in to.items():
        by_grid[code].append(one)
    if any(row.ended for row in territory.places(scope, by_grid).values()):
        raise WrongState(N_("The grid that served the household before has ended. Choose another one for it."))
    for code, homes in by_grid.items():
        with handing_over(scope, *interval(village_of(code) or code), powers=(HARDSHIP,)):
            _move(homes, code, on)


def _move(homes: Collection[UUID], code: int, on: date) -> None:
    for table, column in OF_A_HOME:
        _going_on(table, on).filter(**{column: homes}).update(place=code)
    dwellings = Household.objects.filter(id__in=homes, dwelling__isnull=False)
    Site.objects.filter(id__in=dwellings.values("dwelling")).update(place=code)


def _nearest(homes: Collection[Household], wanted: dict[UUID, int]) -> list[tuple[float, float, int]]:
    return [(one.lon, one.lat, wanted[one.id]) for one in homes if one.lon is not None and one.lat is not None]


def _carry_rest(was: int, then: int, around: list[tuple[float, float, int]], rows: _Rows) -> None:
    for site in Site.objects.filter(Q(lon__isnull=False), place=was) if around else ():
        near = min(around, key=lambda one: (one[0] - (site.lon or 0)) ** 2 + (one[1] - (site.lat or 0)) ** 2)
        Site.objects.filter(id=site.id).update(place=near[2])
        Thing.objects.filter(site=site.id, household=None, place=was).update(place=near[2])
    left: list[Household | Organisation] = [
        *Household.objects.filter(place=was), *Organisation.objects.filter(place=was)
    ]  # fmt: skip
    for record in left:
        rows.add(record, then)
    for table in AROUND:
        _going_on(table, rows.on).filter(place=was).update(place=then)


def _going_on(table: Any, on: date) -> Any:
    return table.objects.filter(Q(to_on=None) | Q(to_on__gt=on)) if table in DATED else table.objects
