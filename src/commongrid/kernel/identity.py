"""The citizen identity number: its check digit, and what it says of birth, sex and region.

GB 11643-1999: six digits of region, eight of birth, three of order (odd for men,
even for women), one check sign by ISO 7064 MOD 11-2. Numbers of the first
generation (15 digits, two of the year, no check sign) are completed to 18.
What the number says is taken only where it agrees with itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import cut_by_spreadsheet, halfwidth

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS: Final = "10X98765432"
_NEW: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD: Final = re.compile(r"[1-9][0-9]{14}")
EARLIEST: Final = date(1880, 1, 1)
"""Nobody alive was born earlier."""
OLDEST: Final = 120
"""Years: an age above it is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An identity number that agrees with itself: 18 signs, region (6 digits), birth, sex ("1" or "2", GB/T 2261.1)."""

    text: str
    region: int
    born_on: date
    sex: str


def check_sign(first: str) -> str:
    """The eighteenth sign for the first seventeen digits (GB 11643-1999, 4.2.4)."""
    return _SIGNS[sum(weight * int(sign) for weight, sign in zip(_WEIGHTS, first, strict=True)) % 11]


def region_of(text: str) -> int | None:
    """The county where a number that is kept was given out, as a place code; it need not be of this county."""
    return int(text[:6]) * 10**9 if _NEW.fullmatch(text) else None


def id_number(written: str, *, today: date) -> IdNumber:
    """What somebody wrote as an identity number, read and checked.

    Full-width signs, spaces, hyphens, a leading apostrophe and a small x are
    read as meant; a number of the first generation is completed.

    Refuses: BadInput with a sentence for what is wrong: written as a decimal
    number, wrong length, signs that don't belong, an impossible birth, a wrong check sign.
    """
    plain = re.sub(r"[\s\-'’]", "", halfwidth(written)).upper()
    if cut_by_spreadsheet(plain) or re.fullmatch(r"[0-9]{15,18}\.0+", plain):
        raise BadInput(
            N_("The spreadsheet has turned this number into a decimal and lost digits. Type it again into a text cell.")
        )
    if _OLD.fullmatch(plain):
        plain = plain[:6] + "19" + plain[6:]
        plain += check_sign(plain)
    if not _NEW.fullmatch(plain):
        raise BadInput(N_("An identity number has 18 signs: 17 digits and a digit or X."))
    born = _born(plain[6:14])
    if born is None or born > today or today.year - born.year > OLDEST:
        raise BadInput(N_("The date of birth in this identity number can't be."))
    if check_sign(plain[:17]) != plain[17]:
        raise BadInput(N_("The last sign doesn't fit this identity number; one of the digits is wrong."))
    return IdNumber(plain, int(plain[:6]), born, "1" if int(plain[16]) % 2 else "2")


def _born(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
