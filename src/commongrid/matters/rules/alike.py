"""Which of several names or descriptions somebody's words come closest to, without knowing where a word ends.

Chinese is compared by pairs of characters, other scripts by whole words. A
pair that most candidates share says little, so it counts little. Pure
arithmetic on plain text; what it finds is a suggestion and never more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

HAN: Final = re.compile(r"[\u3400-\u9fff]+")
BARE: Final = frozenset("了的着过吗呢吧啊么们")
"""Signs that are no part of a word for a thing: a pair with one is a fragment."""
WORD: Final = re.compile(r"[a-z]{4,}")
COMMON: Final = 0.15
"""What more than this share of the candidates have says nothing."""
FEW: Final = 7
"""With fewer candidates than this nothing is common."""
LEAST: Final = 0.3
"""A candidate that shares less weight than this is not worth saying."""
SHOWN: Final = 3
"""So many shared words are named."""


@dataclass(frozen=True, slots=True)
class Likeness(Generic[K]):
    """One candidate: its weight and the words it shares with the text, as they stand there."""

    key: K
    weight: float
    words: tuple[str, ...]


def pieces(text: str) -> frozenset[str]:
    """What a text is compared by."""
    runs = HAN.findall(text)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    pairs = {pair for pair in pairs if not BARE & set(pair)}
    return frozenset(pairs | set(WORD.findall(text.lower())))


def closest(text: str, candidates: Mapping[K, str], *, most: int = 3) -> list[Likeness[K]]:
    """The candidates a text comes closest to, the best first; none where nothing telling is shared."""
    told = pieces(text)
    held = {key: pieces(said) for key, said in candidates.items()}
    spread = Counter(piece for one in held.values() for piece in one)
    limit = COMMON * len(held) if len(held) >= FEW else len(held)
    found = []
    for key, has in held.items():
        shared = {piece for piece in told & has if spread[piece] <= max(limit, 1)}
        weight = sum(1 / spread[piece] for piece in shared)
        if weight >= LEAST:
            found.append(Likeness(key, weight, words_of(text, shared)))
    return sorted(found, key=lambda one: (-one.weight, str(one.key)))[:most]


def words_of(text: str, shared: frozenset[str] | set[str]) -> tuple[str, ...]:
    """Shared pieces as words of the text: pairs that overlap are read together, the longest first."""
    found: dict[str, None] = {word: None for word in WORD.findall(text.lower()) if word in shared}
    for run in HAN.findall(text):
        start = 0
        for at in range(len(run)):
            if run[at : at + 2] not in shared:
                if at > start:
                    found[run[start : at + 1]] = None
                start = at + 1
    return tuple(sorted(found, key=lambda word: (-len(word), word))[:SHOWN])
