"""The public notice: the fields that it may hold, and when it names doors rather than a count.

The line of ETHICS.md: a notice says who looks after how many, and never who is poor. Every
household is linked, so a list of doors says nothing; where one is missing, whoever is on the list
or not on it could be singled out, and the notice prints counts only. A household wholly away
stands in the list like any other, so that no list says which house is empty. A door is a number
with the words of an address around it, and nothing that somebody wrote beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from commongrid.kernel.counting import LEAST
from commongrid.kernel.refusals import N_
from commongrid.matters.rules.publishing import COMPLAINTS, Guarded, found
from commongrid.outreach.rules.words import is_phone
from commongrid.roster.rules import TITLE

FIELDS: Final = {
    "village": str, "village_en": str, "natural_village": str, "natural_village_en": str,
    "members": list, "duties": list, "heads": list, "always": str, "everybody": bool,
    "from_on": str,
}  # fmt: skip
"""Everything that may ever stand in a notice."""
OF_A_MEMBER: Final = {"name": str, "title_zh": str, "title_en": str, "phone": str, "count": int, "doors": list}
OF_A_DUTY: Final = {"zh": str, "en": str, "does_zh": str, "does_en": str}
OF_A_HEAD: Final = {"name": str, "grid_zh": str, "grid_en": str, "phone": str}
INSIDE: Final[Mapping[str, Mapping[str, type]]] = {"members": OF_A_MEMBER, "duties": OF_A_DUTY, "heads": OF_A_HEAD}
ALWAYS: Final = "12345"
"""The number that always answers, until the county sets another (``models.PublicNumber``)."""
FEW: Final = 0
"""What stands in the count where it is fewer than may be published."""
A_SECOND: Final = {"zh": 4.5, "en": 2.5}
"""Chinese signs, and English words, that a calm voice reads in one second."""
SECONDS: Final = 30
_NUMBER: Final = "附?[0-9０-９〇零一二三四五六七八九十百]{1,5}(?:[-－—之][0-9０-９]{1,3})?"
_DOOR: Final = re.compile(rf"(?:第?{_NUMBER}(?:号楼?|栋|幢|单元|层|组|室)){{0,4}}(?:{_NUMBER})?")
NO_DOOR: Final = N_('"%(found)s" is no plain door or number of a household. Correct the household first.')
NO_PHONE: Final = N_('"%(found)s" is no telephone number, or more than one. Correct the post first.')
A_NAME: Final = ("name", "person_meant", "door")
"""What the gate of public texts finds in the name of an official, place or duty, and may stand there."""
Home = TypeVar("Home")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A member with the doors of this natural village that they look after."""

    name: str
    title_zh: str
    title_en: str
    phone: str
    doors: tuple[str, ...]


def is_door(text: str, places: Iterable[str] = ()) -> bool:
    """Whether a text is a plain door or number: figures and words of an address behind the names of its places."""
    for name in places:
        text = text.removeprefix(name).strip()
    return bool(text and _DOOR.fullmatch(text))


def doors_told(homes: Mapping[Home, tuple[str, str]], places: Sequence[str]) -> dict[Home, str]:
    """What a list calls each home, of its door and its number: all by door, else all by number; else nothing at all.

    So one that somebody wrote something else beside is not told apart from the others either.
    """
    for which in (0, 1):
        if all(is_door(one[which], places) for one in homes.values()):
            return {home: one[which] for home, one in homes.items()}
    return {}


def everybody(looked: Sequence[Looked], homes: int) -> bool:
    """Whether each of the homes of the natural village, at home or away, is looked after by somebody."""
    return sum(len(one.doors) for one in looked) == homes


def members(looked: Sequence[Looked], *, homes: int, with_doors: bool) -> list[dict[str, Any]]:
    """The lines of the notice: doors where asked for and every home of the natural village is on a list, else counts.

    ``homes`` are the homes of the natural village that anybody belongs to, at home or away. A member with fewer than
    five would be told apart by doors as by a count: then there are counts for all, and for the few "fewer than five".
    """
    whole = with_doors and everybody(looked, homes) and all(len(one.doors) >= LEAST for one in looked)
    return [
        {
            "name": one.name, "title_zh": one.title_zh, "title_en": one.title_en, "phone": one.phone,
            "count": len(one.doors) if len(one.doors) >= LEAST else FEW,
            "doors": sorted(one.doors, key=_in_order) if whole else [],
        }
        for one in sorted(looked, key=lambda one: (one.name, one.phone))
    ]  # fmt: skip


