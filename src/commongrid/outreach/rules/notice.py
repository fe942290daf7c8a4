"""The public notice: the fields that it may hold, and when it names doors rather than a count.

The line of ETHICS.md: a notice says who looks after how many, and never who is poor. Every
household is linked, so a list of doors says nothing; where one is missing, whoever is on the list
or not on it could be singled out, and the notice prints counts only. A household wholly away
stands in the list like any other, so that no list says which house is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from commongrid.kernel.counting import LEAST
from commongrid.kernel.masking import holds_numbers

FIELDS: Final = {
    "village": str, "village_en": str, "natural_village": str, "natural_village_en": str,
    "members": list, "duties": list, "heads": list, "always": str,
    "from_on": str,
}  # fmt: skip
"""Everything that may ever stand in a notice."""
OF_A_MEMBER: Final = {"name": str, "title_zh": str, "title_en": str, "phone": str, "count": int, "doors": list}
OF_A_DUTY: Final = {"zh": str, "en": str}
OF_A_HEAD: Final = {"name": str, "grid_zh": str, "grid_en": str, "phone": str}
INSIDE: Final[Mapping[str, Mapping[str, type]]] = {"members": OF_A_MEMBER, "duties": OF_A_DUTY, "heads": OF_A_HEAD}
ALWAYS: Final = "12345"
"""The number that always answers, until the county sets another (``models.PublicNumber``)."""
FEW: Final = 0
"""What stands in the count where it is fewer than may be published."""
A_SECOND: Final = {"zh": 4.5, "en": 2.5}
"""Chinese signs, and English words, that a calm voice reads in one second."""
SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A member with the doors of this natural village that they look after."""

    name: str
    title_zh: str
    title_en: str
    phone: str
    doors: tuple[str, ...]


def members(looked: Sequence[Looked], *, homes: int, with_doors: bool) -> list[dict[str, Any]]:
    """The lines of the notice: doors where asked for and every home of the natural village is on a list, else counts.

    ``homes`` are the homes of the natural village that anybody belongs to, at home or away. A member with fewer than
    five would be told apart by doors as by a count: then there are counts for all, and for the few "fewer than five".
    """
    whole = (
        with_doors and sum(len(one.doors) for one in looked) == homes and all(len(one.doors) >= LEAST for one in looked)
    )
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


def leaks(content: Mapping[str, Any]) -> list[str]:
    """Names and titles that hold an identity, phone or account number: the gate that every published text passes."""
    said = [one[field] for one in content["members"] for field in ("name", "title_zh", "title_en")]
    said += [one["name"] for one in content["heads"]]
    return [text for text in said if holds_numbers(text)]


def spoken(content: Mapping[str, Any], language: str) -> str:
    """The text for the loudspeaker, read in about thirty seconds however many members there are.

    It says where to look and whom to call, and names no household; as many members as the time allows.
    """
    begin, called, nameless, end, gap = _SPOKEN[language]
    named = {**content, "natural_village_en": content.get("natural_village_en") or content["natural_village"]}
    said, last = begin.format(**named), end.format(**named)
    for one in content["members"]:
        more = (called if one["phone"] else nameless).format(**one)
        if _length(said + gap + more + gap + last, language) > SECONDS * A_SECOND[language]:
            break
        said += gap + more
    return said + gap + last


_SPOKEN: Final = {
    "zh": (
        "{natural_village}的乡亲们：每户都有联户党员，有事找他，名单贴在公示栏。", "{name}，电话{phone}。", "{name}。",
        "不知道找谁，打{always}，随时有人接。", "",
    ),
    "en": (
        "People of {natural_village_en}: every household has a contact. The list hangs on the board.",
        "{name}, telephone {phone}.", "{name}.", "If in doubt call {always}, it is always answered.", " ",
    ),
}  # fmt: skip


def _length(text: str, language: str) -> int:
    """Signs of a Chinese text, words of an English one."""
    return len(text) if language == "zh" else len(text.split())


def _faults(row: Mapping[str, Any], allowed: Mapping[str, type], at: str) -> list[str]:
    unknown = [f"{at}{name}" for name in row if name not in allowed]
    return unknown + [f"{at}{name}" for name, sort in allowed.items() if not isinstance(row.get(name), sort)]


def _in_order(door: str) -> tuple[int, str]:
    digits = "".join(sign for sign in door if sign.isdecimal())
    return (int(digits) if digits else 0, door)
