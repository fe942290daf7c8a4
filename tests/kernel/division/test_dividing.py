"""Laws of a division for any village, and an answer to every bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commongrid.kernel.division import dividing, sweeping
from commongrid.kernel.division.dividing import divide
from commongrid.kernel.division.graph import Terrain, walking_graph
from commongrid.kernel.division.statement import (
    Cause,
    Effort,
    Fault,
    Households,
    LimitsCrossed,
    Locks,
    NoPlaces,
    NothingToDivide,
    Rules,
    Stopped,
    TooFewGrids,
    TooManyGrids,
    UnequalLists,
)
from commongrid.kernel.division.walking import Walking
from tests.kernel.division.laws import EVERY, QUICK, broken, village

pytestmark = pytest.mark.xdist_group("division")  # one worker compiles
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SMALL = Rules(target=12, lower=8, upper=16)
RIVER = np.array([[1000.0, -5000.0], [1000.0, 5000.0]])


@few
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(3, 90),
    hamlets=st.integers(1, 4),
    straddling=st.booleans(),
    people=st.booleans(),
)
def test_every_law_holds_for_a_first_division(
    seed: int, count: int, hamlets: int, straddling: bool, people: bool
) -> None:
    homes = village(seed, count, hamlets)
    if people:
        homes = replace(homes, weight=np.random.default_rng(seed).integers(1, 7, count))
    rules = replace(SMALL, straddling=EVERY if straddling else frozenset(), target=36 if people else 12)
    rules = replace(rules, lower=24 if people else 8, upper=48 if people else 16)
    proposal = divide(homes, rules, effort=QUICK)
    assert broken(homes, rules, proposal) == []


@few
@given(seed=st.integers(0, 10**6), count=st.integers(30, 80), change=st.sampled_from([0.0, 100.0]))
def test_every_law_holds_when_grids_and_households_are_locked(seed: int, count: int, change: float) -> None:
    homes = village(seed, count, 2)
    first = divide(homes, SMALL, effort=QUICK)
    chance = np.random.default_rng(seed)
    homes = replace(homes, before=10 + first.grid)
    moved = chance.choice(count, 4, replace=False)
    homes.before[moved] = 10 + chance.integers(0, len(first.grids), 4)
    held = np.where(chance.random(count) < 0.1, homes.before, -1)
    frozen = frozenset({10 + int(chance.integers(0, len(first.grids)))})
    locks = Locks(households=np.where(np.isin(held, list(frozen)), -1, held), grids=frozen)
    river = Terrain(barriers=[RIVER], bridges=[np.array([[1000.0, 900.0]])])
    rules = replace(SMALL, change=change)
    proposal = divide(homes, rules, river, locks, QUICK)
    assert broken(homes, rules, proposal, river, locks) == []
    assert proposal.today is not None


def test_one_seed_gives_one_division_and_another_search_no_worse_bound() -> None:
    homes = village(3, 120, 2)
    one, other = (divide(homes, SMALL, effort=QUICK) for _ in range(2))
    assert (one.grid == other.grid).all()
    assert one.bound == other.bound
    assert one.gap is not None
    assert one.gap < 0.04


def test_a_redraw_moves_few_and_more_where_changes_are_free() -> None:
    homes = village(5, 160)
    rules = replace(SMALL, target=20, lower=12, upper=26)
    first = divide(homes, rules, effort=QUICK)
    homes = replace(homes, before=first.grid, points=homes.points + np.random.default_rng(5).normal(0, 40, (160, 2)))
    dear, free = (divide(homes, replace(rules, change=c), effort=QUICK).reckoning for c in (300.0, 0.0))
    assert dear.changed < free.changed
    assert dear.changed <= 16
    assert dear.metres >= free.metres


@pytest.mark.parametrize("bridges", [0, 1])
def test_a_river_divides_and_a_bridge_joins(bridges: int) -> None:
    points = np.column_stack([np.linspace(0, 2000, 60), np.tile([0.0, 30.0, 60.0], 20)])
    land = Terrain(barriers=[RIVER], bridges=[np.array([[1000.0, 30.0]])] * bridges)
    rules = replace(SMALL, grids=3, lower=18, target=20, upper=22)
    proposal = divide(Households.at(points), rules, land, effort=QUICK)
    east = points[:, 0] > 1000
    across = [len(np.unique(east[proposal.grid == number])) > 1 for number in range(3)]
    assert sum(across) == bridges
    assert proposal.reckoning.in_pieces == 0


def test_a_hamlet_kept_whole_is_small_and_says_so_and_may_be_allowed() -> None:
    homes = village(9, 40)
    homes = replace(homes, village=(np.arange(40) >= 35).astype(np.int64))
    proposal = divide(homes, SMALL, effort=QUICK)
    small = [one for one in proposal.exceptions if one.fault is Fault.TOO_SMALL]
    assert [(one.cause, one.amount, one.blocked_by) for one in small] == [(Cause.SMALL_VILLAGE, 3, (1,))]
    allowed = divide(homes, replace(SMALL, straddling=EVERY, small=frozenset({1})), effort=QUICK)
    assert {one.cause for one in allowed.exceptions if one.fault is Fault.TOO_SMALL} == {Cause.ALLOWED_SMALL}


def test_a_far_hamlet_that_shares_a_grid_is_offered_its_own() -> None:
    homes = village(9, 40, width=600)
    far = np.arange(40) >= 35
    homes = replace(homes, village=far.astype(np.int64), points=homes.points + far[:, np.newaxis] * 3000.0)
    proposal = divide(homes, replace(SMALL, straddling=EVERY), effort=QUICK)
    assert (Fault.FAR_HAMLET, (1,)) in [(one.fault, one.blocked_by) for one in proposal.exceptions]


def test_limits_that_locks_make_unreachable_name_the_lock() -> None:
    homes = village(11, 40)
    homes = replace(homes, before=np.where(np.arange(40) < 36, 7, 8))
    proposal = divide(homes, SMALL, locks=Locks(grids=frozenset({7})), effort=QUICK)
    found = {(one.fault, one.cause, one.blocked_by) for one in proposal.exceptions}
    assert (Fault.TOO_LARGE, Cause.LOCKED_GRID, (7,)) in found
    assert any(fault is Fault.TOO_SMALL and by == (7,) for fault, _, by in found)


def test_a_number_of_grids_that_breaks_the_limits_is_kept_and_listed() -> None:
    homes = village(12, 40)
    proposal = divide(homes, replace(SMALL, grids=8), effort=QUICK)
    assert len(proposal.grids) == 8
    assert {one.cause for one in proposal.exceptions if one.fault is Fault.TOO_SMALL} == {Cause.GIVEN_NUMBER}
    odd = divide(replace(homes, points=homes.points), replace(SMALL, lower=11, target=11, upper=12), effort=QUICK)
    assert Cause.NO_NUMBER_FITS in {one.cause for one in odd.exceptions}


def test_heads_and_members_are_drawn_in_or_listed() -> None:
    homes = village(13, 48)
    nobody = replace(homes, heads=np.zeros(48, np.int64), capacity=np.zeros(48, np.int64))
    told = divide(nobody, SMALL, effort=QUICK)
    assert told.reckoning.without_head == len(told.grids)
    assert {one.cause for one in told.exceptions} == {Cause.TOO_FEW_THERE}
    left = np.argsort(homes.points[:, 0])
    heads = np.zeros(48, np.int64)
    heads[left[:8]] = 1
    drawn = divide(replace(homes, heads=heads, capacity=np.full(48, 1)), SMALL, effort=QUICK)
    blind = divide(replace(homes, heads=heads, capacity=np.full(48, 1)), replace(SMALL, no_head=0.0), effort=QUICK)
    assert drawn.reckoning.without_head < blind.reckoning.without_head


def test_dwellings_without_points_stand_with_their_village() -> None:
    homes = village(14, 30, 2)
    points = homes.points.copy()
    points[[2, 5]] = np.nan
    points[homes.village == 1] = np.nan
    proposal = divide(replace(homes, points=points), SMALL, effort=QUICK)
    assert set(np.flatnonzero(proposal.approximate)) == {2, 5} | set(np.flatnonzero(homes.village == 1))
    assert broken(replace(homes, points=points), SMALL, proposal) == []


@pytest.mark.parametrize("count", [3, 40])
def test_all_households_at_one_point_are_divided_by_number(count: int) -> None:
    homes = Households.at(np.zeros((count, 2)))
    proposal = divide(homes, SMALL, effort=QUICK)
    assert broken(homes, SMALL, proposal) == []
    assert proposal.reckoning.metres == 0
    assert proposal.reckoning.out_of_range == (count == 3)


def test_bad_input_is_refused_in_words() -> None:
    homes = village(15, 10)
    with pytest.raises(TooManyGrids, match=r"grids \(11\) can't be made of so few households \(10\)"):
        divide(homes, replace(SMALL, grids=11))
    with pytest.raises(TooFewGrids, match="at least 2"):
        divide(replace(homes, village=np.arange(10) % 2), replace(SMALL, grids=1))
    with pytest.raises(NothingToDivide):
        divide(Households.at(np.empty((0, 2))), SMALL)
    with pytest.raises(NoPlaces):
        divide(Households.at(np.full((4, 2), np.nan)), SMALL)
    with pytest.raises(LimitsCrossed):
        divide(homes, replace(SMALL, lower=20))
    with pytest.raises(UnequalLists):
        divide(replace(homes, village=np.zeros(9, np.int64)), SMALL)


def test_progress_rises_to_the_end_and_a_cancelled_run_stops() -> None:
    homes = village(16, 80, 2)
    told: list[float] = []
    divide(homes, SMALL, effort=replace(QUICK, progress=lambda share, step: told.append(share)))
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Stopped):
        divide(homes, SMALL, effort=replace(QUICK, cancelled=lambda: len(told) > 0))


def windows_of(count: int, patched: pytest.MonkeyPatch) -> None:
    """As if so many grids made a piece large."""
    for name, value in {"LARGE": count, "WIDE": 4, "NARROW": 3}.items():
        patched.setattr(sweeping, name, value)
    patched.setattr(dividing, "LARGE", count)


def test_a_large_piece_is_divided_by_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    windows_of(4, monkeypatch)
    monkeypatch.setattr(dividing, "ALL_PAIRS", 90)
    homes = village(3, 140, 3)
    rules = replace(SMALL, straddling=EVERY)
    proposal = divide(homes, rules, effort=QUICK)
    assert broken(homes, rules, proposal) == []
    assert proposal.bound is None
    assert divide(homes, rules, effort=QUICK).grid.tolist() == proposal.grid.tolist()
    monkeypatch.undo()
    exact = divide(homes, rules, effort=QUICK)
    assert proposal.reckoning.price < 1.1 * exact.reckoning.price


def test_around_locks_only_what_is_near_is_divided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    windows_of(4, monkeypatch)
    homes = village(5, 140, 1)
    rules = replace(SMALL, straddling=EVERY, change=50.0)
    first = divide(homes, rules, effort=replace(QUICK, with_bound=False))
    centres = np.array([one.centre for one in first.grids])
    away = Walking(homes.points, walking_graph(homes.points, np.zeros(140, np.int64), Terrain()))(centres)
    to = int(np.argsort(away[0])[1])
    dragged = np.flatnonzero(first.grid == 0)[:2]
    before, locked = first.grid.copy(), np.full(140, -1)
    before[dragged] = locked[dragged] = to
    homes = replace(homes, before=before)
    locks = Locks(households=locked, grids=frozenset({int(np.argsort(away[0])[2])}))
    again = divide(homes, rules, locks=locks, effort=replace(QUICK, with_bound=False, near=True))
    assert broken(homes, rules, again, locks=locks) == []
    moved = np.array([one.label for one in again.grids])[again.grid] != before
    assert not moved[np.isin(before, np.argsort(away[to])[-3:])].any()
    assert again.today is not None
    assert (again.today.out_of_range, again.reckoning.out_of_range) == (1, 0)


@pytest.mark.nightly
@pytest.mark.parametrize("count", [5_000, 12_000])
def test_thousands_of_households_are_divided_and_again_around_locks(count: int) -> None:
    homes = village(17, count, 30, width=8000)
    rules = Rules(straddling=EVERY, split=0.0)
    proposal = divide(homes, rules, effort=Effort(rounds=300, with_bound=False))
    assert broken(homes, rules, proposal) == []
    homes, rules = replace(homes, before=proposal.grid), replace(rules, change=50.0)
    locks = Locks(grids=frozenset({0, 7}))
    again = divide(homes, rules, locks=locks, effort=Effort(rounds=200, with_bound=False, near=True))
    assert broken(homes, rules, again, locks=locks) == []
