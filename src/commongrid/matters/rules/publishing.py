"""What may stand in a published text: the mask that a preview starts from, and the gate that every text passes.

Numbers, doors, the county's guarded words, the names that the matter and the
register know and what looks like a name are masked; what somebody writes back
in is refused, with what it is and where. Too much is masked rather than too
little: whoever publishes writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from commongrid.kernel import masking
from commongrid.kernel.refusals import N_
from commongrid.matters.rules import surnames

LONGEST_TITLE: Final = 60
LONGEST: Final = 4000
SHORTEST_NAME: Final = 2
LONGEST_NAME: Final = 4
GAP: Final = "…"
_DIGITS: Final = "0-9０-９〇零一二三四五六七八九十百"
_DOOR: Final = re.compile(
    rf"(?<![{_DIGITS}月年第.])[{_DIGITS}]{{1,5}}(?:[-－—][{_DIGITS}]{{1,4}})?\s*"
    r"(?:号楼?|室|栋|幢|单元|门牌)(?!线|路|桥|渠|泵|井|机|闸|台|杆|文)"
)
_DOOR_EN: Final = re.compile(r"(?i)\b(?:no\.?|house|door|flat|apartment|room)\s*#?\d{1,5}\b")
_SPOT: Final = re.compile(r"(?im)^[ \t]*(?:具体位置|where exactly)[ \t]*[:：].*$")
"""The line that says where exactly, as the report writes it in either language."""
_GIVEN: Final = "[一-鿿]"
_NO_NAME: Final = "[把将在的是和说家与跟被给又也都往去来了从对因为没有不向就还已要会正经常住用反先后上下请问度便案昨]"
_SURNAME: Final = f"(?:{surnames.DOUBLE}|(?!{surnames.BEGINNINGS})[{surnames.LIKELY}])"
_ANY_SURNAME: Final = f"(?:{surnames.DOUBLE}|[{surnames.SINGLE}])"
_REST: Final = rf"[ \t]?(?!{_NO_NAME}){_GIVEN}(?:[ \t]?(?!{_NO_NAME}){_GIVEN})?"
_NAMED: Final = re.compile(
    r"(?:邻居|隔壁|老乡|户主|村民|叫|叫做|姓名|组长|支书|村长)(?:家|的|是|为|[:：]){0,2}[ \t]*"
    rf"({_SURNAME}{_REST})"
)
"""What looks like a name because of the word before it: a surname and one or two signs."""
_WRITTEN_DOWN: Final = re.compile(rf"(?:名叫|(?:姓名|户主)(?:是|为)?[:：])[ \t]*({_ANY_SURNAME}{_REST})")
"""The same with any surname where nothing but a name stands."""
_OF_FAMILY: Final = re.compile(rf"(?<![百同改])姓({_ANY_SURNAME})")
_OFFICES: Final = "书记|主任|支书|村长|组长|队长|会计|老师|医生|校长|院长|所长|站长|镇长|乡长|师傅|老板"
_ADDRESSES: Final = "大爷|大伯|大妈|大娘|大叔|大婶|大哥|大姐|大嫂|老汉|奶奶|爷爷|阿姨|叔叔|婆婆|先生|女士|同志"
_ALONE: Final = (
    rf"(?<![{_DIGITS}副老组部委第村镇乡县支])(?!向)(?:{surnames.DOUBLE}|[{surnames.LIKELY}])(?<!{surnames.ENDINGS})"
    rf"|(?:(?<!{_GIVEN})|(?<=[找请问叫见谢是]))[{surnames.TITLED}]"
)
"""A surname that is no part of the word before it: 担任书记, 对于老师, 经常 and 提高 name nobody."""
_TITLED: Final = re.compile(rf"((?:{_ALONE})(?=[老某]?(?:{_OFFICES}|{_ADDRESSES}))|向(?=[老某]?(?:{_ADDRESSES})))")
"""A surname with a title or a form of address behind it: everybody knows 杨书记; 向书记 is "to the secretary"."""
_CHINESE: Final = re.compile(rf"{_GIVEN}+")
_LIKE_NAMES: Final = (_NAMED, _WRITTEN_DOWN, _OF_FAMILY, _TITLED)
_SPELT: Final = re.compile(
    r"[〇零一二三四五六七八九幺两0-9０-９](?:[ \t\-－]?[〇零一二三四五六七八九幺两0-9０-９]){6,}"
)
"""A number said in signs, as phones are: seven or more, one after the other."""
COMPLAINTS: Final = {
    "number": N_('"%(found)s" is an identity, phone or account number. Take it out; anybody can read this text.'),
    "door": N_('"%(found)s" says where exactly. Name no more than the natural village.'),
    "name": N_('"%(found)s" is the name of somebody here. Write "a villager" or the office instead.'),
    "person_meant": N_('"%(found)s" looks like somebody\'s name. Write "a villager" or the office instead.'),
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
        text = _spaced(name).sub(masking.name(name), text)
    for like in _LIKE_NAMES:
        text = like.sub(_hidden, text)
    for one in guarded:
        text = re.sub(re.escape(one.word), GAP, text, flags=re.IGNORECASE)
    for door in (_DOOR, _DOOR_EN):
        text = door.sub(GAP, text)
    return _SPELT.sub(_unspelt, masking.text(text))


def found(text: str, names: Iterable[str], guarded: Sequence[Guarded]) -> tuple[Found, ...]:
    """Everything in a text that must not be published, each once, in the order looked for."""
    hits = [Found("name", name) for name in _known(names) if _spaced(name).search(text)]
    hits += [Found("person_meant", hit.group(1)) for like in _LIKE_NAMES for hit in like.finditer(text)]
    lower = text.lower()
    hits += [Found(one.sort, one.word) for one in guarded if one.word.lower() in lower]
    hits += [Found("door", hit.group().strip()) for door in (_SPOT, _DOOR, _DOOR_EN) for hit in door.finditer(text)]
    shown = masking.text(text)
    if shown != text:
        hits += [Found("number", run) for run in re.findall(r"[0-9０-９][0-9０-９Xx -]{5,}[0-9０-９Xx]", text)
                 if masking.text(run) != run] or [Found("number", shown[:20])]  # fmt: skip
    hits += [Found("number", hit.group()) for hit in _SPELT.finditer(shown) if _unspelt(hit) == GAP]
    return tuple(dict.fromkeys(hits))


def maybe_names(text: str) -> frozenset[str]:
    """Everything in a text that could be a name, two to four signs in a row, for the register to tell."""
    plain = re.sub(r"(?<=[一-鿿])[ \t](?=[一-鿿])", "", text)
    runs = [hit.group() for hit in _CHINESE.finditer(plain)]
    return frozenset(
        run[at : at + length]
        for run in runs
        for length in range(SHORTEST_NAME, LONGEST_NAME + 1)
        for at in range(len(run) - length + 1)
    )


def _spaced(name: str) -> re.Pattern[str]:
    """A name as it is written, with or without spaces between its signs."""
    return re.compile(r"[ \t\u3000]?".join(map(re.escape, name)))


def _hidden(hit: re.Match[str]) -> str:
    """What was found with the name in it masked, all but the first sign of it; of a surname alone nothing is left."""
    name = hit.group(1)
    return hit.group()[: -len(name)] + (masking.name("".join(name.split())) if len(name) > 1 else GAP)


def _unspelt(hit: re.Match[str]) -> str:
    """A gap for a number that is said in signs, or figure by figure; figures alone were seen to already."""
    signs = re.search(r"[〇零一二三四五六七八九幺两]", hit.group())
    return GAP if signs or re.fullmatch(r"[0-9０-９](?:[ \t][0-9０-９])+", hit.group()) else hit.group()


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
