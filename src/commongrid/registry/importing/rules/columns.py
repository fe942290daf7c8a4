"""One column of a sheet of the register: its headings, how it is recognised, what its cells offer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from commongrid.kernel.sheets import plain_name

DAY_ZH, DAY_EN = "公历，如 1985-03-07；不要写农历。", "Solar calendar, like 1985-03-07; never the lunar date."


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a sheet: headings, other names that are understood, what the template offers.

    ``offered`` names the list of its drop-down, ``text`` keeps digits as text,
    ``ditto`` says that "the same as above" is understood here. ``reads`` says how the sheets of other records than
    people and households read it: a date, a code, words and so on; empty: as the field of the register.
    """

    field: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    needed: bool = False
    width: int = 14
    offered: str = ""
    text: bool = False
    ditto: bool = False
    hint_zh: str = ""
    hint_en: str = ""
    reads: str = ""

    @property
    def heading(self) -> str:
        """The heading in both languages, as templates carry it."""
        return f"{self.zh} {self.en}"

    @property
    def names(self) -> set[str]:
        """Every name it is recognised by."""
        return {bare(name) for name in (self.heading, self.zh, self.en, *self.also)}


def bare(name: str) -> str:
    """A heading for comparing: without marks of needed columns and remarks in brackets."""
    return re.sub(r"[*＊:：\s]|[(（].*?[)）]", "", plain_name(name))
