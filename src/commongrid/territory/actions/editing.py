"""Places inside villages, edited by those whose post holds the village."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal.actions import Line, action
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.places import below_village, interval, level_of, next_sequence, village_of
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.territory import queries
from commongrid.territory.actions.holding import locked_place, today_of
from commongrid.territory.models import FormerName, GridCover, Place, Succession
from commongrid.territory.rules.editing import Named, check_covers, may_have_own_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


HELD_GRID: Final = N_(
    "%(count)s households belong to this grid. Divide the grids of the village anew: the proposal gives each household "
    "another grid, and ends this one."
)
HELD: Final = N_(
    "%(count)s households belong here. This place can end once each of them has ended or belongs elsewhere."
)


def _begin(scope: Scope, act: Act, village: int, level: str, named: Named, kind: str = "") -> Place:
    """The next place inside a village, with the next number that was never given."""
    if level_of(village) != "village":
        raise BadInput(N_("Only an administrative village or community holds grids and natural villages."))
    locked_place(scope, village)
    lo, hi = interval(village)
    taken = list(Place.objects.within(lo + 1, hi).values_list("code", "level", "name", "valid_to"))
    cleaned = named.cleaned()
    if any(other == level and name == cleaned.name and ended is None for _code, other, name, ended in taken):
        raise BadInput(fields={"name": N_("The village already has one of this name.")})
    code = below_village(village, next_sequence(each[0] - village for each in taken))
    return Place.objects.create(
        code=code, level=level, kind=kind, name=cleaned.name, name_en=cleaned.name_en,
        initials=initials(cleaned.name, place=True), sort_key=sort_key(cleaned.name, place=True),
        parent=village, valid_from=today_of(scope, act),
    )  # fmt: skip


@action("places.natural_village_added", power="places.edit", facts=("code",), kinds=("post", "clock"))
def add_natural_village(scope: Scope, act: Act, *, village: int, named: Named) -> Line:
    """Add a natural village (自然村) to a village, with the next number of its sequence.

    Refuses: NotYours outside the scope; WrongState when the village has ended;
    BadInput for a name that is empty, too long or taken, and when no number is
    left.
    """
    code = _begin(scope, act, village, "natural_village", named).code
    return Line(place=code, subject_kind="place", facts={"code": code}, answer={"code": code})


@action("places.villager_group_added", power="places.edit", facts=("code",), kinds=("post", "clock"))
def add_villager_group(scope: Scope, act: Act, *, village: int, named: Named) -> Line:
    """Add a villager group (村民小组) to a village, with the next number of its sequence.

    Refuses: as ``add_natural_village``.
    """
    code = _begin(scope, act, village, "villager_group", named).code
    return Line(place=code, subject_kind="place", facts={"code": code}, answer={"code": code})


@action("places.grid_added", power="places.edit", facts=("code", "covers"), kinds=("post", "clock"))
def add_grid(
    scope: Scope, act: Act, *, village: int, named: Named, kind: str = "general", covers: tuple[int, ...] = ()
) -> Line:
    """Add a grid (网格) to a village and say which natural villages and groups it serves.

    ``kind`` is "general" or "dedicated" (专属网格: a school, market or company).

    Refuses: as ``add_natural_village``; BadInput for an unknown kind, and for
    sets that are none, ended, grids themselves or of another village.
    """
    check_covers(village, covers, kind)
    grid = _begin(scope, act, village, "grid", named, kind)
    _open_covers(act, grid.code, covers, grid.valid_from)
    return Line(
        place=grid.code, subject_kind="place", facts={"code": grid.code, "covers": list(covers)},
        answer={"code": grid.code},
    )  # fmt: skip


def _open_covers(act: Act, grid: int, covers: Iterable[int], on: date) -> None:
    wanted = sorted(set(covers))
    there = Place.objects.in_force().filter(code__in=wanted, level__in=("natural_village", "villager_group"))
    if set(there.values_list("code", flat=True)) != set(wanted):
        raise BadInput(fields={"covers": N_("Choose natural villages and groups that exist now.")})
    GridCover.objects.bulk_create(
        GridCover(id=act.child(f"cover {code}").id, grid=grid, covered=code, valid_from=on) for code in wanted
    )


@action("places.grid_redrawn", power="places.edit", facts=("code", "covers"))
def cover(scope: Scope, act: Act, *, grid: int, covers: tuple[int, ...]) -> Line:
    """Say anew which natural villages and groups a grid serves; the former division stays in history.

    Refuses: NotYours outside the scope; WrongState unless a grid in force;
    BadInput as ``add_grid``.
    """
    found = locked_place(scope, grid)
    if found.level != "grid":
        raise WrongState(N_("Only a grid serves other places."))
    village = village_of(grid)
    check_covers(village or 0, covers, found.kind or "general")
    today = today_of(scope, act)
    current = GridCover.objects.filter(grid=grid, valid_to=None)
    kept = set(current.filter(covered__in=covers).values_list("covered", flat=True))
    current.exclude(covered__in=kept).update(valid_to=today)
    _open_covers(act, grid, set(covers) - kept, today)
    return Line(place=grid, subject_kind="place", facts={"code": grid, "covers": sorted(covers)}, answer={"code": grid})


@action("places.renamed", power="places.edit", facts=("code",))
def rename_place(scope: Scope, act: Act, *, code: int, named: Named) -> Line:
    """Rename a place inside a village; of a village and above only the English name is ours.

    The former name stays in the place's history.

    Refuses: NotYours outside the scope; WrongState when it has ended; BadInput
    for a bad or taken name, or another Chinese name than the national list's.
    """
    found = locked_place(scope, code)
    cleaned = named.cleaned()
    if cleaned.name != found.name:
        if not may_have_own_name(found.level):
            raise BadInput(
                fields={"name": N_("This name comes from the national list; it changes by importing a new list.")}
            )
        taken = Place.objects.in_force().filter(parent=found.parent, level=found.level, name=cleaned.name)
        if taken.exists():
            raise BadInput(fields={"name": N_("The village already has one of this name.")})
    if (cleaned.name, cleaned.name_en) != (found.name, found.name_en):
        FormerName.objects.create(
            id=act.id, place=code, name=found.name, name_en=found.name_en, until=today_of(scope, act)
        )
        Place.objects.filter(code=code).update(
            name=cleaned.name, name_en=cleaned.name_en,
            initials=initials(cleaned.name, place=True), sort_key=sort_key(cleaned.name, place=True),
        )  # fmt: skip
    return Line(place=code, subject_kind="place", facts={"code": code}, answer={"code": code})


@action("places.ended", power="places.edit", facts=("code",))
def end_place(scope: Scope, act: Act, *, code: int, carried_by: int | None = None) -> Line:
    """End a natural village, group or grid; its code is never used again.

    What was recorded there stays recorded there. What a grid served is free, or
    served by the grid that carries it on. Villages and above end only by
    importing a new list.

    Refuses: NotYours outside the scope; WrongState when it has ended already,
    for a village or above, while a household belongs to it, and for a set that
    is the only one its grid serves; BadInput where ``carried_by`` is no other grid of the village.
    """
    found = locked_place(scope, code)
    if not may_have_own_name(found.level):
        raise WrongState(N_("Villages, townships and counties end only by importing a new list."))
    if count := queries.kept_up_by(scope, code):
        raise WrongState(HELD_GRID if found.level == "grid" else HELD, count=count)
    today = today_of(scope, act)
    covers = GridCover.objects.filter(valid_to=None)
    served = covers.filter(covered=code)
    for grid in served.values_list("grid", flat=True):
        if covers.filter(grid=grid).count() == 1:
            raise WrongState(N_("A grid serves only this place. Let that grid serve others first, or end it."))
    served.update(valid_to=today)
    if carried_by is not None:
        _carry_on(scope, act, found, carried_by, today)
    covers.filter(grid=code).update(valid_to=today)
    Place.objects.filter(code=code).update(valid_to=max(today, found.valid_from))
    return Line(place=code, subject_kind="place", facts={"code": code}, answer={"code": code})


def _carry_on(scope: Scope, act: Act, ended: Place, by: int, today: date) -> None:
    """Another grid of the village follows an ended one and serves what it served."""
    if ended.level != "grid" or by not in {one.code for one in queries.heirs(scope, ended.code)}:
        raise BadInput(fields={"carried_by": N_("Choose another grid of this village.")})
    Succession.objects.create(id=act.child("succession").id, old=ended.code, new=by, on=today)
    current = GridCover.objects.filter(valid_to=None)
    serves = set(current.filter(grid=by).values_list("covered", flat=True))
    _open_covers(act, by, set(current.filter(grid=ended.code).values_list("covered", flat=True)) - serves, today)
