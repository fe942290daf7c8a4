"""Connected grids with a head and enough members: simulated annealing that never tears a grid apart.

A household moves to a grid next to it, alone or with another one that moves on
(a swap, or one more step of a chain). Everything that a division costs is
weighed: metres, sizes, natural villages in a grid, missing heads, households
that no member could look after, changes. What begins in pieces is mended first.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.compiled import below, compiled, share
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.assigning import (
    FAR,
    Piece,
    Standing,
    medoid,
    place,
    set_centre,
    size_price,
    take,
    total,
)


class Ground(NamedTuple):
    """What lies beside the metres: places and their neighbours, natural villages, heads, members, and prices."""

    place: Wholes
    first: Wholes  # place: where its neighbours begin
    beside: Wholes  # neighbouring places
    begin: Wholes  # place: where its households begin
    there: Wholes  # households by place
    village: Wholes
    heads: Wholes
    capacity: Wholes
    split: float
    no_head: float
    short_member: float


class Holding(NamedTuple):
    """What each grid holds, kept up to date while households move."""

    at_place: Wholes  # grid x place
    of_village: Wholes  # grid x natural village
    heads: Wholes
    spare: Wholes
    mark: Wholes
    queue: Wholes


WANTED, SEEN = 1, 2
ROUNDS_TO_MEND = 12
TWICE = 0.6
"""In this share of the steps a second household moves on."""


@compiled
def holding(ground: Ground, now: Standing) -> Holding:
    """The books of an arrangement."""
    grids, places = len(now.centre), len(ground.first) - 1
    made = Holding(
        np.zeros((grids, places), np.int64),
        np.zeros((grids, ground.village.max() + 1), np.int64),
        np.zeros(grids, np.int64),
        np.zeros(grids, np.int64),
        np.zeros(places, np.int64),
        np.zeros(places, np.int64),
    )
    for i in range(len(now.grid)):
        _count(ground, made, i, now.grid[i], 1)
    return made


@compiled
def _count(ground: Ground, held: Holding, i: int, k: int, by: int) -> None:
    held.at_place[k, ground.place[i]] += by
    held.of_village[k, ground.village[i]] += by
    held.heads[k] += by * ground.heads[i]
    held.spare[k] += by * (ground.capacity[i] - 1)


@compiled
def shift(piece: Piece, ground: Ground, now: Standing, held: Holding, move: tuple[int, int]) -> None:
    """Move a household to a grid, in all books."""
    i, b = move
    _count(ground, held, i, now.grid[i], -1)
    take(piece, now, i)
    place(piece, now, i, b)
    _count(ground, held, i, b, 1)


@compiled
def holding_price(ground: Ground, held: Holding, k: int) -> float:
    """What a grid costs for what it lacks: one natural village, a head, members enough."""
    villages = 0
    for v in range(held.of_village.shape[1]):
        villages += held.of_village[k, v] > 0
    found = ground.split * villages + ground.short_member * max(0, -held.spare[k])
    return float(found + (ground.no_head if held.heads[k] == 0 else 0.0))


@compiled
def whole_price(piece: Piece, ground: Ground, now: Standing, held: Holding) -> float:
    """Everything that the arrangement costs."""
    found = total(piece, now)
    for k in range(len(now.centre)):
        found += holding_price(ground, held, k)
    return found


@compiled
def beside(ground: Ground, held: Holding, i: int, b: int) -> bool:
    """Whether a household stands at a place of the grid or next to one."""
    p = ground.place[i]
    near = held.at_place[b, p] > 0
    for at in range(ground.first[p], ground.first[p + 1]):
        near = near or held.at_place[b, ground.beside[at]] > 0
    return bool(near)


@compiled
def _mark_around(ground: Ground, held: Holding, a: int, p: int) -> tuple[int, int]:
    """Mark the grid's places next to a place: how many they are, and one of them."""
    held.mark[:] = 0
    held.mark[p] = SEEN
    wanted, start = 0, -1
    for at in range(ground.first[p], ground.first[p + 1]):
        q = ground.beside[at]
        if held.at_place[a, q] > 0 and held.mark[q] == 0:
            held.mark[q] = WANTED
            wanted += 1
            start = q
    return wanted, start


