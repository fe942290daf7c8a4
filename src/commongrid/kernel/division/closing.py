"""The optimum of a small piece: every choice of centres that the bound does not rule out is tried.

At the best prices a choice of centres costs at least the prices and its sites'
worth together. Where few choices stay below what is known, trying them all
either finds something better or proves that there is nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.compiled import compiled
from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.division.assigning import Piece, Standing, assign, book, copy_into, total
from commongrid.kernel.division.worth import Prices, taken


@compiled
def worths(piece: Piece, given: Prices) -> Reals:
    """The exact worth of every usable site at the best prices."""
    found = np.empty(len(given.usable))
    none = np.empty(0)
    for number in range(len(given.usable)):
        found[number] = taken(piece, given, given.best, (given.usable[number], -1), none)
    return found


@compiled
def choices(worth: Reals, grids: int, most: float, limit: int) -> tuple[int, Wholes]:
    """Every choice of that many sites (by their place in the ordered list) whose worth together is at most `most`.

    Stops after the limit; then the count answered is above it.
    """
    found = np.zeros((limit, grids), np.int64)
    pick = np.zeros(grids, np.int64)
    sums = np.zeros(grids + 1)
    count, level, at = 0, 0, 0
    while level >= 0:
        rest = grids - level
        ahead = np.inf
        if at + rest <= len(worth):
            ahead = sums[level] + worth[at : at + rest].sum()
        if ahead > most:
            level -= 1
            if level >= 0:
                at = pick[level] + 1
            continue
        pick[level] = at
        sums[level + 1] = sums[level] + worth[at]
        if level == grids - 1:
            if count == limit:
                return limit + 1, found
            found[count] = pick
            count += 1
            at += 1
        else:
            level += 1
            at += 1
    return count, found


@compiled
def try_all(piece: Piece, best: Standing, sites: Wholes, chosen: Wholes, state: NDArray[np.uint64]) -> float:
    """Assign to each choice of centres; the best is left in `best` where it is better. Answers the least price met."""
    now = Standing(
        best.centre.copy(), best.grid.copy(), best.size.copy(), best.count.copy(), best.members.copy(),
        best.slot.copy(), best.cost.copy(), best.loss.copy(), best.mover.copy(),
    )  # fmt: skip
    known = total(piece, best)
    least = np.inf
    for row in chosen:
        now.centre[:] = sites[row]
        for i in range(len(now.grid)):
            nearest = 0
            for k in range(1, len(row)):
                if piece.metres[now.centre[k], i] < piece.metres[now.centre[nearest], i]:
                    nearest = k
            now.grid[i] = nearest
        book(piece, now)
        assign(piece, now, state)
        price = total(piece, now)
        least = min(least, price)
        if price < known - 1e-6:
            known = price
            copy_into(now, best)
    return least
