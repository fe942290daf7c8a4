"""What a division starts from and what comes out of it, as plain values: the seam to the planner of the kernel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

Point = tuple[float, float]
"""Degrees, WGS 84: longitude, latitude."""
A_CODE: Final = 10**14
"""Labels of grids from here on are codes of today's grids; smaller ones count the new grids of a proposal."""


SMALLEST_VILLAGE: Final = 2
"""Households from which on there is anything to divide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an official sets: see ``models.Division``."""

    weigh: str = "homes"
    target: int = 44
    lower: int = 30
    upper: int = 60
    grids: int | None = None
    change: int = 100
    split: int = 1000
    uneven: int = 0
    headless: int = 2000
    short: int = 100
    groups: bool = False
    shares: bool = False
    alone: tuple[int, ...] = ()


def fitting(homes: int) -> Terms:
    """Limits that fit a village of so many households: the usual ones, or the whole of a small one in one grid."""
    usual = Terms()
    if homes > usual.upper or homes < SMALLEST_VILLAGE:
        return usual
    return Terms(target=homes, lower=max(1, min(usual.lower, homes - 1)), upper=max(usual.upper, homes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A household to be divided: where it is, its natural village, what it counts for, its grid today and as proposed.

    ``people`` live there, ``heads`` of them may head a grid, its Party members can look after ``room`` households.
    ``now`` and ``grid`` are labels; ``locked``: stays in ``grid``.
    """

    id: UUID
    at: Point | None
    hamlet: int
    people: int = 1
    heads: int = 0
    room: int = 0
    now: int | None = None
    grid: int | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Lines that nobody walks across, the ways over them, and the roads that are walked on."""

    barriers: tuple[tuple[Point, ...], ...] = ()
    bridges: tuple[tuple[Point, ...], ...] = ()
    roads: tuple[tuple[Point, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridOut:
    """One grid of what came out; ``label`` is today's code or the number that a new grid had before, or none."""

    label: int | None
    homes: int
    people: int
    size: int
    metres: int
    heads: int
    room: int
    hamlets: int
    beyond: int
    faults: tuple[dict[str, Any], ...] = ()


class Counted(Protocol):
    """What is counted of a grid, wherever it is kept."""

    @property
    def homes(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def metres(self) -> int: ...
    @property
    def heads(self) -> int: ...
    @property
    def room(self) -> int: ...
    @property
    def hamlets(self) -> int: ...
    @property
    def beyond(self) -> int: ...
    @property
    def faults(self) -> Sequence[dict[str, Any]]: ...


def figures_of(grids: Sequence[Counted], changed: int) -> dict[str, Any]:
    """All grids together, for a comparison."""
    sizes, homes = [one.size for one in grids], sum(one.homes for one in grids)
    metres = sum(one.metres for one in grids)
    lacks = Counter(sort for one in grids for sort in {str(each["fault"]) for each in one.faults})
    return {
        "grids": len(sizes), "homes": homes, "least": min(sizes, default=0), "largest": max(sizes, default=0),
        "metres": metres, "mean": round(metres / homes) if homes else 0, "pairs": sum(one.hamlets for one in grids),
        "changed": changed, "out": lacks["too_small"] + lacks["too_large"], "pieces": lacks["in_pieces"],
        "headless": sum(one.heads == 0 for one in grids), "beyond": sum(one.beyond for one in grids),
        "short": sum(max(0, one.homes - one.room) for one in grids),
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A household of what came out: its grid by position, today's, and whether its point was only taken."""

    id: UUID
    grid: int
    now: int | None
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out: grids, where each household is, figures; or a fault that says why not."""

    grids: tuple[GridOut, ...] = ()
    homes: tuple[Placed, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the planner gets of a proposal: the village, its limits, what is locked, and when it was asked for.

    ``again``: something is locked, so the rest goes on from the proposal's own grids.
    """

    homes: tuple[Home, ...]
    ways: Ways
    terms: Terms
    locked: frozenset[int]
    again: bool