@compiled
def _finds_all(ground: Ground, held: Holding, a: int, start: int, wanted: int) -> bool:
    """Whether a walk through a grid's places, from one marked place, meets all that are marked."""
    mark, queue = held.mark, held.queue
    queue[0], tail, head = start, 1, 0
    mark[start] = SEEN
    left = wanted - 1
    while head < tail and left > 0:
        q = queue[head]
        head += 1
        for at in range(ground.first[q], ground.first[q + 1]):
            r = ground.beside[at]
            if mark[r] != SEEN and held.at_place[a, r] > 0:
                left -= mark[r]
                mark[r] = SEEN
                queue[tail] = r
                tail += 1
    return left == 0


@compiled
def can_leave(ground: Ground, now: Standing, held: Holding, i: int) -> bool:
    """Whether a grid hangs together without this household."""
    a, p = now.grid[i], ground.place[i]
    if now.count[a] == 1:
        return False
    if held.at_place[a, p] > 1:
        return True
    wanted, start = _mark_around(ground, held, a, p)
    return wanted > 0 and _finds_all(ground, held, a, start, wanted)


@compiled
def _flood(ground: Ground, held: Holding, part: Wholes, k: int, p: int) -> int:
    """Number everything of a grid that hangs together with a place like that place; how many households it is."""
    held.queue[0], head, tail, people = p, 0, 1, 0
    while head < tail:
        q = held.queue[head]
        head += 1
        people += held.at_place[k, q]
        for at in range(ground.first[q], ground.first[q + 1]):
            r = ground.beside[at]
            if part[r] == 0 and held.at_place[k, r] > 0:
                part[r] = part[p]
                held.queue[tail] = r
                tail += 1
    return people


@compiled
def pieces_of(ground: Ground, held: Holding, k: int) -> tuple[int, Wholes]:
    """In how many parts a grid lies, and the part of each of its places; the largest one is the first."""
    part = np.zeros(len(ground.first) - 1, np.int64)
    number, largest, most = 0, 0, 0
    for p in range(len(part)):
        if part[p] == 0 and held.at_place[k, p] > 0:
            number += 1
            part[p] = number
            people = _flood(ground, held, part, k, p)
            if people > most:
                most, largest = people, number
    for p in range(len(part)):
        if part[p] == largest:
            part[p] = 1
        elif part[p] == 1:
            part[p] = largest
    return number, part


@compiled
def _new_home(ground: Ground, now: Standing, held: Holding, i: int) -> int:
    """The cheapest other grid next to a household that it is not locked out of, or -1."""
    best, found = FAR / 2, -1
    for b in range(len(now.centre)):
        if b != now.grid[i] and now.cost[b, i] < best and beside(ground, held, i, b):
            best, found = now.cost[b, i], b
    return found


@compiled
def mend(piece: Piece, ground: Ground, now: Standing, held: Holding) -> int:
    """Give the smaller parts of grids in pieces to the grids around them; how many grids stay in pieces."""
    torn = 0
    for _ in range(ROUNDS_TO_MEND):
        torn = 0
        for k in range(len(now.centre)):
            number, part = pieces_of(ground, held, k)
            torn += number > 1
            for i in now.members[k, : now.count[k]].copy():
                if part[ground.place[i]] > 1:
                    found = _new_home(ground, now, held, i)
                    if found >= 0:
                        shift(piece, ground, now, held, (i, found))
        if torn == 0:
            return 0
    return torn


@compiled
def _next_to(ground: Ground, now: Standing, i: int, state: NDArray[np.uint64]) -> int:
    """The grid of a household at the same place or the next, by chance."""
    p = ground.place[i]
    around = ground.first[p + 1] - ground.first[p]
    at = below(state, around + 1)
    q = p if at == around else ground.beside[ground.first[p] + at]
    there = ground.begin[q + 1] - ground.begin[q]
    return int(now.grid[ground.there[ground.begin[q] + below(state, there)]])


