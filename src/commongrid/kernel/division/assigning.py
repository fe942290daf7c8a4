"""Households to the centres at hand: least metres within the limits of size, exact where every household weighs one.

The households of a grid that would change to another one with the least loss
make one edge of a small graph whose nodes are the grids; a path or circle of
negative length in it is an improvement, and where there is none the assignment
is optimal (it is a minimum-cost flow, and this is cycle cancelling on its
residual graph). After a centre has moved only the edges of the grids that were
touched are reckoned anew, so a change costs a fraction of a millisecond.

Where households weigh differently no such exact exchange exists: single moves
and swaps are tried until none helps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.compiled import below, compiled
from commongrid.kernel.division.arrays import Metres, Reals, Wholes

FAR = 1e7
"""Metres that stand for "not at all": a household locked elsewhere."""
OUT = 2e4
"""Metres that one household beyond a limit costs while searching: more than any walk, less than a lock."""
TINY = 1e-6


class Piece(NamedTuple):
    """Households that are divided among themselves: one connected part of one natural village, or of several."""

    metres: Metres  # household x household, along the walking graph
    weight: Wholes
    lower: int
    upper: int
    target: float
    beta: float  # metres for the square of a household more or less than the target
    sigma: float  # metres for a household that changes its grid
    before: Wholes  # the grid of today by its place in this piece, or -1
    locked: Wholes  # the grid that a household is locked to, or -1
    village: Wholes
    foreign: Reals  # metres for a household whose natural village is not that of the centre: the next spread out
    split: float  # metres for each natural village that a grid holds besides the first
    even: bool  # whether every household weighs one, so that exchanges are exact


class Standing(NamedTuple):
    """An arrangement while it is searched: whose households, and what each change would cost."""

    centre: Wholes
    grid: Wholes
    size: Wholes
    count: Wholes  # type: ignore[assignment]  # not the tuple's own
    members: Wholes  # grid x place
    slot: Wholes
    cost: Reals  # grid x household
    loss: Reals  # grid x grid: the least loss of one household that changes
    mover: Wholes  # grid x grid: that household


def standing(piece: Piece, centres: Wholes, grid: Wholes) -> Standing:
    """An arrangement with all its books."""
    households, grids = len(piece.weight), len(centres)
    made = Standing(
        centre=centres.astype(np.int64),
        grid=grid.astype(np.int64),
        size=np.zeros(grids, np.int64),
        count=np.zeros(grids, np.int64),
        members=np.zeros((grids, households), np.int64),
        slot=np.zeros(households, np.int64),
        cost=np.zeros((grids, households)),
        loss=np.zeros((grids, grids)),
        mover=np.zeros((grids, grids), np.int64),
    )
    book(piece, made)
    return made


@compiled
def copy_into(one: Standing, other: Standing) -> None:
    """Make the second arrangement equal to the first."""
    other.centre[:] = one.centre
    other.grid[:] = one.grid
    other.size[:] = one.size
    other.count[:] = one.count
    other.slot[:] = one.slot
    other.cost[:] = one.cost
    other.loss[:] = one.loss
    other.mover[:] = one.mover
    for k in range(len(one.count)):
        other.members[k, : one.count[k]] = one.members[k, : one.count[k]]


@compiled
def price(piece: Piece, household: int, grid: int, centre: int) -> float:
    """Metres of a household in a grid with this centre, with what a change or a broken lock costs."""
    found = float(piece.metres[centre, household])
    if piece.before[household] >= 0 and piece.before[household] != grid:
        found += piece.sigma
    if piece.village[household] != piece.village[centre]:
        found += piece.foreign[household]
    if piece.locked[household] >= 0 and piece.locked[household] != grid:
        found += FAR
    return found


@compiled
def set_centre(piece: Piece, now: Standing, k: int, centre: int) -> None:
    """Move a grid's centre; the edges are not yet reckoned anew."""
    now.centre[k] = centre
    for i in range(len(piece.weight)):
        now.cost[k, i] = price(piece, i, k, centre)


@compiled
def place(piece: Piece, now: Standing, i: int, k: int) -> None:
    """Put a household into a grid that it is not yet in the books of."""
    now.grid[i] = k
    now.slot[i] = now.count[k]
    now.members[k, now.count[k]] = i
    now.count[k] += 1
    now.size[k] += piece.weight[i]


