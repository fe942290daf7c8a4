"""Walls: what row-level security a table asks for, declared beside the table.

A model carries ``wall = Wall(...)``; the migrations turn it into policies, and
a test compares the database with the declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WHOLE_COUNTY = (
    "(SELECT COALESCE(current_setting('cg.kind', true), '') IN ('post', 'clock') "
    "AND COALESCE(current_setting('cg.narrow', true), '') = '' "
    "AND COALESCE(NULLIF(current_setting('cg.hi', true), '')::bigint "
    "- NULLIF(current_setting('cg.lo', true), '')::bigint, 0) >= 999999999)"
)
"""Whoever acts for a whole county, without narrowing: who may change what holds for everybody in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Row-level security of one table.

    ``place``, ``household``, ``unit`` and ``slip`` name columns (database
    names). ``read`` is "scope" (only what the scope covers) or "open" (every
    scope reads, only in scope written). ``also_see`` and ``also_write`` are SQL
    conditions that widen, ``also_change`` one that widens for changes of rows alone,
    ``never`` one that bars all, even in scope. A table
    without any column says ``exempt`` with the reason. ``append_only`` allows
    insertion alone, by grant and by trigger; ``prune`` is the one exception, a
    condition on rows old enough that a clock job may delete them; ``may_set`` names columns that
    may still be updated, in an append-only table or one whose other columns stand for good. The publishing role
    reads what is scoped; ``unpublished`` takes that from it. Of an append-only table that declares ``keeps`` the clock
    may empty the columns named there and cover a name in them, and nothing else.
    """

    place: str = ""
    household: str = ""
    unit: str = ""
    slip: str = ""
    read: Literal["scope", "open"] = "scope"
    write: Literal["scope", "owner", "any"] = "scope"
    also_see: str = ""
    also_write: str = ""
    also_change: str = ""
    never: str = ""
    exempt: str = ""
    append_only: bool = False
    prune: str = ""
    may_set: tuple[str, ...] = ()
    unpublished: bool = False

    @property
    def scoped(self) -> bool:
        """Whether the table carries row-level security at all."""
        return not self.exempt
