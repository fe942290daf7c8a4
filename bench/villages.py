"""Villages made with a seed, and published instances of the capacitated p-median problem read from files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from commongrid.kernel.division.arrays import Reals
from commongrid.kernel.division.assigning import Piece
from commongrid.kernel.division.graph import Terrain
from commongrid.kernel.division.statement import Households

BEST_KNOWN = {
    "SJC1": 17288.99,
    "SJC2": 33270.94,
    "SJC3a": 45335.16,
    "SJC3b": 40635.90,
    "SJC4a": 61925.51,
    "SJC4b": 52458.00,
}
"""The optima of Lorena and Senne's instances as the literature gives them."""


def village(seed: int, households: int = 800, hamlets: int = 12) -> Households:
    """Hamlets of unequal size and density in four kilometres; a Party member in every sixth home."""
    chance = np.random.default_rng(seed)
    middle = chance.uniform(0, 4000, (hamlets, 2))
    of = chance.choice(hamlets, households, p=chance.dirichlet(np.full(hamlets, 2.0)))
    width = chance.uniform(60, 260, hamlets)
    points = middle[of] + chance.normal(0, 1, (households, 2)) * width[of][:, np.newaxis]
    member = chance.random(households) < 1 / 6
    return Households.at(points, village=of, heads=member | (chance.random(households) < 0.2), capacity=15 * member)


def river(seed: int) -> Terrain:
    """A winding river from north to south with two bridges."""
    chance = np.random.default_rng(seed + 10**6)
    down = np.linspace(-1000, 5000, 25)
    line = np.column_stack([2000 + 500 * np.sin(down / 700 + chance.uniform(0, 6)), down])
    return Terrain(barriers=[line], bridges=[line[[9]], line[[16]]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One instance and the best value known for it, if any."""

    name: str
    piece: Piece
    grids: int
    best: float | None


def published(folder: Path) -> Iterator[Published]:
    """Every instance of a folder: `n p` and a line a point (x, y, capacity, weight), or OR-Library collections."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in {".dat", ".txt"}:
            continue
        numbers = [
            line.split() for line in path.read_text(encoding="ascii", errors="replace").splitlines() if line.strip()
        ]
        if len(numbers[0]) == 1:
            yield from _collection(path.stem, numbers)
        elif len(numbers[0]) == 2 and len(numbers) > int(numbers[0][0]):
            rows = np.array(numbers[1 : int(numbers[0][0]) + 1], float)
            yield _instance(path.stem, rows[:, :2], rows[:, 3], float(rows[:, 2].max()), int(numbers[0][1]))


def _collection(stem: str, lines: list[list[str]]) -> Iterator[Published]:
    at = 1
    for _ in range(int(lines[0][0])):
        (number, best), (households, grids, capacity) = lines[at][:2], lines[at + 1][:3]
        rows = np.array(lines[at + 2 : at + 2 + int(households)], float)
        made = _instance(f"{stem}-{number}", rows[:, 1:3], rows[:, 3], float(capacity), int(grids), whole=True)
        yield Published(name=made.name, piece=made.piece, grids=made.grids, best=float(best))
        at += 2 + int(households)


def _instance(
    name: str, points: Reals, weight: Reals, capacity: float, grids: int, *, whole: bool = False
) -> Published:
    metres = np.linalg.norm(points[:, np.newaxis] - points[np.newaxis], axis=2)
    none = np.full(len(points), -1, np.int64)
    piece = Piece(
        metres=(np.floor(metres) if whole else metres).astype(np.float32),
        weight=weight.astype(np.int64),
        lower=0,
        upper=int(capacity),
        target=float(weight.sum() / grids),
        beta=0.0,
        sigma=0.0,
        before=none,
        locked=none.copy(),
        village=np.zeros(len(points), np.int64),
        foreign=np.zeros(len(points)),
        split=0.0,
        even=bool((weight == 1).all()),
    )
    return Published(name=name, piece=piece, grids=grids, best=BEST_KNOWN.get(name))