@compiled
def take(piece: Piece, now: Standing, i: int) -> None:
    """Take a household out of its grid's books."""
    k, at = now.grid[i], now.slot[i]
    last = now.members[k, now.count[k] - 1]
    now.members[k, at] = last
    now.slot[last] = at
    now.count[k] -= 1
    now.size[k] -= piece.weight[i]


@compiled
def edges(now: Standing, a: int) -> None:
    """What the households of one grid would lose in each other one."""
    for b in range(len(now.centre)):
        now.loss[a, b] = np.inf
    for at in range(now.count[a]):
        i = now.members[a, at]
        own = now.cost[a, i]
        for b in range(len(now.centre)):
            if now.cost[b, i] - own < now.loss[a, b]:
                now.loss[a, b] = now.cost[b, i] - own
                now.mover[a, b] = i
    now.loss[a, a] = np.inf


@compiled
def entries(now: Standing, b: int) -> None:
    """What the households of every other grid would lose in this one, after its centre has moved."""
    for a in range(len(now.centre)):
        if a == b:
            continue
        now.loss[a, b] = np.inf
        for at in range(now.count[a]):
            i = now.members[a, at]
            if now.cost[b, i] - now.cost[a, i] < now.loss[a, b]:
                now.loss[a, b] = now.cost[b, i] - now.cost[a, i]
                now.mover[a, b] = i


@compiled
def book(piece: Piece, now: Standing) -> None:
    """Write all books of an arrangement from its centres and grids."""
    now.size[:] = 0
    now.count[:] = 0
    for k in range(len(now.centre)):
        set_centre(piece, now, k, now.centre[k])
    for i in range(len(piece.weight)):
        place(piece, now, i, now.grid[i])
    for k in range(len(now.centre)):
        edges(now, k)


@compiled
def size_price(piece: Piece, size: float) -> float:
    """What a grid of this size costs: beyond the limits dearly, off the target by the square."""
    over = max(0.0, size - piece.upper) + max(0.0, piece.lower - size)
    return OUT * over + piece.beta * (size - piece.target) ** 2


@compiled
def total(piece: Piece, now: Standing) -> float:
    """What the arrangement costs: metres, changes, sizes."""
    found = 0.0
    for i in range(len(piece.weight)):
        found += now.cost[now.grid[i], i]
    for k in range(len(now.centre)):
        found += size_price(piece, float(now.size[k]))
    return found


@compiled
def _circle(parent: Wholes, seen: Wholes, start: int) -> int:
    """A grid on a circle of parents that the way up from `start` runs into, or -1."""
    at, mark = start, start + 1
    while at >= 0 and seen[at] == 0:
        seen[at] = mark
        at = parent[at]
    return at if at >= 0 and seen[at] == mark else -1


@compiled
def _any_circle(parent: Wholes, seen: Wholes) -> int:
    """A grid on any circle of parents, or -1."""
    seen[:] = 0
    for k in range(len(parent)):
        if seen[k] == 0:
            found = _circle(parent, seen, k)
            if found >= 0:
                return found
    return -1


@compiled
def _shorten(now: Standing, length: Reals, parent: Wholes) -> bool:
    """One round over all edges; whether any path became shorter."""
    changed = False
    for a in range(len(length)):
        for b in range(len(length)):
            if length[a] + now.loss[a, b] < length[b] - TINY:
                length[b] = length[a] + now.loss[a, b]
                parent[b] = a
                changed = True
    return changed


@compiled
def _end(piece: Piece, now: Standing, length: Reals, parent: Wholes) -> int:
    """The grid where the path that saves most ends, or -1 where none saves anything."""
    best, end = -TINY, -1
    for k in range(len(length)):
        size = float(now.size[k])
        gain = length[k] + size_price(piece, size + 1) - size_price(piece, size)
        if parent[k] >= 0 and gain < best:
            best, end = gain, k
    return end


@compiled
def _shorter(piece: Piece, now: Standing, parent: Wholes) -> int:
    """The end of a path, or a grid on a circle, whose exchange helps; -1 where the assignment is optimal.

    Bellman-Ford from all grids at once; a path of exchanges begins with what its
    first grid saves by becoming smaller and ends with what its last one pays.
    """
    grids = len(now.centre)
    length = np.empty(grids)
    seen = np.zeros(grids, np.int64)
    parent[:] = -1
    for k in range(grids):
        size = float(now.size[k])
        length[k] = size_price(piece, size - 1) - size_price(piece, size) if now.count[k] else np.inf
    for _ in range(grids + 1):
        if not _shorten(now, length, parent):
            break
        found = _any_circle(parent, seen)
        if found >= 0:
            return found
    return _end(piece, now, length, parent)


