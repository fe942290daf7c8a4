"""From a village to the planner and back: what its numbers mean for households and grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import cos, radians
from typing import Any, Final

import numpy as np

from commongrid.kernel.division.dividing import arranged, divide
from commongrid.kernel.division.graph import Terrain
from commongrid.kernel.division.statement import (
    NONE,
    Arrangement,
    Cause,
    Effort,
    Households,
    Locks,
    NoPlaces,
    NothingToDivide,
    Reckoning,
    Rules,
    Shortcoming,
    TooFewGrids,
    TooManyGrids,
)
from commongrid.kernel.refusals import Refusal
from commongrid.roster.dividing.rules.planning import GridOut, Outcome, Placed, Point, Task

A_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude on a sphere of 6,371 km."""
MOST: Final = 6_000
"""Households of a village: twice as many take four times the room."""
KEEP: Final = 50.0
"""Metres that a household is worth which stays where the proposal has it, when the rest is worked out around locks:
without any price a locked grid could change places with its neighbour, and only the name would have stayed."""
PROVEN: Final = 2_000
"""Up to so many households the least price is proven; beyond it takes minutes."""
FAULTS: Final[Mapping[type[Refusal], str]] = {
    NothingToDivide: "none", NoPlaces: "nowhere", TooManyGrids: "too_many", TooFewGrids: "too_few",
}  # fmt: skip


def worked_out(task: Task) -> Outcome:
    """What comes out of a proposal: grids at the least price, or those that were drawn, counted; or why neither."""
    if len(task.homes) > MOST:
        return Outcome(fault="too_big")
    if task.recount:
        return _counted(task)
    put = _Put(task)
    start = [one.grid if task.again else one.now for one in task.homes]
    given = replace(put.given, before=_labels(start))
    held = [one.grid if task.again and one.locked else None for one in task.homes]
    there = bool((given.before >= 0).any())
    least = KEEP if task.again else 0.0
    rules = replace(put.rules, change=max(least, float(task.terms.change)) if there else 0.0)
    effort = Effort(with_bound=len(task.homes) <= PROVEN)
    locked = task.locked if task.again else frozenset()
    try:
        found = divide(given, rules, put.terrain, Locks(households=_labels(held), grids=locked), effort)
    except Refusal as refused:
        if (fault := FAULTS.get(type(refused))) is None:
            raise
        return Outcome(fault=fault, figures=dict(refused.params))
    told = put.told(found.grid, [one.label for one in found.grids], found.exceptions)
    told.figures["gap"] = None if found.gap is None else round(found.gap * 1000)
    told.figures["idle"] = len(found.idle_bridges)
    return told


def _counted(task: Task) -> Outcome:
    """The grids of a proposal as somebody drew them."""
    if any(one.grid is None for one in task.homes):
        return Outcome(fault="stale")
    labels = sorted({one.grid for one in task.homes if one.grid is not None})
    at = {label: n for n, label in enumerate(labels)}
    grid = np.array([at[one.grid] for one in task.homes if one.grid is not None], np.int64)
    told = _Put(task).told(grid, [*labels], None)
    told.figures.update(gap=None, idle=0)
    return told


class _Put:
    """A village as the planner takes it."""

    def __init__(self, task: Task) -> None:
        homes, ways, terms = task.homes, task.ways, task.terms
        self.homes = homes
        middle = [one.at for one in homes if one.at is not None] or [(0.0, 0.0)]
        self.east = cos(radians(sum(lat for _lon, lat in middle) / len(middle)))
        self.hamlets = sorted({one.hamlet for one in homes})
        index = {code: n for n, code in enumerate(self.hamlets)}
        self.given = Households.at(
            self._metres([one.at or (np.nan, np.nan) for one in homes]),
            village=np.array([index[one.hamlet] for one in homes], np.int64),
            weight=np.array([max(1, one.people) if terms.weigh == "people" else 1 for one in homes], np.int64),
            heads=np.array([one.heads for one in homes], np.int64),
            capacity=np.array([one.room for one in homes], np.int64),
            before=_labels([one.now for one in homes]),
        )
        self.rules = Rules(
            target=float(terms.target), lower=terms.lower, upper=terms.upper, grids=terms.grids,
            split=float(terms.split), straddling=frozenset(range(len(index))) if terms.shares else frozenset(),
            small=frozenset(index[code] for code in terms.alone if code in index),
        )  # fmt: skip
        self.terrain = Terrain(
            barriers=[self._metres(line) for line in ways.barriers],
            bridges=[self._metres(line) for line in ways.bridges],
        )

    def _metres(self, points: Sequence[Point]) -> Any:
        return np.array([(lon * self.east, lat) for lon, lat in points], float).reshape(-1, 2) * A_DEGREE

    def told(self, grid: Any, labels: list[int | None], listed: Sequence[Shortcoming] | None) -> Outcome:
        """An arrangement in the village's own words, beside today's; ``listed`` is what the planner says it lacks."""
        there = arranged(self.given, self.rules, grid, labels, self.terrain)
        faults = there.exceptions if listed is None else listed
        people = np.array([one.people for one in self.homes])
        grids = tuple(
            GridOut(
                label=labels[n], homes=one.households, people=int(people[grid == n].sum()), size=one.size,
                metres=round(one.metres), heads=one.heads, room=one.capacity, hamlets=len(one.villages),
                beyond=there.beyond[n], faults=tuple(self._fault(each) for each in faults if each.grid == n),
            )
            for n, one in enumerate(there.grids)
        )  # fmt: skip
        homes = tuple(
            Placed(id=one.id, grid=int(n), now=one.now, near=one.at is None)
            for one, n in zip(self.homes, grid, strict=True)
        )
        figures = _figures(there) | {"today": self._today(), "near": sum(one.near for one in homes)}
        return Outcome(grids=grids, homes=homes, figures=figures)

    def _today(self) -> dict[str, Any] | None:
        codes = sorted({one.now for one in self.homes if one.now is not None})
        if not codes:
            return None
        at = {code: n for n, code in enumerate(codes)}
        grid = np.array([NONE if one.now is None else at[one.now] for one in self.homes], np.int64)
        return _figures(arranged(self.given, self.rules, grid, [*codes], self.terrain))

    def _fault(self, one: Shortcoming) -> dict[str, Any]:
        """What a grid lacks, as codes and numbers: what blocks it are natural villages or grids."""
        by_hamlet = one.cause in {Cause.SMALL_VILLAGE, Cause.ALLOWED_SMALL}
        blocked = [
            self.hamlets[n] if by_hamlet else n for n in one.blocked_by if not by_hamlet or n < len(self.hamlets)
        ]
        return {"fault": one.fault.value, "amount": round(one.amount), "cause": one.cause.value, "by": blocked}


def _labels(given: Sequence[int | None]) -> Any:
    return np.array([NONE if one is None else one for one in given], np.int64)


def _figures(there: Arrangement) -> dict[str, Any]:
    told: Reckoning = there.reckoning
    sizes = [one.size for one in there.grids]
    homes = sum(one.households for one in there.grids)
    return {
        "grids": len(sizes), "homes": homes, "least": min(sizes, default=0), "largest": max(sizes, default=0),
        "metres": round(told.metres), "mean": round(told.metres / homes) if homes else 0, "pairs": told.pairs,
        "changed": told.changed, "out": told.out_of_range, "pieces": told.in_pieces, "headless": told.without_head,
        "short": told.short_members, "beyond": sum(there.beyond),
    }  # fmt: skip
