"""Masking: what of a personal value may be shown to everyone allowed to see the row.

Telling two people apart must remain possible, finding one must not. Masks
depend on the value alone, so a list, an export and a print agree.
"""

from __future__ import annotations

import re
from typing import Final

from commongrid.kernel.widths import halfwidth

STAR: Final = "*"

_SEPARATORS: Final = "·•・"
_ID_NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?(?:[0-9]{8}[ -]?[0-9]{3}[0-9Xx]|[0-9]{9})(?![0-9A-Za-z])"
)
_MOBILE: Final = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})(?![0-9])")
_LANDLINE: Final = re.compile(r"(?<![0-9])(0[0-9]{2,3})[ -]([0-9]{7,8})(?![0-9])")
_ACCOUNT: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){15,18}(?![0-9])")
_LONG: Final = re.compile(r"(?<![0-9])[0-9]{7,}(?![0-9])")


def name(text: str) -> str:
    """A person's name: 张三丰 is 张*丰, 张三 is 张*, 阿依·古丽 is 阿依·**; of a single character nothing remains."""
    plain = text.strip()
    for separator in _SEPARATORS:
        first, found, rest = plain.partition(separator)
        if found:
            return first + found + STAR * max(1, len(rest))
    if " " in plain:
        return " ".join(part[0] + STAR * (len(part) - 1) for part in plain.split())
    if len(plain) <= 1:
        return STAR * len(plain)
    if len(plain) == 2:  # noqa: PLR2004 - surname and one character
        return plain[0] + STAR
    return plain[0] + STAR * (len(plain) - 2) + plain[-1]


def phone(text: str) -> str:
    """A phone number: 13812341234 is 138****1234; of another number at most the last two digits."""
    digits = "".join(sign for sign in halfwidth(text) if sign.isdigit())
    mobile = digits.removeprefix("86") if len(digits) == 13 else digits  # noqa: PLR2004 - with the country's 86
    if re.fullmatch(r"1[3-9][0-9]{9}", mobile):
        return mobile[:3] + STAR * 4 + mobile[-4:]
    return STAR * max(0, len(digits) - 2) + digits[-2:] if len(digits) > 5 else STAR * len(digits)  # noqa: PLR2004


def id_number(text: str) -> str:
    """An identity number (GB 11643): 4500**********1234; of any other at most the last two signs."""
    plain = "".join(halfwidth(text).split()).upper()
    if len(plain) in {15, 18}:
        return plain[:4] + STAR * (len(plain) - 8) + plain[-4:]
    return STAR * (len(plain) - 2) + plain[-2:] if len(plain) >= 8 else STAR * len(plain)  # noqa: PLR2004


def account(text: str) -> str:
    """A bank account: the last four digits alone."""
    digits = "".join(sign for sign in halfwidth(text) if sign.isdigit())
    return STAR * max(0, len(digits) - 4) + digits[-4:] if len(digits) > 8 else STAR * len(digits)  # noqa: PLR2004


def text(written: str) -> str:
    """Free text with every identity, phone and account number in it masked; names cannot be found and stay.

    Full-width digits are found as well. Any other run of seven or more digits
    loses all but its last two: a code list is no reason to show a number.
    """
    spans: list[tuple[int, int, str]] = []
    plain = written.translate(_PLAIN_DIGITS)
    for pattern, mask in _PATTERNS:
        for found in pattern.finditer(plain):
            if not any(start < found.end() and found.start() < end for start, end, _ in spans):
                spans.append((found.start(), found.end(), mask(found[0])))
    for start, end, masked in sorted(spans, reverse=True):
        written = written[:start] + masked + written[end:]
    return written


def holds_numbers(written: str) -> bool:
    """Whether the text holds an identity, phone or account number; the gate of published texts asks this."""
    plain = written.translate(_PLAIN_DIGITS)
    return any(pattern.search(plain) for pattern, _ in _PATTERNS[:4])


def cell(written: str) -> str:
    """A cell of a file for a list of faults: first and last character, at most eight stars between."""
    plain = written.strip()
    return plain[:1] + STAR * min(8, max(1, len(plain) - 2)) + plain[-1:] if len(plain) > 2 else STAR * len(plain)  # noqa: PLR2004


def _account(digits: str) -> str:
    plain = re.sub(r"[ -]", "", digits)
    return STAR * (len(plain) - 4) + plain[-4:]


def _run(digits: str) -> str:
    return STAR * (len(digits) - 2) + digits[-2:]


def _landline(digits: str) -> str:
    return digits[:4].rstrip("- ") + STAR * 6 + digits[-2:]


_PLAIN_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("Ｘ"): "X", ord("ｘ"): "x"}
_PATTERNS: Final = (
    (_ID_NUMBER, lambda found: id_number(re.sub(r"[ -]", "", found))),
    (_MOBILE, phone),
    (_LANDLINE, _landline),
    (_ACCOUNT, _account),
    (_LONG, _run),
)
