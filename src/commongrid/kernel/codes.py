"""Codes people carry: the slip code on paper and the matter number spoken on the phone.

A slip code is the only key a villager needs to follow and rate a matter, so it
cannot be guessed (60 bits of HMAC-SHA256 under a key of its own), can be read
out (Crockford's base 32: no I, L, O, U; those typed are read as 1, 1, 0 or
refused) and notices a typing slip: the last character is a checksum over GF(32)
that finds every single wrong character and every two that changed places.

Only its hash is stored. The code itself is made again from the matter's id
whenever a slip is printed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date
from typing import Final
from uuid import UUID

from commongrid.kernel import places
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import digits

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH: Final = 12
"""Characters that carry the secret, five bits each."""

_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, ".": None, "_": None, "/": None})
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_GROUPS: Final = (slice(0, 4), slice(4, 8), slice(8, 13))
_NUMBER: Final = re.compile(r"([0-9]{6})-([0-9]{2})(0[1-9]|1[0-2])-([0-9]{4,9})")


def slip_code(key: bytes, matter_id: UUID) -> str:
    """The matter's slip code, always the same for the same key: ``7F3K-92QD-M4TVX``."""
    mac = hmac.new(key, b"slip-code:" + matter_id.bytes, hashlib.sha256).digest()
    bits = int.from_bytes(mac[:8], "big") >> (64 - 5 * SECRET_LENGTH)
    secret = [bits >> 5 * place & 31 for place in reversed(range(SECRET_LENGTH))]
    return grouped("".join(ALPHABET[value] for value in [*secret, _check(secret)]))


def normalise(text: str) -> str:
    """A slip code as typed (any case, spaces, dashes, full-width, O for 0) in its printed form.

    Refuses with BadInput: a wrong length, other characters, a checksum that
    does not fit.
    """
    typed = digits(text).upper().translate(_READ_AS)
    if len(typed) != SECRET_LENGTH + 1 or not set(typed) <= _VALUE.keys():
        raise BadInput(
            N_("A slip code has 13 letters and digits, such as 7F3K-92QD-M4TVX. Please look at your slip again.")
        )
    values = [_VALUE[character] for character in typed]
    if _check(values[:-1]) != values[-1]:
        raise BadInput(N_("A letter or digit of this code is wrong. Please compare it with your slip again."))
    return grouped(typed)


def grouped(plain: str) -> str:
    """13 characters in three groups with dashes."""
    return "-".join(plain[group] for group in _GROUPS)


def slip_hash(key: bytes, code: str) -> bytes:
    """What is stored and compared: 32 bytes, HMAC-SHA256 of the code in its printed form.

    Refuses with BadInput what ``normalise`` refuses.
    """
    return hmac.new(key, b"slip-hash:" + normalise(code).encode(), hashlib.sha256).digest()


def matter_number(place: int, opened_on: date, sequence: int) -> str:
    """A matter's number: county digits, year and month (local), sequence of that month: ``990101-2611-0412``."""
    if sequence < 1:
        msg = "a matter's sequence begins at 1"
        raise ValueError(msg)
    county = f"{place:015d}"[: places.SIGNIFICANT["county"]]
    return f"{county}-{opened_on:%y%m}-{sequence:04d}"


def read_matter_number(text: str) -> str:
    """A matter number as typed (spaces, full-width, other dashes or none) in its printed form.

    Refuses with BadInput anything else.
    """
    typed = digits(text)
    if typed.isascii() and typed.isdigit() and len(typed) >= 14:  # noqa: PLR2004 - 6 + 4 + at least 4
        typed = f"{typed[:6]}-{typed[6:10]}-{typed[10:]}"
    if not _NUMBER.fullmatch(typed):
        raise BadInput(N_("A matter's number looks like 990101-2611-0412."))
    return typed


def ending(text: str) -> str:
    """What the digits of a matter's number end with, as people read it out: "412", "0412", "2611-0412" or all of it.

    Fewer than four digits are the sequence without its noughts.
    """
    return "".join(sign for sign in digits(text) if sign.isdigit()).zfill(4)


def _check(values: list[int]) -> int:
    """The checksum: the sum over GF(32) of each value times its own power of the generator."""
    total, power = 0, 1
    for value in values:
        power = _times(power, 2)
        total ^= _times(value, power)
    return total


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        product ^= left * (right & 1)
        left <<= 1
        left ^= _POLYNOMIAL * (left >> 5)
        right >>= 1
    return product
