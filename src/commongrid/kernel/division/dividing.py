"""A village into grids: the whole of it, from dwellings to a proposal with its reasons."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from commongrid.kernel.division.arranging import areas, checked, placed
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.graph import Graph, Terrain, parts, walking_graph
from commongrid.kernel.division.pieces import Lands, Part, parts_of, task_of
from commongrid.kernel.division.reckoning import Reason, described, reckon, shortcomings
from commongrid.kernel.division.solving import Solved, solve
from commongrid.kernel.division.statement import (
    NONE,
    Cause,
    Effort,
    Households,
    Locks,
    Proposal,
    Reckoning,
    Rules,
)
from commongrid.kernel.division.sweeping import LARGE, How, swept
from commongrid.kernel.division.walking import Walking

ALL_PAIRS = 6_000
"""Households of a part up to which the walks between all of them are kept: twice as many take four times the room."""


def divide(
    given: Households,
    rules: Rules,
    terrain: Terrain | None = None,
    locks: Locks | None = None,
    effort: Effort | None = None,
) -> Proposal:
    """Propose grids for a village.

    Every household gets exactly one grid. Locked grids stay as they are, locked
    households stay where they are locked; every grid hangs together on foot and
    keeps the limits, or is listed with what prevents it.

    Refuses: NothingToDivide, NoPlaces, TooManyGrids, TooFewGrids, LimitsCrossed,
    UnequalLists. Raises Stopped where the run is cancelled.
    """
    terrain, locks, effort = terrain or Terrain(), locks or Locks(), effort or Effort()
    checked(given, rules, locks)
    given, approximate = placed(given)
    effort.look_in(0.0, "graph")
    area = areas(given, rules)
    graph = walking_graph(given.points, area, terrain)
    walks = Walking(given.points, graph)
    frozen = np.isin(given.before, list(locks.grids))
    part = parts(graph, ~frozen, area)[graph.place]
    part[frozen] = NONE
    found = parts_of(given, rules, locks, area, part)
    solved = _solved(given, rules, locks, found, (graph, walks), effort)
    grid, labels, reasons = _together(given, rules, locks, found, solved)
    pinned = _pin(locks, grid, labels, reasons)
    grid, labels, reasons = _without_empty(grid, labels, reasons)
    grids = described(given, walks, grid, labels)
    effort.look_in(1.0, "reckoning")
    reckoning = reckon(given, rules, graph, grid, grids)
    return Proposal(
        grid=grid,
        grids=grids,
        reckoning=reckoning,
        today=_today(given, rules, graph, walks),
        exceptions=shortcomings(given, rules, graph, grid, grids, reasons),
        bound=None if pinned else _bound(reckoning, solved),
        approximate=approximate,
        idle_bridges=graph.idle_bridges,
    )


def _solved(
    given: Households, rules: Rules, locks: Locks, found: list[Part], lands: Lands, effort: Effort
) -> list[Solved]:
    """All parts, one after the other, the share of the whole reported by their sizes."""
    weights = np.cumsum([0.0, *(len(one.who) * one.grids for one in found)])
    solved = []
    for one, (begin, end) in zip(found, pairwise(weights / max(1.0, weights[-1])), strict=True):

        def report(share: float, begin: float = begin, end: float = end) -> None:
            effort.look_in(0.1 + 0.85 * (begin + share * (end - begin)), "search")

        solved.append(_one(given, rules, locks, one, (lands, effort, report)))
    return solved


def _one(given: Households, rules: Rules, locks: Locks, part: Part, how: How) -> Solved:
    """One part; a large one by windows where somebody waits, or where there is no room for all its walks."""
    lands, effort, report = how
    if part.grids > LARGE and (effort.near or len(part.who) > ALL_PAIRS):
        centre, grid = swept(given, rules, locks, part, how)
        return Solved(grid=grid, centre=centre, price=0.0, bound=None)
    return solve(task_of(given, rules, locks, part, lands), effort, report)


def _together(
    given: Households, rules: Rules, locks: Locks, found: list[Part], solved: list[Solved]
) -> tuple[Wholes, list[int | None], list[Reason]]:
    """One arrangement from the parts and the locked grids: each household's grid, today's numbers, reasons."""
    grid = np.full(len(given.points), NONE, np.int64)
    labels: list[int | None] = []
    reasons: list[Reason] = []
    for one, result in zip(found, solved, strict=True):
        grid[one.who] = result.grid + len(labels)
        labels += [one.labels[k] if k < len(one.labels) else None for k in range(one.grids)]
        reasons += [one.reason(rules)] * one.grids
    for label in sorted(locks.grids):
        mine = given.before == label
        if bool(mine.any()):
            grid[mine] = len(labels)
            labels.append(label)
            reasons.append(Reason(cause=Cause.LOCKED_GRID, blocked_by=(label,)))
    if rules.change > 0 or (locks.households is not None and bool((locks.households >= 0).any())):
        return grid, labels, reasons
    return grid, _named(given, grid, labels, set(locks.grids)), reasons


def _pin(locks: Locks, grid: Wholes, labels: list[int | None], reasons: list[Reason]) -> bool:
    """Households locked to a grid that lies elsewhere go there all the same; the grid says so; whether any had to."""
    if locks.households is None:
        return False
    pinned = False
    for number, label in enumerate(labels):
        if label is None:
            continue
        away = np.flatnonzero((locks.households == label) & (grid != number))
        if len(away):
            grid[away] = number
            reasons[number] = Reason(cause=Cause.LOCKED_HOUSEHOLDS, blocked_by=(label,))
            pinned = True
    return pinned


def _without_empty(
    grid: Wholes, labels: list[int | None], reasons: list[Reason]
) -> tuple[Wholes, list[int | None], list[Reason]]:
    """Without the grids that locks have left empty; the others are counted through."""
    used, numbers = np.unique(grid, return_inverse=True)
    return numbers.astype(np.int64), [labels[one] for one in used], [reasons[one] for one in used]


def _named(given: Households, grid: Wholes, labels: list[int | None], fixed: set[int]) -> list[int | None]:
    """Today's numbers for the grids that have none: so that as few households as can be change theirs."""
    free = [n for n, label in enumerate(labels) if label is None or label not in fixed]
    rest = [int(one) for one in np.unique(given.before) if one >= 0 and int(one) not in fixed]
    kept: list[int | None] = [label if label in fixed else None for label in labels]
    if not free or not rest:
        return kept
    both = np.isin(given.before, rest)
    counts = np.zeros((len(labels), len(rest)), np.int64)
    np.add.at(counts, (grid[both], np.searchsorted(rest, given.before[both])), 1)
    common = counts[free]
    for row, column in zip(*linear_sum_assignment(common, maximize=True), strict=True):
        if common[row, column]:
            kept[free[row]] = rest[column]
    return kept


def _today(given: Households, rules: Rules, graph: Graph, walks: Walking) -> Reckoning | None:
    """Today's arrangement by the same measure; None where no household has a grid."""
    numbers = [int(one) for one in np.unique(given.before) if one >= 0]
    if not numbers:
        return None
    grid = np.where(given.before >= 0, np.searchsorted(numbers, given.before), NONE).astype(np.int64)
    return reckon(given, rules, graph, grid, described(given, walks, grid, [*numbers]))


def _bound(reckoning: Reckoning, solved: list[Solved]) -> float | None:
    """The parts' bounds and what lies outside them; None where a part has none."""
    bounds = [one.bound for one in solved]
    outside = reckoning.price - sum(one.price for one in solved)
    if any(one is None for one in bounds):
        return None
    return sum(one for one in bounds if one is not None) + outside
