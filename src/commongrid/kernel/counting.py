"""Counts that may be published: none below five, and none that could be worked out from those beside it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

LEAST: Final = 5
"""A count below this is not published."""
Part = TypeVar("Part", bound=Hashable)


def shown_parts(parts: Mapping[Part, int], least: int = LEAST) -> dict[Part, int | None]:
    """The parts of a whole whose own count is public: each as a number, or nothing where it must not be told.

    What is hidden is never fewer than ``least`` together, because whoever knows
    the whole and the parts that are shown knows the sum of the others. So where
    the small ones alone would be too few, the next larger one is hidden too.
    """
    hidden = {part for part, count in parts.items() if count < least}
    rest = sorted((one for one in parts if one not in hidden), key=lambda one: (parts[one], str(one)))
    while rest and 0 < sum(parts[one] for one in hidden) < least:
        hidden.add(rest.pop(0))
    return {part: None if part in hidden else count for part, count in parts.items()}
