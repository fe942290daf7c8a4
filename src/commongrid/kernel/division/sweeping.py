"""Large pieces, window by window: walks are looked up among a few grids at once, so that room stays bounded.

A window is a grid and those nearest to it. It is divided like a piece of its
own, from what it is, and kept where that is better; then another window, until
all have been looked at without gain. Where somebody waits for the rest around
what is locked, only the grids that a lock, a new home or a limit concerns are
looked at first, and whatever these change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.compiled import below, chance
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.assigning import Piece, assign, standing
from commongrid.kernel.division.joining import holding, pieces_of, whole_price
from commongrid.kernel.division.pieces import Lands, Part, begun, piece_of, task_of
from commongrid.kernel.division.reckoning import in_pieces
from commongrid.kernel.division.solving import Report, Start, Task, solve, spread
from commongrid.kernel.division.statement import NONE, Effort, Households, Locks, Rules

LARGE = 24
"""More grids than these are divided by windows."""
WIDE, NARROW = 12, 8
"""Grids of a window; the second where somebody waits."""
VISITS = 2
"""A grid is at rest when so many windows in a row have not changed it."""
MOST = 3
"""So many times the windows that it takes to see everything so often, and no more."""
ROUNDS_OF_ALL = 6
"""So many times all centres are moved to the middle before windows are looked at."""
GAIN = 1e-3
"""Metres from which on something is better."""


How = tuple[Lands, Effort, Report]


@dataclass(slots=True)
class _Sweep:
    """A large piece while it is divided: for each household its grid, for each grid the household at its centre."""

    given: Households
    rules: Rules
    locks: Locks
    part: Part
    lands: Lands
    outline: Piece  # without walks
    centre: Wholes
    grid: Wholes

    def window(self, seed: int, width: int) -> Wholes:
        """The grids nearest to one on foot, in their order."""
        centres = self.part.who[self.centre]
        return np.sort(np.argsort(self.lands[1](centres, centres[[seed]])[0], kind="stable")[:width])

    def improved(self, window: Wholes, effort: Effort, report: Report) -> Wholes:
        """Divide a window again; the grids that are others by that."""
        mine = np.flatnonzero(np.isin(self.grid, window))
        who, named = self.part.who[mine], len(self.part.labels)
        labels = tuple(self.part.labels[k] for k in window if k < named)
        weight = int(self.given.weight[who].sum())
        part = replace(self.part, who=who, weight=weight, grids=len(window), labels=labels)
        task = task_of(self.given, self.rules, self.locks, part, self.lands)
        now = np.searchsorted(mine, self.centre[window]), np.searchsorted(window, self.grid[mine])
        piece = task.piece._replace(lower=self.outline.lower, upper=self.outline.upper)
        task = replace(task, piece=piece, start=now)
        found = solve(task, effort, report)
        better = (found.centre, found.grid)
        if not _less(_weighed(task, better), _weighed(task, now)):
            return window[:0]
        self.grid[mine], self.centre[window] = window[found.grid], mine[found.centre]
        moved = now[1] != found.grid
        touched: Wholes = window[np.union1d(now[1][moved], found.grid[moved])]
        return touched

    def settle(self, rounds: int, state: NDArray[np.uint64]) -> None:
        """Assign all households to the centres as they stand and move these to the middle, so many times."""
        _, walks = self.lands
        for _ in range(rounds):
            ways = np.ascontiguousarray(walks(self.part.who, self.part.who[self.centre]))
            piece = self.outline._replace(metres=ways)
            now = standing(piece, np.arange(self.part.grids), self.grid)
            assign(piece, now, state)
            self.grid[:] = now.grid
            for k in np.flatnonzero(now.count):
                members = np.flatnonzero(self.grid == k)
                self.centre[k] = members[np.argmin(walks(self.part.who[members]).sum(axis=1))]

    def concerned(self) -> NDArray[np.bool_]:
        """The grids with a new or locked household, next to a locked grid, beyond a limit or in pieces."""
        graph, _ = self.lands
        grids = self.part.grids
        whole = np.full(len(self.given.points), NONE, np.int64)
        whole[self.part.who] = self.grid
        found = (in_pieces(graph, whole, grids) > 1) | self.beyond()
        found[self.grid[(self.outline.before < 0) | (self.outline.locked >= 0)]] = True
        fixed = np.zeros(len(graph.places), np.bool_)
        fixed[graph.place[np.isin(self.given.before, list(self.locks.grids))]] = True
        beside = np.zeros(len(graph.places), np.bool_)
        beside[graph.ends[fixed[graph.ends[:, ::-1]]]] = True
        found[whole[beside[graph.place] & (whole >= 0)]] = True
        return found

    def beyond(self) -> NDArray[np.bool_]:
        """The grids that are too small or too large."""
        sizes = np.bincount(self.grid, self.outline.weight, minlength=self.part.grids)
        return (sizes < self.outline.lower) | (sizes > self.outline.upper)


def _weighed(task: Task, start: Start) -> tuple[int, float]:
    """How many grids are in pieces, and the whole price."""
    now = standing(task.piece, *start)
    held = holding(task.ground, now)
    torn = sum(pieces_of(task.ground, held, k)[0] > 1 for k in range(task.grids))
    return torn, float(whole_price(task.piece, task.ground, now, held))


def _repeated(report: Report, share: float, _of_window: float) -> None:
    """Tell the same again: somebody may have cancelled."""
    report(share)


def _less(one: tuple[int, float], other: tuple[int, float]) -> bool:
    return one[0] < other[0] or (one[0] == other[0] and one[1] < other[1] - GAIN)


def swept(given: Households, rules: Rules, locks: Locks, part: Part, how: How) -> Start:
    """Centres and grids of a large piece."""
    lands, effort, report = how
    state = chance(effort.seed)
    outline = piece_of(given, rules, locks, part, np.empty((0, 0), np.float32))
    outline = outline._replace(foreign=np.zeros(len(part.who)))
    start = begun(outline, part, rules, lands[1])
    near = effort.near and start is not None
    if start is None:
        start = spread(lambda one: lands[1](part.who, part.who[[one]])[0], len(part.who), part.grids, state)
    sweep = _Sweep(given, rules, locks, part, lands, outline, *start)
    if not near:
        sweep.settle(ROUNDS_OF_ALL, state)
        _through(sweep, np.full(part.grids, VISITS), WIDE, (effort, report, state))
        return sweep.centre, sweep.grid
    _through(sweep, sweep.concerned().astype(np.int64), NARROW, (effort, report, state))
    if bool(sweep.beyond().any()):  # too few or too many near there: all give and take
        before = sweep.grid.copy()
        sweep.settle(1, state)
        moved = np.zeros(part.grids, np.int64)
        moved[np.concatenate([one[before != sweep.grid] for one in (before, sweep.grid)])] = 1
        _through(sweep, moved, NARROW, (effort, partial(_repeated, report, 1.0), state))
    return sweep.centre, sweep.grid


def _through(sweep: _Sweep, left: Wholes, width: int, how: tuple[Effort, Report, NDArray[np.uint64]]) -> None:
    """Windows until each grid has been seen as often as is left to it since it changed."""
    effort, report, state = how
    visits = max(1, int(left.max()))
    windows = MOST * -(-int(left.sum()) // width)
    for number in range(windows):
        share = number / windows
        report(share)
        if not left.any():
            return
        seeds = np.flatnonzero(left == left.max())
        window = sweep.window(int(seeds[below(state, len(seeds))]), width)
        quiet = replace(effort, with_bound=False, seed=effort.seed + number)
        left[window] = np.maximum(left[window] - 1, 0)
        left[sweep.improved(window, quiet, partial(_repeated, report, share))] = visits
