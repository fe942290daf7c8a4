"""Sealed values open only where they were sealed; equal ones are found without opening any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import sealing
from commongrid.kernel.sealing import SealBroken, Sealer

KEYS = {"k1": bytes(range(32)), "k2": bytes(range(1, 33)), "sm4-1": bytes(range(2, 34))}
HERE = sealing.place_of("person", "phone", 7)


@pytest.mark.parametrize("current", ["k1", "k2", "sm4-1"])
@given(text=st.text(max_size=60))
def test_what_was_sealed_opens_again_in_its_place(current: str, text: str) -> None:
    sealer = Sealer(KEYS, current)
    sealed = sealer.seal(text, HERE)
    assert sealer.open(sealed, HERE) == text
    assert sealing.key_of(sealed) == current
    assert sealer.seal(text, HERE) != sealed
    if len(text.encode()) > 3:
        assert text.encode() not in sealed


@pytest.mark.parametrize("current", ["k1", "sm4-1"])
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_every_changed_bit_is_noticed(current: str, place: int, bit: int) -> None:
    sealer = Sealer(KEYS, current)
    sealed = bytearray(sealer.seal("13812341234", HERE))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        sealer.open(bytes(sealed), HERE)


@pytest.mark.parametrize("current", ["k1", "sm4-1"])
@pytest.mark.parametrize("elsewhere", [("person", "phone", 8), ("person", "id_number", 7), ("household", "phone", 7)])
def test_a_value_moved_elsewhere_does_not_open(current: str, elsewhere: tuple[str, str, int]) -> None:
    sealer = Sealer(KEYS, current)
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal("13812341234", HERE), sealing.place_of(*elsewhere))


@given(st.binary(max_size=80))
def test_other_bytes_are_no_sealed_value(data: bytes) -> None:
    with pytest.raises(SealBroken):
        Sealer(KEYS, "k1").open(data, HERE)


def test_rotation_opens_old_values_and_seals_them_anew() -> None:
    old, new = Sealer(KEYS, "k1"), Sealer(KEYS, "sm4-1")
    sealed = old.seal("张三", HERE)
    assert new.open(sealed, HERE) == "张三"
    assert new.stale(sealed)
    again = new.reseal(sealed, HERE)
    assert sealing.key_of(again) == "sm4-1"
    assert new.open(again, HERE) == "张三"
    assert new.reseal(again, HERE) is again


def test_without_its_key_a_value_stays_closed() -> None:
    sealed = Sealer(KEYS, "k1").seal("张三", HERE)
    with pytest.raises(SealBroken, match="k1"):
        Sealer({"k2": KEYS["k2"]}, "k2").open(sealed, HERE)


@pytest.mark.parametrize(
    ("keys", "current"),
    [
        ({}, "k1"),
        ({"k1": bytes(16)}, "k1"),
        ({"": bytes(32)}, ""),
        ({"密": bytes(32)}, "密"),
        ({"k" * 33: bytes(32)}, "k" * 33),
    ],
)
def test_wrong_keys_are_refused_at_once(keys: dict[str, bytes], current: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Sealer(keys, current)


def test_sm4_gcm_agrees_with_the_vector_of_rfc_8998() -> None:
    """RFC 8998, appendix A.1."""
    algorithm = sealing.Sm4Gcm(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce = bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    about = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = algorithm.encrypt(nonce, plain, about)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
        "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert algorithm.decrypt(nonce, sealed, about) == plain
    assert sealing.sm4_available()


def test_the_blind_index_finds_equal_texts_and_tells_nothing_without_its_key() -> None:
    key = sealing.new_key()
    assert sealing.blind_index(key, "11010119900101123x") == sealing.blind_index(key, "１１０１０１ 19900101 123X")
    assert sealing.blind_index(key, "1") != sealing.blind_index(key, "2")
    assert sealing.blind_index(key, "1") != sealing.blind_index(sealing.new_key(), "1")
    assert len(sealing.blind_index(key, "")) == 32
