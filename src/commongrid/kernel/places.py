"""Places as numbers: the 15-digit code, its levels and its intervals.

A code is the national 12-digit statistical code (province 2, prefecture 2,
county 2, township 3, village 3 digits; rules of the National Bureau of
Statistics, built on GB/T 2260 and GB/T 10114) followed by a 3-digit sequence
inside the village: 000 is the village itself, 001 to 999 are natural villages,
villager groups and grids, each minted once and never reused.

A level ends where its significant digits end and the rest is zero, so a place
and everything in it is one interval of integers, and "inside" is ``lo <= code
<= hi``. Which of the three kinds a code below the village is, only its row
knows; here it is ``"below"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.widths import cut_by_spreadsheet, digits, plain_number, whole

Level = Literal["province", "prefecture", "county", "township", "village", "natural_village", "villager_group", "grid"]
"""Every level a place row can have, from the widest."""

CodeLevel = Literal["province", "prefecture", "county", "township", "village", "below"]
"""What the code alone tells; ``below`` is anything inside a village."""

LEVELS: Final[tuple[Level, ...]] = (
    "province", "prefecture", "county", "township", "village", "natural_village", "villager_group", "grid",
)  # fmt: skip
BELOW_VILLAGE: Final[frozenset[Level]] = frozenset({"natural_village", "villager_group", "grid"})

SIGNIFICANT: Final[dict[CodeLevel, int]] = {
    "province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12, "below": 15,
}  # fmt: skip
"""Significant digits of each level."""

SPAN: Final[dict[CodeLevel, int]] = {level: int(10 ** (15 - n)) for level, n in SIGNIFICANT.items()}
"""How many codes lie in one place of each level, itself included."""

FIRST: Final = 10**14
LAST: Final = 10**15 - 1
LAST_SEQUENCE: Final = 999
CROWDED: Final = 800
"""From this many sequences used in one village on, ``doctor`` warns."""

_BY_LENGTH: Final[dict[int, CodeLevel]] = {n: level for level, n in SIGNIFICANT.items()}
_WIDEST_FIRST: Final[tuple[CodeLevel, ...]] = ("province", "prefecture", "county", "township", "village")
_WRITTEN: Final = re.compile(r"[0-9]+(?:-[0-9]{3})?")


class Interval(NamedTuple):
    """All codes from ``lo`` to ``hi``, both included; empty where ``hi < lo``."""

    lo: int
    hi: int

    def holds(self, code: int) -> bool:
        """Whether the code lies inside."""
        return self.lo <= code <= self.hi

    def within(self, other: Interval) -> bool:
        """Whether every code of this one lies in the other; an empty one lies in any."""
        return self.hi < self.lo or (other.lo <= self.lo and self.hi <= other.hi)


NOWHERE: Final = Interval(1, 0)
EVERYWHERE: Final = Interval(FIRST, LAST)


def is_code(code: int) -> bool:
    """Whether the number has 15 digits."""
    return FIRST <= code <= LAST


def code_read(text: str) -> int | None:
    """The code that an address or form names, 15 ASCII digits; nothing for any other text."""
    code = plain_number(text, len(str(LAST)))
    return code if code is not None and is_code(code) else None


def level_of(code: int) -> CodeLevel:
    """The level its last significant group stands for: 520623001000000 is a township."""
    for level in _WIDEST_FIRST:
        if code % SPAN[level] == 0:
            return level
    return "below"


def interval(code: int) -> Interval:
    """The place and everything in it, as the codes from ``lo`` to ``hi``."""
    return Interval(code, code + SPAN[level_of(code)] - 1)


def enclosing(code: int, level: CodeLevel) -> int | None:
    """The place of that level which holds ``code`` (or is it); None where it lies at or above a wider level.

    A township directly under a prefecture (Dongguan has no counties) has no
    county: its six digits are the prefecture's own, and None is answered.
    """
    start = code - code % SPAN[level]
    return start if level_of(start) == level else None


def parent_of(code: int) -> int | None:
    """The next wider place that the code names; None for a province."""
    own = SIGNIFICANT[level_of(code)]
    for level in reversed(_WIDEST_FIRST):
        if SIGNIFICANT[level] < own and (found := enclosing(code, level)) is not None:
            return found
    return None


def village_of(code: int) -> int | None:
    """The administrative village or community of a code at or below it."""
    return enclosing(code, "village")


def township_of(code: int) -> int | None:
    """The township, town or street office of a code at or below it."""
    return enclosing(code, "township")


def county_of(code: int) -> int | None:
    """The county of a code at or below it."""
    return enclosing(code, "county")


def ancestors_of(code: int) -> tuple[int, ...]:
    """Every wider place by code alone, the widest first, without the place itself."""
    found: list[int] = []
    above = parent_of(code)
    while above is not None:
        found.append(above)
        above = parent_of(above)
    return tuple(reversed(found))


def inside(code: int, of: int) -> bool:
    """Whether ``code`` is ``of`` or lies in it."""
    return interval(of).holds(code)


def sequence_of(code: int) -> int:
    """The number inside the village, 0 for the village itself."""
    return code % 1000


def below_village(village: int, sequence: int) -> int:
    """The code of the set number ``sequence`` (1 to 999) of a village."""
    if level_of(village) != "village":
        raise BadInput(N_("Only an administrative village or community holds grids and natural villages."))
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise BadInput(N_("A village has room for 999 numbers below it; none is left."))
    return village + sequence


def next_sequence(used: Iterable[int]) -> int:
    """The next number of a village after every one ever used; ended ones are not given again."""
    return max(used, default=0) + 1


def fits(code: int, level: Level) -> bool:
    """Whether a row of that level may carry the code."""
    return level_of(code) == ("below" if level in BELOW_VILLAGE else level)


def parse(text: str | int, level: CodeLevel | None = None) -> int:
    """The code a person or file wrote: 2, 4, 6, 9, 12 or 15 digits, or twelve and a dash and three.

    Full-width digits, spaces and a spreadsheet's ``.0`` are read as meant.
    With ``level`` the code must be of it.

    Refuses with BadInput: other lengths, no digits, a province below 11, a
    number that a spreadsheet has cut (``5.20623E+11``), another level.
    """
    written = whole(digits(str(text)).removesuffix(".0"))
    if cut_by_spreadsheet(written):
        raise BadInput(N_("A spreadsheet has shortened the code %(code)s; format the column as text."), code=written)
    plain = written.replace("-", "")
    if not _WRITTEN.fullmatch(written) or not plain.isascii() or len(plain) not in _BY_LENGTH:
        raise BadInput(N_("%(code)s is not a place code: 6, 9, 12 or 15 digits are expected."), code=written[:40])
    if "-" in written and len(plain) != SIGNIFICANT["below"]:
        raise BadInput(N_("%(code)s is not a place code: 6, 9, 12 or 15 digits are expected."), code=written[:40])
    code = int(plain.ljust(15, "0"))
    if code < 11 * SPAN["province"]:
        raise BadInput(N_("%(code)s is not a place code: no province has such a number."), code=written)
    if level is not None and level_of(code) != level:
        raise BadInput(N_("%(code)s is a code of another level than expected."), code=written)
    return code


def show(code: int) -> str:
    """As people write it: the national 12 digits, below the village with a dash and the sequence.

    ``parse(show(code)) == code`` for every code.
    """
    national, sequence = divmod(code, 1000)
    return f"{national:012d}-{sequence:03d}" if sequence else f"{national:012d}"


def significant(code: int) -> str:
    """Only the digits that name the place: ``520623`` for a county."""
    return f"{code:015d}"[: SIGNIFICANT[level_of(code)]]


def smallest_holding(*codes: int) -> Interval:
    """The interval of the smallest place that holds all the codes; every place where they share no province."""
    if not codes:
        return NOWHERE
    low, high = min(codes), max(interval(code).hi for code in codes)
    for level in ("below", *reversed(_WIDEST_FIRST)):
        start = low - low % SPAN[level]
        if high < start + SPAN[level]:
            return Interval(start, start + SPAN[level] - 1)
    return EVERYWHERE


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same codes as few intervals as possible, in order, none touching another."""
    merged: list[Interval] = []
    for each in sorted(one for one in intervals if one.lo <= one.hi):
        if merged and each.lo <= merged[-1].hi + 1:
            merged[-1] = Interval(merged[-1].lo, max(merged[-1].hi, each.hi))
        else:
            merged.append(each)
    return tuple(merged)


def intersection(left: Iterable[Interval], right: Iterable[Interval]) -> tuple[Interval, ...]:
    """The codes in both sets, as ``union`` writes them."""
    others = union(right)
    return union(Interval(max(a.lo, b.lo), min(a.hi, b.hi)) for a in union(left) for b in others)


def difference(left: Iterable[Interval], right: Iterable[Interval]) -> tuple[Interval, ...]:
    """The codes of ``left`` that are not in ``right``, as ``union`` writes them."""
    rest = union(left)
    for cut in union(right):
        pieces: list[Interval] = []
        for each in rest:
            pieces += [Interval(each.lo, min(each.hi, cut.lo - 1)), Interval(max(each.lo, cut.hi + 1), each.hi)]
        rest = union(pieces)
    return rest


def holds(intervals: Iterable[Interval], code: int) -> bool:
    """Whether any of the intervals holds the code."""
    return any(each.holds(code) for each in intervals)
