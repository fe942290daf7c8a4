"""The grid of web maps: shifted by some 500 metres inside China, and back again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel.datum import from_gcj02, to_gcj02, to_wgs84
from commongrid.kernel.shapes import metres

inside = st.tuples(st.floats(74, 135), st.floats(19, 53))


def test_the_shift_is_the_published_one() -> None:
    """Against the library gcoord: Tiananmen, a hill county, Shanghai."""
    for plain, shifted in (
        ((116.3912757, 39.906217), (116.39751670534572, 39.907618208506655)),
        ((108.6, 27.2), (108.60395972950555, 27.196434783015818)),
        ((121.4737, 31.2304), (121.47822305927693, 31.22845773757727)),
    ):
        assert metres(*to_gcj02(*plain), *shifted) < 0.001, to_gcj02(*plain)


@given(inside)
def test_taking_the_shift_off_leads_back(spot: tuple[float, float]) -> None:
    assert metres(*from_gcj02(*to_gcj02(*spot)), *spot) < 0.001


@given(inside)
def test_the_shift_is_of_some_hundred_metres(spot: tuple[float, float]) -> None:
    assert 30 < metres(*to_gcj02(*spot), *spot) < 1500


def test_outside_china_nothing_is_shifted() -> None:
    assert to_gcj02(2.35, 48.85) == (2.35, 48.85) == from_gcj02(2.35, 48.85)


def test_cgcs2000_is_wgs84_at_our_accuracy() -> None:
    assert to_wgs84(108.6, 27.2, "cgcs2000") == (108.6, 27.2)
    assert metres(*to_wgs84(108.6, 27.2, "gcj02"), 108.6, 27.2) > 300
