"""From a village to the planner and back: what its numbers mean for households and grids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from commongrid.kernel.division.arranging import arranged
from commongrid.kernel.division.dividing import divide
from commongrid.kernel.division.statement import (
    Effort,
    Locks,
    NoPlaces,
    NothingToDivide,
    TooFewGrids,
    TooManyGrids,
)
from commongrid.kernel.division.walking import Walking
from commongrid.kernel.refusals import Refusal
from commongrid.roster.dividing.rules.counting import Village, labels
from commongrid.roster.dividing.rules.planning import Outcome, Placed, Task, figures_of
from commongrid.roster.dividing.rules.words import MOST

KEEP: Final = 50.0
"""Metres that a household is worth which stays where the proposal has it, when the rest is worked out around locks:
without any price a locked grid could change places with its neighbour, and only the name would have stayed."""
PROVEN: Final = 2_000
"""Up to so many households the least price is proven; beyond it takes minutes."""
QUICK: Final = 200
"""Rounds of search where somebody waits for the rest around what is locked; the proof follows by itself."""
FAULTS: Final[Mapping[type[Refusal], str]] = {
    NothingToDivide: "none", NoPlaces: "nowhere", TooManyGrids: "too_many", TooFewGrids: "too_few",
}  # fmt: skip

Report = Callable[[float], None]
"""Is told how far it is, as a share, many times a second; raises Stopped where nobody wants it any more."""


def worked_out(task: Task, report: Report = lambda _share: None) -> Outcome:
    """What comes out of a proposal: grids at a low price, with a proof unless somebody waits; or why none.

    Raises: Stopped where ``report`` does.
    """
    if len(task.homes) > MOST:
        return Outcome(fault="too_big")
    village = Village(task, Walking)
    start = [one.grid if task.again else one.now for one in task.homes]
    given = replace(village.given, before=labels(start))
    held = [one.grid if task.again and one.locked else None for one in task.homes]
    there = bool((given.before >= 0).any())
    least = KEEP if task.again else 0.0
    rules = replace(village.rules, change=max(least, float(task.terms.change)) if there else 0.0)
    effort = Effort(with_bound=len(task.homes) <= PROVEN, progress=lambda share, _step: report(share))
    if task.again:
        effort = replace(effort, rounds=QUICK, with_bound=False, near=True)
    locked = task.locked if task.again else frozenset()
    try:
        found = divide(given, rules, village.terrain, Locks(households=labels(held), grids=locked), effort)
    except Refusal as refused:
        if (fault := FAULTS.get(type(refused))) is None:
            raise
        return Outcome(fault=fault, figures=dict(refused.params))
    grids = village.told(found.grid, [one.label for one in found.grids], found.exceptions)
    homes = tuple(
        Placed(id=one.id, grid=int(n), now=one.now, near=one.at is None)
        for one, n in zip(task.homes, found.grid, strict=True)
    )
    changed = sum(one.now is not None and one.now != grids[one.grid].label for one in homes)
    told: dict[str, Any] = {
        "gap": None if found.gap is None else round(found.gap * 1000), "idle": len(found.idle_bridges),
        "near": sum(one.near for one in homes), **_today(village),
    }  # fmt: skip
    return Outcome(grids=grids, homes=homes, figures=figures_of(grids, changed) | told)


def _today(village: Village) -> dict[str, Any]:
    """Today's grids beside it: all together, and each."""
    now = village.today()
    each = [
        {"code": one.label, "homes": one.homes, "people": one.people, "size": one.size, "metres": one.metres,
         "heads": one.heads, "room": one.room, "hamlets": one.hamlets, "beyond": one.beyond}
        for one in now
    ]  # fmt: skip
    return {"today": figures_of(now, 0) if now else None, "each": each}


def proven(task: Task, report: Report = lambda _share: None) -> int | None:
    """How far a proposal is above the least price there can be around its locks, in thousandths; None where unknown.

    Where a household stays in its grid of today counts as always; locked grids and homes stay.

    Raises: Stopped where ``report`` does.
    """
    if len(task.homes) > PROVEN or any(one.grid is None for one in task.homes):
        return None
    village = Village(task, Walking)
    start = [one.grid if one.grid in task.locked else one.now if one.now not in task.locked else None
             for one in task.homes]  # fmt: skip
    given = replace(village.given, before=labels(start))
    there = bool((given.before >= 0).any())
    rules = replace(village.rules, change=float(task.terms.change) if there else 0.0)
    held = labels([one.grid if one.locked else None for one in task.homes])
    effort = Effort(progress=lambda share, _step: report(share))
    try:
        found = divide(given, rules, village.terrain, Locks(households=held, grids=task.locked), effort)
    except Refusal:
        return None
    named = sorted({one.grid for one in task.homes if one.grid is not None})
    at = {label: n for n, label in enumerate(named)}
    grid = labels([at[one.grid] for one in task.homes if one.grid is not None])
    mine = arranged(given, rules, grid, [*named], village.terrain, Walking).reckoning
    if found.bound is None or len(named) != len(found.grids) or mine.out_of_range or mine.in_pieces:
        return None
    return round(max(0.0, mine.price - found.bound) / max(found.bound, 1e-9) * 1000)
