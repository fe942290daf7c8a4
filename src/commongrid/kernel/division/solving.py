"""One piece of a village: search, bound, close, join; the steps in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.compiled import below, chance, share
from commongrid.kernel.division.arrays import Metres, Reals, Wholes
from commongrid.kernel.division.assigning import Piece, Standing, copy_into, settle, standing, total
from commongrid.kernel.division.bounding import BOUND, FRESH, LAST, prices, raise_bound, worth_of
from commongrid.kernel.division.closing import choices, try_all, worths
from commongrid.kernel.division.joining import Ground, anneal, holding, mend, whole_price
from commongrid.kernel.division.packing import likely, packed
from commongrid.kernel.division.searching import search, standing_like
from commongrid.kernel.division.statement import Effort
from commongrid.kernel.division.worth import Prices

STARTS = 3
REACH = 4
"""A site looks at so many times the largest grid's households when the bound is raised."""
BLOCK = 100
STILL = 0.002
"""A bound that rises by less than this share in a block has converged."""
SURE = 1e-5
"""A bound so near to the price, as a share, proves it."""
NEAR = 5e-4
"""A bound so near is enough for a larger piece, which nothing closes: a page shows thousandths."""
CHOICES = 3000
CLOSED = 6
"""Pieces of at most so many grids are closed by trying all that the bound leaves."""
HOT, COLD, LONG = (40.0, 200.0), (0.5, 2.0), (1, 7)
"""Metres: heats of the annealing, and how long it lasts; the second where natural villages may share a grid.

What sharing costs the search over centres knows only roughly, so it gets fewer rounds then.
"""
ROUGH = 6
AWAYS = (2.0, 8.0)
"""While searching, a natural village's price is spread over its households, so many times over."""

Report = Callable[[float], None]
Start = tuple[Wholes, Wholes]
"""Centres, and each household's grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A piece divided: each household's grid, centres, and the proven bound on its price, where there is one."""

    grid: Wholes
    centre: Wholes
    price: float
    bound: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece with everything that it takes to divide it."""

    piece: Piece
    ground: Ground
    grids: int
    start: Start | None


def solve(task: Task, effort: Effort, report: Report) -> Solved:
    """Divide one piece: the better of the searches with and without the villages' price, joined, with its bound."""
    state = chance(effort.seed)
    plain = task.piece._replace(foreign=np.zeros(len(task.piece.weight)))
    found = [searched(plain, task, effort, state, report)]
    if task.piece.foreign.any():
        steered = [task.piece._replace(foreign=away * task.piece.foreign) for away in AWAYS]
        found += [searched(one, task, effort, state, report) for one in steered]
    report(0.4)
    bound, ended = None, []
    if task.piece.foreign.any() or not effort.with_bound:
        ended = [joined(plain, task, one, effort, state) for one in found]
    if effort.with_bound:
        known = min(price for price, _ in ended) - _unavoidable(task) if ended else total(plain, found[0])
        bound = bounded(task, known, found[0], effort, state, report)
    ended = ended or [joined(plain, task, one, effort, state) for one in found]
    price, best = min(((price, number) for number, (price, _) in enumerate(ended)))
    now = ended[best][1]
    if bound is not None:
        bound = min(bound + _unavoidable(task), price)
    lower, upper = int(now.size.min()), int(now.size.max())
    kept = task.piece.lower <= lower and upper <= task.piece.upper
    return Solved(grid=now.grid, centre=now.centre, price=price, bound=bound if kept else None)


def _unavoidable(task: Task) -> float:
    """What every division of the piece pays beyond what the bound counts."""
    ground, grids = task.ground, task.grids
    idle = int((1 - ground.capacity).sum())
    without = max(0, grids - int((ground.heads > 0).sum()))
    return ground.split * grids + ground.short_member * max(0, idle) + ground.no_head * without


def spread(row: Callable[[int], Metres], households: int, grids: int, state: NDArray[np.uint64]) -> Start:
    """Centres far from one another, by chance, and the nearest one for each household; `row`: the walks from one."""
    centres = [below(state, households)]
    away = row(centres[0]).astype(float)
    nearest = np.zeros(households, np.int64)
    while len(centres) < grids:
        away[centres] = 0.0
        chances = np.cumsum(away**2)
        if chances[-1] > 0:
            one = int(np.searchsorted(chances, share(state) * chances[-1], side="right"))
        else:
            one = next(i for i in range(households) if i not in centres)
        centres.append(min(one, households - 1))
        ways = row(centres[-1])
        nearest[ways < away] = len(centres) - 1
        away = np.minimum(away, ways)
    return np.array(centres, np.int64), nearest


def searched(piece: Piece, task: Task, effort: Effort, state: NDArray[np.uint64], report: Report) -> Standing:
    """The best arrangement that the search over centres finds."""
    row, households = piece.metres.__getitem__, len(piece.weight)
    starts = [task.start] if task.start else [spread(row, households, task.grids, state) for _ in range(STARTS)]
    best, least = None, np.inf
    for centres, grid in starts:
        now = standing(piece, centres, grid)
        settle(piece, now, state)
        if best is None or total(piece, now) < least:
            best, least = now, total(piece, now)
    assert best is not None  # noqa: S101 - there is always a start
    if task.grids == 1:
        return best
    rounds = max(30, round(effort.rounds * min(2.0, task.grids / 18) / (ROUGH if task.piece.split else 1)))
    sites = np.arange(len(piece.weight), dtype=np.int64)
    for first in range(0, rounds, BLOCK):
        report(0.4 * first / rounds)
        search(piece, best, sites, (first, min(rounds, first + BLOCK), rounds), state)
    return best


