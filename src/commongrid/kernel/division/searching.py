"""Better centres: one grid's centre is moved, everything settles again, and the change is kept where it helped.

The centre goes to another household of its own grid or a neighbouring one, or
the grid is dissolved and opened elsewhere, where the bound's prices say that
a centre is missing. A change that costs a little is kept too, less and less of
them, so that the search leaves a dead end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.compiled import below, compiled, share
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.assigning import (
    TINY,
    Piece,
    Standing,
    book,
    copy_into,
    edges,
    entries,
    place,
    set_centre,
    settle,
    take,
    total,
)


@compiled
def _leave(piece: Piece, now: Standing, k: int) -> None:
    """Whoever of a grid is now nearer to another centre with room goes there."""
    for i in now.members[k, : now.count[k]].copy():
        best, found = now.cost[k, i], k
        for b in range(len(now.centre)):
            if now.cost[b, i] < best and now.size[b] + piece.weight[i] <= piece.upper:
                best, found = now.cost[b, i], b
        if found != k:
            take(piece, now, i)
            place(piece, now, i, found)


@compiled
def reopen(piece: Piece, now: Standing, k: int, centre: int) -> None:
    """Move a grid's centre; whoever is nearer to another centre, or now nearer to this one, changes at once."""
    set_centre(piece, now, k, centre)
    _leave(piece, now, k)
    for i in range(len(piece.weight)):
        a = now.grid[i]
        if a != k and now.cost[k, i] < now.cost[a, i] and now.size[k] + piece.weight[i] <= piece.upper:
            take(piece, now, i)
            place(piece, now, i, k)
    if piece.even:
        for a in range(len(now.centre)):
            edges(now, a)
        entries(now, k)


HALF = 0.5


@compiled
def other_centre(piece: Piece, now: Standing, sites: Wholes, state: NDArray[np.uint64]) -> tuple[int, int]:
    """A grid and the household where its centre is tried next."""
    k = below(state, len(now.centre))
    if share(state) < HALF and now.count[k] > 1:
        if share(state) < HALF:
            return k, now.members[k, below(state, now.count[k])]
        i = now.members[k, below(state, now.count[k])]
        near, best = k, np.inf
        for b in range(len(now.centre)):
            if b != k and now.cost[b, i] < best:
                near, best = b, now.cost[b, i]
        if now.count[near]:
            return k, now.members[near, below(state, now.count[near])]
    return k, sites[below(state, len(sites))]


@compiled
def search(
    piece: Piece, best: Standing, sites: Wholes, rounds: tuple[int, int, int], state: NDArray[np.uint64]
) -> float:
    """Rounds `first` up to `last` of `all`; `best` is left holding the best arrangement, whose cost is answered."""
    first, last, whole = rounds
    now = standing_like(piece, best)
    kept = standing_like(piece, best)
    least = total(piece, best)
    at = least
    for number in range(first, last):
        k, site = other_centre(piece, now, sites, state)
        taken = False
        for c in now.centre:
            taken = taken or c == site
        if taken:
            continue
        copy_into(now, kept)
        reopen(piece, now, k, site)
        settle(piece, now, state)
        cost = total(piece, now)
        allowance = 0.004 * least * (1.0 - number / whole) * share(state)
        if cost < at + (allowance if number % 2 else 0.0) - TINY:
            at = cost
            if cost < least - TINY:
                least = cost
                copy_into(now, best)
        else:
            copy_into(kept, now)
        if at > least * 1.01:
            copy_into(best, now)
            at = least
    return least


@compiled
def standing_like(piece: Piece, one: Standing) -> Standing:
    """A copy of an arrangement."""
    made = Standing(
        one.centre.copy(),
        one.grid.copy(),
        one.size.copy(),
        one.count.copy(),
        one.members.copy(),
        one.slot.copy(),
        one.cost.copy(),
        one.loss.copy(),
        one.mover.copy(),
    )
    book(piece, made)
    return made
