"""Words of danger: what in somebody's own words says that a person is harmed or about to be, whatever kind was chosen.

A phrase of the county's list points to the sealed kind that it means; one
without a kind is harmless ("打我电话") and is read over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_HAN: Final = re.compile(r"[㐀-鿿]")
_GAPS: Final = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")


@dataclass(frozen=True, slots=True)
class DangerWord:
    """A phrase and the kind that it means; without a kind it is harmless."""

    word: str
    kind_code: str


@dataclass(frozen=True, slots=True)
class Danger:
    """The kind that somebody's words mean, and the words, as they stand in the list."""

    kind_code: str
    words: tuple[str, ...]


def danger_in(text: str, listed: Iterable[DangerWord]) -> tuple[Danger, ...]:
    """Kinds that the words mean, what stands first in the text first.

    The longest phrase counts where several begin; a phrase in Latin letters begins and ends with a word.
    """
    meant = {one.word.lower(): one.kind_code for one in listed}
    found: dict[str, list[str]] = {}
    if meant:
        plain = _GAPS.sub("", " ".join(text.lower().replace("’", "'").split()))
        for hit in _pattern(tuple(sorted(meant))).finditer(plain):
            kind, words = meant[hit.group()], found.setdefault(meant[hit.group()], [])
            if kind and hit.group() not in words:
                words.append(hit.group())
    return tuple(Danger(kind, tuple(words)) for kind, words in found.items() if kind)


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(re.escape(one) if _HAN.search(one) else rf"\b{re.escape(one)}\b" for one in longest))
