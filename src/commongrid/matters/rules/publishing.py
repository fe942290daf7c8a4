"""What may stand in a published text: the mask that a preview starts from, and the gate that every text passes.

Numbers, doors, the county's guarded words and the names that the matter knows
are masked; what somebody writes back in is refused, with what it is and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from commongrid.kernel import masking
from commongrid.kernel.refusals import N_

LONGEST_TITLE: Final = 60
LONGEST: Final = 4000
SHORTEST_NAME: Final = 2
GAP: Final = "…"
_DIGITS: Final = "0-9０-９〇零一二三四五六七八九十百"
_DOOR: Final = re.compile(
    rf"(?<![{_DIGITS}月年第.])[{_DIGITS}]{{1,5}}(?:[-－—][{_DIGITS}]{{1,4}})?\s*"
    r"(?:号楼?|室|栋|幢|单元|门牌)(?!线|路|桥|渠|泵|井|机|闸|台|杆|文)"
)
_DOOR_EN: Final = re.compile(r"(?i)\b(?:no\.?|house|door|flat|apartment|room)\s*#?\d{1,5}\b")
_SPOT: Final = re.compile(r"(?im)^[ \t]*(?:具体位置|where exactly)[ \t]*[:：].*$")
"""The line that says where exactly, as the report writes it in either language."""
COMPLAINTS: Final = {
    "number": N_('"%(found)s" is an identity, phone or account number. Take it out; anybody can read this text.'),
    "door": N_('"%(found)s" says where exactly. Name no more than the natural village.'),
    "name": N_('"%(found)s" is the name of somebody in this matter. Write "a villager" or the office instead.'),
    "hardship": N_('"%(found)s" says something about hardship or health. Such words are never published.'),
    "person": N_('"%(found)s" is on the list of names that are never published. Write "a villager" or the office.'),
    "other": N_('"%(found)s" is on the county\'s list of words that are never published. Say it otherwise.'),
}
"""What the gate says of each, with what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that must not be published, as it stands in the text."""

    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A word that is never published (敏感词), and what sort of word it is: hardship, person or other."""

    word: str
    sort: str = "hardship"


def masked(text: str, names: Iterable[str], guarded: Sequence[Guarded]) -> str:
    """The text with everything masked that the gate would find; the longest guarded words come first."""
    text = _SPOT.sub("", text).strip()
    for name in _known(names):
        text = text.replace(name, masking.name(name))
    for one in guarded:
        text = re.sub(re.escape(one.word), GAP, text, flags=re.IGNORECASE)
    for door in (_DOOR, _DOOR_EN):
        text = door.sub(GAP, text)
    return masking.text(text)


def found(text: str, names: Iterable[str], guarded: Sequence[Guarded]) -> tuple[Found, ...]:
    """Everything in a text that must not be published, each once, in the order looked for."""
    hits = [Found("name", name) for name in _known(names) if name in text]
    lower = text.lower()
    hits += [Found(one.sort, one.word) for one in guarded if one.word.lower() in lower]
    hits += [Found("door", hit.group().strip()) for door in (_SPOT, _DOOR, _DOOR_EN) for hit in door.finditer(text)]
    shown = masking.text(text)
    if shown != text:
        hits += [Found("number", run) for run in re.findall(r"[0-9０-９][0-9０-９Xx -]{5,}[0-9０-９Xx]", text)
                 if masking.text(run) != run] or [Found("number", shown[:20])]  # fmt: skip
    return tuple(dict.fromkeys(hits))


def complaint(text: str, names: Iterable[str], guarded: Sequence[Guarded]) -> tuple[str, str] | None:
    """The first thing wrong with a text, as a sentence and what it is about; None where it may be published."""
    hits = found(text, names, guarded)
    return (COMPLAINTS[hits[0].sort], hits[0].text) if hits else None


def _known(names: Iterable[str]) -> list[str]:
    """Names long enough to be told apart from other words, the longest first."""
    plain = {name.strip() for name in names}
    return sorted((name for name in plain if len(name) >= SHORTEST_NAME), key=len, reverse=True)


def people(visibility: str, publish: str, *, sensitive: bool, routed_round: bool) -> int:
    """How many people it takes to publish a matter of a kind: 1, 2, or 0 where none is ever published.

    What is restricted, sealed or about village affairs never is, whatever the column says.
    """
    if visibility in ("restricted", "sealed") or routed_round or publish == "never":
        return 0
    if publish in ("one", "two"):
        return {"one": 1, "two": 2}[publish]
    return 1 if visibility == "public" and not sensitive else 2
