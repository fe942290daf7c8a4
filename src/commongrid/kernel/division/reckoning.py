"""What an arrangement costs, today's or a proposed one, by the same measure; and what its grids lack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from commongrid.kernel.division.arrays import Metres, Wholes
from commongrid.kernel.division.graph import Graph
from commongrid.kernel.division.statement import (
    NONE,
    Cause,
    Fault,
    Grid,
    Households,
    Reckoning,
    Rules,
    Shortcoming,
)

FAR_AWAY = 500.0
"""Metres between a small natural village and the rest of its grid from which on a grid of its own is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the grids of a piece have the sizes they have, where that is not the search's doing."""

    cause: Cause
    blocked_by: tuple[int, ...] = ()


Walks = Callable[[Wholes], Metres]
"""Metres between any two of some households."""


def middle(walks: Walks, members: Wholes) -> tuple[int, float]:
    """The household with the shortest way to all the others, and the metres of those ways."""
    sums = walks(members).sum(axis=1, dtype=float)
    at = int(np.argmin(sums))
    return int(members[at]), float(sums[at])


def described(given: Households, walks: Walks, grid: Wholes, labels: list[int | None]) -> tuple[Grid, ...]:
    """The grids of an arrangement with what they hold."""
    found = []
    for number, label in enumerate(labels):
        members = np.flatnonzero(grid == number)
        centre, metres = middle(walks, members) if len(members) else (NONE, 0.0)
        found.append(
            Grid(
                label=label,
                centre=centre,
                households=len(members),
                size=int(given.weight[members].sum()),
                metres=metres,
                heads=int(given.heads[members].sum()),
                capacity=int(given.capacity[members].sum()),
                villages=tuple(int(one) for one in np.unique(given.village[members])),
            )
        )
    return tuple(found)


def in_pieces(graph: Graph, grid: Wholes, grids: int) -> Wholes:
    """In how many connected parts the dwellings of each grid lie."""
    there = np.column_stack([graph.place, grid])[grid >= 0]
    nodes = np.unique(there, axis=0)
    first = np.searchsorted(nodes[:, 0], np.arange(len(graph.places) + 1))
    many = np.diff(first)
    a, b = graph.ends[:, 0], graph.ends[:, 1]
    pairs = many[a] * many[b]
    edge = np.repeat(np.arange(len(a)), pairs)
    at = np.arange(len(edge)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    one, other = first[a[edge]] + at // many[b[edge]], first[b[edge]] + at % many[b[edge]]
    same = nodes[one, 1] == nodes[other, 1]
    links = coo_matrix((np.ones(int(same.sum())), (one[same], other[same])), shape=(len(nodes),) * 2)
    _, part = connected_components(links, directed=False)
    _, some = np.unique(part, return_index=True)
    return np.bincount(nodes[some, 1], minlength=grids).astype(np.int64)


def reckon(given: Households, rules: Rules, graph: Graph, grid: Wholes, grids: tuple[Grid, ...]) -> Reckoning:
    """Every term of the price, and the faults counted. Households without a grid cost nothing and are no grid's."""
    metres = sum(one.metres for one in grids)
    pairs = sum(len(one.villages) for one in grids)
    label = np.array([NONE if one.label is None else one.label for one in grids], np.int64)
    placed = grid >= 0
    changed = int((placed & (given.before >= 0) & (label[grid] != given.before)).sum())
    uneven = float(sum((one.size - rules.target) ** 2 for one in grids))
    without = sum(one.heads == 0 for one in grids)
    short = sum(max(0, one.households - one.capacity) for one in grids)
    return Reckoning(
        metres=metres,
        pairs=pairs,
        changed=changed,
        uneven=uneven,
        without_head=without,
        short_members=short,
        out_of_range=sum(not rules.lower <= one.size <= rules.upper for one in grids),
        in_pieces=int((in_pieces(graph, grid, len(grids)) > 1).sum()),
        price=metres
        + rules.split * pairs
        + rules.change * changed
        + rules.uneven * uneven
        + rules.no_head * without
        + rules.short_member * short,
    )


def shortcomings(
    given: Households, rules: Rules, graph: Graph, grid: Wholes, grids: tuple[Grid, ...], reasons: list[Reason]
) -> tuple[Shortcoming, ...]:
    """Every grid that is not as the rules ask, with its cause."""
    found: list[Shortcoming] = []
    torn = in_pieces(graph, grid, len(grids)) > 1
    for number, (one, reason) in enumerate(zip(grids, reasons, strict=True)):
        found += _of_size(rules, number, one, reason)
        if torn[number]:
            locked = reason.cause in {Cause.LOCKED_GRID, Cause.LOCKED_HOUSEHOLDS}
            cause = reason if locked else Reason(cause=Cause.SHAPE)
            found.append(_of(number, Fault.IN_PIECES, 1, cause))
        found += _of_people(given, number, one, grid, reasons)
        found += _of_hamlets(given, rules, grid, number, one)
    return tuple(found)


def _of(number: int, fault: Fault, amount: float, reason: Reason) -> Shortcoming:
    return Shortcoming(grid=number, fault=fault, amount=amount, cause=reason.cause, blocked_by=reason.blocked_by)


def _of_size(rules: Rules, number: int, one: Grid, reason: Reason) -> list[Shortcoming]:
    if one.size < rules.lower:
        return [_of(number, Fault.TOO_SMALL, rules.lower - one.size, reason)]
    if one.size > rules.upper:
        return [_of(number, Fault.TOO_LARGE, one.size - rules.upper, reason)]
    return []


def _of_people(given: Households, number: int, one: Grid, grid: Wholes, reasons: list[Reason]) -> list[Shortcoming]:
    """A head or members that are missing: nobody there in the whole natural village, or too far to be drawn in."""
    around = np.isin(given.village, one.villages)
    grids_around = len(np.unique(grid[around]))
    found = []
    if one.heads == 0:
        enough = int((given.heads[around] > 0).sum()) >= grids_around
        found.append(_of(number, Fault.NO_HEAD, 1, _of_lack(reasons[number], enough=enough)))
    if one.capacity < one.households:
        enough = int(given.capacity[around].sum()) >= int(around.sum())
        reason = _of_lack(reasons[number], enough=enough)
        found.append(_of(number, Fault.TOO_FEW_MEMBERS, one.households - one.capacity, reason))
    return found


def _of_lack(reason: Reason, *, enough: bool) -> Reason:
    if not enough:
        return Reason(cause=Cause.TOO_FEW_THERE)
    return reason if reason.cause in {Cause.LOCKED_GRID, Cause.LOCKED_HOUSEHOLDS} else Reason(cause=Cause.DEARER)


def _of_hamlets(given: Households, rules: Rules, grid: Wholes, number: int, one: Grid) -> list[Shortcoming]:
    """Small natural villages that share a grid far away."""
    found: list[Shortcoming] = []
    if len(one.villages) == 1:
        return found
    mine: NDArray[np.bool_] = grid == number
    for village in one.villages:
        there = given.village == village
        if int(given.weight[there].sum()) >= rules.lower or not bool(mine[there].all()):
            continue
        rest = mine & ~there
        metres = float(np.linalg.norm(given.points[there].mean(axis=0) - given.points[rest].mean(axis=0)))
        if metres > FAR_AWAY:
            reason = Reason(cause=Cause.SMALL_VILLAGE, blocked_by=(int(village),))
            found.append(_of(number, Fault.FAR_HAMLET, metres, reason))
    return found
