"""A village divided anew: grids that end, grids that begin with codes of their own, and what became of which."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from commongrid.journal.actions import Line, action
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.places import below_village, interval, level_of, next_sequence
from commongrid.kernel.refusals import N_, BadInput, NotYours, WrongState
from commongrid.territory import queries
from commongrid.territory.models import Boundary, GridCover, Place, Succession
from commongrid.territory.rules.redividing import names_of, who_carries_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrid:
    """A grid that begins: a key of the caller's, what it serves, and how many homes it takes from which grid.

    ``named`` is the grid whose name it bears on with another number, or none.
    """

    key: UUID
    covers: tuple[int, ...]
    takes: tuple[tuple[int, int], ...] = ()
    named: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redivision:
    """What changes in a village on a day: the grids that end and those that begin."""

    on: date
    ends: tuple[int, ...]
    begins: tuple[NewGrid, ...]


@action("places.redivided", power="grids.divide", facts=("on", "begun", "ended"), kinds=("clock",))
def redivide(scope: Scope, act: Act, *, village: int, change: Redivision) -> Line:
    """Divide a village anew from a day on; the answer names the code of each new grid and who carries an old one on.

    Codes are the next that were never given. An ended grid leaves a succession to each new one that takes homes of it;
    what it alone served goes to the one that takes most, or near which it lay if it had none. Boundaries of ended grids
    become history.

    Refuses: NotYours out of scope; WrongState where a grid has ended meanwhile; BadInput where no grid would be left or
    the village has no codes left.
    """
    if level_of(village) != "village" or not queries.covers_whole(scope, village):
        raise NotYours
    Place.objects.select_for_update().get(code=village)
    old = list(Place.objects.in_force().select_for_update().filter(code__in=change.ends, level="grid", parent=village))
    if len(old) != len(set(change.ends)):
        raise WrongState(N_("A grid of this proposal has ended meanwhile. Work the proposal out anew."))
    stay = Place.objects.in_force().filter(level="grid", parent=village).exclude(code__in=change.ends)
    stays = set(stay.exclude(kind="dedicated").values_list("code", flat=True))
    if not change.begins and not stays:
        raise BadInput(N_("No grid would be left."))
    on = change.on
    old_names = {one.code: one.name for one in old}
    Place.objects.filter(code__in=change.ends).update(valid_to=on)
    new = _begun(scope, village, change, old_names)
    served, serves = _served(change.ends), _served(stays)
    serves |= {code: set(one.covers) for code, one in zip(new, change.begins, strict=True)}
    takes = {code: dict(one.takes) for code, one in zip(new, change.begins, strict=True)}
    carries = who_carries_on(takes, served, serves)
    pairs = {(was, code) for code, taken in takes.items() for was in taken if was in served} | {*carries.items()}
    Succession.objects.bulk_create(
        Succession(id=act.child(f"succession {was} {code}").id, old=was, new=code, on=on) for was, code in sorted(pairs)
    )
    _serve(act, change, new, carries)
    current = Boundary.objects.filter(place__in=change.ends, valid_to=None)
    current.filter(source="derived").delete()
    current.update(valid_to=on)
    codes = {str(one.key): code for code, one in zip(new, change.begins, strict=True)}
    return Line(
        place=village, subject_kind="place", facts={"on": on, "begun": len(new), "ended": len(old)},
        answer={"codes": codes, "carries": {str(was): code for was, code in carries.items()}},
    )  # fmt: skip


def _served(grids: Iterable[int]) -> dict[int, set[int]]:
    """What each of these grids serves today."""
    found: dict[int, set[int]] = {code: set() for code in grids}
    for grid, covered in GridCover.objects.filter(valid_to=None, grid__in=found).values_list("grid", "covered"):
        found[grid].add(covered)
    return found


def _begun(scope: Scope, village: int, change: Redivision, old_names: dict[int, str]) -> list[int]:
    """The new grids, with the next codes and with names that nobody else bears or bore."""
    lo, hi = interval(village)
    inside = list(Place.objects.within(lo + 1, hi).values_list("code", "level", "name"))
    borne = {name for _code, level, name in inside if level == "grid"}
    wanted = [old_names.get(one.named or 0, "") for one in change.begins]
    made = []
    taken = [each[0] - village for each in inside]
    for zh, en in names_of(wanted, borne):
        number = next_sequence(taken)
        taken.append(number)
        made.append(
            Place(
                code=below_village(village, number), level="grid", kind="general", name=zh, name_en=en,
                initials=initials(zh, place=True), sort_key=sort_key(zh, place=True), parent=village,
                valid_from=change.on,
            )
        )  # fmt: skip
    Place.objects.bulk_create(made)
    return [one.code for one in made]


def _serve(act: Act, change: Redivision, new: list[int], carries: dict[int, int]) -> None:
    """Covers of ended grids end; new ones begin, with what an ended grid served alone."""
    current = GridCover.objects.filter(valid_to=None)
    served = defaultdict(set, {code: set(one.covers) for code, one in zip(new, change.begins, strict=True)})
    lost = list(current.filter(grid__in=change.ends).values_list("grid", "covered"))
    current.filter(grid__in=change.ends).update(valid_to=change.on)
    still = set(GridCover.objects.filter(valid_to=None, covered__in=[one for _grid, one in lost]).values_list(
        "covered", flat=True
    )).union(*served.values())  # fmt: skip
    for grid, covered in lost:
        if covered not in still:
            served[carries[grid]].add(covered)
    GridCover.objects.bulk_create(_covers(act, served, change.on))


def _covers(act: Act, served: Mapping[int, set[int]], on: date) -> Iterable[GridCover]:
    there = set(
        Place.objects.in_force()
        .filter(code__in=set().union(*served.values()), level__in=("natural_village", "villager_group"))
        .values_list("code", flat=True)
    )
    for grid, covered in served.items():
        for code in sorted(covered & there):
            yield GridCover(id=act.child(f"cover {grid} {code}").id, grid=grid, covered=code, valid_from=on)
