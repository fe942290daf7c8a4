"""Plain values of the comparison between a list and what is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from commongrid.kernel.places import BELOW_VILLAGE, Level
from commongrid.territory.rules.listing import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """How a list is meant, beyond its rows.

    ``lineage`` are pairs (old, new) that its owner declares: splits, mergers
    and re-codings that names do not show; the first new code of an old one
    takes its references. Within ``extent`` the list is complete, so that what
    it does not name has ended. With ``resume`` an earlier list was wrong:
    places of the same code and name that it ended go on.
    """

    lineage: tuple[tuple[int, int], ...] = ()
    extent: tuple[int, ...] = ()
    resume: bool = False


PLAIN: Final = Meaning()
"""A list that means what its rows say."""

What = Literal["new", "renamed", "recoded", "ended", "unchanged"]
WHATS: Final[tuple[What, ...]] = ("new", "renamed", "recoded", "ended", "unchanged")
COUNTED: Final[tuple[Level, ...]] = ("county", "township", "village", "natural_village", "grid")
"""The levels that an import reports; province and prefecture are kept but not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A place in force as the register holds it."""

    code: int
    level: Level
    name: str
    name_en: str = ""
    kind: str = ""

    @property
    def below(self) -> bool:
        """Whether it lies inside a village."""
        return self.level in BELOW_VILLAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A place that no longer exists: since when, and whether another carries it on."""

    on: str
    name: str
    level: Level
    carried_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What the comparison needs to know of the register.

    ``known`` are the places in force of the counties concerned and everything
    above them; ``ended`` those that ended, by code; ``sequences`` the highest
    number ever given below each village.
    """

    known: Mapping[int, Known] = field(default_factory=dict)
    ended: Mapping[int, Ended] = field(default_factory=dict)
    sequences: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one place. ``old`` is the former code of a re-coded one, ``former`` the former name."""

    what: What
    level: Level
    code: int
    name: str
    name_en: str = ""
    kind: str = ""
    old: int | None = None
    former: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a list changes: one Change per place within its reach, whom references follow, and what must be said.

    ``moves`` says for each code that gives way which code its references
    follow to; ``successions`` all pairs old -> new that history keeps. With
    ``faults`` nothing may be applied. ``touches`` tells whether anything that
    was there before is changed.
    """

    changes: tuple[Change, ...] = ()
    moves: Mapping[int, int] = field(default_factory=dict)
    successions: tuple[tuple[int, int], ...] = ()
    faults: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()

    def counts(self) -> dict[str, dict[str, int]]:
        """Numbers per level and kind of change, zero included."""
        found = Counter((change.level, change.what) for change in self.changes)
        return {level: {what: found[level, what] for what in WHATS} for level in COUNTED}

    @property
    def changed(self) -> bool:
        """Whether anything would be different afterwards."""
        return any(change.what != "unchanged" for change in self.changes)
