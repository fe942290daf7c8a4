"""Slip codes can be read out, notice typing slips and can't be guessed; matter numbers read back."""

from __future__ import annotations

import contextlib
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import codes
from commongrid.kernel.refusals import BadInput

KEY = bytes(range(32))
ids = st.uuids()


@given(ids)
def test_a_slip_code_is_always_the_same_and_reads_back(matter: UUID) -> None:
    code = codes.slip_code(KEY, matter)
    assert code == codes.slip_code(KEY, matter)
    assert codes.normalise(code) == code
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert codes.normalise(sloppy) == code
    assert codes.slip_hash(KEY, sloppy) == codes.slip_hash(KEY, code)


@given(ids, st.integers(0, 12), st.sampled_from(codes.ALPHABET))
def test_every_single_wrong_character_is_noticed(matter: UUID, place: int, other: str) -> None:
    plain = codes.slip_code(KEY, matter).replace("-", "")
    wrong = plain[:place] + other + plain[place + 1 :]
    if wrong != plain:
        with pytest.raises(BadInput, match="wrong"):
            codes.normalise(wrong)


@given(ids, st.integers(0, 12), st.integers(0, 12))
def test_every_two_characters_that_changed_places_are_noticed(matter: UUID, one: int, two: int) -> None:
    signs = list(codes.slip_code(KEY, matter).replace("-", ""))
    if 12 in {one, two}:
        return  # the last is the checksum itself
    signs[one], signs[two] = signs[two], signs[one]
    if "".join(signs) != codes.slip_code(KEY, matter).replace("-", ""):
        with pytest.raises(BadInput):
            codes.normalise("".join(signs))


def test_slip_codes_carry_sixty_bits_that_depend_on_key_and_matter() -> None:
    matters = [UUID(int=number) for number in range(2_000)]
    printed = {codes.slip_code(KEY, matter) for matter in matters}
    assert len(printed) == 2_000
    assert codes.SECRET_LENGTH * 5 >= 60
    assert codes.slip_code(bytes(32), matters[0]) != codes.slip_code(KEY, matters[0])
    for place in range(codes.SECRET_LENGTH):
        assert {code.replace("-", "")[place] for code in printed} == set(codes.ALPHABET)


def test_hash_and_code_do_not_share_a_key_s_output() -> None:
    code = codes.slip_code(KEY, UUID(int=1))
    assert len(codes.slip_hash(KEY, code)) == 32
    assert codes.slip_hash(KEY, code) != codes.slip_hash(bytes(32), code)


@pytest.mark.parametrize("typed", ["", "7F3K", "7F3K-92QD-M4TVXX", "7F3K-92QD-M4TV!", "７F3U92QDM4TVX", "\x00" * 13])
def test_normalise_refuses_what_is_no_slip_code(typed: str) -> None:
    with pytest.raises(BadInput, match="13 letters"):
        codes.normalise(typed)


@given(st.text(max_size=40))
def test_normalise_answers_or_refuses_any_text(typed: str) -> None:
    with contextlib.suppress(BadInput):
        assert len(codes.normalise(typed)) == 15


@pytest.mark.parametrize(
    ("typed", "end"),
    [("37", "0037"), ("0037", "0037"), ("2611-0037", "26110037"), (" 2611－0037 ", "26110037"), ("12345", "12345")],
)
def test_ending_is_what_people_read_out(typed: str, end: str) -> None:
    assert codes.ending(typed) == end


def test_a_matter_number_names_county_month_and_sequence() -> None:
    number = codes.matter_number(990101001002003, date(2026, 11, 24), 412)
    assert number == "990101-2611-0412"
    assert codes.read_matter_number(" 990101－2611－0412 ") == number
    assert codes.read_matter_number("99010126110412") == number
    assert codes.matter_number(990101001002003, date(2026, 1, 1), 123_456) == "990101-2601-123456"


@pytest.mark.parametrize("typed", ["", "990101-2613-0412", "990101-2611-412", "990101-2611", "x"])
def test_read_matter_number_refuses_others(typed: str) -> None:
    with pytest.raises(BadInput):
        codes.read_matter_number(typed)


def test_a_sequence_begins_at_one() -> None:
    with pytest.raises(ValueError, match="sequence"):
        codes.matter_number(990101000000000, date(2026, 11, 24), 0)
