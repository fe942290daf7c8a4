"""What is to be divided, by which rules, and what the official has locked; and what comes out.

Plain values. Metres are metres in a plane; people never appear, only how many
a household counts for, how many of its members may head a grid, and how many
households its Party members can look after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commongrid.kernel.division.arrays import Reals, Wholes
from commongrid.kernel.refusals import N_, Refusal

NONE = -1
"""No grid."""
ACCESS = 300.0
"""Metres from a road within which a dwelling is reached by it."""


class NothingToDivide(Refusal):
    """There is no household."""

    default = N_("There are no households here to divide.")


class NoPlaces(Refusal):
    """Not one dwelling has a point."""

    default = N_("Not one dwelling of this village has a point on the map, so no grids can be proposed.")


class TooManyGrids(Refusal):
    """More grids than households."""

    default = N_("So many grids (%(grids)s) can't be made of so few households (%(households)s). Ask for fewer grids.")


class TooFewGrids(Refusal):
    """Fewer grids than parts that can't share one."""

    default = N_(
        "These households need at least %(needed)s grids: natural villages that are kept whole, locked grids and parts "
        "cut off by barriers each take one. You asked for %(grids)s."
    )


class LimitsCrossed(Refusal):
    """The limits of size contradict each other."""

    default = N_("The smallest size must be below the largest, and the size aimed at between them.")


class UnequalLists(Refusal):
    """The lists do not describe the same households."""

    default = N_("The lists of households have different lengths.")


class Stopped(Exception):
    """Somebody cancelled the run; nothing was changed."""


class Cause(StrEnum):
    """Why a grid is not as the rules ask."""

    SMALL_VILLAGE = "small_village"  # the natural village, kept whole, has too few households
    CUT_OFF = "cut_off"  # barriers leave too few households together
    ALLOWED_SMALL = "allowed_small"  # the official allows this small grid
    NO_NUMBER_FITS = "no_number_fits"  # so many households can't be split into grids of the allowed sizes
    GIVEN_NUMBER = "given_number"  # the number of grids that was asked for leaves them too small or too large
    LOCKED_GRID = "locked_grid"  # a locked grid is so, or leaves too few or too many beside it
    LOCKED_HOUSEHOLDS = "locked_households"  # locked households make it so
    TOO_FEW_THERE = "too_few_there"  # not so many people are eligible among these households
    DEARER = "dearer"  # possible, but the walks it takes cost more than its price
    SHAPE = "shape"  # the ways between the dwellings allow nothing better that was found


class Fault(StrEnum):
    """What a grid lacks."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    IN_PIECES = "in_pieces"
    NO_HEAD = "no_head"
    TOO_FEW_MEMBERS = "too_few_members"
    FAR_HAMLET = "far_hamlet"  # tied to dwellings far away: a small grid of its own could be allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcoming:
    """A grid that is not as the rules ask: what, by how much, why, and the locks or villages that block it."""

    grid: int
    fault: Fault
    amount: float
    cause: Cause
    blocked_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """The households of a village, one entry each; a dwelling without a point has NaN and is placed by its village."""

    points: Reals
    village: Wholes
    weight: Wholes
    heads: Wholes
    capacity: Wholes
    before: Wholes

    @classmethod
    def at(cls, points: Reals, **given: Wholes) -> Households:
        """Households at these points; what is not given: one village, weight one, a head each, no grid yet."""
        count = len(points)
        standard = {"village": 0, "weight": 1, "heads": 1, "capacity": 1, "before": NONE}
        lists = {name: np.asarray(given.get(name, np.full(count, one)), np.int64) for name, one in standard.items()}
        return cls(points=np.asarray(points, float).reshape(-1, 2), **lists)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a good division is; prices are in metres of walking.

    ``split`` is gamma (per natural village in a grid), ``change`` sigma (per
    household whose grid changes), ``uneven`` beta (per square of the distance
    to the target). ``straddling`` are the natural villages that may share a
    grid, ``small`` those that may be one small grid by themselves.
    """

    target: float = 44.0
    lower: int = 30
    upper: int = 60
    grids: int | None = None
    split: float = 1000.0
    change: float = 0.0
    uneven: float = 0.0
    no_head: float = 2000.0
    short_member: float = 100.0
    straddling: frozenset[int] = frozenset()
    small: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Households that stay in a grid of today's (by its number, else -1), and grids that stay as they are."""

    households: Wholes | None = None
    grids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to search, in rounds, so that one seed gives one result on every machine; and who may look in.

    ``near``: a large piece with grids to begin with is searched only around what is locked, new or beyond a limit.
    """

    rounds: int = 900
    bound_rounds: int = 500
    joining_rounds: int = 60
    with_bound: bool = True
    near: bool = False
    seed: int = 1
    progress: Callable[[float, str], None] | None = None
    cancelled: Callable[[], bool] | None = None

    def look_in(self, share: float, step: str) -> None:
        """Tell how far it is, and stop where somebody has cancelled."""
        if self.cancelled is not None and self.cancelled():
            raise Stopped
        if self.progress is not None:
            self.progress(min(1.0, share), step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One grid: the number it had or None, the household at its centre, and what it holds."""

    label: int | None
    centre: int
    households: int
    size: int
    metres: float
    heads: int
    capacity: int
    villages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What an arrangement costs, term by term, and its faults in numbers."""

    metres: float
    pairs: int  # (natural village, grid)
    changed: int
    uneven: float
    without_head: int
    short_members: int
    out_of_range: int
    in_pieces: int
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Grids as somebody drew them, by the measure of a proposal: what they hold, cost and lack.

    ``beyond`` counts for each grid the households that see its centre only across a barrier.
    """

    grids: tuple[Grid, ...]
    reckoning: Reckoning
    exceptions: tuple[Shortcoming, ...]
    beyond: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A division: each household's grid, the grids, what it costs, against today's, and how good it is proven to be.

    ``bound`` is the least price that any division could have, or None where it
    has not converged or limits are broken, so that no gap could be shown.
    """

    grid: Wholes
    grids: tuple[Grid, ...]
    reckoning: Reckoning
    today: Reckoning | None
    exceptions: tuple[Shortcoming, ...]
    bound: float | None
    approximate: NDArray[np.bool_]
    idle_bridges: tuple[int, ...]

    @property
    def gap(self) -> float | None:
        """How far above the proven bound the price is at most, as a share."""
        if self.bound is None:
            return None
        return max(0.0, self.reckoning.price - self.bound) / max(self.bound, 1e-9) if self.reckoning.price > 0 else 0.0
