"""A village divided anew: how new grids are called, and which of them carries an ended one on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import count


def names_of(wanted: Sequence[str], borne: Iterable[str]) -> list[tuple[str, str]]:
    """A Chinese and an English name for each new grid that no other of the village bears or bore.

    A grid that goes on from one with a name of its own bears that with a number, any other the next number.
    """
    taken = set(borne)
    found = []
    for base in wanted:
        own = base.rstrip("0123456789") if base and not _english(base) else ""
        free = (f"{own}{n + 1}" if own else f"第{n}网格" for n in count(1))
        found.append(next(name for name in free if name not in taken))
        taken.add(found[-1])
    return [(name, _english(name)) for name in found]


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
