"""What one site is worth at given prices of the households: the least price of a grid there, less their prices.

A site takes the households that are worth most to it within the limits of
size. Where grids may hold several natural villages at a price for each, and
every household weighs one, it takes the best number of each village's
households, cheapest first, and pays for every village but the first; where
households weigh differently the price is spread over the village's households,
which only lowers the worth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commongrid.kernel.compiled import compiled
from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.division.assigning import FAR, Piece


class Prices(NamedTuple):
    """Where the bound stands."""

    best: Reals  # households' prices with the best bound
    now: Reals
    often: Reals  # how often each household was taken, on average over the rounds
    figures: Reals  # their places are named in `bounding`
    near: Wholes  # site x place: the households near it
    usable: Wholes  # sites that may still be a centre of something better
    worth: Reals  # site: not more than its worth at the best prices
    labels: Wholes  # the grids of today that matter to a site's worth


@compiled
def shares(piece: Piece) -> bool:
    """Whether the price of natural villages is reckoned exactly."""
    return piece.split > 0 and piece.even


@compiled
def _on_the_way(piece: Piece, rate: float, end: tuple[float, float], size: float, sum_: float) -> tuple[float, float]:
    """The least price between two sizes while one household is taken, and the size where it is least."""
    low, high = end
    turn = low
    if piece.beta > 0 and not piece.even:
        turn = min(high, max(low, piece.target - rate / (2 * piece.beta)))
    least, found = np.inf, low
    for one in (low, turn, high):
        value = sum_ + rate * (one - size) + piece.beta * (one - piece.target) ** 2
        if value < least:
            least, found = value, one
    return least, found


@compiled
def _least(piece: Piece, rate: Reals, weight: Wholes, order: Wholes) -> tuple[float, float]:
    """The least price of a grid from the households on offer, and its size.

    Taken by price per weight the sum is convex in the size, so the search ends
    where it begins to rise. A household may be taken in part; where all weigh
    one that never pays, and elsewhere it only lowers the bound.
    """
    least, found = np.inf, -1.0
    size, sum_ = 0.0, 0.0
    if piece.lower <= 0:
        least, found = piece.beta * piece.target**2, 0.0
    for at in order:
        low, high = max(size, float(piece.lower)), min(size + weight[at], float(piece.upper))
        if low <= high:
            value, end = _on_the_way(piece, rate[at], (low, high), size, sum_)
            if value >= least:
                break
            least, found = value, end
        elif size > piece.upper:
            break
        sum_ += rate[at] * weight[at]
        size += weight[at]
    return least, found


@compiled
def _plainly(piece: Piece, who: Wholes, rate: Reals, cover: Reals) -> float:
    """The worth where no village has a price of its own; what is taken is added to a cover."""
    order = np.argsort(rate)
    least, size = _least(piece, rate, piece.weight[who], order)
    if len(cover):
        for at in order:
            part = min(float(piece.weight[who[at]]), size)
            if part <= 0:
                break
            cover[who[at]] += part / piece.weight[who[at]]
            size -= part
    return least


@compiled
def _by_village(piece: Piece, village: Wholes, rate: Reals, order: Wholes) -> tuple[Reals, Wholes]:
    """The least sum for each size, every village paid for; village x size: how many of each one's households."""
    upper = min(piece.upper, len(order))
    best = np.full(upper + 1, np.inf)
    best[0] = 0.0
    number = np.zeros((village.max() + 1, upper + 1), np.int64)
    for v in range(len(number)):
        before, sum_, count = best.copy(), piece.split, 0
        for at in order:
            if village[at] != v or count == upper:
                continue
            count += 1
            sum_ += rate[at]
            for size in range(count, upper + 1):
                if before[size - count] + sum_ < best[size]:
                    best[size] = before[size - count] + sum_
                    number[v, size] = count
    return best, number


@compiled
def _with_villages(piece: Piece, who: Wholes, rate: Reals, cover: Reals) -> float:
    """The worth where each natural village but the first has its price: the best number of each one's households."""
    village, order = piece.village[who], np.argsort(rate)
    best, number = _by_village(piece, village, rate, order)
    least, found = np.inf, 0
    for size in range(max(0, piece.lower), len(best)):
        value = best[size] - (piece.split if size else 0.0) + piece.beta * (size - piece.target) ** 2
        if value < least:
            least, found = value, size
    if len(cover):
        left = np.zeros(len(number), np.int64)
        for v in range(len(number) - 1, -1, -1):
            left[v] = number[v, found]
            found -= number[v, found]
        for at in order:
            cover[who[at]] += left[village[at]] > 0
            left[village[at]] -= 1
    return least


@compiled
def _worth_having(piece: Piece, who: Wholes, rate: Reals) -> tuple[Wholes, Reals]:
    """Without the households that only cost, where there are others enough for the least size and size has no price."""
    gains = rate < 0
    if piece.beta > 0 or piece.weight[who[gains]].sum() < piece.lower:
        return who, rate
    return who[gains], rate[gains]


@compiled
def _offer(piece: Piece, given: Prices, lam: Reals, site: int, label: int) -> tuple[Wholes, Reals]:
    """The households that a site could take and their prices there per weight."""
    near = given.near[min(site, len(given.near) - 1)]
    rate = np.empty(len(near))
    spread = not shares(piece)
    for at in range(len(near)):
        i = near[at]
        own = float(piece.metres[site, i]) - lam[i]
        if spread and piece.village[i] != piece.village[site]:
            own += piece.foreign[i]
        if label >= -1:
            own += piece.sigma if piece.before[i] >= 0 and piece.before[i] != label else 0.0
            own += FAR if piece.locked[i] >= 0 and piece.locked[i] != label else 0.0
        rate[at] = own / piece.weight[i]
    return (near, rate) if shares(piece) else _worth_having(piece, near, rate)


@compiled
def taken(piece: Piece, given: Prices, lam: Reals, at: tuple[int, int], cover: Reals) -> float:
    """The worth of a site as a grid of today, or as a new one (-1); what it takes is added to a cover, if any."""
    who, rate = _offer(piece, given, lam, at[0], at[1])
    if shares(piece):
        return _with_villages(piece, who, rate, cover)
    return _plainly(piece, who, rate, cover)


@compiled
def hopes(piece: Piece, given: Prices, lam: Reals) -> Reals:
    """Usable site x grid of today, a new one last: not more than its worth, by all worth having, whatever the sizes."""
    grids = len(given.labels)
    found = np.empty((len(given.usable), grids + 1))
    split = piece.split if shares(piece) else 0.0
    gain, stays = np.zeros(piece.village.max() + 1), np.zeros(piece.before.max() + 2)
    for number in range(len(given.usable)):
        site = given.usable[number]
        gain[:], stays[:] = 0.0, 0.0
        for i in given.near[min(site, len(given.near) - 1)]:
            own = float(piece.metres[site, i]) - lam[i]
            if own < 0:
                moved = min(0.0, own + piece.sigma) if piece.before[i] >= 0 else own
                gain[piece.village[i]] += moved
                stays[piece.before[i]] += moved - own
        first, rest = 0.0, 0.0
        for one in gain:
            rest += min(0.0, one + split)
            first = min(first, max(one, -split))
        found[number, grids] = rest + first
        for one in range(grids):
            label = given.labels[one]
            found[number, one] = rest + first - (stays[label] if label < len(stays) - 1 else 0.0)
    return found
