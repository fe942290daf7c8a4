"""A proven lower bound on what any division of a piece can cost (Lagrangian relaxation of "each household once").

Every household gets a price; each site then takes, by itself, the households
that are worth most to it within the limits of size; the best sites' worth and
the prices together are never more than the optimum. The prices follow the
households that were taken too often or not at all (volume algorithm: the
direction is an average of what was taken in the rounds before). Sites that
cannot be part of anything better than what is known are set aside.

What a division may also cost, and this leaves out, is never negative: broken
locks, missing heads, members too few. So the bound holds for the whole price.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commongrid.kernel.compiled import compiled
from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.division.assigning import Piece
from commongrid.kernel.division.worth import Prices, hopes, taken

PATIENCE = 12
"""After so many rounds without gain the steps become shorter."""
EVEN_ENOUGH = 1e-12

BOUND, FACTOR, DULL, LAST, WEAVE = 0, 1, 2, 3, 4
"""Places in the figures: the bound, the length of a step, rounds without gain, the last chosen site's worth, share."""
FRESH = (-np.inf, 0.05, 0.0, 0.0, 0.1)


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
        figures=np.array(FRESH),
        near=near,
        usable=np.arange(households, dtype=np.int64),
        worth=np.full(households, -np.inf),
        labels=labels[labels >= 0].astype(np.int64),
    )


class Chosen(NamedTuple):
    """The sites that are worth most: their worth, the site, and the grid of today that goes on there, or -1."""

    worth: Reals
    site: Wholes
    label: Wholes


@compiled
def _consider(piece: Piece, given: Prices, lam: Reals, hope: Reals, offer: tuple[int, Chosen]) -> None:
    """Put the sites that are worth more as a grid of today, or as a new one (-1), in the place of those worth less."""
    label, chosen = offer
    none = np.empty(0)
    for number in np.argsort(hope):
        worst = np.argmax(chosen.worth)
        if hope[number] >= chosen.worth[worst]:
            break
        value = taken(piece, given, lam, (given.usable[number], label), none)
        if value < chosen.worth[worst]:
            chosen.worth[worst], chosen.site[worst], chosen.label[worst] = value, given.usable[number], label


@compiled
def _nobody(grids: int) -> Chosen:
    return Chosen(np.full(grids, np.inf), np.full(grids, -1, np.int64), np.full(grids, -1, np.int64))


@compiled
def worth_of(piece: Piece, given: Prices, lam: Reals, grids: int, cover: Reals) -> tuple[float, float, Reals]:
    """The bound at these prices, the worth of the last site chosen, and the best hope of each usable site.

    A grid of today goes on from one site, whatever else is chosen; the others are new.
    """
    hope = hopes(piece, given, lam)
    chosen = _nobody(grids)
    for one in range(len(given.labels)):
        best = _nobody(1)
        _consider(piece, given, lam, hope[:, one].copy(), (given.labels[one], best))
        worst = np.argmax(chosen.worth)
        chosen.worth[worst], chosen.site[worst], chosen.label[worst] = best.worth[0], best.site[0], best.label[0]
    _consider(piece, given, lam, hope[:, len(given.labels)].copy(), (-1, chosen))
    if len(cover):
        cover[:] = 0.0
        for at in range(grids):
            if chosen.site[at] >= 0:
                taken(piece, given, lam, (chosen.site[at], chosen.label[at]), cover)
    least = hope[:, 0].copy()
    for one in range(len(given.labels)):
        least = np.minimum(least, hope[:, one + 1])
    return lam.sum() + chosen.worth.sum(), chosen.worth.max(), least


@compiled
def raise_bound(piece: Piece, given: Prices, grids: int, known: float, rounds: int) -> None:
    """Rounds of the volume algorithm towards the best prices."""
    figures = given.figures
    cover = np.zeros(len(given.best))
    for _ in range(rounds):
        bound, last, hope = worth_of(piece, given, given.now, grids, cover)
        given.often[:] = figures[WEAVE] * cover + (1 - figures[WEAVE]) * given.often
        short = 1.0 - given.often
        if bound > figures[BOUND]:
            if (short * (1.0 - cover)).sum() > 0:
                figures[FACTOR] = min(1.5, figures[FACTOR] * 1.1)
            figures[BOUND], figures[LAST], figures[DULL] = bound, last, 0.0
            given.best[:] = given.now
            given.worth[given.usable] = hope
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
