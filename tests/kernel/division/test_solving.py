"""The exact parts of a division against other solvers: assignment, bound, optimum of small pieces."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from commongrid.kernel.compiled import below, chance, share
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.assigning import Piece, assign, book, standing, total
from commongrid.kernel.division.bounding import BOUND, prices, raise_bound, worth_of
from commongrid.kernel.division.closing import choices
from commongrid.kernel.division.dividing import divide
from commongrid.kernel.division.statement import Rules
from tests.kernel.division.laws import QUICK, village

pytestmark = pytest.mark.xdist_group("division")  # one worker compiles
few = settings(max_examples=15, deadline=None)


def piece(seed: int, count: int, lower: int, upper: int, beta: float = 0.0) -> Piece:
    """Households in the plane, each weighing one, nothing locked."""
    points = np.random.default_rng(seed).uniform(0, 1000, (count, 2))
    metres = np.linalg.norm(points[:, None] - points[None], axis=2).astype(np.float32)
    none = np.full(count, -1, np.int64)
    zero = np.zeros(count, np.int64)
    return Piece(
        metres, zero + 1, lower, upper, (lower + upper) / 2, beta, 0.0, none, none.copy(), zero, np.zeros(count), True
    )


def cheapest(one: Piece, centres: Wholes) -> float:
    """The least price with these centres, by matching households to numbered places in the grids."""
    grids, upper = len(centres), one.upper
    steps = [one.beta * ((s - one.target) ** 2 - (s - 1 - one.target) ** 2) for s in range(1, upper + 1)]
    steps = [step - (1e5 if s < one.lower else 0.0) for s, step in enumerate(steps)]
    matrix = one.metres[np.repeat(centres, upper)].T.astype(float) + np.tile(steps, grids)
    rows, columns = linear_sum_assignment(matrix)
    constant = grids * (one.beta * one.target**2 + 1e5 * one.lower)
    return float(matrix[rows, columns].sum() + constant)


@few
@given(st.integers(0, 10**6), st.sampled_from([0.0, 3.0]))
def test_exchanges_end_at_the_cheapest_assignment(seed: int, beta: float) -> None:
    one = piece(seed, 24, 5, 8, beta)
    centres = np.random.default_rng(seed).choice(24, 4, replace=False)
    now = standing(one, centres, np.argmin(one.metres[centres], axis=0))
    assign(one, now, chance(seed))
    assert total(one, now) == pytest.approx(cheapest(one, centres), rel=1e-6)
    spoilt = now.cost.copy(), now.loss.copy(), now.size.copy()
    book(one, now)
    for kept, made in zip(spoilt, (now.cost, now.loss, now.size), strict=True):
        assert np.allclose(kept, made)


@few
@given(st.integers(0, 10**6), st.sampled_from([0.0, 2.0]))
def test_the_bound_is_never_above_the_optimum_and_comes_near(seed: int, beta: float) -> None:
    one = piece(seed, 14, 4, 6, beta)
    optimum = min(cheapest(one, np.array(centres)) for centres in combinations(range(14), 3))
    given = prices(one, np.sort(one.metres, axis=1)[:, 3].astype(float), 14)
    raise_bound(one, given, 3, optimum, 400)
    bound = worth_of(one, given, given.best, 3, np.empty(0))[0]
    assert bound == pytest.approx(given.figures[BOUND])
    assert bound <= optimum + 1e-6
    assert bound >= 0.85 * optimum


@few
@given(st.integers(0, 10**6))
def test_a_small_village_is_solved_to_the_optimum_and_proves_it(seed: int) -> None:
    homes = village(seed, 20)
    rules = Rules(target=7, lower=5, upper=9, grids=3, split=0.0, no_head=0.0, short_member=0.0)
    found = divide(homes, rules, effort=QUICK)
    if found.reckoning.in_pieces == 0 and found.bound is not None:
        assert found.bound <= found.reckoning.price + 1e-6
        assert found.gap is not None
        assert found.gap < 0.02


def test_choices_are_all_subsets_below_a_sum() -> None:
    worth = np.array([-9.0, -7.0, -4.0, -1.0, 0.0])
    count, found = choices(worth, 2, -8.0, 100)
    wanted = [pair for pair in combinations(range(5), 2) if worth[list(pair)].sum() <= -8.0]
    assert [tuple(row) for row in found[:count]] == wanted
    assert choices(worth, 2, 0.0, 3)[0] == 4


def test_chance_is_even_and_repeats() -> None:
    one, other = chance(5), chance(5)
    drawn = [below(one, 10) for _ in range(2000)]
    assert drawn == [below(other, 10) for _ in range(2000)]
    assert np.bincount(drawn, minlength=10).min() > 140
    assert 0 <= min(share(one) for _ in range(100)) < 0.1
