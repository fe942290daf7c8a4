"""The day of the lunar month against dates that everybody knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commongrid.kernel.lunar import lunar_day

NEW_YEARS = (
    (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22), (2024, 2, 10), (2025, 1, 29), (2026, 2, 17),
    (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3), (2033, 1, 31), (2034, 2, 19), (2040, 2, 12), (2049, 2, 2),
)  # fmt: skip
"""First days of lunar years, from the Hong Kong Observatory's tables."""
MID_AUTUMNS = ((2020, 10, 1), (2023, 9, 29), (2025, 10, 6), (2026, 9, 25), (2030, 9, 12))


@pytest.mark.parametrize("day", NEW_YEARS)
def test_a_year_begins_with_its_first_month(day: tuple[int, int, int]) -> None:
    assert lunar_day(date(*day)) == 1
    assert lunar_day(date(*day) - timedelta(days=1)) in ((29, 30) if day[0] > 2020 else (None,))


@pytest.mark.parametrize("day", MID_AUTUMNS)
def test_mid_autumn_is_a_fifteenth(day: tuple[int, int, int]) -> None:
    assert lunar_day(date(*day)) == 15


def test_days_count_on_by_one_or_begin_again() -> None:
    day, before = date(2020, 1, 25), 0
    while day < date(2050, 1, 1):
        now = lunar_day(day)
        assert now is not None
        assert now == before + 1 or (now == 1 and before in (29, 30)), day
        day, before = day + timedelta(days=1), now


def test_outside_the_table_nothing_is_said() -> None:
    assert lunar_day(date(2019, 12, 31)) is None
    assert lunar_day(date(2060, 1, 1)) is None
