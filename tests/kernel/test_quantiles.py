"""Quantiles are exact and interpolate linearly."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import quantiles

numbers = st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=50).map(sorted)


@given(numbers)
def test_median_and_tenths_agree_with_the_standard_library(ordered: list[int]) -> None:
    assert quantiles.median(ordered) == pytest.approx(statistics.median(ordered))
    tenths = statistics.quantiles(ordered, n=10, method="inclusive")
    assert quantiles.p90(ordered) == pytest.approx(tenths[8])


@given(numbers, st.fractions(0, 1))
def test_a_quantile_lies_between_the_smallest_and_the_largest(ordered: list[int], share: Fraction) -> None:
    found = quantiles.quantile(ordered, share)
    assert found is not None
    assert ordered[0] <= found <= ordered[-1]


def test_of_nothing_there_is_none_and_of_one_it_is_itself() -> None:
    assert quantiles.median([]) is None
    assert quantiles.p90([7]) == 7
    assert quantiles.quantile([1, 2], Fraction(1)) == 2
