"""Dates and durations the reader's way, in both languages and in the county's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils.translation import override

from commongrid.surfaces.shared import times

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # 14:30 in the county


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        ("", "2026年11月24日 14:32", "24 Nov 2026, 14:32"),
        ("date", "2026年11月24日", "24 Nov 2026"),
        ("time", "14:32", "14:32"),
        ("weekday", "2026年11月24日 星期二", "Tuesday, 24 Nov 2026"),
    ],
)
def test_when_in_both_languages(form: str, zh: str, en: str) -> None:
    moment = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
    with override("zh-hans"):
        assert times.when(moment, form) == zh
    with override("en"):
        assert times.when(moment, form) == en


def test_when_of_a_date_and_of_nothing() -> None:
    with override("en"):
        assert times.when(date(2026, 1, 5)) == "5 Jan 2026"
        assert times.when(None) == ""


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (0, "今天 14:30", "today 14:30"),
        (-1, "昨天 14:30", "yesterday 14:30"),
        (1, "明天 14:30", "tomorrow 14:30"),
        (-20, "11月4日 14:30", "4 Nov 14:30"),
        (-400, "2025年10月20日 14:30", "20 Oct 2025 14:30"),
    ],
)
def test_when_short_is_near(days: int, zh: str, en: str) -> None:
    with time_machine.travel(NOW, tick=False):
        with override("zh-hans"):
            assert times.when(NOW + timedelta(days=days), "short") == zh
        with override("en"):
            assert times.when(NOW + timedelta(days=days), "short") == en


@pytest.mark.parametrize(
    ("seconds", "en"),
    [
        (0, "1 min"),
        (59, "1 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (90000, "1 d 1 h"),
        (864000, "10 d"),
        (-7200, "2 h"),
    ],
)
def test_lasting(seconds: int, en: str) -> None:
    with override("en"):
        assert times.lasting(seconds) == en


def test_what_stands_in_a_row_is_joined_the_readers_way() -> None:
    for language, said in (("zh-hans", "甲、乙、3"), ("en", "甲, 乙, 3")):
        with override(language):
            assert times.in_a_row(one for one in ("甲", "乙", 3)) == said
            assert Template("{{ parts|in_a_row }}").render(Context({"parts": ["甲", "乙", 3]})) == said
            assert Template("{% between %}").render(Context()) == said[1 : said.index("乙")]


def test_left_turns_into_overdue() -> None:
    with time_machine.travel(NOW, tick=False), override("zh-hans"):
        assert times.left(NOW + timedelta(hours=1, minutes=20)) == "余1小时20分"
        assert times.left(NOW - timedelta(hours=5)) == "超期5小时"


def test_ago_turns_into_a_date() -> None:
    with time_machine.travel(NOW, tick=False), override("en"):
        assert times.ago(NOW - timedelta(seconds=20)) == "just now"
        assert times.ago(NOW - timedelta(hours=2)) == "2 h ago"
        assert times.ago(NOW - timedelta(days=3)) == "21 Nov 14:30"


@pytest.mark.parametrize(("hours", "share"), [(0, 0), (3, 75), (4, 100), (40, 100), (-1, 0)])
def test_used_share(hours: int, share: int) -> None:
    assert times.used(NOW, NOW + timedelta(hours=4), NOW + timedelta(hours=hours)) == share
