"""Each law of a division notices the fault it is there for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commongrid.kernel.division import dividing, reckoning, solving
from commongrid.kernel.division.assigning import standing
from commongrid.kernel.division.dividing import divide
from commongrid.kernel.division.statement import Households, Locks, Rules
from tests.kernel.division.laws import QUICK, broken, village

pytestmark = pytest.mark.xdist_group("division")  # one worker compiles

RULES = Rules(target=12, lower=8, upper=16, change=50.0)
Mutant = Callable[..., Any]


def case() -> tuple[Households, Locks]:
    """Two natural villages, today's grids, a locked grid and a few locked households."""
    homes = replace(village(21, 60, 2), capacity=np.zeros(60, np.int64))
    homes = replace(
        homes, before=np.searchsorted(np.quantile(homes.points[:, 0], [0.2, 0.4, 0.6, 0.8]), homes.points[:, 0])
    )
    locked = np.full(60, -1)
    locked[np.flatnonzero(homes.before == 2)[:3]] = 2
    return homes, Locks(households=locked, grids=frozenset({0}))


def shuffled(given: Any, task: Any, one: Any, effort: Any, state: Any) -> Any:
    """Grids of the right sizes whose households lie anywhere."""
    grid = np.arange(len(one.grid)) % len(one.centre)
    return 0.0, standing(given, one.centre, grid)


def strays(locks: Any, grid: Any, labels: Any, reasons: Any) -> bool:
    """A locked household ends next door."""
    one = np.flatnonzero(locks.households >= 0)[0]
    grid[one] = (grid[one] + 1) % len(labels)
    return True


def mixes(locks: Any, grid: Any, labels: Any, reasons: Any) -> bool:
    """A household that nothing locks ends in a grid of the other natural village."""
    homes, _ = case()
    free = (locks.households < 0) & ~np.isin(homes.before, list(locks.grids))
    there = np.flatnonzero(free & (homes.village == 1))[0]
    grid[np.flatnonzero(free & (homes.village == 0))[0]] = grid[there]
    return True


def one_away(given: Any, rules: Any, locks: Any, found: Any, solved: Any) -> Any:
    """A household leaves the locked grid."""
    grid, labels, reasons = TOGETHER(given, rules, locks, found, solved)
    grid[np.flatnonzero(grid == labels.index(0))[0]] = 0
    return grid, labels, reasons


def with_less(term: str) -> Mutant:
    def other(*given: Any) -> Any:
        found = RECKON(*given)
        return replace(found, **{term: getattr(found, term) + 1})

    return other


TOGETHER, RECKON = dividing._together, reckoning.reckon
MUTANTS: list[tuple[str, Any, str, Mutant]] = [
    ("in_pieces is listed", solving, "joined", shuffled),
    ("natural villages are kept whole", dividing, "_pin", mixes),
    ("locked households stay", dividing, "_pin", strays),
    ("locked grids stay as they are", dividing, "_together", one_away),
    ("changes are counted", dividing, "reckon", with_less("changed")),
    ("the price is the sum of its terms", dividing, "reckon", with_less("metres")),
    ("the bound is not above the price", dividing, "_bound", lambda told, solved: told.price * 1.01),
    ("too_few_members is listed", dividing, "shortcomings", lambda *given: ()),
]


@pytest.mark.parametrize(
    ("law", "module", "name", "mutant"), MUTANTS, ids=[law.replace(" ", "-") for law, *_ in MUTANTS]
)
def test_a_mutant_breaks_its_law(
    law: str, module: Any, name: str, mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes, locks = case()
    assert law not in broken(homes, RULES, divide(homes, RULES, locks=locks, effort=QUICK), locks=locks)
    if law == "in_pieces is listed":
        monkeypatch.setattr(dividing, "shortcomings", lambda *given: ())
    monkeypatch.setattr(module, name, mutant)
    assert law in broken(homes, RULES, divide(homes, RULES, locks=locks, effort=QUICK), locks=locks)
