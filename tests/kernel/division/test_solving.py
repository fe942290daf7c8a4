"""The exact parts of a division against other solvers: assignment, bound, optimum of small pieces."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from commongrid.kernel.compiled import below, chance, share
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.assigning import Piece, assign, book, standing, total
from commongrid.kernel.division.bounding import BOUND, prices, raise_bound, worth_of
from commongrid.kernel.division.closing import choices
from commongrid.kernel.division.dividing import divide
from commongrid.kernel.division.statement import Households, Rules
from commongrid.kernel.division.worth import hopes, taken
from tests.kernel.division.laws import QUICK, village

pytestmark = pytest.mark.xdist_group("division")  # one worker compiles
few = settings(max_examples=15, deadline=None)


def piece(seed: int, count: int, lower: int, upper: int, beta: float = 0.0, split: float = 0.0) -> Piece:
    """Households in the plane, each weighing one, nothing locked; three natural villages if these have a price."""
    points = np.random.default_rng(seed).uniform(0, 1000, (count, 2))
    metres = np.linalg.norm(points[:, None] - points[None], axis=2).astype(np.float32)
    none = np.full(count, -1, np.int64)
    zero = np.zeros(count, np.int64)
    return Piece(
        metres=metres,
        weight=zero + 1,
        lower=lower,
        upper=upper,
        target=(lower + upper) / 2,
        beta=beta,
        sigma=0.0,
        before=none,
        locked=none.copy(),
        village=np.digitize(points[:, 0], [400, 700]) if split else zero,
        foreign=np.full(count, split / upper),
        split=split,
        even=True,
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
@given(st.integers(0, 10**6), st.sampled_from([0.0, 2.0]), st.sampled_from([0.0, 200.0]))
def test_a_site_takes_what_is_worth_most_to_it(seed: int, beta: float, split: float) -> None:
    one = piece(seed, 9, 2, 4, beta, split)
    lam = np.random.default_rng(seed).uniform(0, 900, 9)
    given = prices(one, lam, 9)
    for site in range(9):
        own = one.metres[site] - lam
        worths = [
            own[list(some)].sum() + beta * (size - one.target) ** 2 + split * (len({*one.village[list(some)]}) - 1)
            for size in range(2, 5)
            for some in combinations(range(9), size)
        ]
        cover = np.zeros(9)
        assert taken(one, given, lam, (site, -1), cover) == pytest.approx(min(worths))
        some = tuple(np.flatnonzero(cover))
        again = own[list(some)].sum() + beta * (len(some) - one.target) ** 2
        assert again + split * (len({*one.village[list(some)]}) - 1) == pytest.approx(min(worths))
    assert (
        hopes(one, given, lam)[:, 0] <= [taken(one, given, lam, (site, -1), np.empty(0)) + 1e-9 for site in range(9)]
    ).all()


def in_two(one: Piece) -> Iterator[tuple[NDArray[np.bool_], float]]:
    """All ways to divide ten households in two grids of four to six, and the metres to their centres."""
    for some in (some for size in range(4, 7) for some in combinations(range(10), size)):
        grid = np.isin(np.arange(10), some)
        halves = (grid, ~grid)
        yield grid, sum(float(one.metres[np.ix_(half, half)].sum(axis=1, dtype=float).min()) for half in halves)


def bound_of_two(one: Piece, known: float) -> float:
    """The bound of ten households in two grids."""
    given = prices(one, np.sort(one.metres, axis=1)[:, 3].astype(float), 10)
    raise_bound(one, given, 2, known, 400)
    return worth_of(one, given, given.best, 2, np.empty(0))[0]


@few
@given(st.integers(0, 10**6))
def test_the_bound_knows_what_sharing_a_grid_costs(seed: int) -> None:
    one = piece(seed, 10, 4, 6, split=300.0)
    optimum = np.inf
    for grid, metres in in_two(one):
        pairs = sum(len({*one.village[mine]}) - 1 for mine in (grid, ~grid))
        optimum = min(optimum, metres + one.split * pairs)
    bound = bound_of_two(one, optimum)
    assert 0.8 * optimum <= bound <= optimum + 1e-6


@few
@given(st.integers(0, 10**6))
def test_the_bound_knows_that_a_grid_of_today_goes_on_once(seed: int) -> None:
    """Eight of ten households share a grid of at most six: at least two change, in whichever way it is divided."""
    one = piece(seed, 10, 4, 6)._replace(sigma=500.0, before=np.where(np.arange(10) < 8, 0, -1))
    optimum = np.inf
    for stays, metres in in_two(one):
        optimum = min(optimum, metres + one.sigma * int((one.before[~stays] == 0).sum()))
    bound = bound_of_two(one, optimum)
    assert 0.9 * optimum <= bound <= optimum + 1e-6


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


def test_a_hamlet_far_from_everybody_is_proven_too() -> None:
    """Six homes four kilometres off must share a grid: what that is worth is known far beyond what is near."""
    drawn = np.random.default_rng(1)
    points = np.vstack([drawn.normal(0, 150, (134, 2)), drawn.normal((4000, 0), 40, (6, 2))])
    homes = Households.at(
        points, village=np.zeros(140, np.int64), heads=np.ones(140, np.int64), capacity=np.full(140, 15)
    )
    rules = Rules(target=10, lower=8, upper=12, grids=14, split=0.0, no_head=0.0, short_member=0.0)
    found = divide(homes, rules, effort=QUICK)
    assert found.gap is not None
    assert 0 <= found.gap < 0.02


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
