"""Text as people and spreadsheets send it: full-width forms, odd spaces and dashes made plain."""

from __future__ import annotations

import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣-"), "-")  # noqa: RUF001 - these are the look-alikes to replace
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