@compiled
def exchange(piece: Piece, now: Standing) -> None:
    """Exchange households along paths and circles of grids until the assignment is optimal (all weights one)."""
    grids = len(now.centre)
    parent = np.empty(grids, np.int64)
    touched = np.zeros(grids, np.bool_)
    for _ in range(20 * len(piece.weight)):
        end = _shorter(piece, now, parent)
        if end < 0:
            return
        touched[:] = False
        b = end
        while parent[b] >= 0:
            a = parent[b]
            i = now.mover[a, b]
            take(piece, now, i)
            place(piece, now, i, b)
            touched[a] = touched[b] = True
            b = a
            if b == end:
                break
        for k in range(grids):
            if touched[k]:
                edges(now, k)


@compiled
def _best_swap(piece: Piece, now: Standing, i: int, b: int, best: float) -> tuple[float, int]:
    """The household of a grid whose swap with this one saves more than `best`, and how much; else -1."""
    a, other = now.grid[i], -1
    step = now.cost[b, i] - now.cost[a, i]
    sizes = size_price(piece, float(now.size[a])) + size_price(piece, float(now.size[b]))
    for at in range(now.count[b]):
        j = now.members[b, at]
        both = step + now.cost[a, j] - now.cost[b, j]
        if both >= best + sizes:
            continue
        d = piece.weight[j] - piece.weight[i]
        both += size_price(piece, float(now.size[a] + d)) + size_price(piece, float(now.size[b] - d)) - sizes
        if both < best:
            best, other = both, j
    return best, other


@compiled
def _move_or_swap(piece: Piece, now: Standing, i: int) -> bool:
    """Move one household, or swap it with another, where that helps most."""
    a, wi = now.grid[i], piece.weight[i]
    best, to, other = -TINY, -1, -1
    out = size_price(piece, float(now.size[a] - wi)) - size_price(piece, float(now.size[a]))
    for b in range(len(now.centre)):
        if b == a or now.cost[b, i] - now.cost[a, i] > 2 * OUT:
            continue
        into = size_price(piece, float(now.size[b] + wi)) - size_price(piece, float(now.size[b]))
        gain = now.cost[b, i] - now.cost[a, i] + out + into
        if gain < best:
            best, to, other = gain, b, -1
        gain, j = _best_swap(piece, now, i, b, best)
        if j >= 0:
            best, to, other = gain, b, j
    if to < 0:
        return False
    take(piece, now, i)
    if other >= 0:
        take(piece, now, other)
        place(piece, now, other, a)
    place(piece, now, i, to)
    return True


@compiled
def pack(piece: Piece, now: Standing, state: NDArray[np.uint64]) -> None:
    """Move and swap single households until nothing helps (any weights)."""
    households = len(piece.weight)
    first = below(state, households)
    still, at = 0, first
    while still < households:
        still = 0 if _move_or_swap(piece, now, at) else still + 1
        at = (at + 1) % households


@compiled
def assign(piece: Piece, now: Standing, state: NDArray[np.uint64]) -> None:
    """Settle all households on the centres as they stand."""
    if piece.even:
        exchange(piece, now)
    else:
        pack(piece, now, state)


@compiled
def medoid(piece: Piece, now: Standing, k: int) -> int:
    """The household of a grid with the shortest way to all the others."""
    best, found = np.inf, now.centre[k]
    for at in range(now.count[k]):
        j = now.members[k, at]
        way = 0.0
        for to in range(now.count[k]):
            way += piece.metres[j, now.members[k, to]]
            if way >= best:
                break
        if way < best - TINY:
            best, found = way, j
    return int(found)


@compiled
def settle(piece: Piece, now: Standing, state: NDArray[np.uint64]) -> None:
    """Assign and move every centre to the middle of its grid, in turn, until neither changes anything."""
    for _ in range(50):
        assign(piece, now, state)
        moved = False
        for k in range(len(now.centre)):
            centre = medoid(piece, now, k)
            if centre != now.centre[k]:
                set_centre(piece, now, k, centre)
                moved = True
                if piece.even:
                    entries(now, k)
                    edges(now, k)
        if not moved:
            return