def bounded(
    task: Task, known: float, best: Standing, effort: Effort, state: NDArray[np.uint64], report: Report
) -> float | None:
    """The bound on what the search minimises, or None while it still rises; small pieces are closed."""
    piece = task.piece
    households, grids = len(piece.weight), task.grids
    if grids == 1 and not piece.foreign.any() and len(np.unique(piece.before)) == 1:
        return known
    middle = min(households - 1, max(1, households // (2 * grids)))
    start = np.partition(piece.metres, middle, axis=1)[:, middle].astype(float)
    reach = REACH * round(piece.upper / max(1.0, float(np.median(piece.weight))))
    given = prices(piece, start, reach)
    given, still = _raised(piece, given, grids, known, effort, lambda share: report(0.5 + 0.2 * share))
    everyone = np.arange(households, dtype=np.int64)
    full = given._replace(near=everyone[np.newaxis, :], usable=everyone)
    bound, last, hopes = worth_of(piece, full, given.best, grids, np.empty(0))
    if bound < given.figures[BOUND] - SURE * known:
        full.figures[:] = FRESH
        full.now[:] = full.best
        full, still = _raised(piece, full, grids, known, effort, lambda share: report(0.7 + 0.1 * share))
        full = full._replace(usable=everyone)
        bound, last, hopes = worth_of(piece, full, full.best, grids, np.empty(0))
    if not still:
        return None
    plain = len(given.labels) == 0 and not piece.foreign.any() and known - bound > SURE * known
    full = full._replace(usable=everyone[bound - last + hopes <= known])
    if plain and piece.even and grids <= CLOSED:
        return closed(piece, full, best, bound, state)
    if plain and not piece.even and piece.beta == 0:
        pack_again(piece, full, best, known - bound)
    return float(bound)


def _raised(
    piece: Piece, given: Prices, grids: int, known: float, effort: Effort, report: Report
) -> tuple[Prices, bool]:
    """The bound raised until it stands still, and whether it does."""
    for number in range(0, effort.bound_rounds, BLOCK):
        report(number / effort.bound_rounds)
        before = given.figures[BOUND]
        raise_bound(piece, given, grids, known, BLOCK)
        bound = given.figures[BOUND]
        if known - bound <= (SURE if grids <= CLOSED else NEAR) * known:
            return given, True
        still = bound - before < STILL * bound
        given = given._replace(usable=_usable(given, known))
    return given, bool(still)


def pack_again(piece: Piece, given: Prices, best: Standing, slack: float) -> None:
    """Where weights differ, put the best packing of all likely pairs in the place of what was found."""
    worth = worths(piece, given)
    last = float(np.partition(worth, len(best.centre) - 1)[len(best.centre) - 1])
    better = packed(piece, best, likely(piece, given, worth, last, slack))
    if total(piece, better) < total(piece, best):
        copy_into(better, best)


def _usable(given: Prices, known: float) -> Wholes:
    """Sites that may still be a centre in something cheaper than what is known."""
    stays = given.figures[BOUND] - given.figures[LAST] + given.worth[given.usable] <= known
    return np.asarray(given.usable[stays])


def closed(piece: Piece, given: Prices, best: Standing, bound: float, state: NDArray[np.uint64]) -> float:
    """The bound after all choices of centres up to some price have been tried; it may be the optimum."""
    worth: Reals = worths(piece, given)
    order = np.argsort(worth, kind="stable")
    base = float(given.best.sum())
    least, grids = float(worth[order[: len(best.centre)]].sum()), len(best.centre)
    most = total(piece, best) - base
    for _ in range(8):
        count, chosen = choices(worth[order], grids, most, CHOICES)
        if count <= CHOICES:
            try_all(piece, best, given.usable[order], chosen[:count], state)
            return max(bound, min(base + most, total(piece, best)))
        most = (most + least) / 2
    return bound


def joined(
    piece: Piece, task: Task, one: Standing, effort: Effort, state: NDArray[np.uint64]
) -> tuple[float, Standing]:
    """The arrangement with connected grids that lack as little as can be, and its whole price."""
    now = standing_like(piece, one)
    held = holding(task.ground, now)
    torn = mend(piece, task.ground, now, held)
    price = whole_price(piece, task.ground, now, held)
    lacking = price - total(piece, now) > task.ground.split * task.grids + 1e-6
    outside = now.size.min() < piece.lower or now.size.max() > piece.upper
    changed = bool((now.grid != one.grid).any())
    if task.grids > 1 and (torn or lacking or outside or changed):
        shared = int(piece.split > 0)
        heats = (HOT[shared], COLD[shared], LONG[shared] * effort.joining_rounds)
        price = anneal(piece, task.ground, now, heats, state)
    return float(price), now
