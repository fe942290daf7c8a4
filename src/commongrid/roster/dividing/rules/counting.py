"""A village as the planner takes it, and grids counted in its own words. Nothing compiled: pages may count too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import cos, radians
from typing import Any, Final

import numpy as np

from commongrid.kernel.division.arranging import Among, WalksOn, arranged
from commongrid.kernel.division.graph import Terrain
from commongrid.kernel.division.statement import NONE, Cause, Households, Rules, Shortcoming
from commongrid.roster.dividing.rules.planning import GridOut, Home, Point, Task

A_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude on a sphere of 6,371 km."""


def labels(given: Sequence[int | None]) -> Any:
    """As an array, with NONE for none."""
    return np.array([NONE if one is None else one for one in given], np.int64)


def counted(task: Task, wanted: Collection[int]) -> tuple[GridOut, ...]:
    """Some grids of a proposal as somebody drew them, by label, each as a proposal would count it."""
    order = sorted(wanted)
    at = {label: n for n, label in enumerate(order)}
    grid = np.array([NONE if one.grid is None else at.get(one.grid, NONE) for one in task.homes], np.int64)
    return Village(task).told(grid, [*order], None)


class Village:
    """Households, rules and ways as the planner takes them."""

    def __init__(self, task: Task, walks: WalksOn = Among) -> None:
        """In metres around its middle; ``walks`` are how walks are looked up."""
        self.walks = walks
        homes, ways, terms = task.homes, task.ways, task.terms
        self.homes: tuple[Home, ...] = homes
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
            before=labels([one.now for one in homes]),
        )
        self.rules = Rules(
            target=float(terms.target), lower=terms.lower, upper=terms.upper, grids=terms.grids,
            split=float(terms.split), uneven=float(terms.uneven), no_head=float(terms.headless),
            short_member=float(terms.short), straddling=frozenset(range(len(index))) if terms.shares else frozenset(),
            small=frozenset(index[code] for code in terms.alone if code in index),
        )  # fmt: skip
        self.terrain = Terrain(
            barriers=[self._metres(line) for line in ways.barriers],
            bridges=[self._metres(line) for line in ways.bridges],
            roads=[self._metres(line) for line in ways.roads],
        )

    def _metres(self, points: Sequence[Point]) -> Any:
        return np.array([(lon * self.east, lat) for lon, lat in points], float).reshape(-1, 2) * A_DEGREE

    def told(self, grid: Any, named: Sequence[int | None], listed: Sequence[Shortcoming] | None) -> tuple[GridOut, ...]:
        """Grids in the village's own words; ``listed`` is what the planner says they lack."""
        there = arranged(self.given, self.rules, grid, [*named], self.terrain, self.walks)
        faults = there.exceptions if listed is None else listed
        people = np.array([one.people for one in self.homes])
        return tuple(
            GridOut(
                label=named[n], homes=one.households, people=int(people[grid == n].sum()), size=one.size,
                metres=round(one.metres), heads=one.heads, room=one.capacity, hamlets=len(one.villages),
                beyond=there.beyond[n], faults=tuple(self._fault(each) for each in faults if each.grid == n),
            )
            for n, one in enumerate(there.grids)
        )  # fmt: skip

    def today(self) -> tuple[GridOut, ...]:
        """Today's grids."""
        codes = sorted({one.now for one in self.homes if one.now is not None})
        at = {code: n for n, code in enumerate(codes)}
        grid = np.array([NONE if one.now is None else at[one.now] for one in self.homes], np.int64)
        return self.told(grid, [*codes], None) if codes else ()

    def _fault(self, one: Shortcoming) -> dict[str, Any]:
        """What a grid lacks, as codes and numbers: what blocks it are natural villages or grids."""
        by_hamlet = one.cause in {Cause.SMALL_VILLAGE, Cause.ALLOWED_SMALL}
        blocked = [
            self.hamlets[n] if by_hamlet else n for n in one.blocked_by if not by_hamlet or n < len(self.hamlets)
        ]
        return {"fault": one.fault.value, "amount": round(one.amount), "cause": one.cause.value, "by": blocked}
