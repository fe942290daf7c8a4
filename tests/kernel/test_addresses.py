"""Addresses of files work for one file, one reader and some minutes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import addresses
from tests.figures import Record
from tests.sizes import size

KEY, FILE, READER = bytes(range(32)), UUID(int=7), "post:1"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TOKEN = addresses.token(KEY, FILE, READER, NOW)


def test_an_address_lives_some_minutes() -> None:
    assert addresses.valid(KEY, FILE, READER, TOKEN, NOW)
    assert addresses.valid(KEY, FILE, READER, TOKEN, NOW + timedelta(seconds=addresses.LIVES * 2 / 3))
    assert not addresses.valid(KEY, FILE, READER, TOKEN, NOW + timedelta(seconds=addresses.LIVES + 1))
    assert not addresses.valid(KEY, FILE, READER, TOKEN, NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("key", "file", "reader"), [(bytes(32), FILE, READER), (KEY, UUID(int=8), READER), (KEY, FILE, "post:2")]
)
def test_an_address_is_of_no_use_elsewhere(key: bytes, file: UUID, reader: str) -> None:
    assert not addresses.valid(key, file, reader, TOKEN, NOW)


def test_guessed_addresses_never_open(figure: Record) -> None:
    """10,000 guesses in the nightly run: random ones, and the true one with something changed."""
    chance, signs = random.Random(2611), "0123456789abcdefghijklmnopqrstuvwxyz-"
    for number in range(size(2_000, 10_000)):
        guess = list(TOKEN)
        if number % 2:
            guess = [chance.choice(signs) for _ in range(len(TOKEN))]
        else:
            guess[chance.randrange(len(guess))] = chance.choice(signs)
        if "".join(guess) != TOKEN:
            assert not addresses.valid(KEY, FILE, READER, "".join(guess), NOW)
    figure("guessed addresses of files, by the rule", asked=size(2_000, 10_000), done=number + 1)


@given(st.text(max_size=60))
def test_any_text_is_answered(given: str) -> None:
    assert not addresses.valid(KEY, FILE, READER, given, NOW)
