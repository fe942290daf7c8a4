"""A last look at pieces whose households weigh differently: a small exact program around what was found.

Sizes that must fit like parcels are what exchanges do worst. The bound's prices
tell which centres, and which households with them, could be part of anything
better; where few enough are left, a mixed-integer program decides among these.
It ends after a number of branches, not after a time, so that one seed gives
one result.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.division.assigning import Piece, Standing, standing
from commongrid.kernel.division.worth import Prices

PAIRS = 9000
"""So many pairs of a household and a centre are looked at, the likeliest first."""
BRANCHES = 400
ENOUGH = 1e-7
SECONDS = 60.0
"""A guard for a machine that is busy; the branches end first."""


def likely(piece: Piece, given: Prices, worth: Reals, last: float, slack: float) -> tuple[Wholes, Wholes]:
    """Pairs of a household and a site whose being together could cost less than the slack above the bound."""
    sites = given.usable[worth <= last + slack]
    over = np.maximum(0.0, worth[worth <= last + slack] - last)
    dear = np.maximum(0.0, piece.metres[sites].astype(float) - given.best[np.newaxis, :]) + over[:, np.newaxis]
    limit = slack
    if int((dear <= slack).sum()) > PAIRS:
        limit = min(slack, float(np.partition(dear.reshape(-1), PAIRS)[PAIRS]))
    site, household = np.nonzero(dear <= limit)
    return sites[site].astype(np.int64), household.astype(np.int64)


def packed(piece: Piece, best: Standing, pairs: tuple[Wholes, Wholes]) -> Standing:
    """The best division that uses only these pairs and today's, or the one at hand where none is better."""
    own = best.centre[best.grid]
    site = np.concatenate([pairs[0], own])
    household = np.concatenate([pairs[1], np.arange(len(own))])
    both = np.unique(np.column_stack([site, household]), axis=0)
    site, household = both[:, 0], both[:, 1]
    sites, at = np.unique(site, return_inverse=True)
    count, many, width = len(own), len(sites), len(site)
    column = np.arange(width)
    weight = piece.weight[household].astype(float)
    row = [household, count + at, count + many + at, np.full(many, count + 2 * many), count + 2 * many + 1 + column]
    place = [column, column, column, width + np.arange(many), column]
    value = [np.ones(width), weight, weight, np.ones(many), np.ones(width)]
    row += [count + np.arange(many), count + many + np.arange(many), count + 2 * many + 1 + column]
    place += [width + np.arange(many), width + np.arange(many), width + at]
    value += [np.full(many, -float(piece.upper)), np.full(many, -float(piece.lower)), np.full(width, -1.0)]
    rows = count + 2 * many + 1 + width
    matrix = coo_matrix(
        (np.concatenate(value), (np.concatenate(row), np.concatenate(place))), shape=(rows, width + many)
    ).tocsr()
    least = np.concatenate([np.ones(count), np.full(many, -np.inf), np.zeros(many), [len(best.centre)]])
    most = np.concatenate([np.ones(count), np.zeros(many), np.full(many, np.inf), [len(best.centre)]])
    solved = milp(
        np.concatenate([piece.metres[site, household].astype(float), np.zeros(many)]),
        integrality=np.ones(width + many),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            matrix, np.concatenate([least, np.full(width, -np.inf)]), np.concatenate([most, np.zeros(width)])
        ),
        options={"node_limit": BRANCHES, "mip_rel_gap": ENOUGH, "time_limit": SECONDS},
    )
    if solved.x is None:
        return best
    open_ = np.flatnonzero(solved.x[width:] > ENOUGH)
    number = np.full(many, -1)
    number[open_] = np.arange(len(open_))
    used = solved.x[:width] > 0.5  # noqa: PLR2004 - zero or one
    if len(open_) != len(best.centre) or int(used.sum()) != count:
        return best
    grid = np.empty(count, np.int64)
    grid[household[used]] = number[at[used]]
    return standing(piece, sites[open_], grid)
