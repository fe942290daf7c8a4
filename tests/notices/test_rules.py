"""What a notice may hold, when it may be sent: enforced by its type, its texts' check and its hours."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel.dated import read_values
from commongrid.kernel.refusals import BadInput
from commongrid.notices.rules.sending import TRIES, after_failure, out_of_quiet
from commongrid.notices.rules.texts import CHANNELS, SORTS, TEXTS, Facts

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("number", ["张三家门前", "138 0000", "990101-2611-0001 张", "a" * 30, "<b>"])
def test_a_notice_has_no_place_for_words(number: str) -> None:
    with pytest.raises(ValueError, match="nothing else"):
        Facts(number=number)


@pytest.mark.parametrize("value", ["2026-01-01", datetime, "青石村"])
def test_a_day_and_an_office_are_what_they_say(value: Any) -> None:
    with pytest.raises(ValueError, match="nothing else"):
        Facts(date=value)
    with pytest.raises(ValueError, match="nothing else"):
        Facts(unit=value)


def test_facts_come_back_as_they_were_kept() -> None:
    facts = Facts(number="990101-2611-0001", date=date(2026, 11, 24), unit=uuid4())
    assert Facts.read(facts.kept()) == facts
    assert set(facts.kept()) == {"number", "date", "unit"}


@pytest.mark.parametrize(
    "text",
    [
        "{name} 您好",
        "{text}",
        "{place}",
        "{kind}",
        "{number.__class__}",
        "{number!r}",
        "{number:>9999}",
        "{0}",
        "{",
        "{}",
    ],
)
def test_a_text_may_ask_for_nothing_else(text: str) -> None:
    raw = {"sort": "answered", "channel": "sms", "language": "zh", "text": text}
    with pytest.raises(BadInput) as refused:
        read_values(TEXTS, raw, {})
    assert "text" in refused.value.fields


def test_a_notice_goes_by_its_own_ways_only() -> None:
    for sort in SORTS.values():
        for channel in ("inbox", "email", "sms"):
            raw = {
                "sort": sort.code,
                "channel": channel,
                "language": "zh",
                "text": "{code}" if "code" in sort.fields else "好",
            }
            if channel in CHANNELS[sort.audience]:
                assert read_values(TEXTS, raw, {})["channel"] == channel
            else:
                with pytest.raises(BadInput):
                    read_values(TEXTS, raw, {})


def test_the_texts_of_a_new_county_pass_their_own_check() -> None:
    text = resources.files("commongrid.notices").joinpath("seeds", "texts.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {(row["sort"], row["channel"], row["language"]) for row in rows} == {
        (sort.code, channel, lang)
        for sort in SORTS.values()
        for channel in CHANNELS[sort.audience]
        for lang in ("zh", "en")
    }
    for row in rows:
        assert read_values(TEXTS, row, {})


@given(st.integers(0, 7 * 24 * 60), st.integers(0, 23), st.integers(0, 23))
def test_nothing_is_sent_in_quiet_hours(minutes: int, begin: int, end: int) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minutes)
    sent = out_of_quiet(at, ZONE, begin, end)
    hour = sent.astimezone(ZONE).hour
    quiet = {(begin + step) % 24 for step in range((end - begin) % 24)}
    assert hour not in quiet
    assert sent == at or (sent - at < timedelta(hours=24) and at.astimezone(ZONE).hour in quiet)


def test_failures_are_tried_again_later_and_later_and_then_given_up() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    waits = [after_failure(n, now) for n in range(1, len(TRIES) + 2)]
    assert waits[-1] is None
    known = [one for one in waits if one is not None]
    assert known == sorted(known)
    assert len(known) == len(TRIES)