def refused(content: Mapping[str, Any]) -> list[str]:
    """Fields that no notice may hold, or of another kind than it may; nothing where all are fine."""
    faults = _faults(content, FIELDS, "")
    for name, allowed in INSIDE.items():
        for one in content.get(name, ()):
            faults += _faults(one, allowed, f"{name}.")
    return faults


def as_read(content: Mapping[str, Any]) -> dict[str, Any]:
    """A notice as it is read: a title that only says again what stands above the names is left out."""
    plain = [
        {**one, "title_zh": "", "title_en": ""} if (one["title_zh"], one["title_en"]) == TITLE else one
        for one in content["members"]
    ]
    return {**content, "members": plain}


def titles(content: Mapping[str, Any]) -> list[str]:
    """The titles on a notice, which somebody may have written a name into."""
    return [one[name] for one in content["members"] for name in ("title_zh", "title_en")]


def complaint(content: Mapping[str, Any], names: Collection[str], guarded: Sequence[Guarded]) -> tuple[str, str] | None:
    """The first thing that may not stand on a notice, as a sentence and what it is about: the gate of public texts.

    ``names`` are those of people that titles hold. Every string passes: doors and telephone numbers are such and
    nothing else, and nothing says anything about hardship or health or holds another number.
    """
    places = [content[name] for name in ("village", "natural_village")]
    doors = [door for one in content["members"] for door in one["doors"]]
    if wrong := next((one for one in doors if not is_door(one, places)), None):
        return NO_DOOR, wrong
    phones = [one["phone"] for line in ("members", "heads") for one in content[line]] + [content["always"]]
    if wrong := next((one for one in phones if one and not is_phone(one)), None):
        return NO_PHONE, wrong
    plain = [value for name, value in content.items() if isinstance(value, str) and name not in ("always", "from_on")]
    plain += [value for line in INSIDE for one in content[line] for name, value in one.items() if _is_plain(name)]
    plain += doors
    hits = [hit for text in plain for hit in found(text, (), guarded) if hit.sort not in A_NAME]
    hits += [hit for text in titles(content) for hit in found(text, names, guarded)]
    return (COMPLAINTS[hits[0].sort], hits[0].text) if hits else None


def _is_plain(field: str) -> bool:
    """Whether a field of a line is words of the county or somebody's name: no title, number to call, count or door."""
    return field in ("name", "zh", "en", "does_zh", "does_en", "grid_zh", "grid_en")


def spoken(content: Mapping[str, Any], language: str) -> str:
    """The text for the loudspeaker, read in about thirty seconds however many members there are.

    It says where to look, what for and whom to call, and names no household; as many members as the time allows.
    """
    whole, part, ask, called, nameless, end, gap = _SPOKEN[language]
    begin = whole if content.get("everybody") else part
    named = {**content, "natural_village_en": content.get("natural_village_en") or content["natural_village"]}
    said, last = begin.format(**named) + gap + ask, end.format(**named)
    for one in content["members"]:
        more = (called if one["phone"] else nameless).format(**one)
        if _length(said + gap + more + gap + last, language) > SECONDS * A_SECOND[language]:
            break
        said += gap + more
    return said + gap + last


_SPOKEN: Final = {
    "zh": (
        "{natural_village}的乡亲们：每户都有联户党员，名单贴在公示栏。",
        "{natural_village}的乡亲们：联户党员的名单贴在公示栏。",
        "问政策、托代办、解纠纷、报隐患、有难处，都可以找他们。", "{name}，电话{phone}。", "{name}。",
        "不知道找谁，打{always}，随时有人接。", "",
    ),
    "en": (
        "People of {natural_village_en}: every household has a contact. The list hangs on the board.",
        "People of {natural_village_en}: turn to the linked members. The list hangs on the board.",
        "Ask them about policies, errands, quarrels, dangers, or whenever you need help.",
        "{name}, telephone {phone}.", "{name}.", "If in doubt call {always}, it is always answered.", " ",
    ),
}  # fmt: skip


def _length(text: str, language: str) -> int:
    """Signs of a Chinese text, words of an English one, where each figure of a number is said as a word."""
    return len(text) if language == "zh" else len(re.sub(r"\d", " 0 ", text).split())


def _faults(row: Mapping[str, Any], allowed: Mapping[str, type], at: str) -> list[str]:
    unknown = [f"{at}{name}" for name in row if name not in allowed]
    return unknown + [f"{at}{name}" for name, sort in allowed.items() if not isinstance(row.get(name), sort)]


def _in_order(door: str) -> tuple[int, str]:
    digits = "".join(sign for sign in door if sign.isdecimal())
    return (int(digits) if digits else 0, door)