@compiled
def _grid_price(piece: Piece, ground: Ground, now: Standing, held: Holding, k: int) -> float:
    return size_price(piece, float(now.size[k])) + holding_price(ground, held, k)


@compiled
def _second(
    ground: Ground, now: Standing, held: Holding, move: tuple[int, int], state: NDArray[np.uint64]
) -> tuple[int, int]:
    """Another household of the grid that has just taken one, and where it could go; -1 where there is none."""
    i, b = move
    if share(state) > TWICE:
        return -1, b
    j = now.members[b, below(state, now.count[b])]
    c = _next_to(ground, now, j, state)
    if j == i or c == b or now.cost[c, j] > FAR / 2 or not can_leave(ground, now, held, j):
        return -1, b
    return j, c


@compiled
def _three(piece: Piece, ground: Ground, now: Standing, held: Holding, grids: tuple[int, int, int]) -> float:
    """What three grids cost for size and holding; the third is counted once where it is one of the others."""
    a, b, c = grids
    found = _grid_price(piece, ground, now, held, a) + _grid_price(piece, ground, now, held, b)
    return found if c in (a, b) else found + _grid_price(piece, ground, now, held, c)


@compiled
def _step(piece: Piece, ground: Ground, now: Standing, held: Holding, draw: tuple[float, NDArray[np.uint64]]) -> None:
    """One move, or a move and a second one out of the grid that took it; undone where it costs too much."""
    heat, state = draw
    i = below(state, len(now.grid))
    a, b = now.grid[i], _next_to(ground, now, i, state)
    if a == b or now.cost[b, i] > FAR / 2 or not can_leave(ground, now, held, i):
        return
    change = now.cost[b, i] - now.cost[a, i]
    shift(piece, ground, now, held, (i, b))
    j, c = _second(ground, now, held, (i, b), state)
    if j >= 0:
        change += now.cost[c, j] - now.cost[b, j]
        shift(piece, ground, now, held, (j, c))
    change += _three(piece, ground, now, held, (a, b, c))
    if j >= 0:
        shift(piece, ground, now, held, (j, b))
    shift(piece, ground, now, held, (i, a))
    change -= _three(piece, ground, now, held, (a, b, c))
    if change <= 0 or share(state) < exp(-change / heat):
        shift(piece, ground, now, held, (i, b))
        if j >= 0:
            shift(piece, ground, now, held, (j, c))


@compiled
def recentre(piece: Piece, now: Standing) -> None:
    """Every centre to the middle of its grid."""
    for k in range(len(now.centre)):
        centre = medoid(piece, now, k)
        if centre != now.centre[k]:
            set_centre(piece, now, k, centre)


@compiled
def anneal(
    piece: Piece, ground: Ground, now: Standing, heats: tuple[float, float, int], state: NDArray[np.uint64]
) -> float:
    """From one heat to the other in so many rounds of a step for each household; the best met is left in `now`."""
    hot, cold, rounds = heats
    held = holding(ground, now)
    mend(piece, ground, now, held)
    recentre(piece, now)
    least = whole_price(piece, ground, now, held)
    best_grid, best_centre = now.grid.copy(), now.centre.copy()
    for number in range(rounds):
        heat = hot * (cold / hot) ** (number / max(1, rounds - 1))
        for _ in range(len(now.grid)):
            _step(piece, ground, now, held, (heat, state))
        recentre(piece, now)
        price = whole_price(piece, ground, now, held)
        if price < least - 1e-6:
            least = price
            best_grid[:], best_centre[:] = now.grid, now.centre
    for i in range(len(now.grid)):
        if now.grid[i] != best_grid[i]:
            shift(piece, ground, now, held, (i, best_grid[i]))
    for k in range(len(now.centre)):
        if now.centre[k] != best_centre[k]:
            set_centre(piece, now, k, best_centre[k])
    return least
