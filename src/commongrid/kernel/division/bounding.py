"""A proven lower bound on what any division of a piece can cost (Lagrangian relaxation of "each household once").

Every household gets a price; each site then takes, by itself, the households
that are worth most to it within the limits of size; the best sites' worth and
the prices together are never more than the optimum. The prices follow the
households that were taken too often or not at all (volume algorithm: the
direction is an average of what was taken in the rounds before). Sites that
cannot be part of anything better than what is known are set aside.

What a division may also cost, and this leaves out, is never negative: broken
locks, splits, missing heads. So the bound holds for the whole price.
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
    figures: Reals  # see below
    near: Wholes  # site x place: the households near it
    usable: Wholes  # sites that may still be a centre of something better
    worth: Reals  # site: not more than its worth at the best prices
    labels: Wholes  # the grids of today that matter to a site's worth; -1 is none of them


PATIENCE = 12
"""After so many rounds without gain the steps become shorter."""
EVEN_ENOUGH = 1e-12

BOUND, FACTOR, DULL, LAST, WEAVE = 0, 1, 2, 3, 4
"""Places in the figures: the bound, the length of a step, rounds without gain, the last chosen site's worth, share."""


def prices(piece: Piece, start: Reals, reach: int) -> Prices:
    """The beginning: prices from an arrangement, every site usable, the nearest households in reach."""
    households = len(start)
    if reach < households:
        near = np.argpartition(piece.metres, reach - 1, axis=1)[:, :reach].astype(np.int64)
    else:
        near = np.arange(households, dtype=np.int64)[np.newaxis, :]
    named = piece.sigma > 0 or bool((piece.locked >= 0).any())
    labels = np.union1d(piece.before, piece.locked) if named else np.empty(0, np.int64)
    return Prices(
        best=start.copy(),
        now=start.copy(),
        often=np.ones(households),
        figures=np.array([-np.inf, 0.05, 0.0, 0.0, 0.1]),
        near=near,
        usable=np.arange(households, dtype=np.int64),
        worth=np.full(households, -np.inf),
        labels=np.union1d(labels, np.array([-1], np.int64)),
    )


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
def _offer(piece: Piece, given: Prices, lam: Reals, site: int, label: int) -> tuple[Wholes, Reals, float]:
    """The households a site could take, their prices there per weight, and the sum of those worth having."""
    near = given.near[min(site, len(given.near) - 1)]
    who = np.empty(len(near), np.int64)
    rate = np.empty(len(near))
    gain = 0.0
    for at in range(len(near)):
        i = near[at]
        own = float(piece.metres[site, i]) - lam[i]
        if piece.village[i] != piece.village[site]:
            own += piece.foreign[i]
        if label >= -1:
            own += piece.sigma if piece.before[i] >= 0 and piece.before[i] != label else 0.0
            own += FAR if piece.locked[i] >= 0 and piece.locked[i] != label else 0.0
        who[at] = i
        rate[at] = own / piece.weight[i]
        gain += min(0.0, own)
    return who, rate, gain


@compiled
def taken(piece: Piece, given: Prices, lam: Reals, site: int, cover: Reals) -> float:
    """A site's worth; what it takes is added to the cover where one is given."""
    least, size, label = np.inf, -1.0, -1
    for one in given.labels:
        who, rate, _ = _offer(piece, given, lam, site, one)
        value, end = _least(piece, rate, piece.weight[who], np.argsort(rate))
        if value < least:
            least, size, label = value, end, one
    if len(cover):
        who, rate, _ = _offer(piece, given, lam, site, label)
        for at in np.argsort(rate):
            part = min(float(piece.weight[who[at]]), size)
            if part <= 0:
                break
            cover[who[at]] += part / piece.weight[who[at]]
            size -= part
    return least


@compiled
def _hopes(piece: Piece, given: Prices, lam: Reals) -> Reals:
    """For each usable site not more than its worth: everything worth having, whatever the limits."""
    found = np.empty(len(given.usable))
    for number in range(len(given.usable)):
        site = given.usable[number]
        near = given.near[min(site, len(given.near) - 1)]
        gain = 0.0
        for i in near:
            gain += min(0.0, float(piece.metres[site, i]) - lam[i])
        found[number] = gain
    return found


@compiled
def worth_of(piece: Piece, given: Prices, lam: Reals, grids: int, cover: Reals) -> tuple[float, float, Reals]:
    """The bound at these prices, the worth of the last site chosen, and the hopes of all usable sites."""
    hopes = _hopes(piece, given, lam)
    chosen = np.full(grids, np.inf)
    sites = np.full(grids, -1, np.int64)
    none = np.empty(0)
    for number in np.argsort(hopes):
        worst = np.argmax(chosen)
        if hopes[number] >= chosen[worst]:
            break
        value = taken(piece, given, lam, given.usable[number], none)
        if value < chosen[worst]:
            chosen[worst], sites[worst] = value, given.usable[number]
    if len(cover):
        cover[:] = 0.0
        for site in sites:
            if site >= 0:
                taken(piece, given, lam, int(site), cover)
    return lam.sum() + chosen.sum(), chosen.max(), hopes


@compiled
def raise_bound(piece: Piece, given: Prices, grids: int, known: float, rounds: int) -> None:
    """Rounds of the volume algorithm towards the best prices."""
    figures = given.figures
    cover = np.zeros(len(given.best))
    for _ in range(rounds):
        bound, last, hopes = worth_of(piece, given, given.now, grids, cover)
        given.often[:] = figures[WEAVE] * cover + (1 - figures[WEAVE]) * given.often
        short = 1.0 - given.often
        if bound > figures[BOUND]:
            if (short * (1.0 - cover)).sum() > 0:
                figures[FACTOR] = min(1.5, figures[FACTOR] * 1.1)
            figures[BOUND], figures[LAST], figures[DULL] = bound, last, 0.0
            given.best[:] = given.now
            given.worth[given.usable] = hopes
        else:
            figures[DULL] += 1
            if figures[DULL] >= PATIENCE:
                figures[FACTOR] *= 0.66
                figures[DULL] = 0.0
        norm = (short * short).sum()
        if norm < EVEN_ENOUGH:
            return
        step = figures[FACTOR] * max(known * 1.002 - figures[BOUND], known * 1e-4) / norm
        given.now[:] = given.best + step * short
