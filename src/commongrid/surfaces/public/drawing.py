"""The map of what was reported, drawn on the server as SVG and without any script.

Each township is a drawing of its own, so that names stay readable on a phone;
its villages are shaded by their count, a village's natural villages on the page
of that village. Where every place has a boundary they are drawn in their shape,
else as a plan of tiles. Every number stands in the table below too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commongrid.kernel.sketch import sketch

if TYPE_CHECKING:
    from commongrid.kernel.shapes import Shape

WIDE, HIGH, GAP, ACROSS = 100, 56, 8, 3
BROAD: Final = 380
"""Of a drawing in shapes."""
STEPS: Final = (5, 10, 20, 50)
"""From these counts on a tile is shaded one step darker."""
LATIN_FITS, CHINESE_FITS = 15, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place with its count; nothing where it is not told. ``address`` opens the page of its parts."""

    name: str
    count: int | None
    address: str = ""
    place: int = 0


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
class Land:
    """A place drawn in its shape; without an area where nothing is said of it."""

    path: str
    x: int
    y: int
    area: Area | None
    shade: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Places in their shapes, side by side, and how large the drawing is."""

    width: int
    height: int
    lands: tuple[Land, ...]


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


def drawn(areas: Sequence[Area], shapes: Mapping[int, Shape]) -> Map | None:
    """The areas in their shapes, with neighbours of which nothing is said; nothing where an area has no shape."""
    told = {area.place: area for area in areas}
    if not told or not set(told) <= set(shapes):
        return None
    found = sketch(shapes, BROAD)
    return Map(
        width=found.width, height=found.height,
        lands=tuple(
            Land(
                path=stroke.path, x=stroke.x, y=stroke.y, area=told.get(place),
                shade=shade(told[place].count) if place in told else 0,
                text=fitting(told[place].name) if place in told else "",
            )
            for place, stroke in found.strokes.items()
        ),
    )  # fmt: skip


def shade(count: int | None) -> int:
    """0 where no number is told, else 1 to 4."""
    return 0 if count is None else sum(count >= step for step in STEPS)


def fitting(name: str) -> str:
    """The name as long as its tile; the whole is in the tile's title and in the table."""
    fits = CHINESE_FITS if any("\u4e00" <= sign <= "\u9fff" for sign in name) else LATIN_FITS
    return name if len(name) <= fits else f"{name[: fits - 1]}…"
