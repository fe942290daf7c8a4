"""A village divided anew: how new grids are called, and which of them carries an ended one on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import count


def names_of(wanted: Sequence[str], borne: Iterable[str]) -> list[tuple[str, str]]:
    """A Chinese and an English name for each new grid: the one it bears on, once, else the next number nobody bears."""
    taken = set(borne)
    kept = []
    for name in wanted:
        kept.append(name if name and name not in taken else "")
        taken.add(name)
    free = (number for number in count(1) if f"第{number}网格" not in taken)
    chosen = [name or f"第{next(free)}网格" for name in kept]
    return [(name, _english(name)) for name in chosen]


def _english(name: str) -> str:
    number = name.removeprefix("第").removesuffix("网格")
    return f"Grid {number}" if number.isdecimal() else ""


def who_carries_on(
    takes: Mapping[int, Mapping[int, int]], ended: Mapping[int, set[int]], serves: Mapping[int, set[int]]
) -> dict[int, int]:
    """For each ended grid the one that takes most of its homes; of one without homes, that serves most of the same.

    ``ended`` and ``serves`` say what each grid that ends, and each that is there then, serves.
    """

    def fits(code: int, was: int) -> tuple[int, int, int]:
        return takes.get(code, {}).get(was, 0), len(serves[code] & ended[was]), -code

    return {was: max(serves, key=partial(fits, was=was)) for was in ended}
