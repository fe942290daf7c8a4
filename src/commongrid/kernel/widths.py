"""Text as people and spreadsheets send it: full-width forms, odd spaces and dashes made plain."""

from __future__ import annotations

import re
import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣-"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)


def halfwidth(text: str) -> str:
    """Full-width letters, digits and spaces as plain ones (Unicode NFKC), dashes as ``-``, invisible marks dropped.

    Chinese characters stay; leading and trailing space goes. Meant for codes,
    numbers and headers, never for what a person wrote in sentences.
    """
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_DASHES)).strip()


def digits(text: str) -> str:
    """``text`` with full-width digits made plain and every space removed."""
    return "".join(halfwidth(text).split())


def plain_number(text: str, longest: int) -> int | None:
    """The number that an address or form names, of at most ``longest`` ASCII digits; nothing for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None


_SCIENTIFIC = re.compile(r"([0-9])\.?([0-9]*)[eE]\+?([0-9]{1,2})")


def cut_by_spreadsheet(text: str) -> bool:
    """Whether the text is a whole number that a spreadsheet wrote as ``5.20623E+11``."""
    return bool(_SCIENTIFIC.fullmatch(text))


def whole(text: str) -> str:
    """A number written as ``5.20623001001E+11`` in all its digits where none was lost; any other text unchanged."""
    found = _SCIENTIFIC.fullmatch(text)
    if found and len(found[2]) == int(found[3]):
        return found[1] + found[2]
    return text


def phone_of(written: str) -> str | None:
    """A phone number as digits (with a leading + where it was written), or None where it is none."""
    if not written.strip():
        return ""
    plain = "".join(sign for sign in digits(written) if sign.isdigit())
    plain = plain[2:] if plain.startswith("86") and len(plain) == 13 else plain  # noqa: PLR2004 - with the country's 86
    return plain if 7 <= len(plain) <= 20 else None  # noqa: PLR2004 - the shortest landline, the longest there is
