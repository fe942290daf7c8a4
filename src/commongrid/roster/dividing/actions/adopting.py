"""Proposals decided: adopted from a day on, called off, carried out by the clock on that day, dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.registry.actions import Regrid, regrid
from commongrid.registry.models import Household
from commongrid.registry.queries import points
from commongrid.roster.dividing.actions.drawing import locked_division
from commongrid.roster.dividing.actions.seating import fill_seats
from commongrid.roster.dividing.models import Division, DivisionGrid, DivisionHome, DivisionSeat
from commongrid.roster.dividing.queries.divisions import moved_since
from commongrid.roster.dividing.queries.material import grids_today, living
from commongrid.roster.dividing.rules.words import refuse_move
from commongrid.roster.models import Assignment
from commongrid.territory import queries as territory
from commongrid.territory.actions import NewGrid, Redivision, Spots, derive_cells, redivide
from commongrid.territory.models import Place

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

STALE = N_(
    "The proposal no longer fits %(count)s of this village's households: they moved, ended or came since it was worked "
    "out. Have it worked out anew; what is locked stays."
)
ANOTHER = N_("Another proposal of this village is adopted already. Call that one off first.")


@action("roster.division_adopted", power="grids.divide", facts=("on", "moved"), kinds=("post", "clock"))
def adopt(scope: Scope, act: Act, *, division_id: UUID, on: date) -> Line:
    """Make a proposal hold from a day on: the clock carries it out then, today's grids stay until that day.

    Refuses: NotYours out of scope; BadInput for a day before today or more than a year ahead; WrongState unless it is
    ready, where another is adopted, where households have changed since, and where it changes nothing.
    """
    found = locked_division(scope, division_id)
    refuse_move(found.state, "adopt")
    today = territory.calendar(scope).day_of(act.at)
    if not 0 <= (on - today).days <= 366:  # noqa: PLR2004 - days of a year
        raise BadInput(fields={"on": N_("Today or later, at most a year ahead.")})
    Place.objects.select_for_update().filter(code=found.place).first()  # of two at once the second is told
    if Division.objects.filter(place=found.place, state="adopted").exists():
        raise WrongState(ANOTHER)
    if count := moved_since(scope, found.id, found.place):
        raise WrongState(STALE, count=count)
    if not found.drawn.filter(same=False).exists():
        raise WrongState(N_("This proposal leaves every grid as it is. There is nothing to adopt."))
    found.state, found.adopts_on, found.adopted_by = "adopted", on, scope.post
    found.save()
    changes = found.figures.get("changed", 0)
    return Line(
        place=found.place, subject=found.id, subject_kind="division", facts={"on": on, "moved": changes},
        answer={"division": found.id},
    )  # fmt: skip


@action("roster.division_called_off", power="grids.divide", kinds=("post", "clock"))
def call_off(scope: Scope, act: Act, *, division_id: UUID) -> Line:
    """Take an adoption back before its day; the proposal can be changed and adopted again. Grids stay as they are.

    Whoever was planned for its grids stays planned.

    Refuses: NotYours out of scope; WrongState unless it is adopted and not carried out yet.
    """
    found = locked_division(scope, division_id)
    refuse_move(found.state, "call off")
    found.state, found.adopts_on, found.adopted_by = "ready", None, None
    found.save()
    return Line(place=found.place, subject=found.id, subject_kind="division", answer={"division": found.id})


@action("roster.division_dropped", power="grids.divide")
def drop(scope: Scope, act: Act, *, division_id: UUID) -> Line:
    """Drop a proposal: it never becomes grids.

    Refuses: NotYours out of scope; WrongState once it is adopted or over.
    """
    found = locked_division(scope, division_id)
    refuse_move(found.state, "drop")
    found.state, found.ended_at = "dropped", act.at
    found.save()
    DivisionSeat.objects.filter(grid__division=found).delete()
    return Line(place=found.place, subject=found.id, subject_kind="division", answer={"division": found.id})


@action(
    "roster.division_done",
    power="grids.divide",
    facts=("begun", "ended", "kept", "homes", "posts", "left_out"),
    kinds=("clock",),
)
def carry_out(scope: Scope, act: Act, *, division_id: UUID, without: tuple[UUID, ...] = ()) -> Line:
    """Carry an adopted proposal out: grids end and begin, households move, links and helpers stand where they are now.

    Grids with the same households stay, with their code; those without any end. Households that came, moved or ended
    since the adoption do not stop it: who came later goes to the grid of the nearest neighbour in the proposal. Whoever
    was planned for a grid is appointed, or moved there, save those who can't be any more and the seats in ``without``.
    Other posts of ended grids stay until somebody moves or ends them, so that what lies there keeps who answers for it.

    Refuses: WrongState unless it is adopted and its day has come. Raises: Unseated for a seat to be left out.
    """
    found = locked_division(scope, division_id)
    today = territory.calendar(scope).day_of(act.at)
    if found.state != "adopted" or found.adopts_on is None or found.adopts_on > today:
        raise WrongState
    grids = list(found.drawn.select_for_update())
    homes = _as_they_are(scope, found, grids)
    general = {code for code, divided in grids_today(scope, found.place).items() if divided}
    kept, changed = _kept(grids, homes, general)
    ends = tuple(sorted(general - kept.keys())) if homes else ()
    change = Redivision(on=today, ends=ends, begins=_begins(changed, homes, set(ends)))
    begun: Mapping[str, Any] = {"codes": {}, "carries": {}}
    if change.ends or change.begins:
        begun = redivide(scope, act.child("grids"), village=found.place, change=change)
    codes = {UUID(key): int(code) for key, code in begun["codes"].items()}
    codes |= {grid.id: code for code, grid in kept.items()}
    for one in grids:
        one.became = codes.get(one.id)
    DivisionGrid.objects.bulk_update(grids, ["became"])
    to = {home: codes[grid] for home, (grid, _now) in homes.items()}
    rest = tuple((int(was), int(code)) for was, code in begun["carries"].items())
    moved = regrid(
        scope, act.child("homes"), village=found.place, to=Regrid(homes=tuple(sorted(to.items())), rest=rest, on=today)
    )
    _carry_assignments(to, today)
    spots = tuple(points.dwellings(scope, found.place))
    derive_cells(scope, act.child("cells"), parent=found.place, spots=Spots(at=spots))
    posts, left = fill_seats(scope, act, found, today, ends=ends, without=without)
    found.state, found.ended_at = "done", act.at
    found.save()
    facts = {
        "begun": len(changed), "ended": len(ends), "kept": len(kept), "homes": moved["homes"], "posts": posts,
        "left_out": left,
    }  # fmt: skip
    return Line(place=found.place, subject=found.id, subject_kind="division", facts=facts, answer=facts)


@action("roster.division_not_done", power="grids.divide", kinds=("clock",))
def give_up(scope: Scope, act: Act, *, division_id: UUID) -> Line:
    """Say on an adopted proposal that it could not be carried out on its day; it can be worked out anew.

    Refuses: NotYours out of scope; WrongState unless it is adopted.
    """
    found = locked_division(scope, division_id)
    if found.state != "adopted":
        raise WrongState
    found.state, found.fault, found.adopts_on, found.adopted_by = "failed", "not_done", None, None
    found.save()
    return Line(place=found.place, subject=found.id, subject_kind="division", answer={"division": found.id})


def _as_they_are(scope: Scope, found: Division, grids: Sequence[DivisionGrid]) -> dict[UUID, tuple[UUID, int]]:
    """Each living household with its grid of the proposal and its place today."""
    general = grids_today(scope, found.place)
    rows = {one.household_id: one for one in DivisionHome.objects.filter(division=found)}
    living_now = [one for one in living(found.place).order_by("id") if general.get(one.place, True)]
    placed = [one for one in living_now if one.id in rows]
    return {
        one.id: (rows[one.id].grid_id if one.id in rows else _beside(one, placed, rows) or grids[0].id, one.place)
        for one in living_now
    }


def _beside(home: Household, placed: Sequence[Household], rows: Mapping[UUID, DivisionHome]) -> UUID | None:
    """The grid of the nearest neighbour, of the same natural village where there is one."""
    near = [one for one in placed if one.natural_village == home.natural_village] or placed

    def away(one: Household) -> float:
        if None in (one.lon, one.lat, home.lon, home.lat):
            return 0.0
        return (one.lon - home.lon) ** 2 + (one.lat - home.lat) ** 2  # type: ignore[operator]

    best = min(near, key=away, default=None)
    return rows[best.id].grid_id if best else None


def _kept(
    grids: Sequence[DivisionGrid], homes: Mapping[UUID, tuple[UUID, int]], general: set[int]
) -> tuple[dict[int, DivisionGrid], list[DivisionGrid]]:
    """The grids that stay, by code, and those that begin; one without any household left does neither."""
    then: dict[UUID, set[UUID]] = defaultdict(set)
    now: dict[int, set[UUID]] = defaultdict(set)
    for home, (grid, place) in homes.items():
        then[grid].add(home)
        now[place].add(home)
    kept = {
        one.code: one
        for one in grids
        if one.code is not None and one.code in general and then[one.id] and then[one.id] == now[one.code]
    }
    return kept, [one for one in grids if then[one.id] and one not in kept.values()]


def _begins(
    changed: Sequence[DivisionGrid], homes: Mapping[UUID, tuple[UUID, int]], ends: set[int]
) -> tuple[NewGrid, ...]:
    """What each new grid serves, and how many homes it takes from which that ends."""
    serves: dict[UUID, set[int]] = defaultdict(set)
    takes: dict[UUID, Counter[int]] = defaultdict(Counter)
    lived = Household.objects.filter(id__in=homes).values_list("id", "natural_village", "villager_group")
    for home, hamlet, group in lived:
        grid, place = homes[home]
        serves[grid] |= {hamlet} | ({group} if group else set())
        if place in ends:
            takes[grid][place] += 1
    return tuple(
        NewGrid(
            key=one.id, covers=tuple(sorted(serves[one.id])), takes=tuple(sorted(takes[one.id].items())),
            named=one.code if one.code in ends else None,
        )
        for one in changed
    )  # fmt: skip


def _carry_assignments(to: Mapping[UUID, int], today: date) -> None:
    """Contacts and helpers stand where their households are now."""
    by_grid = defaultdict(list)
    for home, code in to.items():
        by_grid[code].append(home)
    open_ones = Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=today))
    for code, homes in by_grid.items():
        open_ones.filter(household__in=homes).exclude(place=code).update(place=code)
