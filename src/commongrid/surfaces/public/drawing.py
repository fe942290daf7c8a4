"""The map of what was reported, drawn on the server as SVG: a plan of tiles, for no boundary is kept yet.

Each township is a drawing of its own, so that names stay readable on a phone;
its villages are tiles shaded by their count, a village's natural villages are
tiles on the page of that village. Every number stands in the table below too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDE, HIGH, GAP, ACROSS = 100, 56, 8, 3
STEPS: Final = (5, 10, 20, 50)
"""From these counts on a tile is shaded one step darker."""
LATIN_FITS, CHINESE_FITS = 15, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place with its count; nothing where it is not told. ``address`` opens the page of its parts."""

    name: str
    count: int | None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An area where it is drawn."""

    area: Area
    x: int
    y: int
    shade: int
    text: str

    @property
    def middle(self) -> int:
        """Where its texts are centred."""
        return self.x + WIDE // 2

    @property
    def name_at(self) -> int:
        """The line of its name."""
        return self.y + 24

    @property
    def count_at(self) -> int:
        """The line of its count."""
        return self.y + 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Tiles in rows, and how large the drawing is."""

    name: str
    tiles: tuple[Tile, ...]

    @property
    def width(self) -> int:
        """Of the drawing."""
        return ACROSS * WIDE + (ACROSS - 1) * GAP

    @property
    def height(self) -> int:
        """Of the drawing."""
        rows = -(-len(self.tiles) // ACROSS)
        return max(1, rows) * HIGH + max(0, rows - 1) * GAP


def plan(name: str, areas: Sequence[Area]) -> Plan:
    """The areas of a place in reading order."""
    return Plan(
        name=name,
        tiles=tuple(
            Tile(
                area=area, x=n % ACROSS * (WIDE + GAP), y=n // ACROSS * (HIGH + GAP), shade=shade(area.count),
                text=fitting(area.name),
            )
            for n, area in enumerate(areas)
        ),
    )  # fmt: skip


def shade(count: int | None) -> int:
    """0 where no number is told, else 1 to 4."""
    return 0 if count is None else sum(count >= step for step in STEPS)


def fitting(name: str) -> str:
    """The name as long as its tile; the whole is in the tile's title and in the table."""
    fits = CHINESE_FITS if any("\u4e00" <= sign <= "\u9fff" for sign in name) else LATIN_FITS
    return name if len(name) <= fits else f"{name[: fits - 1]}…"
